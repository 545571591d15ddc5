"""What every measurement prints: its figures as a table, then as JSON, with the load and the versions beside them."""

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_PACKAGES = ("django", "psycopg", "uvicorn", "websockets", "shapely", "tipg")


def surroundings() -> dict[str, Any]:
    """Load average (1, 5, 15 minutes), processors, and versions: a figure without them says little."""
    return {
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "processors": os.cpu_count(),
        "versions": {"python": platform.python_version(), **_installed()},
    }


def _installed() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, the nearest of them; NaN of none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread_ms(seconds: Sequence[float]) -> dict[str, float]:
    """p50 and p95 in milliseconds of durations in seconds."""
    return {
        "p50_ms": round(statistics.median(seconds) * 1000, 1),
        "p95_ms": round(percentile(seconds, 0.95) * 1000, 1),
    }


def publish(result: dict[str, Any], path: Path | None) -> None:
    """Print the table and the JSON; write the JSON to `path` where one is given."""
    for name, value in result.items():
        sys.stdout.write(f"{name}\n" if isinstance(value, dict) else f"{name:34} {value}\n")
        for key, one in value.items() if isinstance(value, dict) else ():
            sys.stdout.write(f"  {key:32} {one}\n")
    text = json.dumps(result, indent=1, ensure_ascii=False)
    sys.stdout.write(text + "\n")
    if path is not None:
        path.write_text(text + "\n", encoding="utf-8")
