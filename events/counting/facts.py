"""The facts of an event that indicators count: what moment each belongs to, what it counts for, and whether well. Pure.

A life yields a handful of facts of nine kinds. What is known of an event changes only with an entry of its journal, so
each fact holds from one entry until another: kept with these two times, a report as of any time is a sum over facts and
needs no journal.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import IntEnum
from itertools import zip_longest
from typing import NamedTuple

from events.counting.lives import Entry, Life, Run, Share, Verdict, lives
from events.workflow import Stage, State, Step

_NOT_TO_BE_CLOSED = (State.REJECTED, State.MERGED)


class Kind(IntEnum):
    """What a fact is about; its moment is said beside it. The numbers are kept in the database."""

    REPORTED = 1  # the event: when it was reported
    DUE = 2  # the event: its deadline
    ACCEPTING = 3  # a stretch in a stage: the deadline of the stage
    DISPATCHING = 4
    HANDLING = 5
    DISPATCHED = 6  # given to a lead: when
    FINISHED = 7
    CHECKED = 8
    ASKED = 9  # a citizen who answered: when


# The indicators that a fact of a kind counts for; the place in the list is the bit in `counted` and `hits`.
COUNTS_FOR: dict[Kind, tuple[str, ...]] = {
    Kind.REPORTED: ("acceptance", "self_closed", "duplicate"),
    Kind.DUE: ("closure", "closure_on_time"),
    Kind.ACCEPTING: ("accepted_on_time",),
    Kind.DISPATCHING: ("dispatched_on_time",),
    Kind.HANDLING: ("handled_on_time",),
    Kind.DISPATCHED: ("dispatched_right", "returned"),
    Kind.FINISHED: ("reworked",),
    Kind.CHECKED: ("check_passed",),
    Kind.ASKED: ("satisfied",),
}
_RUNS = {
    Stage.ACCEPT: (Kind.ACCEPTING, (Step.ACCEPT, Step.REJECT, Step.REQUEST_VERIFY)),
    Stage.DISPATCH: (Kind.DISPATCHING, (Step.DISPATCH,)),
    Stage.HANDLE: (Kind.HANDLING, (Step.FINISH,)),
}
_SATISFIED = 2  # satisfied or very satisfied, of 0 to 3


class Fact(NamedTuple):
    """One thing that indicators count. Bits as in COUNTS_FOR: for which it counts, and for which it is a hit.

    `holder` and `lead` are whose it was; region, category and source are the event's.
    """

    kind: int
    at: datetime
    counted: int
    hits: int
    holder: int | None
    lead: int | None
    path: str
    category: str
    source: str


class Known(NamedTuple):
    """A fact with the time from which it was known, and until when; None: still."""

    fact: Fact
    since: datetime
    until: datetime | None


def facts(life: Life) -> tuple[Fact, ...]:
    """Everything that counts of one event; nothing of a void one."""
    if life.void:
        return ()
    made = (*_of_event(life), *_of_stretches(life), *_of_deeds(life))
    return tuple(_corrected(fact, life) for fact in made) if life.corrections else made


def known(entries: Sequence[Entry]) -> Iterator[Known]:
    """Every fact that one event has had so far, as its entries made it known; they come by version."""
    held: dict[Fact, list[datetime]] = {}
    for number, entry in enumerate(entries, 1):
        present = Counter(facts_of(entries[:number]))
        for fact in [fact for fact in held if fact not in present]:
            yield from (Known(fact, since, entry.at) for since in held.pop(fact))
        for fact, times in present.items():
            since = held.setdefault(fact, [])
            while len(since) > times:
                yield Known(fact, since.pop(), entry.at)
            since.extend([entry.at] * (times - len(since)))
    yield from (Known(fact, since, None) for fact, times in held.items() for since in times)


def facts_of(entries: Sequence[Entry]) -> tuple[Fact, ...]:
    """The facts of one event as its last entry left it."""
    told = next(lives(entries, as_of=max(entry.at for entry in entries)), None)
    return facts(told) if told else ()


def _fact(life: Life, kind: Kind, at: datetime, hits: tuple[bool, ...], whose: Life | Run | Share) -> Fact:
    every = (1 << len(hits)) - 1
    bits = sum(1 << place for place, hit in enumerate(hits) if hit)
    return Fact(kind, at, every, bits, whose.holder, whose.lead, life.path, life.category, life.source)


def _of_event(life: Life) -> Iterator[Fact]:
    became = (life.accepted_at is not None, life.ended_by == Step.SELF_RESOLVE, life.ended_by == Step.MERGE)
    yield _fact(life, Kind.REPORTED, life.reported_at, became, life)
    if life.due_at is not None and life.state not in _NOT_TO_BE_CLOSED:
        yield _fact(life, Kind.DUE, life.due_at, (life.closed_at is not None, life.closed_on_time), life)


def _of_stretches(life: Life) -> Iterator[Fact]:
    """Of those that one of its steps ended by the deadline, or that outlast it.

    One that another step ended before it was due counts neither way, nor does one that goes on later.
    """
    for run, after in zip_longest(life.runs, life.runs[1:]):
        if run.stage in _RUNS and run.due_at is not None:
            kind, steps = _RUNS[run.stage]
            done = run.ended_by in steps
            if not _goes_on(run, after) and (done or not run.in_time):
                yield _fact(life, kind, run.due_at, (run.in_time and done,), run)


def _goes_on(run: Run, after: Run | None) -> bool:
    """Suspended, or merged and parted again: what has ended by then is not over."""
    return run.ended_by == Step.APPROVE_SUSPENSION or (run.ended_by == Step.MERGE and after is not None)


def _of_deeds(life: Life) -> Iterator[Fact]:
    for one in life.dispatches:
        yield _fact(life, Kind.DISPATCHED, one.at, (not one.undone_by, one.undone_by == Step.RETURN), one)
    for one in life.finishes:
        yield _fact(life, Kind.FINISHED, one.at, (one.undone_by == Step.FAIL_CHECK,), one)
    for one in life.checks:
        yield _fact(life, Kind.CHECKED, one.at, (one.passed,), one)
    for one in life.revisits:
        if one.satisfaction is not None:
            yield _fact(life, Kind.ASKED, one.at, (one.satisfaction >= _SATISFIED,), one)


def contradicts_itself(fact: Fact) -> bool:
    """Whether it is a hit as closed on time, and none as closed: corrections alone could make it so."""
    closure, on_time = (1 << place for place in range(2))
    return fact.kind == Kind.DUE and bool(fact.hits & on_time) and not fact.hits & closure


def _corrected(fact: Fact, life: Life) -> Fact:
    """What an appeal has changed of it: left out, a hit, or no hit, each for one indicator."""
    counted, hits = fact.counted, fact.hits
    for place, code in enumerate(COUNTS_FOR[Kind(fact.kind)]):
        verdict = life.corrections.get((code, fact.at))
        if verdict == Verdict.OUT:
            counted &= ~(1 << place)
            hits &= ~(1 << place)
        elif verdict is not None:
            hits = hits | (1 << place) if verdict == Verdict.HIT else hits & ~(1 << place)
    return fact._replace(counted=counted, hits=hits)
