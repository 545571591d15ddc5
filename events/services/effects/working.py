"""What steps change while an event is worked on and checked."""

from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Application, Task, TaskKind, TaskState
from events.models.terms import terms_of
from events.policy import handlers
from events.services import clocks, deeds, shares
from events.services.effects.base import Case
from events.services.effects.officers import ask, officer_of
from events.sla import Allowance
from events.workflow import Stage
from grid.refusals import Invalid

LONGEST_SUSPENSION_DAYS = 365


def sign(case: Case, _deed: deeds.Deed) -> None:
    """The lead has it in hand."""
    task = case.task(TaskKind.LEAD)
    task.state = TaskState.SIGNED
    task.signed_at = case.now
    task.signed_by_id = case.access.user
    task.save()


def request_extension(case: Case, deed: deeds.RequestExtension) -> None:
    """An application for more time on the handle clock."""
    clock = terms_of(case.event).allowance(Stage.HANDLE).clock
    minutes = Allowance(deed.amount, clock).minutes
    _apply(case, Application.Kind.EXTENSION, minutes=minutes)
    case.payload |= {"amount": deed.amount, "clock": clock.value}


def grant_extension(case: Case, _deed: deeds.Deed) -> None:
    """The time that was asked for."""
    granted = case.answer(Application.State.GRANTED)
    minutes = granted.minutes if granted else None
    case.event.extensions += 1
    clocks.extend(event=case.event, minutes=minutes or 0.0)
    case.payload |= {"minutes": minutes, "due": case.event.stage_due_at and case.event.stage_due_at.isoformat()}


def refuse(case: Case, _deed: deeds.Deed) -> None:
    """No to what was applied for."""
    case.answer(Application.State.REFUSED)


def ask_suspension(case: Case, deed: deeds.AskSuspension) -> None:
    """An application to stand still until the end of a day to come."""
    today = timezone.localdate(case.now)
    if deed.until is None or not 0 < (deed.until - today).days <= LONGEST_SUSPENSION_DAYS:
        raise Invalid("until-needed", _("Choose a day between tomorrow and a year from now."), field="until")
    until = datetime.combine(deed.until, time(18), timezone.get_default_timezone())
    _apply(case, Application.Kind.SUSPENSION, until=until)
    case.payload["until"] = deed.until.isoformat()


def approve_suspension(case: Case, _deed: deeds.Deed) -> None:
    """It stands still, joint shares too."""
    granted = case.answer(Application.State.GRANTED)
    if granted is not None and granted.until is not None:
        case.payload["until"] = timezone.localdate(granted.until).isoformat()
    shares.pause(tasks=case.tasks, now=case.now)


def finish(case: Case, _deed: deeds.Deed) -> None:
    """The lead's share is done; somebody who had no hand in it checks."""
    case.end(case.task(TaskKind.LEAD), TaskState.FINISHED)
    case.answer(Application.State.LAPSED)
    event = case.event
    event.joint_returned = 0
    ask(case, TaskKind.CHECK, officer_of(event, case.now, but_not=handlers(case.tasks)))
    case.name_party(event.holder_id)


def pass_check(case: Case, _deed: deeds.Deed) -> None:
    """Put right."""
    case.end(case.task(TaskKind.CHECK), TaskState.FINISHED)


def fail_check(case: Case, _deed: deeds.Deed) -> None:
    """The same lead does it again: a task of its own, already signed, and no new time in which to hand it back."""
    case.end(case.task(TaskKind.CHECK), TaskState.FINISHED)
    last = next(task for task in reversed(case.tasks) if task.kind == TaskKind.LEAD)
    Task.objects.create(
        event=case.event, kind=TaskKind.LEAD, organisation_id=last.organisation_id, state=TaskState.SIGNED,
        assigned_at=last.assigned_at, return_until=last.return_until, signed_at=case.now,
        signed_by_id=last.signed_by_id,
    )  # fmt: skip
    case.event.reworks += 1


def _apply(
    case: Case, kind: Application.Kind, *, minutes: float | None = None, until: datetime | None = None
) -> None:  # fmt: skip
    assert case.access.user is not None  # noqa: S101 - no machine has a row in the table for this
    Application.objects.create(
        event=case.event, kind=kind, minutes=minutes, until=until, organisation_id=case.duty.organisation,
        asked_at=case.now, asked_by_id=case.access.user,
    )  # fmt: skip
    case.event.asked = kind
