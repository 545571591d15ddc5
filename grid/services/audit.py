"""The only writer of audit rows, and the sealing that shows any later change of them."""

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from grid.models import AuditEntry, AuditSeal
from grid.policy import Access
from grid.selectors.prepared import prepared_cursor

GENESIS = "0" * 64

_RECORD = """
    INSERT INTO grid_auditentry
        (actor_id, organisation_id, action, subject_kind, subject, result, address, request_id, detail)
    VALUES (%s, %s, %s, %s, %s, %s, %s::inet, %s, %s::jsonb)
"""
_ROWS = """
    SELECT id, encode(sha256(convert_to(jsonb_build_array(
        id, extract(epoch from at), xid, actor_id, organisation_id, action, subject_kind, subject, result,
        host(address), request_id, detail)::text, 'UTF8')), 'hex')
    FROM grid_auditentry WHERE {condition} ORDER BY id
"""


def record(
    *,
    access: Access,
    action: str,
    kind: str,
    subject: object,
    organisation: int | None = None,
    result: str = "ok",
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one row in the present transaction: no row, no deed."""
    values = (
        access.user, organisation, action, kind, str(subject)[:200], result, access.address, access.request_id,
        json.dumps(detail or {}),
    )  # fmt: skip
    with prepared_cursor() as cursor:
        cursor.execute(_RECORD, values)


def record_change(
    *,
    access: Access,
    action: str,
    kind: str,
    subject: object,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    organisation: int | None = None,
) -> None:
    """Add one row that says which fields of `subject` became what: the history that administration pages show.

    Fields that are the same in both are left out; one that is missing in `old` is new. Values are what JSON knows.
    """
    names = [*old, *(name for name in new if name not in old)]
    changes = [[name, old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)]
    record(
        access=access, action=action, kind=kind, subject=subject, organisation=organisation, detail={"changes": changes}
    )


def seal() -> AuditSeal | None:
    """Close every row whose transaction is over into one seal, chained to the last; None when there is none.

    The open window is thus at most the time between two runs plus the longest transaction. Rows of a transaction that
    still runs come into a later seal, whatever their ids.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit-seal'))")
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        horizon: int = cursor.fetchone()[0]
        last = AuditSeal.objects.order_by("-pk").first()
        cursor.execute(_ROWS.format(condition="xid >= %s AND xid < %s"), [last.until_xid if last else 0, horizon])
        rows: list[tuple[int, str]] = cursor.fetchall()
        if not rows:
            return None
        previous = last.digest if last else GENESIS
        return AuditSeal.objects.create(
            until_xid=horizon,
            entries=[row[0] for row in rows],
            digests=[row[1] for row in rows],
            previous=previous,
            digest=_chain(previous, rows),
        )


def verify() -> list[str]:
    """What is wrong with the trail: every sealed row that was changed or removed, every row that was slipped in among
    sealed ones, every seal that does not fit the one before or the anchors.

    An empty list says that all sealed rows are as they were written.
    """
    faults: list[str] = []
    previous = GENESIS
    sealed: set[int] = set()
    until = 0
    for seal_row in AuditSeal.objects.order_by("pk").iterator():
        kept = list(zip(seal_row.entries, seal_row.digests, strict=True))
        if seal_row.previous != previous or seal_row.digest != _chain(seal_row.previous, kept):
            faults.append(f"seal {seal_row.pk} does not follow from the one before")
        previous, until = seal_row.digest, seal_row.until_xid
        sealed.update(seal_row.entries)
        faults += _compare(kept)
    early = AuditEntry.objects.filter(xid__lt=until).order_by("pk").values_list("pk", flat=True)
    faults += [f"audit row {number} was added later" for number in early.iterator() if number not in sealed]
    return faults + _compare_anchors()


def anchor(*, today: date) -> str | None:
    """Append a line with the day, the newest seal's number and its digest to settings.ANCHOR_FILE; None without a seal.

    Kept outside the database (copy the file elsewhere every day), it shows a chain that was rewritten as a whole. The
    line is on disk when this returns.
    """
    last = AuditSeal.objects.order_by("-pk").first()
    if last is None:
        return None
    line = f"{today.isoformat()} {last.pk} {last.digest}"
    settings.ANCHOR_FILE.parent.mkdir(parents=True, exist_ok=True)
    with settings.ANCHOR_FILE.open("a", encoding="ascii") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    return line


def _compare_anchors() -> list[str]:
    try:
        lines = settings.ANCHOR_FILE.read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    digests = {str(pk): digest for pk, digest in AuditSeal.objects.values_list("pk", "digest")}
    faults = []
    for line in lines:
        day, _, rest = line.partition(" ")
        number, _, digest = rest.partition(" ")
        if digests.get(number) != digest:
            faults.append(f"the anchor of {day[:10]} names a seal {number[:20]} that is not there as it was")
    return faults


def _compare(kept: list[tuple[int, str]]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(condition="id = ANY(%s)"), [[number for number, _ in kept]])
        found = dict(cursor.fetchall())
    faults = []
    for number, digest in kept:
        if number not in found:
            faults.append(f"audit row {number} was removed")
        elif found[number] != digest:
            faults.append(f"audit row {number} was changed")
    return faults


def _chain(previous: str, rows: list[tuple[int, str]]) -> str:
    lines = "".join(f"{number}:{digest}\n" for number, digest in rows)
    return hashlib.sha256(f"{previous}\n{lines}".encode()).hexdigest()
