"""Organisations over HTTP, for the system administrator: names, working hours, closing."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from events.selectors import organisations as reading
from events.services import organisations
from webapp.api.administration_words import ChangeOut, EffectOut, changes_told, effects_told
from webapp.api.auth import access
from webapp.api.parsing import Body

router = Router(tags=["administration"])
Plain = r"^[^\x00]*$"
Version = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Words = Annotated[str, Field(max_length=200, pattern=Plain)]


class OrganisationRowOut(Schema):
    """One organisation as it is administered; `version` names how it stands."""

    id: str
    code: str
    name: str
    short_name: str
    kind: str
    kind_label: str
    level_label: str
    region: str
    hours: str
    closed_at: datetime | None
    version: str


class OrganisationsOut(Schema):
    """Some organisations, how many there are, and where the next ones begin."""

    rows: list[OrganisationRowOut]
    total: int
    next: str | None


class OrganisationCardOut(Schema):
    """One organisation, and what was changed of it."""

    row: OrganisationRowOut
    changes: list[ChangeOut]


class OrganisationsIn(Schema):
    """Which organisations."""

    q: Annotated[str, Field(max_length=80, pattern=Plain)] = ""
    kind: Literal["", "centre", "department", "unit"] = ""
    closed: bool = False
    cursor: Annotated[str, Field(max_length=64, pattern=Plain)] = ""


class NamesIn(Body):
    """Names, and working hours of its own (08:30-12:00,14:00-17:30; empty: the city's)."""

    name: Words
    short_name: Words
    hours: Words = ""


class NamesSavedIn(NamesIn):
    """The same, of an organisation as it stood at `version`."""

    version: Version


class ClosedIn(Body):
    """Whether it is closed."""

    version: Version
    closed: bool


@router.get("/administration/organisations", response=OrganisationsOut, summary="Organisations")
def list_organisations(request: HttpRequest, asked: Query[OrganisationsIn]) -> reading.OrganisationPage:
    """By code, 50 at a time."""
    wanted = reading.Wanted(text=asked.q.strip(), kind=asked.kind, closed=asked.closed, after=asked.cursor)
    return reading.organisations(access(request), wanted)


@router.get("/administration/organisations/{code}", response=OrganisationCardOut, summary="An organisation")
def get_organisation(request: HttpRequest, code: str) -> dict[str, Any]:
    """With what was changed by whom."""
    return _card(request, code)


@router.post("/administration/organisations/{code}/preview", response=list[EffectOut], summary="What a change would do")
def preview_organisation(request: HttpRequest, code: str, body: NamesIn) -> list[dict[str, str]]:
    """Nothing is saved; what would be refused is refused here, too."""
    found = reading.find_organisation(access(request), code)
    before = reading.editable(found)
    edited = organisations.checked(found, name=body.name, short_name=body.short_name, hours=body.hours)
    return effects_told(reading.of_amending(before, edited))


@router.post("/administration/organisations/{code}", response=OrganisationCardOut, summary="Change an organisation")
def amend_organisation(request: HttpRequest, code: str, body: NamesSavedIn) -> dict[str, Any]:
    """Its names and working hours."""
    organisations.amend(
        access=access(request), code=code, version=body.version, name=body.name, short_name=body.short_name,
        hours=body.hours,
    )  # fmt: skip
    return _card(request, code)


@router.get("/administration/organisations/{code}/closing", response=list[EffectOut], summary="What closing would do")
def preview_closing(request: HttpRequest, code: str) -> list[dict[str, str]]:
    """What must be moved first, if anything."""
    found = reading.find_organisation(access(request), code)
    return effects_told(reading.of_closing(found, now=timezone.now()))


@router.post("/administration/organisations/{code}/closed", response=OrganisationCardOut, summary="Close or open again")
def close_organisation(request: HttpRequest, code: str, body: ClosedIn) -> dict[str, Any]:
    """Only where nothing is with it any more."""
    who = access(request)
    if body.closed:
        organisations.close(access=who, code=code, version=body.version, now=timezone.now())
    else:
        organisations.reopen(access=who, code=code, version=body.version)
    return _card(request, code)


def _card(request: HttpRequest, code: str) -> dict[str, Any]:
    card = reading.organisation_card(access(request), code)
    return {"row": card.row, "changes": changes_told(card.changes)}
