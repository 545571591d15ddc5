"""Addresses: what one may mean on the map, and what the address of an event may mean."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from events.selectors.placements import placements_of
from grid.coordinates import Crs
from grid.selectors import Placement, placements, settled
from webapp.api.auth import access

router = Router(tags=["ground"])

Degrees = Annotated[float, Field(allow_inf_nan=False)]


class AddressIn(Schema):
    """An address or part of a name; `lng` and `lat` (WGS-84 degrees, both or neither) prefer what lies near."""

    q: Annotated[str, Field(max_length=300)]
    lng: Degrees | None = None
    lat: Degrees | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 8


@router.get("/addresses", response=list[Placement], summary="Places that an address may mean")
def addresses(request: HttpRequest, wanted: Query[AddressIn]) -> list[Placement]:
    """Best first, each with its score and reasons; an empty list where nothing fits. Nothing asked is kept."""
    near = None
    if wanted.lng is not None and wanted.lat is not None:
        near = settled(lng=wanted.lng, lat=wanted.lat, crs=Crs.WGS84)
    return placements(text=wanted.q, near=near, limit=wanted.limit)


@router.get("/events/{no}/placements", response=list[Placement], summary="Where an event may be")
def event_placements(request: HttpRequest, no: str) -> list[Placement]:
    """The places that the event's address may mean, best first; 404 for an event that the reader may not see."""
    return placements_of(access(request), no)
