"""Two reports of the same thing: merged, answered to everybody who told of it, parted again as if nothing had been."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.hotline import callback
from events.models import Application, Event, JournalEntry, OutboxMessage, Source, Task, TaskKind, Ticket, Timer
from events.models.terms import calendar_of, used_minutes
from events.selectors import cards, worklist
from events.services import deeds, watch
from events.services.advance import advance
from events.workflow import OPEN, State, Step, fold
from gis_layers.models import Update
from grid.models import AuditEntry
from grid.refusals import Conflict, Forbidden, Invalid
from tests.factories import (
    SANYI_GRID,
    access_for,
    applied,
    brought_to,
    merged,
    parted,
    reported,
    step,
    ticketed,
    user_with,
)

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
TOWN, CITY = "centre-430902005000", "centre-430900000000"
ROADS, DISPUTE = "06-003", "09-001"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def acceptor():
    return access_for(user_with("acceptor", TOWN))


@pytest.fixture
def city():
    return access_for(user_with("acceptor", CITY))


def _steps(event):
    return list(JournalEntry.objects.filter(event=event).order_by("version").values_list("step", flat=True))


def _fresh(*events):
    for event in events:
        event.refresh_from_db()
    return events


def test_a_merge_is_written_on_both_events_and_told_to_everybody(acceptor):
    target, other = reported(category=ROADS, now=MONDAY), reported(category=ROADS, now=MONDAY)
    updates, audited = Update.objects.count(), AuditEntry.objects.count()
    merged(other, target, now=MONDAY + timedelta(minutes=5))
    _fresh(target, other)
    assert (other.state, other.merged_into, other.merged_from) == (State.MERGED, target, State.REPORTED)
    assert other.ended_at == MONDAY + timedelta(minutes=5)
    assert (target.state, target.taken_in, target.version, other.version) == (State.REPORTED, 1, 2, 2)
    assert (_steps(target), _steps(other)) == (["report", "take_in"], ["report", "merge"])
    entry = JournalEntry.objects.get(event=other, step="merge")
    assert (entry.from_state, entry.to_state) == ("reported", "merged")
    assert entry.payload["into"] == target.no
    assert entry.payload["reasons"] == ["distance", "category", "earlier", "text"]
    assert 0.9 < entry.payload["score"] <= 1
    told = JournalEntry.objects.get(event=target, step="take_in").payload
    assert (told["event"], told["source"], told["tickets"]) == (other.no, "officer", 0)
    assert set(Update.objects.order_by("-pk")[:2].values_list("subject", flat=True)) == {target.pk, other.pk}
    assert (Update.objects.count() - updates, AuditEntry.objects.count() - audited) == (2, 2)
    line = Update.objects.filter(subject=other.pk).latest("pk").body
    assert (line["merged_into"], line["state"]) == (target.no, "merged")
    assert Update.objects.filter(subject=target.pk).latest("pk").body["taken_in"] == 1


@pytest.mark.parametrize("state", sorted(OPEN))
def test_from_every_open_state_it_goes_back_as_it_was(state):
    target = reported(category=ROADS, now=MONDAY)
    start = ticketed(now=MONDAY) if state == State.VERIFYING else reported(category=ROADS, now=MONDAY)
    event = brought_to(start, State(state), now=MONDAY)
    before = _left(event, MONDAY)
    tasks = list(Task.objects.filter(event=event).order_by("pk").values())
    merged(event, target, now=MONDAY)
    _fresh(event)
    assert not Timer.objects.filter(event=event, stopped_at__isnull=True, paused_at__isnull=True).exists()
    assert (event.due_at, event.stage_due_at, event.stage_near_at) == (None, None, None)
    later = MONDAY + timedelta(days=9)
    assert watch.catch_up(event=event, until=later) == 0
    parted(event, now=later)
    _fresh(event, target)
    assert (event.state, event.merged_into, event.merged_from, event.ended_at) == (state, None, "", None)
    assert target.taken_in == 0
    assert _left(event, later) == before
    now = list(Task.objects.filter(event=event).order_by("pk").values())
    assert [one | {"return_until": None} for one in now] == [one | {"return_until": None} for one in tasks]
    for was, is_now in zip(tasks, now, strict=True):
        if was["return_until"] and was["ended_at"] is None:
            assert is_now["return_until"] > later
    assert fold(Step(one) for one in _steps(event)) == state
    assert fold(Step(one) for one in _steps(target)) == target.state


def _left(event, at):
    """What is left of every allowance that isn't stopped, whether it runs, and whether the watch will speak of it."""
    return {
        timer.stage: (
            round(timer.allowance_min - used_minutes(timer=timer, now=at, calendar=calendar_of(timer)), 6),
            timer.paused_at is not None, timer.next_mark_at is None,
        )
        for timer in Timer.objects.filter(event=event, stopped_at__isnull=True).select_related("organisation")
    }  # fmt: skip


