"""Filling the working calendar, a year at a time."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from events.models import CalendarDay
from events.models.calendar import CALENDAR
from grid.services.ground import move_revision

if TYPE_CHECKING:
    from data.calendar import Day


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


def _differs(one: CalendarDay, other: CalendarDay) -> bool:
    return (one.working, one.name) != (other.working, other.name)
