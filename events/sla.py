"""Clocks and allowances: how long something may take, counted in whose time, and when that ends.

Pure: no Django, no database; the calendar is data and the time an argument. Every time is timezone aware; every amount
is in minutes of its clock, exact to the microsecond. Stages are named by the words of the workflow's table. The hours
of the stages beside `handle` are this product's own defaults; docs/glossary.md lists them.

The clocks, by one rule: an instant is *counted* or not, `elapsed` is how much counted time lies between two instants,
and `add(start, minutes)` is the first instant at which that much has elapsed. So work time that ends at noon is due at
noon, not after the lunch break, and what starts at night starts to run when work does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

MINUTES_PER_WORK_DAY = 480.0  # 1 D is 8 H, whatever hours are kept
MINUTES_PER_DAY = 1440.0
NEAR_SHARE = 0.25
NEAR_MINUTES = 60.0
_MINUTE = timedelta(minutes=1)
_SPAN = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)", re.ASCII)


class Clock(StrEnum):
    """What an allowance is counted in."""

    URGENT_HOUR = "urgent_hour"  # every minute counts, at night and on holidays too
    WORK_HOUR = "work_hour"  # working time of working days
    WORK_DAY = "work_day"  # the same time, counted in days of 8 hours
    NATURAL_DAY = "natural_day"  # days by the wall clock: n days later at the same time of day


_WORKING = (Clock.WORK_HOUR, Clock.WORK_DAY)
_UNIT_MINUTES = {
    Clock.URGENT_HOUR: 60.0,
    Clock.WORK_HOUR: 60.0,
    Clock.WORK_DAY: MINUTES_PER_WORK_DAY,
    Clock.NATURAL_DAY: MINUTES_PER_DAY,
}


@dataclass(frozen=True)
class Allowance:
    """So much of a clock: hours on the hour clocks, days on the day clocks."""

    amount: float
    clock: Clock

    @property
    def minutes(self) -> float:
        """The same in minutes of the clock."""
        return self.amount * _UNIT_MINUTES[self.clock]

    @classmethod
    def of_minutes(cls, minutes: float, clock: Clock) -> "Allowance":
        """So many minutes of a clock, in its own unit."""
        return cls(minutes / _UNIT_MINUTES[clock], clock)


@dataclass(frozen=True)
class WorkHours:
    """The working time of a day, as spans of local time, ascending and apart."""

    spans: tuple[tuple[time, time], ...] = ((time(8), time(12)), (time(14), time(18)))
    zone: str = "Asia/Shanghai"

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or any(earlier >= later for earlier, later in pairwise(edges)):
            raise ValueError("working hours are spans of a day, at least one, ascending, none touching the next")

    @classmethod
    def parse(cls, text: str) -> "WorkHours":
        """From `08:30-12:00,14:00-17:30`. Raises ValueError for anything else."""
        found = [_SPAN.fullmatch(span.strip()) for span in text.split(",")]
        spans = tuple((time.fromisoformat(span[1]), time.fromisoformat(span[2])) for span in found if span)
        if len(spans) < len(found):
            raise ValueError("write working hours as 08:30-12:00,14:00-17:30")
        return cls(spans=spans)


@dataclass(frozen=True)
class Calendar:
    """Which days are working days. Beyond `exceptions` that is Monday to Friday."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)  # True: works, False: rests
    years: frozenset[int] = frozenset()  # whose holidays are known
    hours: WorkHours = WorkHours()

    def __post_init__(self) -> None:
        object.__setattr__(self, "exceptions", MappingProxyType(dict(self.exceptions)))
        object.__setattr__(self, "_zone", ZoneInfo(self.hours.zone))

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the working hours."""
        found: ZoneInfo = object.__getattribute__(self, "_zone")
        return found

    def covers(self, day: date) -> bool:
        """Whether the holidays of that day's year are known; if not, say so beside the answer."""
        return day.year in self.years

    def works(self, day: date) -> bool:
        """Whether that day is a working day."""
        return self.exceptions.get(day, day.weekday() < 5)

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The working time of that day as instants in UTC; none on a day off."""
        if self.works(day):
            for start, end in self.hours.spans:
                yield self._instant(day, start), self._instant(day, end)

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def add(start: datetime, minutes: float, clock: Clock, calendar: Calendar) -> datetime:
    """The first instant at which `minutes` of the clock have elapsed since `start`, in `start`'s time zone.

    Raises ValueError when `start` has no time zone or `minutes` are negative.
    """
    _check(start)
    if minutes < 0:
        raise ValueError("an allowance can't be negative")
    amount = timedelta(minutes=minutes)
    if clock is Clock.URGENT_HOUR:
        return _keep_zone(start.astimezone(UTC) + amount, start)
    if clock is Clock.NATURAL_DAY:
        return _keep_zone(_wall(_local(start, calendar) + amount, calendar), start)
    return _keep_zone(_add_work(start.astimezone(UTC), amount, calendar), start)


def elapsed(start: datetime, end: datetime, clock: Clock, calendar: Calendar) -> float:
    """Minutes of the clock between two instants; 0 when `end` is not after `start`.

    Raises ValueError when one of them has no time zone.
    """
    _check(start)
    _check(end)
    if end <= start:
        return 0.0
    if clock is Clock.URGENT_HOUR:
        return (end.astimezone(UTC) - start.astimezone(UTC)) / _MINUTE
    if clock is Clock.NATURAL_DAY:
        return (_local(end, calendar) - _local(start, calendar)) / _MINUTE
    return _elapsed_work(start.astimezone(UTC), end.astimezone(UTC), calendar) / _MINUTE


def near_after(minutes: float) -> float:
    """The minute of an allowance from which it counts as near: under a quarter of it, or under one hour, is left."""
    return max(0.0, minutes - max(minutes * NEAR_SHARE, NEAR_MINUTES))


def _check(instant: datetime) -> None:
    if instant.tzinfo is None:
        raise ValueError("a time without a time zone says nothing; give an aware one")


def _keep_zone(instant: datetime, like: datetime) -> datetime:
    return instant.astimezone(like.tzinfo)


def _local(instant: datetime, calendar: Calendar) -> datetime:
    """What the wall clock shows, without its zone, so that a day is 24 hours of it."""
    return instant.astimezone(calendar.zone).replace(tzinfo=None)


def _wall(shown: datetime, calendar: Calendar) -> datetime:
    return shown.replace(tzinfo=calendar.zone).astimezone(UTC)


def _work_spans(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Working time from `start` on, as ascending instants in UTC, without end."""
    day = start.astimezone(calendar.zone).date()
    while True:
        for begins, ends in calendar.spans(day):
            if ends > start:
                yield max(begins, start), ends
        day += timedelta(days=1)


