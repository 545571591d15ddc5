"""A template database with a small city in it, for whatever needs a real database of its own: tests and measurements.

The owner builds it once by the commands that an installation uses (migrate, load_categories, load_calendar,
load_ground); copies of it take a second. DATABASE_OWNER_URL names the server and the role.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.database_url import parse
from deploy.places import CHECKOUT

if TYPE_CHECKING:
    import psycopg

_LOCK = "SELECT pg_advisory_lock(hashtext('wangge-test-template'))"
_DROPS = 4
_SOURCES = ("grid", "gis_layers", "events", "data")
_SUFFIXES = frozenset({".py", ".sql", ".csv", ".yaml"})


def owner_connection(database: str) -> psycopg.Connection[Any]:
    """The owner's connection to a database of the server that DATABASE_OWNER_URL names; every statement commits."""
    import psycopg

    url = parse(os.environ["DATABASE_OWNER_URL"])
    return psycopg.connect(
        host=url.host, port=url.port, user=url.role, password=url.password or None, dbname=database, autocommit=True
    )


def address(variable: str, database: str) -> str:
    """The address that the environment's `variable` holds, with another database's name in it."""
    return str(parse(os.environ[variable]).with_name(database))


def template() -> str:
    """The name of the template, built if it isn't there; one builder at a time. Raises RuntimeError with what the
    failing command said."""
    name = f"wangge_template_{_digest()}"
    with owner_connection("postgres") as owner:
        owner.execute(_LOCK)
        if owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        building = f"{name}_building"
        owner.execute(f'DROP DATABASE IF EXISTS "{building}"')
        owner.execute(f'CREATE DATABASE "{building}"')
        with tempfile.TemporaryDirectory() as folder:
            small = Path(folder) / "small.gpkg"
            _run("-m", "data.demo.small", str(small))
            fill(building, ground=small)
        owner.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    return name


def fill(database: str, *, ground: Path) -> None:
    """Migrate an empty database and load categories, calendar and a city file into it. Raises RuntimeError."""
    _manage(database, "migrate", "-v0")
    _manage(database, "load_categories")
    _manage(database, "load_calendar")
    _manage(database, "load_ground", str(ground))
    _manage(database, "make_rules")


@contextmanager
def database_of_its_own(name: str, *, ground: Path | None = None, source: str | None = None) -> Iterator[None]:
    """A database `name`: a copy of `source` or the template, or an empty one filled with the city file; dropped at the
    end. Nobody may be connected to a `source`."""
    source = source or (template() if ground is None else None)
    with owner_connection("postgres") as owner:
        owner.execute(_LOCK)  # a template can be copied by one at a time
        owner.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{source}"' if source else ""))
    try:
        if ground is not None:
            fill(name, ground=ground)
        yield
    finally:
        _drop(name)


def _drop(name: str) -> None:
    """The server waits five seconds for the last to leave; the owner may not send away the application's back ends."""
    import psycopg

    for left in reversed(range(_DROPS)):
        try:
            with owner_connection("postgres") as owner:
                owner.execute(f'DROP DATABASE IF EXISTS "{name}"')
            return
        except psycopg.errors.ObjectInUse:
            if not left:
                raise


def _digest() -> str:
    """Changes whenever what the template is built from does."""
    digest = hashlib.sha256()
    for folder in _SOURCES:
        for path in sorted((CHECKOUT / folder).rglob("*")):
            if path.suffix in _SUFFIXES and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _manage(database: str, *arguments: str) -> None:
    _run("manage.py", *arguments, DATABASE_URL=address("DATABASE_OWNER_URL", database))


def _run(*arguments: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=CHECKOUT, env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=600,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
