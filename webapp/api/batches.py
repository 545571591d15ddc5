"""One step for several events, over HTTP: every event is answered for."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from events.services import batch, deeds
from events.services.batch import Outcome, Plan
from webapp.api.auth import access
from webapp.api.parsing import Body
from webapp.api.stepping import Number, Text

router = Router(tags=["events"])

EventNumber = Annotated[str, Field(max_length=deeds.LONGEST_NUMBER)]


class ItemIn(Body):
    """An event as its sender saw it, and whom this one is for."""

    no: EventNumber
    version: Annotated[int, Field(strict=True, ge=1, le=2_000_000_000)]
    organisation: Number | None = None
    joint: Annotated[tuple[Number, ...], Field(max_length=8)] = ()


class BatchIn(Body):
    """One step, the same words, and up to 50 events."""

    step: Annotated[str, Field(max_length=20)]
    events: Annotated[tuple[ItemIn, ...], Field(max_length=200)]
    text: Text = ""


class PlanIn(Body):
    """A step that gives events to somebody, and up to 50 events."""

    step: Annotated[str, Field(max_length=20)]
    events: Annotated[tuple[EventNumber, ...], Field(max_length=200)]


class BatchOut(Schema):
    """What became of each event, in the order in which they were named."""

    outcomes: list[Outcome]


@router.post("/batches", response=BatchOut, summary="Take one step on several events")
def post_batch(request: HttpRequest, body: BatchIn) -> BatchOut:
    """Each by its own version and in a transaction of its own; a refusal stops none of the others."""
    items = [batch.Item(one.no, one.version, one.organisation, one.joint) for one in body.events]
    return BatchOut(outcomes=batch.take_all(access=access(request), step=body.step, items=items, text=body.text))


@router.post("/batches/plan", response=Plan, summary="Whom several events may be given to")
def post_plan(request: HttpRequest, body: PlanIn) -> Plan:
    """All alike, and each by the rules. Changes nothing."""
    return batch.plan(access=access(request), step=body.step, numbers=body.events)
