"""The clocks of joint shares: each has an allowance to sign and one to handle, in its own organisation's hours.

They run beside the event's own clocks (`clocks`) by the same rules, and nothing of the event depends on them:

* The time to sign starts when the share is given, the time to handle when it is signed for; both are the event's
  allowances, counted in the hours of the organisation that has the share.
* A suspension pauses whichever runs, exactly, and so does a merge; an extension is the lead's alone; when the event
  becomes urgent the time to sign is set anew.
* A share that is finished, handed back or recalled has no clock.

The functions save timers and tasks, in the caller's transaction; `task.due_at` and `task.near_at` are copies for lists.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import QuerySet

from events.models import Event, Task, TaskKind, Timer
from events.models.calendar import with_hours
from events.models.terms import calendar_of, follows_terms, terms_of
from events.services import clocks
from events.sla import Calendar, add, deadline
from events.workflow import Stage


def in_hand(tasks: Iterable[Task]) -> list[Task]:
    """The joint shares that somebody has in hand, in the order in which they were given."""
    return [task for task in tasks if task.kind == TaskKind.JOINT and task.ended_at is None]


def give(*, event: Event, task: Task, calendar: Calendar) -> None:
    """Save a new share with its last moment to hand it back, and let its time to sign run. Three queries."""
    own = with_hours(calendar, task.organisation.hours)
    allowance = terms_of(event).allowance(Stage.HANDLE)
    minutes = min(clocks.RETURN_MINUTES, allowance.minutes / 2)
    task.return_until = add(task.assigned_at, minutes, allowance.clock, own)
    task.save()
    _start(event, task, Stage.SIGN, task.assigned_at, own)
    task.save(update_fields=["due_at", "near_at"])


def sign(*, event: Event, task: Task, now: datetime, calendar: Calendar) -> None:
    """The time to sign is over, the time to handle begins; the caller saves the task. Two queries."""
    _running(task).update(stopped_at=now, next_mark_at=None)
    _start(event, task, Stage.HANDLE, now, with_hours(calendar, task.organisation.hours))


def stop(*, task: Task, now: datetime) -> None:
    """No clock runs for a share that has ended; its last deadline stays to be read. One query."""
    _running(task).update(stopped_at=now, next_mark_at=None)


def pause(*, tasks: Iterable[Task], now: datetime) -> None:
    """Hold the clocks of the shares in hand; what a suspension holds is held already."""
    for task, timer in _with_timers(tasks):
        if timer.paused_at is None:
            clocks.stand_still(timer, now)
        task.due_at = task.near_at = None
        task.save(update_fields=["due_at", "near_at"])


def resume(*, tasks: Iterable[Task], now: datetime) -> None:
    """Let them run on with what was left."""
    for task, timer in _with_timers(tasks):
        task.near_at = clocks.run_on(timer, now)
        task.due_at = timer.due_at
        task.save(update_fields=["due_at", "near_at"])


def recount(*, event: Event, tasks: Iterable[Task], now: datetime) -> None:
    """Set the allowances that depend on the event's urgency anew, as `clocks.recount` does the event's own."""
    for task, timer in _with_timers(tasks):
        if not follows_terms(event, timer):
            continue
        found = clocks.counted_anew(event, timer, now, calendar=calendar_of(timer), organisation=timer.organisation)
        if found is not None:
            task.due_at, task.near_at = found.due, found.near
            task.save(update_fields=["due_at", "near_at"])


def _running(task: Task) -> QuerySet[Timer]:
    return Timer.objects.filter(task=task, stopped_at__isnull=True)


def _with_timers(tasks: Iterable[Task]) -> Iterator[tuple[Task, Timer]]:
    known = {task.pk: task for task in in_hand(tasks)}
    if not known:
        return
    timers = Timer.objects.select_for_update(of=("self",)).filter(task__in=known, stopped_at__isnull=True)
    for timer in timers.select_related("organisation").order_by("pk"):
        if timer.task_id is not None:
            yield known[timer.task_id], timer


def _start(event: Event, task: Task, stage: Stage, now: datetime, calendar: Calendar) -> None:
    found = deadline(stage, start=now, terms=terms_of(event), calendar=calendar)
    timer = clocks.timer_for(event, stage, found, calendar, task.organisation)
    timer.task = task
    timer.save()
    task.due_at, task.near_at = found.due, found.near
