"""Shift hand-over over HTTP: notes read, written, taken over, printed."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from events.selectors import shifts
from events.selectors.shifts import ShiftNoteRow, ShiftPage
from events.services import shifts as keeping
from webapp.api.auth import access
from webapp.api.papers import PDF, sent
from webapp.api.parsing import Body

router = Router(tags=["shifts"])
NoteId = Annotated[int, Field(ge=1, le=2**62)]


class CursorIn(Schema):
    """Where to go on."""

    cursor: Annotated[str, Field(max_length=20)] = ""


class MentionIn(Body):
    """An event, and what to mind about it."""

    no: Annotated[str, Field(min_length=1, max_length=24)]
    remark: Annotated[str, Field(max_length=keeping.LONGEST_REMARK)] = ""


class NoteIn(Body):
    """What the next shift must know."""

    text: Annotated[str, Field(max_length=keeping.LONGEST_TEXT)]
    events: Annotated[tuple[MentionIn, ...], Field(max_length=keeping.MOST_EVENTS)] = ()


@router.get("/shifts", response=ShiftPage, summary="Shift notes of my centre")
def list_shifts(request: HttpRequest, asked: Query[CursorIn]) -> ShiftPage:
    """The newest first."""
    return shifts.shifts(access(request), cursor=asked.cursor)


@router.post("/shifts", response=ShiftNoteRow, summary="Hand the shift over")
def post_shift(request: HttpRequest, body: NoteIn) -> ShiftNoteRow:
    """Open events of the note before are carried over by themselves."""
    who = access(request)
    mentions = tuple(keeping.Mention(no=one.no.strip().upper(), remark=one.remark) for one in body.events)
    note = keeping.write(access=who, text=body.text, mentions=mentions)
    return shifts.shift(who, note.pk)


@router.post("/shifts/{number}/take", response=ShiftNoteRow, summary="Take the shift over")
def post_take(request: HttpRequest, number: NoteId) -> ShiftNoteRow:
    """By name and time, once."""
    who = access(request)
    return shifts.shift(who, keeping.take_over(access=who, number=number).pk)


@router.get("/shifts/{number}/sheet.pdf", summary="A shift note, as PDF", openapi_extra=PDF)
def get_sheet(request: HttpRequest, number: NoteId) -> HttpResponse:
    """With lines to sign on; audited."""
    return sent(keeping.sheet_of(access=access(request), number=number))
