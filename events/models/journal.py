"""The journal: one immutable row per step, and the words said, kept apart so that only they can be redacted."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from events.models.event import Event, StateLabel
from events.models.finding import Pairs
from grid.models import Organisation, User
from grid.models.ground import PathField


class FreeText(models.Model):
    """What somebody wrote about an event. The journal holds its sha256."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="texts")
    body = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        indexes = [GinIndex(Pairs("body"), name="free_text_pairs")]  # no copy: what is redacted is found no more

    def __str__(self) -> str:
        return self.sha256


class JournalEntry(models.Model):
    """One step of one event. Insert only. The key starts with time, so that the table can be partitioned by it."""

    pk = models.CompositePrimaryKey("at", "id")
    at = models.DateTimeField(db_default=Now())
    id = models.BigIntegerField(db_default=models.Func(models.Value("events_journalentry_id_seq"), function="nextval"))
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="journal")
    version = models.PositiveIntegerField()  # of the event after the step
    step = models.CharField(max_length=20)
    from_state = models.CharField(max_length=16, choices=StateLabel.choices, blank=True)
    to_state = models.CharField(max_length=16, choices=StateLabel.choices)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a machine
    role = models.CharField(max_length=16)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    device_at = models.DateTimeField(null=True)  # what the phone's clock said
    text = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")
    text_sha256 = models.CharField(max_length=64, blank=True)
    payload = models.JSONField(default=dict)

    # What indicators need, as it stood after the step: a past month asked again is then the same report.
    source = models.CharField(max_length=12, blank=True, db_default="")
    category_code = models.CharField(max_length=6, blank=True, db_default="")
    path = PathField(blank=True, db_default="")  # of the grid
    holder = models.ForeignKey(Organisation, null=True, db_index=False, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(Organisation, null=True, db_index=False, on_delete=models.PROTECT, related_name="+")
    urgent = models.BooleanField(default=False, db_default=False)
    due_at = models.DateTimeField(null=True)  # of the whole
    stage_due_at = models.DateTimeField(null=True)  # of the stage that it stands in

    class Meta:
        ordering = ["event_id", "version"]
        indexes = [models.Index(fields=["event", "version"])]

    def __str__(self) -> str:
        return f"{self.event_id} v{self.version} {self.step}"
