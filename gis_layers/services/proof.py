"""Proof of the stored ground: that its grids tile the city, and that every wider boundary is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely
from django.db import connection

from gis_layers.models import Channel, Site
from grid.services.ground import count_stored

if TYPE_CHECKING:
    from data.pipeline import GridRow, RegionRow

_GRIDS = """
    SELECT grid.code, grid.name, region.code, ST_AsBinary(grid.boundary)
    FROM grid_grid AS grid JOIN grid_region AS region ON region.id = grid.region_id
    WHERE grid.valid_to IS NULL ORDER BY grid.code COLLATE "C"
"""
_REGIONS = """
    SELECT region.code, region.name, region.level, parent.code, ST_AsBinary(region.boundary)
    FROM grid_region AS region LEFT JOIN grid_region AS parent ON parent.id = region.parent_id ORDER BY region.path
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """Rows counted, and every problem found as one line; none means proved."""

    counts: tuple[tuple[str, int], ...]
    problems: tuple[str, ...]


def prove_stored() -> Proof:
    """Count the stored ground and prove it. An empty database is a problem, too. Some seconds for 6,000 grids."""
    from data.pipeline import GridKind, GridRow, Level, RegionRow
    from data.pipeline.partition import partition_problems

    with connection.cursor() as cursor:
        cursor.execute(_GRIDS)
        rows = cursor.fetchall()
        cursor.execute(_REGIONS)
        stored = cursor.fetchall()
    grids = tuple(
        GridRow(code=code, name=name, village=village, kind=GridKind.URBAN, households=0, shape=_shape(wkb))
        for code, name, village, wkb in rows
    )
    regions = tuple(
        RegionRow(code=code, name=name, level=Level(level), parent=parent) for code, name, level, parent, _ in stored
    )
    counts = (*count_stored().counts, ("site", Site.objects.count()), ("channel", Channel.objects.count()))
    problems = [str(problem) for problem in partition_problems(grids)]
    if not grids:
        problems.append("no_ground: no ground has been loaded; run load_ground with the city's file")
    elif not problems:
        boundaries = {row[0]: _shape(row[4]) for row in stored}
        problems = _differing(regions, grids, boundaries)
    return Proof(counts=counts, problems=tuple(problems))


def _shape(wkb: bytes) -> Any:
    return shapely.from_wkb(bytes(wkb))


def _differing(regions: tuple[RegionRow, ...], grids: tuple[GridRow, ...], stored: dict[str, Any]) -> list[str]:
    """Regions whose stored boundary is not the union of their grids."""
    from data.pipeline.ground import region_boundaries

    filled = {grid.village for grid in grids} | {region.parent for region in regions}
    empty = [f"empty_region {region.code}: no grid lies in it" for region in regions if region.code not in filled]
    if empty:
        return empty
    made = region_boundaries(regions, grids)
    return [
        f"edge_mismatch {region.code}: the boundary of {region.name} is not the union of its grids"
        for region in regions
        if not shapely.equals(made[region.code], stored[region.code])
    ]
