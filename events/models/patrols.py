"""Patrol plans, and the check-ins that answer them: the grid and the time, no coordinate, no track."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grid.models import Grid, Organisation, Region, User


class CadenceLabel(models.TextChoices):
    """The periods of events.patrolling, in words."""

    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")


class PatrolPlan(models.Model):
    """Which grids (a region's, or a list) are to be visited how often. It is never rewritten: it ends, another begins.

    So what was due in a past period stays what it was.
    """

    name = models.CharField(max_length=80, unique=True)
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+")  # all grids below it
    grids = models.ManyToManyField(Grid, related_name="+")  # or these
    cadence = models.CharField(max_length=8, choices=CadenceLabel.choices)
    times = models.PositiveSmallIntegerField(default=1)  # days with a check-in per period
    key_area = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True)  # the first day on which it no longer holds
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")  # that set it
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="patrol_plan_lasts", condition=Q(until__isnull=True) | Q(until__gt=F("since"))),
            models.CheckConstraint(name="patrol_plan_asks", condition=Q(times__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class CheckIn(models.Model):
    """An officer's stated presence in a grid, once a day. Where in the grid the phone was is checked and not kept."""

    client_id = models.UUIDField(unique=True)  # the phone's own, so that a repeated sending counts once
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()  # when it arrived, by the server's clock
    device_at = models.DateTimeField()  # when the officer was there, by the phone's clock
    day = models.DateField()  # of that, here

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "grid", "day"], name="one_check_in_a_day")]
        indexes = [
            models.Index(fields=["day", "grid"], name="check_in_days"),
            models.Index(fields=["user", "day"], name="check_in_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.grid_id} {self.day}"
