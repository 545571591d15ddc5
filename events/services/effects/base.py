"""A case while one step is being taken, and what several steps do to it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from events.models import Application, Event, Task, TaskKind, TaskState
from events.services import deeds, shares
from events.workflow import Stage, State
from grid.models import Organisation
from grid.policy import Access, Duty


@dataclass
class Case:
    """A locked event with its tasks, while one step is being taken."""

    event: Event
    tasks: list[Task]
    access: Access
    duty: Duty
    now: datetime
    text: str
    payload: dict[str, Any] = field(default_factory=dict)
    next: deeds.Deed | None = None  # what the system does right after, in the same transaction

    def task(self, kind: TaskKind) -> Task:
        """The task of this kind in hand; the policy has made sure that there is one."""
        return next(task for task in self.tasks if task.kind == kind and task.ended_at is None)

    def field_task(self) -> Task:
        """The verification or check in hand; the table has made sure that there is one."""
        kinds = (TaskKind.VERIFY, TaskKind.CHECK)
        return next(task for task in self.tasks if task.kind in kinds and task.ended_at is None)

    def end(self, task: Task, state: TaskState) -> None:
        """End a task, now and by whoever steps; a joint one's clock stops with it."""
        task.state = state
        task.ended_at = self.now
        task.ended_by_id = self.access.user
        task.save()
        if task.kind == TaskKind.JOINT:
            shares.stop(task=task, now=self.now)
            self.event.joint -= 1

    def recall(self, *, but: frozenset[int] = frozenset()) -> None:
        """Take back every task in hand, and let what was applied for lapse: the case goes on without them.

        The shares of joint organisations named in `but` go on.
        """
        going_on = {task.pk for task in shares.in_hand(self.tasks) if task.organisation_id in but}
        lost = [task for task in self.tasks if task.ended_at is None and task.pk not in going_on]
        if joint := [self.told(task) for task in shares.in_hand(lost)]:
            self.payload["recalled"] = joint
        for task in lost:
            self.end(task, TaskState.RECALLED)
        self.event.joint_returned = 0
        self.answer(Application.State.LAPSED)

    def told(self, task: Task) -> dict[str, Any]:
        """A joint share as the journal keeps it: whose, and by when what runs of it is due (null: it stands still)."""
        return {
            "task": task.pk,
            "organisation": task.organisation_id,
            "name": task.organisation.short_name,
            "stage": (Stage.HANDLE if task.signed_at else Stage.SIGN).value,
            "due": task.due_at.astimezone(UTC).isoformat() if task.due_at else None,
        }

    def answer(self, state: Application.State) -> Application | None:
        """Answer the application that waits, if one does."""
        event = self.event
        if not event.asked:
            return None
        waiting = Application.objects.select_for_update().get(event=event, state=Application.State.ASKED)
        waiting.state = state
        waiting.answered_at = self.now
        waiting.answered_by_id = self.access.user
        waiting.save()
        event.asked = ""
        return waiting

    def give_to(self, centre: Organisation) -> None:
        """Another centre holds it from now on; who held it goes on reading it."""
        event = self.event
        self.payload["from"] = event.holder.short_name
        self.payload |= {"organisation": centre.pk, "name": centre.short_name}
        event.holder = centre
        event.level = centre.level
        event.passed = sorted({*event.passed, centre.pk})

    def name_party(self, organisation: int) -> None:
        """An organisation is in the case, for ever."""
        self.event.parties = sorted({*self.event.parties, organisation})

    @property
    def state(self) -> State:
        """Where the event stood before this step."""
        return State(self.event.state)
