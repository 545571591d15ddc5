"""The map's snapshot is written by SQL: it says exactly what lists and the live feed say of the same events."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from events.models import Event, Ticket
from events.policy import visible_events
from events.selectors import rows, snapshot
from events.selectors.worklist import Wanted, worklist
from events.services import deeds
from events.services.advance import advance
from events.workflow import State
from grid.refusals import Conflict
from tests.factories import CITY, DAMATOU, access_for, brought_to, escalated, reported, step, ticketed, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def happenings() -> None:
    """Events in many states, with and without place, category, lead and tickets."""
    for state in (State.REPORTED, State.ACCEPTED, State.HANDLING, State.SUSPENDED, State.PENDING_CLOSE, State.CLOSED):
        brought_to(reported(), state)
    ticketed(category=None, grid=None)
    event = ticketed()
    Ticket.objects.create(order_no="a second call", event=event)
    Event.objects.filter(pk=reported(urgent=True).pk).update(
        address='"quoted" \\ back\nline 中 %s', supervision="red", returns=3, asked="extension", path="4309/"
    )
    Event.objects.filter(pk=reported().pk).update(stage_due_at=timezone.now().replace(microsecond=120000))


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    return {k: datetime.fromisoformat(v) if k.endswith("_at") and v else v for k, v in row.items()}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("whose", [("leader", CITY), ("acceptor", CITY), ("dispatcher", DAMATOU)])
def test_every_line_is_the_row_that_models_make(happenings, language, whose):
    access = access_for(user_with(whose[0], f"centre-{whose[1]}"))
    with translation.override(language):
        told = [json.loads(text) for text in snapshot.lines_on_map(access)]
        made = [
            rows.as_json(rows.row(event))
            for event in rows.with_relations(Event.objects.filter(visible_events(access))).order_by(
                "stage_due_at", "pk"
            )
        ]
    assert len(made) >= (1 if whose[1] == DAMATOU else 9)
    assert [list(row) for row in told] == [list(row) for row in made]  # the same fields in the same order
    assert list(map(_comparable, told)) == list(map(_comparable, made))


def test_the_rows_of_a_list_are_those_that_models_make(happenings, django_assert_num_queries):
    made = {event.pk: rows.row(event) for event in rows.with_relations(Event.objects.all())}
    with django_assert_num_queries(1):
        assert snapshot.rows_of(made) == made
    assert snapshot.rows_of([]) == {}


def test_what_ended_before_today_is_left_out_and_the_most_pressing_come_first(happenings, monkeypatch):
    access = access_for(user_with("leader", f"centre-{CITY}"))
    closed = Event.objects.get(state=State.CLOSED)
    numbers = [json.loads(text)["no"] for text in snapshot.lines_on_map(access)]
    assert closed.no in numbers
    Event.objects.filter(pk=closed.pk).update(ended_at=timezone.now() - timedelta(days=1))
    left = [json.loads(text)["no"] for text in snapshot.lines_on_map(access)]
    assert left == [number for number in numbers if number != closed.no]
    monkeypatch.setattr(snapshot, "MOST", 3)
    assert [json.loads(text)["no"] for text in snapshot.lines_on_map(access)] == left[:3]


def test_it_is_one_query_and_shows_a_step_at_once(happenings, django_assert_num_queries):
    from events.services import deeds

    access = access_for(user_with("leader", f"centre-{CITY}"))
    with django_assert_num_queries(1):
        before = snapshot.lines_on_map(access)
    event = Event.objects.filter(state=State.REPORTED, holder__isnull=False, grid__isnull=False).first()
    assert event is not None
    step(event, deeds.Accept(), access_for(user_with("acceptor", event.holder)))
    after = {row["no"]: row["state"] for row in map(json.loads, snapshot.lines_on_map(access))}
    assert after[event.no] == "accepted"
    assert len(after) == len(before)
    assert snapshot.lines_on_map(access_for(user_with("sysadmin", f"centre-{CITY}"))) == []


def test_a_line_that_changes_while_a_worklist_is_read_names_the_version_that_its_steps_are_of(monkeypatch):
    """So that whoever takes one of them is told that the event has moved on, not that the step were another's."""
    event = reported()
    desk = access_for(user_with("acceptor", event.holder))
    read = snapshot.rows_of

    def later(numbers):
        escalated(event)
        return read(numbers)

    monkeypatch.setattr(snapshot, "rows_of", later)
    (row,) = worklist(desk, Wanted(view="to_accept")).rows
    assert ("accept" in row.allowed, row.version) == (True, 1)
    with pytest.raises(Conflict) as refused:
        advance(access=desk, no=row.no, version=row.version, deed=deeds.Accept())
    assert refused.value.code == "event-moved-on"
