"""Every indicator, once: which facts it counts, which way is good, and whose work it measures. Pure.

Its denominator is how many facts count for it in a period, its numerator how many of them are hits. Whatever is added
up over regions, organisations or categories is therefore the whole, exactly.

The names are those of CJ/T 213-215 and GB/T 34300; `events.evaluation.words` says each as a formula. What is due is
counted by its deadline, open and overdue too; a deadline that has not come as of the report is not due yet. Rates are
per cent, rounded half up to two decimals, and only at the end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from events.counting.facts import COUNTS_FOR, Fact, Kind, facts
from events.counting.lives import Life

FEWEST = 20  # below this many a rate is shown in grey and not ranked


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` (counted) to `end` (not), as of a time."""

    start: datetime
    end: datetime
    as_of: datetime

    def holds(self, at: datetime | None) -> bool:
        """Whether something that happened, or fell due, at `at` belongs to it."""
        return at is not None and self.start <= at < self.end and at <= self.as_of


class Item(NamedTuple):
    """One fact as one indicator counts it: the moment that puts it into a period, whether it is a hit; whose it was."""

    at: datetime
    hit: bool
    holder: int | None
    lead: int | None


class Better(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True)
class Rate:
    """What is shown in per cent, and which way is good."""

    code: str
    better: Better


@dataclass(frozen=True)
class Indicator(Rate):
    """One rate over the facts of a kind."""

    kind: Kind

    @property
    def place(self) -> int:
        """Its bit in what facts of its kind count for."""
        return COUNTS_FOR[self.kind].index(self.code)

    def item(self, fact: Fact) -> Item | None:
        """As this indicator counts a fact; None where it doesn't."""
        if fact.kind != self.kind or not fact.counted >> self.place & 1:
            return None
        return Item(fact.at, bool(fact.hits >> self.place & 1), fact.holder, fact.lead)


@dataclass(frozen=True, slots=True)
class Value:
    """Hits of how many."""

    hits: int = 0
    of: int = 0

    @property
    def percent(self) -> Decimal | None:
        """Rounded half up to two decimals; None where nothing was counted."""
        if self.of == 0:
            return None
        return (Decimal(100 * self.hits) / Decimal(self.of)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)

    @property
    def firm(self) -> bool:
        """Whether there is enough of it to be compared."""
        return self.of >= FEWEST

    def __add__(self, other: "Value") -> "Value":
        return Value(self.hits + other.hits, self.of + other.of)


def value(indicator: Indicator, found: Iterable[Life], period: Period) -> Value:
    """The indicator over these lives."""
    hits = of = 0
    for life in found:
        for item in items(indicator, life, period):
            of += 1
            hits += item.hit
    return Value(hits, of)


def items(indicator: Indicator, life: Life, period: Period) -> Iterator[Item]:
    """What an indicator counts of one event in a period."""
    for fact in facts(life):
        item = indicator.item(fact)
        if item is not None and period.holds(item.at):
            yield item


INDICATORS: tuple[Indicator, ...] = (
    Indicator("acceptance", Better.HIGHER, Kind.REPORTED),
    Indicator("closure", Better.HIGHER, Kind.DUE),
    Indicator("closure_on_time", Better.HIGHER, Kind.DUE),
    Indicator("handled_on_time", Better.HIGHER, Kind.HANDLING),
    Indicator("accepted_on_time", Better.HIGHER, Kind.ACCEPTING),
    Indicator("dispatched_on_time", Better.HIGHER, Kind.DISPATCHING),
    Indicator("dispatched_right", Better.HIGHER, Kind.DISPATCHED),
    Indicator("returned", Better.LOWER, Kind.DISPATCHED),
    Indicator("reworked", Better.LOWER, Kind.FINISHED),
    Indicator("check_passed", Better.HIGHER, Kind.CHECKED),
    Indicator("self_closed", Better.HIGHER, Kind.REPORTED),
    Indicator("duplicate", Better.LOWER, Kind.REPORTED),
    Indicator("satisfied", Better.HIGHER, Kind.ASKED),
)
BY_CODE = {indicator.code: indicator for indicator in INDICATORS}
