"""Deeds until an event is taken on: the report itself, its place and category, whether it is so, yes or no."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from events.models import RejectReason
from events.services.deeds.base import LONGEST_TEXT, MOST_PHOTOS, Deed, GivenPoint
from events.workflow import Step
from grid.refusals import Invalid


@dataclass(frozen=True)
class SelfResolution:
    """Solved on the spot: what was done, and photos taken after it."""

    text: str
    photos: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Something is wrong: what, where, with which photos. `client_id` is the sender's own, unique for ever."""

    client_id: UUID
    category: str
    point: GivenPoint
    text: str = ""
    address: str = ""
    photos: tuple[str, ...] = ()
    urgent: bool = False
    device_at: datetime | None = None
    self_resolution: SelfResolution | None = None

    def check(self) -> None:
        """Raises Invalid."""
        if len(self.text) > LONGEST_TEXT:
            raise Invalid("text-too-long", _("At most %d characters.") % LONGEST_TEXT, field="description")
        if len(self.address) > 300:
            raise Invalid("text-too-long", _("At most %d characters.") % 300, field="address")
        if len(self.photos) > MOST_PHOTOS:
            raise Invalid("too-many-photos", _("At most %d photos.") % MOST_PHOTOS, field="photos")


@dataclass(frozen=True)
class Place(Deed):
    """Put an event where it belongs."""

    step = Step.PLACE
    point: GivenPoint | None = None
    address: str = ""

    def check(self) -> None:
        """A place is needed."""
        super().check()
        if self.point is None:
            raise Invalid("point-needed", _("Choose the place on the map."), field="point")


@dataclass(frozen=True)
class Recategorise(Deed):
    """Put it under another category: the allowance follows."""

    step = Step.RECATEGORISE
    category: str = ""

    def check(self) -> None:
        """A category is needed."""
        super().check()
        if not self.category:
            raise Invalid("category-needed", _("Choose the category."), field="category")


@dataclass(frozen=True)
class Amend(Deed):
    """Correct what was reported; None leaves a field as it is."""

    step = Step.AMEND
    address: str | None = None
    description: str | None = None

    def check(self) -> None:
        """Something must change."""
        super().check()
        if (self.address, self.description) == (None, None):
            raise Invalid("nothing-changed", _("Change at least one field."), field="description")
        if self.description is not None and len(self.description) > LONGEST_TEXT:
            raise Invalid("text-too-long", _("At most %d characters.") % LONGEST_TEXT, field="description")


@dataclass(frozen=True)
class RequestVerify(Deed):
    """Have the grid's officer look whether it is so; `text` says what to look for."""

    step = Step.REQUEST_VERIFY


@dataclass(frozen=True)
class Confirm(Deed):
    """Seen on the spot: it is so."""

    step = Step.CONFIRM
    picture = _("Add a photo of what is wrong.")
    category: str = ""  # where it has none yet


@dataclass(frozen=True)
class Refute(Deed):
    """Seen on the spot: it is not so."""

    step = Step.REFUTE
    words = _("Say what you found instead, in at least 5 characters; the reporter reads it.")
    picture = _("Add a photo taken on the spot.")


@dataclass(frozen=True)
class CannotTell(Deed):
    """Seen on the spot, and not to be told: back to who asked."""

    step = Step.CANNOT_TELL
    words = _("Say in at least 5 characters why it can't be told.")


@dataclass(frozen=True)
class Accept(Deed):
    """Take it on; its clock is fixed from now."""

    step = Step.ACCEPT


@dataclass(frozen=True)
class Reject(Deed):
    """Do not take it on, and say why."""

    step = Step.REJECT
    words = _("Say why in at least 5 characters; the reporter reads it.")
    reason: str = ""

    def check(self) -> None:
        """A reason of the list, and words."""
        if self.reason not in RejectReason.values:
            raise Invalid("reason-needed", _("Choose a reason."), field="reason")
        super().check()
