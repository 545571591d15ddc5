"""A mesh of small Voronoi cells and its planar graph.

All levels of the demo are unions of these cells, so they nest and share every vertex by construction: no snapping of
linework, no slivers, nothing to repair.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from data.demo.plane import Floats, Ints


@dataclass(frozen=True, slots=True)
class Mesh:
    """Cells (polygons, in the order of their points) and the pairs of cells that share an edge."""

    points: Floats
    cells: npt.NDArray[np.object_]
    left: Ints
    right: Ints


def hexagonal(box: tuple[float, float, float, float], step_m: float, rng: np.random.Generator) -> Floats:
    """A shaken hexagonal pattern over a box (west, south, east, north), `step_m` apart."""
    west, south, east, north = box
    rise = step_m * 0.8660254
    x, y = np.meshgrid(np.arange(west, east, step_m), np.arange(south, north, rise))
    x = x + (np.arange(y.shape[0]) % 2)[:, None] * step_m / 2
    flat = np.column_stack([x.ravel(), y.ravel()])
    shaken: Floats = flat + rng.uniform(-0.24, 0.24, flat.shape) * step_m
    return shaken


def make_mesh(points: Floats) -> Mesh:
    """The Voronoi cells of distinct points."""
    frame = shapely.box(*(points.min(axis=0) - 9000), *(points.max(axis=0) + 9000))
    whole = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame, ordered=True)
    cells = np.array(shapely.get_parts(whole), dtype=object)
    left, right = _neighbours(cells)
    return Mesh(points, cells, left, right)


def vertex_numbers(coordinates: Floats) -> tuple[Floats, Ints]:
    """Distinct vertices and, for each coordinate, the number of its vertex. Equal means equal to the last bit."""
    packed = np.ascontiguousarray(coordinates).view([("x", np.float64), ("y", np.float64)]).ravel()
    unique, number = np.unique(packed, return_inverse=True)
    return unique.view(np.float64).reshape(-1, 2), number.astype(np.int64)


def _neighbours(cells: npt.NDArray[np.object_]) -> tuple[Ints, Ints]:
    coordinates, owner = shapely.get_coordinates(cells, return_index=True)
    _, number = vertex_numbers(coordinates)
    same = owner[:-1] == owner[1:]
    start, end = number[:-1][same], number[1:][same]
    low, high, cell = np.minimum(start, end), np.maximum(start, end), owner[:-1][same]
    order = np.lexsort((cell, high, low))
    low, high, cell = low[order], high[order], cell[order]
    pair = (low[:-1] == low[1:]) & (high[:-1] == high[1:])
    return cell[:-1][pair].astype(np.int64), cell[1:][pair].astype(np.int64)


def components(count: int, left: Ints, right: Ints) -> Ints:
    """Number of the connected piece that each of `count` nodes lies in: the least node of the piece."""
    label = np.arange(count, dtype=np.int64)
    while True:
        before = label
        label = label.copy()
        low = np.minimum(label[left], label[right])
        np.minimum.at(label, left, low)
        np.minimum.at(label, right, low)
        label = np.minimum(label, label[label])
        if np.array_equal(before, label):
            return label


def tidy(mesh: Mesh, label: Ints, group: Ints) -> Ints:
    """Labels made connected: each keeps its largest piece, other cells join a label beside them in their group.

    `label` -1 marks a cell that still seeks one. A cell whose group offers no neighbour keeps -1.
    """
    label = _largest_pieces(mesh, label)
    left = np.concatenate([mesh.left, mesh.right])
    right = np.concatenate([mesh.right, mesh.left])
    while True:
        gives = (label[left] < 0) & (label[right] >= 0) & (group[left] == group[right])
        if not gives.any():
            return label
        label = label.copy()
        taken, offered = left[gives], label[right[gives]]
        order = np.lexsort((offered, taken))
        label[taken[order][::-1]] = offered[order][::-1]


def _largest_pieces(mesh: Mesh, label: Ints) -> Ints:
    inside = (label[mesh.left] == label[mesh.right]) & (label[mesh.left] >= 0)
    piece = components(len(label), mesh.left[inside], mesh.right[inside])
    size = np.bincount(piece, minlength=len(label))
    best: dict[int, tuple[int, int]] = {}
    for root in np.flatnonzero(size).tolist():
        if label[root] >= 0:
            best[int(label[root])] = max(best.get(int(label[root]), (0, 0)), (int(size[root]), -root))
    kept = np.zeros(len(label), dtype=np.bool_)
    kept[[-root for _, root in best.values()]] = True
    return np.where(kept[piece], label, -1).astype(np.int64)


def dissolve(cells: npt.NDArray[np.object_], label: Ints, count: int) -> npt.NDArray[np.object_]:
    """Union of the cells of each label 0..count-1."""
    order = np.argsort(label, kind="stable")
    start = np.searchsorted(label[order], np.arange(count + 1))
    made = [shapely.coverage_union_all(cells[order[start[k] : start[k + 1]]]) for k in range(count)]
    return np.array(made, dtype=object)


def smooth(shapes: npt.NDArray[np.object_], turns: int, strength: Sequence[float] | Floats) -> npt.NDArray[np.object_]:
    """Rounds a coverage's borders: every vertex that only two edges meet moves towards its neighbours' middle.

    `strength` (0..1, one per shape) is how far; a vertex takes the least of its shapes'. Shapes keep sharing vertices.
    """
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    vertices, number = vertex_numbers(coordinates)
    force = np.ones(len(vertices))
    np.minimum.at(force, number, np.asarray(strength, dtype=np.float64)[owner])
    low, high = _edges(number, _ring_of(shapes))
    degree = np.bincount(np.concatenate([low, high]), minlength=len(vertices))
    force = np.where(degree == 2, force, 0.0)[:, None]
    for _ in range(turns):
        total = np.zeros_like(vertices)
        np.add.at(total, low, vertices[high])
        np.add.at(total, high, vertices[low])
        vertices = vertices + force * 0.5 * (total / np.maximum(degree, 1)[:, None] - vertices)
    smoothed: npt.NDArray[np.object_] = shapely.set_coordinates(shapes.copy(), vertices[number])
    return smoothed


def _ring_of(shapes: npt.NDArray[np.object_]) -> Ints:
    """For each coordinate of polygons, the number of its ring."""
    rings = shapely.get_rings(shapes)
    return np.repeat(np.arange(len(rings)), shapely.get_num_coordinates(rings)).astype(np.int64)


def _edges(number: Ints, ring: Ints) -> tuple[Ints, Ints]:
    """Distinct edges between numbered vertices of rings."""
    same = ring[:-1] == ring[1:]
    start, end = number[:-1][same], number[1:][same]
    pairs = np.unique(np.column_stack([np.minimum(start, end), np.maximum(start, end)]), axis=0)
    return pairs[:, 0], pairs[:, 1]
