"""Tiles of components and of devices that report by themselves, and the card of a device."""

import gzip
from typing import Any

import mapbox_vector_tile  # type: ignore[import-untyped]
import pytest
from django.db import connection

from events.models import Alarm, Event
from gis_layers import tiles
from gis_layers.models import Component, ComponentState, Device
from grid.models import Grid, Organisation, Role
from grid.services.ground import move_revision
from tests.factories import SANYI_GRID
from tests.factories.sources import alarm, button, hand_in_alarm, loaded
from tests.http.ground import CITY, NORTH, SOUTH, signed_in
from tests.http.test_tiles import features, source_of, tile_of, url

pytestmark = pytest.mark.django_db
LAYERS = {"components": "component", "devices": "device"}
QUERIES = 4
FIRST = {"components": 15, "devices": 12}


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.TILE_ROOT = tmp_path / "tiles"
    settings.TILE_ROOT.mkdir()


@pytest.fixture
def planted():
    """A component and a device in the middle of every grid, coded after it."""
    owner = Organisation.objects.earliest("pk")
    for grid in Grid.objects.all():
        middle = grid.boundary.point_on_surface
        place: dict[str, Any] = {
            "grid": grid, "path": grid.path, "point": middle, "shape": middle.transform(3857, clone=True)
        }  # fmt: skip
        Component.objects.create(code=f"c{grid.code}", kind="lamp", name="路灯", owner=owner, **place)
        Device.objects.create(source="alarm", code=f"d{grid.code}", kind="button", name="报警柱", **place)
    Device.objects.create(source="alarm", code="nowhere", kind="button", name="报警柱")
    for name in LAYERS:
        move_revision(name=name)


@pytest.mark.parametrize("tileset", LAYERS)
@pytest.mark.parametrize(("region", "prefix"), [(CITY, "4309/"), (SOUTH, "4309/430902/"), (NORTH, "4309/430903/")])
def test_tiles_hold_the_readers_ground_and_nothing_else(planted, tileset, region, prefix):
    client = signed_in(region=region)
    wanted = [
        f"{tileset[0]}{code}" for code in Grid.objects.filter(path__startswith=prefix).values_list("code", flat=True)
    ]
    for zoom in {FIRST[tileset], 16}:
        found = features(client, tileset, zoom, LAYERS[tileset])
        assert sorted(one["properties"]["code"] for one in found) == sorted(wanted)
        assert {frozenset(one["properties"]) for one in found} == {frozenset({"code", "kind"})}
    offer = client.get("/api/v1/map").json()["tiles"][tileset]
    assert (offer["minzoom"], offer["maxzoom"]) == (FIRST[tileset], 16)


@pytest.mark.parametrize("tileset", LAYERS)
def test_an_officer_gets_one_grid_and_who_has_no_business_data_gets_no_address(planted, tileset):
    officer = signed_in(Role.GRID_OFFICER, region=SOUTH, grid=SANYI_GRID)
    found = features(officer, tileset, 16, LAYERS[tileset])
    assert [one["properties"]["code"] for one in found] == [f"{tileset[0]}{SANYI_GRID}"]
    for client in (signed_in(Role.SYSADMIN), signed_in(role=None)):
        assert tileset not in client.get("/api/v1/map").json()["tiles"]
    tile = tile_of(112.30, 28.595, 16)
    south, north = signed_in(region=SOUTH), signed_in(region=NORTH)
    assert south.get(url(south, tileset, tile)).status_code == 200
    assert north.get(url(south, tileset, tile)).status_code == 404


@pytest.mark.parametrize("tileset", LAYERS)
def test_a_tile_costs_three_statements_of_its_own_and_then_none(planted, tileset, django_assert_max_num_queries):
    client = signed_in()
    tile = url(client, tileset, tile_of(112.30, 28.595, 16))
    settings_and_person = 6
    with django_assert_max_num_queries(settings_and_person):
        assert client.get(tile).status_code == 200
    before = url(client, tileset, tile_of(112.30, 28.595, 16))
    move_revision(name=tileset)
    assert url(client, tileset, tile_of(112.30, 28.595, 16)) != before


def test_what_was_removed_from_the_street_is_in_no_tile(planted):
    gone = Component.objects.get(code=f"c{SANYI_GRID}")
    gone.state = ComponentState.REMOVED
    gone.save()
    move_revision(name="components")
    codes = {one["properties"]["code"] for one in features(signed_in(), "components", 16, "component")}
    assert (len(codes), gone.code in codes) == (Grid.objects.count() - 1, False)


