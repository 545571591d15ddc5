"""The audit trail: rows are only ever added, and sealed in batches into a hash chain."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from grid.models.people import Organisation, User


class TransactionId(models.Func):
    """The writing transaction's 64-bit id; sealing uses it to know which rows can no longer appear."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class AuditEntry(models.Model):
    """Who did what to what, from where, with what result. Insert only: the application's role may do nothing else."""

    at = models.DateTimeField(db_default=Now())
    xid = models.BigIntegerField(db_default=TransactionId(), db_index=True)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=48)
    subject_kind = models.CharField(max_length=32)
    subject = models.TextField()
    result = models.CharField(max_length=16, default="ok")
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=36, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject"]), models.Index(fields=["actor", "at"])]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject}"


class AuditSeal(models.Model):
    """One batch of audit rows, closed: their ids and digests, chained to the seal before. Insert only."""

    sealed_at = models.DateTimeField(db_default=Now())
    until_xid = models.BigIntegerField()  # every row of an earlier transaction is in this seal or one before
    entries = ArrayField(models.BigIntegerField())
    digests = ArrayField(models.CharField(max_length=64))
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"{self.pk} {self.digest[:12]}"
