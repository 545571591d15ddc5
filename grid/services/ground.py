"""Loading the ground: regions, grids, places and organisations of one city, all or nothing, into empty tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grid.models import Region
from grid.policy import Access
from grid.refusals import Conflict
from grid.services import audit
from grid.services.copying import copy_rows, ewkb, new_ids
from grid.services.places import load_places

if TYPE_CHECKING:
    from data.pipeline import Ground

_MOVE = """
    INSERT INTO grid_revision (name, value, moved_at) VALUES (%s, 1, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET value = grid_revision.value + 1, moved_at = clock_timestamp()
    RETURNING value
"""


@dataclass(frozen=True, slots=True)
class LoadedGround:
    """The ids that rows got, by code, and each grid's path."""

    regions: dict[str, int]
    grids: dict[str, int]
    grid_paths: dict[str, str]
    organisations: dict[str, int]


def move_revision(*, name: str) -> int:
    """Move a revision (`ground`, `rights`, `sites`) in the present transaction and wake its readers; the new value.

    What depends on it (tile addresses, audiences, the index in memory) is stale from the commit on.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [name])
        value = int(cursor.fetchone()[0])
        cursor.execute("SELECT pg_notify('revision', %s)", [name])
    return value


def load(*, access: Access, ground: Ground) -> LoadedGround:
    """Write regions, grids, places and organisations of a proved ground, one audit row, and move revision `ground`.

    Raises Conflict("ground-not-empty") where there is any ground already: replacing it would tear events and posts
    from their grids.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('load-ground'))")
        if Region.objects.exists():
            detail = _("There is ground in this database already; a city is loaded into an empty one.")
            raise Conflict("ground-not-empty", detail)
        regions = _load_regions(ground)
        grids = _load_grids(ground, regions)
        loaded = LoadedGround(
            regions=regions,
            grids=grids,
            grid_paths={grid.code: grid.path for grid in ground.grids},
            organisations=_load_organisations(ground, regions),
        )
        load_places(ground)
        move_revision(name="ground")
        counts = dict(ground.report.counts)
        audit.record(access=access, action="load_ground", kind="ground", subject=ground.root.code, detail=counts)
    return loaded


def _load_regions(ground: Ground) -> dict[str, int]:
    numbers = new_ids(table="grid_region", count=len(ground.regions))
    ids = {region.code: number for region, number in zip(ground.regions, numbers, strict=True)}
    shapes = ewkb((region.boundary for region in ground.regions), srid=4326)
    copy_rows(
        table="grid_region",
        columns=("id", "code", "name", "level", "parent_id", "path", "boundary"),
        rows=(
            (
                ids[row.code],
                row.code,
                row.name,
                str(row.level),
                ids[row.parent] if row.parent else None,
                row.path,
                shape,
            )
            for row, shape in zip(ground.regions, shapes, strict=True)
        ),
    )
    return ids


def _load_grids(ground: Ground, regions: dict[str, int]) -> dict[str, int]:
    numbers = new_ids(table="grid_grid", count=len(ground.grids))
    ids = {grid.code: number for grid, number in zip(ground.grids, numbers, strict=True)}
    shapes = ewkb((grid.shape for grid in ground.grids), srid=4326)
    copy_rows(
        table="grid_grid",
        columns=("id", "code", "name", "region_id", "path", "kind", "households", "boundary"),
        rows=(
            (ids[row.code], row.code, row.name, regions[row.village], row.path, str(row.kind), row.households, shape)
            for row, shape in zip(ground.grids, shapes, strict=True)
        ),
    )
    return ids


def _load_organisations(ground: Ground, regions: dict[str, int]) -> dict[str, int]:
    rows = ground.organisations
    ids = {row.code: new for row, new in zip(rows, new_ids(table="grid_organisation", count=len(rows)), strict=True)}
    copy_rows(
        table="grid_organisation",
        columns=("id", "code", "name", "short_name", "kind", "level", "region_id", "function", "public"),
        rows=(
            (ids[row.code], row.code, row.name, row.short_name, str(row.kind), str(row.level), regions[row.region],
             row.function, row.public)
            for row in rows
        ),
    )  # fmt: skip
    return ids


@dataclass(frozen=True, slots=True)
class StoredGround:
    """What `check_ground` says of the database: rows per level or table, and when that was."""

    counts: tuple[tuple[str, int], ...]
    at: datetime


def count_stored() -> StoredGround:
    """Count the ground's rows. Cities, counties, townships, villages, grids, places, in that order."""
    levels = Counter(Region.objects.values_list("level", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM grid_grid), (SELECT count(*) FROM grid_place)")
        grids, places = cursor.fetchone()
    names = ("city", "county", "township", "village")
    counts = (*((name, levels[name]) for name in names), ("grid", grids), ("place", places))
    return StoredGround(counts=counts, at=timezone.now())
