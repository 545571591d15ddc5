"""Shift hand-over over HTTP: notes read, written, taken over, printed."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field
from pydantic_core import to_jsonable_python

from events.selectors import shifts
from events.selectors.shifts import ShiftNoteRow, ShiftPage
from events.services import shifts as keeping
from grid.refusals import Conflict
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
    """What the next shift must know; the centre's id may be left out by who leads one shift only."""

    centre: Annotated[int, Field(strict=True, ge=1, le=2**62)] | None = None

    text: Annotated[str, Field(max_length=keeping.LONGEST_TEXT)]
    events: Annotated[tuple[MentionIn, ...], Field(max_length=keeping.MOST_EVENTS)] = ()


class TakeIn(Body):
    """The note as it was read: the `written_at` that was shown."""

    written_at: AwareDatetime


@router.get("/shifts", response=ShiftPage, summary="Shift notes of my centre")
def list_shifts(request: HttpRequest, asked: Query[CursorIn]) -> ShiftPage:
    """The newest first."""
    return shifts.shifts(access(request), cursor=asked.cursor)


@router.post("/shifts", response=ShiftNoteRow, summary="Hand the shift over")
def post_shift(request: HttpRequest, body: NoteIn) -> ShiftNoteRow:
    """Open events of the note before are carried over by themselves."""
    who = access(request)
    mentions = tuple(keeping.Mention(no=one.no.strip().upper(), remark=one.remark) for one in body.events)
    note = keeping.write(access=who, text=body.text, mentions=mentions, centre=body.centre)
    return shifts.shift(who, note.pk)


@router.post("/shifts/{number}/take", response=ShiftNoteRow, summary="Take the shift over")
def post_take(request: HttpRequest, number: NoteId, body: TakeIn) -> ShiftNoteRow:
    """By name and time, once. Refused with 409 and the note as it stands now where it was written anew meanwhile."""
    who = access(request)
    try:
        note = keeping.take_over(access=who, number=number, written_at=body.written_at)
    except Conflict as conflict:
        row = shifts.shift(who, number)
        raise Conflict(conflict.code, conflict.detail, extra={"note": to_jsonable_python(row)}) from None
    return shifts.shift(who, note.pk)


@router.get("/shifts/{number}/sheet.pdf", summary="A shift note, as PDF", openapi_extra=PDF)
def get_sheet(request: HttpRequest, number: NoteId) -> HttpResponse:
    """With lines to sign on; audited."""
    return sent(keeping.sheet_of(access=access(request), number=number))
