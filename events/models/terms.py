"""What an event's allowances depend on: its category and urgency, and in whose working hours each stage is counted."""

from events.models.calendar import with_hours, working_calendar
from events.models.event import Event
from events.sla import Allowance, Calendar, Clock, Terms
from events.workflow import Stage
from grid.models import Organisation

_LEADS_OWN = (Stage.SIGN, Stage.HANDLE)


def terms_of(event: Event) -> Terms:
    """What the event's clocks depend on. No query when its category is at hand."""
    category = event.category
    if category is None:
        return Terms(urgent=event.urgent, handle=None)
    handle = Allowance(category.handle_amount, Clock(category.handle_clock))
    return Terms(urgent=event.urgent or category.urgent, handle=handle)


def hours_of(event: Event, stage: str) -> Organisation:
    """The organisation in whose working hours `stage` is counted."""
    lead = event.lead
    return lead if lead is not None and stage in _LEADS_OWN else event.holder


def calendar_for(event: Event, stage: str, calendar: Calendar | None = None) -> Calendar:
    """The calendar by which `stage` of this event counts; `calendar` where the caller has just read the city's."""
    return with_hours(calendar or working_calendar(), hours_of(event, stage).hours)
