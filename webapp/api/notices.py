"""The notice centre over HTTP: what concerns whoever asks, and what of it they have read."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from events.selectors import notices
from events.selectors.notices import NoticePage
from events.services import notices as keeping
from webapp.api.auth import access
from webapp.api.parsing import Body

router = Router(tags=["notices"])


class UnreadRow(Schema):
    """How many notices wait unread; 100 stands for that many or more."""

    unread: int


class AskedIn(Schema):
    """Where to go on, and whether only the unread ones."""

    cursor: Annotated[str, Field(max_length=20)] = ""
    only_unread: bool = False


class ReadIn(Body):
    """The notices of one event up to a version; without an event, all there are."""

    event: Annotated[str, Field(max_length=24)] | None = None
    version: Annotated[int, Field(strict=True, ge=0, le=2_000_000_000)] = 0


@router.get("/notices", response=NoticePage, summary="What concerns me")
def list_notices(request: HttpRequest, asked: Query[AskedIn]) -> NoticePage:
    """The newest first, of the last thirty days, of events that the reader sees."""
    return notices.notices(access(request), cursor=asked.cursor, only_unread=asked.only_unread)


@router.get("/notices/unread", response=UnreadRow, summary="How many notices are unread")
def count_unread(request: HttpRequest) -> UnreadRow:
    """One query: asked again whenever something changes."""
    return UnreadRow(unread=notices.unread(access(request)))


@router.post("/notices/read", response=UnreadRow, summary="Notices read")
def post_read(request: HttpRequest, body: ReadIn) -> UnreadRow:
    """Kept per person. What is left unread."""
    who = access(request)
    if body.event is None:
        keeping.mark_all_read(access=who)
    else:
        keeping.mark_read(access=who, no=body.event, version=body.version)
    return UnreadRow(unread=notices.unread(who))
