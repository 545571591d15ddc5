"""The audit trail: only ever added to by the application, and any later change by anybody is found. Promises 40, 42."""

import functools
import json
import random
import threading
import time
from collections.abc import Callable
from datetime import date

import psycopg
import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from grid.models import AuditEntry, AuditSeal, User
from grid.policy import Access
from grid.services import audit
from tests.conftest import _owner

TABLES = ("grid_auditentry", "grid_auditseal")


STATEMENTS = ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}", "ALTER TABLE {} ADD x int")


@pytest.fixture
def anchors(settings, tmp_path):
    settings.ANCHOR_FILE = tmp_path / "log" / "anchors.log"
    return settings.ANCHOR_FILE


def _seal() -> None:
    """Seal everything there is. A seal waits for every older transaction of the whole cluster, whoever's."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        audit.seal()
        sealed = {number for entries in AuditSeal.objects.values_list("entries", flat=True) for number in entries}
        if sealed.issuperset(AuditEntry.objects.values_list("pk", flat=True)):
            return
        time.sleep(0.1)
    raise AssertionError("a transaction elsewhere on this cluster is open for a minute")


def _record(number: int, access: Access | None = None) -> None:
    audit.record(
        access=access or Access(user=None, name="", duties=(), address="192.0.2.1", request_id=f"r-{number}"),
        action="test.step", kind="event", subject=f"EV{number}", detail={"version": number},
    )  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_application_may_only_add(committed, anchors, table, statement):
    _record(1)
    _seal()
    kept = (AuditEntry.objects.count(), AuditSeal.objects.count())
    with pytest.raises(ProgrammingError) as refused, connection.cursor() as cursor, transaction.atomic():
        cursor.execute(sql.SQL(statement).format(sql.Identifier(table)))
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
    assert (AuditEntry.objects.count(), AuditSeal.objects.count()) == kept


def _change(owner, row: int, rng: random.Random, other: int) -> str:
    columns = {
        "action": "forged", "subject": "EV-forged", "subject_kind": "forged", "result": "forged",
        "request_id": "forged", "address": "198.51.100.66", "at": "2020-01-01T00:00:00Z",
        "detail": json.dumps({"version": -1}),
    }  # fmt: skip
    how = rng.choice([*columns, "delete", "actor", "renumber", "swap"])
    if how == "delete":
        owner.execute("DELETE FROM grid_auditentry WHERE id = %s", [row])
    elif how == "actor":
        owner.execute("UPDATE grid_auditentry SET actor_id = (SELECT min(id) FROM grid_user) WHERE id = %s", [row])
    elif how == "renumber":
        owner.execute("UPDATE grid_auditentry SET id = id + 1000000 WHERE id = %s", [row])
    elif how == "swap":
        owner.execute(
            "UPDATE grid_auditentry a SET subject = b.subject FROM grid_auditentry b WHERE a.id = %s AND b.id = %s",
            [row, other],
        )
    else:
        owner.execute(
            sql.SQL("UPDATE grid_auditentry SET {} = %s WHERE id = %s").format(sql.Identifier(how)), [columns[how], row]
        )
    return how


def test_a_hundred_of_a_hundred_tamperings_are_found(committed, anchors):
    User.objects.get_or_create(username="somebody", defaults={"name": "x"})
    for batch in range(5):
        for number in range(20):
            _record(batch * 20 + number)
        _seal()
    assert audit.verify() == []
    numbers = list(AuditEntry.objects.filter(action="test.step").values_list("pk", flat=True))
    rng = random.Random(40)
    found, ways = 0, set()
    with _owner(committed) as owner:
        for number in numbers:
            kept = owner.execute("SELECT * FROM grid_auditentry WHERE id = %s", [number]).fetchone()
            how = _change(owner, number, rng, rng.choice([other for other in numbers if other != number]))
            ways.add(how)
            faults = audit.verify()
            found += any(str(number) in fault for fault in faults)
            owner.execute("DELETE FROM grid_auditentry WHERE id = ANY(%s)", [[number, number + 1_000_000]])
            _restore(owner, kept)
            assert audit.verify() == [], how
    assert (len(numbers), found) == (100, 100)
    assert len(ways) == 12


def _restore(owner, row) -> None:
    """Put the row back as it was, to the byte."""
    columns = [item[0] for item in owner.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'grid_auditentry' "
        "ORDER BY ordinal_position"
    ).fetchall()]  # fmt: skip
    values = [json.dumps(value) if isinstance(value, dict) else value for value in row]
    owner.execute(
        sql.SQL("INSERT INTO grid_auditentry ({}) VALUES ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join([sql.Placeholder()] * len(columns))
        ),
        values,
    )


def test_a_row_slipped_in_among_sealed_ones_is_found(committed, anchors):
    _record(1)
    _seal()
    with _owner(committed) as owner:
        owner.execute(
            "INSERT INTO grid_auditentry (at, xid, action, subject_kind, subject, result, request_id, detail) "
            "SELECT at, xid, 'forged', 'event', 'EV9', 'ok', '', '{}' FROM grid_auditentry LIMIT 1"
        )
    assert [fault for fault in audit.verify() if "added later" in fault]


def test_forged_seals_do_not_fit_and_a_rewritten_chain_does_not_fit_the_anchors(committed, anchors):
    for number in range(3):
        _record(number)
        _seal()
    line = audit.anchor(today=date(2026, 11, 21))
    assert anchors.read_text().splitlines() == [line]
    assert audit.verify() == []
    with _owner(committed) as owner:
        owner.execute(
            "UPDATE grid_auditseal SET previous = repeat('1', 64) WHERE id = (SELECT max(id) FROM grid_auditseal)"
        )
        assert audit.verify()
        owner.execute("DELETE FROM grid_auditseal")
    audit.seal()  # the whole chain anew, over rows as they are: consistent in itself
    assert any("anchor of 2026-11-21" in fault for fault in audit.verify())


def test_check_audit_says_what_it_found_by_its_exit(committed, anchors, capsys):
    _record(1)
    _seal()
    call_command("check_audit")
    with _owner(committed) as owner:
        owner.execute("DELETE FROM grid_auditentry")
    with pytest.raises(SystemExit) as ended:
        call_command("check_audit")
    assert ended.value.code == 1
    assert "was removed" in capsys.readouterr().err


def test_an_anchor_needs_a_seal(committed, anchors):
    assert audit.anchor(today=date(2026, 11, 21)) is None
    assert not anchors.exists()


def test_transactions_that_commit_late_are_sealed_all_the_same(committed, anchors):
    """Ids become visible out of order: a slow transaction holds a low one while later ones are sealed."""
    parts = project.DATABASES["default"]
    insert = (
        "INSERT INTO grid_auditentry (action, subject_kind, subject, result, request_id, detail) "
        "VALUES ('slow', 'event', %s, 'ok', '', '{}') RETURNING id"
    )
    with psycopg.connect(host=parts["HOST"], port=parts["PORT"], user=parts["USER"], dbname=committed) as slow:
        low = slow.execute(insert, ["EV-slow"]).fetchone()[0]
        _record(1)
        first = audit.seal()
        assert first is None or low not in first.entries
        slow.commit()
    _record(2)
    _seal()
    sealed = [number for entries in AuditSeal.objects.values_list("entries", flat=True) for number in entries]
    assert sorted(sealed) == sorted(AuditEntry.objects.values_list("pk", flat=True))
    assert low in sealed
    assert audit.verify() == []


def _while(failures: list[BaseException], work: Callable[[], None]) -> threading.Thread:
    """A thread with a connection of its own, whose failure is kept."""

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    return threading.Thread(target=run)


def _write_forty(worker: int) -> None:
    for number in range(40):
        with transaction.atomic(), connection.cursor() as cursor:
            _record(worker * 100 + number)
            cursor.execute("SELECT pg_sleep(%s)", [0.01 * (number % 3 == 0)])


def _seal_until(stop: threading.Event) -> None:
    while not stop.is_set():
        audit.seal()


def test_writers_and_sealers_at_once_lose_no_row_and_seal_none_twice(committed, anchors):
    before = AuditEntry.objects.count()
    stop = threading.Event()
    failures: list[BaseException] = []
    writers = [_while(failures, functools.partial(_write_forty, worker)) for worker in range(4)]
    sealers = [_while(failures, functools.partial(_seal_until, stop)) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join(60)
    stop.set()
    for thread in sealers:
        thread.join(60)
    _seal()
    assert failures == []
    sealed = [number for entries in AuditSeal.objects.values_list("entries", flat=True) for number in entries]
    assert len(sealed) == len(set(sealed)) == AuditEntry.objects.count() == before + 160
    assert audit.verify() == []


def test_what_is_recorded_can_not_forge_a_line(committed, anchors):
    audit.record(
        access=Access(user=None, name="", duties=()), action="x", kind="event",
        subject="EV1\nINFO forged line\r\x1b[31m", detail={"note": "a\nb"},
    )  # fmt: skip
    row = AuditEntry.objects.get(action="x")
    assert row.subject == "EV1\nINFO forged line\r\x1b[31m"  # kept as it was; the log's formatter escapes

    import logging

    from webapp.logs import LineFormatter

    line = LineFormatter().format(logging.LogRecord("x", logging.INFO, "", 0, "seen %s", (row.subject,), None))
    assert "\n" not in line
    assert "\r" not in line
    assert "\x1b" not in line
