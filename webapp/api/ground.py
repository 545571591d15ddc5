"""The ground over HTTP: which grid a place lies in, the regions of one's own ground, and the card of a grid."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from events.selectors.patrols import LastSeen, last_check_ins
from events.selectors.rows import EventRow
from events.selectors.worklist import rows_in_grid
from gis_layers.selectors import SiteRow, sites_in_grid
from grid import selectors
from grid.coordinates import Crs
from webapp.api.auth import access
from webapp.api.people import GridOut

router = Router(tags=["ground"])

Bounds = tuple[float, float, float, float]


class GridAtOut(Schema):
    """Where a point lies, and the bounds of that grid (west, south, east, north in WGS-84 degrees)."""

    grid: GridOut
    bbox: Bounds


class RegionOut(Schema):
    """A region, its bounding box (west, south, east, north in WGS-84 degrees) and how many lie directly below it."""

    code: str
    name: str
    level: str
    path: str
    bbox: Bounds
    children: int


class OfficerOut(Schema):
    """Who walks a grid."""

    name: str
    organisation: str
    stands_in_for: str | None
    last_check_in: LastSeen | None  # today's, for whoever reads the coverage; never where in the grid


class GridCard(Schema):
    """A grid with who answers for it, what is open in it and what stands there, as far as the reader may see it."""

    code: str
    name: str
    place: str
    path: str
    kind: str
    households: int
    bbox: Bounds
    officers: list[OfficerOut]
    open_events: list[EventRow]
    sites: list[SiteRow]


@router.get("/ground/grid-at", response=GridAtOut, summary="Grid at a point")
def grid_at(
    request: HttpRequest,
    lng: Annotated[float, Query(description="degrees")],
    lat: Annotated[float, Query(description="degrees")],
    crs: Crs = Crs.WGS84,
) -> dict[str, Any]:
    """The grid that a point lies in; on an edge the one with the lowest code. 422 outside the city, with `nearest`."""
    leaf = selectors.grid_at(lng=lng, lat=lat, crs=crs)
    place = selectors.place_label(leaf.path)
    box = selectors.grid_box(lng=lng, lat=lat, crs=crs)
    return {"grid": GridOut(code=leaf.code, name=leaf.name, path=leaf.path, place=place), "bbox": box}


@router.get("/ground/regions", response=list[RegionOut], summary="Regions")
def regions(request: HttpRequest, parent: str | None = None) -> list[RegionOut]:
    """The regions directly below the path `parent`; without it the reader's own roots, and theirs down to township."""
    found = selectors.regions_for(access=access(request), parent=parent)
    return [
        RegionOut(
            code=node.code, name=node.name, level=node.level, path=node.path, bbox=node.bbox, children=node.children
        )
        for node in found
    ]


@router.get("/ground/grids/{code}", response=GridCard, summary="A grid's card")
def grid_card(request: HttpRequest, code: str) -> GridCard:
    """One grid of the reader's own ground; 404 for any other."""
    who = access(request)
    leaf = selectors.grid_of_reader(access=who, code=code)
    officers = selectors.officers_of(grid=leaf.id, at=timezone.now())
    seen = last_check_ins(who, path=leaf.path, users=[one.user for one in officers])
    return GridCard(
        code=leaf.code,
        name=leaf.name,
        place=selectors.place_label(leaf.path),
        path=leaf.path,
        kind=leaf.kind,
        households=leaf.households,
        bbox=leaf.bbox,
        officers=[
            OfficerOut(
                name=one.name,
                organisation=one.organisation,
                stands_in_for=one.for_name or None,
                last_check_in=seen.get(one.user),
            )
            for one in officers
        ],
        open_events=rows_in_grid(who, leaf.code),
        sites=sites_in_grid(who, leaf.code),
    )
