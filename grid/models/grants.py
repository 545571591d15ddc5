"""What organisations let one another read of their events.

Kept beside the posts: what somebody may read follows from both, and both are read in one statement with the session.
Categories stand here as codes alone; `events` knows what they mean.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grid.models.ground import PathField
from grid.models.people import Organisation, User


class GrantState(models.TextChoices):
    """What was last done about a grant; whether it holds follows from this and the time."""

    ASKED = "asked", _("Asked for")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ENDED = "ended", _("Ended early")
    LAPSED = "lapsed", _("Run out")


class EventGrant(models.Model):
    """An owner lets another organisation read a class of its events in a region, between two times, for a reason.

    It holds while `state` is granted and `since` <= now < `until`: nothing has to happen for it to stop. `join` adds
    the right to take part: to leave notes, and to be given a joint share.
    """

    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    grantee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    path = PathField()  # region subtree
    classes = ArrayField(models.CharField(max_length=6))  # 大类 ("06") and 小类 ("06-001"), sorted
    join = models.BooleanField(default=False)
    reason = models.TextField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=GrantState.choices, default=GrantState.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)  # taken back, ended early, or noted as run out
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ending = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["grantee", "until"], name="event_grant_held", condition=Q(state="granted")),
            models.Index(fields=["owner", "-id"], name="event_grant_given"),
            models.Index(fields=["grantee", "-id"], name="event_grant_received"),
            models.Index(fields=["until"], name="event_grant_open", condition=Q(state__in=["asked", "granted"])),
        ]
        constraints = [
            models.CheckConstraint(name="event_grant_lasts", condition=Q(until__gt=F("since"))),
            models.CheckConstraint(name="event_grant_to_another", condition=~Q(owner=F("grantee"))),
            models.CheckConstraint(name="event_grant_of_something", condition=~Q(path="") & Q(classes__len__gt=0)),
            models.UniqueConstraint(
                fields=["owner", "grantee", "path", "classes"],
                name="event_grant_asked_once",
                condition=Q(state="asked"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} -> {self.grantee_id} {self.path} {self.state}"
