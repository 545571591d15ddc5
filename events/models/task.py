"""Tasks (an organisation's or a person's share of an event) and timers (running allowances)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.category import Clock
from events.models.event import Event
from grid.models import Organisation, User


class TaskKind(models.TextChoices):
    """What the share is."""

    LEAD = "lead", _("Lead")
    CHECK = "check", _("Check")


class TaskState(models.TextChoices):
    """How far it is."""

    ASSIGNED = "assigned", _("Assigned")
    SIGNED = "signed", _("Signed")
    FINISHED = "finished", _("Finished")
    RETURNED = "returned", _("Returned")


class Task(models.Model):
    """One share. The lead's carries sign, return and finish."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=8, choices=TaskKind.choices)
    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.ASSIGNED)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organisation", "state"]), models.Index(fields=["user", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "kind"],
                name="one_task_of_a_kind_in_hand",
                condition=models.Q(kind__in=["lead", "check"], ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.kind}"


class Timer(models.Model):
    """One running allowance of an event: a stage's, or the whole's."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="timers")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="timers")
    stage = models.CharField(max_length=8)
    clock = models.CharField(max_length=12, choices=Clock.choices)
    allowance_min = models.FloatField()  # minutes on that clock
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="timer_running", condition=models.Q(stopped_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "stage"], name="one_timer_runs_per_stage", condition=models.Q(stopped_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.stage}"
