"""What became of a thing that is administered: its rows of the audit trail that say what was changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grid.models import AuditEntry

MOST = 50


@dataclass(frozen=True, slots=True)
class Changed:
    """One field, from what to what; None where there was, or is, nothing."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed what, and when; `actor` is empty for a command."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    fields: tuple[Changed, ...]


def history(*, kind: str, subjects: Collection[str]) -> tuple[Change, ...]:
    """The last 50 changes of these subjects, newest first. One query. Whoever asks may see them: the caller knows."""
    rows = (
        AuditEntry.objects.filter(subject_kind=kind, subject__in=subjects, result="ok", detail__has_key="changes")
        .select_related("actor")
        .order_by("-pk")[:MOST]
    )
    return tuple(
        Change(
            id=row.pk, at=row.at, actor=row.actor.name if row.actor else "", action=row.action, subject=row.subject,
            fields=tuple(Changed(name, old, new) for name, old, new in row.detail["changes"]),
        )
        for row in rows
    )  # fmt: skip
