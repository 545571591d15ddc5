"""Years of events: the demo's week, copied in SQL as often as it takes, each copy on other grids and further back.

What has ended is copied at so many a year (fewer where the smaller table would not reach back a whole one), so that a
larger table is a longer history with the same last year; what is open is copied to so
many in all, whatever the history. Copied are the rows that lists, counts, clocks and indicators read (`COPIED`); not
the journal, photos and audit trail, of which they read nothing, or those of one event by its key. Foreign keys and
triggers of the copied tables are gone, and the tables are not logged: only how queries read them is of interest here.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from deploy.database_url import parse
from deploy.template import owner_connection

YEARLY = 500_000
SECONDS_OF_A_YEAR = 365.25 * 86_400
AT_ONCE = 250_000  # events of one statement


@dataclass(frozen=True)
class Copied:
    """A table, which of its rows, and what its columns become; others are copied, ids and times shifted."""

    name: str
    event: str = "event_id"
    only: str = "true"
    changed: tuple[tuple[str, str], ...] = ()


def _given(column: str, to: str) -> tuple[str, str]:
    """Where there was one there is one."""
    return column, f"CASE WHEN kept.{column} IS NOT NULL THEN {to} END"


_HOLDER = "CASE kept.level WHEN 'city' THEN kept.holder_id WHEN 'county' THEN ground.county ELSE ground.centre END"
_ANSWERING = (
    "CASE kept.kind WHEN 'lead' THEN ground.department WHEN 'joint' THEN kept.organisation_id ELSE ground.centre END"
)
COPIED = (
    Copied("events_event", event="id", changed=(
        ("no", "kept.no || '-' || copy"), ("grid_id", "ground.grid"), ("path", "ground.path"),
        ("point", "ground.point"), ("holder_id", _HOLDER), ("passed", f"ARRAY[{_HOLDER}]"),
        _given("lead_id", "ground.department"),
        ("parties", "CASE WHEN kept.parties = '{}' THEN '{}' ELSE ARRAY[ground.department] END"),
        ("workers", "CASE WHEN kept.workers = '{}' THEN '{}' ELSE ARRAY[ground.officer] END"),
        _given("reporter_id", "ground.officer"), ("address", "kept.address || (copy * 7 + seed.id) % 997 || '号'"),
        ("merged_into_id", "NULL::bigint"),
    )),
    Copied("events_task", changed=(
        ("organisation_id", _ANSWERING),
        _given("user_id", "ground.officer"),
    )),
    Copied("events_timer", only="kept.stopped_at IS NULL OR kept.stage = 'whole'", changed=(
        # What runs is said nothing of yet: the watch finds it in its index and leaves it.
        ("next_mark_at", "CASE WHEN kept.stopped_at IS NULL THEN now() + make_interval(secs => 7200 + copy * 61) END"),
    )),
    Copied("events_ticket", changed=(("order_no", "kept.order_no || '-' || copy"),)),
    Copied("events_freetext", only="kept.id IN (SELECT min(id) FROM events_freetext GROUP BY event_id)"),
    Copied("events_countedfact", changed=(
        ("holder", "ground.centre"), _given("lead", "ground.department"), ("path", "ground.path"),
    )),
)  # fmt: skip
_REFERENCES = {"task_id": "events_task", "event_id": "events_event", "text_id": "events_freetext"}
_SEED = """
    CREATE TABLE bench_seed AS SELECT id, ended_at IS NULL AS open, row_number() OVER (ORDER BY id) AS place
    FROM events_event WHERE grid_id IS NOT NULL AND merged_into_id IS NULL
"""
_GROUND = """
    CREATE TABLE bench_ground AS
    SELECT row_number() OVER (ORDER BY grid.code) - 1 AS place, grid.id AS grid, grid.path, post.user_id AS officer,
        ST_PointOnSurface(grid.boundary::geometry) AS point, nearest.id AS centre, county.id AS county,
        (SELECT one.id FROM grid_organisation one JOIN grid_region region ON region.id = one.region_id
         WHERE one.kind = 'department' AND region.path = split_part(grid.path, '/', 1) || '/'
             || split_part(grid.path, '/', 2) || '/' ORDER BY md5(one.code || grid.code) LIMIT 1) AS department
    FROM grid_grid grid
    JOIN LATERAL (SELECT user_id FROM grid_post WHERE grid_id = grid.id AND role = 'grid_officer' LIMIT 1) post ON true
    JOIN LATERAL (
        SELECT one.id FROM grid_organisation one JOIN grid_region region ON region.id = one.region_id
        WHERE one.kind = 'centre' AND grid.path LIKE region.path || '%' ORDER BY length(region.path) DESC LIMIT 1
    ) nearest ON true
    JOIN LATERAL (
        SELECT one.id FROM grid_organisation one JOIN grid_region region ON region.id = one.region_id
        WHERE one.kind = 'centre' AND one.level = 'county' AND grid.path LIKE region.path || '%' LIMIT 1
    ) county ON true
"""
_COPY = """
    INSERT INTO {table} ({columns}) SELECT {values}
    FROM bench_seed seed JOIN {table} kept ON kept.{event} = seed.id
    CROSS JOIN generate_series({first}, {last}) AS copy
    JOIN bench_ground ground ON ground.place = (seed.place * 7919 + copy * 104729) % {grids}
    WHERE ({only}) AND seed.open = {open}
"""
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint
    WHERE contype = 'f' AND (conrelid::regclass::text = ANY(%s) OR confrelid::regclass::text = ANY(%s))
"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid::regclass::text = ANY(%s) AND NOT indisprimary AND NOT indisunique
"""


