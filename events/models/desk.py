"""What people set up for their own work at the desk: views that they keep, and words that they use again."""

from django.db import models
from django.db.models import Q

from grid.models import Organisation, User


class SavedView(models.Model):
    """A view of the worklist, narrowed and ordered, under a name: a person's own, or shared by an organisation."""

    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    view = models.CharField(max_length=20)  # of the house's own views: the one that is narrowed
    region = models.CharField(max_length=80, blank=True)  # a path
    state = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=6, blank=True)
    text = models.CharField(max_length=80, blank=True)
    sort = models.CharField(max_length=12)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) ^ Q(organisation__isnull=True), name="saved_view_of_one"
            ),
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_own_name"),
            models.UniqueConstraint(fields=["organisation", "name"], name="saved_view_shared_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ReplyTemplate(models.Model):
    """Words that an organisation uses again: at which step, and for which 小类, 大类 or (empty) any category."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=20)
    category = models.CharField(max_length=6, blank=True)
    title = models.CharField(max_length=40)
    body = models.TextField()
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["organisation", "step", "category", "title"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "step", "category", "title"], name="reply_template_once")
        ]

    def __str__(self) -> str:
        return self.title
