"""What PostgreSQL alone can do with the rows of one event: pgbench, eight clients, one transaction of four inserts.

The tables are copies of the product's own (columns, defaults, checks and indexes, without foreign keys and triggers),
the rows are copies of rows that the product has just written.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

from deploy.cluster import binaries
from deploy.database_url import parse
from deploy.template import owner_connection

CLIENTS = 8
_NUMBER = "nextval('bench.number')"
# Column by column what must differ from row to row; what is left out gets its default.
_FRESH: dict[str, dict[str, str | None]] = {
    "events_event": {"id": None, "no": f"'B-' || {_NUMBER}", "reported_at": "now()"},
    "events_journalentry": {"id": None, "at": "now()", "event_id": "currval('bench.number')", "text_id": None},
    "grid_auditentry": {"id": None, "at": None, "xid": None, "subject": "'B-' || currval('bench.number')"},
    "events_outboxmessage": {
        "id": "gen_random_uuid()", "event_id": "currval('bench.number')", "number": "currval('bench.number')",
    },
}  # fmt: skip


def prepare(script: Path) -> None:
    """Make the tables in the schema `bench` and write pgbench's script; each of the four has a row to copy already."""
    database = parse(os.environ["DATABASE_URL"]).name
    with owner_connection(database) as owner:
        owner.execute("CREATE SCHEMA bench; CREATE SEQUENCE bench.number")
        lines = [_insert(owner, table, fresh) for table, fresh in _FRESH.items()]
        owner.execute(
            "GRANT USAGE ON SCHEMA bench TO PUBLIC; GRANT INSERT ON ALL TABLES IN SCHEMA bench TO PUBLIC;"
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA bench TO PUBLIC"
        )
    script.write_text("\n".join(["BEGIN;", *lines, "END;"]) + "\n", encoding="utf-8")


def _insert(owner: Any, table: str, fresh: dict[str, str | None]) -> str:
    owner.execute(f"CREATE TABLE bench.{table} (LIKE public.{table} INCLUDING ALL)")
    names = [
        row[0]
        for row in owner.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [f"bench.{table}"],
        )
    ]
    columns = ", ".join(f"{name}::text" for name in names)
    found = owner.execute(f"SELECT {columns} FROM public.{table} LIMIT 1").fetchone()  # noqa: S608 - names of our own
    if found is None:
        raise SystemExit(f"{table} has no row to copy")
    kept = [(name, fresh[name] if name in fresh else _literal(value)) for name, value in zip(names, found, strict=True)]
    into = ", ".join(name for name, value in kept if value is not None)
    values = ", ".join(value for _, value in kept if value is not None)
    return f"INSERT INTO bench.{table} ({into}) VALUES ({values});"  # noqa: S608 - our own rows, quoted


def _literal(value: str | None) -> str:
    """A constant without a type of its own; pgbench would take a colon for the start of a variable."""
    if value is None:
        return "NULL"
    return "E'" + value.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a") + "'"


def rate(script: Path, seconds: int) -> float:
    """Transactions a second. Raises SystemExit with what pgbench said."""
    url = parse(os.environ["DATABASE_URL"])
    command = [
        str(binaries() / "pgbench"), "-n", "-c", str(CLIENTS), "-j", "2", "-M", "prepared", "-T", str(seconds),
        "-f", str(script),
    ]  # fmt: skip
    environment = {**os.environ, **url.libpq_environment()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds + 60)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if done.returncode or found is None:
        raise SystemExit(f"pgbench failed:\n{done.stdout}{done.stderr}")
    return float(found[1])
