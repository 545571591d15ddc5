"""Roads between townships and villages. Plane metres."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from data.demo.names import ARTERIALS
from data.demo.noise import Warp
from data.demo.plane import Floats, Ints, to_plane
from data.demo.sources import villages
from data.demo.water import smooth_course
from data.pipeline.rows import RoadClass

EXPRESSWAYS = (
    ("长张高速", ((112.75, 28.36), (112.60, 28.41), (112.48, 28.43), (112.39, 28.475), (112.30, 28.50), (112.24, 28.56),
                (112.225, 28.64), (112.16, 28.73), (112.05, 28.86))),
    ("二广高速", ((111.90, 28.70), (111.84, 28.53), (111.74, 28.38), (111.73, 28.20), (111.66, 27.95))),
    ("益娄高速", ((112.30, 28.50), (112.22, 28.39), (112.13, 28.26), (112.02, 28.08))),
    ("益南高速", ((112.225, 28.64), (112.33, 28.70), (112.41, 28.76), (112.40, 28.90), (112.46, 28.98), (112.47, 29.10),
                (112.44, 29.28), (112.40, 29.48))),
    ("安化高速", ((111.74, 28.38), (111.55, 28.37), (111.36, 28.34), (111.18, 28.35), (111.00, 28.26),
                (110.78, 28.12))),
)  # fmt: skip
WIDEST_CROSSING_M = 1800.0
"""An arterial that would need a longer bridge is left out."""


@dataclass(frozen=True, slots=True)
class Way:
    """A named line in plane metres; `street` is the same for all pieces of one street, 0 for what has no numbers."""

    name: str
    road_class: RoadClass
    line: Any
    street: int = 0


def make_roads(seed: int, centres: Floats, hearts: Floats, village_town: Ints, city: Any, wet: Any) -> list[Way]:
    """Expressways, arterials between township centres, rural roads to every village's heart; cut to the city."""
    bends = Warp(seed + 600, ((5200.0, 700.0), (1700.0, 230.0)))
    ways = [
        Way(name, RoadClass.EXPRESSWAY, _bent(smooth_course(to_plane(np.array(course)), 300.0)[0], bends))
        for name, course in EXPRESSWAYS
    ]
    ways += [way for way in _arterials(centres, bends) if _dry(way.line, wet)]
    ways += _rural(centres, hearts, village_town, bends)
    shapely.prepare(city)
    return [Way(way.name, way.road_class, piece) for way in ways for piece in _cut(way.line, city)]


def _cut(line: Any, city: Any) -> list[Any]:
    """The pieces of a line within the city, but for crumbs."""
    if shapely.contains_properly(city, line):
        return [line]
    parts = shapely.get_parts(shapely.intersection(line, city))
    return [part for part in parts if part.geom_type == "LineString" and part.length > 80.0]


def _dry(line: Any, wet: Any) -> bool:
    return float(shapely.length(shapely.intersection(line, wet))) <= WIDEST_CROSSING_M


def _bent(points: Floats, bends: Warp, ease: float = 8.0) -> Any:
    """A line through points bent by noise; its ends stay."""
    count = len(points)
    free = np.clip(np.minimum(np.arange(count), np.arange(count)[::-1]) / ease, 0.0, 1.0)[:, None]
    return shapely.simplify(shapely.LineString(points + free * (bends.at(points) - points)), 5.0)


def _between(a: Floats, b: Floats, bends: Warp) -> Any:
    count = max(4, int(np.hypot(*(b - a)) / 220.0))
    share = np.linspace(0.0, 1.0, count + 1)[:, None]
    return _bent(a * (1 - share) + b * share, bends, ease=count / 2.2)


def gabriel(points: Floats) -> list[tuple[int, int]]:
    """Pairs of points with no third inside the circle over their distance."""
    squares = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    pairs = []
    for a in range(len(points)):
        for b in range(a + 1, len(points)):
            if (squares[a] + squares[b] >= squares[a, b] - 1e-6).all():
                pairs.append((a, b))
    return pairs


def _arterials(centres: Floats, bends: Warp) -> list[Way]:
    """The Gabriel graph of the centres; a number runs on over the straightest continuation at each centre."""
    pairs = gabriel(centres)
    chain = {pair: number for number, pair in enumerate(pairs)}
    for centre in range(len(centres)):
        _join(centre, [pair for pair in pairs if centre in pair], centres, chain)
    length: dict[int, int] = {}
    for number in chain.values():
        length[number] = length.get(number, 0) + 1
    ranked = sorted(length, key=lambda number: (-length[number], number))
    names = {number: ARTERIALS[rank] if rank < len(ARTERIALS) else f"X{rank:03d}" for rank, number in enumerate(ranked)}
    return [Way(names[chain[a, b]], RoadClass.ARTERIAL, _between(centres[a], centres[b], bends)) for a, b in pairs]


def _join(centre: int, pairs: list[tuple[int, int]], centres: Floats, chain: dict[tuple[int, int], int]) -> None:
    """Give the two straightest roads through a centre one number."""
    ways = {pair: centres[pair[0] if pair[1] == centre else pair[1]] - centres[centre] for pair in pairs}
    best, found = -0.5, None
    for number, first in enumerate(pairs):
        for second in pairs[number + 1 :]:
            a, b = ways[first], ways[second]
            cosine = float(a @ b / np.hypot(*a) / np.hypot(*b))
            if cosine < best and chain[first] != chain[second]:
                best, found = cosine, (chain[first], chain[second])
    if found is not None:
        for pair, number in chain.items():
            if number == found[1]:
                chain[pair] = found[0]


def _rural(centres: Floats, hearts: Floats, village_town: Ints, bends: Warp) -> list[Way]:
    """In each township the shortest tree over its centre and its villages' hearts."""
    ways = []
    for town in range(len(centres)):
        mine = np.flatnonzero(village_town == town)
        points = np.vstack([centres[town], hearts[mine]])
        for near, far in _tree(points):
            village = villages()[mine[far - 1]]
            if not village.is_urban:
                ways.append(Way(f"{village.base}村道", RoadClass.RURAL, _between(points[near], points[far], bends)))
    return ways


def _tree(points: Floats) -> list[tuple[int, int]]:
    """Prim's shortest spanning tree from point 0: (known, new) pairs."""
    squares = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    cost, known = squares[0].copy(), np.zeros(len(points), dtype=np.int64)
    cost[0] = np.inf
    pairs = []
    for _ in range(len(points) - 1):
        new = int(cost.argmin())
        pairs.append((int(known[new]), new))
        closer = (squares[new] < cost) & np.isfinite(cost)
        cost, known = np.where(closer, squares[new], cost), np.where(closer, new, known)
        cost[new] = np.inf
    return pairs