def test_tickets_move_are_told_and_get_the_answer_and_go_back_when_it_is_undone(city):
    target = brought_to(reported(category=ROADS), State.ACCEPTED)
    event = ticketed(category=ROADS)
    ticket = Ticket.objects.get()
    told = ticket.callback_number
    merged(event, target)
    ticket.refresh_from_db()
    assert (ticket.event, ticket.came_with, ticket.callback_number) == (target, event, told + 1)
    message = OutboxMessage.objects.latest("number")
    assert (message.step, message.event) == ("merge", target)
    body = callback.render(message).decode()
    assert f'"event_no":"{target.no}"' in body
    assert '"status":"accepted"' in body
    closed = brought_to(target, State.CLOSED)
    answer = callback.render(OutboxMessage.objects.latest("number")).decode()
    assert '"result":"solved"' in answer
    assert '"reply":"已经办结，谢谢监督"' in answer
    assert closed.tickets.get() == ticket


def test_undoing_brings_exactly_its_own_tickets_back():
    target, event = ticketed(category=ROADS), ticketed(category=ROADS)
    own, moved = Ticket.objects.order_by("pk")
    merged(event, target)
    assert set(target.tickets.all()) == {own, moved}
    parted(event)
    assert (target.tickets.get(), event.tickets.get()) == (own, moved)
    moved.refresh_from_db()
    assert moved.came_with is None
    last = OutboxMessage.objects.filter(ticket=moved).latest("number")
    assert (last.step, last.event) == ("unmerge", event)
    assert list(OutboxMessage.objects.filter(ticket=own)) == []  # nothing of its own has happened


def test_a_callback_that_waits_tells_of_the_event_that_answers_by_then(city):
    target, event = reported(category=ROADS), ticketed(category=ROADS)
    step(event, deeds.Note(text="请尽快处理"), city)
    waiting = OutboxMessage.objects.latest("number")
    merged(event, target)
    assert f'"event_no":"{target.no}"' in callback.render(waiting).decode()


def test_what_can_not_be_merged_is_refused_at_its_field_and_changes_nothing(acceptor, city):
    event = reported(category=ROADS)
    ended = brought_to(reported(category=ROADS), State.REJECTED)
    first, second = reported(category=ROADS), reported(category=ROADS)
    merged(second, first)
    dispute = reported(category=DISPUTE)
    far = reported(category=ROADS, grid="430903001001001")
    kept = ticketed(category=ROADS, secret=True)
    refusals = {
        event.no: "merge-into-itself", ended.no: "target-ended", second.no: "target-merged", far.no: "target-unknown",
        dispute.no: "dispute-not-merged", "EV20990101-0001": "target-unknown", kept.no: "target-unknown",
    }  # fmt: skip
    before = _all_rows()
    for number, code in refusals.items():
        with pytest.raises(Invalid) as refused:
            step(event, deeds.Merge(into=number), acceptor)
        assert (refused.value.code, refused.value.field) == (code, "into"), number
        assert str(refused.value.detail)
    with pytest.raises(Invalid) as refused:
        step(event, deeds.Merge(into="  "), acceptor)
    assert refused.value.code == "target-needed"
    assert _all_rows() == before
    with pytest.raises(Invalid) as refused:
        step(kept, deeds.Merge(into=event.no), city)
    assert refused.value.code == "restricted-differs"
    with pytest.raises(Conflict) as conflict:
        step(dispute, deeds.Merge(into=event.no), acceptor)
    assert conflict.value.code == "dispute-not-merged"
    with pytest.raises(Conflict) as conflict:  # others were merged into it
        step(first, deeds.Merge(into=event.no), acceptor)
    assert conflict.value.code == "others-merged-into-it"


