"""Place names and house numbers: what addresses are matched against."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex

from grid.models.ground import PathField


class Place(models.Model):
    """A named place, road, water or region, for labels and for matching addresses by character pairs."""

    name = models.TextField()
    aliases = ArrayField(models.TextField(), default=list)  # other names in use
    kind = models.CharField(max_length=24)  # road, water, county, township; town, village, school, market ...
    code = models.CharField(max_length=12, blank=True)  # of a region
    point = models.PointField(srid=4326)
    shape = models.GeometryField(srid=4326, null=True, spatial_index=False)  # of a road
    reach_m = models.FloatField(default=0)  # how far from `point` it goes
    path = PathField()  # of the grid that `point` lies in; of a region its own
    paths = ArrayField(PathField(), default=list)  # of the villages that a road goes through
    bigrams = ArrayField(models.CharField(max_length=3), default=list)

    class Meta:
        indexes = [GinIndex(fields=["bigrams"], name="place_bigrams", fastupdate=False)]

    def __str__(self) -> str:
        return self.name


class HouseNumber(models.Model):
    """Where one number of a road is."""

    road = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="numbers", db_index=False)
    number = models.PositiveIntegerField()
    point = models.PointField(srid=4326, spatial_index=False)

    class Meta:
        indexes = [models.Index(fields=["road", "number"], name="house_number")]

    def __str__(self) -> str:
        return f"{self.road_id} {self.number}"
