"""Tasks (an organisation's or a person's share of an event), timers (running allowances), and what was applied for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.category import Clock
from events.models.event import Event
from grid.models import Organisation, User


class TaskKind(models.TextChoices):
    """What the share is."""

    LEAD = "lead", _("Lead")
    JOINT = "joint", _("Joint")
    VERIFY = "verify", _("Verification")
    CHECK = "check", _("Check")


class TaskState(models.TextChoices):
    """How far it is."""

    ASSIGNED = "assigned", _("Assigned")
    SIGNED = "signed", _("Signed")
    FINISHED = "finished", _("Finished")
    RETURNED = "returned", _("Returned")
    RECALLED = "recalled", _("Taken back")  # by the centre: dispatched anew, passed on, closed by force


_IN_HAND = models.Q(ended_at__isnull=True)


class Task(models.Model):
    """One share. The lead's carries sign, return and finish; a joint organisation's has steps and clocks of its own."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=8, choices=TaskKind.choices)
    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.ASSIGNED)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    assigned_at = models.DateTimeField()
    stands_in_for = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # the officer away
    handed_at = models.DateTimeField(null=True)  # when it was overdue and the grid lead was asked too
    handed_to = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    return_until = models.DateTimeField(null=True)  # the last moment at which it may be handed back
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # Of a joint share, as lists read it: its running allowance (null while it stands still), and how it is pressed for.
    due_at = models.DateTimeField(null=True)
    near_at = models.DateTimeField(null=True)
    supervision = models.CharField(max_length=8, default="none")

    class Meta:
        indexes = [  # what is in hand; what has ended is found by its event
            models.Index(fields=["organisation", "kind"], name="task_open_organisation", condition=_IN_HAND),
            models.Index(fields=["user", "kind"], name="task_open_user", condition=_IN_HAND),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "kind"],
                name="one_task_of_a_kind_in_hand",
                condition=models.Q(kind__in=["lead", "verify", "check"], ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["event", "organisation"],
                name="one_share_of_an_organisation_in_hand",
                condition=models.Q(kind="joint", ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.kind}"


class Supervision(models.TextChoices):
    """How hard it is pressed for: by a supervisor, or by the watch over allowances."""

    NONE = "none", _("Not supervised")
    NORMAL = "normal", _("Ordinary supervision")
    YELLOW = "yellow", _("Yellow card")
    RED = "red", _("Red card")


class Timer(models.Model):
    """One allowance of an event, a stage's or the whole's, or of a joint `task` of it: running, paused, or stopped.

    What is used of it is `used_min` until `running_since`, and what its clock has counted since. `next_mark_at` is when
    the watch next has something to say of it; null while it is paused, stopped, or said all.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="timers")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="timers")  # a joint share's own
    stage = models.CharField(max_length=8)
    clock = models.CharField(max_length=12, choices=Clock.choices)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")  # whose hours
    allowance_min = models.FloatField()  # minutes on that clock
    used_min = models.FloatField(default=0)
    started_at = models.DateTimeField()
    running_since = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    next_mark_at = models.DateTimeField(null=True)
    yellow_at = models.DateTimeField(null=True)  # when the watch said so
    red_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_mark_at"], name="timer_marks", condition=models.Q(next_mark_at__isnull=False)),
            models.Index(fields=["event"], name="timer_running", condition=models.Q(stopped_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "stage"],
                name="one_timer_runs_per_stage",
                condition=models.Q(stopped_at__isnull=True, task__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["task"],
                name="one_timer_runs_per_share",
                condition=models.Q(stopped_at__isnull=True, task__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.stage}"


class Application(models.Model):
    """What the lead's department applied for: more time, or to suspend the case until a day; and the answer."""

    class Kind(models.TextChoices):
        """What for."""

        EXTENSION = "extension", _("Extension")
        SUSPENSION = "suspension", _("Suspension")

    class State(models.TextChoices):
        """How it stands. It lapses when the event leaves the lead's hands unanswered."""

        ASKED = "asked", _("Waiting for an answer")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        LAPSED = "lapsed", _("Lapsed")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="applications")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    minutes = models.FloatField(null=True)  # of the handle clock: how much more
    until = models.DateTimeField(null=True)  # of a suspension: when it is looked at again
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event"], name="one_application_waits", condition=models.Q(state="asked"))
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.kind} {self.state}"
