"""Loading the register of components: a file's rows are added and amended by code, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.gis.geos import Point
from django.db import transaction

from gis_layers.models import Component
from gis_layers.services import drawing
from grid.models import Organisation
from grid.policy import Access
from grid.selectors import grids_at
from grid.services import audit
from grid.services.copying import copy_rows, ewkb
from grid.services.ground import move_revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.pipeline import ComponentRow, Problem
    from grid.selectors import Leaf

REVISION = "components"
BATCH = 2000
_COLUMNS = ("code", "kind", "name", "owner_id", "state", "grid_id", "path", "point", "shape")


@dataclass(frozen=True)
class ComponentsLoaded:
    """How many rows were added, amended, and left as they were."""

    added: int
    amended: int
    kept: int


@dataclass(frozen=True)
class _Placed:
    """A row of a file with its owner's id, and the grid that it lies in."""

    row: ComponentRow
    owner: int
    leaf: Leaf


def load(*, access: Access, rows: Sequence[ComponentRow]) -> ComponentsLoaded:
    """Add these components, amend those whose code is known, all or nothing; one audit row. Moves `components`.

    Raises GroundRefused with every owner that is no organisation and every place outside the city's grids.
    """
    placed = _placed(rows)
    with transaction.atomic():
        known = {one.code: one for one in Component.objects.select_for_update().iterator(BATCH)}
        added = [one for one in placed if one.row.code not in known]
        amended = [one for one in placed if one.row.code in known and _differs(known[one.row.code], one)]
        _add(added)
        _amend(known, amended)
        if added or amended:
            move_revision(name=REVISION)
        kept = len(placed) - len(added) - len(amended)
        done = ComponentsLoaded(added=len(added), amended=len(amended), kept=kept)
        detail = {"added": done.added, "amended": done.amended, "kept": done.kept}
        audit.record(access=access, action="load_components", kind="components", subject="", detail=detail)
    return done


def _placed(rows: Sequence[ComponentRow]) -> list[_Placed]:
    from data.pipeline import GroundRefused

    owners = dict(Organisation.objects.values_list("code", "pk"))
    leaves = grids_at(lng=[row.point.x for row in rows], lat=[row.point.y for row in rows])
    problems = [problem for row, leaf in zip(rows, leaves, strict=True) for problem in _unfit(row, owners, leaf)]
    if problems:
        raise GroundRefused(problems)
    return [
        _Placed(row, owners[row.owner], leaf) for row, leaf in zip(rows, leaves, strict=True) if leaf is not None
    ]  # fmt: skip


def _unfit(row: ComponentRow, owners: dict[str, int], leaf: Leaf | None) -> Iterator[Problem]:
    from data.pipeline import Problem, ProblemKind, Where

    place = Where(row.point.x, row.point.y, row.name)
    if row.owner not in owners:
        reason = f"its owner {row.owner} is no organisation here; add it first, or name another"
        yield Problem(ProblemKind.UNKNOWN_OWNER, row.code, reason, place)
    if leaf is None:
        reason = "it lies in no grid of the city; check its place and the file's coordinate system"
        yield Problem(ProblemKind.COMPONENT_OUTSIDE, row.code, reason, place)


def _differs(kept: Component, one: _Placed) -> bool:
    row = one.row
    said = (kept.kind, kept.name, kept.owner_id, kept.state, kept.grid_id, kept.path, kept.point.x, kept.point.y)
    wanted = (
        str(row.kind), row.name, one.owner, str(row.state), one.leaf.id, one.leaf.path, row.point.x, row.point.y
    )  # fmt: skip
    return said != wanted


def _add(placed: Sequence[_Placed]) -> None:
    from data.pipeline.generalise import to_mercator

    points = drawing.array(one.row.point for one in placed)
    drawn = ewkb(to_mercator(points), srid=3857) if placed else []
    copy_rows(
        table=Component._meta.db_table,
        columns=_COLUMNS,
        rows=(
            (one.row.code, str(one.row.kind), one.row.name, one.owner, str(one.row.state), one.leaf.id, one.leaf.path,
             point, shape)
            for one, point, shape in zip(placed, ewkb(points, srid=4326), drawn, strict=True)
        ),
    )  # fmt: skip


def _amend(known: dict[str, Component], placed: Sequence[_Placed]) -> None:
    for one in placed:
        kept = known[one.row.code]
        kept.kind, kept.name, kept.state = str(one.row.kind), one.row.name, str(one.row.state)
        kept.owner_id, kept.grid_id, kept.path = one.owner, one.leaf.id, one.leaf.path
        kept.point = Point(one.row.point.x, one.row.point.y, srid=4326)
        kept.shape = kept.point.transform(3857, clone=True)  # type: ignore[assignment]
    changed = [known[one.row.code] for one in placed]
    columns = ["kind", "name", "owner", "state", "grid", "path", "point", "shape"]
    Component.objects.bulk_update(changed, columns, batch_size=BATCH)
