"""Sites and the channels around an event, over HTTP."""

import math
from typing import Any

import pytest

from events.models import Event
from gis_layers.models import Channel, Site
from gis_layers.selectors import NEAREST
from grid.models import Organisation, Region
from tests.factories import SANYI_GRID, reported, user_with
from tests.http.doors import Browser, problem

pytestmark = pytest.mark.django_db
CITY_CENTRE, CENTRE = "centre-430900000000", "centre-430902005000"


@pytest.fixture
def dispatcher() -> Browser:
    return Browser(user_with("dispatcher", CITY_CENTRE))


def test_a_site_by_its_code_and_by_the_number_on_the_map(dispatcher):
    site = Site.objects.filter(site_class="checkpoint").first()
    assert site is not None
    told = dispatcher.get(f"sites/{site.code}").json()
    assert dispatcher.get(f"sites/id:{site.pk}").json() == told
    assert (told["code"], told["owner"], told["lng"]) == (site.code, site.owner.short_name, site.point.x)
    assert [channel["number"] for channel in told["channels"]] == [1, 2, 3, 4]
    assert set(told["channels"][0]) == {
        "code", "number", "name", "azimuth", "view_angle", "range_m", "state", "state_since", "playable", "reason",
    }  # fmt: skip


@pytest.mark.parametrize("code", ["x", "id:", "id:x", "id:-1", "id:0", "id:99999999999999999999", "id:٣", "ID:1"])
def test_a_site_that_is_not_there(dispatcher, code):
    problem(dispatcher.get(f"sites/{code}"), 404, "no-such-site")


def test_the_number_on_the_map_opens_no_other_ground(dispatcher):
    stranger = Browser(user_with("dispatcher", "centre-430903001000"))
    site = Site.objects.filter(grid__code=SANYI_GRID).first()
    assert site is not None
    problem(stranger.get(f"sites/id:{site.pk}"), 404, "no-such-site")
    assert dispatcher.get(f"sites/id:{site.pk}").status_code == 200


def _place(event: Event) -> tuple[float, ...]:
    assert event.point is not None
    return event.point.coords


def _metres(event: Event, site: Site) -> float:
    """Distance by the haversine formula, worked out here once more."""
    lng, lat = _place(event)
    up, along = math.radians(site.point.y - lat), math.radians(site.point.x - lng)
    half = (
        math.sin(up / 2) ** 2
        + math.cos(math.radians(lat)) * math.cos(math.radians(site.point.y)) * math.sin(along / 2) ** 2
    )
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))


@pytest.mark.parametrize("metres", [1, 100, 500, 1000, 2000])
def test_channels_around_an_event(dispatcher, metres):
    event = reported()
    told = dispatcher.get(f"events/{event.no}/channels", metres=metres).json()
    sites = [one for one in Site.objects.filter(secret=False) if _metres(event, one) <= metres]
    assert told["total"] == Channel.objects.filter(site__in=sites).count()
    assert len(told["channels"]) == min(told["total"], NEAREST)
    order = [(not row["covers"], row["distance_m"], row["code"]) for row in told["channels"]]
    assert order == sorted(order)
    assert told["covering"] >= sum(row["covers"] for row in told["channels"])
    for row in told["channels"]:
        site = Site.objects.get(code=row["site"])
        assert row["distance_m"] == pytest.approx(_metres(event, site), rel=0.006, abs=0.2)
        turned = abs((row["bearing"] - row["azimuth"] + 180) % 360 - 180)
        assert row["covers"] == (row["distance_m"] <= row["range_m"] and turned <= row["view_angle"] / 2)


def test_a_channel_that_looks_at_the_place_comes_first(dispatcher):
    event = reported()
    lng, lat = _place(event)
    site = Site.objects.filter(grid__code=SANYI_GRID).first()
    assert site is not None
    Site.objects.filter(pk=site.pk).update(point=f"SRID=4326;POINT({lng} {lat + 0.0005})")
    Channel.objects.filter(site=site).update(azimuth=180, view_angle=60, range_m=100)
    first = dispatcher.get(f"events/{event.no}/channels", metres=2000).json()["channels"][0]
    assert (first["site"], first["covers"], round(first["bearing"])) == (site.code, True, 180)
    Channel.objects.filter(site=site).update(azimuth=0)
    again = dispatcher.get(f"events/{event.no}/channels", metres=2000).json()
    assert not any(row["covers"] for row in again["channels"] if row["site"] == site.code)


@pytest.mark.parametrize("metres", ["0", "-1", "2001", "x", "1e3", "1.5", "", "9" * 30])
def test_a_distance_that_makes_no_sense(dispatcher, metres):
    event = reported()
    problem(dispatcher.get(f"events/{event.no}/channels", metres=metres), 422, "invalid-fields")


def test_an_event_without_a_place_has_none_around_it(dispatcher):
    event = reported()
    Event.objects.filter(pk=event.pk).update(point=None)
    problem(dispatcher.get(f"events/{event.no}/channels"), 409, "no-place")


def test_only_channels_of_ones_own_ground(dispatcher):
    event = reported()
    own = Browser(user_with("dispatcher", CENTRE))
    ground = Region.objects.get(code="430902005000").path
    sites = {row["site"] for row in own.get(f"events/{event.no}/channels", metres=2000).json()["channels"]}
    assert sites
    assert all(Site.objects.get(code=code).path.startswith(ground) for code in sites)
    everything = dispatcher.get(f"events/{event.no}/channels", metres=2000).json()
    assert everything["total"] > own.get(f"events/{event.no}/channels", metres=2000).json()["total"]


def test_why_a_channel_can_not_be_watched_is_said(dispatcher):
    private = Organisation.objects.get(code="unit-430902000000-wuye")
    site = Site.objects.filter(grid__code=SANYI_GRID).first()
    assert site is not None
    Site.objects.filter(pk=site.pk).update(owner=private)

    def told(browser: Browser) -> Any:
        return browser.get(f"sites/{site.code}").json()["channels"][0]

    assert (told(dispatcher)["playable"], private.short_name in told(dispatcher)["reason"]) == (False, True)
    acceptor = Browser(user_with("acceptor", CITY_CENTRE))
    assert told(acceptor)["playable"] is False
    assert told(acceptor)["reason"] != told(dispatcher)["reason"]
    Site.objects.filter(pk=site.pk).update(owner=Organisation.objects.get(code="unit-430902000000-gongan"))
    assert (told(dispatcher)["playable"], told(dispatcher)["reason"]) == (True, "")
