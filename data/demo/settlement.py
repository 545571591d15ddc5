"""From townships to villages to grids: which cell of the mesh belongs to which."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from data.demo.cores import Core, bisect, grids_wanted, make_cores
from data.demo.mesh import Mesh, hexagonal, make_mesh, tidy
from data.demo.noise import Warp
from data.demo.plane import Floats, Ints
from data.demo.sources import towns, villages
from data.demo.territory import Territory, side_of
from data.demo.water import Waters

RURAL_GRIDS_PER_VILLAGE = 3.6
CELLS_PER_RURAL_GRID = 11
RING_M = 8000.0
RIVER_PAIR_M = 150.0
RIVER_WEIGHT_M = 3000.0
WATER_WEIGHT = 1e-4


@dataclass(frozen=True, slots=True)
class Settlement:
    """The mesh inside the prefecture and, per cell, township, village, grid (numbers) and the core it lies in (-1)."""

    mesh: Mesh
    town: Ints
    village: Ints
    grid: Ints
    core: Ints
    grid_village: Ints
    cores: list[Core]
    centres: Floats


def communities_of() -> list[int]:
    """Number of communities (urban villages) of each township."""
    count = {town.code: 0 for town in towns()}
    for village in villages():
        count[village.town] += village.is_urban
    return list(count.values())


def settle(seed: int, territory: Territory, water: Waters, grids: int) -> Settlement:
    """Divide the prefecture into exactly `grids` grids of the 1,446 villages."""
    rng = np.random.default_rng(seed + 300)
    cores = make_cores(seed, territory, water, communities_of())
    points, core = _points(rng, territory, water, cores)
    mesh, town, core = _inside(make_mesh(points), core, territory)
    warped = _bent(seed, mesh.points, water)
    village, grid = _core_parts(core, cores, mesh)
    # Villages lie around dry land; water goes to whichever is nearest.
    dry = np.where(shapely.contains_xy(water.wet, mesh.points), WATER_WEIGHT, 1.0)
    village = _rural_villages(rng, mesh, warped, town, village, territory, dry)
    village = tidy(mesh, village, town)
    grid = np.where(_of_community(village), grid, -1)
    grid, owner = _grids(rng, mesh, warped, village, grid, grids)
    return Settlement(mesh, town, village, grid, core, owner, cores, territory.centres[: territory.ours])


def _points(rng: np.random.Generator, territory: Territory, water: Waters, cores: list[Core]) -> tuple[Floats, Ints]:
    """Mesh points and the number of the core each belongs to (-1 outside cores)."""
    blocks = np.vstack([core.points for core in cores])
    core = np.concatenate([np.full(len(item.points), number) for number, item in enumerate(cores)])
    blocks = blocks + rng.uniform(-5.0, 5.0, blocks.shape)
    pairs = _river_pairs(water)
    pairs = pairs[territory.locate(pairs)[1] > -RING_M]
    pairs = pairs[_apart(pairs, blocks, 75.0)]
    fixed = np.vstack([blocks, pairs])
    open_ground = _open_points(rng, territory)
    open_ground = open_ground[_apart(open_ground, fixed, 95.0)]
    points = np.vstack([fixed, open_ground])
    return points, np.concatenate([core, np.full(len(points) - len(core), -1)]).astype(np.int64)


def _river_pairs(water: Waters) -> Floats:
    """Points facing one another across the river's middle, so that borders run along it."""
    at = np.arange(0.0, shapely.length(water.middle), RIVER_PAIR_M)
    here = shapely.get_coordinates(shapely.line_interpolate_point(water.middle, at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(water.middle, at + 20.0))
    way = ahead - here
    across = np.column_stack([-way[:, 1], way[:, 0]]) / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    return np.vstack([here + 85.0 * across, here - 85.0 * across])


def _apart(points: Floats, others: Floats, metres: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    near, _ = STRtree(shapely.points(others)).query(shapely.points(points), predicate="dwithin", distance=metres)
    free = np.ones(len(points), dtype=np.bool_)
    free[near] = False
    return free


def _open_points(rng: np.random.Generator, territory: Territory) -> Floats:
    """Points of the open country, closer together where a township has many villages; and a ring outside."""
    reach = territory.centres[: territory.ours]
    box = (*(reach.min(axis=0) - 25_000), *(reach.max(axis=0) + 25_000))
    coarse = hexagonal(box, 500.0, rng)
    label, margin = territory.locate(coarse)
    found = [coarse[(label == territory.ours) & (margin > -RING_M)]]
    rural = {town.code: 0 for town in towns()}
    for village in villages():
        rural[village.town] += not village.is_urban
    for number, count in enumerate(rural.values()):
        mine = coarse[label == number]
        area = len(mine) * 500.0**2 * 0.866
        cells = max(count, 1.5) * RURAL_GRIDS_PER_VILLAGE * CELLS_PER_RURAL_GRID
        step = float(np.clip(np.sqrt(area / cells / 0.866), 130.0, 650.0))
        close = hexagonal((*(mine.min(axis=0) - 900), *(mine.max(axis=0) + 900)), step, rng)
        found.append(close[territory.locate(close)[0] == number])
    return np.vstack(found)


def _inside(mesh: Mesh, core: Ints, territory: Territory) -> tuple[Mesh, Ints, Ints]:
    """The cells of the prefecture alone: townships connected, no holes, one piece."""
    town, _ = territory.locate(mesh.points)
    town = np.where(core >= 0, core, town)
    town = tidy(mesh, town, np.zeros(len(town), dtype=np.int64))
    keep = town < territory.ours
    number = np.cumsum(keep) - 1
    both = keep[mesh.left] & keep[mesh.right]
    inner = Mesh(mesh.points[keep], mesh.cells[keep], number[mesh.left[both]], number[mesh.right[both]])
    return inner, town[keep], core[keep]


def _bent(seed: int, points: Floats, water: Waters) -> Floats:
    """Points in a space where near means "of one village": bent by noise, split by the river."""
    warp = Warp(seed + 400, ((2200.0, 420.0), (800.0, 170.0)))
    return np.column_stack([warp.at(points), RIVER_WEIGHT_M * side_of(water.north_bank, points)])


def _core_parts(core: Ints, cores: list[Core], mesh: Mesh) -> tuple[Ints, Ints]:
    """Village and grid numbers of core cells (grids numbered from 0 in order of villages), -1 elsewhere."""
    village = np.full(len(core), -1, dtype=np.int64)
    grid = np.full(len(core), -1, dtype=np.int64)
    home = _communities()
    first = 0
    for number, town in enumerate(towns()):
        cells, mine = np.flatnonzero(core == number), home[number]
        if not mine:
            continue
        wanted = min(grids_wanted(town, len(mine)), len(cells) // 2)
        share = np.full(len(mine), wanted // len(mine))
        share[: wanted % len(mine)] += 1
        column, row = cores[number].column, cores[number].row
        part = bisect(column, row, share.tolist())
        village[cells] = np.array(mine)[part]
        for place, count in enumerate(share.tolist()):
            inner = np.flatnonzero(part == place)
            grid[cells[inner]] = first + bisect(column[inner], row[inner], [1] * count)
            first += count
    return village, grid


def _communities() -> list[list[int]]:
    """Numbers (in `villages()`) of each township's communities."""
    number = {town.code: place for place, town in enumerate(towns())}
    found: list[list[int]] = [[] for _ in number]
    for place, village in enumerate(villages()):
        if village.is_urban:
            found[number[village.town]].append(place)
    return found


def _of_community(village: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([item.is_urban for item in villages()])[village]


def _rural_villages(
    rng: np.random.Generator,
    mesh: Mesh,
    bent: Floats,
    town: Ints,
    village: Ints,
    territory: Territory,
    dry: Floats,
) -> Ints:
    """Give the open cells of each township to its villages; small ones near the town, wide ones far out."""
    village = village.copy()
    code = {item.code: number for number, item in enumerate(towns())}
    by_town: dict[int, list[int]] = {}
    for place, item in enumerate(villages()):
        if not item.is_urban:
            by_town.setdefault(code[item.town], []).append(place)
    for number, mine in sorted(by_town.items()):
        cells = np.flatnonzero((town == number) & (village < 0))
        far = np.hypot(*(mesh.points[cells] - territory.centres[number]).T)
        weight = dry[cells] / (0.25 + (far / np.median(far)) ** 2)
        village[cells] = np.array(mine)[cluster(rng, bent[cells], len(mine), weight)]
    return village


def cluster(rng: np.random.Generator, points: Floats, count: int, weight: Floats, turns: int = 7) -> Ints:
    """k-means: `count` (never empty) groups of points, denser where the weight is."""
    if count == 1:
        return np.zeros(len(points), dtype=np.int64)
    centres = points[[int(rng.choice(len(points), p=weight / weight.sum()))]]
    while len(centres) < count:
        nearest = _squares(points, centres).min(axis=1) * weight
        centres = np.vstack([centres, points[int(rng.choice(len(points), p=nearest / nearest.sum()))]])
    for _ in range(turns):
        label = _squares(points, centres).argmin(axis=1)
        mass = np.bincount(label, weights=weight, minlength=count)
        for axis in range(points.shape[1]):
            moved = np.bincount(label, weights=weight * points[:, axis], minlength=count)
            centres[:, axis] = np.where(mass > 0, moved / np.maximum(mass, 1e-12), centres[:, axis])
    return _none_empty(points, centres)


def _squares(points: Floats, centres: Floats) -> Floats:
    squares: Floats = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return squares


def _none_empty(points: Floats, centres: Floats) -> Ints:
    squares = _squares(points, centres)
    label = squares.argmin(axis=1)
    for number in range(len(centres)):
        if not (label == number).any():
            spare = np.bincount(label, minlength=len(centres))[label] > 1
            label[np.where(spare, squares[:, number], np.inf).argmin()] = number
    filled: Ints = label.astype(np.int64)
    return filled


def _grids(
    rng: np.random.Generator, mesh: Mesh, bent: Floats, village: Ints, grid: Ints, total: int
) -> tuple[Ints, Ints]:
    """Cut rural villages into grids so that all together are `total`; number them by village, north-west first."""
    urban = int(grid.max()) + 1
    size = np.bincount(village, minlength=len(villages()))
    rural = np.array([not item.is_urban for item in villages()])
    share = share_out(rng, np.where(rural, size, 0), total - urban)
    grid = grid.copy()
    first = urban
    for place in np.flatnonzero(rural).tolist():
        cells = np.flatnonzero(village == place)
        count = int(share[place])
        grid[cells] = first + cluster(rng, bent[cells], count, np.ones(len(cells)))
        first += count
    grid = tidy(mesh, grid, village)
    return _renumber(mesh, village, grid, total)


def share_out(rng: np.random.Generator, size: Ints, total: int) -> Ints:
    """Grids of each rural village: at least one, at most a third of its cells, more for larger ones; `total` in all."""
    weight = np.where(size > 0, np.sqrt(size) * rng.lognormal(0.0, 0.28, len(size)), 0.0)
    most = np.where(size > 0, np.maximum(size // 3, 1), 0)
    share = np.where(size > 0, 1, 0)
    while (left := total - int(share.sum())) > 0:
        want = np.where(share < most, weight / (share + 0.5), 0.0)
        best = np.argsort(-want, kind="stable")[: max(1, left // 20)]
        share[best[want[best] > 0]] += 1
    return share.astype(np.int64)


def _renumber(mesh: Mesh, village: Ints, grid: Ints, total: int) -> tuple[Ints, Ints]:
    """Numbers 0..total-1 by village and then from north-west to south-east; and each grid's village."""
    count = np.bincount(grid, minlength=total)
    x = np.bincount(grid, weights=mesh.points[:, 0], minlength=total) / count
    y = np.bincount(grid, weights=mesh.points[:, 1], minlength=total) / count
    owner = np.zeros(total, dtype=np.int64)
    owner[grid] = village
    order = np.lexsort((x - y, owner))
    place = np.empty(total, dtype=np.int64)
    place[order] = np.arange(total)
    return place[grid], owner[order]
