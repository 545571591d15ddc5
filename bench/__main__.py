"""`python -m bench [--ground FILE] [--json FILE] [NAME ...]`: every measurement, short, beside the targets.

Needs DATABASE_URL and DATABASE_OWNER_URL (of a running installation or a cluster for development); tiles and grid_at
read the ground of the database that DATABASE_URL names, or of one made for them from the city file given. It says what
was measured and asserts nothing; a measurement that fails is a line that says so. docs/performance.md says how to read
it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.report import surroundings

_MINUTES = 5  # at most for one measurement

SHORT: dict[str, tuple[str, ...]] = {
    "grid_at": ("--rounds", "11"),
    "tiles": ("--sites", "126203", "--tiles", "80", "--rounds", "1", "--seconds", "3"),
    "intake": ("--rounds", "2", "--seconds", "3"),
    "drawn": ("--sockets", "10", "300", "--reports", "24"),
    "video": ("--rounds", "15", "--viewers", "50", "--seconds", "3"),
    "growth": ("--small", "20000", "--large", "120000", "--open", "1000", "--rounds", "3"),
}
"""What is run, and how short."""


@dataclass(frozen=True)
class Target:
    """One line of the table: where its figure is in a measurement's JSON, and what it should be."""

    what: str
    bench: str
    key: str
    most: bool  # the figure should be at most `limit`, else at least
    limit: float

    def figure(self, found: Mapping[str, Any]) -> float | None:
        """The figure, None when it was not measured."""
        value: Any = found.get(self.bench, {})
        for name in self.key.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return float(value) if isinstance(value, int | float) else None

    def line(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """As a row: what, figure, target, met."""
        figure = self.figure(found)
        met = None if figure is None else (figure <= self.limit if self.most else figure >= self.limit)
        return {
            "what": self.what, "bench": self.bench, "figure": figure,
            "target": f"{'<=' if self.most else '>='} {self.limit:g}", "met": met,
        }  # fmt: skip


def least(what: str, bench: str, key: str, limit: float) -> Target:
    """A figure that should be at least `limit`."""
    return Target(what, bench, key, most=False, limit=limit)


def at_most(what: str, bench: str, key: str, limit: float) -> Target:
    """A figure that should be at most `limit`."""
    return Target(what, bench, key, most=True, limit=limit)


TARGETS = (
    least("point in grid, 1,000 at once: ours to a bare STRtree", "grid_at", "ours_to_bare", 0.8),
    least("tile, kept: to a static file of nginx", "tiles", "http.kept_to_static", 0.9),
    least("tile, revalidated: to a cold one", "tiles", "http.revalidated_to_cold", 10),
    least("tile, cold, SQL: ours to the usual statement", "tiles", "sql_cold.ratio", 5),
    least("tile, cold, SQL: the usual p95 to ours", "tiles", "sql_cold.p95_ratio", 5),
    least("tile, cold, over HTTP: ours to tipg", "tiles", "http.cold_to_tipg", 10),
    at_most("largest tile, kB gzipped", "tiles", "size.largest_kb", 100),
    least("intake through the door: to pgbench's four rows", "intake", "intake.report_to_floor", 0.08),
    least("accept through the door: to pgbench's four rows", "intake", "intake.accept_to_floor", 0.08),
    at_most("intake over HTTP at 50 a second: p95, ms", "intake", "paced_50_per_s.p95_ms", 300),
    at_most("statements of a page of 50", "intake", "statements_per_request.list_of_50", 12),
    at_most("acknowledged to 10 sockets: p95, ms", "drawn", "sockets_10.p95_ms", 300),
    at_most("acknowledged to 300 sockets: p95, ms", "drawn", "sockets_300.p95_ms", 1000),
    at_most("first picture: to a bare read and a bare socket", "video", "first_picture.ratio", 2),
    least("viewers of one camera per core", "video", "viewers_of_one_camera.viewers_per_core", 1000),
    at_most("growth: of the query that grows most, six times the events", "growth", "worst.ratio", 1.5),
)


def run(name: str, options: tuple[str, ...], folder: Path) -> dict[str, Any]:
    """One measurement in a process of its own: its JSON, or {"failed": its last words}."""
    target = folder / f"{name}.json"
    command = [sys.executable, "-m", f"bench.{name}", *options, "--json", str(target)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_MINUTES * 60)
    except subprocess.TimeoutExpired:
        return {"failed": f"took longer than {_MINUTES} minutes"}
    if done.returncode or not target.exists():
        return {"failed": (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]}
    found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return found


@contextmanager
def ground_of(file: Path | None) -> Iterator[None]:
    """DATABASE_URL names a database with this city file's ground, for as long as it lasts; as it is without a file."""
    if file is None:
        yield
        return
    from deploy.template import address, database_of_its_own

    name, kept = f"wangge_bench_ground_{os.getpid()}", dict(os.environ)
    with database_of_its_own(name, ground=file):
        os.environ.update({one: address(one, name) for one in ("DATABASE_URL", "DATABASE_OWNER_URL")})
        try:
            yield
        finally:
            os.environ.update(kept)


def table(found: Mapping[str, Any], write: Callable[[str], Any]) -> list[dict[str, Any]]:
    """Print and give the rows of those measurements that were asked for."""
    lines = [target.line(found) for target in TARGETS if target.bench in found]
    for line in lines:
        figure = "-" if line["figure"] is None else f"{line['figure']:g}"
        met = {True: "met", False: "not met", None: "not measured"}[line["met"]]
        write(f"{line['what']:56} {figure:>10}  {line['target']:>8}  {met}\n")
    for name, one in found.items():
        if "failed" in one:
            write(f"{name}: {one['failed']}\n")
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Command line: runs, prints the table, writes everything as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(SHORT)}; all without one")
    parser.add_argument("--ground", type=Path, help="a city file for tiles and grid_at")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(SHORT):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    before, found = surroundings(), dict[str, Any]()
    with tempfile.TemporaryDirectory() as folder, ground_of(options.ground):
        for name in options.names or SHORT:
            sys.stderr.write(f"{name} ...\n")
            found[name] = run(name, SHORT[name], Path(folder))
    rows, after = table(found, sys.stdout.write), surroundings()
    sys.stdout.write(f"load average {before['load_average']} before, {after['load_average']} after; ")
    sys.stdout.write(f"{after['processors']} processors; {after['versions']}\n")
    if options.json is not None:
        result = {"targets": rows, "measured": found, "before": before, "after": after}
        options.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
