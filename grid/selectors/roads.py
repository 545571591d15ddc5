"""Where on a road: at a house number, or where it meets another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any

import shapely
from django.db import connection

from grid.likeness import NEAR_M

METRES_PER_DEGREE = 111_320.0
MEETING_M = 30.0
"""Two roads that come this near meet: lines end at kerbs."""

EXACT_M = 20.0
"""How far a house may stand from its number door."""

_DOORS = """
    SELECT asked.road, below.number, ST_X(below.point), ST_Y(below.point),
           above.number, ST_X(above.point), ST_Y(above.point)
    FROM unnest(%(roads)s::bigint[], %(numbers)s::int[]) AS asked (road, number)
    LEFT JOIN LATERAL (
        SELECT number, point FROM grid_housenumber
        WHERE road_id = asked.road AND number <= asked.number ORDER BY number DESC LIMIT 1
    ) AS below ON true
    LEFT JOIN LATERAL (
        SELECT number, point FROM grid_housenumber
        WHERE road_id = asked.road AND number >= asked.number ORDER BY number LIMIT 1
    ) AS above ON true
"""
_SHAPES = "SELECT id, ST_AsBinary(shape) FROM grid_place WHERE id = ANY(%s) AND shape IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A house number on a road: the point (WGS-84 degrees) and how far off it may be; `known` within NEAR_M."""

    lng: float
    lat: float
    within_m: float
    known: bool


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two roads (rows of Place) and a point where they meet; `spots`: how many such points there are."""

    first: int
    second: int
    lng: float
    lat: float
    spots: int


def numbers_at(asked: Sequence[tuple[int, int]]) -> dict[int, Numbered]:
    """For each road asked for with a number where that is; roads without any number are left out. One query.

    A number between two doors lies between their points in proportion, and is known where those are at most twice
    NEAR_M apart; one beyond the last door is where that is, and not known.
    """
    if not asked:
        return {}
    roads, numbers = zip(*asked, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_DOORS, {"roads": list(roads), "numbers": list(numbers)})
        rows = cursor.fetchall()
    wanted = dict(asked)
    found = ((row[0], _between(wanted[row[0]], row[1:4], row[4:7])) for row in rows)
    return {road: place for road, place in found if place is not None}


def _between(number: int, below: Sequence[Any], above: Sequence[Any]) -> Numbered | None:
    ends = [end for end in (below, above) if end[0] is not None]
    if not ends:
        return None
    first, last = ends[0], ends[-1]
    if len(ends) == 1:
        return Numbered(first[1], first[2], NEAR_M * 2, known=first[0] == number)
    apart = apart_m((first[1], first[2]), (last[1], last[2]))
    share = 0.0 if last[0] == first[0] else (number - first[0]) / (last[0] - first[0])
    lng, lat = first[1] + share * (last[1] - first[1]), first[2] + share * (last[2] - first[2])
    return Numbered(lng, lat, max(EXACT_M, apart / 2), known=apart <= 2 * NEAR_M)


def apart_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two points of one city, on a plane."""
    east = (other[0] - one[0]) * cos(radians(one[1]))
    return hypot(east, other[1] - one[1]) * METRES_PER_DEGREE


def shapes_of(roads: Collection[int]) -> dict[int, Any]:
    """The lines of roads, WGS-84 degrees. One query."""
    if not roads:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SHAPES, [sorted(roads)])
        rows = cursor.fetchall()
    return {number: shapely.from_wkb(bytes(wkb)) for number, wkb in rows}


def meetings(pairs: Sequence[tuple[Collection[int], Collection[int]]]) -> list[Meeting]:
    """Where any road of a pair's first group meets one of its second. One query."""
    shapes = shapes_of({road for pair in pairs for group in pair for road in group})
    found: list[Meeting] = []
    for first, second in pairs:
        ones, others = ([road for road in sorted(group) if road in shapes] for group in (first, second))
        if ones and others:
            tree = shapely.STRtree([shapes[road] for road in others])
            near = tree.query([shapes[road] for road in ones], predicate="dwithin", distance=_degrees(MEETING_M))
            found += [
                spot for a, b in near.T.tolist() for spot in _spots(ones[a], others[b], shapes) if ones[a] != others[b]
            ]
    return found


def _spots(first: int, second: int, shapes: dict[int, Any]) -> list[Meeting]:
    """The points where two lines come near each other; those within NEAR_M of each other count once."""
    common = shapely.intersection(shapely.buffer(shapes[first], _degrees(MEETING_M)), shapes[second])
    points: list[tuple[float, float]] = []
    for part in shapely.get_parts(common).tolist():
        middle = (float(part.centroid.x), float(part.centroid.y))
        if all(apart_m(middle, other) > NEAR_M for other in points):
            points.append(middle)
    return [Meeting(first, second, lng, lat, spots=len(points)) for lng, lat in points]


def _degrees(metres: float) -> float:
    return metres / METRES_PER_DEGREE
