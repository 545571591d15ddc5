"""Appeals against how an event counts. What was said stands in the journal's entries of `asked_version` and
`decided_version`; so does every correction, from which indicators take it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.counting.lives import Verdict
from events.models.event import Event
from grid.models import Organisation, User


class VerdictLabel(models.TextChoices):
    """How something counts once an appeal was upheld."""

    OUT = Verdict.OUT.value, _("Left out of the count")
    HIT = Verdict.HIT.value, _("Counted as yes")
    MISS = Verdict.MISS.value, _("Counted as no")


class Appeal(models.Model):
    """One organisation's appeal against how the thing of a moment counts for one indicator."""

    class State(models.TextChoices):
        """How it stands."""

        OPEN = "open", pgettext_lazy("appeal", "To be decided")
        UPHELD = "upheld", pgettext_lazy("appeal", "Upheld")
        DISMISSED = "dismissed", pgettext_lazy("appeal", "Dismissed")
        RESTORED = "restored", pgettext_lazy("appeal", "Correction taken back")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="appeals")
    indicator = models.CharField(max_length=24)
    at = models.DateTimeField()  # the moment that the contested thing belongs to
    hit = models.BooleanField()  # how it counted when the appeal was made
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    verdict = models.CharField(max_length=4, choices=VerdictLabel.choices, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_version = models.PositiveIntegerField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_version = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "asked_at"], name="appeal_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "indicator", "at"], name="one_appeal_at_a_time", condition=models.Q(state="open"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.event_id} {self.indicator} {self.state}"
