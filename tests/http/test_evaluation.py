"""Evaluation over HTTP: for whom, of which regions, with which rows behind it, in how many queries."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import CheckIn, Event, PatrolPlan
from events.workflow import State
from grid.models import Grid, Organisation, Role
from tests.factories import SANYI_GRID, brought_to, reported, user_with
from tests.factories.journals import keep, walk
from tests.http.doors import Browser, problem

pytestmark = pytest.mark.django_db
MARCH = {"from": "2026-03-01", "to": "2026-03-31", "as_of": "2026-04-01T00:00:00+08:00"}
CITY, COUNTY, TOWN = "centre-430900000000", "centre-430902000000", "centre-430902005000"


def leader(of: str = CITY, role: str = "leader") -> Browser:
    return Browser(user_with(role, of))


@pytest.fixture
def _journal(db):
    random = Random(3)
    paths = [*Grid.objects.order_by("path").values_list("path", flat=True), ""]
    who = list(Organisation.objects.order_by("pk").values_list("pk", flat=True)[:6])
    keep(entry for number in range(150) for entry in walk(random, number, paths=paths, organisations=who))


@pytest.mark.parametrize("role", Role)
def test_who_may_read_it(role):
    answer = leader(role=role).get("indicators", **MARCH)
    if role in {"shift_lead", "supervisor", "leader", "auditor"}:
        assert answer.status_code == 200
    else:
        problem(answer, 403, "not-your-page")


@pytest.mark.usefixtures("_journal")
def test_the_report_says_of_what_as_of_when_and_how_each_is_counted():
    body = leader().get("indicators", **MARCH, by="county").json()
    assert (body["since"], body["until"], body["as_of"]) == ("2026-03-01", "2026-03-31", "2026-04-01T00:00:00+08:00")
    assert (body["before_since"], body["before_until"]) == ("2026-02-01", "2026-02-28")
    found = {one["code"]: one for one in body["indicators"]}
    closure = found["closure"]
    assert closure["formula"]
    assert closure["now"]["of"] > 20
    assert closure["now"]["percent"] == f"{100 * closure['now']['hits'] / closure['now']['of']:.2f}"
    assert sum(group["values"]["closure"]["of"] for group in body["groups"]) == closure["now"]["of"]
    assert [group["key"] for group in body["groups"]][-1] == ""
    assert len(body["trend"]) == 31
    assert leader().get("indicators", **MARCH, by="county").json() == body


@pytest.mark.usefixtures("_journal")
def test_a_county_reads_its_own_and_nothing_else():
    city = leader().get("indicators", **MARCH, by="county").json()
    mine = leader(COUNTY).get("indicators", **MARCH, by="county").json()
    assert [group["key"] for group in mine["groups"]] == ["4309/430902/"]
    assert mine["groups"][0]["values"] | {} == {
        code: value | {"rank": mine["groups"][0]["values"][code]["rank"]}
        for code, value in city["groups"][0]["values"].items()
    }
    for region in ("4309/", "4309/430903/", "4309/430999/"):
        problem(leader(COUNTY).get("indicators", **MARCH, region=region), 404, "no-region")
        problem(leader(COUNTY).get("indicators/closure/rows", **MARCH, region=region), 404, "no-region")
    inside = leader().get("indicators", **MARCH, by="county", region="4309/430902/").json()
    assert inside["indicators"] == mine["indicators"]


@pytest.mark.usefixtures("_journal")
def test_the_rows_behind_a_number_are_as_many_as_it_says():
    browser = leader()
    body = browser.get("indicators", **MARCH, by="township").json()
    for one in (one for one in body["indicators"] if one["behind"] == "events"):
        rows, page, cursor = [], {}, ""
        while cursor is not None:
            page = browser.get(f"indicators/{one['code']}/rows", **MARCH, cursor=cursor).json()
            rows += page["rows"]
            cursor = page["next"]
        assert len(rows) + page["withheld"] == one["now"]["of"], one["code"]
        assert len(rows) == page["total"]
        assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
        missed = browser.get(f"indicators/{one['code']}/rows", **MARCH, missed=True).json()
        assert missed["total"] + missed["withheld"] == one["now"]["of"] - one["now"]["hits"]
    group = body["groups"][0]
    some = browser.get("indicators/acceptance/rows", **MARCH, key=group["key"]).json()
    assert some["total"] + some["withheld"] == group["values"]["acceptance"]["of"]
    unplaced = browser.get("indicators/acceptance/rows", **MARCH, key="-").json()
    assert unplaced["total"] + unplaced["withheld"] == body["groups"][-1]["values"]["acceptance"]["of"] > 0


@pytest.mark.usefixtures("_journal")
def test_what_is_kept_within_its_case_is_counted_but_not_shown():
    others = Event.objects.filter(restricted=True).exclude(holder__code=COUNTY)
    restricted = set(others.values_list("no", flat=True))
    page = leader(COUNTY).get("indicators/acceptance/rows", **MARCH).json()
    assert page["withheld"] > 0
    assert restricted.isdisjoint(row["no"] for row in page["rows"])


@pytest.mark.parametrize(
    ("query", "code"),
    [({"from": "2026-03-31", "to": "2026-03-01"}, "period-upside-down"),
     ({"from": "2024-01-01", "to": "2026-03-01"}, "period-too-long"),
     ({"as_of": "2026-04-01T00:00:00"}, "as-of-without-zone"),
     ({"as_of": (datetime.now(UTC) + timedelta(days=2)).isoformat()}, "as-of-to-come"),
     ({"as_of": "0001-01-01T00:00:00+14:00"}, "as-of-too-early"),
     ({"by": "planet"}, "invalid-fields"), ({"region": "4309/' OR"}, "invalid-fields"),
     ({"category": "x"}, "invalid-fields"), ({"from": "yesterday"}, "invalid-fields"),
     ({"to": "9999-12-31"}, "invalid-fields")],
)  # fmt: skip
def test_what_is_no_period_is_refused_with_what_to_do(query, code):
    problem(leader().get("indicators", **(MARCH | query)), 422, code)


def test_an_indicator_that_does_not_exist_has_no_rows():
    problem(leader().get("indicators/happiness/rows", **MARCH), 404, "no-indicator")
    problem(leader().get("indicators/closure/rows", **MARCH, cursor="x"), 422, "invalid-fields")


def test_nothing_counted_is_no_rate():
    body = leader().get("indicators", **MARCH).json()
    assert {one["now"]["percent"] for one in body["indicators"]} == {None}
    assert body["groups"] == []


def test_todays_work_shows_at_once_and_leads_to_its_event():
    event = brought_to(reported(), State.CLOSED)
    today = timezone.localdate().isoformat()
    browser = leader(TOWN, "supervisor")
    body = browser.get("indicators", **{"from": today, "to": today}, by="lead").json()
    found = {one["code"]: one["now"] for one in body["indicators"]}
    assert (found["acceptance"]["percent"], found["check_passed"]["percent"]) == ("100.00", "100.00")
    labels = {group["label"] for group in body["groups"]}
    assert event.lead.short_name in labels
    page = browser.get("indicators/check_passed/rows", **{"from": today, "to": today}).json()
    assert [(row["no"], row["hit"], row["lead"]) for row in page["rows"]] == [(event.no, True, event.lead.short_name)]


@pytest.mark.usefixtures("_journal")
@pytest.mark.parametrize("by", ["county", "grid", "lead", "centre", "major", "category", "source"])
def test_queries_do_not_grow_with_what_is_counted(by):
    browser = leader()
    browser.get("indicators", **MARCH, by=by)
    for path, most in (("indicators", 13), ("indicators/closure/rows", 12)):
        with CaptureQueriesContext(connection) as queries:
            body = browser.get(path, **MARCH, by=by).json()
        assert len(queries) <= most, [str(one["sql"])[:80] for one in queries]
        if path == "indicators":
            assert all(group["label"] for group in body["groups"])


def test_a_grid_is_a_region_too():
    brought_to(reported(), State.ACCEPTED)
    today = timezone.localdate().isoformat()
    grid = Grid.objects.get(code=SANYI_GRID).path
    body = leader().get("indicators", **{"from": today, "to": today}, region=grid, by="grid").json()
    assert [group["key"] for group in body["groups"]] == [grid]
    assert body["region_label"].endswith("001")


def _patrolled_march() -> list[Grid]:
    """The first two grids were due every week; the first was visited in one of the five."""
    grids = list(Grid.objects.order_by("path")[:2])
    made = PatrolPlan.objects.create(
        name="周巡", cadence="week", times=1, key_area=True, since=date(2026, 2, 2),
        set_at=datetime(2026, 1, 1, tzinfo=UTC), organisation=Organisation.objects.earliest("pk"),
    )  # fmt: skip
    made.grids.set(grids)
    walker, at = user_with("grid_officer", "centre-430902005000", grid=grids[0].code), datetime(2026, 3, 4, tzinfo=UTC)
    CheckIn.objects.create(client_id=UUID(int=1), user=walker, grid=grids[0], at=at, device_at=at, day=at.date())
    return grids


def test_patrol_coverage_stands_among_the_indicators_with_its_grids_behind_it():
    grids = _patrolled_march()
    browser = leader()
    body = browser.get("indicators", **MARCH, by="grid").json()
    one = next(one for one in body["indicators"] if one["code"] == "patrolled")
    assert (one["behind"], one["not_by"], one["now"]["hits"], one["now"]["of"]) == ("grids", "", 1, 10)
    assert one["now"]["percent"] == "10.00"
    groups = {group["key"]: group["values"]["patrolled"]["of"] for group in body["groups"]}
    assert groups == {grid.path: 5 for grid in grids}
    page = browser.get("indicators/patrolled/grids", **MARCH, by="grid").json()
    assert [(row["code"], row["due"], row["visited"]) for row in page["rows"]] == [
        (grids[1].code, 5, 0), (grids[0].code, 5, 1),
    ]  # fmt: skip
    assert (page["total"], page["next"]) == (2, None)
    assert page["rows"][0]["place"]
    county = grids[0].path[:8]
    assert browser.get("indicators/patrolled/grids", **MARCH, by="county", key=county).json()["total"] == 2
    assert browser.get("indicators/patrolled/grids", **MARCH, by="grid", key=grids[0].path).json()["total"] == 1
    assert browser.get("indicators", **MARCH, region=grids[1].path).json()["indicators"][-1]["now"]["hits"] == 0


def test_what_coverage_is_not_counted_by_is_said():
    _patrolled_march()
    browser = leader()
    by_lead = browser.get("indicators", **MARCH, by="lead").json()
    one = by_lead["indicators"][-1]
    assert (one["code"], one["now"]["of"]) == ("patrolled", 10)
    assert one["not_by"]
    assert by_lead["groups"] == []
    problem(browser.get("indicators/patrolled/grids", **MARCH, by="lead", key="1"), 422, "patrols-by-place")
    of_one = browser.get("indicators", **MARCH, category="06").json()
    assert "patrolled" not in {one["code"] for one in of_one["indicators"]}
    assert of_one["uncounted"][0]["code"] == "patrolled"
    refused = browser.get("indicators/patrolled/grids", **MARCH, category="06")
    problem(refused, 422, "patrols-without-category")
    problem(browser.get("indicators/patrolled/rows", **MARCH), 404, "no-indicator")


def test_what_nothing_measures_yet_is_said_and_not_shown_as_nought():
    body = leader().get("indicators", **MARCH).json()
    assert {one["code"] for one in body["uncounted"]} == {"devices_online", "key_sites_networked"}
    assert all(one["why"] and one["formula"] for one in body["uncounted"])
