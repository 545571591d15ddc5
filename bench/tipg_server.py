"""tipg as it is installed, on the tables that our tiles are made from: one process, and what to ask it for a tile.

It is given what makes it fast: the same two planner settings as our tiles, no refresh of its catalogue while it is
measured, the same attributes and the same margin. It cuts a tile off at 10,000 features unless
TIPG_MAX_FEATURES_PER_TILE says otherwise, which spares it work on a few tiles of the mix (4 of 240).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from bench.tile_mix import Asked
from bench.tile_server import until_ready
from deploy.database_url import DatabaseURL, parse

_TABLES = ("public.grid_region", "public.grid_grid", "bench.bench_site")
_LEVELS = (("county", 0), ("township", 9), ("village", 11))
GRIDS_FROM = 12


@contextmanager
def serving(folder: Path, port: int) -> Iterator[None]:
    """One uvicorn with tipg's own application, running in `folder`, stopped at the end. Needs `bench_tables`."""
    tipg = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--no-access-log",
         "--log-level", "warning", "--loop", "uvloop", "--http", "httptools"],
        cwd=folder, env={**os.environ, **_settings(parse(os.environ["DATABASE_URL"]))},
    )  # fmt: skip
    try:
        until_ready(port)
        yield
    finally:
        tipg.terminate()
        tipg.wait(20)


def _settings(url: DatabaseURL) -> dict[str, str]:
    """Its environment. A socket directory stands percent-encoded in the host's place, which asyncpg understands."""
    user = ":".join(quote(part, safe="") for part in (url.role, url.password) if part)
    planner = urlencode({**dict(url.options), "jit": "off", "max_parallel_workers_per_gather": 0})
    return {
        "DATABASE_URL": f"postgresql://{user}@{quote(url.host, safe='')}:{url.port}/{quote(url.name)}?{planner}",
        "TIPG_DB_SCHEMAS": json.dumps(["public", "bench"]),
        "TIPG_DB_TABLES": json.dumps(_TABLES),
        "TIPG_DB_EXCLUDE_FUNCTION_SCHEMAS": json.dumps(["public", "bench"]),
        "TIPG_CATALOG_TTL": "0",
        "TIPG_TILE_BUFFER": "64",
    }


def requests_for(asked: Asked) -> list[str]:
    """The fewest requests that give what our tile gives: one for each collection with a layer at this zoom."""
    if asked.tileset == "sites":
        return [_address("bench.bench_site", asked, {"geom-column": "geom", "properties": "code,site_class,state"})]
    levels = ",".join(f"'{level}'" for level, first in _LEVELS if first <= asked.z)
    shown = {"properties": "code,name"}
    regions = {"filter": f"level IN ({levels})", "filter-lang": "cql2-text"}
    found = [_address("public.grid_region", asked, shown | regions)]
    return [*found, _address("public.grid_grid", asked, shown)] if asked.z >= GRIDS_FROM else found


def _address(collection: str, asked: Asked, query: dict[str, Any]) -> str:
    return f"/collections/{collection}/tiles/WebMercatorQuad/{asked.z}/{asked.x}/{asked.y}?{urlencode(query)}"
