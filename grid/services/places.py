"""Loading the names that addresses are matched against: places, roads with their numbers, waters, regions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import cos, radians
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from grid.addresses import keys_of_name, normalise
from grid.paths import parent_path, paths_down_to
from grid.placenames import other_names, stem
from grid.services.copying import copy_rows, ewkb, new_ids

if TYPE_CHECKING:
    from data.pipeline import Ground

METRES_PER_DEGREE = 111_320.0
ONE_ROAD_M = 1_000.0
"""Pieces of one name that are nearer to each other are one road; farther ones are two roads of that name."""

BESIDE_M = 100.0
"""A place this near to a region's edge may be said to lie in it."""

REACH_M = {"park": 150.0, "farm": 400.0, "pond": 400.0, "school": 80.0, "housing": 120.0, "hospital": 80.0}
"""How far a place of a kind goes from its point, where the file has only the point (our own defaults, in metres)."""

_REACH_ELSE_M = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One row to be: a name, its other names, and the ground that it covers, WGS-84 degrees."""

    name: str
    kind: str
    point: Any
    aliases: tuple[str, ...] = ()
    code: str = ""
    path: str = ""
    shape: Any = None
    reach_m: float = 0.0


def load_places(ground: Ground) -> None:
    """Write every name of a proved ground that an address may hold, with the house numbers of its roads."""
    area = _Area(ground)
    places = _places(ground, area)
    named = [*places, *_regions(ground, {place.code for place in places}), *_waters(ground)]
    roads = _roads(ground)
    rows = area.placed([*named, *roads])
    ids = new_ids(table="grid_place", count=len(rows))
    _copy_places(rows, ids, area)
    _copy_numbers(ground, roads, ids[len(named) :])


class _Area:
    """The grids of a ground, to say in which villages something lies."""

    def __init__(self, ground: Ground) -> None:
        self.grids, self.root = ground.grids, ground.root
        self.tree = shapely.STRtree([grid.shape for grid in ground.grids])
        self.names = {region.path: region.name for region in ground.regions}
        self._villages = [parent_path(grid.path) for grid in ground.grids]

    def paths_of(self, points: Sequence[Any]) -> list[str]:
        """The path of the grid of each point; the root's for one beyond the border (the next city's station)."""
        from data.pipeline.ground import lowest

        if not points:
            return []
        found = lowest(self.tree, _array(points)).tolist()
        return [self.grids[index].path if index >= 0 else self.root.path for index in found]

    def villages_of(self, shapes: Sequence[Any]) -> list[list[str]]:
        """For each shape the paths of the villages that it is in or beside."""
        found: list[set[str]] = [set() for _ in shapes]
        if shapes:
            pairs = self.tree.query(_array(shapes), predicate="dwithin", distance=BESIDE_M / METRES_PER_DEGREE)
            for which, grid in pairs.T.tolist():
                found[which].add(self._villages[grid])
        return [sorted(paths) for paths in found]

    def placed(self, named: Iterable[Named]) -> list[Named]:
        """The rows with the path of their point, where they have none of their own."""
        rows = list(named)
        paths = self.paths_of([row.point for row in rows])
        return [replace(row, path=row.path or path) for row, path in zip(rows, paths, strict=True)]

    def around(self, path: str) -> list[str]:
        """The names of the city, county and township that contain a path, widest first."""
        return [self.names[one] for one in paths_down_to(path)[:3] if one in self.names]


def _copy_places(rows: list[Named], ids: list[int], area: _Area) -> None:
    lines = [row.shape if row.kind == "road" else None for row in rows]
    points = ewkb((row.point for row in rows), srid=4326)
    shapes = iter(ewkb((line for line in lines if line is not None), srid=4326))
    villages = area.villages_of([row.shape if row.shape is not None else row.point for row in rows])
    copy_rows(
        table="grid_place",
        columns=("id", "name", "aliases", "kind", "code", "point", "shape", "reach_m", "path", "paths", "bigrams"),
        rows=(
            (number, row.name, (said := _said(row, area)), row.kind, row.code, point,
             None if line is None else next(shapes), row.reach_m, row.path, [row.path] if row.code else around,
             sorted({key for name in (row.name, *said) for key in keys_of_name(normalise(name))}))
            for number, row, point, line, around in zip(ids, rows, points, lines, villages, strict=True)
        ),
    )  # fmt: skip


def _said(row: Named, area: _Area) -> list[str]:
    """Its other names: those of the file, and those that follow from its own."""
    following: tuple[str, ...] = ()
    if row.code:
        following = tuple({stem(row.name)} - {row.name})
    elif row.kind != "road":
        following = other_names(row.name, area.around(row.path))
    return list(dict.fromkeys([*row.aliases, *following]))


def _places(ground: Ground, area: _Area) -> list[Named]:
    """The file's places; one that bears the name of the township or village around it stands for that region."""
    codes = {region.path: region for region in ground.regions}
    found = []
    for place, path in zip(ground.places, area.paths_of([place.point for place in ground.places]), strict=True):
        above = [codes.get(one) for one in paths_down_to(path)]
        region = next((one for one in above if one and one.name == place.name), None)
        found.append(
            Named(
                name=place.name, kind=place.kind, point=place.point, aliases=place.aliases,
                code=region.code if region else "", path=region.path if region else path,
                reach_m=_reach(region.boundary, place.point) if region else REACH_M.get(place.kind, _REACH_ELSE_M),
            )
        )  # fmt: skip
    return found


