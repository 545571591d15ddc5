"""Appeals over HTTP: how an event counts, an organisation's appeal against it, and the decision."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import AwareDatetime, Field

from events.evaluation import appeals
from events.evaluation.appeals import AppealPage, Counting
from events.services import deeds, viewing
from events.services.advance import advance
from webapp.api.auth import access
from webapp.api.parsing import Body

router = Router(tags=["evaluation"])

Version = Annotated[int, Field(strict=True, ge=1, le=2_000_000_000)]
Number = Annotated[int, Path(ge=1, le=2**62)]
Words = Annotated[str, Field(max_length=deeds.LONGEST_TEXT, pattern=r"^[^\x00]*$")]
Cursor = Annotated[str, Field(max_length=9, pattern=r"^[0-9]*$")]


class AppealIn(Body):
    """What is contested: how the thing of the moment `at` counts for `indicator`, both as the counting has them."""

    version: Version
    indicator: Annotated[str, Field(max_length=24, pattern=r"^[a-z_]+$")]
    at: AwareDatetime
    reason: Words


class DecisionIn(Body):
    """What becomes of it: left out of the count, counted as yes or no, dismissed; or a correction is taken back."""

    version: Version
    decision: Literal["out", "hit", "miss", "dismiss", "restore"]
    reason: Words

    def deed(self, appeal: int) -> deeds.Deed:
        """As the workflow takes it."""
        if self.decision == "dismiss":
            return deeds.Dismiss(text=self.reason, appeal=appeal)
        if self.decision == "restore":
            return deeds.Restore(text=self.reason, appeal=appeal)
        return deeds.Correct(text=self.reason, appeal=appeal, verdict=self.decision)


@router.get("/events/{no}/counting", response=Counting, summary="How an event counts")
def get_counting(request: HttpRequest, no: str) -> Counting:
    """For each indicator what counts of it now, and every appeal with its decision."""
    who = access(request)
    viewing.note(access=who, no=no)
    return appeals.counting(who, no)


@router.post("/events/{no}/appeals", response=Counting, summary="Appeal against how an event counts")
def post_appeal(request: HttpRequest, no: str, body: AppealIn) -> Counting:
    """For the lead of a department, or the shift lead of a centre, that is or was in the case."""
    who = access(request)
    deed = deeds.Appeal(text=body.reason, indicator=body.indicator, at=body.at)
    advance(access=who, no=no, version=body.version, deed=deed)
    return appeals.counting(who, no)


@router.post("/events/{no}/appeals/{appeal}", response=Counting, summary="Decide an appeal")
def post_decision(request: HttpRequest, no: str, appeal: Number, body: DecisionIn) -> Counting:
    """For a supervisor in whose region it lies, never of the organisation that appeals. Kept in the journal and the
    audit trail; reports as of an earlier time stay as they were."""
    who = access(request)
    advance(access=who, no=no, version=body.version, deed=body.deed(appeal))
    return appeals.counting(who, no)


@router.get("/appeals", response=AppealPage, summary="Appeals")
def list_appeals(request: HttpRequest, undecided: bool = True, cursor: Cursor = "") -> AppealPage:
    """Those of one's own organisation; for supervisors, leaders and auditors those of their region. Oldest first."""
    return appeals.appeals(access(request), undecided=undecided, cursor=cursor)
