"""What follows from a step that works, by hand from the domain's description: the other half of the model."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.domain.whole_table import ROWS, Actor, Place, Share, Told, lead_to_ask


@dataclass(frozen=True)
class Kind:
    """A category, as far as it matters here."""

    code: str
    urgent: bool

    @property
    def kept(self) -> bool:
        """Within the case."""
        return self.code.startswith("09")


@dataclass(frozen=True)
class Ground:
    """A grid, and who walks it."""

    pk: int
    path: str
    walkers: frozenset[int]


@dataclass(frozen=True)
class Chosen:
    """What a step carries that matters afterwards."""

    organisation: Place | None = None
    kind: Kind | None = None
    ground: Ground | None = None
    returnable_until: datetime | None = None
    joint: tuple[Place, ...] = ()


def follow(told: Told, step: str, actor: Actor, chosen: Chosen, now: datetime, *, above: Place | None = None) -> None:
    """The event after a step that works."""
    effect = _EFFECTS.get(step)
    if effect is not None:
        effect(told, actor, chosen)
    if step == "escalate" and above is not None:
        _hold(told, above)
    target = ROWS[step].target
    told.version += 1
    if target != "=":
        told.merged_from, told.state = (
            told.state if step == "merge" else "",
            told.merged_from if target == "back" else target,
        )
        told.ended_at = None if told.is_open else now


def categorise(told: Told, kind: Kind) -> None:
    """Under a category; it is urgent when that is."""
    told.category = kind.code
    told.urgent = told.urgent or kind.urgent
    told.restricted = kind.kept or told.secret


def put(told: Told, ground: Ground) -> None:
    """In a grid."""
    told.grid, told.path, told.walkers = ground.pk, ground.path, ground.walkers


def _recategorise(told: Told, _actor: Actor, chosen: Chosen) -> None:
    assert chosen.kind is not None
    told.urgent = told.urgent and not told.kinds_urgency
    categorise(told, chosen.kind)
    told.kinds_urgency = chosen.kind.urgent


def _place(told: Told, _actor: Actor, chosen: Chosen) -> None:
    assert chosen.ground is not None
    put(told, chosen.ground)


def _confirm(told: Told, _actor: Actor, chosen: Chosen) -> None:
    told.verifier = told.handed_to = None
    if chosen.kind is not None:
        categorise(told, chosen.kind)
        told.kinds_urgency = chosen.kind.urgent


def _dispatch(told: Told, _actor: Actor, chosen: Chosen) -> None:
    assert chosen.organisation is not None
    told.lead = told.last_lead = chosen.organisation.pk
    told.parties.add(chosen.organisation.pk)
    told.returnable_until = chosen.returnable_until
    told.asked = ""
    told.shares_returned = 0
    told.shares = {pk: share for pk, share in told.shares.items() if pk in {one.pk for one in chosen.joint}}
    _share_out(told, chosen)


def _share_out(told: Told, chosen: Chosen) -> None:
    assert chosen.returnable_until is not None
    for one in chosen.joint:
        told.shares.setdefault(one.pk, Share(chosen.returnable_until))
        told.parties.add(one.pk)


def _add_joint(told: Told, _actor: Actor, chosen: Chosen) -> None:
    _share_out(told, chosen)
    told.shares_returned = 0


def _recall_joint(told: Told, _actor: Actor, chosen: Chosen) -> None:
    for one in chosen.joint:
        del told.shares[one.pk]


def _own(told: Told, actor: Actor) -> int:
    """The organisation with the share that somebody steps for."""
    return next(desk.at.pk for desk in actor.desks if desk.role == "dept_clerk" and desk.at.pk in told.shares)


def _joint_sign(told: Told, actor: Actor, _chosen: Chosen) -> None:
    told.shares[_own(told, actor)].signed = True
    told.hands.add(actor.user)


def _joint_finish(told: Told, actor: Actor, _chosen: Chosen) -> None:
    del told.shares[_own(told, actor)]
    told.hands.add(actor.user)


def _joint_return(told: Told, actor: Actor, chosen: Chosen) -> None:
    _joint_finish(told, actor, chosen)
    told.shares_returned += 1


def _sign(told: Told, actor: Actor, _chosen: Chosen) -> None:
    told.hands.add(actor.user)


def _give_back(told: Told, actor: Actor, _chosen: Chosen) -> None:
    told.hands.add(actor.user)
    told.returns += 1
    _break_off(told, actor, _chosen)


def _break_off(told: Told, _actor: Actor, _chosen: Chosen) -> None:
    told.lead = told.verifier = told.checker = told.check_at = told.handed_to = None
    told.asked = ""
    told.shares, told.shares_returned = {}, 0


def _hold(told: Told, centre: Place) -> None:
    told.holder = centre
    told.passed.add(centre.pk)


def _assign_down(told: Told, _actor: Actor, chosen: Chosen) -> None:
    assert chosen.organisation is not None
    _hold(told, chosen.organisation)


def _copy(told: Told, _actor: Actor, chosen: Chosen) -> None:
    assert chosen.organisation is not None
    told.parties.add(chosen.organisation.pk)


def _asks(kind: str) -> "Effect":
    return lambda told, _actor, _chosen: setattr(told, "asked", kind)


def _grant(told: Told, _actor: Actor, _chosen: Chosen) -> None:
    told.asked = ""
    told.extensions += 1


def _finish(told: Told, actor: Actor, _chosen: Chosen) -> None:
    told.hands.add(actor.user)
    told.lead, told.asked = None, ""
    told.shares_returned = 0
    told.check_at = told.holder.pk
    told.parties.add(told.holder.pk)


def _checked(told: Told, _actor: Actor, _chosen: Chosen) -> None:
    told.checker = told.check_at = told.handed_to = None


def _fail(told: Told, actor: Actor, chosen: Chosen) -> None:
    _checked(told, actor, chosen)
    told.lead = told.last_lead


def _reopen(told: Told, actor: Actor, chosen: Chosen) -> None:
    _break_off(told, actor, chosen)
    told.extensions = 0


def _merge(told: Told, _actor: Actor, _chosen: Chosen) -> None:
    mate = told.mate
    assert mate is not None
    mate.version += 1
    mate.taken_in += 1
    mate.tickets += told.tickets
    told.brought, told.tickets = told.tickets, 0


def _unmerge(told: Told, _actor: Actor, chosen: Chosen) -> None:
    mate = told.mate
    assert mate is not None
    mate.version += 1
    mate.taken_in -= 1
    mate.tickets -= told.brought
    told.brought, told.tickets = 0, told.brought
    if chosen.returnable_until is not None:
        told.returnable_until = chosen.returnable_until


def _hand_over(told: Told, _actor: Actor, _chosen: Chosen) -> None:
    told.handed_to = lead_to_ask(told)
    told.workers.add(told.handed_to)


def _mark_urgent(told: Told, _actor: Actor, _chosen: Chosen) -> None:
    told.urgent = True


Effect = Callable[[Told, Actor, Chosen], None]
_EFFECTS: dict[str, Effect] = {
    "place": _place, "recategorise": _recategorise, "confirm": _confirm, "refute": _break_off,
    "cannot_tell": _break_off, "dispatch": _dispatch, "redispatch": _dispatch, "sign": _sign, "return": _give_back,
    "escalate": _break_off, "assign_down": _assign_down, "copy_to": _copy, "request_extension": _asks("extension"),
    "grant_extension": _grant, "refuse_extension": _asks(""), "ask_suspension": _asks("suspension"),
    "approve_suspension": _asks(""), "refuse_suspension": _asks(""), "finish": _finish, "pass_check": _checked,
    "fail_check": _fail, "force_close": _break_off, "withdraw": _break_off, "void": _break_off, "reopen": _reopen,
    "mark_urgent": _mark_urgent, "add_joint": _add_joint, "recall_joint": _recall_joint, "joint_sign": _joint_sign,
    "joint_finish": _joint_finish, "joint_return": _joint_return, "merge": _merge, "unmerge": _unmerge,
    "hand_over": _hand_over,
}  # fmt: skip
