"""The audit trail, for auditors. Reading it is itself recorded."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from grid.models import Role
from grid.refusals import Forbidden
from grid.selectors.trail import Asked, TrailRow, trail
from grid.services import audit
from webapp.api import trail_words
from webapp.api.auth import access

router = Router(tags=["audit"])
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)  # days that have a midnight before and after them


class TrailIn(Schema):
    """Which rows of the trail."""

    kind: Annotated[str, Field(max_length=32, pattern=r"^[^\x00]*$")] = ""
    subject: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    actor: Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")] = ""
    action: Annotated[str, Field(max_length=48, pattern=r"^[^\x00]*$")] = ""
    since: Annotated[date | None, Field(ge=EARLIEST, le=LATEST)] = None
    until: Annotated[date | None, Field(ge=EARLIEST, le=LATEST)] = None
    cursor: Annotated[str, Field(max_length=18, pattern=r"^[0-9]*$")] = ""


class Word(Schema):
    """A code and what it is called."""

    value: str
    label: str


class TrailRowOut(Schema):
    """One row: codes as they were recorded, and words for them in the reader's language."""

    id: int
    at: datetime
    actor: str
    organisation: str
    action: str
    action_label: str
    subject_kind: str
    subject_label: str
    subject: str
    result: str
    result_label: str
    address: str
    detail: dict[str, Any]


class TrailOut(Schema):
    """Some rows, where the next ones begin, and the codes that one may ask for."""

    rows: list[TrailRowOut]
    next: str | None
    actions: list[Word]
    kinds: list[Word]


@router.get("/audit", response=TrailOut, summary="The audit trail")
def read_trail(request: HttpRequest, asked: Query[TrailIn]) -> dict[str, Any]:
    """Newest first, 50 rows at a time, `since` and `until` both counted. This reading is a row of the trail, too."""
    who = access(request)
    if not who.has(Role.AUDITOR):
        raise Forbidden("auditors-only", _("The audit trail is for auditors."))
    wanted = Asked(
        kind=asked.kind, subject=asked.subject, actor=asked.actor, action=asked.action, since=asked.since,
        until=asked.until, before=int(asked.cursor) if asked.cursor else None,
    )  # fmt: skip
    with transaction.atomic():
        page = trail(who, wanted)
        filters = {name: str(value) for name, value in asked.dict().items() if value}
        audit.record(access=who, action="audit.read", kind="audit", subject="", detail=filters)
    return {
        "rows": [_told(row) for row in page.rows],
        "next": page.next,
        "actions": [{"value": code, "label": label} for code, label in trail_words.actions()],
        "kinds": [{"value": code, "label": str(label)} for code, label in trail_words.KINDS.items()],
    }


def _told(row: TrailRow) -> dict[str, Any]:
    return {
        **asdict(row),
        "actor": trail_words.actor(row),
        "action_label": trail_words.action(row.action),
        "subject_label": str(trail_words.KINDS.get(row.subject_kind, row.subject_kind)),
        "result_label": str(trail_words.RESULTS.get(row.result, row.result)),
    }
