"""Sharing between organisations: what a grant opens, for whom, and who may ask for one, answer it or end it.

Deny by default. A grant opens to its grantee's staff the owner's events of its classes in its region, and of these
never one that is kept within its case. What was itself lent is never the owner's to lend: a centre lends the events of
its ground, any other organisation those in which it has or had a task.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.models import CLASS_RESTRICTED
from events.sight import Opening, Scope
from grid.models import EventGrant, GrantState, Role
from grid.policy import Access, Duty, Lent

# Who reads by region, organisation or case; not who reads own grids, devices or the audit trail alone.
READERS = (
    Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD, Role.DEPT_CLERK, Role.DEPT_LEAD, Role.CHECKER, Role.SUPERVISOR,
    Role.LEADER,
)  # fmt: skip
ASKERS = (Role.SHIFT_LEAD, Role.DEPT_LEAD, Role.LEADER)
ANSWERERS = (Role.DEPT_LEAD, Role.LEADER)  # who answers for the organisation: as with suspensions, never a shift


class Standing(StrEnum):
    """How a grant stands at a moment: what was done about it, and the time."""

    ASKED = "asked"
    COMING = "coming"  # granted, and not begun
    HOLDS = "holds"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    LAPSED = "lapsed"  # its time is over, answered or not


class Act(StrEnum):
    """What is done about a grant after it was asked for."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    END = "end"


@dataclass(frozen=True)
class Verdict:
    """Whether somebody may do it; if not, why not. `late`: nobody may, as the grant stands."""

    allowed: bool
    reason: str | Promise = ""
    code: str = ""
    late: bool = False


def openings(access: Access) -> tuple[Opening, ...]:
    """What is lent to the organisations where somebody reads events, as sight looks at it; equal ones are one."""
    reading = {duty.organisation for duty in access.having(*READERS)}
    found = {_opening(lent) for lent in access.lent if lent.grantee in reading}
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.path, one.classes, one.owner)))


def _opening(lent: Lent) -> Opening | None:
    classes = tuple(code for code in lent.classes if not code.startswith(CLASS_RESTRICTED))
    if not lent.path or not classes:
        return None
    return Opening(path=lent.path, classes=classes, owner=0 if lent.by_ground else lent.owner)


def shown_by(access: Access, scope: Scope) -> Lent | None:
    """The grant that opens an event of this scope to somebody, the longest of several; None where none does."""
    reading = {duty.organisation for duty in access.having(*READERS)}
    found = [lent for lent in access.lent if lent.grantee in reading and _opens(lent, scope)]
    return max(found, key=lambda lent: lent.until, default=None)


def joins(access: Access, duty: Duty, scope: Scope) -> bool:
    """Whether a grant lets the organisation of a duty take part in an event of this scope."""
    return duty.role in READERS and any(
        lent.join and lent.grantee == duty.organisation and _opens(lent, scope) for lent in access.lent
    )


def _opens(lent: Lent, scope: Scope) -> bool:
    opening = _opening(lent)
    return opening is not None and not scope.restricted and opening.opens(scope)


def standing_of(grant: EventGrant, now: datetime) -> Standing:
    """How a grant stands at `now`: access follows from this alone, whether or not anything has run since."""
    if grant.state in (GrantState.ASKED, GrantState.GRANTED) and grant.until <= now:
        return Standing.LAPSED
    if grant.state != GrantState.GRANTED:
        return Standing(grant.state)
    return Standing.HOLDS if grant.since <= now else Standing.COMING


_STARTS = {
    Act.APPROVE: {Standing.ASKED},
    Act.REFUSE: {Standing.ASKED},
    Act.WITHDRAW: {Standing.ASKED},
    Act.END: {Standing.COMING, Standing.HOLDS},
}
_STANDS: dict[Standing, str | Promise] = {
    Standing.ASKED: _("It has not been answered yet: there is nothing to end."),
    Standing.COMING: _("It has been approved already."),
    Standing.HOLDS: _("It has been approved already."),
    Standing.REFUSED: _("It has been refused already."),
    Standing.WITHDRAWN: _("The request has been withdrawn by who asked."),
    Standing.ENDED: _("The sharing has been ended already."),
    Standing.LAPSED: _("Its time is over. Ask again, for a new period."),
}


def may(access: Access, act: Act, grant: EventGrant, *, now: datetime) -> Verdict:
    """Whether somebody who sees a grant may do this about it at `now`."""
    standing = standing_of(grant, now)
    if not _is_among(access, act, grant):
        return Verdict(False, _WHO[act], "not-yours-to-answer")
    if standing not in _STARTS[act]:
        return Verdict(False, _STANDS[standing], f"grant-{standing}", late=True)
    if act is Act.APPROVE and grant.asked_by_id == access.user:
        return Verdict(False, _("You have asked for it yourself: somebody else has to approve it."), "own-request")
    return Verdict(True)


_WHO: dict[Act, str | Promise] = {
    Act.APPROVE: _("The owner's leader or department lead approves or refuses it."),
    Act.REFUSE: _("The owner's leader or department lead approves or refuses it."),
    Act.WITHDRAW: _("Only the organisation that asked can take its request back."),
    Act.END: _("The owner's leader or department lead ends it, or whoever asks for the organisation that has it."),
}


def _is_among(access: Access, act: Act, grant: EventGrant) -> bool:
    answers = any(duty.organisation == grant.owner_id for duty in access.having(*ANSWERERS))
    asks = any(duty.organisation == grant.grantee_id for duty in access.having(*ASKERS))
    return {Act.WITHDRAW: asks, Act.END: answers or asks}.get(act, answers)
