"""Tasks as a card tells them: whose share, how far it is, by when, and what was said at its end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from events.models import Event, JournalEntry, Task, TaskKind, TaskState, Timer
from events.selectors.fieldtasks import why_words
from events.workflow import OPEN, Stage, State, Step
from grid.models import Role
from grid.policy import Access

_SAID = {Step.FINISH, Step.RETURN, Step.JOINT_FINISH, Step.JOINT_RETURN}  # whose words belong to the task that ended
_WITH_CLOCK = (TaskKind.LEAD, TaskKind.JOINT)


@dataclass(frozen=True)
class TaskRow:
    """One share of the event, or one person's task in it.

    `due_at` is when what runs of it is due, or the last that ran was; null where no clock is its own, or it stands
    still (`paused`). `supervision` is how a joint share is pressed for; the lead is pressed for with the event.
    """

    kind: str
    kind_label: str
    state: str
    state_label: str
    organisation: str
    user: str | None
    number: int
    assigned_at: datetime
    signed_by: str | None
    signed_at: datetime | None
    ended_at: datetime | None
    due_at: datetime | None
    near_at: datetime | None
    paused: bool
    supervision: str
    words: str
    why: str  # whom a task on the spot went to, and why; "" for others


@dataclass(frozen=True)
class OwnShare:
    """A reader's own joint share in a line of a list: its deadline is the one that counts for them."""

    organisation: str
    state: str
    stage: str
    due_at: datetime | None
    near_at: datetime | None
    supervision: str


def task_rows(
    event: Event, tasks: Iterable[Task], timers: Sequence[Timer], entries: Sequence[JournalEntry], *, reader: int | None
) -> list[TaskRow]:  # fmt: skip
    """The tasks of an event as its card shows them. No query where organisations and people are at hand."""
    return [_row(event, task, timers, entries, reader) for task in tasks]


def own_share(access: Access, event: Event, tasks: Iterable[Task]) -> OwnShare | None:
    """The joint share in hand of an organisation that this reader works for. No query."""
    own = _own_organisations(access)
    for task in tasks if event.joint else ():
        if task.kind == TaskKind.JOINT and task.ended_at is None and task.organisation_id in own:
            return OwnShare(
                organisation=own[task.organisation_id],
                state=task.state,
                stage=(Stage.HANDLE if task.signed_at else Stage.SIGN).value,
                due_at=task.due_at,
                near_at=task.near_at,
                supervision=task.supervision,
            )
    return None


def sharing(access: Access, *states: TaskState) -> Q:
    """Events in which an organisation of this reader has a joint share in hand; `states` narrow it down."""
    return Q(joint__gt=0) & Q(Exists(_own(access, *states)))


def late(access: Access, *, now: datetime, near: bool = False) -> Q:
    """Events in which such a share is overdue, or near its deadline."""
    shares = _own(access)
    found = shares.filter(near_at__lte=now, due_at__gt=now) if near else shares.filter(due_at__lte=now)
    return Q(joint__gt=0) & Q(Exists(found))


def by_own_deadline(access: Access, found: QuerySet[Event]) -> QuerySet[Event]:
    """Events with `own_due_at`, the moment that counts for this reader: the share's where there is one."""
    if not access.has(Role.DEPT_CLERK, Role.DEPT_LEAD):
        return found.annotate(own_due_at=F("stage_due_at"))
    share = Subquery(_own(access).order_by("due_at").values("due_at")[:1])
    own = Case(When(sharing(access), then=share), default=F("stage_due_at"), output_field=DateTimeField())
    return found.annotate(own_due_at=own)


def _own(access: Access, *states: TaskState) -> QuerySet[Task]:
    tasks = Task.objects.filter(
        event=OuterRef("pk"),
        kind=TaskKind.JOINT,
        ended_at__isnull=True,
        organisation__in=list(_own_organisations(access)),
    )
    return tasks.filter(state__in=states) if states else tasks


def _own_organisations(access: Access) -> dict[int, str]:
    return {duty.organisation: duty.organisation_name for duty in access.having(Role.DEPT_CLERK, Role.DEPT_LEAD)}


def _row(
    event: Event, task: Task, timers: Sequence[Timer], entries: Sequence[JournalEntry], reader: int | None
) -> TaskRow:  # fmt: skip
    person = task.ended_by or task.user  # who did it, which need not be who was asked
    due, near = _deadline(event, task, timers)
    return TaskRow(
        kind=task.kind,
        kind_label=task.get_kind_display(),
        state=task.state,
        state_label=task.get_state_display(),
        organisation=task.organisation.short_name,
        user=person.name if person else None,
        number=task.pk,
        assigned_at=task.assigned_at,
        signed_by=task.signed_by.name if task.signed_by else None,
        signed_at=task.signed_at,
        ended_at=task.ended_at,
        due_at=due,
        near_at=near,
        paused=event.state == State.SUSPENDED and task.ended_at is None,
        supervision=task.supervision,
        words=_words(task, entries),
        why=why_words(task, reader),
    )


def _deadline(event: Event, task: Task, timers: Sequence[Timer]) -> tuple[datetime | None, datetime | None]:
    """A joint share's own; the lead's is the event's, and once it has ended that of the timer that ended with it."""
    if task.kind == TaskKind.JOINT:
        return task.due_at, task.near_at
    if task.kind != TaskKind.LEAD:
        return None, None
    if task.ended_at is None:
        runs = State(event.state) in OPEN and event.state != State.SUSPENDED
        return (event.stage_due_at, event.stage_near_at) if runs else (None, None)
    ended = [one for one in timers if one.task_id is None and one.stopped_at == task.ended_at]
    return next((one.due_at for one in ended if one.stage in (Stage.SIGN, Stage.HANDLE)), None), None


def _words(task: Task, entries: Sequence[JournalEntry]) -> str:
    """What was said with the step that ended it."""
    if task.kind not in _WITH_CLOCK or task.ended_at is None:
        return ""
    for entry in entries:
        if entry.at == task.ended_at and entry.step in _SAID and entry.payload.get("task", task.pk) == task.pk:
            return entry.text.body if entry.text else ""
    return ""
