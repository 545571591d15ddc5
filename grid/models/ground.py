"""Regions and grids: the ground. It changes about once a year."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Levels of the region tree, top first."""

    CITY = "city", _("City")
    COUNTY = "county", _("County")
    TOWNSHIP = "township", _("Township")
    VILLAGE = "village", _("Village")


class PathField(models.TextField):  # type: ignore[type-arg]
    """A place in the region tree: significant codes from the city down, each followed by a slash.

    Collation C, so that `LIKE 'prefix%'` is an index range scan and a subtree is one prefix.
    """

    def __init__(self, **options: object) -> None:
        options.setdefault("db_collation", "C")
        super().__init__(**options)  # type: ignore[arg-type]


class Region(models.Model):
    """An administrative division: city, county, township or village."""

    code = models.CharField(max_length=12, unique=True)  # statistical code, 12 digits
    name = models.TextField()
    level = models.CharField(max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = PathField(unique=True)
    boundary = models.MultiPolygonField(srid=4326)

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name


class Grid(models.Model):
    """The leaf of the region tree: the ground that one officer walks. Grids tile the city without gap or overlap."""

    code = models.CharField(max_length=15, unique=True)
    name = models.TextField()
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="grids")
    path = PathField(unique=True)
    kind = models.CharField(max_length=8)  # urban, rural
    households = models.PositiveIntegerField(default=0)
    boundary = models.PolygonField(srid=4326)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """A counter that moves whenever its subject changes: `ground`, `rights`, `sites`, `components`.

    Tile addresses and audience keys carry it, so that nothing stale is ever served.
    """

    name = models.CharField(max_length=16, primary_key=True)
    value = models.BigIntegerField(default=1)
    moved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
