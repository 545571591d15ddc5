"""Built-up cores: street lattices around town centres, cut into communities and grids like city blocks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from data.demo.plane import Floats, Ints
from data.demo.sources import Town, towns
from data.demo.territory import Territory, side_of
from data.demo.water import Waters

CITY_STEP_M, TOWN_STEP_M = 118.0, 122.0
CITY_TURN = 0.16
CELLS_PER_GRID = 6
BANK_M = 55.0


@dataclass(frozen=True, slots=True)
class Core:
    """Lattice cells of one township's core: points, their whole column and row, and the lattice they lie on."""

    points: Floats
    column: Ints
    row: Ints
    origin: tuple[float, float]
    turn: float
    step_m: float


def grids_wanted(town: Town, communities: int) -> int:
    """How many urban grids a township's communities get together."""
    return communities * (6 if town.is_street else 3)


def make_cores(seed: int, territory: Territory, water: Waters, communities: Sequence[int]) -> list[Core]:
    """The core of each township, in the order of `towns()`; street offices of the city share one lattice."""
    rng = np.random.default_rng(seed + 200)
    dry = shapely.buffer(water.wet, BANK_M)
    shapely.prepare(dry)
    cores = []
    for number, town in enumerate(towns()):
        x, y = (0.0, 0.0) if town.is_street else territory.centres[number].tolist()
        turn = CITY_TURN if town.is_street else float(rng.uniform(-0.7, 0.7))
        step = CITY_STEP_M if town.is_street else TOWN_STEP_M
        need = grids_wanted(town, communities[number]) * CELLS_PER_GRID
        frame = Core(np.empty((0, 2)), _none(), _none(), (x, y), turn, step)
        cores.append(_fill(frame, number, need, territory, dry))
    return cores


def _none() -> Ints:
    return np.empty(0, dtype=np.int64)


def _fill(frame: Core, number: int, need: int, territory: Territory, dry: object) -> Core:
    """The `need` lattice points nearest the township's centre that are its own, dry and on its bank."""
    if need == 0:
        return frame
    centre = territory.centres[number]
    span = int(np.ceil(2.2 * np.sqrt(need))) + 4
    middle = np.rint(to_lattice(frame, centre[None, :])[0]).astype(np.int64)
    column, row = (axis.ravel() for axis in np.meshgrid(np.arange(-span, span + 1), np.arange(-span, span + 1)))
    column, row = column + middle[0], row + middle[1]
    points = from_lattice(frame, np.column_stack([column, row]).astype(np.float64))
    good = ~shapely.contains_xy(dry, points)
    good &= side_of(territory.north_bank, points) == territory.side[number]
    good[good] = territory.locate(points[good])[0] == number
    far = np.hypot(*(territory.warp.at(points) - territory.warp.at(centre[None, :])).T)
    order = np.lexsort((row, column, np.where(good, far, np.inf)))[: min(need, int(good.sum()))]
    order = np.sort(order)
    return Core(points[order], column[order], row[order], frame.origin, frame.turn, frame.step_m)


def to_lattice(core: Core, points: Floats) -> Floats:
    """Plane points as (column, row) of a core's lattice."""
    cos, sin = np.cos(core.turn), np.sin(core.turn)
    turned: Floats = (points - np.array(core.origin)) @ np.array([[cos, -sin], [sin, cos]]) / core.step_m
    return turned


def from_lattice(core: Core, cells: Floats) -> Floats:
    """(column, row) of a core's lattice as plane points."""
    cos, sin = np.cos(core.turn), np.sin(core.turn)
    points: Floats = cells @ np.array([[cos, sin], [-sin, cos]]) * core.step_m + np.array(core.origin)
    return points


def bisect(column: Ints, row: Ints, weights: Sequence[int]) -> Ints:
    """Cuts cells into parts of about the given weights by straight cuts, along a street where one is near."""
    part = np.zeros(len(column), dtype=np.int64)
    _bisect(column, row, list(weights), np.arange(len(column)), 0, part)
    return part


def _bisect(column: Ints, row: Ints, weights: list[int], members: Ints, first: int, part: Ints) -> None:
    if len(weights) == 1:
        part[members] = first
        return
    half = len(weights) // 2
    wide = np.ptp(column[members]) >= np.ptp(row[members])
    main, other = (column, row) if wide else (row, column)
    order = members[np.lexsort((other[members], main[members]))]
    share = len(order) * sum(weights[:half]) / sum(weights)
    cut = _cut(main[order], share, len(order) / len(weights), half, len(weights) - half)
    _bisect(column, row, weights[:half], order[:cut], first, part)
    _bisect(column, row, weights[half:], order[cut:], first + half, part)


def _cut(line: Ints, share: float, size: float, least: int, rest: int) -> int:
    """Where to cut: at a street within half a part of the ideal place, else at the place itself."""
    streets = np.flatnonzero(np.diff(line)) + 1
    cut = round(share)
    if len(streets):
        near = int(streets[np.abs(streets - share).argmin()])
        cut = near if abs(near - share) <= 0.5 * size else cut
    return int(np.clip(cut, least, len(line) - rest))
