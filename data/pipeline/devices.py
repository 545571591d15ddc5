"""The layer device of a GeoPackage as checked rows, or the list of all that is wrong with it."""

from pathlib import Path

import pyogrio

from data.pipeline.drafts import rows_of, table_of
from data.pipeline.layers import is_geopackage
from data.pipeline.layout import DEVICE
from data.pipeline.problems import GroundRefused, Problem, ProblemKind
from data.pipeline.rowforms import device_row
from data.pipeline.rows import DeviceRow
from data.pipeline.tree import duplicates


def read_devices(path: Path | str, *, source: str) -> tuple[DeviceRow, ...]:
    """The devices in a file that `source` speaks for, by code, in WGS-84 degrees whatever the file's own system.

    Those are the rows that name it, and those that name nobody. Raises GroundRefused with every problem found,
    FileNotFoundError where there is no such file. Whether organisations and grids are known is for whoever has them.
    """
    path = Path(path)
    problems: list[Problem] = []
    rows = [row for row in _rows(path, problems) if row.source in ("", source)]
    problems += duplicates(DEVICE.name, (row.code for row in rows))
    if problems:
        raise GroundRefused(problems)
    return tuple(sorted(rows, key=lambda row: row.code))


def _rows(path: Path, problems: list[Problem]) -> tuple[DeviceRow, ...]:
    if not is_geopackage(path):
        problems.append(Problem(ProblemKind.NOT_A_GEOPACKAGE, path.name, "save the devices as a GeoPackage (.gpkg)"))
        return ()
    present = {str(name) for name, _ in pyogrio.list_layers(str(path))}
    return rows_of(table_of(path, DEVICE, present, problems), DEVICE, device_row, problems)
