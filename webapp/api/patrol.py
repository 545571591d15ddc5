"""Patrols over HTTP: what is due, check-ins, coverage."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from events.selectors import patrols
from events.selectors.patrols import Coverage, GridPage, GridStatus, PatrolPage
from events.services.patrols import CheckInReceipt, Presence, check_in
from webapp.api.auth import access
from webapp.api.events import PointIn
from webapp.api.parsing import Body

router = Router(tags=["patrol"])


class CheckInIn(Body):
    """I am in this grid. The point proves it and is dropped; the same `client_id` again is answered as before."""

    client_id: UUID
    grid: Annotated[str, Field(pattern=r"^[0-9]{15}$")]
    point: PointIn
    device_at: AwareDatetime


class CheckInOut(Schema):
    """The check-in that counts: this one, or the first of that day."""

    client_id: UUID
    grid: str
    place: str
    at: datetime
    device_at: datetime


class CoverageIn(Schema):
    """A region of one's ground, first and last day (both counted), and as of when."""

    region: Annotated[str, Field(max_length=80, pattern=r"^([0-9]+/)*$")] = ""
    first: Annotated[date | None, Field(alias="from")] = None
    last: Annotated[date | None, Field(alias="to")] = None
    as_of: AwareDatetime | None = None

    def asked(self) -> patrols.Asked:
        """As the door takes it."""
        return patrols.Asked(region=self.region, first=self.first, last=self.last, as_of=self.as_of)


@router.get("/patrol", response=PatrolPage, summary="What is due")
def get_patrol(request: HttpRequest) -> PatrolPage:
    """The officer's own grids, the most urgent first; of a grid lead also those led."""
    return patrols.patrol_of(access(request))


@router.post("/patrol/check-ins", response={200: CheckInOut, 201: CheckInOut}, summary="Check in")
def post_check_in(request: HttpRequest, body: CheckInIn) -> Status[CheckInReceipt]:
    """201 for the first of the day in this grid, 200 for one that had already arrived. 422 outside the grid."""
    presence = Presence(body.client_id, body.grid, body.point.given(), body.device_at)
    receipt = check_in(access=access(request), presence=presence)
    return Status(201 if receipt.made else 200, receipt)


@router.get("/patrol/coverage", response=Coverage, summary="Patrol coverage")
def get_coverage(request: HttpRequest, wanted: Query[CoverageIn]) -> Coverage:
    """By what lies directly below the region, with numerators and denominators."""
    return patrols.coverage(access(request), wanted.asked())


@router.get("/patrol/coverage/grids", response=GridPage, summary="The grids behind the coverage")
def get_grids(
    request: HttpRequest, wanted: Query[CoverageIn], show: Literal["all", "missed", "overdue"] = "all"
) -> GridPage:  # fmt: skip
    """The overdue and the least covered first."""
    return patrols.grids_behind(access(request), wanted.asked(), show=show)


@router.get("/patrol/grids", response=list[GridStatus], summary="How grids stand today")
def get_statuses(request: HttpRequest) -> list[GridStatus]:
    """For the map; grids without a plan are left out."""
    return patrols.statuses(access(request))
