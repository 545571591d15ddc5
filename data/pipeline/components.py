"""The layer component of a GeoPackage as checked rows, or the list of all that is wrong with it."""

from pathlib import Path

import pyogrio

from data.pipeline.drafts import rows_of, table_of
from data.pipeline.layers import is_geopackage
from data.pipeline.layout import COMPONENT
from data.pipeline.problems import GroundRefused, Problem, ProblemKind
from data.pipeline.rowforms import component_row
from data.pipeline.rows import ComponentRow
from data.pipeline.tree import duplicates


def read_components(path: Path | str) -> tuple[ComponentRow, ...]:
    """The components of a file, by code, in WGS-84 degrees whatever the file's own (allowed) system.

    Raises GroundRefused with every problem found, FileNotFoundError where there is no such file. Whether owners and
    grids are known is for whoever has them. Nothing is repaired.
    """
    path = Path(path)
    problems: list[Problem] = []
    rows = _rows(path, problems)
    problems += duplicates(COMPONENT.name, (row.code for row in rows))
    if problems:
        raise GroundRefused(problems)
    return tuple(sorted(rows, key=lambda row: row.code))


def _rows(path: Path, problems: list[Problem]) -> tuple[ComponentRow, ...]:
    if not is_geopackage(path):
        problems.append(Problem(ProblemKind.NOT_A_GEOPACKAGE, path.name, "save the components as a GeoPackage (.gpkg)"))
        return ()
    present = {str(name) for name, _ in pyogrio.list_layers(str(path))}
    return rows_of(table_of(path, COMPONENT, present, problems), COMPONENT, component_row, problems)
