"""The demo's ground in plane metres: everything that sites and names are then hung on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from data.demo.mesh import dissolve, smooth
from data.demo.plane import Floats, Ints
from data.demo.roads import Way, make_roads
from data.demo.settlement import Settlement, settle
from data.demo.sources import towns, villages
from data.demo.streets import make_streets
from data.demo.territory import make_territory
from data.demo.water import Body, waters

GRIDS = 5772
SMOOTH_TURNS = 4
STRAIGHTEN_M = 9.0
URBAN_SMOOTHING = 0.35


@dataclass(frozen=True, slots=True)
class Plan:
    """Grids (polygons by number) with village and township numbers, ways, waters, hearts of villages."""

    shapes: npt.NDArray[np.object_]
    grid_village: Ints
    grid_town: Ints
    urban: npt.NDArray[np.bool_]
    settlement: Settlement
    ways: list[Way]
    waters: list[Body]
    wet: Any
    city: Any
    hearts: Floats
    centres: Floats


def make_plan(seed: int) -> Plan:
    """The demo prefecture of a seed: 8 counties, 94 townships, 1,446 villages, 5,772 grids in one piece."""
    water = waters(seed)
    land = settle(seed, make_territory(seed, water), water, GRIDS)
    urban = np.array([village.is_urban for village in villages()])[land.grid_village]
    raw = dissolve(land.mesh.cells, land.grid, GRIDS)
    rounded = smooth(raw, SMOOTH_TURNS, np.where(urban, URBAN_SMOOTHING, 1.0))
    shapes = shapely.coverage_simplify(rounded, STRAIGHTEN_M)
    city = shapely.coverage_union_all(shapes)
    village_town = _village_town()
    hearts = _hearts(land, water.wet)
    grid_town = village_town[land.grid_village]
    ways = make_roads(seed, land.centres, hearts, village_town, city, water.wet)
    ways += make_streets(seed, shapes, grid_town, urban, land.cores, water.wet)
    return Plan(
        shapes=shapes,
        grid_village=land.grid_village,
        grid_town=grid_town,
        urban=urban,
        settlement=land,
        ways=ways,
        waters=_cut(water.bodies, city),
        wet=water.wet,
        city=city,
        hearts=hearts,
        centres=land.centres,
    )


def _village_town() -> Ints:
    number = {town.code: place for place, town in enumerate(towns())}
    return np.array([number[village.town] for village in villages()], dtype=np.int64)


def _hearts(land: Settlement, wet: Any) -> Floats:
    """For each village the dry cell nearest to its middle."""
    dry = ~shapely.contains_xy(wet, land.mesh.points)
    hearts = np.empty((len(villages()), 2))
    order = np.argsort(land.village, kind="stable")
    start = np.searchsorted(land.village[order], np.arange(len(hearts) + 1))
    for number in range(len(hearts)):
        cells = order[start[number] : start[number + 1]]
        good = cells[dry[cells]] if dry[cells].any() else cells
        points = land.mesh.points[good]
        hearts[number] = points[((points - points.mean(axis=0)) ** 2).sum(axis=1).argmin()]
    return hearts


def _cut(bodies: tuple[Body, ...], city: Any) -> list[Body]:
    """Waters within the city, crumbs left out."""
    found = []
    for body in bodies:
        for part in shapely.get_parts(shapely.intersection(body.shape, city)):
            if shapely.length(part) > 400.0 and part.geom_type in {"Polygon", "LineString"}:
                found.append(Body(body.name, body.kind, part))
    return found
