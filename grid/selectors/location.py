"""From a point to its grid, in process and in SQL: the same answer always, edges included."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

import numpy as np
import numpy.typing as npt
import shapely
from django.db import connection
from django.utils.translation import gettext as _

from grid.coordinates import CoordinateError, Crs, gcj02_to_wgs84_array, snap, snap_array, to_wgs84
from grid.refusals import Invalid, Unavailable
from grid.selectors.index import GroundIndex, Leaf, ground_index

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth in metres (IUGG): a distance for people, within 0.5 %."""

_COVERING = """
    SELECT code FROM grid_grid
    WHERE valid_to IS NULL AND ST_Intersects(boundary, ST_SetSRID(ST_MakePoint(%s, %s), 4326))
    ORDER BY code COLLATE "C" LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Located:
    """A place of the city: its grid, and the point in WGS-84 degrees on the lattice, as it is to be stored."""

    grid: Leaf
    lng: float
    lat: float


def settled(*, lng: float, lat: float, crs: Crs = Crs.WGS84) -> tuple[float, float]:
    """The point as WGS-84 degrees on the lattice. Raises Invalid("bad-point") for what can't be a place."""
    try:
        return snap(*to_wgs84(lng, lat, crs))
    except CoordinateError as error:
        detail = _("This can't be a place: check longitude, latitude and their coordinate system (%s).") % error
        raise Invalid("bad-point", detail, field="point") from None


def locate(*, lng: float, lat: float, crs: Crs = Crs.WGS84) -> Located:
    """The grid of a point given in degrees of `crs`, with the point as it is to be stored; on an edge the lowest code.

    Raises Invalid("outside-city") with `nearest` {code, name, distance_m}, Invalid("bad-point"), and
    Unavailable("no-ground") before any ground was loaded.
    """
    lng, lat = settled(lng=lng, lat=lat, crs=crs)
    index = ground_index()
    found = index.tree.query(shapely.Point(lng, lat), predicate="intersects")
    if len(found):
        return Located(grid=index.leaves[int(found.min())], lng=lng, lat=lat)
    raise _outside(index, lng, lat)


def grid_at(*, lng: float, lat: float, crs: Crs = Crs.WGS84) -> Leaf:
    """The grid of a point; refuses as `locate` does."""
    return locate(lng=lng, lat=lat, crs=crs).grid


def grid_box(*, lng: float, lat: float, crs: Crs = Crs.WGS84) -> tuple[float, float, float, float]:
    """The bounds of that grid (west, south, east, north in WGS-84 degrees), for a map that shows it whole."""
    found = locate(lng=lng, lat=lat, crs=crs)
    index = ground_index()
    number = int(index.tree.query(shapely.Point(found.lng, found.lat), predicate="intersects").min())
    west, south, east, north = (float(edge) for edge in index.shapes[number].bounds)
    return west, south, east, north


def grids_at(
    *, lng: Sequence[float] | npt.NDArray[np.float64], lat: Sequence[float] | npt.NDArray[np.float64],
    crs: Crs = Crs.WGS84,
) -> list[Leaf | None]:  # fmt: skip
    """The grid of each point of a batch, None for one outside the city or not finite. WGS-84, CGCS2000 or GCJ-02.

    Raises Invalid("bad-crs") for BD-09, which no batch comes in.
    """
    east, north = np.asarray(lng, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if crs is Crs.GCJ02:
        east, north = gcj02_to_wgs84_array(east, north)
    elif crs is Crs.BD09:
        raise Invalid("bad-crs", _("A batch of points comes in WGS-84, CGCS2000 or GCJ-02."), field="crs")
    index = ground_index()
    found = index.covering(shapely.points(snap_array(east), snap_array(north)))
    return [index.leaf_or_none[number] for number in found.tolist()]


def grid_at_sql(*, lng: float, lat: float, crs: Crs = Crs.WGS84) -> str | None:
    """The code of the grid of a point, asked of PostGIS: for statements that join points to grids. None outside."""
    with connection.cursor() as cursor:
        cursor.execute(_COVERING, settled(lng=lng, lat=lat, crs=crs))
        row = cursor.fetchone()
    return str(row[0]) if row else None


def metres_outside(*, grid: Leaf, lng: float, lat: float) -> float:
    """How far a settled WGS-84 point lies outside a grid, in metres; 0 within it and on its edge.

    Measured to the point of the edge that is nearest in degrees: at 28 degrees north at most an eighth too far.
    """
    index = ground_index()
    shape = index.shapes[index.leaves.index(grid)]
    point = shapely.Point(lng, lat)
    if shapely.intersects(shape, point):
        return 0.0
    ((x, y),) = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(shape, point), 0))
    return _metres(lng, lat, float(x), float(y))


def _outside(index: GroundIndex, lng: float, lat: float) -> Invalid | Unavailable:
    if not index.leaves:
        return Unavailable("no-ground", _("No ground has been loaded yet; run load_ground with the city's file."))
    leaf, distance_m = _nearest(index, lng, lat)
    nearest = {"code": leaf.code, "name": leaf.name, "distance_m": round(distance_m)}
    detail = _("This place lies outside the city; the nearest grid is %(name)s, %(metres)d m away.") % {
        "name": leaf.name,
        "metres": round(distance_m),
    }
    return Invalid("outside-city", detail, field="point", extra={"nearest": nearest})


def _nearest(index: GroundIndex, lng: float, lat: float) -> tuple[Leaf, float]:
    """The nearest grid in metres. The nearest in degrees bounds the search: a degree of longitude is shorter."""
    point = shapely.Point(lng, lat)
    reach = float(shapely.distance(point, index.shapes[index.tree.nearest(point)]))
    wide = reach / max(cos(radians(lat)), 0.01) * 1.01
    near = index.tree.query(shapely.box(lng - wide, lat - reach * 1.01, lng + wide, lat + reach * 1.01))
    ends = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(index.shapes[near], point), 0))
    distances = [_metres(lng, lat, float(x), float(y)) for x, y in ends]
    best = min(range(len(near)), key=lambda number: (distances[number], near[number]))
    return index.leaves[int(near[best])], distances[best]


def _metres(lng: float, lat: float, other_lng: float, other_lat: float) -> float:
    """Great-circle distance by the haversine formula, in metres."""
    up, along = radians(other_lat - lat), radians(other_lng - lng)
    half = sin(up / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(along / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))
