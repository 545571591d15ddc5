"""What each step carries: one frozen type per step, checked before anything is locked."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext as _

from events.models import RejectReason
from events.workflow import Step
from grid.coordinates import Crs
from grid.refusals import Invalid

LONGEST_TEXT = 2000
MOST_PHOTOS = 9


@dataclass(frozen=True)
class GivenPoint:
    """A place as the sender gave it: degrees in `crs`, and how exact it claims to be (metres)."""

    lng: float
    lat: float
    crs: Crs
    accuracy_m: float | None = None


@dataclass(frozen=True)
class Deed:
    """Base: something done to an event. `text` is free text of the one who does it."""

    step: ClassVar[Step]
    text: str = ""
    photos: tuple[str, ...] = ()

    def check(self) -> None:
        """Refuse what can't be taken, with the field at fault. Raises Invalid."""
        if len(self.text) > LONGEST_TEXT:
            raise Invalid("text-too-long", _("At most %d characters.") % LONGEST_TEXT, field="text")
        if len(self.photos) > MOST_PHOTOS:
            raise Invalid("too-many-photos", _("At most %d photos.") % MOST_PHOTOS, field="photos")

    def _needs_text(self, least: int, message: str) -> None:
        if len(self.text.strip()) < least:
            raise Invalid("text-needed", message, field="text")

    def _needs_photo(self, message: str) -> None:
        if not self.photos:
            raise Invalid("photo-needed", message, field="photos")


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
class Amend(Deed):
    """Correct what was reported; None leaves a field as it is."""

    step = Step.AMEND
    category: str | None = None
    address: str | None = None
    description: str | None = None
    urgent: bool | None = None

    def check(self) -> None:
        """Something must change."""
        super().check()
        if (self.category, self.address, self.description, self.urgent) == (None, None, None, None):
            raise Invalid("nothing-changed", _("Change at least one field."), field="category")
        if self.description is not None and len(self.description) > LONGEST_TEXT:
            raise Invalid("text-too-long", _("At most %d characters.") % LONGEST_TEXT, field="description")


@dataclass(frozen=True)
class Accept(Deed):
    """Take it on; its clock is fixed from now."""

    step = Step.ACCEPT


@dataclass(frozen=True)
class Reject(Deed):
    """Do not take it on, and say why."""

    step = Step.REJECT
    reason: str = ""

    def check(self) -> None:
        """A reason of the list, and words."""
        super().check()
        if self.reason not in RejectReason.values:
            raise Invalid("reason-needed", _("Choose a reason."), field="reason")
        self._needs_text(5, _("Say why in at least 5 characters; the reporter reads it."))


@dataclass(frozen=True)
class Dispatch(Deed):
    """Give it to the organisation that answers for it."""

    step = Step.DISPATCH
    organisation: int = 0


@dataclass(frozen=True)
class Sign(Deed):
    """Take it in hand."""

    step = Step.SIGN


@dataclass(frozen=True)
class Return(Deed):
    """Give it back: it is not ours."""

    step = Step.RETURN

    def check(self) -> None:
        """Words are needed."""
        super().check()
        self._needs_text(5, _("Say in at least 5 characters why it is not yours, and whose it is."))


@dataclass(frozen=True)
class Finish(Deed):
    """The work is done: what was done, and a photo of it."""

    step = Step.FINISH

    def check(self) -> None:
        """Words and a photo are needed."""
        super().check()
        self._needs_text(5, _("Say what was done, in at least 5 characters."))
        self._needs_photo(_("Add a photo taken after the work."))


@dataclass(frozen=True)
class PassCheck(Deed):
    """Seen on the spot: it is put right."""

    step = Step.PASS_CHECK
    far_reason: str = ""
    point: GivenPoint | None = None  # where the checker stands, for photos that don't say

    def check(self) -> None:
        """A photo is needed."""
        super().check()
        self._needs_photo(_("Add a photo taken on the spot."))


@dataclass(frozen=True)
class FailCheck(Deed):
    """Seen on the spot: it is not put right."""

    step = Step.FAIL_CHECK
    far_reason: str = ""
    point: GivenPoint | None = None

    def check(self) -> None:
        """Words and a photo are needed."""
        super().check()
        self._needs_text(5, _("Say what is still wrong, in at least 5 characters."))
        self._needs_photo(_("Add a photo taken on the spot."))


@dataclass(frozen=True)
class Close(Deed):
    """End it; `text` is the reply that the hotline hears."""

    step = Step.CLOSE


@dataclass(frozen=True)
class Urge(Deed):
    """Press for it."""

    step = Step.URGE


@dataclass(frozen=True)
class Withdraw(Deed):
    """The hotline takes its ticket back."""

    step = Step.WITHDRAW


@dataclass(frozen=True)
class Note(Deed):
    """Say something about it."""

    step = Step.NOTE

    def check(self) -> None:
        """Words are needed."""
        super().check()
        self._needs_text(1, _("Write something."))


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
