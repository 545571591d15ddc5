"""The steps that pass an event on, hold it, press for it, end it early or take it up again, from outside.

Whatever is refused leaves everything as it was.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.models import Event, Task
from events.workflow import OPEN, State
from grid.models import Organisation
from tests.factories import (
    SANYI_GRID,
    applied,
    brought_to,
    escalated,
    extended,
    organisation,
    reported,
    returned,
    ticketed,
    user_with,
)
from tests.http.doors import Browser, problem, standing

pytestmark = pytest.mark.django_db
CITY, COUNTY, TOWN, VILLAGE = (f"centre-{code}" for code in
                               ("430900000000", "430902000000", "430902005000", "430902005001"))  # fmt: skip
DEPARTMENT, OTHER = "dept-430902000000-chengguan_zhujian", "dept-430902000000-nongshui_huanbao"
VILLAGE_GRID = "430902005001002"
ROADS, WATER, DISPUTE, COVER = "06-003", "10-001", "09-001", "06-001"  # 5 D, 4 U, within the case, 2 U
WHY = {"text": "按照规定写明理由"}

Who = Callable[[str, str], Browser]


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def who() -> Who:
    """Somebody with a role somewhere, the same one every time."""
    known: dict[tuple[str, str], Browser] = {}

    def find(role: str, of: str) -> Browser:
        if (role, of) not in known:
            known[role, of] = Browser(user_with(role, of))
        return known[role, of]

    return find


def act(person: Browser, event: Event, step: str, **fields: Any) -> Any:
    """Take a step on the event as it stands; the answer."""
    version = Event.objects.values_list("version", flat=True).get(pk=event.pk)
    return person.post(f"events/{event.no}/steps", {"step": step, "version": version, **fields})


def done(person: Browser, event: Event, step: str, **fields: Any) -> dict[str, Any]:
    """The same, and it works; the card."""
    answer = act(person, event, step, **fields)
    assert answer.status_code == 200, answer.content
    event.refresh_from_db()
    card: dict[str, Any] = answer.json()
    assert (card["version"], card["journal"][-1]["step"]) == (event.version, step)
    assert card["journal"][-1]["sentence"]
    assert _steady(card) == _steady(person.get(f"events/{event.no}").json())  # what a step answers is what is there
    return card


def _steady(card: dict[str, Any]) -> dict[str, Any]:
    """A card without what changes while one looks: minutes used up, and what follows from them."""
    timers = [{**timer, "used_min": 0, "left_min": 0} for timer in card["timers"]]
    return {**card, "timers": timers, "allowed_steps": [row["step"] for row in card["allowed_steps"]]}


def refused(person: Browser, event: Event, step: str, status: int, code: str, **fields: Any) -> dict[str, Any]:
    """The same, and it is refused, with a reason, and nothing is changed."""
    before = standing()
    found = problem(act(person, event, step, **fields), status, code)
    assert standing() == before
    return found


def offered(person: Browser, event: Event) -> list[str]:
    return [one["step"] for one in person.get(f"events/{event.no}").json()["allowed_steps"]]


def receivers(person: Browser, event: Event, step: str) -> list[int]:
    return [one["id"] for one in person.get(f"events/{event.no}/organisations", step=step).json()]


def minutes_left(card: dict[str, Any], stage: str) -> float:
    (timer,) = (one for one in card["timers"] if one["stage"] == stage and one["stopped_at"] is None)
    return float(timer["left_min"])


def lead_of(event: Event) -> str:
    """The code of the organisation that answers for it."""
    assert event.lead is not None
    return event.lead.code


def due(event: Event) -> datetime:
    """When its stage ends."""
    assert event.stage_due_at is not None
    return event.stage_due_at


def whole(event: Event) -> datetime:
    """When all of it ought to be done."""
    assert event.due_at is not None
    return event.due_at


# Who answers for it


def test_after_three_returns_the_shift_lead_decides_for_good(who):
    event = brought_to(reported(category=ROADS), State.ACCEPTED)
    dispatcher, clerk, lead = who("dispatcher", TOWN), who("dept_clerk", DEPARTMENT), who("shift_lead", TOWN)
    to = {"organisation": organisation(DEPARTMENT).pk}
    for _ in range(3):
        refused(lead, event, "dispatch", 403, "step-not-yours", **to)
        done(dispatcher, event, "dispatch", **to)
        refused(clerk, event, "return", 422, "text-needed")
        card = done(clerk, event, "return", **WHY)
    assert (card["state"], card["returns"], card["lead"]) == ("accepted", 3, None)
    told = refused(dispatcher, event, "dispatch", 403, "step-not-yours", **to)
    assert told["state"] == "accepted"
    assert dispatcher.get("events", view="todo").json()["total"] == 0
    assert [row["no"] for row in lead.get("events", view="to_rule").json()["rows"]] == [event.no]
    done(lead, event, "dispatch", **to)
    refused(clerk, event, "return", 409, "ruled", **WHY)
    assert done(clerk, event, "sign")["state"] == "handling"
    refused(clerk, event, "return", 409, "ruled", **WHY)
    refused(dispatcher, event, "redispatch", 403, "step-not-yours", organisation=organisation(OTHER).pk, **WHY)


def test_a_return_in_time_alone(who):
    then = timezone.now() - timedelta(hours=1, minutes=5)  # half of two hours is over
    event = brought_to(reported(category=COVER, now=then), State.DISPATCHED, now=then)
    refused(who("dept_clerk", DEPARTMENT), event, "return", 409, "return-too-late", **WHY)
    soon = timezone.now() - timedelta(minutes=55)
    event = brought_to(reported(category=COVER, now=soon), State.DISPATCHED, now=soon)
    assert done(who("dept_clerk", DEPARTMENT), event, "return", **WHY)["state"] == "accepted"


def test_dispatched_anew_another_organisation_has_it(who):
    event = applied(brought_to(reported(category=ROADS), State.HANDLING), "extension")
    dispatcher, former, clerk = who("dispatcher", TOWN), who("dept_clerk", DEPARTMENT), who("dept_clerk", OTHER)
    assert organisation(DEPARTMENT).pk not in receivers(dispatcher, event, "redispatch")
    assert organisation(OTHER).pk in receivers(dispatcher, event, "redispatch")
    same = refused(
        dispatcher, event, "redispatch", 422, "nothing-changed", organisation=organisation(DEPARTMENT).pk, **WHY
    )
    assert same["errors"][0]["field"] == "organisation"
    assert clerk.get(f"events/{event.no}").status_code == 404
    card = done(dispatcher, event, "redispatch", organisation=organisation(OTHER).pk, **WHY)
    assert (card["state"], card["lead"], card["asked"]) == ("dispatched", organisation(OTHER).short_name, "")
    assert [(one["kind"], one["state"]) for one in card["tasks"]] == [("lead", "recalled"), ("lead", "assigned")]
    assert offered(former, event) == ["note"]
    refused(former, event, "sign", 403, "step-not-yours")
    assert done(clerk, event, "sign")["state"] == "handling"


def test_up_through_every_level_to_the_city_and_no_further(who):
    event = reported(category=ROADS, grid=VILLAGE_GRID)
    for below, above in ((VILLAGE, TOWN), (TOWN, COUNTY), (COUNTY, CITY)):
        acceptor = who("acceptor", below)
        refused(who("acceptor", above), event, "escalate", 403, "step-not-yours", **WHY)
        refused(acceptor, event, "escalate", 422, "text-needed", text="太难")
        card = done(acceptor, event, "escalate", **WHY)
        assert (card["state"], card["holder"]) == ("reported", organisation(above).short_name)
        assert offered(acceptor, event) == ["note"]  # it goes on reading
    event.refresh_from_db()
    assert (event.level, len(event.passed)) == ("city", 4)
    told = refused(who("acceptor", CITY), event, "escalate", 409, "no-level-above", **WHY)
    assert told["event"]["holder"] == organisation(CITY).short_name
    assert "escalate" not in offered(who("acceptor", CITY), event)


def test_from_the_works_up_takes_it_out_of_the_leads_hands(who):
    event = applied(brought_to(reported(category=ROADS), State.HANDLING), "suspension")
    end = whole(Event.objects.get(pk=event.pk))
    card = done(who("acceptor", TOWN), event, "escalate", **WHY)
    assert (card["state"], card["lead"], card["asked"]) == ("reported", None, "")
    assert not Task.objects.filter(event=event, ended_at__isnull=True).exists()
    assert whole(event) == end, "nobody gains time by passing it on"
    assert offered(who("dept_clerk", DEPARTMENT), event) == ["note"]
    lead = Browser(user_with("grid_lead", TOWN, region="430902005002"))
    done(lead, event, "escalate", **WHY)
    assert event.holder.code == CITY


def test_down_to_a_centre_of_the_ground_where_it_lies(who):
    event = brought_to(escalated(escalated(reported(category=ROADS, grid=VILLAGE_GRID))), State.ACCEPTED)
    dispatcher = who("dispatcher", COUNTY)
    below = [Organisation.objects.get(pk=number).code for number in receivers(dispatcher, event, "assign_down")]
    assert below == [TOWN, VILLAGE]
    for wrong in (CITY, COUNTY, "centre-430902102000", DEPARTMENT):
        refused(dispatcher, event, "assign_down", 422, "organisation-not-offered", organisation=organisation(wrong).pk)
    refused(who("dispatcher", CITY), event, "assign_down", 403, "step-not-yours", organisation=organisation(TOWN).pk)
    card = done(dispatcher, event, "assign_down", organisation=organisation(VILLAGE).pk, text="请就近处理")
    assert (card["state"], card["holder"]) == ("reported", organisation(VILLAGE).short_name)
    done(who("acceptor", VILLAGE), event, "accept")
    refused(who("dispatcher", VILLAGE), event, "assign_down", 409, "no-level-below", organisation=1)


# More time, and standing still


def test_more_time_is_asked_for_and_given(who):
    event = brought_to(reported(category=WATER), State.HANDLING)
    clerk, dispatcher = who("dept_clerk", lead_of(event)), who("dispatcher", TOWN)
    stage, end = due(event), whole(event)
    refused(dispatcher, event, "grant_extension", 409, "nothing-asked")
    for amount in (0, -1, 90.5, "2", None):
        refused(clerk, event, "request_extension", 422, "invalid-fields", amount=amount, **WHY)
    card = done(clerk, event, "request_extension", amount=1.5, **WHY)
    assert (card["state"], card["asked"]) == ("handling", "extension")
    assert [row["no"] for row in dispatcher.get("events", view="applied").json()["rows"]] == [event.no]
    refused(clerk, event, "request_extension", 409, "asked-already", amount=1, **WHY)
    refused(clerk, event, "grant_extension", 403, "step-not-yours")
    card = done(dispatcher, event, "grant_extension")
    more = timedelta(hours=1.5)
    assert (due(event), whole(event), card["asked"]) == (stage + more, end + more, "")

    done(clerk, event, "request_extension", amount=1, **WHY)
    refused(who("shift_lead", TOWN), event, "refuse_extension", 422, "text-needed")
    done(who("shift_lead", TOWN), event, "refuse_extension", **WHY)
    assert (due(event), event.extensions) == (stage + more, 1), "a refusal costs nothing"
    done(clerk, event, "request_extension", amount=1, **WHY)
    done(who("shift_lead", TOWN), event, "grant_extension")
    refused(clerk, event, "request_extension", 409, "extended-often-enough", amount=1, **WHY)


def test_more_time_only_before_the_deadline(who):
    then = timezone.now() - timedelta(hours=2, minutes=1)
    event = brought_to(reported(category=COVER, now=then), State.HANDLING, now=then)
    clerk = who("dept_clerk", DEPARTMENT)
    refused(clerk, event, "request_extension", 409, "deadline-passed", amount=1, **WHY)
    assert "request_extension" not in offered(clerk, event)
    saved = extended(brought_to(reported(category=COVER, now=then), State.HANDLING, now=then), now=then)
    assert done(clerk, saved, "request_extension", amount=1, **WHY)["asked"] == "extension"


def test_the_clock_stands_still_while_it_is_suspended(who):
    then = timezone.now() - timedelta(days=9)
    event = brought_to(reported(category=WATER, now=then), State.HANDLING, now=then)
    lead = lead_of(event)
    later = then + timedelta(hours=1)  # of four hours
    event = brought_to(event, State.SUSPENDED, now=later)
    head, leader = who("dept_lead", lead), who("leader", TOWN)
    card = head.get(f"events/{event.no}").json()
    assert (card["due_at"], card["stage"]) == (None, "review")
    assert minutes_left(card, "handle") == pytest.approx(180)
    assert [row["no"] for row in head.get("events", view="suspended").json()["rows"]] == [event.no]
    refused(who("dept_clerk", lead), event, "finish", 409, "step-not-possible", photos=["0" * 64], **WHY)
    refused(who("dispatcher", TOWN), event, "resume", 403, "step-not-yours")
    card = done(leader, event, "resume")
    assert (card["state"], card["stage"]) == ("handling", "handle")
    assert minutes_left(card, "handle") == pytest.approx(180, abs=1)
    assert due(event) - timezone.now() == pytest.approx(timedelta(hours=3), abs=timedelta(minutes=1))


def test_a_suspension_is_asked_for_with_a_day_and_answered_by_the_centres_leader(who):
    event = brought_to(reported(category=ROADS), State.HANDLING)
    head, leader = who("dept_lead", DEPARTMENT), who("leader", TOWN)
    today = timezone.localdate()
    for days in (-1, 0, 366):
        day = (today + timedelta(days=days)).isoformat()
        found = refused(head, event, "ask_suspension", 422, "until-needed", until=day, **WHY)
        assert found["errors"][0]["field"] == "until"
    refused(leader, event, "approve_suspension", 409, "nothing-asked")
    until = today + timedelta(days=30)
    assert done(head, event, "ask_suspension", until=until.isoformat(), **WHY)["asked"] == "suspension"
    refused(who("dept_clerk", DEPARTMENT), event, "request_extension", 409, "asked-already", amount=1, **WHY)
    refused(who("dispatcher", TOWN), event, "grant_extension", 409, "nothing-asked")
    refused(who("leader", CITY), event, "approve_suspension", 403, "step-not-yours")
    assert done(leader, event, "refuse_suspension", **WHY)["state"] == "handling"
    done(head, event, "ask_suspension", until=until.isoformat(), **WHY)
    card = done(leader, event, "approve_suspension")
    review = datetime.fromisoformat(card["stage_due_at"])
    assert (card["state"], timezone.localtime(review).date()) == ("suspended", until)
    assert done(head, event, "resume")["state"] == "handling"


# The end, and after it


@pytest.mark.parametrize("state", sorted(OPEN))
def test_by_force_from_every_open_state(who, state):
    made = ticketed(grid=SANYI_GRID) if state == State.VERIFYING else reported(category=ROADS)
    event = brought_to(made, State(state))
    holder = event.holder.code
    refused(who("shift_lead", holder), event, "force_close", 422, "text-needed", text="算了")
    refused(who("acceptor", holder), event, "force_close", 403, "step-not-yours", **WHY)
    card = done(who("shift_lead", holder), event, "force_close", **WHY)
    assert (card["state"], card["stage_due_at"]) == ("closed", None)
    assert card["ended_at"]
    assert not event.tasks.filter(ended_at__isnull=True).exists()
    assert not event.timers.filter(stopped_at__isnull=True).exists()


def test_void_before_it_is_taken_on_alone(who):
    event = reported(category=ROADS)
    lead = who("shift_lead", TOWN)
    refused(lead, event, "void", 422, "text-needed")
    assert done(lead, event, "void", **WHY)["state"] == "voided"
    refused(lead, event, "void", 409, "step-not-possible", **WHY)
    refused(who("acceptor", TOWN), event, "reopen", 409, "step-not-possible", **WHY)
    taken = brought_to(reported(category=ROADS), State.ACCEPTED)
    refused(lead, taken, "void", 409, "step-not-possible", **WHY)


def test_taken_up_again_within_thirty_days(who):
    acceptor = who("acceptor", TOWN)
    for days, ended in ((29, State.CLOSED), (29, State.REJECTED)):
        then = timezone.now() - timedelta(days=days)
        event = brought_to(returned(reported(category=ROADS, now=then), now=then), ended, now=then) \
            if ended == State.CLOSED else brought_to(reported(category=ROADS, now=then), ended, now=then)  # fmt: skip
        card = done(acceptor, event, "reopen", **WHY)
        assert (card["state"], card["reopens"], card["lead"], card["ended_at"]) == ("accepted", 1, None, None)
        assert whole(event) > timezone.now(), "with the whole of the time"
        assert "dispatch" in offered(who("dispatcher", TOWN), event)
    then = timezone.now() - timedelta(days=30, minutes=1)
    event = brought_to(reported(category=ROADS, now=then), State.CLOSED, now=then)
    refused(acceptor, event, "reopen", 409, "reopen-too-late", **WHY)
    assert offered(acceptor, event) == []


# Beside the course of things


def test_pressed_for_from_above(who):
    event = brought_to(reported(category=ROADS), State.HANDLING)
    supervisor = who("supervisor", CITY)
    found = refused(supervisor, event, "supervise", 422, "invalid-fields", level="pink")
    assert found["errors"][0]["field"].endswith("level")
    card = done(supervisor, event, "supervise", level="yellow", text="请三日内办结")
    assert (card["state"], card["supervision"]) == ("handling", "yellow")
    assert [row["no"] for row in who("dept_clerk", DEPARTMENT).get("events", view="supervised").json()["rows"]]
    done(supervisor, event, "supervise", level="none")
    assert event.supervision == "none"
    card = done(who("leader", COUNTY), event, "instruct", text="举一反三")
    assert card["journal"][-1]["text"] == "举一反三"
    refused(who("leader", COUNTY), event, "instruct", 422, "text-needed")
    refused(who("supervisor", TOWN), event, "instruct", 403, "step-not-yours", **WHY)
    stranger = who("supervisor", "centre-430903000000")
    refused(stranger, event, "supervise", 404, "no-such-event", level="red")


def test_a_copy_is_read_afterwards_and_not_before(who):
    event = brought_to(reported(category=ROADS), State.HANDLING)
    dispatcher, reader = who("dispatcher", TOWN), who("dept_clerk", OTHER)
    other = organisation(OTHER).pk
    assert reader.get(f"events/{event.no}").status_code == 404
    assert other in receivers(dispatcher, event, "copy_to")
    refused(dispatcher, event, "copy_to", 422, "organisation-not-offered", organisation=organisation(DEPARTMENT).pk)
    card = done(dispatcher, event, "copy_to", organisation=other, text="供参考")
    assert organisation(OTHER).short_name in card["seen_by"]
    assert reader.get(f"events/{event.no}").status_code == 200
    assert [row["no"] for row in reader.get("events", view="open").json()["rows"]] == [event.no]
    refused(reader, event, "finish", 403, "step-not-yours", photos=[reader.photo()], **WHY)
    refused(dispatcher, event, "copy_to", 422, "organisation-not-offered", organisation=other)


def test_what_is_kept_within_the_case_is_not_copied(who):
    event = brought_to(reported(category=DISPUTE), State.HANDLING)
    dispatcher = who("dispatcher", TOWN)
    assert "copy_to" not in offered(dispatcher, event)
    wrong = organisation(OTHER).pk
    refused(dispatcher, event, "copy_to", 409, "restricted-not-copied", organisation=wrong)
    assert who("dept_clerk", OTHER).get(f"events/{event.no}").status_code == 404


def test_urgent_from_now_on(who):
    event = reported(category=ROADS)
    acceptor = who("acceptor", TOWN)
    card = done(acceptor, event, "mark_urgent", text="靠近学校")
    assert card["urgent"]
    assert due(event) <= timezone.now() + timedelta(minutes=30)
    refused(acceptor, event, "mark_urgent", 409, "urgent-already")
