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
    RECATEGORISE = "recategorise"
    AMEND = "amend"
    SELF_RESOLVE = "self_resolve"
    REQUEST_VERIFY = "request_verify"
    CONFIRM = "confirm"
    REFUTE = "refute"
    CANNOT_TELL = "cannot_tell"
    ACCEPT = "accept"
    REJECT = "reject"
    MERGE = "merge"
    UNMERGE = "unmerge"
    TAKE_IN = "take_in"  # what the other event's journal says of a merge
    LET_GO = "let_go"  # and of its undoing
    DISPATCH = "dispatch"
    SIGN = "sign"
    RETURN = "return"
    REDISPATCH = "redispatch"
    ADD_JOINT = "add_joint"
    RECALL_JOINT = "recall_joint"
    JOINT_SIGN = "joint_sign"
    JOINT_FINISH = "joint_finish"
    JOINT_RETURN = "joint_return"
    ESCALATE = "escalate"
    ASSIGN_DOWN = "assign_down"
    REQUEST_EXTENSION = "request_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    ASK_SUSPENSION = "ask_suspension"
    APPROVE_SUSPENSION = "approve_suspension"
    REFUSE_SUSPENSION = "refuse_suspension"
    RESUME = "resume"
    FINISH = "finish"
    PASS_CHECK = "pass_check"  # noqa: S105 - a step, not a secret
    FAIL_CHECK = "fail_check"
    CLOSE = "close"
    FORCE_CLOSE = "force_close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    VOID = "void"
    URGE = "urge"
    SUPERVISE = "supervise"
    INSTRUCT = "instruct"
    COPY_TO = "copy_to"
    MARK_URGENT = "mark_urgent"
    NOTE = "note"
    HAND_OVER = "hand_over"
    SUPPLEMENT = "supplement"
    REVISIT = "revisit"
    REDACT = "redact"
    APPEAL = "appeal"  # an organisation contests how the event counts
    CORRECT = "correct"  # it counts otherwise from now on
    DISMISS = "dismiss"  # it counts as it did
    RESTORE = "restore"  # a correction is taken back


class Relation(StrEnum):
    """How the one who steps must stand to the event."""

    GRID = "grid"  # the event lies in a grid that this officer walks
    GROUND = "ground"  # the place lies in the region of the post
    HOLDER = "holder"  # works at the organisation that holds the event now
    ROUTINE = "routine"  # the same, as long as it has not been returned so often that the shift lead decides
    RULING = "ruling"  # the same, from then on
    ABOVE = "above"  # the place lies in the region of the post, or its organisation holds the event
    LEAD = "lead"  # works at the organisation with the lead task, still in hand
    JOINT = "joint"  # works at an organisation with a joint task, still in hand
    # Was asked to verify, or walks the grid by now, or leads it once that was handed over.
    VERIFY = "verify"
    CHECK = "check"  # the same of the check, or checks for the holder; and did not sign, work on or finish the event
    PARTY = "party"  # works at an organisation that holds or held it, or has or had a task in it
    CASE = "case"  # the same, or works or worked on it, reported it, or another organisation's grant lets it take part
    TICKET = "ticket"  # the hotline whose ticket the event answers
    CLOCK = "clock"  # the house's own watch over allowances
    RULE = "rule"  # the house's own rules: its category is one that the city lets them dispatch
    OTHER = "other"  # merges another event into this one, or parts it again: never a step by itself
    ALARM = "alarm"  # the source whose message the event is about


class Stage(StrEnum):
    """What a clock runs for."""

    ACCEPT = "accept"
    VERIFY = "verify"
    DISPATCH = "dispatch"
    SIGN = "sign"
    HANDLE = "handle"
    REVIEW = "review"  # until a suspended event is looked at again
    CHECK = "check"
    CLOSE = "close"
    WHOLE = "whole"


# The stage whose clock runs while an event stands in a state; in the others none does.
STAGE_OF = {
    State.REPORTED: Stage.ACCEPT,
    State.VERIFYING: Stage.VERIFY,
    State.ACCEPTED: Stage.DISPATCH,
    State.DISPATCHED: Stage.SIGN,
    State.HANDLING: Stage.HANDLE,
    State.SUSPENDED: Stage.REVIEW,
    State.PENDING_CHECK: Stage.CHECK,
    State.PENDING_CLOSE: Stage.CLOSE,
}


@dataclass(frozen=True)
class Transition:
    """One row of the table: `step` leads from any of `sources` to `target` (None: the state stays).

    `back`: it leads to the state that the event was merged from.
    """

    step: Step
    sources: frozenset[State]
    target: State | None
    actors: frozenset[tuple[str, Relation]]  # (role, relation) pairs; any one suffices
    back: bool = False


def _row(
    step: Step, sources: Iterable[State], target: State | None, *actors: tuple[str, Relation], back: bool = False
) -> Transition:  # fmt: skip
    return Transition(step=step, sources=frozenset(sources), target=target, actors=frozenset(actors), back=back)


