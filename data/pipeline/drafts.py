"""Reading every layer of a city file into rows, with a problem for each cell or geometry that is not right."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyogrio
import shapely

from data.pipeline import rowforms
from data.pipeline.cells import Cells
from data.pipeline.layers import Table, is_geopackage, read_table
from data.pipeline.layout import (
    CHANNEL,
    GRID,
    HOUSE_NUMBER,
    LAYERS,
    ORGANISATION,
    PLACE,
    REGION,
    ROAD,
    SITE,
    WATER,
    LayerForm,
)
from data.pipeline.problems import Problem, ProblemKind
from data.pipeline.rows import GroundFrames
from data.pipeline.shapes import shape_problem, sound, where

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Drafts:
    """What a file says, what is wrong with its cells and geometries, and the boxes of grids left out for that."""

    frames: GroundFrames
    problems: list[Problem]
    broken: list[Any]


def read_drafts(path: Path) -> Drafts:
    """Read a file's rows. A row with a bad cell is kept (with a stand-in) so that later checks don't miss it and
    report what follows from its absence; a row without a good geometry is left out.

    Raises FileNotFoundError where there is no such file.
    """
    problems: list[Problem] = []
    broken: list[Any] = []
    return Drafts(_frames(path, problems, broken), problems, broken)


def _frames(path: Path, problems: list[Problem], broken: list[Any]) -> GroundFrames:
    if not is_geopackage(path):
        problems.append(Problem(ProblemKind.NOT_A_GEOPACKAGE, path.name, "save the city as a GeoPackage (.gpkg)"))
        return GroundFrames(regions=(), grids=())
    present = {str(name) for name, _ in pyogrio.list_layers(str(path))}
    tables = {form.name: table_of(path, form, present, problems) for form in LAYERS}
    return GroundFrames(
        regions=rows_of(tables[REGION.name], REGION, rowforms.region_row, problems),
        grids=rows_of(tables[GRID.name], GRID, rowforms.grid_row, problems, broken),
        sites=rows_of(tables[SITE.name], SITE, rowforms.site_row, problems),
        channels=rows_of(tables[CHANNEL.name], CHANNEL, rowforms.channel_row, problems),
        organisations=rows_of(tables[ORGANISATION.name], ORGANISATION, rowforms.organisation_row, problems),
        roads=rows_of(tables[ROAD.name], ROAD, rowforms.road_row, problems),
        waters=rows_of(tables[WATER.name], WATER, rowforms.water_row, problems),
        places=rows_of(tables[PLACE.name], PLACE, rowforms.place_row, problems),
        numbers=rows_of(tables[HOUSE_NUMBER.name], HOUSE_NUMBER, rowforms.number_row, problems),
    )


def table_of(path: Path, form: LayerForm, present: set[str], problems: list[Problem]) -> Table | None:
    """The layer of a form, or None; what is wrong with it as a whole goes to `problems`."""
    if form.name not in present:
        if form.required:
            problems.append(Problem(ProblemKind.MISSING_LAYER, form.name, "add this layer"))
        return None
    table = read_table(path, form.name, wanted=form.columns, spatial=bool(form.shapes), problems=problems)
    if table is not None and table.size == 0 and form.required:
        problems.append(Problem(ProblemKind.EMPTY_LAYER, form.name, "this layer has no row"))
    return table


def rows_of(
    table: Table | None,
    form: LayerForm,
    make: Callable[[Cells, Any], Row],
    problems: list[Problem],
    broken: list[Any] | None = None,
) -> tuple[Row, ...]:
    """The rows of a layer whose geometry is good; what is wrong with any goes to `problems`, `broken` gets boxes."""
    if table is None or table.size == 0:
        return ()
    good = sound(table.shapes, form.shapes) if form.shapes else np.ones(table.size, dtype=np.bool_)
    rows: list[Row] = []
    for index, values in enumerate(table.rows()):
        shape = table.shapes[index]
        label = str(values.get("code") or f"{form.name}:{index + 1}")
        found: list[Problem] = []
        row = make(Cells(label, values, found), shape)
        fault = None if good[index] else shape_problem(label, str(values.get("name") or ""), shape, form.shapes)
        if fault is None:
            rows.append(row)
        else:
            problems.append(fault)
            _note_box(shape, broken)
        problems += [_located(problem, shape) for problem in found]
    return tuple(rows)


def _located(problem: Problem, shape: Any) -> Problem:
    return Problem(problem.kind, problem.code, problem.reason, where(shape))


def _note_box(shape: Any, broken: list[Any] | None) -> None:
    if broken is not None and shape is not None and not shapely.is_empty(shape):
        broken.append(shapely.box(*shapely.bounds(shape)))
