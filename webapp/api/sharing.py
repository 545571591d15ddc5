"""Sharing between organisations over HTTP: the lists, what may be asked for, asking, and what is done about it."""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from events.grants import Act
from events.selectors import lending
from events.selectors.lending import AskForm, GrantPage, GrantRow
from events.services import lending as doors
from grid.refusals import Conflict
from webapp.api.auth import access
from webapp.api.parsing import Body
from webapp.api.stepping import Number

router = Router(tags=["sharing"])
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)

Code = Annotated[str, Field(max_length=6, pattern=r"^[0-9]{2}(-[0-9]{3})?$")]
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]
Words = Annotated[str, Field(max_length=doors.LONGEST_WORDS, pattern=r"^[^\x00]*$")]
Known = Annotated[int, Field(ge=1, le=2**62)]


class AskIn(Body):
    """Events of `owner`, of these classes, in a region, from the first day to the last; `join`: to take part, too."""

    owner: Number
    path: Annotated[str, Field(max_length=80, pattern=r"^([0-9]+/)+$")]
    classes: Annotated[tuple[Code, ...], Field(max_length=100)]
    reason: Words
    until: Day
    since: Day | None = None
    join: bool = False
    grantee: Number | None = None


class ActIn(Body):
    """What is done about it, and why."""

    act: Literal["approve", "refuse", "withdraw", "end"]
    text: Words = ""


class SideIn(Schema):
    """Which list; `cursor` is the `next` of the page before."""

    side: Annotated[str, Field(max_length=10)] = "received"
    cursor: Annotated[str, Field(max_length=18, pattern=r"^[0-9]*$")] = ""


@router.get("/sharing", response=GrantPage, summary="Sharing between organisations")
def list_grants(request: HttpRequest, wanted: Query[SideIn]) -> GrantPage:
    """One list, newest first, 50 at a time, with the counts of all."""
    before = int(wanted.cursor) if wanted.cursor else None
    return lending.grants(access(request), side=wanted.side, before=before)


@router.get("/sharing/form", response=AskForm, summary="What may be asked for")
def form(request: HttpRequest) -> AskForm:
    """For whom, whom, and where."""
    return lending.ask_form(access(request))


@router.post("/sharing", response={201: GrantRow}, summary="Ask for events to be shared")
def ask(request: HttpRequest, body: AskIn) -> Status[GrantRow]:
    """409 when the same waits already."""
    who = access(request)
    asked = doors.ask(
        access=who,
        request=doors.Request(
            owner=body.owner, path=body.path, classes=body.classes, reason=body.reason, until=body.until,
            since=body.since, join=body.join, grantee=body.grantee,
        ),
    )  # fmt: skip
    return Status(201, lending.row_of(who, lending.find(who, asked.pk)))


@router.get("/sharing/{number}", response=GrantRow, summary="One sharing")
def get_grant(request: HttpRequest, number: Known) -> GrantRow:
    """As it stands now."""
    who = access(request)
    return lending.row_of(who, lending.find(who, number))


@router.post("/sharing/{number}/acts", response=GrantRow, summary="Approve, refuse, take back or end")
def act(request: HttpRequest, number: Known, body: ActIn) -> GrantRow:
    """The sharing afterwards; 409 carries it as it stands."""
    who = access(request)
    try:
        done = doors.decide(access=who, number=number, act=Act(body.act), text=body.text)
    except Conflict as conflict:
        row = lending.row_of(who, lending.find(who, number))
        conflict.extra["grant"] = json.loads(json.dumps(asdict(row), default=datetime.isoformat))
        raise
    return lending.row_of(who, lending.find(who, done.pk))
