"""Streets: the borders of urban grids, put together along the lines of each core's lattice and named."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from data.demo.cores import Core, to_lattice
from data.demo.mesh import vertex_numbers
from data.demo.names import CITY_STREETS, STREET_WORDS, TOWN_STREETS
from data.demo.plane import Floats, Ints
from data.demo.roads import Way
from data.demo.sources import towns
from data.pipeline.rows import RoadClass

CITY = -1
Line = tuple[int, int, int]
"""Lattice (township number, or CITY), axis (0: along a column, 1: along a row) and number of a street."""


def make_streets(
    seed: int, shapes: npt.NDArray[np.object_], town: Ints, urban: npt.NDArray[np.bool_], cores: list[Core], wet: Any
) -> list[Way]:
    """Streets of all cores in plane metres. `town` and `urban` are given per grid."""
    rng = np.random.default_rng(seed + 500)
    start, end, grid = _borders(shapes, urban)
    middle = (start + end) / 2
    dry = ~shapely.contains_xy(wet, middle)
    start, end, grid, middle = start[dry], end[dry], grid[dry], middle[dry]
    grouped: dict[Line, list[Any]] = {}
    for line, a, b in zip(_lines(start, end, middle, town[grid], cores), start, end, strict=True):
        grouped.setdefault(line, []).append([a, b])
    names = _names(rng, grouped)
    ways = []
    for street, line in enumerate(sorted(grouped), start=1):
        merged = shapely.line_merge(shapely.multilinestrings(grouped[line]))
        ways += [
            Way(names[line], RoadClass.STREET, piece, street)
            for piece in shapely.get_parts(merged)
            if shapely.length(piece) > 60.0
        ]
    return ways


def _borders(shapes: npt.NDArray[np.object_], urban: npt.NDArray[np.bool_]) -> tuple[Floats, Floats, Ints]:
    """Edges that two urban grids share: start, end, the number of one of the two."""
    index = np.flatnonzero(urban)
    coordinates, owner = shapely.get_coordinates(shapes[index], return_index=True)
    vertices, number = vertex_numbers(coordinates)
    same = owner[:-1] == owner[1:]
    a, b, grid = number[:-1][same], number[1:][same], index[owner[:-1][same]]
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((grid, high, low))
    low, high, grid = low[order], high[order], grid[order]
    shared = np.flatnonzero((low[:-1] == low[1:]) & (high[:-1] == high[1:]))
    return vertices[low[shared]], vertices[high[shared]], grid[shared].astype(np.int64)


def _lines(start: Floats, end: Floats, middle: Floats, town: Ints, cores: list[Core]) -> list[Line]:
    """Which street each edge is a piece of."""
    found: list[Line] = [(CITY, 0, 0)] * len(start)
    for number, place in enumerate(towns()):
        mine = np.flatnonzero(town == number)
        core, lattice = cores[number], CITY if place.is_street else number
        way = np.abs(to_lattice(core, end[mine]) - to_lattice(core, start[mine]))
        at = np.floor(to_lattice(core, middle[mine])).astype(np.int64)
        for edge, (across, along), (column, row) in zip(mine.tolist(), way.tolist(), at.tolist(), strict=True):
            found[edge] = (lattice, 0, column) if along >= across else (lattice, 1, row)
    return found


def _names(rng: np.random.Generator, grouped: dict[Line, list[Any]]) -> dict[Line, str]:
    """A name for each street: the best known ones for the longest streets; no name twice in a lattice."""
    by_lattice: dict[int, list[Line]] = {}
    for line in sorted(grouped, key=lambda item: (-len(grouped[item]), item)):
        by_lattice.setdefault(line[0], []).append(line)
    names: dict[Line, str] = {}
    for lattice, lines in sorted(by_lattice.items()):
        pool = list(CITY_STREETS) if lattice == CITY else rng.permutation(TOWN_STREETS).tolist()
        names |= dict(zip(lines, _endless(pool, rng.permutation(STREET_WORDS).tolist()), strict=False))
    return names


def _endless(pool: list[str], words: list[str]) -> Iterable[str]:
    yield from pool
    for ending in ("路", "街", "巷", "东路", "西路", "南路", "北路", "东街", "西街", "横街"):
        yield from (f"{word}{ending}" for word in words)