def _add_work(start: datetime, amount: timedelta, calendar: Calendar) -> datetime:
    if not amount:
        return start
    for begins, ends in _work_spans(start, calendar):
        if ends - begins >= amount:
            return begins + amount
        amount -= ends - begins
    raise AssertionError("working time has no end")


def _elapsed_work(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    total = timedelta()
    for begins, ends in _work_spans(start, calendar):
        if begins >= end:
            break
        total += min(ends, end) - begins
    return total


# Normal and urgent allowances of the stages. `handle` has none of its own: its category says.
_STAGES: Mapping[str, tuple[Allowance, Allowance]] = MappingProxyType(
    {
        "accept": (Allowance(2, Clock.WORK_HOUR), Allowance(0.5, Clock.URGENT_HOUR)),
        "verify": (Allowance(24, Clock.URGENT_HOUR), Allowance(2, Clock.URGENT_HOUR)),
        "dispatch": (Allowance(2, Clock.WORK_HOUR), Allowance(0.25, Clock.URGENT_HOUR)),
        "sign": (Allowance(2, Clock.WORK_HOUR), Allowance(0.25, Clock.URGENT_HOUR)),
        "check": (Allowance(1, Clock.WORK_DAY), Allowance(2, Clock.URGENT_HOUR)),
        "close": (Allowance(2, Clock.WORK_HOUR), Allowance(0.5, Clock.URGENT_HOUR)),
    }
)
HANDLE = "handle"
WHOLE = "whole"
_CHAIN = ("dispatch", "sign", HANDLE)  # what the whole is made of, from acceptance on


@dataclass(frozen=True)
class Terms:
    """What an event's clocks depend on: its urgency, and its category's handle allowance (None: no category yet)."""

    urgent: bool
    handle: Allowance | None

    def allowance(self, stage: str) -> Allowance:
        """The allowance of one stage. Raises ValueError for `handle` without a category."""
        if stage != HANDLE:
            return _STAGES[stage][self.urgent]
        if self.handle is None:
            raise ValueError("without a category there is no handle allowance")
        return self.handle


@dataclass(frozen=True)
class Deadline:
    """One allowance set running: from when, how long, until when, and from when it counts as near."""

    clock: Clock
    minutes: float  # of the clock
    started: datetime
    due: datetime
    near: datetime


def deadline(stage: str, *, start: datetime, terms: Terms, calendar: Calendar) -> Deadline:
    """The deadline of `stage` when its clock starts at `start`; `whole` is the chain from acceptance to handled.

    In the whole each link runs on its own clock; its minutes are counted on the handle clock, so that what is used of
    them at the due time is all of them. Raises ValueError where a category is needed and missing.
    """
    if stage == WHOLE:
        return _whole(start=start, terms=terms, calendar=calendar)
    allowance = terms.allowance(stage)
    return running(allowance.clock, allowance.minutes, start, calendar)


def running(clock: Clock, minutes: float, start: datetime, calendar: Calendar, *, used: float = 0.0) -> Deadline:
    """The deadline of an allowance of `minutes` whose clock runs from `start`, when `used` of them are used already.

    What is used up before it starts is due at `start`.
    """
    return Deadline(
        clock=clock,
        minutes=minutes,
        started=start,
        due=add(start, max(0.0, minutes - used), clock, calendar),
        near=add(start, max(0.0, near_after(minutes) - used), clock, calendar),
    )


def _whole(*, start: datetime, terms: Terms, calendar: Calendar) -> Deadline:
    due = start
    for stage in _CHAIN:
        link = terms.allowance(stage)
        due = add(due, link.minutes, link.clock, calendar)
    clock = terms.allowance(HANDLE).clock
    minutes = elapsed(start, due, clock, calendar)
    near = add(start, near_after(minutes), clock, calendar)
    return Deadline(clock=clock, minutes=minutes, started=start, due=due, near=near)


def recounted(
    *, stage: str, started: datetime, due: datetime, now: datetime, terms: Terms, calendar: Calendar
) -> Deadline | None:
    """What a running allowance of `stage` becomes when its terms change `now`; None when it stays as it is.

    It counts from when it started. Where that would end sooner than before it counts from `now` instead, and ends no
    later than before: nobody is overdue by a change, and nobody gains time by two.
    """
    found = deadline(stage, start=started, terms=terms, calendar=calendar)
    if found.due == due:
        return None
    if found.due > due:
        return found
    found = deadline(stage, start=max(now, started), terms=terms, calendar=calendar)
    return found if found.due < due else None


@dataclass(frozen=True)
class Reasons:
    """Why an allowance that is given at one time is over at another."""

    begins: datetime  # the first instant from `start` on that its clock counts
    days_off: tuple[date, ...]  # between, the day of `start` and of `due` included, that its clock leaves out
    unknown_years: tuple[int, ...]  # between, whose holidays the calendar doesn't know


def reasons(start: datetime, due: datetime, clock: Clock, calendar: Calendar) -> Reasons:
    """Why what is given at `start` is due at `due`; clocks that run through nights and holidays leave nothing out.

    Raises ValueError when one of the times has no time zone.
    """
    _check(start)
    _check(due)
    if clock not in _WORKING:
        return Reasons(begins=start, days_off=(), unknown_years=())
    begins = _keep_zone(next(_work_spans(start.astimezone(UTC), calendar))[0], start)
    days = list(_days(start, due, calendar))
    return Reasons(
        begins=begins,
        days_off=tuple(day for day in days if not calendar.works(day)),
        unknown_years=tuple(sorted({day.year for day in days} - calendar.years)),
    )


def _days(start: datetime, end: datetime, calendar: Calendar) -> Iterator[date]:
    day, last = (instant.astimezone(calendar.zone).date() for instant in (start, max(start, end)))
    while day <= last:
        yield day
        day += timedelta(days=1)
