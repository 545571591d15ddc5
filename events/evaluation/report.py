"""The report: every indicator over a period, beside the period before, by group and over time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from events.counting.facts import COUNTS_FOR
from events.counting.indicators import BY_CODE, Better, Period, Rate, Value
from events.evaluation.breakdowns import By
from events.evaluation.sums import Span, Sum, behind, grouped, whole
from events.models import CountedFact

LONGEST_DAYS = 366
_DAYS_BY_DAY, _DAYS_BY_WEEK = 31, 100  # up to so many days the trend goes by days, by weeks; else by months


@dataclass(frozen=True)
class Asked:
    """Which report: days from `since` to `until`, both counted, in the installation's time zone."""

    since: date
    until: date
    as_of: datetime
    region: str  # path of a subtree
    root: bool = False  # the subtree is the whole city: events without a place are in it
    category: str = ""  # code or beginning of one
    by: By = By.TOWNSHIP

    @property
    def period(self) -> Period:
        """As indicators take it."""
        return Period(midnight(self.since), midnight(self.until + timedelta(days=1)), self.as_of)

    @property
    def before(self) -> Period:
        """As many days before it, as they stood when it was as long ago."""
        days = self.until - self.since + timedelta(days=1)
        first = _month_before(self.since) if self._is_a_month else self.since - days
        end = midnight(self.since)
        return Period(midnight(first), end, self.as_of - (self.period.end - end))

    @property
    def _is_a_month(self) -> bool:
        return self.since.day == 1 and self.until == _month_end(self.since)

    def span(self, period: Period) -> Span:
        """What is to be summed up of a period."""
        return Span(period, "" if self.root else self.region, self.category)


@dataclass
class Tally:
    """Values by indicator, while they are being counted."""

    values: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, found: Sum) -> None:
        """What facts of one kind come to, for each indicator over them."""
        for place, code in enumerate(COUNTS_FOR[found.kind]):
            kept = self.values[code]
            kept[0] += found.hits[place]
            kept[1] += found.counts[place]

    def put(self, code: str, value: Value) -> None:
        """What was counted elsewhere than over facts."""
        self.values[code] = [value.hits, value.of]

    def of(self, code: str) -> Value:
        """What was counted of one indicator."""
        hits, of = self.values.get(code, (0, 0))
        return Value(hits, of)


@dataclass(frozen=True)
class Report:
    """What was counted. Groups by their key: a path, an organisation's id, a code; "" for what has none."""

    asked: Asked
    whole: Tally
    before: Tally
    groups: dict[str, Tally]
    buckets: tuple[datetime, ...]  # where each begins
    trend: tuple[Tally, ...]


def report(asked: Asked) -> Report:
    """The whole report. Two queries."""
    starts = bucket_starts(asked)
    made = Report(
        asked=asked, whole=Tally(), before=Tally(), groups=defaultdict(Tally), buckets=starts,
        trend=tuple(Tally() for _ in starts),
    )  # fmt: skip
    for found in grouped(asked.span(asked.period), asked.by, starts):
        if found.stretch is not None:
            made.trend[found.stretch - 1].add(found)
            made.whole.add(found)
        elif any(found.counts):
            made.groups[found.key or ""].add(found)
    for found in whole(asked.span(asked.before)):
        made.before.add(found)
    return made


def rows(asked: Asked, code: str, *, key: str | None = None, missed: bool = False) -> QuerySet[CountedFact]:
    """What the indicator `code` counted, in one group or in all, or what of it was no hit.

    Raises KeyError for an unknown code.
    """
    return behind(asked.span(asked.period), BY_CODE[code], by=asked.by, key=key, missed=missed)


def ranks(report_made: Report, indicator: Rate) -> dict[str, int]:
    """The place of each group by one indicator, 1 the best; equal ones share a place, those with few are left out."""
    firm = {key: tally.of(indicator.code) for key, tally in report_made.groups.items() if key}
    rates = {key: found.percent for key, found in firm.items() if found.firm}
    order = sorted((rate for rate in rates.values() if rate is not None), reverse=indicator.better == Better.HIGHER)
    first: dict[Decimal, int] = {}
    for place, rate in enumerate(order, 1):
        first.setdefault(rate, place)
    return {key: first[rate] for key, rate in rates.items() if rate is not None}


def bucket_starts(asked: Asked) -> tuple[datetime, ...]:
    """Where the stretches of the trend begin: days, weeks (from Monday), or months."""
    days = (asked.until - asked.since).days + 1
    every = [asked.since + timedelta(days=number) for number in range(days)]
    if days > _DAYS_BY_WEEK:
        every = [day for day in every if day.day == 1 or day == asked.since]
    elif days > _DAYS_BY_DAY:
        every = [day for day in every if day.weekday() == 0 or day == asked.since]
    return tuple(map(midnight, every))


def midnight(day: date) -> datetime:
    """When a day begins in the installation's time zone."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def _month_end(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def totals(tallies: Iterable[Tally], code: str) -> Value:
    """The sum of one indicator over tallies."""
    return sum((tally.of(code) for tally in tallies), Value())
