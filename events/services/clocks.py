"""The clocks of an event: which timer runs in which state, and what that says for the event's deadlines.

Rules, beside those of `events.sla`:

* A state's stage runs from the moment the state is entered until the next step leaves it. In states without a stage
  none runs.
* `whole` starts when an event is accepted and runs until it has ended: a return, another dispatch or a rework does not
  move it, so that whoever passes an event on gains no time.
* Every entry into a stage starts a new timer with the full allowance, after a failed check too: the clerk needs the
  time for the second try, and `whole` keeps showing that the first one was used up.
* A change of category or urgency before dispatch sets the running allowances anew (`recount`).

The functions set fields of the event and leave saving it to the caller, in the caller's transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from events.models import Event, Task, Timer
from events.models.calendar import calendar_as_of, working_calendar
from events.sla import Allowance, Calendar, Clock, Deadline, Terms, add, deadline, elapsed
from events.workflow import ENDED, STAGE_OF, Stage, State

RETURN_MINUTES = 120.0  # a lead may hand an event back this long after dispatch, and no longer than half its allowance

# Stops what the new state ends; says whether the whole still ran, and when the calendar last changed: one round trip.
_STOP = """
    WITH stopped AS (
        UPDATE events_timer SET stopped_at = %(now)s
        WHERE event_id = %(event)s AND stopped_at IS NULL AND (stage <> 'whole' OR %(ended)s)
        RETURNING 1
    )
    SELECT EXISTS (SELECT 1 FROM events_timer WHERE event_id = %(event)s AND stage = 'whole' AND stopped_at IS NULL),
           (SELECT moved_at FROM grid_revision WHERE name = 'calendar')
"""


def enter(*, event: Event, state: State, now: datetime) -> list[Timer]:
    """Stop the clocks of the state that `event` leaves and start those of `state`.

    Sets event.stage_due_at and event.stage_near_at, and event.due_at when the whole begins. Two queries, one where the
    new state has no clock; one more in a process that has not read the calendar since it last changed. For an event
    that isn't saved yet the timers are only made and returned: `keep` writes them after it.

    Raises ValueError when the state needs a category and the event has none.
    """
    stage = STAGE_OF.get(state)
    whole_runs, calendar = _stop(event, ended=state in ENDED, now=now)
    event.stage_due_at = event.stage_near_at = None
    timers = []
    if stage is not None:
        timers.append(_start(event, stage, now, calendar))
    if state == State.ACCEPTED and not whole_runs:
        timers.append(_start(event, Stage.WHOLE, now, calendar))
    if event._state.adding:
        return timers
    keep(timers)
    return []


def keep(timers: Sequence[Timer]) -> None:
    """Write the timers that `enter` returned, once their event is saved. One query; none for none."""
    if timers:
        Timer.objects.bulk_create(timers)


def recount(*, event: Event, now: datetime) -> None:
    """Set the running allowances of a saved event anew after a change of its category or urgency.

    A new allowance counts from when its timer started. Where that would end sooner than the old one it counts from
    `now` instead, and ends no later than the old one: nobody is overdue by a change, and nobody gains time by two.
    Three queries at most for each allowance that changes, two beside.
    """
    calendar = working_calendar()
    for timer in Timer.objects.select_for_update().filter(event=event, stopped_at__isnull=True).order_by("pk"):
        _reset(event, timer, now, calendar)


def used_minutes(*, timer: Timer, now: datetime, calendar: Calendar) -> float:
    """How much of its allowance a timer has used, in minutes of its clock, until it was stopped or `now`."""
    return elapsed(timer.started_at, timer.stopped_at or now, Clock(timer.clock), calendar)


def last_return(*, event: Event, task: Task) -> datetime:
    """Until when the lead of `task` may hand the event back: two hours, or half the handle allowance if that is less.

    Counted from dispatch on the clock of the category. Raises ValueError for an event without a category. One query.
    """
    allowance = terms_of(event).allowance(Stage.HANDLE)
    minutes = min(RETURN_MINUTES, allowance.minutes / 2)
    return add(task.assigned_at, minutes, allowance.clock, working_calendar())


def terms_of(event: Event) -> Terms:
    """What the event's clocks depend on. No query when its category is at hand."""
    category = event.category
    if category is None:
        return Terms(urgent=event.urgent, handle=None)
    handle = Allowance(category.handle_amount, Clock(category.handle_clock))
    return Terms(urgent=event.urgent or category.urgent, handle=handle)


def _stop(event: Event, *, ended: bool, now: datetime) -> tuple[bool, Calendar]:
    with connection.cursor() as cursor:
        cursor.execute(_STOP, {"event": event.pk, "ended": ended, "now": now})
        whole_ran, stamp = cursor.fetchone()
    return bool(whole_ran) and not ended, calendar_as_of(stamp)


def _start(event: Event, stage: Stage, now: datetime, calendar: Calendar) -> Timer:
    found = deadline(stage, start=now, terms=terms_of(event), calendar=calendar)
    _show(event, stage, found)
    return _timer(event, stage, found)


def _timer(event: Event, stage: str, found: Deadline) -> Timer:
    return Timer(
        event=event, stage=stage, clock=found.clock, allowance_min=found.minutes, started_at=found.started,
        due_at=found.due,
    )  # fmt: skip


def _show(event: Event, stage: str, found: Deadline) -> None:
    """Copy a deadline to the event, where lists and maps read it."""
    if stage == Stage.WHOLE:
        event.due_at = found.due
    else:
        event.stage_due_at, event.stage_near_at = found.due, found.near


def _reset(event: Event, timer: Timer, now: datetime, calendar: Calendar) -> None:
    found = deadline(timer.stage, start=timer.started_at, terms=terms_of(event), calendar=calendar)
    if found.due == timer.due_at:
        return
    if found.due < timer.due_at:
        found = deadline(timer.stage, start=max(now, timer.started_at), terms=terms_of(event), calendar=calendar)
        if found.due >= timer.due_at:
            return
    timer.stopped_at = now
    timer.save(update_fields=["stopped_at"])
    _timer(event, timer.stage, found).save()
    _show(event, timer.stage, found)
