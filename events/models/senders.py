"""Who may hand something in from outside: hotlines, alarms, partners' systems; their keys, and what sources sent."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from events.models.event import Event
from gis_layers.models import Device


class Sender(models.Model):
    """A system outside, as its configuration file says (docs/api/mapping.md). Its endpoint hears callbacks."""

    class Kind(models.TextChoices):
        """What it sends."""

        HOTLINE = "hotline", _("12345 hotline")
        SOURCE = "source", _("Alarm or partner system")

    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.TextField()
    config = models.JSONField(default=dict)  # the file as it was loaded
    loaded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # when its endpoint said that it is gone for good (410)

    def __str__(self) -> str:
        return self.code


class SenderKey(models.Model):
    """One key of a sender, sealed: good from `since` to `until`, at the same time as others while they rotate."""

    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="keys")
    secret = models.BinaryField()  # grid.fields seals it with the installation's field key
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        return f"key {self.pk} of {self.sender_id}"


class Alarm(models.Model):
    """One message of a source as it came in: the same id is answered with the same answer, for ever."""

    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="alarms")
    message_id = models.CharField(max_length=128)
    body_sha256 = models.CharField(max_length=64)
    device_code = models.CharField(max_length=64, blank=True)  # as it was sent, known or not
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="alarms")
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "message_id"], name="alarm_once")]
        indexes = [models.Index(fields=["sender", "device_code", "kind", "-received_at"], name="alarm_repeated")]

    def __str__(self) -> str:
        return self.message_id
