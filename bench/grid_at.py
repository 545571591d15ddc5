"""Which grid a point lies in: batches of 1,000, beside the bare STRtree and beside PostGIS, in one interleaved run.

`python -m bench.grid_at [--rounds N] [--json FILE]`, on a database with the demo's ground.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BATCH = 1000
SQL = """
    SELECT min(grid.code COLLATE "C") FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS point(x, y, number)
    LEFT JOIN grid_grid AS grid ON ST_Covers(grid.boundary, ST_SetSRID(ST_MakePoint(x, y), 4326))
    GROUP BY number ORDER BY number
"""


def measure(rounds: int) -> dict[str, Any]:
    """Points a second of each way, medians over the rounds."""
    import numpy as np
    import shapely
    from django.db import connection

    from grid.selectors import grids_at, ground_index, locate

    index = ground_index()
    west, south, east, north = index.bounds
    randomness = np.random.default_rng(7)
    tree = shapely.STRtree(index.shapes)
    times: dict[str, list[float]] = {"ours": [], "bare_strtree": [], "postgis": [], "one_by_one": []}
    for _ in range(rounds):
        lng, lat = randomness.uniform(west, east, BATCH), randomness.uniform(south, north, BATCH)

        def bare(lng: Any = lng, lat: Any = lat) -> None:
            tree.query(shapely.points(lng, lat), predicate="intersects")

        def ours(lng: Any = lng, lat: Any = lat) -> None:
            grids_at(lng=lng, lat=lat)

        def postgis(lng: Any = lng, lat: Any = lat) -> None:
            with connection.cursor() as cursor:
                cursor.execute(SQL, [lng.tolist(), lat.tolist()])
                cursor.fetchall()

        def single() -> None:
            spot = index.shapes[0].centroid
            for _ in range(100):
                locate(lng=spot.x, lat=spot.y)

        for name, work, points in (
            ("bare_strtree", bare, BATCH), ("ours", ours, BATCH), ("postgis", postgis, BATCH), ("one_by_one", single, 100)
        ):  # fmt: skip
            times[name].append(_seconds(work) / points)
    rates = {name: 1 / statistics.median(each) for name, each in times.items()}
    return {
        **{f"{name}_per_s": round(rate) for name, rate in rates.items()},
        "ours_to_bare": round(rates["ours"] / rates["bare_strtree"], 2),
        "ours_to_postgis": round(rates["ours"] / rates["postgis"], 1),
        "grids": len(index.leaves),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "shapely": shapely.__version__,
    }


def _seconds(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


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
