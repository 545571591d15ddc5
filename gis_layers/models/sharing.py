"""Grants between organisations, and the record of who watched what, why."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_layers.models.sites import Channel, Site
from grid.models import Organisation, User
from grid.models.ground import PathField


class Grant(models.Model):
    """An owner lets another organisation watch its sites, in a region or by name, for a purpose, until a date."""

    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    grantee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    path = PathField(blank=True)  # region subtree; empty with named sites
    sites = models.ManyToManyField(Site, related_name="+", blank=True)
    purpose = models.TextField()
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.owner_id} -> {self.grantee_id}"


class PlaybackSession(models.Model):
    """One person's permitted live view of one channel, tied to an event or a stated purpose."""

    class Result(models.TextChoices):
        """How far it came."""

        GRANTED = "granted", _("Granted")
        PLAYING = "playing", _("Playing")
        ENDED = "ended", _("Ended")
        REVOKED = "revoked", _("Revoked")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    event_no = models.CharField(max_length=24, blank=True)
    purpose = models.TextField(blank=True)
    binding = models.CharField(max_length=64)  # sha256 of the browser session it belongs to
    state = models.CharField(max_length=8, choices=Result.choices, default=Result.GRANTED)
    decided_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=24, blank=True)

    class Meta:
        indexes = [models.Index(fields=["binding", "state"]), models.Index(fields=["channel", "-decided_at"])]

    def __str__(self) -> str:
        return str(self.id)
