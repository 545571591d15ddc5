"""The clocks of an event: which timer runs in which state, and what that says for the event's deadlines.

Rules, beside those of `events.sla`:

* A state's stage runs from the moment the state is entered until the next step leaves it. In states without a stage
  none runs.
* `whole` starts when an event is accepted and runs until it has ended: a return, another dispatch, a change of level or
  a rework does not move it, so that whoever passes an event on gains no time. It is made of dispatch, sign and handle:
  while the work is checked and closed the watch says nothing of it.
* Every entry into a stage starts a new timer with the full allowance, after a failed check too: the clerk needs the
  time for the second try, and `whole` keeps showing that the first one was used up.
* A suspension pauses `handle` and `whole`, exactly: what was left then is left when the work resumes. Meanwhile a
  timer of its own runs until the day of review.
* Merging pauses whatever runs, a suspension's day of review too; parting starts just that again, with what was left
  then. Meanwhile no clock of the merged event runs: those of the one that it was merged into say how it goes on.
* An extension lengthens `handle` and `whole` by the same amount.
* A change of category or urgency sets the running allowances that depend on it anew (`recount`).
* Sign and handle count in the lead's working hours; everything else, and what runs before there is a lead, in the
  holder's. An allowance keeps the hours in which it was given, though another centre holds the event by now.

Joint shares have clocks of their own (`shares`): here only timers without a task are read or stopped.

The functions set fields of the event and leave saving it to the caller, in the caller's transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from events.models import Application, Event, Timer
from events.models.calendar import calendar_as_of, with_hours, working_calendar
from events.models.terms import calendar_for, calendar_of, follows_terms, hours_of, terms_of
from events.models.terms import used_minutes as used_minutes
from events.sla import Calendar, Clock, Deadline, add, deadline, elapsed, recounted, running
from events.workflow import ENDED, STAGE_OF, Stage, State
from grid.models import Organisation
from grid.selectors.prepared import prepared_cursor

RETURN_MINUTES = 120.0  # a lead may hand an event back this long after dispatch, and no longer than half its allowance
_PAUSED_TOGETHER = (Stage.HANDLE, Stage.WHOLE)

# Stops what the new state ends; says whether the whole still ran, and when the calendar last changed: one round trip.
_STOP = """
    WITH stopped AS (
        UPDATE events_timer SET stopped_at = %(now)s, next_mark_at = NULL
        WHERE event_id = %(event)s AND task_id IS NULL AND stopped_at IS NULL AND (stage <> 'whole' OR %(ended)s)
        RETURNING 1
    )
    SELECT EXISTS (SELECT 1 FROM events_timer WHERE event_id = %(event)s AND stage = 'whole' AND stopped_at IS NULL),
           (SELECT moved_at FROM grid_revision WHERE name = 'calendar')
"""


def enter(*, event: Event, state: State, now: datetime, came_from: State | None = None) -> list[Timer]:
    """Stop the clocks of the state that `event` leaves and start those of `state`.

    Sets event.stage_due_at and event.stage_near_at, and event.due_at when the whole begins. Two queries, one where the
    new state has no clock; one more in a process that has not read the calendar since it last changed; a suspension and
    its end take more. For an event that isn't saved yet the timers are only made and returned: `keep` writes them after
    it.

    Raises ValueError when the state needs a category and the event has none.
    """
    if _stands_still(event, state, now, came_from):
        return []
    _watch_whole(event, came_from, state)
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

    How is said in `events.sla.recounted`, which of them in `events.models.terms.follows_terms`. Three queries at most
    for each allowance that changes, two beside.
    """
    for timer in _running(event):
        if follows_terms(event, timer):
            _reset(event, timer, now)


def extend(*, event: Event, minutes: float) -> None:
    """Lengthen the handle allowance by `minutes` of its clock, and the whole with it. Four queries."""
    for timer in _running(event):
        if timer.stage == Stage.HANDLE:
            timer.allowance_min += minutes
            _run(event, timer, timer.running_since)
        elif timer.stage == Stage.WHOLE:
            calendar = calendar_of(timer)
            clock = terms_of(event).allowance(Stage.HANDLE).clock
            due = add(timer.due_at, minutes, clock, calendar)
            timer.allowance_min += elapsed(timer.due_at, due, Clock(timer.clock), calendar)
            _run(event, timer, timer.running_since)


