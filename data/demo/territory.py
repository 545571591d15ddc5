"""Which township a place of the plane belongs to: the nearest one, with wandering borders and the river as a wall."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from data.demo.noise import Warp
from data.demo.plane import Floats, Ints, to_plane
from data.demo.sources import neighbours, towns
from data.demo.water import Waters

RIVER_WALL_M = 2600.0
STREET_REACH_M = -1500.0
TOWN_REACH_M = 900.0
FARTHEST_M = 12_300.0
"""No place farther than this from its township's centre is the prefecture's, where no neighbour is near."""
_CHUNK = 20_000


def side_of(north_bank: Any, points: Floats) -> Floats:
    """+1 on the river's north bank, -1 on its south bank."""
    side: Floats = np.where(shapely.contains_xy(north_bank, points), 1.0, -1.0)
    return side


@dataclass(frozen=True, slots=True)
class Territory:
    """Seeds of our townships (first, in the order of `towns()`) and of the neighbours', and how far each reaches."""

    centres: Floats
    reach: Floats
    side: Floats
    ours: int
    warp: Warp
    north_bank: Any

    def locate(self, points: Floats) -> tuple[Ints, Floats]:
        """For each point the number of its township (`ours` for outside), and how many metres inside it is.

        The second is positive within the prefecture and negative outside.
        """
        label = np.empty(len(points), dtype=np.int64)
        margin = np.empty(len(points))
        for start in range(0, len(points), _CHUNK):
            part = slice(start, start + _CHUNK)
            label[part], margin[part] = self._locate(points[part])
        return label, margin

    def _locate(self, points: Floats) -> tuple[Ints, Floats]:
        moved = self.warp.at(points)
        far = np.hypot(moved[:, None, 0] - self.centres[:, 0], moved[:, None, 1] - self.centres[:, 1]) - self.reach
        far[:, : self.ours] += RIVER_WALL_M * (side_of(self.north_bank, points)[:, None] != self.side[: self.ours])
        home = far[:, : self.ours].min(axis=1)
        away = np.minimum(far[:, self.ours :].min(axis=1), FARTHEST_M)
        label = np.where(home <= away, far[:, : self.ours].argmin(axis=1), self.ours)
        return label.astype(np.int64), away - home


def make_territory(seed: int, water: Waters) -> Territory:
    """The demo's townships and their neighbours."""
    home = _ashore(to_plane(np.array([(town.lng, town.lat) for town in towns()])), water)
    away = to_plane(np.array(neighbours()))
    reach = [STREET_REACH_M if town.is_street else TOWN_REACH_M for town in towns()]
    return Territory(
        centres=np.vstack([home, away]),
        reach=np.concatenate([np.array(reach), np.full(len(away), TOWN_REACH_M)]),
        side=side_of(water.north_bank, home),
        ours=len(home),
        warp=Warp(seed + 100, ((9000.0, 1500.0), (3200.0, 700.0), (1200.0, 260.0))),
        north_bank=water.north_bank,
    )


def _ashore(points: Floats, water: Waters) -> Floats:
    """Town centres moved out of the water, to 400 m from the shore."""
    banks = shapely.boundary(shapely.buffer(water.wet, 400.0))
    wide = shapely.buffer(water.wet, 350.0)
    wet = shapely.contains_xy(wide, points)
    moved = points.copy()
    for number in np.flatnonzero(wet).tolist():
        moved[number] = shapely.get_coordinates(shapely.shortest_line(shapely.points(points[number]), banks))[1]
    return moved
