"""What steps change of joint shares: each organisation's own task, with a state and clocks of its own.

None of it touches the state of the event or the lead's task.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from events.guards import MOST_JOINT
from events.models import Supervision, Task, TaskKind, TaskState
from events.models.calendar import working_calendar
from events.policy import share_of
from events.services import deeds, routing, shares
from events.services.effects.base import Case
from grid.refusals import Invalid


def share_out(case: Case, numbers: Sequence[int]) -> None:
    """A share for each organisation that has none in hand. Raises Invalid for one that can't be given any."""
    event = case.event
    has = {task.organisation_id: task for task in shares.in_hand(case.tasks)}
    if kept := [case.told(has[number]) for number in numbers if number in has]:
        case.payload["kept"] = kept
    wanted = [number for number in numbers if number not in has]
    if not wanted:
        return
    if event.joint + len(wanted) > MOST_JOINT:
        raise Invalid("too-many-joint", _("At most %d joint organisations at once.") % MOST_JOINT, field="joint")
    may_share = routing.candidates(event)
    offered = {
        row.organisation.pk: row.organisation
        for row in [*may_share, *routing.let_in(event, may_share, now=case.now)]
    }  # fmt: skip
    calendar = working_calendar()
    told = []
    for number in wanted:
        if number not in offered or number == event.lead_id:
            raise Invalid("organisation-not-offered", _("One of them can't share in this event."), field="joint")
        task = Task(event=event, kind=TaskKind.JOINT, organisation=offered[number], assigned_at=case.now)
        shares.give(event=event, task=task, calendar=calendar)
        case.name_party(number)
        told.append(case.told(task))
    event.joint += len(wanted)
    case.payload["joint"] = told


def add_joint(case: Case, deed: deeds.AddJoint) -> None:
    """Further organisations share in the work; what was handed back is answered by it."""
    known = {task.organisation_id for task in shares.in_hand(case.tasks)}
    if not known.isdisjoint(deed.joint):
        raise Invalid("nothing-changed", _("One of them has a share in it already."), field="joint")
    share_out(case, deed.joint)
    case.event.joint_returned = 0


def recall_joint(case: Case, deed: deeds.RecallJoint) -> None:
    """Their share is taken back; the lead goes on without them."""
    found = {task.organisation_id: task for task in shares.in_hand(case.tasks)}
    if not set(deed.joint) <= set(found):
        raise Invalid("joint-not-in-hand", _("One of them has no share in hand."), field="joint")
    case.payload["recalled"] = [case.told(found[number]) for number in deed.joint]
    for number in deed.joint:
        case.end(found[number], TaskState.RECALLED)


def joint_sign(case: Case, _deed: deeds.Deed) -> None:
    """The share is in hand, with an allowance of its own to handle it."""
    task = _share(case)
    case.payload |= case.told(task)
    task.state = TaskState.SIGNED
    task.signed_at = case.now
    task.signed_by_id = case.access.user
    shares.sign(event=case.event, task=task, now=case.now, calendar=working_calendar())
    task.save()
    case.payload["handle_due"] = case.told(task)["due"]


def joint_finish(case: Case, _deed: deeds.Deed) -> None:
    """The share is done; the event goes on with the lead."""
    task = _share(case)
    case.payload |= case.told(task)
    case.end(task, TaskState.FINISHED)


def joint_return(case: Case, _deed: deeds.Deed) -> None:
    """Not ours: no return of the event; the centre sees that a share is nobody's."""
    task = _share(case)
    case.payload |= case.told(task)
    case.end(task, TaskState.RETURNED)
    case.event.joint_returned += 1


def resume(case: Case, _deed: deeds.Deed) -> None:
    """What stood still with the event runs on."""
    shares.resume(tasks=case.tasks, now=case.now)
    if told := [case.told(task) for task in shares.in_hand(case.tasks)]:
        case.payload["joint"] = told


def press(case: Case, deed: deeds.Supervise) -> None:
    """An organisation's own share has run out: that marks the share, and not the event, which the lead answers for."""
    task = next(one for one in case.tasks if one.pk == deed.task)
    case.payload |= case.told(task) | {"old": task.supervision, "new": deed.level, "share": deed.share}
    case.payload["stage"] = deed.stage
    task.supervision = Supervision(deed.level)
    task.save(update_fields=["supervision"])


def _share(case: Case) -> Task:
    """The one in hand of the organisation where somebody steps; the policy has made sure that there is one."""
    task = share_of(case.duty, case.tasks)
    assert task is not None  # noqa: S101 - the policy has asked
    return task
