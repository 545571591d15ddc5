"""Views of the worklist that people keep, over HTTP. The worklist itself lists and counts them."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Status
from pydantic import Field

from events.selectors.narrowing import Narrowing
from events.selectors.savedviews import SavedRow
from events.services import savedviews
from webapp.api.auth import access
from webapp.api.parsing import Body
from webapp.api.stepping import Number

router = Router(tags=["events"])

Id = Path[Annotated[int, Field(ge=1, le=2**62)]]


class ViewIn(Body):
    """A view of the house, narrowed and ordered, under a name; for an organisation, or for oneself."""

    name: Annotated[str, Field(max_length=80)]
    view: Annotated[str, Field(max_length=20)]
    region: Annotated[str, Field(max_length=80, pattern=r"^([0-9]+/)*$")] = ""
    state: Annotated[str, Field(max_length=200)] = ""
    category: Annotated[str, Field(max_length=6)] = ""
    q: Annotated[str, Field(max_length=80)] = ""
    sort: Annotated[str, Field(max_length=12)] = "due"
    organisation: Number | None = None

    def draft(self) -> savedviews.Draft:
        """As the door takes it."""
        by = Narrowing(region=self.region, state=self.state, category=self.category, text=self.q)
        return savedviews.Draft(
            name=self.name, view=self.view, by=by, sort=self.sort, organisation=self.organisation
        )  # fmt: skip


@router.post("/views", response={201: SavedRow}, summary="Keep a view")
def post_view(request: HttpRequest, body: ViewIn) -> Status[SavedRow]:
    """The view as it is kept."""
    return Status(201, savedviews.keep(access=access(request), draft=body.draft()))


@router.post("/views/{number}", response=SavedRow, summary="Change a view")
def change_view(request: HttpRequest, number: Id, body: ViewIn) -> SavedRow:
    """The view as it is kept from now on."""
    return savedviews.change(access=access(request), number=number, draft=body.draft())


@router.post("/views/{number}/remove", response={204: None}, summary="Remove a view")
def remove_view(request: HttpRequest, number: Id) -> Status[None]:
    """It is gone."""
    savedviews.remove(access=access(request), number=number)
    return Status(204, None)
