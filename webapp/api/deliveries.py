"""Deliveries over HTTP: what the hotline was told, each attempt, and sending one again."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from events.selectors import deliveries
from events.selectors.deliveries import READERS, DeliveryPage, DeliveryRow
from events.services import outbox
from grid.policy import Access
from grid.refusals import Forbidden
from webapp.api.auth import access

router = Router(tags=["deliveries"])


@router.get("/deliveries", response=DeliveryPage, summary="Deliveries to the hotline")
def list_deliveries(
    request: HttpRequest,
    state: Annotated[str, Field(max_length=12)] = "",
    cursor: Annotated[str, Field(max_length=12)] = "",
) -> DeliveryPage:
    """Newest first, with every attempt."""
    return deliveries.deliveries(_reader(request), state=state, cursor=cursor)


@router.post("/deliveries/{delivery}/resend", response=DeliveryRow, summary="Send one again")
def resend(request: HttpRequest, delivery: UUID) -> DeliveryRow:
    """At once, with the same id and bytes; the attempt shows in the row when it was made."""
    who = _reader(request)
    outbox.resend(access=who, message=delivery)
    return deliveries.delivery(who, delivery)


def _reader(request: HttpRequest) -> Access:
    who = access(request)
    if not who.has(*READERS):
        raise Forbidden("not-your-page", _("Deliveries are for shift leads, supervisors and leaders."))
    return who