class History:
    """The history of one database, which grows."""

    def __init__(self, database: str) -> None:
        self.database = database

    def begin(self, *, open_events: int) -> None:
        """Take the week that is there as the seed, and bring what is open to so many."""
        with owner_connection(self.database) as owner:
            _loosen(owner)
            owner.execute(_SEED)
            owner.execute(_GROUND)
            owner.execute("ANALYZE bench_seed, bench_ground")
            (count,) = _row(owner, "SELECT count(*) FROM bench_seed WHERE open")
            if copies := max(0, open_events // count - 1):
                _copy(owner, first=1, last=copies, apart=37.0, still_open=True)

    def grow(self, events: int) -> int:
        """Copy what has ended until there are about so many events; how many there are."""
        with owner_connection(self.database) as owner:
            indexes = owner.execute(_INDEXES, [_tables(owner)]).fetchall()
            for name, _ in indexes:
                owner.execute(f"DROP INDEX {name}")
            (have,) = _row(owner, "SELECT count(*) FROM events_event")
            (seeds,) = _row(owner, "SELECT count(*) FROM bench_seed WHERE NOT open")
            (done, apart) = _row(owner, "SELECT coalesce(max(copies), 0), max(apart) FROM bench_copies")
            last = done + max(0, events - have) // seeds
            apart = apart or seconds_apart(seeds=seeds, copies=last)
            for first in range(done + 1, last + 1, max(1, AT_ONCE // seeds)):
                _copy(owner, first=first, last=min(last, first + max(1, AT_ONCE // seeds) - 1), apart=apart)
            owner.execute("INSERT INTO bench_copies VALUES (%s, %s)", [last, apart])
            for _, definition in indexes:
                owner.execute(definition.encode())
            for table in _tables(owner):
                owner.execute(f"VACUUM ANALYZE {table}")
            return int(_row(owner, "SELECT count(*) FROM events_event")[0])

    def bytes(self) -> int:
        """How large the database is."""
        with owner_connection(self.database) as owner:
            return int(_row(owner, "SELECT pg_database_size(current_database())")[0])


def _row(owner: psycopg.Connection[Any], query: str, *values: Any) -> tuple[Any, ...]:
    found = owner.execute(query.encode(), values or None).fetchone()
    assert found is not None
    return tuple(found)


def _tables(owner: psycopg.Connection[Any]) -> list[str]:
    """Those of the copied tables that there are."""
    return [one.name for one in COPIED if _row(owner, "SELECT to_regclass(%s) IS NOT NULL", one.name)[0]]


def _loosen(owner: psycopg.Connection[Any]) -> None:
    """No foreign keys to or from the copied tables, no log of what is written to them."""
    owner.execute("CREATE TABLE bench_copies (copies integer, apart double precision)")
    tables = _tables(owner)
    for table, name in owner.execute(_CONSTRAINTS, [tables, tables]).fetchall():
        owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")  # names of the catalogue's
    for table in tables:
        owner.execute(f"ALTER TABLE {table} SET UNLOGGED")
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def seconds_apart(*, seeds: int, copies: int) -> float:
    """How far back each copy of what has ended lies behind the one before: `YEARLY` events a year, and fewer where the
    first history would not reach back a year, so that a longer one has the same last year."""
    return max(seeds / YEARLY, 1 / max(1, copies)) * SECONDS_OF_A_YEAR


def _copy(owner: psycopg.Connection[Any], *, first: int, last: int, apart: float, still_open: bool = False) -> None:
    strides = _strides(owner)
    (grids,) = _row(owner, "SELECT count(*) FROM bench_ground")
    # Open copies take ids below the seed's, those of the history above.
    number = "-copy" if still_open else "copy"
    for one in COPIED:
        if one.name not in strides:
            continue
        columns = dict(_columns(owner, one.name))
        values = {name: _value(one, name, kind, strides, number, apart) for name, kind in columns.items()}
        text = _COPY.format(
            table=one.name, columns=", ".join(values), values=", ".join(values.values()), event=one.event, first=first,
            last=last, grids=grids, only=one.only, open=still_open,
        )  # fmt: skip
        owner.execute(text.encode())


def _strides(owner: psycopg.Connection[Any]) -> dict[str, int]:
    """How far apart the ids of two copies of a row are: further than any two of the seed."""
    events = {one.name: one.event for one in COPIED}
    longest = "SELECT coalesce(max(kept.id), 0) + 1 FROM {0} kept JOIN bench_seed seed ON kept.{1} = seed.id"
    return {table: int(_row(owner, longest.format(table, events[table]))[0]) for table in _tables(owner)}


def _columns(owner: psycopg.Connection[Any], table: str) -> Iterable[tuple[str, str]]:
    found = owner.execute(
        "SELECT attname, atttypid::regtype::text FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''", [table],
    )  # fmt: skip
    return [(str(name), str(kind)) for name, kind in found.fetchall()]


def _value(one: Copied, column: str, kind: str, strides: dict[str, int], number: str, apart: float) -> str:
    own = dict(one.changed)
    if column in own:
        return own[column].replace("|| copy", f"|| ({number})")
    if column == "id":
        return f"kept.id + ({number}) * {strides[one.name]}"
    if (referred := _REFERENCES.get(column)) in strides:
        return f"kept.{column} + ({number}) * {strides[referred]}"
    if kind == "timestamp with time zone":
        return f"kept.{column} - make_interval(secs => {apart} * copy)"
    return f"kept.{column}"


def address(database: str) -> str:
    """The application's address of a database of the same server."""
    return str(parse(os.environ["DATABASE_URL"]).with_name(database))
