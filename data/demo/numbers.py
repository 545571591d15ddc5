"""House numbers along streets: what makes "康富路128号" a place. Plane metres."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from data.demo.plane import Floats
from data.demo.roads import Way

FRONTAGE_M = 20.0
"""A house every 20 m on each side: odd numbers on the left, even ones on the right, rising eastwards or northwards."""

DOOR_EVERY_M = 60.0
"""Not every house is in the data, as in a city's own: one door each 60 m, on one side and the other in turn."""

FROM_ROAD_M = 12.0
BEGINS_ANEW_M = 5_000.0
"""Beyond a gap so wide it is another town's street of that name: its numbers begin at 1."""


@dataclass(frozen=True, slots=True)
class Door:
    """A number door of a street, in plane metres."""

    road: str
    number: int
    x: float
    y: float


def make_numbers(ways: list[Way]) -> list[Door]:
    """The doors of all streets, those of one street one after the other. Nothing is drawn by lot here."""
    streets: dict[int, list[Way]] = {}
    for way in ways:
        if way.street:
            streets.setdefault(way.street, []).append(way)
    return [door for number in sorted(streets) for door in _of_street(streets[number])]


def _of_street(pieces: list[Way]) -> list[Door]:
    """Along its pieces in order; a gap counts as built, so that no number comes twice, unless it is another town's."""
    found: list[Door] = []
    chainage = 0.0
    before: Any = None
    for line in _in_order([way.line for way in pieces]):
        if before is not None:
            gap = float(shapely.distance(before, line))
            across = float(shapely.distance(shapely.get_point(before, -1), shapely.get_point(line, 0)))
            chainage = 0.0 if gap > BEGINS_ANEW_M else chainage + across
        found += _doors(pieces[0].name, line, chainage)
        chainage += float(line.length)
        before = line
    return found


def _in_order(lines: list[Any]) -> list[Any]:
    """The lines turned and sorted along the longer side of the box around all of them."""
    west, south, east, north = shapely.total_bounds(np.array(lines, dtype=object)).tolist()
    axis = 0 if east - west >= north - south else 1
    turned = [line if line.coords[0][axis] <= line.coords[-1][axis] else line.reverse() for line in lines]
    return sorted(turned, key=lambda line: (line.coords[0][axis] + line.coords[-1][axis], line.coords[0]))


def _doors(road: str, line: Any, chainage: float) -> list[Door]:
    """The doors of one piece that begins `chainage` metres along its street."""
    found = []
    for turn, at in enumerate(np.arange(FRONTAGE_M / 2, line.length, DOOR_EVERY_M).tolist()):
        side = turn % 2
        number = 2 * int((chainage + at) // FRONTAGE_M) + 1 + side
        x, y = _beside(line, at, FROM_ROAD_M if side == 0 else -FROM_ROAD_M).tolist()
        found.append(Door(road, number, x, y))
    return found


def _beside(line: Any, at: float, left_m: float) -> Floats:
    """The point `at` metres along a line and `left_m` to its left."""
    ends = [shapely.line_interpolate_point(line, max(0.0, at - 1.0)), shapely.line_interpolate_point(line, at + 1.0)]
    (x, y), (far_x, far_y) = ((end.x, end.y) for end in ends)
    length = float(np.hypot(far_x - x, far_y - y)) or 1.0
    here = shapely.line_interpolate_point(line, at)
    return np.array([here.x - (far_y - y) / length * left_m, here.y + (far_x - x) / length * left_m])
