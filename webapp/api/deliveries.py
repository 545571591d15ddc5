"""Deliveries over HTTP: what the hotline was told, each attempt, sending again, and how it stands with its endpoint."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from events.selectors import deliveries
from events.selectors.deliveries import MOST_AT_ONCE, READERS, SEERS, DeliveryPage, DeliveryRow, EndpointRow, Span
from events.services import outbox
from grid.policy import Access
from grid.refusals import Forbidden, Invalid
from webapp.api.auth import access
from webapp.api.parsing import Body

router = Router(tags=["deliveries"])


class SpanIn(Body):
    """Deliveries made from `since` until before `until`, in one state."""

    since: AwareDatetime
    until: AwareDatetime
    state: Literal["pending", "delivered", "dead"] = "dead"

    def span(self) -> Span:
        """As the door takes it."""
        return Span(_in_utc(self.since, "since"), _in_utc(self.until, "until"), self.state)


def _in_utc(at: datetime, field: str) -> datetime:
    """The same moment, as the database takes it. Raises Invalid at the ends of time."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Invalid("moment-out-of-range", _("Name a moment between the years 1 and 9999."), field=field) from None


class SpanRow(Schema):
    """How many deliveries lie in a span, and how many may be sent again at once."""

    count: int
    most: int


class OpenedRow(Schema):
    """How many deliveries had waited."""

    waiting: int


@router.get("/deliveries", response=DeliveryPage, summary="Deliveries to the hotline")
def list_deliveries(
    request: HttpRequest,
    state: Annotated[str, Field(max_length=12)] = "",
    q: Annotated[str, Field(max_length=64)] = "",
    cursor: Annotated[str, Field(max_length=12)] = "",
) -> DeliveryPage:
    """Newest first, with every attempt. A system administrator reads the states alone."""
    return deliveries.deliveries(_reader(request), state=state, text=q, cursor=cursor)


@router.get("/deliveries/endpoint", response=EndpointRow, summary="How it stands with the hotline's endpoint")
def endpoint(request: HttpRequest) -> EndpointRow:
    """Whether it is closed, how many wait, how many were given up, and for how many orders that matters still."""
    who = _reader(request)
    return deliveries.endpoint(who, may_open=any(outbox.may_open(duty) for duty in who.duties))


@router.post("/deliveries/endpoint/open", response=OpenedRow, summary="Call the hotline's endpoint again")
def open_endpoint(request: HttpRequest) -> OpenedRow:
    """After it said that it was gone for good (410). For the city centre's shift lead; audited."""
    return OpenedRow(waiting=outbox.open_endpoint(access=_answering(request), now=timezone.now()))


@router.get("/deliveries/span", response=SpanRow, summary="How many would be sent again")
def count_span(request: HttpRequest, span: Query[SpanIn]) -> SpanRow:
    """The preview of sending a span again."""
    return SpanRow(count=deliveries.found_in(_answering(request), span.span()).count(), most=MOST_AT_ONCE)


@router.post("/deliveries/resend", response=SpanRow, summary="Send a span again")
def resend_many(request: HttpRequest, body: SpanIn) -> SpanRow:
    """At once, each with its own id and bytes; 500 at most; audited."""
    return SpanRow(count=outbox.resend_many(access=_answering(request), span=body.span()), most=MOST_AT_ONCE)


@router.post("/deliveries/{delivery}/resend", response=DeliveryRow, summary="Send one again")
def resend(request: HttpRequest, delivery: UUID) -> DeliveryRow:
    """At once, with the same id and bytes; the attempt shows in the row when it was made."""
    who = _answering(request)
    outbox.resend(access=who, message=delivery)
    return deliveries.delivery(who, delivery)


def _reader(request: HttpRequest) -> Access:
    who = access(request)
    if not who.has(*SEERS):
        raise Forbidden("not-your-page", _("Deliveries are for shift leads, supervisors and leaders."))
    return who


def _answering(request: HttpRequest) -> Access:
    who = access(request)
    if not who.has(*READERS):
        raise Forbidden("not-your-page", _("Sending again is for shift leads, supervisors and leaders."))
    return who
