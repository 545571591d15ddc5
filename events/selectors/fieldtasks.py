"""Tasks on the spot (verify, check) in words: who asked, who was asked, and why that person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from events.models import Task, TaskKind

TOLD = ("organisation", "user", "stands_in_for", "handed_to")
"""The relations of a task that its words need."""


@dataclass(frozen=True)
class FieldTask:
    """A verification or check in hand. `why` says whom it went to and why; `handed_over` that it was overdue."""

    kind: str
    organisation: str  # that asked for it
    user: str | None  # who was asked; None: whoever checks at that organisation
    mine: bool  # it was the reader who was asked
    assigned_at: datetime
    stands_in_for: str | None
    handed_over: bool
    why: str


def task_in_hand(tasks: Iterable[Task], reader: int | None) -> FieldTask | None:
    """The verification or check in hand among an event's tasks, for this reader; None where there is none."""
    return next((_told(task, reader) for task in tasks if _on_the_spot(task) and task.ended_at is None), None)


def why_words(task: Task, reader: int | None) -> str:
    """Whom a task on the spot went to and why, in one line for this reader; "" for any other task."""
    if not _on_the_spot(task):
        return ""
    first = _first(task, reader)
    if task.handed_to is None:
        return first
    if task.handed_to_id == reader:
        return " ".join([_("Handed over to you as grid lead: overdue."), first])
    return " ".join([first, _("Handed over to the grid lead %(name)s: overdue.") % {"name": task.handed_to.name}])


def _on_the_spot(task: Task) -> bool:
    return task.kind in (TaskKind.VERIFY, TaskKind.CHECK)


def _first(task: Task, reader: int | None) -> str:
    if task.user is None:
        return _("Nobody who may see to it walks the grid: for the checkers of %(organisation)s.") % {
            "organisation": task.organisation.short_name
        }
    if task.stands_in_for is None:
        return "" if task.user_id == reader else _("%(name)s walks the grid.") % {"name": task.user.name}
    if task.user_id == reader:
        return _("You stand in for %(name)s.") % {"name": task.stands_in_for.name}
    return _("%(name)s stands in for %(absent)s.") % {"name": task.user.name, "absent": task.stands_in_for.name}


def _told(task: Task, reader: int | None) -> FieldTask:
    return FieldTask(
        kind=task.kind,
        organisation=task.organisation.short_name,
        user=task.user.name if task.user else None,
        mine=reader is not None and task.user_id == reader,
        assigned_at=task.assigned_at,
        stands_in_for=task.stands_in_for.name if task.stands_in_for else None,
        handed_over=task.handed_at is not None,
        why=why_words(task, reader),
    )
