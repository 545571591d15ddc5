"""Places beside roads where a pole can stand, by grid, and the crossings they are named after. Plane metres."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

from data.demo.plan import Plan
from data.demo.plane import Floats, Ints
from data.demo.roads import Way
from data.pipeline.ground import lowest
from data.pipeline.rows import RoadClass

STEP_M = {RoadClass.ARTERIAL: 60.0, RoadClass.STREET: 40.0, RoadClass.RURAL: 110.0}
SETBACK_M = {RoadClass.ARTERIAL: 10.0, RoadClass.STREET: 7.0, RoadClass.RURAL: 5.0}


@dataclass(frozen=True, slots=True)
class Roadside:
    """Poles in grid order: place, the road's bearing there (degrees from north), number of its way, and grid."""

    points: Floats
    bearing: Floats
    way: Ints
    grid: Ints

    def of_grid(self, count: int) -> Ints:
        """Where each of `count` grids' poles begin (and, one on, end)."""
        return np.searchsorted(self.grid, np.arange(count + 1)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Crossings:
    """Where two differently named ways meet: the point and the two ways' numbers."""

    points: Floats
    first: Ints
    second: Ints


def make_roadside(seed: int, plan: Plan) -> Roadside:
    """Every place beside a way where one may stop, on either side in turn, within a grid and out of the water."""
    rng = np.random.default_rng(seed + 1000)
    open_ways = [item for item in enumerate(plan.ways) if item[1].road_class is not RoadClass.EXPRESSWAY]
    pieces = [_along(number, way) for number, way in open_ways]
    points, bearing, way = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    points = points + rng.uniform(-2.0, 2.0, points.shape)
    grid = lowest(STRtree(plan.shapes), shapely.points(points))
    good = np.flatnonzero((grid >= 0) & ~shapely.contains_xy(plan.wet, points))
    good = good[np.lexsort((rng.random(len(good)), grid[good]))]
    return Roadside(points[good], bearing[good], way[good], grid[good])


def _along(number: int, way: Way) -> tuple[Floats, Floats, Ints]:
    step = STEP_M[way.road_class]
    length = float(way.line.length)
    at = np.arange(min(step / 2, length / 2), length, step)
    here = shapely.get_coordinates(shapely.line_interpolate_point(way.line, at))
    start = shapely.get_coordinates(shapely.line_interpolate_point(way.line, np.maximum(at - 5.0, 0.0)))
    end = shapely.get_coordinates(shapely.line_interpolate_point(way.line, np.minimum(at + 5.0, length)))
    along = end - start
    along = along / np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    side = np.where(np.arange(len(at)) % 2 == 0, 1.0, -1.0)[:, None] * SETBACK_M[way.road_class]
    points = here + side * np.column_stack([along[:, 1], -along[:, 0]])
    bearing = np.degrees(np.arctan2(along[:, 0], along[:, 1])) % 360.0
    return points, bearing, np.full(len(at), number, dtype=np.int64)


def make_crossings(ways: list[Way]) -> Crossings:
    """All points where two differently named ways meet or cross."""
    lines: npt.NDArray[np.object_] = np.array([way.line for way in ways], dtype=object)
    a, b = STRtree(lines).query(lines, predicate="intersects")
    a, b = a[a < b], b[a < b]
    names = np.array([way.name for way in ways])
    different = names[a] != names[b]
    a, b = a[different], b[different]
    meeting = shapely.intersection(lines[a], lines[b])
    points, pair = shapely.get_coordinates(shapely.centroid(meeting), return_index=True)
    return Crossings(points, a[pair].astype(np.int64), b[pair].astype(np.int64))
