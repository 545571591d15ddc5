"""Photos: uploaded once by hash, re-encoded, and attached to events; access follows the event."""

from django.contrib.gis.db import models

from events.models.event import Event
from grid.models import User


class Photo(models.Model):
    """A re-encoded picture on disk under MEDIA_ROOT, and what its EXIF said before that was stripped."""

    sha256 = models.CharField(max_length=64)  # of the bytes as uploaded: the sender's name for it
    uploader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stored = models.CharField(max_length=64)  # sha256 of the bytes kept, and their file name
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()  # bytes
    taken_at = models.DateTimeField(null=True)
    point = models.PointField(srid=4326, null=True)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sha256", "uploader"], name="photo_once_per_uploader")]

    def __str__(self) -> str:
        return self.sha256


class Evidence(models.Model):
    """A photo in an event: which step brought it, and what it shows."""

    class Shows(models.TextChoices):
        """When it was taken, seen from the work."""

        BEFORE = "before"
        AFTER = "after"
        CHECK = "check"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="evidence")
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()  # of the journal entry that brought it
    shows = models.CharField(max_length=8, choices=Shows.choices)
    distance_m = models.FloatField(null=True)  # from the photo's own position to the event's place

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "photo", "version"], name="evidence_once")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.photo_id}"
