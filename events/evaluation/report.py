"""The report: every indicator over a period, beside the period before, by group and over time."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby

from django.utils import timezone

from events.evaluation.indicators import BY_CODE, Better, Indicator, Item, Period, Value, items, present
from events.evaluation.journal import Span, entries
from events.evaluation.lives import Entry, Life, lives

LONGEST_DAYS = 366
_DAYS_BY_DAY, _DAYS_BY_WEEK = 31, 100  # up to so many days the trend goes by days, by weeks; else by months


class By(StrEnum):
    """What a report is broken down by."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    GRID = "grid"
    LEAD = "lead"  # the organisation that was to put it right
    CENTRE = "centre"  # the one that held it
    MAJOR = "major"
    CATEGORY = "category"
    SOURCE = "source"


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

    def span(self, start: datetime) -> Span:
        """What is to be read from `start` to the period's end."""
        return Span(start, self.period.end, self.as_of, "" if self.root else self.region)

    def holds(self, life: Life) -> bool:
        """Whether an event is in the region and category asked for."""
        placed = life.path.startswith(self.region) if life.path else self.root
        return placed and life.category.startswith(self.category)


Values = dict[str, Value]


@dataclass
class Tally:
    """Values by indicator, while they are being counted."""

    values: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, code: str, item: Item) -> None:
        """One more."""
        kept = self.values[code]
        kept[0] += item.hit
        kept[1] += 1

    def of(self, code: str) -> Value:
        """What was counted of one indicator."""
        hits, of = self.values.get(code, (0, 0))
        return Value(hits, of)


@dataclass(frozen=True)
class Report:
    """What was counted. Groups by their key: a path, an organisation's id, a code; "" for what has none."""

    asked: Asked
    indicators: tuple[Indicator, ...]
    whole: Tally
    before: Tally
    groups: dict[str, Tally]
    buckets: tuple[datetime, ...]  # where each begins
    trend: tuple[Tally, ...]


@dataclass(frozen=True)
class Row:
    """One thing that an indicator counted, with its event as it stood then."""

    life: Life
    item: Item


def report(asked: Asked) -> Report:
    """The whole report. One query, as long as the period and the one before it are eventful."""
    period, before = asked.period, asked.before
    starts = bucket_starts(asked)
    made = Report(
        asked=asked, indicators=present(), whole=Tally(), before=Tally(), groups=defaultdict(Tally), buckets=starts,
        trend=tuple(Tally() for _ in starts),
    )  # fmt: skip
    key = KEYS[asked.by]
    for kept in _events(asked.span(before.start)):
        if any(_touches(entry, before) for entry in kept):
            _count_before(made, kept, before)
        if any(_touches(entry, period) for entry in kept):
            _count_now(made, kept, period, key)
    return made


def _touches(entry: Entry, period: Period) -> bool:
    """Whether an entry can put its event into a period: by when it happened, or by a deadline that it leaves."""
    start, end = period.start, period.end
    return any(at is not None and start <= at < end for at in (entry.at, entry.due_at, entry.stage_due_at))


def _count_now(made: Report, kept: list[Entry], period: Period, key: Callable[[Life, Item], str]) -> None:
    for life in lives(kept, as_of=made.asked.as_of):
        if made.asked.holds(life):
            _count(made, life, period, key)


def _count_before(made: Report, kept: list[Entry], before: Period) -> None:
    for life in lives(kept, as_of=before.as_of):
        if made.asked.holds(life):
            for indicator in made.indicators:
                for item in items(indicator, life, before):
                    made.before.add(indicator.code, item)


def _count(made: Report, life: Life, period: Period, key: Callable[[Life, Item], str]) -> None:
    for indicator in made.indicators:
        for item in items(indicator, life, period):
            made.whole.add(indicator.code, item)
            made.groups[key(life, item)].add(indicator.code, item)
            made.trend[bisect_right(made.buckets, item.at) - 1].add(indicator.code, item)


def rows(asked: Asked, code: str, *, key: str | None = None) -> Iterator[Row]:
    """What the indicator `code` counted, in one group or in all. One query. Raises KeyError for an unknown code."""
    indicator, of = BY_CODE[code], KEYS[asked.by]
    period = asked.period
    for kept in _events(asked.span(period.start)):
        for life in lives(kept, as_of=asked.as_of):
            if asked.holds(life):
                found = (Row(life, item) for item in items(indicator, life, period))
                yield from (row for row in found if key is None or of(row.life, row.item) == key)


def ranks(report_made: Report, indicator: Indicator) -> dict[str, int]:
    """The place of each group by one indicator, 1 the best; equal ones share a place, those with few are left out."""
    firm = {key: tally.of(indicator.code) for key, tally in report_made.groups.items() if key}
    rates = {key: found.percent for key, found in firm.items() if found.firm}
    order = sorted((rate for rate in rates.values() if rate is not None), reverse=indicator.better == Better.HIGHER)
    return {key: order.index(rate) + 1 for key, rate in rates.items() if rate is not None}


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


def _events(span: Span) -> Iterator[list[Entry]]:
    for _event, kept in groupby(entries(span), key=lambda entry: entry.event):
        yield list(kept)


def _up_to(depth: int) -> Callable[[Life, Item], str]:
    """The first so many codes of a path: the region of that level."""

    def key(life: Life, _item: Item) -> str:
        parts = life.path.split("/", depth)
        return "/".join(parts[:depth]) + "/" if len(parts) > depth else ""

    return key


KEYS: dict[By, Callable[[Life, Item], str]] = {
    By.COUNTY: _up_to(2),
    By.TOWNSHIP: _up_to(3),
    By.VILLAGE: _up_to(4),
    By.GRID: _up_to(5),
    By.LEAD: lambda _life, item: str(item.lead or ""),
    By.CENTRE: lambda _life, item: str(item.holder or ""),
    By.MAJOR: lambda life, _item: life.category[:2],
    By.CATEGORY: lambda life, _item: life.category,
    By.SOURCE: lambda life, _item: life.source,
}


def _month_end(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def totals(tallies: Iterable[Tally], code: str) -> Value:
    """The sum of one indicator over tallies."""
    return sum((tally.of(code) for tally in tallies), Value())