def _regions(ground: Ground, standing: set[str]) -> list[Named]:
    """Every region that no place of the file stands for."""
    return [
        Named(name=region.name, kind=str(region.level), point=(middle := shapely.point_on_surface(region.boundary)),
              code=region.code, path=region.path, reach_m=_reach(region.boundary, middle))
        for region in ground.regions
        if region.code not in standing
    ]  # fmt: skip


def _waters(ground: Ground) -> list[Named]:
    return [
        Named(name=water.name, kind="water", point=(middle := shapely.point_on_surface(water.shape)),
              shape=water.shape, reach_m=_reach(water.shape, middle))
        for water in ground.waters
    ]  # fmt: skip


def _roads(ground: Ground) -> list[Named]:
    """One row for each road: pieces of one name that lie near each other."""
    pieces: dict[str, list[Any]] = defaultdict(list)
    for road in ground.roads:
        pieces[road.name] += shapely.get_parts(road.line).tolist()
    return [_road(name, group) for name in sorted(pieces) for group in _near_each_other(pieces[name])]


def _road(name: str, lines: list[Any]) -> Named:
    longest = max(lines, key=lambda line: (line.length, line.wkb))
    middle = shapely.line_interpolate_point(longest, 0.5, normalized=True)
    whole = shapely.MultiLineString(lines)
    return Named(name=name, kind="road", point=middle, shape=whole, reach_m=_reach(whole, middle))


def _near_each_other(lines: list[Any]) -> list[list[Any]]:
    """The lines in groups, each line nearer than ONE_ROAD_M to another of its group."""
    flat = [_flat(line) for line in lines]
    tree = shapely.STRtree(flat)
    group = list(range(len(lines)))
    for a, b in tree.query(flat, predicate="dwithin", distance=ONE_ROAD_M / METRES_PER_DEGREE).T.tolist():
        old, new = sorted((group[a], group[b]), reverse=True)
        group = [new if number == old else number for number in group]
    return [[line for line, own in zip(lines, group, strict=True) if own == number] for number in sorted(set(group))]


def _flat(shape: Any) -> Any:
    """A shape whose degrees of longitude are as long as those of latitude."""
    lat = float(shapely.get_coordinates(shape)[:, 1].mean())
    return shapely.transform(shape, lambda points: points * np.array([cos(radians(lat)), 1.0]))


def _reach(shape: Any, point: Any) -> float:
    """Metres from a point to the farthest corner of a shape."""
    corners = shapely.get_coordinates(shape)
    scale = np.array([cos(radians(point.y)), 1.0]) * METRES_PER_DEGREE
    return round(float(np.hypot(*((corners - (point.x, point.y)) * scale).T).max()), 1)


def _copy_numbers(ground: Ground, roads: list[Named], ids: list[int]) -> None:
    """Each number on the road of its name that passes nearest."""
    named: dict[str, list[int]] = defaultdict(list)
    for at, road in enumerate(roads):
        named[road.name].append(at)
    owners = [_nearest(row.point, named[row.road], roads) for row in ground.numbers]
    copy_rows(
        table="grid_housenumber",
        columns=("road_id", "number", "point"),
        rows=(
            (ids[owner], row.number, point)
            for row, owner, point in zip(
                ground.numbers, owners, ewkb((row.point for row in ground.numbers), srid=4326), strict=True
            )
        ),
    )


def _nearest(point: Any, among: list[int], roads: list[Named]) -> int:
    return among[0] if len(among) == 1 else min(among, key=lambda at: float(shapely.distance(roads[at].shape, point)))


def _array(shapes: Sequence[Any]) -> npt.NDArray[np.object_]:
    packed = np.empty(len(shapes), dtype=object)
    packed[:] = shapes
    return packed
