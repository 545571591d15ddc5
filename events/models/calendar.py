"""The working calendar as the rules want it, read from its table once per process and again when that has changed."""

from dataclasses import replace
from datetime import datetime

from events.models.category import CalendarDay
from events.sla import Calendar, WorkHours
from grid.selectors.prepared import prepared_cursor

CALENDAR = "calendar"  # name of the revision that moves with the table
_STAMP = "SELECT moved_at FROM grid_revision WHERE name = %s"

_kept: tuple[datetime | None, Calendar] | None = None
_by_hours: dict[str, tuple[Calendar, Calendar]] = {}


def working_calendar() -> Calendar:
    """The calendar as it stands: one query that asks whether it has changed, and one more when it has."""
    with prepared_cursor() as cursor:
        cursor.execute(_STAMP, [CALENDAR])
        found = cursor.fetchone()
    return calendar_as_of(found[0] if found else None)


def calendar_as_of(stamp: datetime | None) -> Calendar:
    """The calendar, for whoever has just read the moment of its last change (None: never loaded) with something else.

    No query when this process has read it since that moment; one when not.
    """
    global _kept
    kept = _kept
    if kept is None or kept[0] != stamp:
        kept = _kept = (stamp, _read())
    return kept[1]


def with_hours(calendar: Calendar, hours: str) -> Calendar:
    """The same days with an organisation's own working hours, as it writes them; empty: the city's.

    Raises ValueError for hours that can't be read; who sets them has been told.
    """
    if not hours:
        return calendar
    kept = _by_hours.get(hours)
    if kept is None or kept[0] is not calendar:
        kept = _by_hours[hours] = (calendar, replace(calendar, hours=WorkHours.parse(hours)))
    return kept[1]


def _read() -> Calendar:
    exceptions = dict(CalendarDay.objects.values_list("date", "working"))
    return Calendar(exceptions=exceptions, years=frozenset(day.year for day in exceptions))
