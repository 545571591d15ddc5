"""The event itself, and the rows that stand beside it so that they can live and die on their own."""

import uuid

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from events.models.category import Category, Clock
from events.models.finding import Pairs
from grid.models import Grid, Level, Organisation, User
from grid.models.ground import PathField

CLASS_RESTRICTED = "09"


class Source(models.TextChoices):
    """Who told us."""

    OFFICER = "officer", _("Grid officer")
    CENTRE = "centre", _("Command centre")
    HOTLINE = "hotline", _("12345 hotline")
    SOURCE = "source", _("Alarm or partner system")


class StateLabel(models.TextChoices):
    """The states of events.workflow, in words."""

    REPORTED = "reported", _("Awaiting acceptance")
    VERIFYING = "verifying", _("Being verified")
    ACCEPTED = "accepted", _("Awaiting dispatch")
    DISPATCHED = "dispatched", _("Awaiting signature")
    HANDLING = "handling", _("In progress")
    SUSPENDED = "suspended", _("Suspended")
    PENDING_CHECK = "pending_check", _("Awaiting check")
    PENDING_CLOSE = "pending_close", _("Awaiting closure")
    CLOSED = "closed", _("Closed")
    SELF_CLOSED = "self_closed", _("Solved on the spot")
    REJECTED = "rejected", _("Not accepted")
    MERGED = "merged", _("Merged")
    VOIDED = "voided", _("Voided")


class Event(models.Model):
    """Something that is wrong in a grid, from the first word of it to its end. State changes through one door only."""

    no = models.CharField(max_length=24, unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16, choices=StateLabel.choices)
    source = models.CharField(max_length=12, choices=Source.choices)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    urgent = models.BooleanField(default=False)
    restricted = models.BooleanField(default=False)

    point = models.PointField(srid=4326, null=True)
    given_point = models.JSONField(null=True)  # {lng, lat, crs} as it came in
    accuracy_m = models.FloatField(null=True)
    address = models.TextField(blank=True)
    grid = models.ForeignKey(Grid, null=True, on_delete=models.PROTECT, related_name="+")
    path = PathField(blank=True)

    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.CharField(max_length=10, choices=Level.choices)
    passed = ArrayField(models.BigIntegerField(), default=list)
    parties = ArrayField(models.BigIntegerField(), default=list)
    workers = ArrayField(models.BigIntegerField(), default=list)
    lead = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")  # answers for it now
    reporter = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    reported_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    # The handle allowance as it was promised when the event was taken on, whatever its category says later.
    handle_amount = models.FloatField(null=True)
    handle_clock = models.CharField(max_length=12, choices=Clock.choices, blank=True, db_default="")
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # of the whole, once accepted
    stage_due_at = models.DateTimeField(null=True)  # of the stage it stands in
    stage_near_at = models.DateTimeField(null=True)  # from when that stage counts as near its deadline
    returns = models.PositiveSmallIntegerField(default=0)
    reworks = models.PositiveSmallIntegerField(default=0)
    urges = models.PositiveSmallIntegerField(default=0)
    reopens = models.PositiveSmallIntegerField(default=0)
    extensions = models.PositiveSmallIntegerField(default=0)  # granted
    asked = models.CharField(max_length=12, blank=True)  # what was applied for and waits for an answer
    supervision = models.CharField(max_length=8, default="none")
    joint = models.PositiveSmallIntegerField(default=0)  # joint shares in hand
    joint_returned = models.PositiveSmallIntegerField(default=0)  # handed back, and nobody named instead yet
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    merged_from = models.CharField(max_length=16, blank=True)  # the state it stood in then, and goes back to
    taken_in = models.PositiveSmallIntegerField(default=0)  # how many are merged into it now

    class Meta:
        # By time, number, place and words; who may see an event, and who holds or held it, has none over the whole
        # history: the planner would read the whole history's share of it, to intersect that with the few that are open.
        indexes = [
            models.Index(fields=["path"], name="event_open_path", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["holder", "state"], name="event_open_holder", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["reporter", "-reported_at"], name="event_reporter"),
            models.Index(fields=["stage_due_at"], name="event_open_due", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["ended_at"], name="event_ended", condition=Q(ended_at__isnull=False)),
            GistIndex(fields=["point"], name="event_open_point", condition=Q(ended_at__isnull=True)),
            models.Index(
                fields=["-reported_at"],
                name="event_open_unplaced",
                condition=Q(ended_at__isnull=True, point__isnull=True),
            ),
            models.Index(fields=["-reported_at"], name="event_open_reported", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["reported_at"], name="event_reported"),
            GinIndex(Pairs("address"), name="event_address_pairs"),
            GinIndex(OpClass(Upper("no"), name="gin_trgm_ops"), name="event_no_parts"),
        ]

    def __str__(self) -> str:
        return self.no


class NumberBase(models.Model):
    """Where a day's event numbers start in the one sequence that counts them."""

    day = models.DateField(primary_key=True)
    base = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.day} from {self.base}"


class ClientKey(models.Model):
    """The sender's own id of a report, unique for ever: a phone may be offline for days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)  # sha256 of the canonical fields and the photos' digests
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    answer = models.JSONField()

    def __str__(self) -> str:
        return str(self.id)


class Caller(models.Model):
    """Who called the hotline: encrypted, masked on every screen, purged by itself. Nothing else holds it."""

    ticket = models.OneToOneField("events.Ticket", on_delete=models.CASCADE, primary_key=True, related_name="caller")
    name = models.BinaryField(default=b"")
    phone = models.BinaryField(default=b"")

    def __str__(self) -> str:
        return f"caller of {self.ticket_id}"
