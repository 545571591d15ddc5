"""What indicators count, kept beside the journal from which it can be made anew at any time."""

from django.db import models

from events.models.event import Event
from grid.models.ground import PathField


class CountedFact(models.Model):
    """One fact of `events.counting.facts`, with from when and until when it was known (empty: still).

    Only `events.services.facts` writes it, in the transaction of the journal's entry.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, db_index=False, related_name="+")
    kind = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    counted = models.PositiveSmallIntegerField()  # bits: for which indicators of the kind it counts
    hits = models.PositiveSmallIntegerField()  # and for which it is a hit
    holder = models.BigIntegerField(null=True)  # organisations, without a constraint: the journal has it
    lead = models.BigIntegerField(null=True)
    path = PathField(blank=True)
    category = models.CharField(max_length=6, blank=True)
    source = models.CharField(max_length=12, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["at", "kind"], name="counted_at"),
            models.Index(fields=["event"], name="counted_still", condition=models.Q(until__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.kind} {self.at}"