def last_return(*, event: Event, now: datetime) -> datetime:
    """Until when a lead that is given the event `now` may hand it back.

    Two hours, or half the handle allowance where that is less, on its clock and in the lead's hours. Raises ValueError
    for an event without a category.
    """
    allowance = terms_of(event).allowance(Stage.HANDLE)
    minutes = min(RETURN_MINUTES, allowance.minutes / 2)
    return add(now, minutes, allowance.clock, calendar_for(event, Stage.HANDLE))


def return_shifted(*, event: Event, until: datetime, held: datetime, now: datetime, hours: str) -> datetime:
    """The last moment of a return that was `until`, after the case was held from `held` to `now`: as much is left.

    It counts in the `hours` of the organisation that may hand it back.
    """
    if until <= held:
        return until
    clock, calendar = terms_of(event).allowance(Stage.HANDLE).clock, with_hours(working_calendar(), hours)
    return add(now, elapsed(held, until, clock, calendar), clock, calendar)


def next_mark(timer: Timer, calendar: Calendar) -> datetime | None:
    """When the watch next has something to say of a running timer: yellow, then red, then nothing more."""
    yellow, red = settings.SUPERVISION_SHARES
    if timer.red_at is not None:
        return None
    share = red if timer.yellow_at is not None else yellow
    left = max(0.0, timer.allowance_min * share - timer.used_min)
    return add(timer.running_since, left, Clock(timer.clock), calendar)


def timer_for(event: Event, stage: str, found: Deadline, calendar: Calendar, organisation: Organisation) -> Timer:
    """A running timer, not yet saved, that counts by `calendar`, in the hours of `organisation`."""
    timer = Timer(
        event=event, stage=stage, clock=found.clock, organisation=organisation, allowance_min=found.minutes,
        started_at=found.started, running_since=found.started, due_at=found.due,
    )  # fmt: skip
    timer.next_mark_at = next_mark(timer, calendar)
    return timer


def stand_still(timer: Timer, now: datetime) -> None:
    """Pause a running timer `now`, and save it."""
    timer.used_min += elapsed(timer.running_since, now, Clock(timer.clock), calendar_of(timer))
    timer.paused_at, timer.next_mark_at = now, None
    timer.save()


def run_on(timer: Timer, since: datetime) -> datetime:
    """Let a timer run from `since` with what is left of it, and save it; from when it is near its deadline.

    What is used up stays due when it was.
    """
    calendar = calendar_of(timer)
    found = running(Clock(timer.clock), timer.allowance_min, since, calendar, used=timer.used_min)
    timer.running_since, timer.paused_at = since, None
    if timer.used_min < timer.allowance_min:
        timer.due_at = found.due
    timer.next_mark_at = next_mark(timer, calendar)
    timer.save()
    return min(found.near, timer.due_at)


def counted_anew(
    event: Event, timer: Timer, now: datetime, *, calendar: Calendar, organisation: Organisation | None
) -> Deadline | None:
    """Replace a running timer by one for the event's present terms; its deadline, None where nothing changes."""
    found = recounted(
        stage=timer.stage, started=timer.started_at, due=timer.due_at, now=now, terms=terms_of(event), calendar=calendar
    )  # fmt: skip
    if found is None:
        return None
    timer.stopped_at, timer.next_mark_at = now, None
    timer.save(update_fields=["stopped_at", "next_mark_at"])
    anew = timer_for(event, timer.stage, found, calendar, organisation or event.holder)
    anew.task_id = timer.task_id
    anew.started_at = timer.started_at  # from which the next change counts: nobody gains time by two
    anew.save()
    return found


def _watch_whole(event: Event, came_from: State | None, state: State) -> None:
    """Once the work is done the whole has nothing more to say, unless it is to be done again."""
    if state == State.PENDING_CHECK:
        _whole(event).update(next_mark_at=None)
    elif came_from == State.PENDING_CHECK and state == State.HANDLING:
        for timer in _whole(event).select_related("organisation"):
            timer.next_mark_at = next_mark(timer, calendar_of(timer))
            timer.save(update_fields=["next_mark_at"])


def _whole(event: Event) -> QuerySet[Timer]:
    return Timer.objects.filter(event=event, stage=Stage.WHOLE, stopped_at__isnull=True)


