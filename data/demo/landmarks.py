"""Named places for address search: towns, villages, and landmarks at least three to a village. Plane metres."""

from dataclasses import dataclass

import numpy as np
import shapely

from data.demo.names import COMMUNITY_LANDMARKS, COUNTY_LANDMARKS, TOWN_LANDMARKS, VILLAGE_LANDMARKS
from data.demo.plan import Plan
from data.demo.plane import Floats, Ints
from data.demo.sources import counties, towns, villages

PER_COMMUNITY, PER_VILLAGE = 5, 3


@dataclass(frozen=True, slots=True)
class Landmark:
    """A named place in plane metres."""

    name: str
    kind: str
    x: float
    y: float


class _Cells:
    """Dry mesh cells of each village or township, to put landmarks in."""

    def __init__(self, plan: Plan, owner: Ints, rng: np.random.Generator) -> None:
        land = plan.settlement
        dry = np.flatnonzero(~shapely.contains_xy(plan.wet, land.mesh.points))
        order = dry[np.argsort(owner[dry], kind="stable")]
        self._start = np.searchsorted(owner[order], np.arange(int(owner.max()) + 2))
        self._order, self._points, self._rng = order, land.mesh.points, rng

    def some(self, owner: int, count: int, near: Floats) -> list[tuple[float, float]]:
        """`count` places in cells of an owner, likelier near a point."""
        cells = self._order[self._start[owner] : self._start[owner + 1]]
        if len(cells) == 0:
            return [(float(near[0]), float(near[1]))] * count
        squares = ((self._points[cells] - near) ** 2).sum(axis=1)
        weight = 1.0 / (squares + squares.mean() * 0.3 + 1.0)
        chosen = self._rng.choice(cells, count, replace=count > len(cells), p=weight / weight.sum())
        shaken = self._points[chosen] + self._rng.uniform(-18.0, 18.0, (count, 2))
        return [(float(x), float(y)) for x, y in shaken]


def make_landmarks(seed: int, plan: Plan) -> list[Landmark]:
    """All named places; the hearts of towns and villages are places themselves."""
    rng = np.random.default_rng(seed + 900)
    land = plan.settlement
    found = [
        Landmark(town.name, "town", float(x), float(y))
        for town, (x, y) in zip(towns(), plan.centres.tolist(), strict=True)
    ]
    found += _of_towns(plan, _Cells(plan, land.town, rng))
    in_village = _Cells(plan, land.village, rng)
    for number, village in enumerate(villages()):
        x, y = plan.hearts[number].tolist()
        found.append(Landmark(village.name, "village", x, y))
        kinds = COMMUNITY_LANDMARKS if village.is_urban else VILLAGE_LANDMARKS
        count = PER_COMMUNITY if village.is_urban else PER_VILLAGE
        chosen = sorted(rng.choice(len(kinds), count, replace=False).tolist())
        for place, (px, py) in zip(chosen, in_village.some(number, count, plan.hearts[number]), strict=True):
            found.append(Landmark(f"{village.base}{kinds[place][1]}", kinds[place][0], px, py))
    return found


def _of_towns(plan: Plan, cells: _Cells) -> list[Landmark]:
    """Landmarks of townships, and of each county in its first township."""
    found = []
    seats = {town.county: place for place, town in reversed(list(enumerate(towns())))}
    jobs: list[tuple[int, str, tuple[tuple[str, str], ...]]]
    jobs = [(place, town.base, TOWN_LANDMARKS) for place, town in enumerate(towns())]
    jobs += [(seats[county.code], county.name, COUNTY_LANDMARKS) for county in counties()]
    for place, name, kinds in jobs:
        for (kind, word), (x, y) in zip(kinds, cells.some(place, len(kinds), plan.centres[place]), strict=True):
            found.append(Landmark(f"{name}{word}", kind, x, y))
    return found
