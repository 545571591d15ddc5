"""Single days of the working calendar, as the system administrator edits them; a year comes whole, by command."""

from datetime import date
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from events.models import CalendarDay
from events.models.calendar import CALENDAR
from events.selectors.workdays import calendar_version, days_of
from grid.models import Role
from grid.policy import Access
from grid.refusals import Conflict, Invalid
from grid.selectors.accounts import administered_city
from grid.services import audit
from grid.services.ground import move_revision

Kind = Literal["work", "rest", "usual"]
LONGEST_NAME = 20
_FRIDAY = 4


def checked(*, day: date, kind: Kind, name: str, today: date) -> None:
    """Whether the day may be made so. Raises Invalid with the field at fault, Conflict for a year that isn't loaded."""
    if day < today:
        raise Invalid("day-over", _("That day is over: what was counted stays counted."), field="day")
    if (kind == "work" and day.weekday() <= _FRIDAY) or (kind == "rest" and day.weekday() > _FRIDAY):
        raise Invalid("usual-already", _("By its weekday it is so anyway: choose “as usual”."), field="kind")
    if kind != "usual" and not 0 < len(name.strip()) <= LONGEST_NAME:
        raise Invalid("name-unfit", _("Say why, in 20 characters at most: the holiday's name."), field="name")
    others = [one for one in days_of(day.year) if one.date != day]
    if not others:
        detail = _("The holidays of %s are not loaded. Load the year first, by command.") % day.year
        raise Conflict("year-not-loaded", detail, field="day")


@transaction.atomic
def set_day(*, access: Access, day: date, kind: Kind, name: str, version: str, today: date) -> None:
    """Make a day one of work or rest, or as its weekday says, in the calendar as it stood at `version`.

    Clocks that already run keep their deadlines; whatever starts from now on counts by the new day.
    Raises Forbidden, Invalid, Conflict.
    """
    administered_city(access, Role.SYSADMIN)
    move_revision(name=CALENDAR)  # first: it locks, so that two savings are told apart
    if calendar_version(day.year) != version:
        detail = _("Somebody has changed this year since you looked. See how it stands, then save again.")
        raise Conflict("stale", detail, extra={"version": calendar_version(day.year)})
    checked(day=day, kind=kind, name=name, today=today)
    held = CalendarDay.objects.filter(date=day).first()
    old = {"day": _said(held), "name": held.name if held else None}
    if kind == "usual":
        CalendarDay.objects.filter(date=day).delete()
        new: dict[str, str | None] = {"day": "usual", "name": None}
    else:
        CalendarDay.objects.update_or_create(date=day, defaults={"working": kind == "work", "name": name.strip()})
        new = {"day": kind, "name": name.strip()}
    if new != old:
        audit.record_change(
            access=access, action="calendar.day", kind="calendar", subject=day.isoformat(), old=old, new=new
        )


def _said(held: CalendarDay | None) -> str:
    if held is None:
        return "usual"
    return "work" if held.working else "rest"
