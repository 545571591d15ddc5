"""Components: manholes, lamps, hydrants and the like, with whose they are. The register of what a street is made of."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from grid.models import Grid, Organisation
from grid.models.ground import PathField


class ComponentKind(models.TextChoices):
    """What it is."""

    MANHOLE = "manhole", _("Manhole cover")
    LAMP = "lamp", _("Street lamp")
    HYDRANT = "hydrant", _("Hydrant")
    BIN = "bin", _("Litter bin")
    GUARDRAIL = "guardrail", _("Guardrail")
    SIGNAL = "signal", _("Traffic signal")
    POLE = "pole", _("Line pole")
    VALVE = "valve", _("Water valve")
    DRAIN = "drain", _("Storm drain")
    TOILET = "toilet", _("Public toilet")
    OTHER = "other", _("Other component")


class ComponentState(models.TextChoices):
    """Whether it is there; what was removed stays in the register and answers for nothing."""

    IN_USE = "in_use", _("In use")
    REMOVED = "removed", _("Removed")


class Component(models.Model):
    """One component of a street, at its place, and the organisation that owns it."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=ComponentKind.choices)
    name = models.TextField()
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ComponentState.choices, default=ComponentState.IN_USE)
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="+")
    path = PathField(db_index=True)
    point = models.PointField(srid=4326, geography=True)
    shape = models.PointField(srid=3857)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