def _running(event: Event) -> list[Timer]:
    timers = Timer.objects.select_for_update(of=("self",)).filter(
        event=event, task__isnull=True, stopped_at__isnull=True
    )
    return list(timers.select_related("organisation").order_by("pk"))


def _stop(event: Event, *, ended: bool, now: datetime) -> tuple[bool, Calendar]:
    with prepared_cursor() as cursor:
        cursor.execute(_STOP, {"event": event.pk, "ended": ended, "now": now})
        whole_ran, stamp = cursor.fetchone()
    return bool(whole_ran) and not ended, calendar_as_of(stamp)


def _start(event: Event, stage: Stage, now: datetime, calendar: Calendar) -> Timer:
    calendar = calendar_for(event, stage, calendar)
    found = deadline(stage, start=now, terms=terms_of(event), calendar=calendar)
    _show(event, stage, found)
    return _timer(event, stage, found, calendar)


def _timer(event: Event, stage: str, found: Deadline, calendar: Calendar) -> Timer:
    return timer_for(event, stage, found, calendar, hours_of(event, stage))


def _show(event: Event, stage: str, found: Deadline) -> None:
    """Copy a deadline to the event, where lists and maps read it."""
    if stage == Stage.WHOLE:
        event.due_at = found.due
    else:
        event.stage_due_at, event.stage_near_at = found.due, found.near


def _run(event: Event, timer: Timer, since: datetime) -> None:
    """Let a timer of the event run from `since`, and show when it is due."""
    near = run_on(timer, since)
    if timer.stage == Stage.WHOLE:
        event.due_at = timer.due_at
    else:
        event.stage_due_at, event.stage_near_at = timer.due_at, near


def _pause(event: Event, now: datetime) -> None:
    """Hold handle and whole, and run until the day of review that was granted."""
    for timer in _running(event):
        if timer.stage in _PAUSED_TOGETHER:
            stand_still(timer, now)
        else:
            timer.stopped_at, timer.next_mark_at = now, None
            timer.save()
    granted = Application.objects.filter(
        event=event, kind=Application.Kind.SUSPENSION, state=Application.State.GRANTED
    ).latest("answered_at")
    until = granted.until or now
    calendar = working_calendar()
    minutes = elapsed(now, until, Clock.NATURAL_DAY, calendar)
    found = running(Clock.NATURAL_DAY, minutes, now, calendar)
    _timer(event, Stage.REVIEW, found, calendar).save()
    event.due_at = None
    _show(event, Stage.REVIEW, found)


def _stands_still(event: Event, state: State, now: datetime, came_from: State | None) -> bool:
    """Pause or go on, where that is all that the move from one state to the other does; whether it is."""
    if state == State.MERGED:
        _halt(event, now)
    elif came_from == State.MERGED:
        _go_on(event, state, now)
    elif state == State.SUSPENDED:
        _pause(event, now)
    elif came_from == State.SUSPENDED and state == State.HANDLING:
        _resume(event, now)
    else:
        return False
    return True


def _halt(event: Event, now: datetime) -> None:
    """Hold whatever runs; what a suspension holds is held already."""
    for timer in _running(event):
        if timer.paused_at is None:
            stand_still(timer, now)
    event.due_at = event.stage_due_at = event.stage_near_at = None


def _go_on(event: Event, state: State, now: datetime) -> None:
    """As it was before the merge: suspended it goes on to hold handle and whole; checked, the whole says nothing."""
    for timer in _running(event):
        if not (state == State.SUSPENDED and timer.stage in _PAUSED_TOGETHER):
            _run(event, timer, now)
    if state in (State.PENDING_CHECK, State.PENDING_CLOSE):
        _whole(event).update(next_mark_at=None)


def _resume(event: Event, now: datetime) -> None:
    for timer in _running(event):
        if timer.stage in _PAUSED_TOGETHER:
            _run(event, timer, now)
        else:
            timer.stopped_at, timer.next_mark_at = now, None
            timer.save()


def _reset(event: Event, timer: Timer, now: datetime) -> None:
    calendar, organisation = calendar_for(event, timer.stage), hours_of(event, timer.stage)
    found = counted_anew(event, timer, now, calendar=calendar, organisation=organisation)
    if found is not None:
        _show(event, timer.stage, found)
