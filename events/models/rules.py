"""Rules of responsibility: which organisation leads, for what, where, from when to when."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grid.models import Level, Organisation, Region


class AreaKind(models.TextChoices):
    """What an area of a rule is."""

    PARK = "park", _("Park")
    ROAD = "road", _("Road")
    RIVER = "river", _("River")
    OTHER = "other", _("Other area")


class Rule(models.Model):
    """Who answers for a category (小类, 大类, or empty: all) in a region, or in an area that has its own outline.

    Its id is its number. `levels` are those of the centre that holds the event; empty: any. Both days of its validity
    count; without `until` it holds until further notice.
    """

    category = models.CharField(max_length=6, blank=True)
    levels = ArrayField(models.CharField(max_length=10, choices=Level.choices), default=list, blank=True)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    area = models.MultiPolygonField(srid=4326, null=True, blank=True)
    area_name = models.TextField(blank=True)
    area_kind = models.CharField(max_length=8, choices=AreaKind.choices, blank=True)
    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    joint = models.ManyToManyField(Organisation, related_name="+", blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    remark = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["region", "category"], name="rule_region_category")]
        constraints = [
            models.CheckConstraint(
                name="rule_in_region_or_area", condition=Q(region__isnull=True) ^ Q(area__isnull=True)
            ),
            models.CheckConstraint(
                name="rule_days_in_order", condition=Q(until__isnull=True) | Q(until__gte=models.F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.category or '*'} -> {self.lead_id}"
