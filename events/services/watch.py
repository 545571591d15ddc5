"""The watch over allowances: what has run out is supervised by itself, yellow first, then red.

It goes by the database's clock, so that two machines that disagree about the time say nothing twice. Each mark is a
column of its timer, set in the transaction of the step that it leads to: said once, however often the watch is
interrupted, and said later where it was away.
"""

import logging
from datetime import datetime

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from events.models import Event, Supervision, Task, Timer
from events.models.terms import calendar_of
from events.selectors import rows
from events.services import deeds
from events.services.advance import advance
from events.services.clocks import next_mark, used_minutes
from events.services.effects.officers import lead_for
from events.services.machine import nobody_but_the_system
from events.workflow import OPEN, STAGE_OF, Stage, State
from grid.selectors.planned import NUMBER, Planned

log = logging.getLogger("wangge.watch")
MOST = 500  # marks in one go; the next tick goes on
_RANK = {level: number for number, level in enumerate(Supervision.values)}

# One look at a partial index, however many allowances run.
_DUE = """
    SELECT id FROM events_timer
    WHERE next_mark_at <= statement_timestamp() ORDER BY next_mark_at LIMIT %(most)s
"""


def tick() -> int:
    """Say what is to be said now of running allowances, 500 at most; how many were."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"most": MOST})
        found = [number for (number,) in cursor.fetchall()]
    return sum(map(_mark_or_leave, found))


def _mark_or_leave(number: int) -> int:
    """One that can't be said keeps no other from being said; it is tried again at the next tick.

    Without a database none can be said, and waiting for it once is enough.
    """
    try:
        return _mark(number)
    except OperationalError:
        raise
    except Exception:
        log.exception("the allowance %d could not be marked", number)
        return 0


def catch_up(*, event: Event, until: datetime) -> int:
    """Say what was to be said of one event's allowances until a time in the past, each at its own time; how many.

    For an event whose steps are entered with their own times in the past, as a demo's are.
    """
    said = 0
    late = Timer.objects.filter(event=event, next_mark_at__lte=until).order_by("next_mark_at")
    while (timer := late.values_list("pk", "next_mark_at").first()) is not None:
        said += _mark(timer[0], at=timer[1])
    return said


@transaction.atomic
def _mark(number: int, at: datetime | None = None) -> int:
    """Say that one allowance has run out, all that is due of it; how many marks that was.

    The event is locked first, as by every step: a step that stops the allowance comes before this or after it. The time
    is read once the lock is held, so that what is said here comes after the step that was waited for.
    """
    event = _events.first(number)
    (timer,) = _timers.rows(number)
    now: datetime = at or timer.read_at  # type: ignore[attr-defined]
    calendar = calendar_of(timer)
    said = 0
    while event is not None and timer.next_mark_at is not None and timer.next_mark_at <= now:
        level = Supervision.RED if timer.yellow_at else Supervision.YELLOW
        if level == Supervision.RED:
            timer.red_at = now
        else:
            timer.yellow_at = now
        timer.next_mark_at = next_mark(timer, calendar)
        timer.save(update_fields=["yellow_at", "red_at", "next_mark_at"])
        said += 1
        pressed: Task | Event = timer.task or event  # a joint share's own lateness is said of that share
        if State(event.state) in OPEN and _RANK[level] > _RANK[pressed.supervision]:
            share = used_minutes(timer=timer, now=now, calendar=calendar) / max(timer.allowance_min, 1e-9)
            deed = deeds.Supervise(level=level, stage=timer.stage, share=round(share, 2), task=timer.task_id)
            event = advance(access=nobody_but_the_system(event), no=event.no, version=event.version, deed=deed, now=now)
    if said and event is not None:
        _hand_over(event, timer, now)
    return said


def _locking_the_event_of(timer: int) -> QuerySet[Event]:
    events = rows.with_relations(Event.objects.filter(timers=timer)).select_for_update(of=("self",))
    return events.select_related("holder__region").defer(*rows.UNREAD, "holder__region__boundary")


def _locking(timer: int) -> QuerySet[Timer]:
    timers = Timer.objects.filter(pk=timer).select_for_update(of=("self",))
    return timers.select_related("organisation", "task").annotate(read_at=Now())


_events = Planned[Event](_locking_the_event_of, NUMBER)
_timers = Planned[Timer](_locking, NUMBER)


def _hand_over(event: Event, timer: Timer, now: datetime) -> None:
    """What somebody should have seen to on the spot is the grid lead's from now on, too: once, where there is one."""
    if timer.stage not in (Stage.VERIFY, Stage.CHECK) or STAGE_OF.get(State(event.state)) != timer.stage:
        return
    tasks = list(Task.objects.filter(event=event).order_by("pk"))
    task = next((one for one in tasks if one.kind == timer.stage and one.ended_at is None), None)
    if task is None or task.handed_at is not None or lead_for(event, task, tasks, now) is None:
        return
    advance(access=nobody_but_the_system(event), no=event.no, version=event.version, deed=deeds.HandOver(), now=now)
