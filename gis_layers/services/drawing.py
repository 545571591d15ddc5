"""What the map draws of ground and base map, projected and generalised once, when the ground is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from grid.services.copying import copy_rows, ewkb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.pipeline import Ground

EXACT = 14
"""The band of the shapes as they are; its number is the first zoom that draws it, as of every band."""

FIRST_BAND = {"city": 8, "county": 8, "township": 9, "village": 11, "grid": 11}
"""The first band that has shapes of a level: further out they would be specks."""

ROAD_FROM = {"expressway": 8, "arterial": 9, "rural": 12, "street": 13}
WATER_FROM = {"river": 8, "lake": 9, "reservoir": 11, "stream": 12}
"""The first zoom that draws a class of roads or waters."""

_SHAPE_COLUMNS = ("level", "code", "name", "path", "band", "number", "shape", "label")


def draw(*, ground: Ground) -> None:
    """Write every region's and grid's shape per band (EPSG:3857) with its label point, and the base map."""
    from data.pipeline import generalise
    from data.pipeline.generalise import to_mercator

    units: list[Any] = [*ground.regions, *ground.grids]
    exact = to_mercator(array([*(row.boundary for row in ground.regions), *(row.shape for row in ground.grids)]))
    labels = ewkb(label_points(exact), srid=3857)
    bands = [(EXACT, dict(zip((unit.code for unit in units), exact, strict=True)))]
    bands += [(band.band.zooms[0], {**band.regions, **band.grids}) for band in generalise(ground)]
    for first, shapes in bands:
        _draw_band(_band_of(first), units, shapes, labels)
    _draw_base(ground)


def _band_of(first_zoom: int) -> int:
    """The widest band serves from zoom 0 and is kept as 8, where tiles begin."""
    return max(first_zoom, 8)


def _draw_band(band: int, units: list[Any], shapes: dict[str, Any], labels: list[str]) -> None:
    kept = [
        (unit, label)
        for unit, label in zip(units, labels, strict=True)
        if FIRST_BAND[getattr(unit, "level", "grid")] <= band
    ]
    drawn = ewkb((shapes[unit.code] for unit, _ in kept), srid=3857)
    copy_rows(
        table="gis_layers_groundshape",
        columns=_SHAPE_COLUMNS,
        rows=(
            (str(getattr(unit, "level", "grid")), unit.code, unit.name, unit.path, band, int(unit.code), shape, label)
            for (unit, label), shape in zip(kept, drawn, strict=True)
        ),
    )


def label_points(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Where each polygon's name stands: its centroid, or where that lies outside, a point within its widest stretch."""
    centres = shapely.centroid(shapes)
    outside = ~shapely.contains_properly(shapes, centres)
    centres[outside] = shapely.point_on_surface(shapes[outside])
    placed: npt.NDArray[np.object_] = centres
    return placed


def _draw_base(ground: Ground) -> None:
    from data.pipeline.generalise import to_mercator

    rows = [("road", str(row.road_class), row.name, ROAD_FROM[row.road_class], row.line) for row in ground.roads]
    rows += [("water", str(row.kind), row.name, WATER_FROM[row.kind], row.shape) for row in ground.waters]
    if not rows:
        return
    shapes = ewkb(to_mercator(array(row[4] for row in rows)), srid=3857)
    copy_rows(
        table="gis_layers_basefeature",
        columns=("kind", "rank", "name", "min_zoom", "shape"),
        rows=((*row[:4], shape) for row, shape in zip(rows, shapes, strict=True)),
    )


def array(shapes: Iterable[Any]) -> npt.NDArray[np.object_]:
    """Shapes as the array that shapely's functions take; multi-part shapes are not unpacked."""
    listed = list(shapes)
    packed = np.empty(len(listed), dtype=object)
    packed[:] = listed
    return packed
