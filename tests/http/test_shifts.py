"""Shift notes: written, carried over, taken over by name and time, on paper, and for whom."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import ShiftNote
from events.selectors.shifts import shifts
from events.workflow import State
from grid.models import AuditEntry
from tests.factories import access_for, brought_to, organisation, reported, user_with
from tests.http.doors import Browser, problem
from tests.papers import pages_of

pytestmark = pytest.mark.django_db
CENTRE, COUNTY = "centre-430902005000", "centre-430902000000"
WORDS = "夜间平稳，三益街排水口注意暴雨"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def day() -> Browser:
    return Browser(user_with("shift_lead", CENTRE, name="孙白班"), raises=False)


@pytest.fixture
def night() -> Browser:
    return Browser(user_with("shift_lead", CENTRE, name="周夜班"), raises=False)


def _write(lead: Browser, *events: Any, text: str = WORDS) -> Any:
    answer = lead.post("shifts", {"text": text, "events": [{"no": one.no, "remark": "盯紧时限"} for one in events]})
    assert answer.status_code == 200, answer.content
    return answer.json()


def _taken(lead: Browser, note: Any) -> Any:
    return lead.post(f"shifts/{note['id']}/take", {"written_at": note["written_at"]})


def test_one_shift_writes_and_the_next_takes_over_by_name_and_time(day, night):
    event = reported()
    note = _write(day, event)
    assert (note["text"], note["written_by"], note["taken_by"], note["may_take"], note["may_change"]) == (
        WORDS, "孙白班", "", False, True,
    )  # fmt: skip
    (shown,) = note["events"]
    assert (shown["no"], shown["remark"], shown["ended"], shown["carried"]) == (event.no, "盯紧时限", False, False)
    seen = night.get("shifts").json()
    assert [(row["id"], row["may_take"]) for row in seen["rows"]] == [(note["id"], True)]
    taken = _taken(night, note).json()
    assert taken["taken_by"] == "周夜班"
    assert taken["taken_at"] is not None
    late = problem(_taken(night, note), 409, "taken-over")
    assert "周夜班" in late["detail"]
    actions = AuditEntry.objects.filter(subject_kind="shift").order_by("pk").values_list("action", flat=True)
    assert [*actions] == ["shift.write", "shift.take_over"]


def test_open_events_are_carried_over_and_ended_ones_are_not(day, night):
    going, done = reported(), reported()
    note = _write(day, going, done)
    _taken(night, note)
    brought_to(done, State.CLOSED)
    fresh = reported()
    assert [row["no"] for row in night.get("shifts").json()["desks"][0]["carries"]] == [going.no]
    following = _write(night, fresh)
    assert [(row["no"], row["carried"], row["remark"]) for row in following["events"]] == [
        (fresh.no, False, "盯紧时限"), (going.no, True, "盯紧时限"),
    ]  # fmt: skip


def test_until_it_is_taken_over_its_writer_may_write_it_anew_and_nobody_else(day, night):
    first, second = reported(), reported()
    note = _write(day, first)
    told = problem(night.post("shifts", {"text": WORDS}), 409, "note-waits")
    assert "孙白班" in told["detail"]
    again = _write(day, second, text="重新写一份交班记录")
    assert (again["id"], again["text"]) == (note["id"], "重新写一份交班记录")
    assert [row["no"] for row in again["events"]] == [second.no]
    problem(_taken(day, again), 409, "own-note")
    told = problem(_taken(night, note), 409, "note-rewritten")  # what the night has on the screen is the first one
    assert told["note"]["text"] == "重新写一份交班记录"
    assert _taken(night, told["note"]).json()["taken_by"] == "周夜班"
    assert _write(night)["id"] != note["id"]
    assert ShiftNote.objects.count() == 2


def test_who_leads_two_shifts_says_for_which_and_is_told_of_each(night):
    both = Browser(user_with("shift_lead", COUNTY, user=user_with("shift_lead", CENTRE, name="孙白班")), raises=False)
    problem(both.post("shifts", {"text": WORDS}), 422, "centre-needed")
    town, county = (organisation(code).pk for code in (CENTRE, COUNTY))
    assert both.post("shifts", {"text": WORDS, "centre": county}).json()["centre_id"] == county
    desks = {one["id"]: one for one in both.get("shifts").json()["desks"]}
    assert [desks[one]["may_write"] for one in (town, county)] == [True, True]
    assert [desks[one]["waiting"] is None for one in (town, county)] == [True, False]
    problem(night.post("shifts", {"text": WORDS, "centre": county}), 403, "shift-not-yours")
    note = _write(night)
    assert _taken(both, note).status_code == 200
    assert AuditEntry.objects.get(action="shift.take_over").organisation_id == town


@pytest.mark.parametrize(
    ("body", "code"),
    [({"text": "短"}, "note-text"), ({"text": WORDS + "，找王先生13873700000"}, "personal-data"),
     ({"text": WORDS, "events": [{"no": "EV0"}]}, "note-event-unknown"),
     ({"text": WORDS, "events": [{"no": "EV0"}, {"no": "EV0"}]}, "note-events"), ({}, "invalid-fields"),
     ({"text": WORDS, "events": [{"no": "E"}] * 51}, "invalid-fields")],
)  # fmt: skip
def test_what_can_not_be_written_is_said(day, body, code):
    problem(day.post("shifts", body), 422, code)
    assert not ShiftNote.objects.exists()


def test_an_event_of_another_ground_can_not_be_named(day):
    hidden = reported(grid="430903001002001")
    problem(day.post("shifts", {"text": WORDS, "events": [{"no": hidden.no}]}), 422, "note-event-unknown")


def test_it_is_for_the_centres_own_shift(day):
    note = _write(day)
    acceptor = Browser(user_with("acceptor", CENTRE), raises=False)
    assert [row["id"] for row in acceptor.get("shifts").json()["rows"]] == [note["id"]]
    problem(acceptor.post("shifts", {"text": WORDS}), 403, "shift-leads-only")
    problem(_taken(acceptor, note), 403, "shift-leads-only")
    county = Browser(user_with("shift_lead", COUNTY), raises=False)
    assert county.get("shifts").json()["rows"] == []
    problem(_taken(county, note), 404, "no-such-note")
    problem(county.get(f"shifts/{note['id']}/sheet.pdf"), 404, "no-such-note")
    clerk = Browser(user_with("dept_clerk", "dept-430902000000-chengguan_zhujian"), raises=False)
    problem(clerk.get("shifts"), 403, "shifts-not-yours")
    problem(day.get("shifts", cursor="x"), 422, "cursor-unknown")


def test_it_is_printed_with_its_events_and_lines_to_sign_on(day, night):
    event = reported()
    note = _write(day, event)
    _taken(night, note)
    answer = day.get(f"shifts/{note['id']}/sheet.pdf")
    words = "".join("".join(pages_of(answer.content)).split())
    for told in ("交接班记录", WORDS, event.no, "孙白班", "周夜班", "盯紧时限", "接班人"):
        assert told in words, told
    assert AuditEntry.objects.filter(action="shift.print").exists()


def test_a_page_costs_the_same_however_much_there_is(day, night):
    def asked() -> int:
        access = access_for(day.user)
        with CaptureQueriesContext(connection) as seen:
            shifts(access)
        return len(seen)

    note = _write(day, reported())
    few = asked()
    _taken(night, note)
    _write(night, reported(), reported())
    assert asked() <= few <= 6
