"""Drawn shapes, ready for tiles: projected to EPSG:3857 once, generalised once per zoom band."""

from django.contrib.gis.db import models

from grid.models.ground import PathField


class GroundShape(models.Model):
    """One region or grid as it is drawn from zoom `band` on (8, 9, 11, 13 generalised; 14 exact)."""

    level = models.CharField(max_length=10)  # city, county, township, village, grid
    code = models.CharField(max_length=15)
    name = models.TextField()
    path = PathField()
    band = models.SmallIntegerField()
    number = models.BigIntegerField()  # the feature id on the map: the code as an integer
    shape = models.GeometryField(srid=3857, spatial_index=False)
    label = models.PointField(srid=3857, spatial_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "code", "band"], name="ground_shape_once")]

    def __str__(self) -> str:
        return f"{self.level} {self.code} z{self.band}"


class BaseFeature(models.Model):
    """A line or area of the base map: road or water."""

    kind = models.CharField(max_length=8)  # road, water
    rank = models.CharField(max_length=16)  # arterial, street, rural; river, lake
    name = models.TextField(blank=True)
    min_zoom = models.SmallIntegerField()
    shape = models.GeometryField(srid=3857)

    def __str__(self) -> str:
        return self.name or self.rank
