"""Check-ins and coverage over HTTP: idempotent, bounded, and nothing about places in any answer."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from events.models import CheckIn
from tests.factories import DAMATOU, SANYI_GRID, user_with
from tests.http.doors import Browser, middle, problem

pytestmark = pytest.mark.django_db
TOWN = f"centre-{DAMATOU}"
NEXT_GRID = "430902005002002"


@pytest.fixture
def phone() -> Browser:
    return Browser(user_with("grid_officer", TOWN, grid=SANYI_GRID))


def body(grid: str = SANYI_GRID, *, where: str = "", **changed):
    lng, lat = middle(where or grid)
    sent = {
        "client_id": str(uuid4()), "grid": grid, "device_at": timezone.now().isoformat(),
        "point": {"lng": lng, "lat": lat, "crs": "wgs84", "accuracy_m": 12.0},
    }  # fmt: skip
    return {**sent, **changed}


def test_once_201_then_200_with_the_same_answer(phone):
    sent = body()
    first = phone.post("patrol/check-ins", sent)
    again = phone.post("patrol/check-ins", sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert set(first.json()) == {"client_id", "grid", "place", "at", "device_at"}
    another = phone.post("patrol/check-ins", body())
    assert (another.status_code, another.json()["client_id"]) == (200, sent["client_id"])
    assert CheckIn.objects.count() == 1
    (own,) = phone.get("patrol").json()["own"]
    assert (own["code"], own["checked_in_at"]) == (SANYI_GRID, first.json()["device_at"])


def test_outside_422_names_where_one_is_and_how_far(phone):
    found = problem(phone.post("patrol/check-ins", body(where=NEXT_GRID)), 422, "not-in-the-grid")
    assert found["stands_in"]["code"] == NEXT_GRID
    assert found["distance_m"] > 20
    assert str(found["distance_m"]) in found["detail"]
    assert found["errors"][0]["field"] == "point"
    far = body(point={"lng": 120.0, "lat": 30.0, "crs": "wgs84"})
    problem(phone.post("patrol/check-ins", far), 422, "outside-city")
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    ("hours", "code"), [(0.2, "device-clock-ahead"), (24 * 365, "device-clock-ahead"), (-72.1, "check-in-too-old")]
)
def test_the_phones_time_is_bounded(phone, hours, code):
    when = (timezone.now() + timedelta(hours=hours)).isoformat()
    problem(phone.post("patrol/check-ins", body(device_at=when)), 422, code)
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "x"}, {"grid": "1"}, {"grid": "' OR 1=1 --    "}, {"device_at": "yesterday"},
        {"device_at": "2026-03-02T09:00:00"}, {"device_at": None}, {"point": None}, {"point": {"lng": 112, "lat": 28}},
        {"point": {"lng": "112", "lat": 28, "crs": "wgs84"}}, {"point": {"lng": 28.5, "lat": 112.3, "crs": "wgs84"}},
        {"point": {"lng": 112.3, "lat": 28.5, "crs": "wgs84", "accuracy_m": -1}}, {"extra": 1},
        {"device_at": "0001-01-01T00:00:00+14:00"}, {"device_at": "9999-12-31T23:59:59-12:00"},
    ],
)  # fmt: skip
def test_bad_input_is_422_and_keeps_nothing(phone, changed):
    answer = phone.post("patrol/check-ins", body(**{"where": SANYI_GRID, **changed}))
    assert answer.status_code == 422, answer.content
    assert not CheckIn.objects.exists()


def test_anothers_grid_and_one_that_is_not_there_are_refused_alike(phone):
    problem(phone.post("patrol/check-ins", body(NEXT_GRID)), 403, "not-your-grid")
    problem(phone.post("patrol/check-ins", body(grid="9" * 15, where=SANYI_GRID)), 403, "not-your-grid")
    sent = body()
    phone.post("patrol/check-ins", sent)
    other = Browser(user_with("grid_officer", TOWN, grid=SANYI_GRID))
    problem(other.post("patrol/check-ins", sent), 409, "client-id-used")


def test_a_page_elsewhere_can_check_nobody_in(phone):
    assert phone.post("patrol/check-ins", body(), token="f" * 32).status_code == 403
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        {"from": "x"}, {"from": "2026-03-02", "to": "2026-03-01"}, {"from": "2020-01-01", "to": "2026-01-01"},
        {"to": "0001-01-01"}, {"to": "9999-12-31"}, {"as_of": "2026-03-01"}, {"as_of": "0001-01-01T00:00:00Z"},
        {"region": "a"},
    ],
)  # fmt: skip
def test_coverage_of_days_that_make_no_sense_is_422(query):
    desk = Browser(user_with("dispatcher", TOWN))
    for path in ("patrol/coverage", "patrol/coverage/grids"):
        assert desk.get(path, **query).status_code == 422


def test_coverage_stays_on_ones_own_ground():
    desk = Browser(user_with("dispatcher", TOWN))
    own = desk.get("patrol/coverage").json()
    assert own["total"]["level"] == "township"
    assert [name for _path, name in own["above"]] == [own["total"]["name"]]
    problem(desk.get("patrol/coverage", region="4309/430903/"), 404, "no-region")
    problem(desk.get("patrol/coverage/grids", region="4309/"), 404, "no-region")
    assert desk.get("patrol/coverage/grids", show="everything").status_code == 422


def test_the_grids_card_says_who_was_there_today(phone):
    desk = Browser(user_with("dispatcher", TOWN))
    clerk = Browser(user_with("dept_clerk", "dept-430902000000-chengguan_zhujian"))
    phone.post("patrol/check-ins", body())
    (officer,) = desk.get(f"ground/grids/{SANYI_GRID}").json()["officers"]
    assert set(officer["last_check_in"]) == {"at", "place"}
    (officer,) = clerk.get(f"ground/grids/{SANYI_GRID}").json()["officers"]
    assert officer["last_check_in"] is None
