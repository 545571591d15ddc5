"""The audit trail, for auditors. Reading it is itself recorded."""

from typing import Annotated

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from grid.models import Role
from grid.refusals import Forbidden
from grid.selectors.trail import Asked, TrailPage, trail
from grid.services import audit
from webapp.api.auth import access

router = Router(tags=["audit"])


class TrailIn(Schema):
    """Which rows of the trail."""

    kind: Annotated[str, Field(max_length=32, pattern=r"^[^\x00]*$")] = ""
    subject: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    actor: Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")] = ""
    cursor: Annotated[str, Field(max_length=18, pattern=r"^[0-9]*$")] = ""


@router.get("/audit", response=TrailPage, summary="The audit trail")
def read_trail(request: HttpRequest, asked: Query[TrailIn]) -> TrailPage:
    """Newest first, 50 rows at a time. This reading is a row of the trail, too."""
    who = access(request)
    if not who.has(Role.AUDITOR):
        raise Forbidden("auditors-only", _("The audit trail is for auditors."))
    wanted = Asked(
        kind=asked.kind, subject=asked.subject, actor=asked.actor, before=int(asked.cursor) if asked.cursor else None
    )
    with transaction.atomic():
        page = trail(who, wanted)
        filters = {name: value for name, value in asked.dict().items() if value}
        audit.record(access=who, action="audit.read", kind="audit", subject="", detail=filters)
    return page
