"""Devices that report their own state: alarm buttons, video doors, screens. Cameras stand in the register of sites."""

from django.contrib.gis.db import models

from grid.models import Grid, Organisation
from grid.models.ground import PathField


class Device(models.Model):
    """A device by the code under which its system knows it, and where it stands."""

    source = models.CharField(max_length=32)  # the code of the system that speaks for it
    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    name = models.TextField()
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    address = models.TextField(blank=True)
    point = models.PointField(srid=4326, null=True)
    shape = models.PointField(srid=3857, null=True)  # the same, as tiles want it
    grid = models.ForeignKey(Grid, null=True, on_delete=models.PROTECT, related_name="+")
    path = PathField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "code"], name="device_once")]

    def __str__(self) -> str:
        return self.name
