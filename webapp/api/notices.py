"""The notice centre over HTTP: what concerns whoever asks, and what of it they have read."""

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from events.selectors import notices
from events.selectors.notices import NoticePage, Waiting
from events.services import notices as keeping
from grid.refusals import Invalid
from webapp.api.auth import access
from webapp.api.parsing import Body

router = Router(tags=["notices"])


class AskedIn(Schema):
    """Where to go on, and whether only the unread ones."""

    cursor: Annotated[str, Field(max_length=20)] = ""
    only_unread: bool = False


class ReadIn(Body):
    """The notices of one event up to a version, or all up to the newest one that was shown."""

    event: Annotated[str, Field(max_length=24)] | None = None
    version: Annotated[int, Field(strict=True, ge=0, le=2_000_000_000)] = 0
    up_to: Annotated[int, Field(strict=True, ge=1, le=2**62)] | None = None


@router.get("/notices", response=NoticePage, summary="What concerns me")
def list_notices(request: HttpRequest, asked: Query[AskedIn]) -> NoticePage:
    """The newest first, of the last thirty days, of events that the reader sees."""
    return notices.notices(access(request), cursor=asked.cursor, only_unread=asked.only_unread)


@router.get("/notices/unread", response=Waiting, summary="How many notices are unread")
def count_unread(request: HttpRequest) -> Waiting:
    """One query: asked again whenever something changes."""
    return notices.waiting(access(request))


@router.post("/notices/read", response=Waiting, summary="Notices read")
def post_read(request: HttpRequest, body: ReadIn) -> Waiting:
    """Kept per person. What is left unread. What has come since it was shown stays unread."""
    who = access(request)
    if (body.event is None) == (body.up_to is None):
        raise Invalid("read-what", _("Name either an event or the newest notice that was shown."), field="up_to")
    if body.up_to is not None:
        keeping.mark_all_read(access=who, up_to=body.up_to)
    elif body.event is not None:
        keeping.mark_read(access=who, no=body.event, version=body.version)
    return notices.waiting(who)
