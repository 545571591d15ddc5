"""The live feed's own table: what changed, for whom it is visible, in a dense order."""

from django.db import models
from django.db.models.functions import Now


class Update(models.Model):
    """One change to something on the map.

    Row ids become visible out of order, so a reader that remembers the highest id would skip rows: `seq` is given
    to committed rows only, by one sequencer at a time, without holes. `before` and `after` are who may see the subject
    (events' scope as JSON, null: nobody), so that losing sight is told to those who had it and to no one else.
    """

    at = models.DateTimeField(db_default=Now())
    seq = models.BigIntegerField(null=True, unique=True)
    layer = models.CharField(max_length=16)
    subject = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    body = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="update_unnumbered", condition=models.Q(seq__isnull=True)),
            models.Index(fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.subject} #{self.seq}"
