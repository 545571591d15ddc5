"""A county from another hand: GeoJSON and a table, made into a city file with the tool that a city's engineer has."""

import csv
import json
import subprocess
from pathlib import Path

REGIONS = (
    ("430121000000", "某县", "county", ""),
    ("430121101000", "甲镇", "township", "430121000000"),
    ("430121102000", "乙乡", "township", "430121000000"),
    ("430121101201", "一村", "village", "430121101000"),
    ("430121101202", "二村", "village", "430121101000"),
    ("430121102203", "三村", "village", "430121102000"),
)
"""Code, name, level and parent of the county, its townships and villages."""

BOUNDS = (113.0, 27.9, 113.03, 27.92)
"""West, south, east and north of the county, in degrees (EPSG:4490)."""


def _grid(number: int) -> dict[str, object]:
    west, south = BOUNDS[0] + 0.01 * (number % 3), BOUNDS[1] + 0.01 * (number // 3)
    ring = [(west, south), (west + 0.01, south), (west + 0.01, south + 0.01), (west, south + 0.01), (west, south)]
    village = f"43012110{number // 4 + 1}20{number // 2 % 3 + 1}"
    return {
        "type": "Feature",
        "properties": {
            "code": f"{village}{number % 2 + 1:03d}", "name": f"网格{number}", "village": village, "kind": "rural",
            "households": 100 + number,
        },
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip


def _ogr2ogr(*arguments: object) -> None:
    subprocess.run(["ogr2ogr", *map(str, arguments)], check=True, capture_output=True, timeout=60)


def write_county(folder: Path, *, epsg: int) -> Path:
    """A GeoPackage of three villages and six grids, in the system `epsg`, in `folder`. `ogr2ogr` writes both layers."""
    grids, regions = folder / "grids.geojson", folder / "regions.csv"
    grids.write_text(
        json.dumps({"type": "FeatureCollection", "features": [_grid(number) for number in range(6)]}), encoding="utf-8"
    )
    with regions.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((("code", "name", "level", "parent"), *REGIONS))
    target = folder / f"county{epsg}.gpkg"
    _ogr2ogr("-f", "GPKG", target, grids, "-nln", "grid", "-s_srs", "EPSG:4490", "-t_srs", f"EPSG:{epsg}")
    _ogr2ogr("-append", target, regions, "-nln", "region")
    return target
