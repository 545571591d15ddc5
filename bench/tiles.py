"""Vector tiles: kept, revalidated and made anew, each beside what it is measured against in the same run.

`python -m bench.tiles [--sites N] [--rounds N] [--seconds S] [--json FILE]`

Needs a database with the demo's ground (DATABASE_URL, and DATABASE_OWNER_URL for tables of the bench's own), and nginx.

* cold, SQL alone: our statement against the usual one (ST_AsMVTGeom over ST_Transform of an EPSG:4326 column) on the
  same mix of tiles of zooms 10 to 16, by turns, 8 connections.
* revalidation and cold over HTTP: through nginx and one web process.
* tipg, one process, asked for the same tiles by as many clients: bench/tipg_server.py says how it is set.
* a kept tile against the same bytes as a static file, from the same nginx.
* the largest tile of the mix, gzipped.
"""

import argparse
import multiprocessing
import os
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

from bench.report import publish, surroundings
from bench.scratch import make_keys

CONNECTIONS = 8
Query = tuple[Any, dict[str, Any] | None]
"""A statement and its parameters; without any it is text, with some it is to be prepared."""
PORT = 18641
TIPG_PORT = 18642


@dataclass(frozen=True)
class Run:
    """What one strategy did in one round: tiles a second, and milliseconds for each tile."""

    rate: float
    times_ms: list[float]


def statements(wanted: list[Any]) -> dict[str, list[Query]]:
    """The two strategies, each sent as serves it best: from the tiles asked for to their queries.

    The usual statement goes as text, planned for its tile: one plan for all tiles made it slower at low zooms. Ours is
    prepared as in the product.
    """
    from psycopg import ClientCursor

    from bench.tile_mix import USUAL, connect
    from gis_layers import catalogue

    def ours(asked: Any) -> Query:
        source = catalogue.find(asked.tileset)
        assert source is not None
        return source.statement(asked.z), _parameters(asked)

    with connect() as connection:
        quote = ClientCursor(connection)
        usual: list[Query] = [(quote.mogrify(USUAL[one.tileset], _parameters(one)), None) for one in wanted]
    return {"usual": usual, "ours": [ours(one) for one in wanted]}


def _work(number: int, asked: list[Query], seconds: float, answers: "SimpleQueue[Any]") -> None:
    from bench.tile_mix import ROLE, connect

    times = []
    with connect() as connection:
        connection.execute(ROLE)
        cursor = connection.cursor(binary=True)
        begun, turn = time.perf_counter(), number * 37
        while time.perf_counter() - begun < seconds:
            statement, parameters = asked[turn % len(asked)]
            started = time.perf_counter()
            cursor.execute(statement, parameters, prepare=parameters is not None)
            cursor.fetchone()
            times.append((time.perf_counter() - started) * 1000)
            turn += 1
    answers.put(times)


def run_sql(asked: list[Query], seconds: float) -> Run:
    """All connections at once, for so many seconds."""
    answers: SimpleQueue[Any] = multiprocessing.SimpleQueue()
    workers = [
        multiprocessing.Process(target=_work, args=(number, asked, seconds, answers)) for number in range(CONNECTIONS)
    ]
    for worker in workers:
        worker.start()
    times = [one for _ in workers for one in answers.get()]
    for worker in workers:
        worker.join()
    return Run(rate=len(times) / seconds, times_ms=times)


def measure_sql(*, rounds: int, seconds: float, tiles: int) -> dict[str, Any]:
    """Both strategies, by turns."""
    from bench.tile_mix import mix

    strategies = statements(mix(count=tiles))
    runs: dict[str, list[Run]] = {name: [] for name in strategies}
    for _ in range(rounds):
        for name, asked in strategies.items():
            runs[name].append(run_sql(asked, seconds))
    rates = {name: statistics.median(run.rate for run in done) for name, done in runs.items()}
    p95 = {
        name: statistics.median(statistics.quantiles(run.times_ms, n=20)[-1] for run in done)
        for name, done in runs.items()
    }
    return {
        "usual_per_s": round(rates["usual"]),
        "ours_per_s": round(rates["ours"]),
        "ratio": round(rates["ours"] / rates["usual"], 2),
        "usual_p95_ms": round(p95["usual"], 2),
        "ours_p95_ms": round(p95["ours"], 2),
        "p95_ratio": round(p95["usual"] / p95["ours"], 2),
        "connections": CONNECTIONS,
    }


def _parameters(asked: Any) -> dict[str, Any]:
    return {"z": asked.z, "x": asked.x, "y": asked.y, "paths": _root(), "lean": 0}


def _root() -> list[str]:
    from grid.selectors import ground_index

    return [ground_index().nodes[0].path]


def largest(tiles: int) -> dict[str, Any]:
    """The largest tile of the mix as the product makes it, from the city's own tables."""
    from bench.tile_mix import mix
    from gis_layers import catalogue
    from gis_layers.tiles import make

    sizes = []
    for one in mix(count=tiles):
        source = catalogue.find(one.tileset)
        assert source is not None
        sizes.append(len(make(source=source, z=one.z, x=one.x, y=one.y, paths=tuple(_root()))))
    return {
        "largest_kb": round(max(sizes) / 1000, 1),
        "mean_kb": round(statistics.mean(sizes) / 1000, 2),
        "limit_kb": 100,
    }


