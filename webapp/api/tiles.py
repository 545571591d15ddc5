"""Vector tiles, and where a map finds them. nginx asks here only for a tile that nobody has asked for before."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema

from gis_layers import tiles
from gis_layers.tiles import Moved, TileAddress
from grid.refusals import Refusal
from grid.selectors import ground_index, home_of
from webapp.api import errors
from webapp.api.auth import access
from webapp.asking import asking
from webapp.problems import problem

router = Router(tags=["map"])

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"
IMMUTABLE = "private, max-age=31536000, immutable"

Bounds = tuple[float, float, float, float]


class TilesOut(Schema):
    """A tileset: `url` holds {z}, {x}, {y}; below `minzoom` there is nothing, above `maxzoom` the client stretches."""

    url: str
    minzoom: int
    maxzoom: int


class HomeOut(Schema):
    """Where the map opens: west, south, east, north in WGS-84 degrees."""

    bbox: Bounds
    name: str


class MapOut(Schema):
    """What a map needs before it can draw. Ask again when a tile answers 404: the day or the rights have changed."""

    bounds: Bounds
    home: HomeOut
    tiles: dict[str, TilesOut]
    watermark: str
    now: datetime


@router.get("/map", response=MapOut, summary="Map settings")
def map_settings(request: HttpRequest) -> MapOut:
    """Bounds of the city, the reader's own ground, and the tile addresses of what this reader may see."""
    who, now = access(request), timezone.now()
    home = home_of(access=who)
    return MapOut(
        bounds=ground_index().bounds,
        home=HomeOut(bbox=home.bbox, name=home.name),
        tiles={
            offer.name: TilesOut(url=offer.url, minzoom=offer.minzoom, maxzoom=offer.maxzoom)
            for offer in tiles.offers(access=who, now=now)
        },
        watermark=_("Demonstration data, not a survey") if settings.DEMO else "",
        now=now,
    )


def tile(request: HttpRequest, address: str) -> HttpResponse:
    """One tile, gzipped, good for ever at its address. 307 to the present revision from an older one that is gone.

    404 for an audience that is not the session's own, and for all that is no tile. A browser that has the bytes is
    told so before anything is looked up: they can't have changed.
    """
    if request.method not in {"GET", "HEAD"}:
        response = problem(request, 405, "method-not-allowed", _("A tile can only be read."))
        response["Allow"] = "GET, HEAD"
        return response
    try:
        found = tiles.parse(address)
        if request.headers.get("If-None-Match") == found.etag:
            return _fresh(HttpResponse(status=304), found)
        return _tile(request, found)
    except Refusal as refusal:
        return errors.refused(request, refusal)
    except OperationalError as error:
        return errors.database_gone(request, error)


def _tile(request: HttpRequest, address: TileAddress) -> HttpResponse:
    who = asking(request)
    if who.user is None:
        return problem(request, 401, "not-signed-in", _("Sign in first."))
    answer = tiles.serve(access=who, address=address, now=timezone.now())
    if isinstance(answer, Moved):
        response = HttpResponse(status=307, headers={"Location": answer.address.url, "Cache-Control": "no-store"})
        del response["Content-Type"]
        return response
    return _fresh(_body(request, answer.body), address)


def _body(request: HttpRequest, zipped: bytes) -> HttpResponse:
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(zipped, content_type=CONTENT_TYPE, headers={"Content-Encoding": "gzip"})
    return HttpResponse(tiles.unzipped(zipped), content_type=CONTENT_TYPE)


def _fresh(response: HttpResponse, address: TileAddress) -> HttpResponse:
    response["ETag"] = address.etag
    response["Cache-Control"] = IMMUTABLE
    response["Vary"] = "Accept-Encoding"
    return response


urlpatterns: list[URLPattern | Any] = [re_path(r"^tiles/(?P<address>[\s\S]*)\Z", tile)]
