"""The working calendar as it is administered: the days of a year, and what another kind of day would do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import CalendarDay, Timer
from events.models.calendar import working_calendar
from events.sla import Clock
from grid.effects import Effect, Weight
from grid.selectors.history import Change, history
from grid.stamp import stamp


@dataclass(frozen=True)
class DayRow:
    """A day on which `Monday to Friday` does not hold. `id` is the date, as lists go by it."""

    id: str
    date: date
    working: bool
    name: str


@dataclass(frozen=True)
class Year:
    """A year of the calendar, and what was changed of it on pages. `years`: those whose holidays are known."""

    year: int
    years: list[int]
    days: list[DayRow]
    version: str
    changes: tuple[Change, ...]


def days_of(year: int) -> list[DayRow]:
    """The days of a year that differ from `Monday to Friday`, ascending. One query."""
    rows = CalendarDay.objects.filter(date__gte=date(year, 1, 1), date__lte=date(year, 12, 31)).order_by("date")
    return [DayRow(id=row.date.isoformat(), date=row.date, working=row.working, name=row.name) for row in rows]


def calendar_version(year: int) -> str:
    """How a year stands, for whoever saves."""
    return _version(days_of(year))


def year_of(year: int) -> Year:
    """One year. Three queries, one more where the calendar has moved."""
    days = days_of(year)
    first = date(year, 1, 1)
    every = [(first + timedelta(days=number)).isoformat() for number in range(366)]
    return Year(
        year=year, years=sorted(working_calendar().years), days=days, version=_version(days),
        changes=history(kind="calendar", subjects=every),
    )  # fmt: skip


def of_setting(*, day: date, kind: str) -> tuple[Effect, ...]:
    """What making a day one of work or rest, or as its weekday says, would do. Two queries."""
    return tuple(_setting(day, kind))


def _version(days: list[DayRow]) -> str:
    return stamp({row.id: [row.working, row.name] for row in days})


def _setting(day: date, kind: str) -> Iterator[Effect]:
    calendar = working_calendar()
    works = {"work": True, "rest": False}.get(kind, day.weekday() < 5)
    if works == calendar.works(day):
        yield Effect(Weight.NOTE, _("Whether work is done on that day does not change."))
        return
    words = {"day": day.isoformat(), "weekday": _weekdays()[day.weekday()]}
    text = _("%(day)s (%(weekday)s) becomes a working day.") if works else _("%(day)s (%(weekday)s) becomes a day off.")
    yield Effect(Weight.NOTE, text % words)
    count = _reaching(day)
    if count:
        kept = ngettext(
            "%s running allowance reaches over it; its due time stays as it was promised.",
            "%s running allowances reach over it; their due times stay as they were promised.",
            count,
        )
        yield Effect(Weight.NOTE, kept % count)
    after = (
        _("What starts from now on counts by it: it is due earlier.")
        if works
        else _("What starts from now on counts by it: it is due later.")
    )
    yield Effect(Weight.NOTE, after)


def _reaching(day: date) -> int:
    """Running allowances on working clocks that began before the day's end and are due after its beginning."""
    begins = timezone.make_aware(datetime.combine(day, time.min))
    ends = begins + timedelta(days=1)
    return Timer.objects.filter(
        Q(clock__in=(Clock.WORK_HOUR, Clock.WORK_DAY)), stopped_at=None, paused_at=None, running_since__lt=ends,
        due_at__gte=begins,
    ).count()  # fmt: skip


def _weekdays() -> tuple[str, ...]:
    return (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )  # fmt: skip
