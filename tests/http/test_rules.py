"""The rules of responsibility over HTTP: lists with filters, the dry run, the check, and what can't be asked."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.utils import timezone

from events.models import Category, Event, JournalEntry, Rule, Task
from grid.models import Grid, Region, Role
from tests.factories import SANYI_GRID, organisation, reported
from tests.http.ground import SOUTH, signed_in

pytestmark = pytest.mark.django_db
API = "/api/v1"
STREETS, FARMS = f"dept-{SOUTH}-chengguan_zhujian", f"dept-{SOUTH}-nongshui_huanbao"


def rule(lead: str = STREETS, **more: Any) -> Rule:
    fields: dict[str, Any] = {"category": "06-001", "since": date(2020, 1, 1), **more}
    if "area" not in fields:
        fields.setdefault("region", Region.objects.get(code=SOUTH))
    return Rule.objects.create(lead=organisation(lead), **fields)


def middle() -> tuple[float, float]:
    point = Grid.objects.get(code=SANYI_GRID).boundary.point_on_surface
    return point.x, point.y


def around() -> MultiPolygon:
    x, y = middle()
    return MultiPolygon(Polygon.from_bbox((x - 0.001, y - 0.001, x + 0.001, y + 0.001)), srid=4326)


@pytest.fixture
def client():
    return signed_in(region=SOUTH)


def dry_run(client: Any, **more: Any) -> Any:
    lng, lat = middle()
    return client.get(f"{API}/responsibility", {"lng": lng, "lat": lat, "category": "06-001", **more})


# What can't be asked


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("rules", {"category": "6"}, "category"),
        ("rules", {"category": "06-0011"}, "category"),
        ("rules", {"region": "4309/x/"}, "region"),
        ("rules", {"region": "4309"}, "region"),
        ("rules", {"ground": "sea"}, "ground"),
        ("rules", {"in_force": "perhaps"}, "in_force"),
        ("rules", {"cursor": "-1"}, "cursor"),
        ("rules", {"cursor": "9" * 19}, "cursor"),
        ("rules", {"q": "字" * 81}, "q"),
        ("responsibility", {"lng": "east"}, "lng"),
        ("responsibility", {"category": ""}, "category"),
        ("responsibility", {"category": "06"}, "category"),
        ("responsibility", {"at": "2026-02-30"}, "at"),
        ("responsibility", {"at": "1999-12-31"}, "at"),
        ("responsibility", {"at": "3000-01-01"}, "at"),
        ("responsibility", {"at": "yesterday"}, "at"),
        ("responsibility", {"level": "country"}, "level"),
        ("responsibility", {"crs": "utm"}, "crs"),
        ("responsibility/check", {"region": "/"}, "region"),
        ("responsibility/check", {"at": "2026-13-01"}, "at"),
    ],
)
def test_a_parameter_that_can_not_be_is_named(client, path, query, field):
    lng, lat = middle()
    given = {"lng": lng, "lat": lat, "category": "06-001", **query} if path == "responsibility" else query
    answer = client.get(f"{API}/{path}", given)
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert field in str(answer.json()["errors"]), answer.json()


@pytest.mark.parametrize(
    ("point", "code"),
    [((116.4, 39.9), "outside-city"), ((200.0, 28.6), "bad-point"), ((112.3, 95.0), "bad-point")],
)
def test_a_place_that_is_none_of_the_citys_is_refused(client, point, code):
    answer = dry_run(client, lng=point[0], lat=point[1])
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_category_that_is_unknown_or_retired_is_refused(client):
    Category.objects.filter(code="06-003").update(active=False)
    for code in ("99-999", "06-003"):
        answer = dry_run(client, category=code)
        assert answer.status_code == 422, (code, answer.json())


def test_they_are_read_alone(client):
    for path in ("rules", "responsibility", "responsibility/check"):
        for method in (client.post, client.put, client.delete):
            assert method(f"{API}/{path}").status_code == 405


# Days


def test_a_rule_holds_from_its_first_day_to_its_last_and_no_other(client):
    Rule.objects.all().delete()
    today = timezone.localdate()
    kept = rule(since=today, until=today + timedelta(days=2))
    leads = {
        days: dry_run(client, at=(today + timedelta(days=days)).isoformat()).json()["suggestion"]["lead"]
        for days in (-1, 0, 2, 3)
    }
    name = organisation(STREETS).short_name
    assert leads == {-1: "", 0: name, 2: name, 3: ""}
    over = dry_run(client, at=(today + timedelta(days=3)).isoformat()).json()
    (considered,) = [one for one in over["considered"] if one["reference"] == str(kept.pk)]
    assert considered["verdict"] != "wins"
    assert considered["reason"]
    assert over["on"] == (today + timedelta(days=3)).isoformat()


def test_a_stale_rule_stays_in_the_list_and_is_marked_until_one_asks_for_those_in_force(client):
    Rule.objects.all().delete()
    today = timezone.localdate()
    rule(until=today - timedelta(days=1), remark="旧")
    rule(FARMS, since=today - timedelta(days=1), remark="新")
    rows = client.get(f"{API}/rules").json()["rows"]
    assert [(row["remark"], row["in_force"]) for row in rows] == [("旧", False), ("新", True)]
    rows = client.get(f"{API}/rules", {"in_force": True}).json()["rows"]
    assert [row["remark"] for row in rows] == ["新"]
    assert dry_run(client).json()["suggestion"]["lead"] == organisation(FARMS).short_name


# A dry run


def test_an_area_goes_before_its_region_and_both_are_told_in_order(client):
    Rule.objects.all().delete()
    county = rule()
    park = rule(FARMS, area=around(), area_name="滨江公园", area_kind="park", category="06")
    park.joint.add(organisation(STREETS))
    found = dry_run(client).json()
    suggestion = found["suggestion"]
    assert (suggestion["via"], suggestion["lead"]) == ("area", organisation(FARMS).short_name)
    assert suggestion["joint"] == [organisation(STREETS).short_name]
    assert "滨江公园" in suggestion["words"]
    told = {one["reference"]: one["verdict"] for one in found["considered"]}
    assert told[str(park.pk)] == "wins"
    assert told[str(county.pk)] != "wins"
    assert next(iter(told)) == str(park.pk), "the most specific stands first"
    elsewhere = Grid.objects.get(code="430902102201001").boundary.point_on_surface
    there = dry_run(client, lng=elsewhere.x, lat=elsewhere.y).json()["suggestion"]
    assert (there["via"], there["lead"]) == ("rule", organisation(STREETS).short_name)
    (row,) = client.get(f"{API}/rules", {"ground": "area"}).json()["rows"]
    west, south, east, north = around().extent
    assert (row["id"], row["bbox"]) == (park.pk, [west, south, east, north])


def test_a_dry_run_changes_nothing_and_says_the_same_twice(client):
    event = reported(category="06-001")
    before = (Event.objects.count(), JournalEntry.objects.count(), Task.objects.count(), event.version)
    first, again = dry_run(client).json(), dry_run(client).json()
    assert first == again
    event.refresh_from_db()
    assert (Event.objects.count(), JournalEntry.objects.count(), Task.objects.count(), event.version) == before


def test_the_level_decides_and_is_that_of_an_officers_report_where_none_is_given(client):
    Rule.objects.all().delete()
    rule(levels=["township"])
    rule(FARMS, levels=["county"])
    names = {
        level: dry_run(client, level=level).json()["suggestion"]["lead"] for level in ("township", "county", "city")
    }
    assert names == {
        "township": organisation(STREETS).short_name, "county": organisation(FARMS).short_name, "city": ""
    }  # fmt: skip
    found = dry_run(client).json()
    assert found["suggestion"]["lead"] == names[found["level"]]


def test_two_that_contradict_suggest_nobody_and_the_check_finds_them(client):
    Rule.objects.all().delete()
    one, other = rule(), rule(FARMS)
    suggestion = dry_run(client).json()["suggestion"]
    assert (suggestion["via"], suggestion["lead"]) == ("none", "")
    assert suggestion["rivals"] == [str(one.pk), str(other.pk)]
    assert str(other.pk) in suggestion["words"]
    path = Region.objects.get(code=SOUTH).path
    found = client.get(f"{API}/responsibility/check", {"region": path, "category": "06-001"}).json()
    assert {finding["problem"] for finding in found["findings"]} == {"two"}
    assert found["total"] == len(found["findings"]) > 0
    assert [f["path"] for f in found["findings"]] == [path]


# Lists


def test_a_list_goes_on_where_it_ended_and_costs_the_same_whatever_its_length(client, django_assert_max_num_queries):
    Rule.objects.all().delete()
    region, lead = Region.objects.get(code=SOUTH), organisation(STREETS)
    Rule.objects.bulk_create(
        Rule(category="06-001", region=region, lead=lead, since=date(2020, 1, 1), remark=str(n)) for n in range(120)
    )
    seen: list[str] = []
    cursor, pages = "", 0
    while cursor is not None:
        with django_assert_max_num_queries(7):
            page = client.get(f"{API}/rules", {"cursor": cursor}).json()
        seen += [row["remark"] for row in page["rows"]]
        assert page["total"] == 120
        cursor, pages = page["next"], pages + 1
    assert (seen, pages) == ([str(n) for n in range(120)], 3)


def test_filters_and_words(client):
    Rule.objects.all().delete()
    kept = rule(remark="河道保洁")
    rule(FARMS, category="07-001")

    def numbers(**wanted: Any) -> list[int]:
        return [row["id"] for row in client.get(f"{API}/rules", wanted).json()["rows"]]

    assert numbers(category="06") == numbers(category="06-001") == numbers(q=str(kept.pk)) == [kept.pk]
    assert len(numbers(q=organisation(FARMS).short_name)) == 1
    assert numbers(q="没有这样的规则") == numbers(category="01-001") == []
    assert len(numbers(region=Region.objects.get(code=SOUTH).path)) == 2
    assert numbers(region=Region.objects.get(code="430903000000").path) == []


def test_who_is_no_post_of_a_centre_is_told_why():
    for role in (Role.GRID_OFFICER, Role.SECADMIN):
        grid = SANYI_GRID if role == Role.GRID_OFFICER else None
        answer = signed_in(role, region=SOUTH, grid=grid).get(f"{API}/rules")
        assert (answer.status_code, answer.json()["code"]) == (403, "not-for-your-post")
