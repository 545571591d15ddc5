"""Hotline orders of an event over HTTP: who called, once; and words that must go."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from events.selectors.cardrows import EventCard
from events.services import callers, deeds
from events.services.advance import advance
from events.services.viewing import view
from webapp.api.auth import access
from webapp.api.parsing import Body
from webapp.api.stepping import telling_what_changed

router = Router(tags=["events"])


class UnmaskIn(Body):
    """Which order's caller, and why."""

    order_no: Annotated[str, Field(max_length=64)]
    reason: Annotated[str, Field(max_length=200)]


class CallerOut(Schema):
    """Who called. Show it for `seconds`, keep it nowhere."""

    name: str
    phone: str
    seconds: int


class RedactIn(Body):
    """Other words for what an entry said."""

    version: Annotated[int, Field(strict=True, ge=1, le=2_000_000_000)]
    entry: Annotated[int, Field(strict=True, ge=1, le=2_000_000_000)]
    instead: Annotated[str, Field(max_length=deeds.LONGEST_TEXT)]
    reason: Annotated[str, Field(max_length=deeds.LONGEST_TEXT)]


@router.post("/events/{no}/caller", response=CallerOut, summary="Who called")
def unmask(request: HttpRequest, no: str, body: UnmaskIn, response: HttpResponse) -> callers.Unmasked:
    """Audited before it is shown; for the holding centre's acceptor and the lead's clerk."""
    response["Cache-Control"] = "no-store"
    return callers.unmask(access=access(request), no=no, order_no=body.order_no, reason=body.reason)


@router.post("/events/{no}/redactions", response=EventCard, summary="Redact what an entry said")
def redact(request: HttpRequest, no: str, body: RedactIn) -> EventCard:
    """For the holding centre's shift lead. The journal keeps the digest of the old words, and says who and why."""
    who = access(request)
    deed = deeds.Redact(text=body.reason, entry=body.entry, instead=body.instead)
    with telling_what_changed(who, no, body.version):
        advance(access=who, no=no, version=body.version, deed=deed)
    return view(access=who, no=no)
