"""Growth: the same queries among half a million events and among three, by turns, as ratios.

`python -m bench.growth [--small N] [--large N] [--open N] [--ground FILE] [--docs FILE] [--json FILE]`, with
DATABASE_URL and DATABASE_OWNER_URL. It makes two databases of its own, lives through the demo's week in the first,
copies it in SQL to `--small` events (500,000 a year, or all of them in one: `bench.growth_data`), copies that database
and lets the copy grow to `--large`: the larger one has the same people, the same open events and the same last year.
Both are dropped at the end.
A short look: `--small 20000 --large 120000`. The long form takes about 20 minutes and 15 GB.

For each row of `bench.growth_queries`: the median time of PostgreSQL in both, and their ratio, which is to be at most
1.5; below a millisecond a ratio says nothing, and none is given. `--docs` writes the table and the plans as a page.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.growth_data import History, address
from bench.growth_page import page
from bench.growth_queries import queries
from bench.growth_side import Side
from bench.report import publish, surroundings
from bench.scratch import city, let_go
from deploy.database_url import parse
from deploy.template import database_of_its_own

LIMIT = 1.5
FLOOR_MS = 1.0


@contextmanager
def histories(*, small: int, large: int, open_events: int, ground: Path | None) -> Iterator[tuple[History, History]]:
    """Two databases with so many events, the larger one grown from a copy of the smaller."""
    os.environ["WANGGE_DEMO"] = "1"
    with city(ground=ground):
        from django.core.management import call_command

        call_command("seed_demo", verbosity=0)
        let_go()
        one = History(parse(os.environ["DATABASE_URL"]).name)
        one.begin(open_events=open_events)
        _grow(one, small)
        name = f"{one.database}_large"
        with database_of_its_own(name, source=one.database):
            other = History(name)
            _grow(other, large)
            yield one, other


def _grow(history: History, events: int) -> None:
    began = time.monotonic()
    found = history.grow(events)
    sys.stderr.write(f"{found:,} events, {history.bytes() / 1e9:.1f} GB, in {time.monotonic() - began:.0f} s\n")


def compare(small: Side, large: Side, *, rounds: int) -> dict[str, dict[str, Any]]:
    """Each query of both by turns; the first round warms up."""
    found: dict[str, dict[str, Any]] = {}
    for query in queries():
        times: dict[str, list[float]] = {"small": [], "large": [], "small_wall": [], "large_wall": []}
        for number in range(-1, rounds):
            for name, side in (("small", small), ("large", large)):
                one = side.ask(query.name, times=1 if number < 0 else 3)
                if number >= 0:
                    times[name] += one["database"]
                    times[f"{name}_wall"] += one["wall"]
        last = large.ask(query.name, times=1, plans=True)
        found[query.name] = {
            "what": query.what, **{f"{name}_ms": round(statistics.median(each), 2) for name, each in times.items()},
            "statements": last["statements"], "plans": last["plans"],
        }  # fmt: skip
        found[query.name]["ratio"] = _ratio(times)
        sys.stderr.write(f"{query.name}: {found[query.name]['ratio']}\n")
    return found


def _ratio(times: dict[str, list[float]]) -> float | None:
    """Of the medians; None where both are too quick for it to say anything."""
    small, large = (statistics.median(times[name]) for name in ("small", "large"))
    return round(large / max(small, FLOOR_MS), 2) if large > FLOOR_MS else None


def measure(
    *, small: int, large: int, open_events: int, ground: Path | None, rounds: int
) -> dict[str, Any]:  # fmt: skip
    """Everything."""
    with histories(small=small, large=large, open_events=open_events, ground=ground) as (one, other):
        sizes = {"small": small, "large": large, "open": open_events, "large_gb": round(other.bytes() / 1e9, 1)}
        with Side(_environment(one.database)) as left, Side(_environment(other.database)) as right:
            found = compare(left, right, rounds=rounds)
    ratios = {name: row["ratio"] or 1.0 for name, row in found.items()}
    worst = max(ratios, key=lambda name: ratios[name])
    return {
        "sizes": sizes, "worst": {"query": worst, "ratio": ratios[worst], "limit": LIMIT},
        "queries": found, **surroundings(),
    }  # fmt: skip


def _environment(database: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": address(database)}


def main(arguments: list[str] | None = None) -> int:
    """Command line: prints a table, then the JSON; writes the page where one is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=500_000)
    parser.add_argument("--large", type=int, default=3_000_000)
    parser.add_argument("--open", type=int, default=5_000, help="open events in both")
    parser.add_argument("--rounds", type=int, default=7, help="three times each in every round")
    parser.add_argument("--ground", type=Path, help="a city file instead of the small city")
    parser.add_argument("--docs", type=Path, help="write the page of figures and plans")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    result = measure(
        small=options.small, large=options.large, open_events=options.open, ground=options.ground, rounds=options.rounds
    )
    if options.docs is not None:
        options.docs.write_text(page(result), encoding="utf-8")
    for row in result["queries"].values():
        del row["plans"]
    publish(result, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
