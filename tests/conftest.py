"""The ground under every test: a real PostGIS with a small city in it, and the application's own role at the door.

The owner builds a template database once (migrations, the small city, categories, calendar) by the commands that an
installation uses; each test process works on a copy of it, connected as the application, so that a right that the
application must not have fails in tests too. The environment names the cluster: DATABASE_URL and DATABASE_OWNER_URL.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from deploy.template import database_of_its_own
from deploy.template import owner_connection as _owner

KEPT = {
    "grid_region", "grid_grid", "grid_place", "grid_housenumber", "grid_revision", "grid_organisation",
    "gis_layers_groundshape", "gis_layers_basefeature", "gis_layers_site", "gis_layers_channel",
    "gis_layers_channelsource", "gis_layers_sitecell", "events_category", "events_calendarday", "events_numberbase",
    "events_rule", "events_rule_joint",
    "django_migrations", "django_content_type", "auth_permission", "spatial_ref_sys",
}  # fmt: skip


@pytest.fixture(scope="session")
def database_name() -> Iterator[str]:
    """A database of this test process's own, copied from the template; dropped at the end."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"{os.environ.get('WANGGE_TEST_DB', 'wangge_test')}_{worker}_{os.getpid()}"
    with database_of_its_own(name):
        yield name


@pytest.fixture(scope="session")
def django_db_setup(database_name: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Point Django at the copy, as the application."""
    settings.DATABASES["default"]["NAME"] = database_name
    connections["default"].settings_dict["NAME"] = database_name
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections["default"].close()
        connections["default"].close_pool()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest, database_name: str) -> Iterator[str]:
    """For a test that commits: what it wrote is removed afterwards by the owner (the application can't).

    Gives the database's name.
    """
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


@pytest.fixture(scope="session")
def _small_fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fonts")
    from data.paper import sheet  # a second to import
    from tests.fonts import few_characters

    few_characters(sheet.FONTS, folder)
    return folder


@pytest.fixture
def light_paper(_small_fonts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test that makes hundreds of papers and reads none: their fonts load in a tenth of the time."""
    monkeypatch.setattr("data.paper.sheet.FONTS", _small_fonts)
