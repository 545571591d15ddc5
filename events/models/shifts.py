"""Shift hand-over notes 交接班: what the next shift must know, the events it is about, and who took over when."""

from django.db import models

from events.models.event import Event
from grid.models import Organisation, User


class ShiftNote(models.Model):
    """One shift's note for the next. Its writer may write it anew until somebody takes over; then it stands."""

    centre = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    written_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["centre", "-id"], name="shift_note_of_centre")]
        constraints = [
            models.UniqueConstraint(
                fields=["centre"], name="one_shift_note_waits", condition=models.Q(taken_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre_id} {self.written_at}"


class ShiftEvent(models.Model):
    """An event that a note is about. `carried`: it stood in the note before and was still open."""

    note = models.ForeignKey(ShiftNote, on_delete=models.CASCADE, related_name="about")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", db_index=False)
    remark = models.CharField(max_length=200, blank=True)
    carried = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["note", "event"], name="shift_event_once")]

    def __str__(self) -> str:
        return f"{self.note_id} {self.event_id}"
