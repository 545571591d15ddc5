"""Every indicator, once: what is counted, and what of it counts as well done. Pure.

An indicator turns a life and a period into items; its denominator is how many items there are, its numerator how many
of them are hits. Whatever is added up over regions, organisations or categories is therefore the whole, exactly.

The names are those of CJ/T 213-215 and GB/T 34300; `events.evaluation.words` says each as a formula. What is due is
counted by its deadline, open and overdue too; a deadline that has not come as of the report is not due yet. Rates are
per cent, rounded half up to two decimals, and only at the end.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from events.evaluation.lives import Life, Run, Share
from events.workflow import Stage, State, Step

_NOT_TO_BE_CLOSED = (State.REJECTED, State.MERGED)
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
    """One thing that is counted, the moment that puts it into a period, and whether it is a hit; whose it was."""

    at: datetime
    hit: bool
    holder: int | None
    lead: int | None


class Better(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True)
class Indicator:
    """One rate. `needs` are steps without which the journal can't know it: it is left out where they don't exist."""

    code: str
    better: Better
    items: Callable[[Life, Period], Iterable[Item]]
    needs: frozenset[str] = frozenset()


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


def items(indicator: Indicator, life: Life, period: Period) -> Iterable[Item]:
    """What an indicator counts of one event; nothing of a void one."""
    return () if life.void else indicator.items(life, period)


def present(steps: Iterable[str] = tuple(Step)) -> tuple[Indicator, ...]:
    """The indicators that a journal with these steps can know."""
    known = set(steps)
    return tuple(indicator for indicator in INDICATORS if indicator.needs <= known)


def _of_reported(hit: Callable[[Life], bool]) -> Callable[[Life, Period], Iterator[Item]]:
    """Of the events reported in the period."""

    def found(life: Life, period: Period) -> Iterator[Item]:
        if period.holds(life.reported_at):
            yield Item(life.reported_at, hit(life), life.holder, life.lead)

    return found


def _of_due(hit: Callable[[Life], bool]) -> Callable[[Life, Period], Iterator[Item]]:
    """Of the events whose deadline fell in the period, open and overdue ones too; not of those that were turned down
    or merged after they had been accepted once."""

    def found(life: Life, period: Period) -> Iterator[Item]:
        if life.due_at is not None and period.holds(life.due_at) and life.state not in _NOT_TO_BE_CLOSED:
            yield Item(life.due_at, hit(life), life.holder, life.lead)

    return found


def _in_time(stage: Stage, *steps: str) -> Callable[[Life, Period], Iterator[Item]]:
    """Of the stretches in a stage that fell due in the period, those that one of `steps` ended by then.

    One that another step ended before it was due counts neither way, nor does one that was suspended: it goes on later.
    """

    def found(life: Life, period: Period) -> Iterator[Item]:
        for run in life.runs:
            if run.stage == stage and run.due_at is not None and period.holds(run.due_at) and _counts(run, steps):
                yield Item(run.due_at, run.in_time and run.ended_by in steps, run.holder, run.lead)

    return found


def _counts(run: Run, steps: tuple[str, ...]) -> bool:
    return run.ended_by != Step.APPROVE_SUSPENSION and (run.ended_by in steps or not run.in_time)


def _of_shares(
    shares: Callable[[Life], tuple[Share, ...]], hit: Callable[[Share], bool]
) -> Callable[[Life, Period], Iterator[Item]]:
    """Of what was done in the period."""

    def found(life: Life, period: Period) -> Iterator[Item]:
        for share in shares(life):
            if period.holds(share.at):
                yield Item(share.at, hit(share), share.holder, share.lead)

    return found


INDICATORS: tuple[Indicator, ...] = (
    Indicator("acceptance", Better.HIGHER, _of_reported(lambda life: life.accepted_at is not None)),
    Indicator("closure", Better.HIGHER, _of_due(lambda life: life.closed_at is not None)),
    Indicator("closure_on_time", Better.HIGHER, _of_due(lambda life: life.closed_on_time)),
    Indicator("handled_on_time", Better.HIGHER, _in_time(Stage.HANDLE, Step.FINISH)),
    Indicator("accepted_on_time", Better.HIGHER,
              _in_time(Stage.ACCEPT, Step.ACCEPT, Step.REJECT, Step.REQUEST_VERIFY)),
    Indicator("dispatched_on_time", Better.HIGHER, _in_time(Stage.DISPATCH, Step.DISPATCH)),
    Indicator("dispatched_right", Better.HIGHER,
              _of_shares(lambda life: life.dispatches, lambda one: not one.undone_by)),
    Indicator("returned", Better.LOWER,
              _of_shares(lambda life: life.dispatches, lambda one: one.undone_by == Step.RETURN)),
    Indicator("reworked", Better.LOWER,
              _of_shares(lambda life: life.finishes, lambda one: one.undone_by == Step.FAIL_CHECK)),
    Indicator("check_passed", Better.HIGHER, _of_shares(lambda life: life.checks, lambda one: one.passed)),
    Indicator("self_closed", Better.HIGHER, _of_reported(lambda life: life.ended_by == Step.SELF_RESOLVE)),
    Indicator("duplicate", Better.LOWER, _of_reported(lambda life: life.ended_by == "merge"), frozenset({"merge"})),
    Indicator("satisfied", Better.HIGHER,
              _of_shares(lambda life: tuple(one for one in life.revisits if one.satisfaction is not None),
                         lambda one: (one.satisfaction or 0) >= 2), frozenset({"revisit"})),
)  # fmt: skip
BY_CODE = {indicator.code: indicator for indicator in INDICATORS}
