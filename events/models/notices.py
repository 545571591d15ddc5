"""Notices: whom a step concerned, for thirty days, and what each person has read of them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from events.models.event import Event
from grid.models import User


class Notice(models.Model):
    """One step and its addressees (`events.noticing`); the words are the journal's own entry of that version."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="notices", db_index=False)
    version = models.PositiveIntegerField()  # of the journal entry
    step = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # null: a machine
    addressees = ArrayField(models.CharField(max_length=40))

    class Meta:
        indexes = [
            GinIndex(fields=["addressees"], name="notice_addressees"),
            models.Index(fields=["at"], name="notice_at"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} v{self.version}"


class NoticeRead(models.Model):
    """Up to which version of an event somebody has read its notices; without an event, up to which of all notices."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=0)
    up_to = models.BigIntegerField(default=0)  # a notice's id
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "event"], name="notice_read_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.event_id} v{self.version}"
