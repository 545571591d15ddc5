"""When everything in the demo's week happens: pure arithmetic on the clocks, from the end of each event backwards."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from events.sla import Allowance, Calendar, Clock, Terms, elapsed, near_after
from events.workflow import STAGE_OF, State, Step, transition

LONGEST = timedelta(days=60)


class Mark(StrEnum):
    """How an open event stands to the clock of its stage."""

    NORMAL = "normal"
    NEAR = "near"
    OVER = "over"


@dataclass(frozen=True)
class Leg:
    """A stretch in one state, and the step that ends it, or is taken within it (None: it still lasts).

    Where no allowance runs, or not one that people work against, it lasts between so many hours by the wall clock.
    """

    state: State
    step: Step | None
    hours: tuple[float, float] | None = None


@dataclass(frozen=True)
class Moment:
    """A step and when it is taken."""

    step: Step
    at: datetime


_STRAIGHT = (
    Leg(State.REPORTED, Step.ACCEPT),
    Leg(State.ACCEPTED, Step.DISPATCH),
    Leg(State.DISPATCHED, Step.SIGN),
    Leg(State.HANDLING, Step.FINISH),
    Leg(State.PENDING_CHECK, Step.PASS_CHECK),
    Leg(State.PENDING_CLOSE, Step.CLOSE),
)
_RETURNED = (Leg(State.DISPATCHED, Step.RETURN), Leg(State.ACCEPTED, Step.DISPATCH))
_REWORKED = (Leg(State.PENDING_CHECK, Step.FAIL_CHECK), Leg(State.HANDLING, Step.FINISH))


def legs_to(state: State, *, returned: bool = False, reworked: bool = False) -> tuple[Leg, ...]:
    """The way to an open `state`, which still lasts, or to `closed`; with a detour where it lies on the way."""
    legs: list[Leg] = []
    for leg in _STRAIGHT:
        if leg.state == state:
            return (*legs, Leg(state, None))
        if returned and leg.state == State.DISPATCHED:
            legs += _RETURNED
        if reworked and leg.state == State.PENDING_CHECK:
            legs += _REWORKED
        legs.append(leg)
    return tuple(legs)


REJECTED = (Leg(State.REPORTED, Step.REJECT),)


def moments(
    *, legs: tuple[Leg, ...], end: datetime, share: float, terms: Terms, calendar: Calendar, dice: random.Random
) -> tuple[datetime, tuple[Moment, ...]]:
    """When it was reported, and each step's time, so that the last leg ends (or still lasts) at `end`.

    `share` is how much of its allowance the last leg has used; the others use what people usually do.
    """
    at = end
    found: list[Moment] = []
    for leg in reversed(legs):
        if leg.step is not None:
            found.append(Moment(leg.step, at))
        if leg.hours is not None:
            at -= timedelta(seconds=round(dice.uniform(*leg.hours) * 3600))
            continue
        used = share if leg is legs[-1] else _usual(leg, dice)
        allowance = terms.allowance(STAGE_OF[leg.state])
        at = before(at, allowance.minutes * used, allowance.clock, calendar)
    return at, tuple(reversed(found))


def _usual(leg: Leg, dice: random.Random) -> float:
    if leg.step == Step.RETURN:
        return dice.uniform(0.05, 0.2)
    if leg.step is not None and transition(leg.step).target is None:
        return dice.uniform(0.05, 0.25)  # taken while the work goes on, and well before the deadline
    if leg.state == State.HANDLING and dice.random() < 0.12:
        return dice.uniform(1.05, 1.6)
    return dice.uniform(0.08, 0.75)


def share_of(mark: Mark, allowance: Allowance, dice: random.Random) -> float:
    """How much of an allowance is used up by what counts as this mark. Short ones are near from the start."""
    near = near_after(allowance.minutes) / allowance.minutes
    if mark is Mark.OVER:
        return dice.uniform(1.05, 1.9)
    if mark is Mark.NEAR or near <= 0:
        return dice.uniform(near + (1 - near) * 0.1, 0.95)
    return dice.uniform(0.04, 0.92 * near)


def before(end: datetime, minutes: float, clock: Clock, calendar: Calendar) -> datetime:
    """The latest whole second from which `minutes` of the clock have elapsed at `end`."""
    low, high = 0, int(LONGEST.total_seconds())
    while low < high:
        middle = (low + high) // 2
        if elapsed(end - timedelta(seconds=middle), end, clock, calendar) >= minutes:
            high = middle
        else:
            low = middle + 1
    return end - timedelta(seconds=low)
