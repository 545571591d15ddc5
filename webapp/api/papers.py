"""Cases on paper over HTTP: PDF files, made when asked for and kept by nobody."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import AwareDatetime, Field

from events.selectors import worklist
from events.services import papers
from grid.refusals import Invalid
from webapp.api.auth import access
from webapp.api.parsing import Body

router = Router(tags=["events"])

PDF: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The file.",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}
EventNo = Annotated[str, Field(max_length=24)]


class ListIn(Body):
    """A view of the worklist and filters, as `GET /events` takes them."""

    view: Annotated[str, Field(max_length=20)] = ""
    region: Annotated[str, Field(max_length=80, pattern=r"^([0-9]+/)*$")] = ""
    state: Annotated[str, Field(max_length=200)] = ""
    category: Annotated[str, Field(max_length=6)] = ""
    q: Annotated[str, Field(max_length=80)] = ""
    sort: Annotated[str, Field(max_length=12)] = ""
    before: AwareDatetime | None = None


class SheetsIn(Body):
    """Either the numbers of events, or a list of which every event is meant."""

    events: Annotated[tuple[EventNo, ...], Field(max_length=papers.MOST_SHEETS)] = ()
    filter: ListIn | None = None


@router.get("/events/{no}/sheet.pdf", summary="An event's handling sheet, as PDF", openapi_extra=PDF)
def get_sheet(request: HttpRequest, no: str) -> HttpResponse:
    """What its reader sees of it, in the reader's language; audited."""
    return sent(papers.sheet_of(access=access(request), no=no))


@router.post("/sheets", summary="The handling sheets of several events, as one PDF", openapi_extra=PDF)
def post_sheets(request: HttpRequest, body: SheetsIn) -> HttpResponse:
    """At most 50. Of the events named all, or nothing; an audit row for each."""
    who = access(request)
    if bool(body.events) == (body.filter is not None):
        raise Invalid("sheets-what", _("Name either events or a list."), field="events")
    if body.filter is None:
        return sent(papers.sheets_of(access=who, numbers=body.events))
    asked = body.filter
    wanted = worklist.Wanted(
        view=asked.view, region=asked.region, state=asked.state, category=asked.category, text=asked.q,
        sort=asked.sort, before=asked.before,
    )  # fmt: skip
    return sent(papers.sheets_of_list(access=who, wanted=wanted))


def sent(paper: papers.Paper) -> HttpResponse:
    """A file to keep, never stored on the way."""
    return HttpResponse(
        paper.body,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{paper.name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
