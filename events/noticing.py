"""Whom a step concerns who did not take it: the rule of notices, pure.

An address is an organisation with a role held there, or one person. What merely comes in by the ordinary way waits in a
worklist and is told to nobody; a notice is what somebody would want to hear of now: work given or taken back, pressing
from above, applications and their answers, and how one's own report ended.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from events.guards import MOST_RETURNS
from events.workflow import State, Step

KEPT = timedelta(days=30)
ON_THE_SPOT = "spot"  # whoever has the verification or check in hand; the tasks say who that is


class Kind(StrEnum):
    """What sort of notice it is, for its mark and for choosing among many."""

    GIVEN = "given"  # work for one's organisation, or taken from it
    RETURNED = "returned"
    PRESSED = "pressed"  # urged, supervised, marked, instructed
    ASKED = "asked"  # an application waits for an answer
    ANSWERED = "answered"
    ENDED = "ended"
    TOLD = "told"


@dataclass(frozen=True)
class Happening:
    """A step that was taken, and how the event stands after it: organisations and people by their ids."""

    step: Step
    state: State
    holder: int
    lead: int | None = None
    reporter: int | None = None
    urgent: bool = False
    returns: int = 0
    payload: Mapping[str, Any] = field(default_factory=dict)
    came_from: State | None = None  # where it stood before the step


def at(organisation: int | None, *roles: str) -> tuple[str, ...]:
    """The addresses of these roles at an organisation; none without one."""
    return tuple(f"{organisation}:{role}" for role in roles) if organisation is not None else ()


def person(user: int | None) -> tuple[str, ...]:
    """The address of one person; none without one."""
    return (f"user:{user}",) if user is not None else ()


def kind_of(step: Step) -> Kind:
    """What sort of notice a step makes."""
    return _KINDS.get(step, Kind.TOLD)


def addressees(happened: Happening) -> tuple[str, ...]:
    """Whom a step concerns, each once, in order of their text; empty where nobody needs to hear of it.

    `ON_THE_SPOT` among them stands for whoever has the verification or check in hand.
    """
    rule = _RULES.get(happened.step)
    return tuple(sorted(set(rule(happened)))) if rule else ()


def _has_it(happened: Happening) -> tuple[str, ...]:
    """Whose move it is."""
    held = {
        State.REPORTED: at(happened.holder, "acceptor"),
        State.ACCEPTED: _decides(happened),
        State.PENDING_CLOSE: at(happened.holder, "acceptor"),
        State.VERIFYING: (ON_THE_SPOT,),
        State.PENDING_CHECK: (ON_THE_SPOT,),
    }
    return held.get(happened.state, at(happened.lead, "dept_clerk"))


def _decides(happened: Happening) -> tuple[str, ...]:
    """Who dispatches: after the third return the shift lead."""
    return at(happened.holder, "shift_lead" if happened.returns >= MOST_RETURNS else "dispatcher")


def _shares(happened: Happening, *names: str) -> tuple[str, ...]:
    """The clerks of the joint organisations that the journal's entry names."""
    named = [one["organisation"] for name in names for one in happened.payload.get(name, ())]
    return tuple(address for organisation in named for address in at(organisation, "dept_clerk"))


def _given(happened: Happening) -> tuple[str, ...]:
    return at(happened.lead, "dept_clerk") + _shares(happened, "joint", "recalled")


def _regiven(happened: Happening) -> tuple[str, ...]:
    """Also whoever it was taken from."""
    return _given(happened) + at(happened.payload.get("taken_from_id"), "dept_clerk")


def _withdrawn(happened: Happening) -> tuple[str, ...]:
    """Whose move it was; whoever was on the spot is named, because that task has ended with it."""
    sent = happened.payload.get("on_the_spot", ())
    named = [person(one["user"]) or at(one["organisation"], "checker") for one in sent]
    if named:
        return tuple(address for addresses in named for address in addresses)
    return _has_it(replace(happened, state=happened.came_from or happened.state))


def _parted(happened: Happening) -> tuple[str, ...]:
    """It goes on where it stood, and its reporter waits for it again."""
    return _has_it(happened) + at(happened.lead, "dept_clerk") + _ended(happened)


def _appealed(happened: Happening) -> tuple[str, ...]:
    """Those who may decide it: at the centres, and on the posts, that the entry names."""
    posts = happened.payload.get("decided_by", ("supervisor",))
    return tuple(address for centre in happened.payload.get("deciders", ()) for address in at(centre, *posts))


def _decided(happened: Happening) -> tuple[str, ...]:
    """Those who may appeal for the organisation that did."""
    return at(happened.payload.get("appellant"), "dept_lead", "shift_lead")


def _pressed(happened: Happening) -> tuple[str, ...]:
    """Who has it, their lead, and those who answer for the centre; of a joint share its own organisation alone."""
    if "task" in happened.payload:
        return at(happened.payload["organisation"], "dept_clerk", "dept_lead")
    above = ("shift_lead", "supervisor") if happened.payload.get("new") == "red" else ("shift_lead",)
    return _has_it(happened) + at(happened.lead, "dept_lead") + at(happened.holder, *above)