_CASE_ROLES = (
    "grid_officer", "grid_lead", "acceptor", "dispatcher", "shift_lead", "dept_clerk", "dept_lead", "checker",
    "supervisor", "leader",
)  # fmt: skip
_CHECKERS = (("grid_officer", Relation.CHECK), ("checker", Relation.CHECK), ("grid_lead", Relation.CHECK))
_VERIFIER = ("grid_officer", Relation.VERIFY)
_LEADING = ("grid_lead", Relation.VERIFY)
_ACCEPTOR = ("acceptor", Relation.HOLDER)
_DISPATCHER = ("dispatcher", Relation.HOLDER)
_SHIFT_LEAD = ("shift_lead", Relation.HOLDER)
_LEADER = ("leader", Relation.HOLDER)
_CLERK = ("dept_clerk", Relation.LEAD)
_DEPT_LEAD = ("dept_lead", Relation.LEAD)
_JOINT = ("dept_clerk", Relation.JOINT)
_HOTLINE = ("hotline", Relation.TICKET)
_SOURCE = ("source", Relation.ALARM)
_REOPENABLE = (State.CLOSED, State.SELF_CLOSED, State.REJECTED)
_BEFORE_DISPATCH = (State.REPORTED, State.VERIFYING, State.ACCEPTED)
_WITH_LEAD = (State.DISPATCHED, State.HANDLING)
_COUNTED = tuple(state for state in State if state != State.VOIDED)  # a void event counts for nothing
# Above whom, and where nobody is above: `policy.may_decide`.
_DECIDERS = (("supervisor", Relation.ABOVE), ("leader", Relation.ABOVE))
_MERGERS = (("acceptor", Relation.OTHER), ("dispatcher", Relation.OTHER))

