"""What every deed has: words, photos, a place as it was given."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
    words: ClassVar[Promise | None] = None  # asked for when the text has fewer than `least` characters
    least: ClassVar[int] = 5
    picture: ClassVar[Promise | None] = None  # asked for when there is no photo
    text: str = ""
    photos: tuple[str, ...] = ()

    def check(self) -> None:
        """Refuse what can't be taken, with the field at fault. Raises Invalid."""
        if len(self.text) > LONGEST_TEXT:
            raise Invalid("text-too-long", _("At most %d characters.") % LONGEST_TEXT, field="text")
        if len(self.photos) > MOST_PHOTOS:
            raise Invalid("too-many-photos", _("At most %d photos.") % MOST_PHOTOS, field="photos")
        if self.words is not None and len(self.text.strip()) < self.least:
            raise Invalid("text-needed", self.words, field="text")
        if self.picture is not None and not self.photos:
            raise Invalid("photo-needed", self.picture, field="photos")
