"""Alive and ready are two things, and both tell the truth; a worker that is away is a warning. Promises 4, 18, 23."""

import psycopg
import pytest
from django.test import Client

from tests.conftest import _owner
from webapp import readiness
from webapp.readiness import undurable

GOOD = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


def test_ready_on_a_migrated_durable_database(committed):
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert (answer.json()["ready"], answer.json()["reasons"]) == (True, [])
    assert Client().get("/healthz").content == b"ok\n"


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", ["off", "local", "remote_write", "", None])
def test_any_setting_that_could_lose_an_acknowledged_event_is_a_fault(name, value):
    found = {**GOOD, name: value} if value is not None else {key: GOOD[key] for key in GOOD if key != name}
    (fault,) = undurable(found)
    assert (fault.code, name in fault.detail) == ("durability", True)
    assert undurable(GOOD) == []


def test_not_ready_while_commits_are_not_synchronous(committed):
    with _owner(committed) as owner:
        owner.execute(f'ALTER DATABASE "{committed}" SET synchronous_commit = off')
        try:
            answer = Client().get("/readyz")
            assert answer.status_code == 503
            assert [reason["code"] for reason in answer.json()["reasons"]] == ["durability"]
        finally:
            owner.execute(f'ALTER DATABASE "{committed}" RESET synchronous_commit')
    assert Client().get("/readyz").status_code == 200


@pytest.mark.parametrize(("minutes", "warned"), [(None, True), (0, False), (9, False), (11, True), (3000, True)])
def test_a_worker_that_is_away_is_a_warning_and_no_reason_not_to_take_work(committed, minutes, warned):
    with _owner(committed) as owner:
        owner.execute("DELETE FROM procrastinate_workers")
        if minutes is not None:
            said = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(mins => %s))"
            owner.execute(said, [minutes])
        try:
            answer = Client().get("/readyz")
        finally:
            owner.execute("DELETE FROM procrastinate_workers")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert [warning["code"] for warning in answer.json()["warnings"]] == (["worker"] if warned else [])


def test_the_longest_silence_is_the_installations(committed, settings):
    settings.WORKER_SILENCE_MINUTES = 0.5
    with _owner(committed) as owner:
        owner.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')")
        try:
            (warning,) = Client().get("/readyz").json()["warnings"]
        finally:
            owner.execute("DELETE FROM procrastinate_workers")
    assert "1 min ago" in warning["detail"]


def test_not_ready_while_a_migration_is_missing(committed):
    with _owner(committed) as owner:
        row = owner.execute(
            "DELETE FROM django_migrations WHERE app = 'grid' AND name = '0001_initial' RETURNING app, name, applied"
        ).fetchone()
        try:
            answer = Client().get("/readyz")
            assert answer.status_code == 503
            assert answer.json()["reasons"] == [{"code": "migrations", "detail": "not applied: grid.0001_initial"}]
        finally:
            owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", row)


def test_not_ready_without_postgis_or_tables(committed, settings, database_name):
    bare = f"{database_name}_bare"
    with _owner("postgres") as owner:
        owner.execute(f'CREATE DATABASE "{bare}" TEMPLATE template0')
    settings.DATABASES["default"]["NAME"] = bare
    try:
        answer = Client().get("/readyz")
        assert answer.status_code == 503
        assert [reason["code"] for reason in answer.json()["reasons"]] == ["postgis", "migrations"]
    finally:
        settings.DATABASES["default"]["NAME"] = database_name
        with _owner("postgres") as owner:
            owner.execute(f'DROP DATABASE "{bare}" WITH (FORCE)')


def test_alive_but_not_ready_when_the_database_is_gone(settings, monkeypatch):
    def away(*_args, **_kwargs):
        raise psycopg.OperationalError("connection refused: host=db.internal user=wangge_app")

    monkeypatch.setattr(readiness.psycopg, "connect", away)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert [reason["code"] for reason in answer.json()["reasons"]] == ["database"]
    assert b"db.internal" not in answer.content
    assert Client().get("/healthz").status_code == 200
