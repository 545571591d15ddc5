"""What may be the same as a report, over HTTP: before it is sent, and beside the event that it has become."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from events.selectors import cards, duplicates
from events.selectors.duplicates import Candidate
from events.services.deeds import LONGEST_TEXT
from webapp.api.auth import access
from webapp.api.events import PointIn
from webapp.api.parsing import Body

router = Router(tags=["events"])


class DraftIn(Body):
    """A report that is being written: whatever is known of it by now."""

    category: Annotated[str, Field(max_length=6)] = ""
    point: PointIn | None = None
    address: Annotated[str, Field(max_length=300)] = ""
    description: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""

    def draft(self) -> duplicates.Draft:
        """As the selector takes it."""
        point = self.point.given() if self.point else None
        return duplicates.Draft(category=self.category, point=point, text=self.description, address=self.address)


@router.post("/duplicates", response=list[Candidate], summary="What may be the same as a report")
def of_draft(request: HttpRequest, body: DraftIn) -> list[Candidate]:
    """At most 10 events that this reader may see, the likeliest first, with reasons. Nothing is stored."""
    return duplicates.of_draft(access(request), body.draft())


@router.get("/events/{no}/duplicates", response=list[Candidate], summary="What may be the same as an event")
def of_event(request: HttpRequest, no: str) -> list[Candidate]:
    """At most 10 events that this reader may see, the likeliest first, with reasons; none once it has ended."""
    who = access(request)
    return duplicates.of_event(who, cards.find(who, no))
