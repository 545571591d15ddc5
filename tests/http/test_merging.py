"""Merging and what comes before it, from outside: candidates with their reasons, the step, its undoing, the hotline."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from events.hotline import callback
from events.models import Event, OutboxMessage
from events.selectors import duplicates
from events.workflow import State
from tests.factories import SANYI_GRID, access_for, brought_to, merged, reported, ticketed, user_with
from tests.factories.hotline import SECRET, hand_in, message
from tests.http.doors import Browser, middle, problem, standing

pytestmark = pytest.mark.django_db
CITY, TOWN = "centre-430900000000", "centre-430902005000"
ROADS, COVER, STALLS, DISPUTE = "06-003", "06-001", "05-001", "09-001"


@pytest.fixture(autouse=True)
def _ready(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.HOTLINE_KEYS = [SECRET]


@pytest.fixture
def desk() -> Browser:
    return Browser(user_with("acceptor", TOWN))


@pytest.fixture
def city() -> Browser:
    return Browser(user_with("acceptor", CITY))


def draft(**changed: Any) -> dict[str, Any]:
    lng, lat = middle()
    return {"category": COVER, "point": {"lng": lng, "lat": lat, "crs": "wgs84", "accuracy_m": 12}} | changed


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["event"]["no"] for row in answer.json()]


def act(browser: Browser, event: Event, step: str, **fields: Any) -> Any:
    version = Event.objects.get(pk=event.pk).version
    return browser.post(f"events/{event.no}/steps", {"step": step, "version": version, **fields})


def test_before_a_report_is_sent_what_is_there_already_is_shown_with_reasons():
    event = reported(category=COVER)
    officer = Browser(user_with("grid_officer", TOWN, grid=SANYI_GRID))
    with translation.override("en"):
        (row,) = officer.client.post(
            "/api/v1/duplicates", json.dumps(draft(description="路口有一处问题")), content_type="application/json",
            headers={"X-CSRFToken": "k" * 32, "Accept-Language": "en"},
        ).json()  # fmt: skip
    assert row["event"]["no"] == event.no
    assert row["likely"]
    assert row["score"] > 0.9
    assert row["hindrance"] == ""
    assert len(row["reasons"]) == 4


def test_reasons_in_words():
    with translation.override("en"):
        found = duplicates.compare(
            duplicates.Told((112.3077, 28.5836), _at(12), COVER, "井盖破损", "资阳大道12号"),
            duplicates.Told((112.3077, 28.58394), _at(0), COVER, "井盖破损了", "资阳大道 12 号"),
        )  # fmt: skip
        assert duplicates.worded(found.reasons) == [
            "38 m away", "same category", "12 minutes earlier", "address alike: 资阳大道 12 号", "described alike",
        ]  # fmt: skip


def _at(minute: int) -> datetime:
    return datetime(2026, 3, 2, 9, minute, tzinfo=UTC)


def test_other_kinds_far_ones_ended_ones_and_disputes(desk):
    lng, lat = middle()
    here = reported(category=COVER)
    reported(category=STALLS)
    reported(category=DISPUTE)
    merged(reported(category=COVER), here)
    ended = brought_to(reported(category=COVER), State.REJECTED)
    assert sorted(numbers(desk.post("duplicates", draft()))) == sorted([here.no, ended.no])
    by = {row["event"]["no"]: row["hindrance"] for row in desk.post("duplicates", draft()).json()}
    assert (by[here.no], bool(by[ended.no])) == ("", True)
    far = {"lng": lng, "lat": lat + 0.004, "crs": "wgs84"}  # 445 m
    assert numbers(desk.post("duplicates", draft(point=far))) == []
    assert numbers(desk.post("duplicates", draft(category=DISPUTE))) == []
    assert numbers(desk.post("duplicates", {})) == []


def test_without_a_place_it_goes_by_address(city):
    placed, unplaced = ticketed(category=ROADS), ticketed(category=ROADS, grid=None)
    assert numbers(city.get(f"events/{unplaced.no}/duplicates")) == [placed.no]
    assert numbers(city.get(f"events/{placed.no}/duplicates")) == [unplaced.no]
    found = city.post("duplicates", {"category": ROADS, "address": "来电所说的地址"})
    assert set(numbers(found)) == {placed.no, unplaced.no}


def test_bad_drafts_are_refused_with_the_field():
    officer = Browser(user_with("grid_officer", TOWN, grid=SANYI_GRID))
    problem(officer.post("duplicates", draft(point={"lng": 28.5, "lat": 112.3, "crs": "wgs84"})), 422, "bad-point")
    problem(officer.post("duplicates", draft(colour="红")), 422, "invalid-fields")
    assert officer.post("duplicates", draft(description="路" * 2001)).status_code == 422


def test_an_officer_sees_no_candidate_of_another_grid_nor_a_secret_one(city):
    secret = ticketed(category=COVER, secret=True)
    officer = Browser(user_with("grid_officer", TOWN, grid="430902005001002"))
    reported(category=COVER)
    assert numbers(officer.post("duplicates", draft())) == []
    walker = Browser(user_with("grid_officer", TOWN, grid=SANYI_GRID))
    assert secret.no not in numbers(walker.post("duplicates", draft()))
    assert secret.no in numbers(city.post("duplicates", draft()))


def test_merged_and_undone_over_http(desk, city):
    target = reported(category=ROADS)
    other = ticketed(category=ROADS)
    assert numbers(city.get(f"events/{other.no}/duplicates")) == [target.no]
    card = act(city, other, "merge", into=f" {target.no.lower()} ", text="同一处破损").json()
    assert (card["state"], card["merged_into"], card["tickets"]) == ("merged", target.no, 0)
    assert card["goes_on"] == {
        "no": target.no, "state": "reported", "state_label": card["goes_on"]["state_label"], "ended_at": None,
        "seen": True,
    }  # fmt: skip
    assert [step["step"] for step in card["allowed_steps"]] == ["unmerge"]
    assert city.get(f"events/{other.no}/duplicates").json() == []
    taken = desk.get(f"events/{target.no}").json()
    assert (taken["taken_in"], taken["tickets"], len(taken["ticket_rows"])) == (1, 1, 1)
    assert [(one["no"], one["tickets"]) for one in taken["merged"]] == [(other.no, 1)]
    assert "merge" not in [step["step"] for step in taken["allowed_steps"]]
    listed = {row["no"]: row for row in city.get("events", view="ended_week").json()["rows"]}
    assert listed[other.no]["merged_into"] == target.no
    back = act(city, other, "unmerge").json()
    assert (back["state"], back["merged_into"], back["goes_on"], back["tickets"]) == ("reported", None, None, 1)
    assert desk.get(f"events/{target.no}").json()["merged"] == []


def test_a_refused_merge_changes_nothing_and_names_its_field(desk):
    event, ended = reported(category=ROADS), brought_to(reported(category=ROADS), State.REJECTED)
    before = standing()
    for into, code in ((event.no, "merge-into-itself"), (ended.no, "target-ended"), ("EV1", "target-unknown"),
                       ("", "target-needed")):  # fmt: skip
        refusal = problem(act(desk, event, "merge", into=into), 422, code)
        assert refusal["errors"][0]["field"] == "into"
    assert standing() == before
    stale = desk.post(f"events/{event.no}/steps", {"step": "merge", "version": 7, "into": ended.no})
    assert problem(stale, 409, "event-moved-on")["event"]["no"] == event.no
    assert standing() == before


def told(order_no: str) -> dict[str, Any]:
    newest = OutboxMessage.objects.filter(ticket__order_no=order_no).latest("number")
    body: dict[str, Any] = json.loads(callback.render(newest))
    return body


def test_the_hotline_hears_where_its_order_has_gone_and_how_it_ended(city):
    target = brought_to(reported(category=COVER), State.ACCEPTED)
    order = message()
    event = Event.objects.get(no=hand_in(order).json()["event_no"])
    act(city, event, "merge", into=target.no)
    body = told(order["order_no"])
    assert (body["step"], body["event_no"], body["status"]) == ("merge", target.no, "accepted")
    urged = hand_in(message("urge", order_no=order["order_no"], content="请快一点")).json()
    assert (urged["applied"], urged["event_no"]) == (True, target.no)
    withdrawn = hand_in(message("withdraw", order_no=order["order_no"])).json()
    assert (withdrawn["applied"], withdrawn["state"]) == (True, "accepted")  # others wait for it: a note
    hand_in(message("supplement", order_no=order["order_no"], content="在银行门口"))
    target.refresh_from_db()
    assert (target.urges, target.state) == (1, "accepted")
    brought_to(target, State.CLOSED)
    body = told(order["order_no"])
    assert (body["status"], body["result"], body["reply"]) == ("closed", "solved", "已经办结，谢谢监督")


def test_a_withdrawal_of_the_only_ticket_still_ends_its_event():
    order = message()
    event = Event.objects.get(no=hand_in(order).json()["event_no"])
    assert hand_in(message("withdraw", order_no=order["order_no"])).json()["state"] == "voided"
    event.refresh_from_db()
    assert event.state == "voided"


def test_undone_the_hotline_hears_of_its_own_event_again(city):
    target, order = reported(category=COVER), message()
    event = Event.objects.get(no=hand_in(order).json()["event_no"])
    act(city, event, "merge", into=target.no)
    act(city, event, "unmerge", text="不是同一个井盖")
    body = told(order["order_no"])
    assert (body["step"], body["event_no"], body["status"]) == ("unmerge", event.no, "reported")


def test_candidates_cost_the_same_queries_however_many_there_are(desk):
    acceptor = access_for(desk.user)
    event = reported(category=COVER)

    def spent() -> int:
        with CaptureQueriesContext(connection) as seen:
            duplicates.of_event(acceptor, event)
        return len(seen)

    reported(category=COVER)
    spent()
    few = spent()
    for _ in range(12):
        reported(category=COVER)
    assert spent() == few <= 6
    assert len(duplicates.of_event(acceptor, event)) == 10
