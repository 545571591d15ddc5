"""Addresses over HTTP: what one may mean, and where an event may be."""

import pytest
from django.utils import timezone

from events.hotline.intake import hotline
from events.models import Ticket
from events.services.report import take_ticket
from grid.models import Role
from tests.http.ground import CITY, SOUTH, signed_in

pytestmark = pytest.mark.django_db
API = "/api/v1"


def test_an_address_answers_with_places_scores_and_reasons():
    found = signed_in(region=SOUTH).get(f"{API}/addresses", {"q": "资阳区大码头街道三益街小学对面"}).json()
    assert (found[0]["name"], found[0]["kind"], found[0]["sure"], found[0]["score"]) == (
        "三益街小学",
        "place",
        True,
        1.0,
    )
    assert found[0]["why"]
    assert found[0]["place"].startswith("大码头街道 三益街社区")
    assert found[0]["bbox"] is None


def test_a_region_comes_with_its_code_and_box():
    found = signed_in(region=SOUTH).get(f"{API}/addresses", {"q": "三益街社区"}).json()
    village = next(row for row in found if row["code"] == "430902005002")
    assert (village["kind"], village["sure"]) == ("village", False)
    west, south, east, north = village["bbox"]
    assert west < village["lng"] < east
    assert south < village["lat"] < north


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.GRID_OFFICER, Role.INTEGRATOR])
def test_names_of_places_are_no_secrets(role):
    assert signed_in(role, region=SOUTH).get(f"{API}/addresses", {"q": "枫林小学"}).json()[0]["name"] == "枫林小学"


@pytest.mark.parametrize(
    "query", ["", "?q=" + "x" * 301, "?q=x&limit=0", "?q=x&limit=21", "?q=x&lng=nan&lat=1", "?q=x&lng=500&lat=28"]
)
def test_what_is_no_question_is_422(query):
    answer = signed_in(region=SOUTH).get(f"{API}/addresses{query}")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


def test_an_unplaced_event_has_candidates_and_only_for_its_readers():
    access = hotline()
    event = take_ticket(
        access=access, duty=access.duties[0], ticket=Ticket(order_no="T-1"), text="路灯不亮", category=None, point=None,
        address="大码头街道三义街小学", urgent=False, now=timezone.now(),
    )  # fmt: skip
    rows = signed_in(Role.ACCEPTOR, region=CITY).get(f"{API}/events/{event.no}/placements").json()
    assert rows[0]["name"] == "三益街小学"
    assert not rows[0]["sure"]
    assert signed_in(Role.ACCEPTOR, region=SOUTH).get(f"{API}/events/{event.no}/placements").status_code == 404
