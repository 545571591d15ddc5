"""Sites and their channels: the register of what is mounted where, and whose it is."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from grid.models import Grid, Organisation
from grid.models.ground import PathField


class SiteClass(models.TextChoices):
    """Why a site stands, and in whose programme."""

    CLASS1 = "class1", _("Class 1 public site")
    CHECKPOINT = "checkpoint", _("Checkpoint")
    SKYNET = "skynet", _("Integrated public site")
    TRAFFIC = "traffic", _("Traffic police site")
    HESHAN = "heshan", _("District legacy site")
    SECTOR = "sector", _("Sector owner's site")
    SOCIAL = "social", _("Social resource site")


class Health(models.TextChoices):
    """What is known of a channel: unknown is not offline."""

    ONLINE = "online", _("Online")
    OFFLINE = "offline", _("Offline")
    UNKNOWN = "unknown", _("Unknown")


class Site(models.Model):
    """A point where cameras stand."""

    code = models.CharField(max_length=32, unique=True)
    name = models.TextField()
    site_class = models.CharField(max_length=12, choices=SiteClass.choices)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    mounting = models.CharField(max_length=24, blank=True)
    height_m = models.FloatField(null=True)
    smart = models.BooleanField(default=False)  # a label of the register; nothing is driven by it
    secret = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=Health.choices, default=Health.UNKNOWN)
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="+")
    path = PathField(db_index=True)
    point = models.PointField(srid=4326, geography=True)
    shape = models.PointField(srid=3857)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Channel(models.Model):
    """One stream of a site, with its own direction, angle and range of view."""

    code = models.CharField(max_length=20, unique=True)  # GB/T 28181, 20 digits
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="channels")
    number = models.PositiveSmallIntegerField()
    name = models.TextField()
    azimuth = models.FloatField()  # degrees clockwise from north
    view_angle = models.FloatField()  # degrees
    range_m = models.FloatField()
    codec = models.CharField(max_length=8, default="h264")
    state = models.CharField(max_length=8, choices=Health.choices, default=Health.UNKNOWN)
    state_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["site_id", "number"]
        constraints = [models.UniqueConstraint(fields=["site", "number"], name="channel_number_once")]

    def __str__(self) -> str:
        return self.name


class ChannelSource(models.Model):
    """Where a channel's picture comes from. Never leaves the server: only the gateway is told, per stream."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, primary_key=True, related_name="source")
    host = models.TextField()
    port = models.PositiveIntegerField(default=554)
    stream_path = models.TextField()
    credentials = models.BinaryField(default=b"")  # encrypted user:password

    def __str__(self) -> str:
        return f"source of {self.channel_id}"


class SiteCell(models.Model):
    """Sites counted per map cell, village and class, so that a far view costs a handful of rows.

    Counted per village: whoever sees a village sees its share of a cell, and no more.
    """

    zoom = models.SmallIntegerField()
    path = PathField()
    site_class = models.CharField(max_length=12)
    total = models.PositiveIntegerField()
    offline = models.PositiveIntegerField()
    cell = models.BigIntegerField()  # x * 2^32 + y of the cell, 16 cells to a tile's side
    shape = models.PointField(srid=3857)

    class Meta:
        indexes = [models.Index(fields=["zoom", "path"])]

    def __str__(self) -> str:
        return f"z{self.zoom} {self.cell}: {self.total}"
