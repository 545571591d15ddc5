"""What a patrol plan asks of a grid, and whether it was done. Pure: days go in, no clock and no database.

A plan asks for so many days with a check-in in every whole calendar day, week (from Monday) or month within its life: a
period that the plan begins or ends in the middle of is not asked for, so that nobody is blamed for half a week. What
several plans ask of a grid in the same period is asked once, as often as the strictest of them says.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)


class Cadence(StrEnum):
    """How long a plan's period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Status(StrEnum):
    """How a grid stands today."""

    UNPLANNED = "unplanned"  # no plan asks for it now
    VISITED = "visited"  # all that its present periods ask for is done
    DUE = "due"  # something of them is still to do
    OVERDUE = "overdue"  # the same, and the period before was missed; a visit ends it


@dataclass(frozen=True, order=True)
class Span:
    """A period: from its first day until the day after its last."""

    start: date
    end: date

    @property
    def last(self) -> date:
        """The last day of it: until when the visit is due."""
        return self.end - ONE_DAY


@dataclass(frozen=True)
class Plan:
    """So many days with a check-in per period. It holds from `since` until the day before `until`."""

    cadence: Cadence
    times: int
    since: date
    until: date | None = None
    key: bool = False  # a key area


@dataclass(frozen=True)
class Standing:
    """How a grid stands on a day. Of the most urgent period still open: until when, how often, how often done."""

    status: Status
    due_until: date | None = None
    times: int = 0
    done: int = 0


@dataclass(frozen=True)
class Count:
    """The two sides of the indicator: periods in which a grid was due, and those in which it was visited as due."""

    due: int = 0
    visited: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.due + other.due, self.visited + other.visited)


def span_of(cadence: Cadence, day: date) -> Span:
    """The calendar period that `day` lies in."""
    if cadence == Cadence.DAY:
        return Span(day, day + ONE_DAY)
    if cadence == Cadence.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Span(monday, monday + timedelta(days=7))
    first = day.replace(day=1)
    return Span(first, (first + timedelta(days=31)).replace(day=1))


def asked(plan: Plan, day: date) -> Span | None:
    """The period around `day` that the plan asks for; None where it isn't whole within the plan's life."""
    span = span_of(plan.cadence, day)
    whole = span.start >= plan.since and (plan.until is None or span.end <= plan.until)
    return span if whole else None


def demands(plans: Iterable[Plan], *, first: date, last: date, today: date) -> dict[Span, int]:
    """The periods whose last day lies within `first` and `last` and is over by `today`, with how often each asks."""
    found: dict[Span, int] = {}
    for plan in plans:
        for span in _ending(plan, first, min(last, today - ONE_DAY)):
            found[span] = max(found.get(span, 0), plan.times)
    return found


def done_in(span: Span, visits: Sequence[date]) -> int:
    """On how many of `visits` (days, ascending, each once) lies the period."""
    return bisect_left(visits, span.end) - bisect_left(visits, span.start)


def counted(wanted: dict[Span, int], visits: Sequence[date]) -> Count:
    """How many periods were asked for, and in how many of them the grid was visited as often as asked."""
    return Count(len(wanted), sum(done_in(span, visits) >= times for span, times in wanted.items()))


def standing(plans: Iterable[Plan], visits: Sequence[date], today: date) -> Standing:
    """How a grid stands `today`; `visits` are its days with a check-in, ascending, each once."""
    found = [one for plan in plans if (one := _of_plan(plan, visits, today))]
    if not found:
        return Standing(Status.UNPLANNED)
    open_ones = [one for one in found if one.status != Status.VISITED]
    if not open_ones:
        return max(found, key=lambda one: (one.due_until or today, one.times))
    return min(open_ones, key=lambda one: (one.status != Status.OVERDUE, one.due_until or today, -one.times))


def _of_plan(plan: Plan, visits: Sequence[date], today: date) -> Standing | None:
    span = asked(plan, today)
    if span is None:
        return None
    done = done_in(span, visits)
    before = asked(plan, span.start - ONE_DAY)
    missed = before is not None and done_in(before, visits) < plan.times
    status = Status.VISITED if done >= plan.times else Status.OVERDUE if missed and not done else Status.DUE
    return Standing(status, span.last, plan.times, done)


def _ending(plan: Plan, first: date, last: date) -> Iterator[Span]:
    day = max(first, plan.since)
    while day <= last:
        span = asked(plan, day)
        if span is not None and span.last <= last:
            yield span
        day = span_of(plan.cadence, day).end
