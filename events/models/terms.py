"""What an event's allowances depend on: its category and urgency, and in whose working hours each stage is counted."""

from datetime import datetime

from events.models.calendar import with_hours, working_calendar
from events.models.event import Event
from events.models.task import Timer
from events.sla import Allowance, Calendar, Clock, Terms, elapsed
from events.workflow import Stage
from grid.models import Organisation

_LEADS_OWN = (Stage.SIGN, Stage.HANDLE)
_FIXED = (Stage.HANDLE, Stage.REVIEW)  # no change of urgency moves these


def terms_of(event: Event) -> Terms:
    """What the event's clocks depend on. No query when its category is at hand.

    Once an event is taken on it keeps the allowance of then: a change of its category's meets those that come after.
    """
    if event.handle_amount is not None:
        return Terms(urgent=event.urgent, handle=Allowance(event.handle_amount, Clock(event.handle_clock)))
    category = event.category
    if category is None:
        return Terms(urgent=event.urgent, handle=None)
    handle = Allowance(category.handle_amount, Clock(category.handle_clock))
    return Terms(urgent=event.urgent or category.urgent, handle=handle)


def promise(event: Event) -> None:
    """Fix the allowance of the event's category on it, from now on. Leaves saving to the caller."""
    category = event.category
    if category is not None:
        event.handle_amount, event.handle_clock = category.handle_amount, category.handle_clock
        event.urgent = event.urgent or category.urgent


def hours_of(event: Event, stage: str) -> Organisation:
    """The organisation in whose working hours `stage` is counted."""
    lead = event.lead
    return lead if lead is not None and stage in _LEADS_OWN else event.holder


def calendar_for(event: Event, stage: str, calendar: Calendar | None = None) -> Calendar:
    """The calendar by which `stage` of this event counts; `calendar` where the caller has just read the city's."""
    return with_hours(calendar or working_calendar(), hours_of(event, stage).hours)


def calendar_of(timer: Timer) -> Calendar:
    """The calendar by which a timer counts: in the hours of the organisation that it was given to.

    One query that asks whether the city's has changed; one more when the timer's organisation isn't at hand.
    """
    return with_hours(working_calendar(), timer.organisation.hours if timer.organisation else "")


def used_minutes(*, timer: Timer, now: datetime, calendar: Calendar) -> float:
    """How much of its allowance a timer has used, in minutes of its clock, until it was stopped, paused, or `now`."""
    if timer.paused_at is not None:
        return timer.used_min
    return timer.used_min + elapsed(timer.running_since, timer.stopped_at or now, Clock(timer.clock), calendar)


def follows_terms(event: Event, timer: Timer) -> bool:
    """Whether a change of category or urgency moves a running allowance: not what was extended or suspended."""
    if timer.stage in _FIXED or timer.used_min or timer.paused_at is not None:
        return False
    return not (event.extensions and timer.stage == Stage.WHOLE)
