"""The ground under every test: a real PostGIS with a small city in it, and the application's own role at the door.

The owner builds a template database once (migrations, the small city, categories, calendar) by the commands that an
installation uses; each test process works on a copy of it, connected as the application, so that a right that the
application must not have fails in tests too. The environment names the cluster: DATABASE_URL and DATABASE_OWNER_URL.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connections

ROOT = Path(__file__).resolve().parents[1]
KEPT = {
    "grid_region", "grid_grid", "grid_place", "grid_revision", "grid_organisation", "grid_user", "grid_post",
    "gis_layers_groundshape", "gis_layers_basefeature", "gis_layers_site", "gis_layers_channel",
    "gis_layers_channelsource", "gis_layers_sitecell", "events_category", "events_calendarday", "events_numberbase",
    "django_migrations", "django_content_type", "auth_permission", "spatial_ref_sys",
}  # fmt: skip


def _owner(database: str) -> psycopg.Connection:
    from webapp.settings.environment import database as parse

    parts = parse(os.environ["DATABASE_OWNER_URL"])
    return psycopg.connect(
        host=parts["HOST"], port=parts["PORT"] or None, user=parts["USER"], password=parts["PASSWORD"] or None,
        dbname=database, autocommit=True,
    )  # fmt: skip


def _url(kind: str, database: str) -> str:
    parts = urlsplit(os.environ[kind])
    return parts._replace(path=f"/{database}").geturl()


def _digest() -> str:
    """Changes whenever what the template is built from does."""
    digest = hashlib.sha256()
    for folder in ("grid", "gis_layers", "events", "data"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".sql", ".csv", ".yaml"} and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _manage(database: str, *arguments: str) -> None:
    environment = {**os.environ, "DATABASE_URL": _url("DATABASE_OWNER_URL", database)}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def _template(tmp: Path) -> str:
    """The name of the template database, built if it isn't there; one builder at a time."""
    name = f"wangge_template_{_digest()}"
    with _owner("postgres") as owner:
        owner.execute("SELECT pg_advisory_lock(hashtext('wangge-test-template'))")
        if owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        building = f"{name}_building"
        owner.execute(f'DROP DATABASE IF EXISTS "{building}"')
        owner.execute(f'CREATE DATABASE "{building}"')
        from data.demo.small import write_small

        write_small(tmp / "small.gpkg")
        _manage(building, "migrate", "-v0")
        _manage(building, "load_categories")
        _manage(building, "load_calendar")
        _manage(building, "load_ground", str(tmp / "small.gpkg"))
        owner.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    return name


@pytest.fixture(scope="session")
def database_name(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of this test process's own, copied from the template; dropped at the end."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"{os.environ.get('WANGGE_TEST_DB', 'wangge_test')}_{worker}_{os.getpid()}"
    template = _template(tmp_path_factory.mktemp("ground"))
    with _owner("postgres") as owner:
        owner.execute("SELECT pg_advisory_lock(hashtext('wangge-test-template'))")
        owner.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield name
    with _owner("postgres") as owner:
        owner.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def django_db_setup(database_name: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Point Django at the copy, as the application."""
    settings.DATABASES["default"]["NAME"] = database_name
    connections["default"].settings_dict["NAME"] = database_name
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections["default"].close()
        connections["default"].close_pool()


@pytest.fixture()
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest, database_name: str) -> Iterator[str]:
    """A test that commits: what it wrote is removed afterwards by the owner (the application can't). The database's name."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield database_name
        connections.close_all()
    with _owner(database_name) as owner:
        tables = [
            row[0]
            for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            if row[0] not in KEPT and not row[0].startswith("procrastinate")
        ]
        names = ", ".join(f'"{table}"' for table in tables)
        owner.execute(f"TRUNCATE {names}")
