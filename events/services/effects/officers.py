"""Who walks a grid, for tasks that somebody has to see to on the spot; and the lead, once nobody has in time."""

from datetime import datetime

from django.utils.translation import gettext as _

from events.models import Event, Task, TaskKind
from events.policy import handlers
from events.services import deeds
from events.services.effects.base import Case
from grid.refusals import Conflict
from grid.selectors import Lead, Officer, leads_of, officers_of


def officer_of(event: Event, now: datetime, *, but_not: set[int | None]) -> Officer | None:
    """The officer who walks the event's grid now, a stand-in first; None when there is none but those named."""
    if event.grid_id is None:
        return None
    return next((one for one in officers_of(grid=event.grid_id, at=now) if one.user not in but_not), None)


def ask(case: Case, kind: TaskKind, officer: Officer | None) -> None:
    """A task of this kind for that officer; with None for whoever checks at the holding centre."""
    event = case.event
    Task.objects.create(
        event=event, kind=kind, organisation_id=event.holder_id, user_id=officer.user if officer else None,
        stands_in_for_id=officer.for_user if officer else None, assigned_at=case.now,
    )  # fmt: skip
    if officer is not None:
        event.workers = sorted({*event.workers, officer.user})


def lead_for(event: Event, task: Task, tasks: list[Task], now: datetime) -> Lead | None:
    """The grid lead whom an overdue task goes to: the nearest, never who has it already or had a hand in the work."""
    barred = handlers(tasks) | {task.user_id}
    return next((one for one in leads_of(path=event.path, at=now) if one.user not in barred), None)


def hand_over(case: Case, _deed: deeds.Deed) -> None:
    """The grid lead may do it from now on, beside whoever was asked. Raises Conflict, once and where there is none."""
    task = case.field_task()
    if task.handed_at is not None:
        raise Conflict("handed-over-already", _("It was handed over to the grid lead already."))
    lead = lead_for(case.event, task, case.tasks, case.now)
    if lead is None:
        raise Conflict("no-grid-lead", _("Nobody leads this grid at present, but for those who may not do it."))
    task.handed_at, task.handed_to_id = case.now, lead.user
    task.save(update_fields=["handed_at", "handed_to"])
    case.event.workers = sorted({*case.event.workers, lead.user})
    case.payload |= {"task": task.kind, "user": lead.user, "name": lead.name}
