"""Which grid a point lies in: batches of 1,000, beside the bare STRtree and beside PostGIS, in one interleaved run.

`python -m bench.grid_at [--rounds N] [--json FILE]`, on a database with the demo's ground.
"""

import argparse
import json
import os
import statistics
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

BATCH = 1000
SQL = """
    SELECT min(grid.code COLLATE "C") FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS point(x, y, number)
    LEFT JOIN grid_grid AS grid ON ST_Covers(grid.boundary, ST_SetSRID(ST_MakePoint(x, y), 4326))
    GROUP BY number ORDER BY number
"""


def in_postgis(lng: Any, lat: Any) -> None:
    """The batch in one statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(SQL, [lng.tolist(), lat.tolist()])
        cursor.fetchall()


def one_by_one(lng: Any, lat: Any) -> None:
    """Each point by itself, as a report comes in; what lies outside is refused and counts as well."""
    from grid.refusals import Invalid
    from grid.selectors import locate

    for x, y in zip(lng.tolist(), lat.tolist(), strict=True):
        with suppress(Invalid):
            locate(lng=x, lat=y)


def measure(rounds: int) -> dict[str, Any]:
    """Points a second of each way, medians over the rounds."""
    import numpy as np
    import shapely

    from grid.selectors import grids_at, ground_index

    index = ground_index()
    west, south, east, north = index.bounds
    randomness = np.random.default_rng(7)
    tree = shapely.STRtree(index.shapes)
    times: dict[str, list[float]] = {"bare_strtree": [], "ours": [], "postgis": [], "one_by_one": []}
    for _ in range(rounds):
        lng, lat = randomness.uniform(west, east, BATCH), randomness.uniform(south, north, BATCH)
        for name, work in (
            ("bare_strtree", lambda x, y: tree.query(shapely.points(x, y), predicate="intersects")),
            ("ours", lambda x, y: grids_at(lng=x, lat=y)),
            ("postgis", in_postgis),
            ("one_by_one", one_by_one),
        ):
            begun = time.perf_counter()
            work(lng, lat)
            times[name].append((time.perf_counter() - begun) / BATCH)
    rates = {name: 1 / statistics.median(each) for name, each in times.items()}
    return {
        **{f"{name}_per_s": round(rate) for name, rate in rates.items()},
        "ours_to_bare": round(rates["ours"] / rates["bare_strtree"], 2),
        "ours_to_postgis": round(rates["ours"] / rates["postgis"], 1),
        "grids": len(index.leaves),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "shapely": shapely.__version__,
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line: prints a table, then the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    import django

    django.setup()
    result = measure(options.rounds)
    for key, value in result.items():
        sys.stdout.write(f"{key:28} {value}\n")
    text = json.dumps(result, indent=1)
    sys.stdout.write(text + "\n")
    if options.json is not None:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
