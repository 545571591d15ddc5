"""Events over HTTP: report, list, card, steps."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field
from typing_extensions import override

from events.selectors import cards, snapshot, worklist
from events.selectors.cardrows import EventCard
from events.selectors.rows import EventRow
from events.services import deeds, routing
from events.services.advance import advance
from events.services.report import report
from events.services.viewing import view
from gis_layers import live
from grid.coordinates import Crs
from webapp.api.auth import access
from webapp.api.dispatching import DispatchIn, JointIn
from webapp.api.parsing import Body
from webapp.api.stepping import Number, Photos, Text, telling_what_changed
from webapp.api.stepping import StepIn as _StepIn
from webapp.api.zipping import zipped

router = Router(tags=["events"])

Degrees = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class PointIn(Body):
    """A place: degrees in `crs`; `accuracy_m` is what the device claims, in metres."""

    lng: Degrees
    lat: Degrees
    crs: Crs
    accuracy_m: Annotated[float | None, Field(strict=True, ge=0, le=100_000)] = None

    def given(self) -> deeds.GivenPoint:
        """As the door takes it."""
        return deeds.GivenPoint(lng=self.lng, lat=self.lat, crs=self.crs, accuracy_m=self.accuracy_m)


class SelfResolveIn(Body):
    """Solved on the spot: what was done, and photos taken after it."""

    description: Text = ""
    photos: Photos = ()


class ReportIn(Body):
    """Something is wrong. The same `client_id` again is answered as before."""

    client_id: UUID
    category: Annotated[str, Field(max_length=6)]
    point: PointIn
    address: Annotated[str, Field(max_length=300)] = ""
    description: Text = ""
    photos: Photos = ()
    urgent: bool = False
    device_at: datetime | None = None
    self_resolve: SelfResolveIn | None = None


class PlaceIn(_StepIn):
    """Put it on the map."""

    step: Literal["place"]
    point: PointIn
    address: Annotated[str, Field(max_length=300)] = ""
    text: Text = ""

    @override
    def deed(self) -> deeds.Deed:
        return deeds.Place(text=self.text, point=self.point.given(), address=self.address)


class RecategoriseIn(_StepIn):
    """Put it under another category."""

    step: Literal["recategorise"]
    category: Annotated[str, Field(max_length=6)]
    text: Text = ""

    @override
    def deed(self) -> deeds.Deed:
        return deeds.Recategorise(text=self.text, category=self.category)


class AmendIn(_StepIn):
    """Correct the words."""

    step: Literal["amend"]
    address: Annotated[str | None, Field(max_length=300)] = None
    description: Text | None = None

    @override
    def deed(self) -> deeds.Deed:
        return deeds.Amend(address=self.address, description=self.description)


class ConfirmIn(_StepIn):
    """Seen on the spot: it is so."""

    step: Literal["confirm"]
    text: Text = ""
    photos: Photos = ()
    category: Annotated[str, Field(max_length=6)] = ""

    @override
    def deed(self) -> deeds.Deed:
        return deeds.Confirm(text=self.text, photos=self.photos, category=self.category)


class RejectIn(_StepIn):
    """Do not accept it."""

    step: Literal["reject"]
    reason: Literal["not_ours", "duplicate", "no_fault", "test"]
    text: Text

    @override
    def deed(self) -> deeds.Deed:
        return deeds.Reject(text=self.text, reason=self.reason)


class MergeIn(_StepIn):
    """It is the same as another event: that one goes on for both."""

    step: Literal["merge"]
    into: Annotated[str, Field(max_length=deeds.LONGEST_NUMBER)]
    text: Text = ""

    @override
    def deed(self) -> deeds.Deed:
        return deeds.Merge(text=self.text, into=self.into)


class GiveIn(_StepIn):
    """Give it, or a copy, to an organisation."""

    step: Literal["assign_down", "copy_to"]
    organisation: Number
    text: Text = ""

    @override
    def deed(self) -> deeds.Deed:
        kind = deeds.AssignDown if self.step == "assign_down" else deeds.CopyTo
        return kind(text=self.text, organisation=self.organisation)


class RequestExtensionIn(_StepIn):
    """Ask for more time, in hours or days of the handle clock."""

    step: Literal["request_extension"]
    amount: Annotated[float, Field(strict=True, gt=0, le=deeds.MOST_EXTENSION)]
    text: Text

    @override
    def deed(self) -> deeds.Deed:
        return deeds.RequestExtension(text=self.text, amount=self.amount)


class AskSuspensionIn(_StepIn):
    """Ask to put it on hold until a day."""

    step: Literal["ask_suspension"]
    until: date
    text: Text

    @override
    def deed(self) -> deeds.Deed:
        return deeds.AskSuspension(text=self.text, until=self.until)


class SuperviseIn(_StepIn):
    """Press for it from above."""

    step: Literal["supervise"]
    level: Literal["none", "normal", "yellow", "red"]
    text: Text = ""

    @override
    def deed(self) -> deeds.Deed:
        return deeds.Supervise(text=self.text, level=self.level)


class PicturedIn(_StepIn):
    """Words and photos: the work is done, or it was not so."""

    step: Literal["finish", "refute", "joint_finish"]
    text: Text
    photos: Photos = ()

    @override
    def deed(self) -> deeds.Deed:
        kinds: dict[str, type[deeds.Deed]] = {
            "finish": deeds.Finish, "refute": deeds.Refute, "joint_finish": deeds.JointFinish,
        }  # fmt: skip
        return kinds[self.step](text=self.text, photos=self.photos)


class CheckIn(_StepIn):
    """Seen on the spot."""

    step: Literal["pass_check", "fail_check"]
    text: Text = ""
    photos: Photos = ()
    far_reason: Annotated[str, Field(max_length=200)] = ""
    point: PointIn | None = None

    @override
    def deed(self) -> deeds.Deed:
        kind = deeds.PassCheck if self.step == "pass_check" else deeds.FailCheck
        point = self.point.given() if self.point else None
        return kind(text=self.text, photos=self.photos, far_reason=self.far_reason, point=point)


class PlainIn(_StepIn):
    """Steps that carry words at most."""

    step: Literal[
        "request_verify", "cannot_tell", "accept", "sign", "return", "escalate", "grant_extension", "refuse_extension",
        "approve_suspension", "refuse_suspension", "resume", "close", "force_close", "reopen", "void", "urge",
        "instruct", "mark_urgent", "note", "joint_sign", "joint_return", "unmerge",
    ]  # fmt: skip
    text: Text = ""

    @override
    def deed(self) -> deeds.Deed:
        return _PLAIN[self.step](text=self.text)


_PLAIN: dict[str, type[deeds.Deed]] = {
    "request_verify": deeds.RequestVerify, "cannot_tell": deeds.CannotTell, "accept": deeds.Accept, "sign": deeds.Sign,
    "return": deeds.Return, "escalate": deeds.Escalate, "grant_extension": deeds.GrantExtension,
    "refuse_extension": deeds.RefuseExtension, "approve_suspension": deeds.ApproveSuspension,
    "refuse_suspension": deeds.RefuseSuspension, "resume": deeds.Resume, "close": deeds.Close,
    "force_close": deeds.ForceClose, "reopen": deeds.Reopen, "void": deeds.Void, "urge": deeds.Urge,
    "instruct": deeds.Instruct, "mark_urgent": deeds.MarkUrgent, "note": deeds.Note, "joint_sign": deeds.JointSign,
    "joint_return": deeds.JointReturn, "unmerge": deeds.Unmerge,
}  # fmt: skip

StepIn = Annotated[
    PlaceIn | RecategoriseIn | AmendIn | ConfirmIn | RejectIn | GiveIn | RequestExtensionIn | AskSuspensionIn
    | DispatchIn | JointIn | SuperviseIn | PicturedIn | CheckIn | MergeIn | PlainIn,
    Field(discriminator="step"),
]  # fmt: skip


class Receipt(Schema):
    """What a report is answered with: enough to show it, and its number."""

    id: int
    no: str
    version: int
    state: str
    state_label: str
    place: str
    path: str
    grid: str | None
    reported_at: datetime
    stage_due_at: datetime | None


class Snapshot(Schema):
    """Open events, and the number of the last update that they include."""

    seq: int
    rows: list[EventRow]


class Place(Schema):
    """The number of the newest update: open the line from there."""

    seq: int


class OrganisationRow(Schema):
    """An organisation that it may be given to, and what follows for the clock: its own working hours count."""

    id: int
    name: str
    kind: str
    level: str
    suggested: bool
    reason: str
    sign_due: datetime | None  # by when it would have to have signed; null for what is not signed for
    effect: str
    role: str  # suggested as: lead, joint, or empty
    shares: bool  # has a joint share of it in hand


class WantedIn(Schema):
    """A view of the worklist, and filters."""

    view: Annotated[str, Field(max_length=20)] = ""
    region: Annotated[str, Field(max_length=80, pattern=r"^([0-9]+/)*$")] = ""
    state: Annotated[str, Field(max_length=200)] = ""
    category: Annotated[str, Field(max_length=6)] = ""
    q: Annotated[str, Field(max_length=80)] = ""
    sort: Annotated[str, Field(max_length=12)] = ""  # the view's own, else due
    before: AwareDatetime | None = None  # the `since` of a search everywhere, which goes on from there
    cursor: Annotated[str, Field(max_length=12)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = worklist.PAGE


@router.post("/events", response={200: Receipt, 201: Receipt}, summary="Report an event")
def post_event(request: HttpRequest, body: ReportIn) -> Status[dict[str, object]]:
    """201 for a new event, 200 for a report that had already arrived."""
    own = body.self_resolve
    receipt = report(
        access=access(request),
        report=deeds.Report(
            client_id=body.client_id, category=body.category, point=body.point.given(), text=body.description,
            address=body.address, photos=body.photos, urgent=body.urgent, device_at=body.device_at,
            self_resolution=deeds.SelfResolution(text=own.description, photos=own.photos) if own else None,
        ),
    )  # fmt: skip
    return Status(201 if receipt.made else 200, receipt.row)


@router.get("/events", response=worklist.Worklist, summary="A worklist")
def list_events(request: HttpRequest, wanted: Query[WantedIn]) -> worklist.Worklist:
    """One page of one view, with the counts of all views."""
    return worklist.worklist(
        access(request),
        worklist.Wanted(
            view=wanted.view, region=wanted.region, state=wanted.state, category=wanted.category, text=wanted.q,
            sort=wanted.sort, before=wanted.before, cursor=wanted.cursor, limit=wanted.limit,
        ),
    )  # fmt: skip


@router.get("/map/events", response=Snapshot, summary="Open events for the map")
def map_events(request: HttpRequest) -> HttpResponse:
    """The number first, then the rows: an update in between is told again, never lost.

    Thousands of rows of our own making: written as the database gives them, without a second look through the schema.
    """
    seq = live.snapshot_seq()
    lines = ",".join(snapshot.lines_on_map(access(request)))
    return zipped(request, f'{{"seq":{seq},"rows":[{lines}]}}'.encode(), content_type="application/json")


@router.get("/feed", response=Place, summary="Where the feed stands")
def feed(request: HttpRequest) -> Place:
    """For a page that asks for its rows elsewhere, and only wants to hear what changes from now on."""
    return Place(seq=live.snapshot_seq())


@router.get("/events/{no}", response=EventCard, summary="One event, whole")
def get_event(request: HttpRequest, no: str) -> EventCard:
    """The card."""
    return view(access=access(request), no=no)


@router.get("/events/{no}/organisations", response=list[OrganisationRow], summary="Whom it may be given to")
def organisations(
    request: HttpRequest,
    no: str,
    step: Literal["dispatch", "redispatch", "assign_down", "copy_to", "add_joint", "recall_joint"] = "dispatch",
) -> list[OrganisationRow]:
    """By `step`; to dispatch, the suggested one first."""
    event = cards.find(access(request), no)
    return [
        OrganisationRow(
            id=row.organisation.pk, name=row.organisation.name, kind=row.organisation.kind,
            level=row.organisation.level, suggested=row.suggested, reason=row.reason, sign_due=row.sign_due,
            effect=row.effect, role=row.role, shares=row.shares,
        )
        for row in routing.offered(event, step, now=timezone.now())
    ]  # fmt: skip


@router.post("/events/{no}/steps", response=EventCard, summary="Take a step")
def post_step(request: HttpRequest, no: str, body: StepIn) -> EventCard:
    """The card afterwards; 409 carries the card as it stands, and what was done since."""
    who = access(request)
    with telling_what_changed(who, no, body.version):
        event = advance(access=who, no=no, version=body.version, deed=body.deed(), device_at=body.device_at)
    return cards.card_after(who, event)
