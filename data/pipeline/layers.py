"""Reading one layer of a GeoPackage into plain columns: text checked, geometry in WGS-84 on the lattice.

Nothing is repaired: a Z value is dropped (the ground is flat), and that is all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from data.pipeline.lattice import snap_array
from data.pipeline.problems import Problem, ProblemKind

# CGCS2000 (4490 and its projections) is taken as WGS-84: they differ by centimetres.
GEOGRAPHIC = frozenset({4326, 4490})
PROJECTED = frozenset({3857, 32648, 32649, 32650, *range(4534, 4555), *range(4502, 4534)})
ALLOWED_EPSG = GEOGRAPHIC | PROJECTED
_SQLITE_MAGIC = b"SQLite format 3\x00"
_GPKG_IDS = (b"GPKG", b"GP10", b"GP11")


@dataclass(frozen=True, slots=True)
class Column:
    """What a layer's column must be: its name, the numpy kinds allowed, and whether a file may lack it: then every
    row is empty there."""

    name: str
    kinds: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One layer as read: columns by name and, for a spatial layer, geometries (None where a row has none)."""

    name: str
    columns: dict[str, npt.NDArray[Any]]
    shapes: npt.NDArray[np.object_]
    size: int

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each row as a mapping from column to value, in the file's order."""
        names = list(self.columns)
        for values in zip(*(self.columns[name].tolist() for name in names), strict=True):
            yield dict(zip(names, values, strict=True))


def is_geopackage(path: Path) -> bool:
    """Whether the file's first bytes are those of a GeoPackage (OGC 12-128: SQLite with application id GPKG)."""
    with path.open("rb") as file:
        head = file.read(72)
    return head.startswith(_SQLITE_MAGIC) and head[68:72] in _GPKG_IDS


def read_table(
    path: Path, layer: str, *, wanted: tuple[Column, ...], spatial: bool, problems: list[Problem]
) -> Table | None:
    """Read a layer; None (and why, in `problems`) where it can't be read as the format says."""
    meta, _, geometry, fields = pyogrio.raw.read(str(path), layer=layer, read_geometry=spatial, force_2d=True)
    size = len(fields[0]) if fields else 0
    columns = _columns(layer, wanted, dict(zip(meta["fields"].tolist(), fields, strict=True)), size, problems)
    if columns is None:
        return None
    shapes: npt.NDArray[np.object_] = np.full(size, None, dtype=object)
    if spatial:
        if geometry is None:
            problems.append(Problem(ProblemKind.MISSING_SHAPE, layer, "this layer must have a geometry column"))
            return None
        epsg = _epsg(layer, meta["crs"], problems)
        if epsg is None:
            return None
        shapes = to_lattice(shapely.from_wkb(geometry), epsg)
    return Table(name=layer, columns=columns, shapes=shapes, size=size)


def _columns(
    layer: str, wanted: tuple[Column, ...], found: dict[str, npt.NDArray[Any]], size: int, problems: list[Problem],
) -> dict[str, npt.NDArray[Any]] | None:  # fmt: skip
    columns: dict[str, npt.NDArray[Any]] = {}
    empty: npt.NDArray[Any] = np.full(size, None, dtype=object)
    missing = False
    for column in wanted:
        values = found.get(column.name, empty if column.optional else None)
        if values is None:
            missing = True
            problems.append(Problem(ProblemKind.MISSING_COLUMN, f"{layer}.{column.name}", "add this column"))
        elif values.dtype.kind not in column.kinds:
            missing = True
            reason = f"the column is stored as {values.dtype}; store it as the format's page says"
            problems.append(Problem(ProblemKind.BAD_VALUE, f"{layer}.{column.name}", reason))
        else:
            columns[column.name] = values
    return None if missing else columns


def _epsg(layer: str, crs: str | None, problems: list[Problem]) -> int | None:
    """The layer's EPSG number where it is one of `ALLOWED_EPSG`."""
    number: int | None = None
    if crs:
        try:
            number = CRS.from_user_input(crs).to_epsg()
        except CRSError:
            number = None
    if number in ALLOWED_EPSG:
        return number
    shown = f"EPSG:{number}" if number else "one that has no EPSG number"
    reason = f"its coordinate system is {shown}; use EPSG:4490 or 4326, or one of {sorted(PROJECTED)}"
    problems.append(Problem(ProblemKind.UNKNOWN_CRS, layer, reason))
    return None


def to_lattice(shapes: npt.NDArray[np.object_], epsg: int) -> npt.NDArray[np.object_]:
    """Geometries of an allowed EPSG number as WGS-84 degrees, every coordinate on the lattice."""
    if epsg in GEOGRAPHIC:
        moved: npt.NDArray[np.object_] = shapely.transform(shapes, snap_array)
        return moved
    # A CGCS2000 projection goes back to CGCS2000 and a WGS-84 one to WGS-84: the same degrees, no datum shift.
    target = CRS.from_epsg(epsg).geodetic_crs
    transformer = Transformer.from_crs(epsg, target, always_xy=True)

    def project(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        lng, lat = transformer.transform(points[:, 0], points[:, 1])
        return snap_array(np.column_stack([lng, lat]))

    projected: npt.NDArray[np.object_] = shapely.transform(shapes, project)
    return projected
