"""The whole ground in memory, one copy per process and ground revision: 6,000 grids take about 20 MB and 0.3 s."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.db import connection
from shapely import STRtree

from grid.models import Region
from grid.paths import parent_path
from grid.selectors.prepared import prepared_cursor

Box = tuple[float, float, float, float]
"""West, south, east, north in WGS-84 degrees."""

NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)

_GRIDS = """
    SELECT id, code, name, path, kind, households, ST_AsBinary(boundary)
    FROM grid_grid WHERE valid_to IS NULL ORDER BY code COLLATE "C"
"""

_REVISION = "SELECT value, moved_at FROM grid_revision WHERE name = 'ground'"
"""Asked on every call, so without the ORM, which takes five times as long."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A grid: its row's id, 15-digit code, name, path, kind (urban, rural), households, and bounding box."""

    id: int
    code: str
    name: str
    path: str
    kind: str
    households: int
    bbox: Box


@dataclass(frozen=True, slots=True)
class Node:
    """A region: its row's id, 12-digit code, name, level, path, bounding box, and how many lie directly below it."""

    id: int
    code: str
    name: str
    level: str
    path: str
    bbox: Box
    children: int


class GroundIndex:
    """An immutable copy of the tree and of the boundaries; ask `ground_index()` for the present one.

    Boundaries lie on the lattice of 2^-24 degree, so a snapped point is on an edge here exactly when it is in PostGIS.
    """

    def __init__(self, *, grids: list[tuple[Any, ...]], regions: list[tuple[Any, ...]]) -> None:
        self.shapes: npt.NDArray[np.object_] = np.array(
            shapely.from_wkb([bytes(row[6]) for row in grids]), dtype=object
        )
        self.tree = STRtree(self.shapes)
        boxes = shapely.bounds(self.shapes).tolist()
        self.leaves = tuple(_leaf(row, box) for row, box in zip(grids, boxes, strict=True))
        self.leaf_or_none = (*self.leaves, None)  # by what `covering` answers; -1 is the last
        self.leaf_by_path = {leaf.path: leaf for leaf in self.leaves}
        self.leaf_by_code = {leaf.code: leaf for leaf in self.leaves}
        self.nodes = _nodes(regions, self.leaves)
        self.node_by_path = {node.path: node for node in self.nodes}

    @property
    def bounds(self) -> Box:
        """The bounding box of all the ground; zeros where there is none."""
        return _around([leaf.bbox for leaf in self.leaves])

    def covering(self, points: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
        """For each snapped point the index of the leaf that covers it (on an edge the lowest code), -1 for none."""
        which, index = self.tree.query(points, predicate="intersects")
        found = np.full(len(points), len(self.leaves), dtype=np.int64)
        np.minimum.at(found, which, index)
        found[found == len(self.leaves)] = -1
        return found

    def box_of(self, path: str) -> Box | None:
        """The bounding box of a region or grid; None where there is no such path."""
        found = self.node_by_path.get(path) or self.leaf_by_path.get(path)
        return found.bbox if found else None


def _leaf(row: tuple[Any, ...], box: list[float]) -> Leaf:
    number, code, name, path, kind, households = row[:6]
    west, south, east, north = box
    return Leaf(number, code, name, path, kind, households, (west, south, east, north))


def _nodes(regions: list[tuple[Any, ...]], leaves: tuple[Leaf, ...]) -> tuple[Node, ...]:
    """Regions in path order, each with the box around its grids and the number of its children."""
    below: dict[str, list[Box]] = {}
    for leaf in leaves:
        path = parent_path(leaf.path)
        while path:
            below.setdefault(path, []).append(leaf.bbox)
            path = parent_path(path)
    children = Counter(parent_path(row[4]) for row in regions) + Counter(parent_path(leaf.path) for leaf in leaves)
    return tuple(
        Node(number, code, name, level, path, _around(below.get(path, [])), children[path])
        for number, code, name, level, path in regions
    )


def _around(boxes: list[Box]) -> Box:
    if not boxes:
        return NOWHERE
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


_loading = Lock()
_present: tuple[object, GroundIndex] | None = None


def ground_index() -> GroundIndex:
    """The ground as it stands: one small query, and a reload when its revision has moved."""
    global _present
    with prepared_cursor() as cursor:
        cursor.execute(_REVISION)
        key = cursor.fetchone()
    kept = _present
    if kept is not None and kept[0] == key:
        return kept[1]
    with _loading:
        if _present is None or _present[0] != key:
            _present = (key, _load())
        return _present[1]


def _load() -> GroundIndex:
    with connection.cursor() as cursor:
        cursor.execute(_GRIDS)
        grids = cursor.fetchall()
    regions = Region.objects.order_by("path").values_list("id", "code", "name", "level", "path")
    return GroundIndex(grids=grids, regions=list(regions))
