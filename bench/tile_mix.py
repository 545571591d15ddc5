"""What the tile measurements ask for: a mix of tiles, the shape of SQL that tile servers usually send, bench tables."""

import math
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from webapp.settings.environment import database

_BOX = "ST_TileEnvelope(%(z)s, %(x)s, %(y)s)"
_NEAR = f"ST_Expand(ST_Transform({_BOX}, 4326), 5.625 / 2 ^ %(z)s)"


def _layer(name: str, table: str, column: str, attributes: str, condition: str = "true") -> str:
    """One layer as tile servers ask for it: rows of a table in EPSG:4326, transformed and clipped one by one."""
    shape = f"ST_AsMVTGeom(ST_Transform(ST_CurveToLine({column}), 3857), {_BOX}, 4096, 64, true)"
    rows = f"SELECT {shape} AS geom, id, {attributes} FROM {table} WHERE {column} && {_NEAR} AND {condition}"  # noqa: S608 - names of our own
    return f"coalesce((SELECT ST_AsMVT(tile, '{name}', 4096, 'geom') FROM ({rows}) AS tile), '')"  # noqa: S608


USUAL = {
    "ground": "SELECT "
    + " || ".join(
        [
            _layer("county", "grid_region", "boundary", "code, name", "level = 'county'"),
            _layer("township", "grid_region", "boundary", "code, name", "level = 'township' AND %(z)s >= 9"),
            _layer("village", "grid_region", "boundary", "code, name", "level = 'village' AND %(z)s >= 11"),
            _layer("grid", "grid_grid", "boundary", "code, name", "%(z)s >= 12"),
        ]
    ),
    "sites": "SELECT " + _layer("site", "bench_site", "geom", "code, site_class, state"),
}
"""The same polygon layers at the same zooms (without our labels), and every site at every zoom, from plain tables."""

ROLE = """
    SET jit = off; SET max_parallel_workers_per_gather = 0; SET search_path = bench, public;
    SET plan_cache_mode = force_generic_plan
"""
"""As the product sets it for a tile; the last concerns prepared statements alone."""

_TABLES = """
    DROP SCHEMA IF EXISTS bench CASCADE;
    CREATE SCHEMA bench;
    CREATE TABLE bench.gis_layers_site (LIKE public.gis_layers_site INCLUDING INDEXES);
    CREATE TABLE bench.gis_layers_sitecell (LIKE public.gis_layers_sitecell INCLUDING ALL);
"""
_FILL = """
    INSERT INTO bench.gis_layers_site
        (id, code, name, site_class, mounting, height_m, smart, secret, state, path, grid_id, owner_id, point, shape)
    SELECT row_number() OVER (), left(code, 24) || '-' || copy, name, site_class, mounting, height_m, smart, secret,
           state, path, grid_id, owner_id, ST_Transform(moved, 4326)::geography, moved
    FROM public.gis_layers_site
    CROSS JOIN generate_series(0, %(copies)s) AS copy
    CROSS JOIN LATERAL (
        SELECT ST_Translate(shape, 300 * sin(copy * 7.0 + id), 300 * cos(copy * 3.0 + id)) AS moved
    ) AS place
    ORDER BY copy, id LIMIT %(sites)s
"""


@dataclass(frozen=True)
class Asked:
    """One tile of one tileset."""

    tileset: str
    z: int
    x: int
    y: int


def connect(variable: str = "DATABASE_URL") -> psycopg.Connection[Any]:
    """A connection to the database that the environment names, as the role of that variable."""
    parts = database(os.environ[variable])
    return psycopg.connect(
        host=parts["HOST"], port=parts["PORT"] or None, user=parts["USER"], password=parts["PASSWORD"] or None,
        dbname=parts["NAME"], autocommit=True,
    )  # fmt: skip


@contextmanager
def bench_tables(*, sites: int, count_cells: str) -> Iterator[int]:
    """A schema `bench` with `sites` sites (the register's own, and copies up to 300 m beside them), and their counts.

    Needs the owner's role. The city's own tables are only read; the schema is dropped at the end. Gives the number.
    """
    with connect("DATABASE_OWNER_URL") as owner:
        have = owner.execute("SELECT count(*) FROM public.gis_layers_site").fetchone()
        assert have is not None
        if not have[0]:
            raise SystemExit("there are no sites in this database: run load_ground with the demo's file first")
        owner.execute(_TABLES)
        try:
            owner.execute(_FILL, {"sites": sites, "copies": sites // have[0]})
            owner.execute("SET search_path = bench, public")
            owner.execute(count_cells)
            owner.execute(
                "CREATE TABLE bench_site AS SELECT *, point::geometry(Point, 4326) AS geom FROM gis_layers_site"
            )
            owner.execute("CREATE INDEX ON bench_site USING gist (geom)")
            for table in ("bench_site", "gis_layers_site", "gis_layers_sitecell"):
                owner.execute(f"VACUUM ANALYZE bench.{table}")
            owner.execute("GRANT USAGE ON SCHEMA bench TO PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA bench TO PUBLIC")
            yield min(sites, have[0] * (sites // have[0] + 1))
        finally:
            owner.execute("DROP SCHEMA bench CASCADE")


def mix(*, count: int, seed: int = 1) -> list[Asked]:
    """`count` different tiles of zooms 10 to 16, ground and sites by turns, 70 % of them where sites stand."""
    randomness = random.Random(seed)
    with connect() as connection:
        points = connection.execute(
            "SELECT ST_X(point::geometry), ST_Y(point::geometry) FROM gis_layers_site"
        ).fetchall()
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    asked: dict[Asked, None] = {}
    while len(asked) < count:
        clustered = randomness.random() < 0.7
        lng, lat = randomness.choice(points) if clustered else (
            randomness.uniform(west, east), randomness.uniform(south, north)
        )  # fmt: skip
        asked[_tile(("ground", "sites")[len(asked) % 2], lng, lat, randomness.randint(10, 16))] = None
    return list(asked)


def _tile(tileset: str, lng: float, lat: float, zoom: int) -> Asked:
    """Web Mercator's tile numbers of a point."""
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return Asked(tileset=tileset, z=zoom, x=int((lng + 180) / 360 * 2**zoom), y=int(y * 2**zoom))
