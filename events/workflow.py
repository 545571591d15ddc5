"""The workflow, as one table: states, steps, who may take which step from where, and what it carries.

Pure: no Django, no clock, no database. `docs/workflow.md` says the same in prose. Words follow CJ/T 214 and GB/T 34300.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an event stands, past participle."""

    REPORTED = "reported"
    VERIFYING = "verifying"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    SUSPENDED = "suspended"
    PENDING_CHECK = "pending_check"
    PENDING_CLOSE = "pending_close"
    CLOSED = "closed"
    SELF_CLOSED = "self_closed"
    REJECTED = "rejected"
    MERGED = "merged"
    VOIDED = "voided"


ENDED = frozenset({State.CLOSED, State.SELF_CLOSED, State.REJECTED, State.MERGED, State.VOIDED})
OPEN = frozenset(State) - ENDED


class Step(StrEnum):
    """A verb done to an event."""

    REPORT = "report"
    PLACE = "place"
    AMEND = "amend"
    SELF_RESOLVE = "self_resolve"
    ACCEPT = "accept"
    REJECT = "reject"
    DISPATCH = "dispatch"
    SIGN = "sign"
    RETURN = "return"
    FINISH = "finish"
    PASS_CHECK = "pass_check"  # noqa: S105 - a step, not a secret
    FAIL_CHECK = "fail_check"
    CLOSE = "close"
    URGE = "urge"
    WITHDRAW = "withdraw"
    NOTE = "note"


class Relation(StrEnum):
    """How the one who steps must stand to the event."""

    GRID = "grid"  # the event lies in a grid that this officer walks
    GROUND = "ground"  # the place lies in the region of the post
    HOLDER = "holder"  # works at the organisation that holds the event now
    LEAD = "lead"  # works at the organisation with the lead task, still in hand
    CHECK = "check"  # holds the check task, and did not sign, work on or finish the event
    CASE = "case"  # may read the event, and works in it
    TICKET = "ticket"  # the hotline whose ticket the event answers


class Stage(StrEnum):
    """What a clock runs for."""

    ACCEPT = "accept"
    DISPATCH = "dispatch"
    SIGN = "sign"
    HANDLE = "handle"
    CHECK = "check"
    CLOSE = "close"
    WHOLE = "whole"


# The stage whose clock runs while an event stands in a state; in the others none does.
STAGE_OF = {
    State.REPORTED: Stage.ACCEPT,
    State.ACCEPTED: Stage.DISPATCH,
    State.DISPATCHED: Stage.SIGN,
    State.HANDLING: Stage.HANDLE,
    State.PENDING_CHECK: Stage.CHECK,
    State.PENDING_CLOSE: Stage.CLOSE,
}


@dataclass(frozen=True)
class Transition:
    """One row of the table: `step` leads from any of `sources` to `target` (None: the state stays)."""

    step: Step
    sources: frozenset[State]
    target: State | None
    actors: frozenset[tuple[str, Relation]]  # (role, relation) pairs; any one suffices


def _row(step: Step, sources: Iterable[State], target: State | None, *actors: tuple[str, Relation]) -> Transition:
    return Transition(step=step, sources=frozenset(sources), target=target, actors=frozenset(actors))


_CASE_ROLES = (
    "grid_officer", "grid_lead", "acceptor", "dispatcher", "shift_lead", "dept_clerk", "dept_lead", "checker",
    "supervisor", "leader",
)  # fmt: skip
_CHECKERS = (("grid_officer", Relation.CHECK), ("checker", Relation.CHECK))

TRANSITIONS: tuple[Transition, ...] = (
    _row(Step.REPORT, (), State.REPORTED, ("grid_officer", Relation.GRID), ("acceptor", Relation.GROUND),
         ("hotline", Relation.TICKET)),
    _row(Step.PLACE, (State.REPORTED, State.VERIFYING, State.ACCEPTED), None, ("acceptor", Relation.HOLDER)),
    _row(Step.AMEND, (State.REPORTED, State.VERIFYING, State.ACCEPTED), None, ("acceptor", Relation.HOLDER)),
    _row(Step.SELF_RESOLVE, (State.REPORTED,), State.SELF_CLOSED, ("grid_officer", Relation.GRID)),
    _row(Step.ACCEPT, (State.REPORTED,), State.ACCEPTED, ("acceptor", Relation.HOLDER)),
    _row(Step.REJECT, (State.REPORTED,), State.REJECTED, ("acceptor", Relation.HOLDER)),
    _row(Step.DISPATCH, (State.ACCEPTED,), State.DISPATCHED, ("dispatcher", Relation.HOLDER)),
    _row(Step.SIGN, (State.DISPATCHED,), State.HANDLING, ("dept_clerk", Relation.LEAD)),
    _row(Step.RETURN, (State.DISPATCHED, State.HANDLING), State.ACCEPTED, ("dept_clerk", Relation.LEAD)),
    _row(Step.FINISH, (State.HANDLING,), State.PENDING_CHECK, ("dept_clerk", Relation.LEAD)),
    _row(Step.PASS_CHECK, (State.PENDING_CHECK,), State.PENDING_CLOSE, *_CHECKERS),
    _row(Step.FAIL_CHECK, (State.PENDING_CHECK,), State.HANDLING, *_CHECKERS),
    _row(Step.CLOSE, (State.PENDING_CLOSE,), State.CLOSED, ("acceptor", Relation.HOLDER),
         ("shift_lead", Relation.HOLDER)),
    _row(Step.URGE, OPEN, None, ("dispatcher", Relation.HOLDER), ("hotline", Relation.TICKET)),
    _row(Step.WITHDRAW, (State.REPORTED, State.VERIFYING, State.ACCEPTED), State.VOIDED, ("hotline", Relation.TICKET)),
    _row(Step.NOTE, OPEN, None, *((role, Relation.CASE) for role in _CASE_ROLES), ("hotline", Relation.TICKET)),
)  # fmt: skip

_BY_STEP = {row.step: row for row in TRANSITIONS}


def transition(step: Step) -> Transition:
    """The row of `step`."""
    return _BY_STEP[step]


def steps_from(state: State) -> tuple[Transition, ...]:
    """The rows that lead away from `state`, or happen within it, in the table's order."""
    return tuple(row for row in TRANSITIONS if state in row.sources)


def target(step: Step, state: State | None) -> State | None:
    """Where `step` leads from `state` (None: no event yet); None when the table has no such move."""
    row = _BY_STEP[step]
    if state is None:
        return row.target if not row.sources else None
    if state not in row.sources:
        return None
    return row.target or state


def fold(steps: Iterable[Step]) -> State | None:
    """The state that a journal's steps lead to, in order. Raises ValueError on a move that the table doesn't have."""
    state: State | None = None
    for step in steps:
        reached = target(step, state)
        if reached is None:
            raise ValueError(f"{step} is not possible from {state}")
        state = reached
    return state
