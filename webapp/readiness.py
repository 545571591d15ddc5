"""Whether this process may take work: the database answers, is PostGIS, is migrated, and keeps what it says it kept."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

DURABLE = {
    "fsync": frozenset({"on"}),
    "full_page_writes": frozenset({"on"}),
    "synchronous_commit": frozenset({"on", "remote_apply"}),
}
_SECONDS = 2


@dataclass(frozen=True)
class Fault:
    """One reason not to be ready: a code for programs, a sentence for whoever mends it."""

    code: str
    detail: str


def faults() -> list[Fault]:
    """Everything that is in the way; empty means ready. Asks over a connection of its own, for two seconds at most, so
    that a used-up pool is not mistaken for a dead database."""
    try:
        with psycopg.connect(conninfo(), autocommit=True, connect_timeout=_SECONDS) as connection:
            connection.execute(f"SET statement_timeout = '{_SECONDS}s'")
            return [*_postgis(connection), *_durability(connection), *_migrations(connection)]
    except psycopg.Error as error:
        return [Fault("database", f"the database does not answer ({type(error).__name__})")]


def warnings() -> list[Fault]:
    """What is out of order though work may be taken: no worker was heard for WANGGE_WORKER_SILENCE minutes.

    Clocks are watched and callbacks delivered by the worker; what it leaves is done once it is back. Says nothing of a
    database that does not answer: that is a fault.
    """
    try:
        with psycopg.connect(conninfo(), autocommit=True, connect_timeout=_SECONDS) as connection:
            connection.execute(f"SET statement_timeout = '{_SECONDS}s'")
            row = connection.execute(_SILENCE).fetchone()
    except psycopg.Error:
        return []
    return silent(row[0] if row else None, longest=settings.WORKER_SILENCE_MINUTES)


# Workers say every ten seconds that they live; one that was killed is forgotten by the next.
_SILENCE = "SELECT extract(epoch FROM now() - max(last_heartbeat)) / 60 FROM procrastinate_workers"


def silent(minutes: float | None, *, longest: float) -> list[Fault]:
    """The warning about workers of which the last was heard so many minutes ago (None: there is none)."""
    if minutes is not None and minutes <= longest:
        return []
    when = "none is known" if minutes is None else f"the last was heard {minutes:.0f} min ago"
    return [Fault("worker", f"no worker: {when}; clocks are not watched and nothing is delivered until one runs")]


def conninfo() -> str:
    """The address of the application's database, as libpq reads it."""
    database = settings.DATABASES["default"]
    parts = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return psycopg.conninfo.make_conninfo(**{name: database[key] for name, key in parts.items() if database[key]})


def undurable(found: Mapping[str, str]) -> list[Fault]:
    """The server settings that would let an acknowledged event be lost."""
    return [
        Fault("durability", f"{name} is {found.get(name, 'unknown')}; it must be on")
        for name, good in DURABLE.items()
        if found.get(name) not in good
    ]


def unapplied(wanted: Iterable[tuple[str, str]], applied: Iterable[tuple[str, str]]) -> list[Fault]:
    """Migrations that the code brings and the database has not."""
    missing = sorted(set(wanted) - set(applied))
    return [Fault("migrations", "not applied: " + ", ".join(".".join(name) for name in missing))] if missing else []


def _postgis(connection: psycopg.Connection) -> list[Fault]:
    row = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").fetchone()
    return [] if row else [Fault("postgis", "the database has no PostGIS extension")]


def _durability(connection: psycopg.Connection) -> list[Fault]:
    rows = connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABLE)]).fetchall()
    return undurable(dict(rows))


def _migrations(connection: psycopg.Connection) -> list[Fault]:
    there = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
    if not there or not there[0]:
        return [Fault("migrations", "none is applied")]
    return unapplied(_on_disk(), connection.execute("SELECT app, name FROM django_migrations").fetchall())


@functools.cache
def _on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.nodes)
