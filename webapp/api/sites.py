"""Sites over HTTP, and the channels around an event."""

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from events.selectors import cards
from gis_layers import selectors
from gis_layers.selectors import Nearby, SiteRow
from grid.refusals import Conflict
from webapp.api.auth import access

router = Router(tags=["sites"])


@router.get("/sites/{code}", response=SiteRow, summary="A site")
def get_site(request: HttpRequest, code: str) -> SiteRow:
    """By its code, or by `id:` and the feature id that the tiles carry."""
    kind, colon, number = code.partition(":")
    if colon and kind == "id" and number.isascii() and number.isdigit() and len(number) < 19:
        return selectors.site_by_id(access(request), int(number))
    return selectors.site(access(request), code)


@router.get("/events/{no}/channels", response=Nearby, summary="Channels around an event")
def channels(
    request: HttpRequest, no: str, metres: Annotated[int, Field(ge=1, le=selectors.FARTHEST_M)] = 500
) -> Nearby:
    """Those that look at the place first, then by distance."""
    who = access(request)
    event = cards.find(who, no)
    if event.point is None:
        raise Conflict("no-place", _("This event is not on the map yet."))
    return selectors.channels_near(who, lng=event.point.x, lat=event.point.y, metres=metres)
