"""Which photo a reader may see."""

from django.db.models import Q
from django.utils.translation import gettext as _

from events.models import Event, Evidence, Photo
from events.policy import visible_events
from grid.policy import Access
from grid.refusals import NotFound


def stored_for(access: Access, sha256: str) -> str:
    """The kept file of a photo that lies in an event this reader may see, or that they sent themselves.

    Raises NotFound.
    """
    own = Q(uploader_id=access.user)
    shown = Q(pk__in=Evidence.objects.filter(event__in=Event.objects.filter(visible_events(access))).values("photo"))
    photo = Photo.objects.filter(own | shown, sha256=sha256).first()
    if photo is None:
        raise NotFound("no-such-photo", _("There is no such photo, or not for your post."))
    return photo.stored
