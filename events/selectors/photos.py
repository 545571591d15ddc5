"""Which photo a reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from events.models import Event, Evidence, Photo
from events.policy import visible_events
from grid.policy import Access
from grid.refusals import NotFound


@dataclass(frozen=True)
class Shown:
    """The kept file of a photo, and the event through which the reader sees it; None for who sent it."""

    stored: str
    event: Event | None


def shown_to(access: Access, sha256: str) -> Shown:
    """A photo that lies in an event this reader may see, a restricted one last, or that they sent themselves.

    Raises NotFound.
    """
    photo = Photo.objects.filter(uploader_id=access.user, sha256=sha256).first()
    if photo is not None:
        return Shown(photo.stored, None)
    visible = Event.objects.filter(visible_events(access))
    found = Evidence.objects.filter(photo__sha256=sha256, event__in=visible).select_related("photo", "event")
    shown = found.order_by("event__restricted", "pk").first()
    if shown is None:
        raise NotFound("no-such-photo", _("There is no such photo, or not for your post."))
    return Shown(shown.photo.stored, shown.event)


def stored_of(events: Iterable[int]) -> dict[tuple[int, str], str]:
    """The kept files of the photos in these events (which the caller has found through its reader's sight).

    By event and the digest of what was sent. One query.
    """
    found = Evidence.objects.filter(event__in=[*events]).order_by()
    rows = found.values_list("event_id", "photo__sha256", "photo__stored").distinct()
    return {(event, sha256): stored for event, sha256, stored in rows}