def _lead(happened: Happening) -> tuple[str, ...]:
    return at(happened.lead, "dept_clerk", "dept_lead")


def _ended(happened: Happening) -> tuple[str, ...]:
    return person(happened.reporter)


def _stopped(happened: Happening) -> tuple[str, ...]:
    """It ended while others were at work on it."""
    return at(happened.lead, "dept_clerk") + _shares(happened, "recalled") + _ended(happened)


def _copied(happened: Happening) -> tuple[str, ...]:
    return at(happened.payload.get("organisation"), "dept_clerk", "dept_lead", "acceptor")


def _dissatisfied(happened: Happening) -> tuple[str, ...]:
    return at(happened.holder, "shift_lead") if happened.payload.get("satisfaction") == 0 else ()


_Rule = Callable[[Happening], tuple[str, ...]]
_RULES: Mapping[Step, _Rule] = MappingProxyType({
    Step.REPORT: lambda h: at(h.holder, "acceptor") if h.urgent else (),
    Step.REQUEST_VERIFY: lambda _h: (ON_THE_SPOT,),
    Step.CANNOT_TELL: _has_it,
    Step.DISPATCH: _given,
    Step.REDISPATCH: _regiven,
    Step.ADD_JOINT: lambda h: _shares(h, "joint"),
    Step.RECALL_JOINT: lambda h: _shares(h, "recalled"),
    Step.JOINT_FINISH: lambda h: at(h.lead, "dept_clerk"),
    Step.JOINT_RETURN: lambda h: at(h.holder, "dispatcher", "shift_lead"),
    Step.RETURN: _decides,
    Step.ESCALATE: lambda h: at(h.holder, "acceptor") + _shares(h, "recalled"),
    Step.ASSIGN_DOWN: lambda h: at(h.holder, "acceptor"),
    Step.REQUEST_EXTENSION: lambda h: at(h.holder, "dispatcher", "shift_lead"),
    Step.GRANT_EXTENSION: _lead,
    Step.REFUSE_EXTENSION: _lead,
    Step.ASK_SUSPENSION: lambda h: at(h.holder, "leader"),
    Step.APPROVE_SUSPENSION: _lead,
    Step.REFUSE_SUSPENSION: _lead,
    Step.RESUME: lambda h: at(h.lead, "dept_clerk") + _shares(h, "joint"),
    Step.FINISH: lambda _h: (ON_THE_SPOT,),
    Step.FAIL_CHECK: _lead,
    Step.HAND_OVER: lambda _h: (ON_THE_SPOT,),
    Step.CLOSE: _ended,
    Step.REJECT: _ended,
    Step.REFUTE: _ended,
    Step.VOID: _ended,
    Step.MERGE: _stopped,
    Step.FORCE_CLOSE: _stopped,
    Step.WITHDRAW: _withdrawn,
    Step.UNMERGE: _parted,
    Step.REOPEN: _decides,
    Step.URGE: _has_it,
    Step.SUPPLEMENT: _has_it,
    Step.MARK_URGENT: _has_it,
    Step.SUPERVISE: _pressed,
    Step.INSTRUCT: _pressed,
    Step.COPY_TO: _copied,
    Step.REVISIT: _dissatisfied,
    Step.APPEAL: _appealed,
    Step.CORRECT: _decided,
    Step.DISMISS: _decided,
    Step.RESTORE: _decided,
})  # fmt: skip

_KINDS: Mapping[Step, Kind] = MappingProxyType({
    **dict.fromkeys((Step.REPORT, Step.REQUEST_VERIFY, Step.DISPATCH, Step.REDISPATCH, Step.ADD_JOINT,
                     Step.RECALL_JOINT, Step.ESCALATE, Step.ASSIGN_DOWN, Step.FINISH, Step.HAND_OVER, Step.REOPEN,
                     Step.RESUME, Step.UNMERGE),
                    Kind.GIVEN),
    **dict.fromkeys((Step.RETURN, Step.JOINT_RETURN, Step.FAIL_CHECK, Step.CANNOT_TELL), Kind.RETURNED),
    **dict.fromkeys((Step.URGE, Step.SUPERVISE, Step.INSTRUCT, Step.MARK_URGENT, Step.REVISIT), Kind.PRESSED),
    **dict.fromkeys((Step.REQUEST_EXTENSION, Step.ASK_SUSPENSION, Step.APPEAL), Kind.ASKED),
    **dict.fromkeys((Step.GRANT_EXTENSION, Step.REFUSE_EXTENSION, Step.APPROVE_SUSPENSION, Step.REFUSE_SUSPENSION,
                     Step.CORRECT, Step.DISMISS, Step.RESTORE),
                    Kind.ANSWERED),
    **dict.fromkeys((Step.CLOSE, Step.REJECT, Step.REFUTE, Step.VOID, Step.MERGE, Step.FORCE_CLOSE, Step.WITHDRAW),
                    Kind.ENDED),
})  # fmt: skip
