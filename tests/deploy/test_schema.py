"""When a start may leave migrations out: never after anything changed that they could depend on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import cluster as clusters
from deploy import schema
from deploy.cluster import OWNER_ROLE, Cluster, execute
from deploy.places import State

NAME = "schema_test"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="wangge-test-", dir="/tmp"))
    folder.chmod(0o755)
    made = Cluster(State(folder / "state"))
    clusters.start(made, with_parent=True)
    yield made
    clusters.stop(made)
    shutil.rmtree(folder)


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Cluster]:
    clusters.ensure_database(cluster, NAME)
    change(
        cluster,
        "CREATE TABLE django_migrations (app text, name text); INSERT INTO django_migrations VALUES ('grid', '0001');"
        "CREATE TABLE grid_grid AS SELECT generate_series(1, 700) AS id",
    )
    yield cluster
    clusters.drop_database(cluster, NAME)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("grid/migrations/0001.py", "events/models.py", "requirements/demo.txt", "manage.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def change(cluster: Cluster, sql: str) -> str:
    return execute(cluster, sql, database=NAME, role=OWNER_ROLE)


def test_nothing_changed_means_nothing_to_migrate(database, checkout):
    owner = database.url(OWNER_ROLE, NAME)
    mark = schema.digest(checkout, owner)
    change(database, "INSERT INTO grid_grid VALUES (701)")
    assert schema.is_as_migrated(mark, checkout, owner)
    assert not schema.is_as_migrated("", checkout, owner)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM django_migrations",
        "INSERT INTO django_migrations VALUES ('grid', '0002')",
        "DROP TABLE grid_grid",
        "REVOKE SELECT ON grid_grid FROM wangge_app",
        "DROP TABLE django_migrations",
    ],
)
def test_other_tables_privileges_or_migrations_are_looked_at(database, checkout, sql):
    owner = database.url(OWNER_ROLE, NAME)
    mark = schema.digest(checkout, owner)
    change(database, sql)
    assert not schema.is_as_migrated(mark, checkout, owner)


@pytest.mark.parametrize("name", ["grid/migrations/0002.py", "events/models.py", "requirements/demo.txt"])
def test_other_code_is_looked_at(database, checkout, name):
    owner = database.url(OWNER_ROLE, NAME)
    mark = schema.digest(checkout, owner)
    (checkout / name).write_text("changed")
    assert not schema.is_as_migrated(mark, checkout, owner)


def test_a_database_that_is_not_there_is_migrated(database, checkout):
    assert not schema.is_as_migrated("x", checkout, database.url(OWNER_ROLE, "nowhere"))


def test_the_planner_knows_the_rows_after_a_load(database):
    change(database, "ALTER TABLE grid_grid SET (autovacuum_enabled = off); INSERT INTO grid_grid VALUES (702), (703)")
    schema.analyse(database.url(OWNER_ROLE, NAME))
    assert change(database, "SELECT reltuples FROM pg_class WHERE relname = 'grid_grid'") == "702"