MANY = {
    "components": """
        INSERT INTO gis_layers_component (code, kind, name, state, path, grid_id, owner_id, point, shape)
        SELECT 'many-' || number, kind, name, state, path, grid_id, owner_id,
               ST_Transform(place, 4326)::geography, place
        FROM gis_layers_component, generate_series(1, 2000) AS number,
             LATERAL (SELECT ST_Translate(shape, number %% 50, number / 50) AS place) AS moved WHERE code = %s""",
    "devices": """
        INSERT INTO gis_layers_device (source, code, kind, name, address, path, grid_id, point, shape)
        SELECT source, 'many-' || number, kind, name, address, path, grid_id, ST_Transform(place, 4326), place
        FROM gis_layers_device, generate_series(1, 2000) AS number,
             LATERAL (SELECT ST_Translate(shape, number %% 50, number / 50) AS place) AS moved WHERE code = %s""",
}


@pytest.mark.parametrize("tileset", LAYERS)
def test_the_leanest_tile_has_1500_points_without_codes_and_always_the_same(planted, tileset, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute(MANY[tileset], [f"{tileset[0]}{SANYI_GRID}"])
    model = Component if tileset == "components" else Device
    middle = model.objects.get(code=f"{tileset[0]}{SANYI_GRID}").point
    z, x, y = tile_of(middle.x, middle.y, 15)
    monkeypatch.setattr(tiles, "LIMIT_BYTES", 5_000)

    def points() -> list[Any]:
        body = tiles.make(source=source_of(tileset), z=z, x=x, y=y, paths=("4309/",))
        found: list[Any] = mapbox_vector_tile.decode(gzip.decompress(body))[LAYERS[tileset]]["features"]
        return found

    drawn = points()
    assert len(drawn) == 1500
    assert {frozenset(one["properties"]) for one in drawn} == {frozenset({"kind"})}
    assert drawn == points()


# The card of a device


def _card(client: Any, number: int) -> Any:
    return client.get(f"/api/v1/devices/{number}")


def test_a_devices_card_says_whose_it_is_and_what_it_reported_last(django_assert_num_queries):
    loaded()
    button()
    device = Device.objects.get()
    device.organisation = Organisation.objects.get(code="unit-430902000000-gongan")
    device.save()
    client = signed_in(region=SOUTH)
    card = _card(client, device.pk).json()
    assert card["device"] == {
        "id": device.pk, "source": "alarm", "code": "BTN-001", "kind": "button", "name": "三益街口报警柱",
        "owner": "资阳区公安局", "address": "三益街12号", "place": card["device"]["place"],
        "lng": device.point.x, "lat": device.point.y,
    }  # fmt: skip
    assert "三益街" in card["device"]["place"]
    assert card["messages"] == []
    for kind in ("sos", "door", "sos", "烟感", "sos", "sos"):
        assert hand_in_alarm(alarm(kind=kind)).status_code in {200, 201}
    _card(client, device.pk)
    with django_assert_num_queries(QUERIES):
        messages = _card(client, device.pk).json()["messages"]
    assert [one["words"] for one in messages] == [
        "一键报警按钮被按下", "一键报警按钮被按下", "烟感", "一键报警按钮被按下", "可视门禁报警"
    ]  # fmt: skip
    first = Event.objects.get(category__code="08-004")
    assert (messages[0]["event_no"], messages[0]["state_label"]) == (first.no, "待受理")
    assert messages[0]["received_at"] >= messages[-1]["received_at"]
    assert Alarm.objects.count() == 6


def test_a_device_elsewhere_without_a_place_or_unknown_is_404():
    button("A")
    button("B", grid=None)
    placed, nowhere = Device.objects.get(code="A"), Device.objects.get(code="B")
    city = signed_in()
    assert _card(city, placed.pk).status_code == 200
    for client, number in ((signed_in(region=NORTH), placed.pk), (city, nowhere.pk), (city, 10**18),
                           (signed_in(Role.SYSADMIN), placed.pk)):  # fmt: skip
        answer = _card(client, number)
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-device")
    for bad in (0, -1, 2**63, "x"):
        assert city.get(f"/api/v1/devices/{bad}").status_code == 422


def test_a_message_names_no_event_that_its_reader_may_not_see():
    """A point of its own may lie outside the region where the device stands."""
    loaded()
    button(grid="430902005001002")
    there = Grid.objects.get(code="430903001001001").boundary.point_on_surface
    assert hand_in_alarm(alarm(lng=there.x, lat=there.y, crs="wgs84")).status_code == 201
    number = Device.objects.get().pk
    (seen,) = _card(signed_in(), number).json()["messages"]
    (hidden,) = _card(signed_in(region=SOUTH), number).json()["messages"]
    assert seen["event_no"] == Event.objects.get().no
    assert (hidden["event_no"], hidden["state_label"]) == ("", "")
