"""Boundaries made coarser for small scales, before any request: neighbours stay neighbours, levels stay nested.

`shapely.coverage_simplify` (Visvalingam-Whyatt over a whole coverage) simplifies the grids of a zoom band; every
wider boundary of that band is the union of those grids, so levels of one band never cross one another.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely import MultiPolygon

from data.pipeline.ground import region_boundaries
from data.pipeline.rows import Grid, GridRow, Ground


class Band(Enum):
    """A zoom band: first and last zoom it serves and its tolerance in EPSG:3857 metres.

    The tolerance is about one pixel of a 512-pixel tile at the band's last zoom. From zoom 14 on tiles draw the raw
    shapes.
    """

    Z0_8 = (0, 8, 300.0)
    Z9_10 = (9, 10, 75.0)
    Z11_12 = (11, 12, 19.0)
    Z13 = (13, 13, 8.0)

    @property
    def zooms(self) -> range:
        """The zooms that the band serves."""
        return range(self.value[0], self.value[1] + 1)

    @property
    def tolerance_m(self) -> float:
        """Tolerance of the simplification in EPSG:3857 metres (the side of the smallest triangle kept)."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class Generalised:
    """Boundaries of one band in EPSG:3857 metres, by region or grid code; values are MultiPolygons."""

    band: Band
    regions: dict[str, MultiPolygon]
    grids: dict[str, MultiPolygon]


def to_mercator(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """WGS-84 degrees to EPSG:3857 metres."""
    transformer = Transformer.from_crs(4326, 3857, always_xy=True)

    def project(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    projected: npt.NDArray[np.object_] = shapely.transform(shapes, project)
    return projected


def generalise(ground: Ground) -> tuple[Generalised, ...]:
    """Every region's and grid's boundary for each band, finest band first; each band starts from the one before."""
    shapes = to_mercator(np.array([grid.shape for grid in ground.grids], dtype=object))
    made = []
    for band in sorted(Band, key=lambda member: member.tolerance_m):
        shapes = shapely.coverage_simplify(shapes, band.tolerance_m)
        made.append(_band(band, ground, shapes))
    return tuple(made)


def _band(band: Band, ground: Ground, shapes: npt.NDArray[np.object_]) -> Generalised:
    rows = [_with_shape(grid, shape) for grid, shape in zip(ground.grids, shapes, strict=True)]
    grids = {row.code: MultiPolygon([row.shape]) for row in rows}
    return Generalised(band=band, regions=region_boundaries(ground.regions, rows), grids=grids)


def _with_shape(grid: Grid, shape: object) -> GridRow:
    return GridRow(
        code=grid.code,
        name=grid.name,
        village=grid.village,
        kind=grid.kind,
        households=grid.households,
        shape=shape,
    )