TRANSITIONS: tuple[Transition, ...] = (
    _row(Step.REPORT, (), State.REPORTED, ("grid_officer", Relation.GRID), ("acceptor", Relation.GROUND), _HOTLINE,
         _SOURCE),
    _row(Step.PLACE, _BEFORE_DISPATCH, None, _ACCEPTOR, _VERIFIER, _LEADING),
    _row(Step.RECATEGORISE, _BEFORE_DISPATCH, None, _ACCEPTOR, _VERIFIER, _LEADING),
    _row(Step.AMEND, _BEFORE_DISPATCH, None, _ACCEPTOR, _VERIFIER, _LEADING),
    _row(Step.SELF_RESOLVE, (State.REPORTED,), State.SELF_CLOSED, ("grid_officer", Relation.GRID)),
    _row(Step.REQUEST_VERIFY, (State.REPORTED,), State.VERIFYING, _ACCEPTOR),
    _row(Step.CONFIRM, (State.VERIFYING,), State.ACCEPTED, _VERIFIER, _LEADING),
    _row(Step.REFUTE, (State.VERIFYING,), State.REJECTED, _VERIFIER, _LEADING),
    _row(Step.CANNOT_TELL, (State.VERIFYING,), State.REPORTED, _VERIFIER, _LEADING),
    _row(Step.ACCEPT, (State.REPORTED,), State.ACCEPTED, _ACCEPTOR),
    _row(Step.REJECT, (State.REPORTED,), State.REJECTED, _ACCEPTOR),
    _row(Step.MERGE, OPEN, State.MERGED, _ACCEPTOR, _DISPATCHER),
    _row(Step.UNMERGE, (State.MERGED,), None, _ACCEPTOR, _DISPATCHER, back=True),
    _row(Step.TAKE_IN, OPEN, None, *_MERGERS),
    _row(Step.LET_GO, OPEN, None, *_MERGERS),
    _row(Step.DISPATCH, (State.ACCEPTED,), State.DISPATCHED, ("dispatcher", Relation.ROUTINE),
         ("shift_lead", Relation.RULING), ("system", Relation.RULE)),
    _row(Step.SIGN, (State.DISPATCHED,), State.HANDLING, _CLERK),
    _row(Step.RETURN, _WITH_LEAD, State.ACCEPTED, _CLERK),
    _row(Step.REDISPATCH, _WITH_LEAD, State.DISPATCHED, ("dispatcher", Relation.ROUTINE), _SHIFT_LEAD),
    # Shares of joint organisations: rows of their own, so that the event's state never waits for one of them here.
    _row(Step.ADD_JOINT, _WITH_LEAD, None, _DISPATCHER, _SHIFT_LEAD),
    _row(Step.RECALL_JOINT, _WITH_LEAD, None, _DISPATCHER, _SHIFT_LEAD),
    _row(Step.JOINT_SIGN, _WITH_LEAD, None, _JOINT),
    _row(Step.JOINT_FINISH, _WITH_LEAD, None, _JOINT),
    _row(Step.JOINT_RETURN, _WITH_LEAD, None, _JOINT),
    _row(Step.ESCALATE, (State.REPORTED, State.ACCEPTED, State.HANDLING), State.REPORTED, _ACCEPTOR,
         ("grid_lead", Relation.GROUND)),
    _row(Step.ASSIGN_DOWN, (State.ACCEPTED,), State.REPORTED, _DISPATCHER),
    _row(Step.REQUEST_EXTENSION, (State.HANDLING,), None, _CLERK),
    _row(Step.GRANT_EXTENSION, (State.HANDLING,), None, _DISPATCHER, _SHIFT_LEAD),
    _row(Step.REFUSE_EXTENSION, (State.HANDLING,), None, _DISPATCHER, _SHIFT_LEAD),
    _row(Step.ASK_SUSPENSION, (State.HANDLING,), None, _DEPT_LEAD),
    _row(Step.APPROVE_SUSPENSION, (State.HANDLING,), State.SUSPENDED, _LEADER),
    _row(Step.REFUSE_SUSPENSION, (State.HANDLING,), None, _LEADER),
    _row(Step.RESUME, (State.SUSPENDED,), State.HANDLING, _DEPT_LEAD, _LEADER),
    _row(Step.FINISH, (State.HANDLING,), State.PENDING_CHECK, _CLERK),
    _row(Step.PASS_CHECK, (State.PENDING_CHECK,), State.PENDING_CLOSE, *_CHECKERS),
    _row(Step.FAIL_CHECK, (State.PENDING_CHECK,), State.HANDLING, *_CHECKERS),
    _row(Step.CLOSE, (State.PENDING_CLOSE,), State.CLOSED, _ACCEPTOR, _SHIFT_LEAD),
    _row(Step.FORCE_CLOSE, OPEN, State.CLOSED, _SHIFT_LEAD),
    _row(Step.REOPEN, _REOPENABLE, State.ACCEPTED, _ACCEPTOR, _HOTLINE),
    _row(Step.WITHDRAW, _BEFORE_DISPATCH, State.VOIDED, _HOTLINE),
    _row(Step.VOID, (State.REPORTED,), State.VOIDED, _SHIFT_LEAD),
    _row(Step.URGE, OPEN, None, _DISPATCHER, _HOTLINE, _SOURCE),
    _row(Step.SUPERVISE, OPEN, None, ("supervisor", Relation.ABOVE), ("system", Relation.CLOCK)),
    _row(Step.INSTRUCT, OPEN, None, ("leader", Relation.ABOVE)),
    _row(Step.COPY_TO, OPEN, None, _DISPATCHER),
    _row(Step.MARK_URGENT, OPEN, None, _ACCEPTOR),
    _row(Step.NOTE, OPEN, None, *((role, Relation.CASE) for role in _CASE_ROLES), _HOTLINE),
    _row(Step.HAND_OVER, (State.VERIFYING, State.PENDING_CHECK), None, ("system", Relation.CLOCK)),
    _row(Step.SUPPLEMENT, OPEN, None, _HOTLINE),
    _row(Step.REVISIT, (*OPEN, *_REOPENABLE), None, _HOTLINE),
    _row(Step.REDACT, State, None, _SHIFT_LEAD, ("system", Relation.CLOCK)),
    # How it counts; none of these changes what was done or when.
    _row(Step.APPEAL, _COUNTED, None, ("dept_lead", Relation.PARTY), ("shift_lead", Relation.PARTY)),
    _row(Step.CORRECT, _COUNTED, None, *_DECIDERS),
    _row(Step.DISMISS, _COUNTED, None, *_DECIDERS),
    _row(Step.RESTORE, _COUNTED, None, *_DECIDERS),
)  # fmt: skip

_BY_STEP = {row.step: row for row in TRANSITIONS}


def transition(step: Step) -> Transition:
    """The row of `step`."""
    return _BY_STEP[step]


def steps_from(state: State) -> tuple[Transition, ...]:
    """The rows that lead away from `state`, or happen within it, in the table's order."""
    return tuple(row for row in TRANSITIONS if state in row.sources)


def target(step: Step, state: State | None, before: State | None = None) -> State | None:
    """Where `step` leads from `state` (None: no event yet); None when the table has no such move.

    `before` is where a merged event stood when it was merged, and where parting it leads back to.
    """
    row = _BY_STEP[step]
    if state is None:
        return row.target if not row.sources else None
    if state not in row.sources:
        return None
    return before if row.back else row.target or state


def fold(steps: Iterable[Step]) -> State | None:
    """The state that a journal's steps lead to, in order. Raises ValueError on a move that the table doesn't have."""
    state: State | None = None
    before: State | None = None
    for step in steps:
        reached = target(step, state, before)
        if reached is None:
            raise ValueError(f"{step} is not possible from {state}")
        before = state if step is Step.MERGE else before
        state = reached
    return state
