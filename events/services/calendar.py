"""Filling the working calendar, a year at a time; the working hours of organisations that keep their own."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from events.models import CalendarDay
from events.models.calendar import CALENDAR, working_calendar
from events.sla import WorkHours
from grid.models import Organisation
from grid.policy import Access
from grid.refusals import Invalid, NotFound
from grid.services import audit
from grid.services.ground import move_revision

if TYPE_CHECKING:
    from data.calendar import Day

DECEMBER = 12  # by then the State Council has published the next year's holidays


@transaction.atomic
def load(*, days: Sequence["Day"], years: Iterable[int]) -> bool:
    """Make the table hold exactly `days` for `years`, all or nothing; other years stay. Says whether that changed it.

    Clocks that already run keep their deadlines; whatever starts from now on counts by the new days.
    """
    wanted = {day.date: CalendarDay(date=day.date, working=day.working, name=day.name) for day in days}
    held = {day.date: day for day in CalendarDay.objects.select_for_update().filter(date__year__in=sorted(set(years)))}
    gone = [date for date in held if date not in wanted]
    differing = [day for date, day in wanted.items() if date not in held or _differs(day, held[date])]
    if not gone and not differing:
        return False
    CalendarDay.objects.filter(date__in=gone).delete()
    CalendarDay.objects.bulk_create(
        differing, update_conflicts=True, unique_fields=["date"], update_fields=["working", "name"]
    )
    move_revision(name=CALENDAR)
    return True


def covered_years() -> tuple[int, ...]:
    """The years whose holidays the calendar knows, ascending."""
    return tuple(sorted(working_calendar().years))


def missing_years(*, today: date) -> tuple[int, ...]:
    """The years that it should know `today` and doesn't: this one, and from 1 December on the next."""
    wanted = {today.year, today.year + 1} if today.month == DECEMBER else {today.year}
    return tuple(sorted(wanted.difference(covered_years())))


@transaction.atomic
def set_hours(*, access: Access, code: str, hours: str) -> bool:
    """Let the organisation `code` keep its own working hours, written 08:30-12:00,14:00-17:30; empty: the city's.

    Says whether that changed them. Clocks that already run keep their deadlines until they are counted again (an
    extension, a suspension); whatever starts from now on counts by the new hours. Raises NotFound, and Invalid for
    hours that can't be read.
    """
    written = ",".join(span.strip() for span in hours.split(",")) if hours.strip() else ""
    try:
        if written:
            WorkHours.parse(written)
    except ValueError as error:
        raise Invalid("hours-unreadable", str(error), field="hours") from error
    organisation = Organisation.objects.select_for_update().filter(code=code).first()
    if organisation is None:
        raise NotFound("no-such-organisation", _("There is no organisation %s.") % code)
    if organisation.hours == written:
        return False
    detail = {"old": organisation.hours, "new": written}
    organisation.hours = written
    organisation.save(update_fields=["hours"])
    audit.record(access=access, action="organisation.hours", kind="organisation", subject=code, detail=detail)
    return True


def _differs(one: CalendarDay, other: CalendarDay) -> bool:
    return (one.working, one.name) != (other.working, other.name)
