"""Proof that grids are a partition: no gap, no overlap, and neighbours share every vertex of a common edge."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

from data.pipeline.problems import Problem, ProblemKind
from data.pipeline.rows import GridRow
from data.pipeline.shapes import area_m2, where

NARROW_GAP_DEGREES = 2e-4
"""A crack open to the outside is found up to this width (20 m); wider ones may be the city's outline.

Closed gaps are found whatever their width.
"""


def union(shapes: npt.NDArray[np.object_]) -> Any:
    """Union of shapes that are known to be a partition; keeps every vertex of the outline."""
    return shapely.coverage_union_all(shapes)


def partition_problems(grids: tuple[GridRow, ...]) -> list[Problem]:
    """Gaps, overlaps and edges that don't match between valid grids, each naming the grids beside it.

    Interior rings of the union count as gaps, so a city with an enclave of another city must hold it as a grid.
    Detached parts of a city (islands, exclaves) are no gap.
    """
    shapes = np.array([grid.shape for grid in grids], dtype=object)
    if len(shapes) == 0:
        return []
    tree = STRtree(shapes)
    suspects = _suspects(shapes)
    problems = _overlaps(grids, shapes, tree, suspects)
    clean = len(suspects) == 0
    problems += _gaps(grids, union(shapes) if clean else shapely.union_all(shapes), tree)
    named = {code for problem in problems for code in problem.code.split(", ")}
    return problems + _mismatches(grids, suspects, named)


def _suspects(shapes: npt.NDArray[np.object_]) -> dict[int, Any]:
    """Index of each grid with an edge that does not match its neighbour's, and those edges."""
    edges = shapely.coverage_invalid_edges(shapes, gap_width=NARROW_GAP_DEGREES)
    return {int(index): edges[index] for index in np.flatnonzero(~shapely.is_empty(edges))}


def _overlaps(
    grids: tuple[GridRow, ...], shapes: npt.NDArray[np.object_], tree: STRtree, suspects: Iterable[int]
) -> list[Problem]:
    index = np.fromiter(suspects, dtype=np.int64)
    if len(index) == 0:
        return []
    left, right = tree.query(shapes[index], predicate="intersects")
    touching = zip(index[left].tolist(), right.tolist(), strict=True)
    pairs = sorted({(min(a, b), max(a, b)) for a, b in touching if a != b})
    problems = []
    for a, b in pairs:
        common = shapely.intersection(shapes[a], shapes[b])
        if shapely.area(common) > 0:
            codes = ", ".join(sorted((grids[a].code, grids[b].code)))
            reason = f"these grids overlap by {area_m2(common):.2f} m²; draw their common edge once, vertex by vertex"
            problems.append(Problem(ProblemKind.OVERLAP, codes, reason, where(common, grids[a].name)))
    return problems


def _gaps(grids: tuple[GridRow, ...], city: Any, tree: STRtree) -> list[Problem]:
    problems = []
    for part in shapely.get_parts(city):
        for ring in part.interiors:
            hole = shapely.polygons(ring)
            beside = [grids[i] for i in _beside(hole, tree)]
            codes = ", ".join(sorted(grid.code for grid in beside))
            reason = f"a gap of {area_m2(hole):.2f} m² between these grids; every place of the city lies in a grid"
            near = min(beside, key=lambda grid: grid.code).name if beside else ""
            problems.append(Problem(ProblemKind.GAP, codes, reason, where(hole, near)))
    return problems


def _beside(hole: Any, tree: STRtree) -> list[int]:
    """Numbers of the grids that share a piece of a hole's edge, or where none does quite, that touch it."""
    touching = tree.query(hole, predicate="intersects")
    shared = shapely.length(shapely.intersection(tree.geometries[touching], shapely.boundary(hole)))
    numbers: list[int] = (touching[shared > 0] if (shared > 0).any() else touching).tolist()
    return numbers


def _mismatches(grids: tuple[GridRow, ...], suspects: dict[int, Any], named: set[str]) -> list[Problem]:
    """Edges that neither a gap nor an overlap explains: a missing vertex, or a crack open to the outside."""
    reason = "an edge does not match its neighbour's (a missing vertex or a narrow crack); use the same vertices"
    return [
        Problem(ProblemKind.EDGE_MISMATCH, grids[index].code, reason, where(edges, grids[index].name))
        for index, edges in suspects.items()
        if grids[index].code not in named
    ]