def _all_rows():
    return [list(model.objects.order_by("pk").values()) for model in (Event, Task, Timer, Ticket, Application)]


def test_a_merged_event_takes_no_other_step_and_two_secret_ones_may_be_merged(city):
    one, other = ticketed(category=ROADS, secret=True), ticketed(category=ROADS, secret=True)
    merged(other, one)
    for deed in (deeds.Note(text="说明"), deeds.Merge(into=one.no), deeds.Urge()):
        with pytest.raises(Conflict) as refused:
            step(other, deed, city)
        assert refused.value.code == "step-not-possible"


def test_only_the_holder_merges_and_undoes(acceptor):
    target, other = reported(category=ROADS), reported(category=ROADS)
    clerk = access_for(user_with("shift_lead", TOWN))
    with pytest.raises(Forbidden):
        step(other, deeds.Merge(into=target.no), clerk)
    merged(other, target)
    with pytest.raises(Forbidden):
        step(other, deeds.Unmerge(), clerk)
    assert step(other, deeds.Unmerge(), access_for(user_with("dispatcher", TOWN))).state == State.REPORTED


def test_once_the_other_has_ended_it_is_merged_for_good(acceptor):
    target, other = reported(category=ROADS), reported(category=ROADS)
    merged(other, target)
    brought_to(target, State.CLOSED)
    with pytest.raises(Conflict) as refused:
        step(other, deeds.Unmerge(), acceptor)
    assert refused.value.code == "merged-event-ended"
    card = cards.card(acceptor, other.no)
    assert [one.step for one in card.allowed_steps] == []
    assert (card.goes_on.no, card.goes_on.state) == (target.no, "closed")


def test_a_step_on_the_target_that_does_not_know_of_the_merge_is_stale(acceptor):
    target, other = reported(category=ROADS), reported(category=ROADS)
    known = target.version
    merged(other, target)
    with pytest.raises(Conflict) as refused:
        advance(access=acceptor, no=target.no, version=known, deed=deeds.Accept())
    assert refused.value.code == "event-moved-on"


def test_the_department_sees_it_gone_and_an_application_waits_with_it():
    target = reported(category=ROADS)
    event = applied(brought_to(reported(category=ROADS), State.HANDLING), "extension")
    lead = Task.objects.get(event=event, kind=TaskKind.LEAD).organisation
    clerk = access_for(user_with("dept_clerk", lead))
    dispatcher = access_for(user_with("dispatcher", TOWN))
    assert _listed(clerk) == {event.no}
    assert event.no in _listed(dispatcher, "applied")
    merged(event, target)
    assert _listed(clerk) == set()
    assert _listed(dispatcher, "applied") == set()
    parted(event)
    assert _listed(clerk) == {event.no}
    assert event.no in _listed(dispatcher, "applied")
    assert Application.objects.get(event=event).state == Application.State.ASKED


def _listed(access, view="todo"):
    return {row.no for row in worklist.worklist(access, worklist.Wanted(view=view)).rows}


def test_the_reporter_goes_on_seeing_it_with_how_it_goes_on():
    target = reported(category=ROADS)
    officer = user_with("grid_officer", TOWN, grid=SANYI_GRID)
    mine = reported(category=ROADS, officer=officer)
    merged(mine, target)
    card = cards.card(access_for(officer), mine.no)
    assert (card.merged_into, card.goes_on.no, card.goes_on.state, card.goes_on.seen) == (
        target.no, target.no, "reported", True,
    )  # fmt: skip
    assert mine.no in _listed(access_for(officer), "mine")
    other = cards.card(access_for(officer), target.no)
    assert [(one.no, one.source_label, one.tickets) for one in other.merged] == [(mine.no, Source.OFFICER.label, 0)]
    assert other.taken_in == 1


def test_a_merge_costs_the_same_however_many_tickets_it_moves_but_for_telling_them():
    target, event = reported(category=ROADS), ticketed(category=ROADS, want_callback=False)
    merged(ticketed(category=ROADS), target)
    with CaptureQueriesContext(connection) as one:
        merged(event, target)
    other = ticketed(category=ROADS, want_callback=False)
    for number in range(20):
        Ticket.objects.create(order_no=f"M{number}", event=other, want_callback=False)
    with CaptureQueriesContext(connection) as many:
        merged(other, target)
    assert len(many) == len(one)
