"""Writing a city file: the same rows give the same bytes."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from data.pipeline.layout import (
    CHANNEL,
    COMPONENT,
    DEVICE,
    GRID,
    HOUSE_NUMBER,
    ORGANISATION,
    PLACE,
    REGION,
    ROAD,
    SITE,
    WATER,
    LayerForm,
)
from data.pipeline.rows import ComponentRow, DeviceRow, GroundFrames

WRITTEN_AT = "2020-01-01T00:00:00.000Z"
"""What the file says it was written at: a constant, or two builds of one ground would differ."""

_GEOMETRY_FIELDS = frozenset({"shape", "point", "line"})
_GEOMETRY_TYPE = {GRID.name: "Polygon", SITE.name: "Point", ROAD.name: "Unknown", WATER.name: "Unknown"}


def write_ground(frames: GroundFrames, path: Path | str) -> None:
    """Write a city file (GeoPackage, EPSG:4326), replacing one that is there.

    Nothing is checked here: `read_ground` proves what was written. Layers without a row are left out, region and
    grid always written.
    """
    target = Path(path)
    target.unlink(missing_ok=True)
    with _at_the_same_moment():
        _write_layer(target, REGION, frames.regions, required=True)
        _write_layer(target, GRID, frames.grids, required=True)
        _write_layer(target, SITE, frames.sites)
        _write_layer(target, CHANNEL, frames.channels)
        _write_layer(target, ORGANISATION, frames.organisations)
        _write_layer(target, ROAD, frames.roads)
        _write_layer(target, WATER, frames.waters)
        _write_layer(target, PLACE, frames.places)
        _write_layer(target, HOUSE_NUMBER, frames.numbers)
    _settle(target)


def write_components(rows: Sequence[ComponentRow], path: Path | str) -> None:
    """Write the layer component into a GeoPackage (EPSG:4326), beside what it holds; a file is made where none is."""
    target = Path(path)
    with _at_the_same_moment():
        _write_layer(target, COMPONENT, rows, required=True)
    _settle(target)


def write_devices(rows: Sequence[DeviceRow], path: Path | str) -> None:
    """Write the layer device into a GeoPackage (EPSG:4326), beside what it holds; a file is made where none is."""
    target = Path(path)
    with _at_the_same_moment():
        _write_layer(target, DEVICE, rows, required=True)
    _settle(target)


@contextmanager
def _at_the_same_moment() -> Iterator[None]:
    """What is written in here says that it was written at `WRITTEN_AT`."""
    before = os.environ.get("OGR_CURRENT_DATE")
    os.environ["OGR_CURRENT_DATE"] = WRITTEN_AT
    try:
        yield
    finally:
        if before is None:
            del os.environ["OGR_CURRENT_DATE"]
        else:
            os.environ["OGR_CURRENT_DATE"] = before


def _write_layer(path: Path, form: LayerForm, rows: Sequence[Any], *, required: bool = False) -> None:
    if not rows and not required:
        return
    names = [column.name for column in form.columns]
    geometry, geometry_type = _geometry(form, rows)
    pyogrio.raw.write(
        str(path),
        geometry,
        [_column([getattr(row, name) for row in rows]) for name in names],
        names,
        layer=form.name,
        driver="GPKG",
        geometry_type=geometry_type,
        crs="EPSG:4326" if form.shapes else None,
        append=path.exists(),
    )


def _geometry(form: LayerForm, rows: Sequence[Any]) -> tuple[Any, str | None]:
    if not form.shapes:
        return None, None
    shapes = [_shape_of(row) for row in rows]
    return shapely.to_wkb(np.array(shapes, dtype=object)), _GEOMETRY_TYPE.get(form.name, "Point")


def _shape_of(row: Any) -> Any:
    name = next(field.name for field in fields(row) if field.name in _GEOMETRY_FIELDS)
    return getattr(row, name)


def _column(values: Iterable[Any]) -> Any:
    """A numpy column: text (enumerations by value), booleans, whole numbers or floats."""
    plain = [_plain(value) for value in values]
    if all(isinstance(value, bool) for value in plain) and plain:
        return np.array(plain, dtype=np.bool_)
    if all(isinstance(value, int) for value in plain) and plain:
        return np.array(plain, dtype=np.int32)
    if all(isinstance(value, float) for value in plain) and plain:
        return np.array(plain, dtype=np.float64)
    return np.array(plain, dtype=object)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return ";".join(value)
    return str(value) if isinstance(value, str) else value


def _settle(path: Path) -> None:
    """Rewrite the file from its rows, so that page order and counters don't depend on how it came about."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