def measure_http(
    state: Any, cookie: str, addresses: list[str], tipg: list[list[str]], *, rounds: int, seconds: float
) -> dict[str, Any]:
    """Cold, tipg, revalidated, kept and static, by turns. `tipg`: its requests for each of the tiles."""
    from bench.tile_server import fetch, file_rate, forget, rate

    base = {"Cookie": cookie, "Accept-Encoding": "gzip"}
    tags = {}
    for address in addresses:
        status, headers, _ = fetch(PORT, address, base)
        assert status == 200, (address, status)
        tags[address] = headers["etag"]
    asked = [(one, {"Accept-Encoding": "gzip"}) for parts in tipg for one in parts]
    rate(TIPG_PORT, asked, expect=200)  # ours have been made once as well
    dense = max(addresses, key=lambda address: (state.root / f"{address[1:]}.gz").stat().st_size)
    kept = state.root / f"{dense[1:]}.gz"
    for suffix in ("", ".gz"):
        shutil.copy(kept, state.static / f"same.bin{suffix}")
    cold, other, again, stored, static = [], [], [], [], []
    for _ in range(rounds):
        for _ in range(40):  # 15 ms each, by turns: over longer ones what else runs is not the same for both
            stored.append(file_rate(PORT, dense, seconds))
            static.append(file_rate(PORT, "/static/same.bin", seconds))
        forget(state)
        again.append(rate(PORT, [(one, base | {"If-None-Match": tags[one]}) for one in addresses], expect=304))
        cold.append(rate(PORT, [(one, base) for one in addresses], expect=200))
        other.append(rate(TIPG_PORT, asked, expect=200) * len(tipg) / len(asked))
    medians = [statistics.median(values) for values in (stored, static, again, cold, other)]
    return {
        "kept_per_s": round(medians[0]),
        "static_per_s": round(medians[1]),
        "kept_to_static": round(medians[0] / medians[1], 2),
        "revalidated_per_s": round(medians[2]),
        "cold_per_s": round(medians[3]),
        "revalidated_to_cold": round(medians[2] / medians[3], 2),
        "tipg_per_s": round(medians[4], 1),
        "cold_to_tipg": round(medians[3] / medians[4], 2),
        "tipg_requests_per_tile": round(len(asked) / len(tipg), 2),
    }


def over_http(folder: Path, *, tiles: int, rounds: int, seconds: float) -> dict[str, Any]:
    """Start both servers, sign somebody in, measure, and remove the account again. Needs `bench_tables`."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils import timezone

    from bench import tipg_server
    from bench.tile_mix import mix
    from bench.tile_server import serving
    from gis_layers.tiles import offers
    from grid.models import Organisation, Post, Role, User
    from grid.policy import access_of
    from webapp.sessions import SessionStore

    user = User.objects.create_user(username=f"bench-{os.getpid()}", name="bench")
    centre = Organisation.objects.filter(kind="centre", level="city").earliest("pk")
    Post.objects.create(user=user, role=Role.DISPATCHER, organisation=centre)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    try:
        now = timezone.now()
        patterns = {offer.name: offer.url for offer in offers(access=access_of(user, now=now), now=now)}
        wanted = mix(count=tiles, seed=2)
        addresses = [patterns[one.tileset].format(z=one.z, x=one.x, y=one.y) for one in wanted]
        tipg = [tipg_server.requests_for(one) for one in wanted]
        with serving(folder, PORT, schemas="bench,public") as state, tipg_server.serving(folder, TIPG_PORT):
            cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
            return measure_http(state, cookie, addresses, tipg, rounds=rounds, seconds=seconds)
    finally:
        session.delete()
        user.posts.all().delete()
        user.delete()


def measure(folder: Path, *, sites: int, rounds: int, seconds: float, tiles: int) -> dict[str, Any]:
    """Everything; the state directory is a scratch one with keys of its own."""
    make_keys(folder)
    os.environ["WANGGE_STATE"] = str(folder)
    import django

    django.setup()
    from bench.tile_mix import bench_tables, connect
    from gis_layers.services.cells import COUNT_CELLS

    with bench_tables(sites=sites, count_cells=COUNT_CELLS) as filled:
        cold = measure_sql(rounds=rounds, seconds=seconds, tiles=tiles)
        http = over_http(folder, tiles=tiles, rounds=rounds, seconds=seconds)
    with connect() as connection:
        version = connection.execute("SELECT version(), postgis_lib_version()").fetchone()
    return {
        "sql_cold": cold | {"sites": filled, "tiles": tiles},
        "http": http,
        "size": largest(tiles),
        "database": list(version or ()),
        **surroundings(),
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line: prints a table, then the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=126_203)
    parser.add_argument("--tiles", type=int, default=240)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    with tempfile.TemporaryDirectory() as scratch:
        result = measure(
            Path(scratch) / "state", sites=options.sites, rounds=options.rounds, seconds=options.seconds,
            tiles=options.tiles,
        )  # fmt: skip
    publish(result, options.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
