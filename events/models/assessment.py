"""What was entered by hand into a year's self-assessment. Insert only: the last entry of a row holds."""

from django.db import models
from django.db.models.functions import Now

from grid.models import User
from grid.models.ground import PathField


class AssessmentEntry(models.Model):
    """One figure that no journal can know, with what shows it."""

    at = models.DateTimeField(db_default=Now())
    year = models.PositiveSmallIntegerField()
    region = PathField()
    row = models.CharField(max_length=32)
    actual = models.DecimalField(max_digits=14, decimal_places=2)
    evidence = models.TextField()
    reason = models.TextField(blank=True)  # why it fell short
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["year", "region", "row", "-id"], name="assessment_row")]

    def __str__(self) -> str:
        return f"{self.year} {self.region} {self.row}"
