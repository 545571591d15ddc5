"""Events through the doors, with whoever each step needs; people are made on the way."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from PIL import Image

from events.hotline import intake
from events.models import Event, Photo, Task, TaskKind, Ticket
from events.services import deeds, photos
from events.services.advance import advance
from events.services.report import report, take_ticket
from events.services.routing import candidates
from events.workflow import State
from grid.coordinates import Crs
from grid.models import Grid, Organisation, Post, Role, User
from grid.policy import Access
from tests.factories.people import SANYI_GRID, access_for, user_with

_shades = count(1)
_orders = count(1)
_PATH = (State.REPORTED, State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.PENDING_CHECK, State.PENDING_CLOSE,
         State.CLOSED)  # fmt: skip


def photo_of(access: Access) -> Photo:
    """A small photo that this person has just uploaded; no two are alike."""
    number = next(_shades)
    body = io.BytesIO()
    Image.new("RGB", (64, 48), (number % 256, number // 256 % 256, 90)).save(body, "PNG")
    return photos.keep(access=access, body=body.getvalue())


def officer_of(grid: Grid) -> User:
    """The officer of a grid, made where there is none."""
    post = Post.objects.filter(grid=grid, role=Role.GRID_OFFICER).select_related("user").first()
    if post:
        return post.user
    return user_with("grid_officer", _centre_of(grid), grid=grid.code)


def reported(
    *, category: str = "06-001", grid: str = SANYI_GRID, urgent: bool = False, now: datetime | None = None,
    officer: User | None = None,
) -> Event:  # fmt: skip
    """An event that the officer of `grid` has reported from the middle of it, with a photo."""
    place = Grid.objects.select_related("region__parent").get(code=grid)
    access = access_for(officer or officer_of(place))
    middle = place.boundary.point_on_surface
    receipt = report(
        access=access,
        report=deeds.Report(
            client_id=uuid4(), category=category, urgent=urgent, text="路口有一处问题",
            point=deeds.GivenPoint(lng=middle.x, lat=middle.y, crs=Crs.WGS84), photos=(photo_of(access).sha256,),
        ),
        now=now,
    )  # fmt: skip
    return Event.objects.get(no=receipt.row["no"])


def ticketed(
    *, category: str | None = "06-003", grid: str | None = SANYI_GRID, now: datetime | None = None,
    want_callback: bool = True, secret: bool = False,
) -> Event:  # fmt: skip
    """An event that the hotline has handed in, from the middle of `grid` (None: without a place)."""
    hotline = intake.hotline()
    point = None
    if grid is not None:
        middle = Grid.objects.get(code=grid).boundary.point_on_surface
        point = deeds.GivenPoint(lng=middle.x, lat=middle.y, crs=Crs.WGS84)
    ticket = Ticket(order_no=f"T{next(_orders):08d}", want_callback=want_callback, secret=secret)
    with transaction.atomic():
        return take_ticket(
            access=hotline, duty=hotline.duties[0], ticket=ticket, text="来电反映路口有一处问题", category=category,
            point=point, address="来电所说的地址", urgent=False, now=now or timezone.now(),
        )  # fmt: skip


def step(event: Event, deed: deeds.Deed, access: Access, *, now: datetime | None = None) -> Event:
    """One step as the event stands; the event afterwards."""
    event.refresh_from_db()
    return advance(access=access, no=event.no, version=event.version, deed=deed, now=now)


def brought_to(event: Event, state: State, *, now: datetime | None = None) -> Event:
    """The event, taken step by step along the straight path until it stands in `state`, or one step beside it."""
    event.refresh_from_db()
    if state in _BESIDE:
        fork, aside = _BESIDE[state]
        return aside(brought_to(event, fork, now=now), now)
    for reached in _PATH[_PATH.index(State(event.state)) + 1 : _PATH.index(state) + 1]:
        event = _STEPS[reached](event, now)
    return event


def _centre_of(grid: Grid) -> str:
    codes = [f"centre-{region.code}" for region in (grid.region, grid.region.parent) if region is not None]
    return next(code for code in codes if Organisation.objects.filter(code=code).exists())


def _at_holder(event: Event, role: str) -> Access:
    return _someone(role, event.holder_id)


def _someone(role: str, organisation: int) -> Access:
    post = Post.objects.filter(role=role, organisation=organisation).select_related("user").first()
    return access_for(post.user if post else user_with(role, Organisation.objects.get(pk=organisation)))


def _accept(event: Event, now: datetime | None) -> Event:
    return step(event, deeds.Accept(), _at_holder(event, "acceptor"), now=now)


def _dispatch(event: Event, now: datetime | None) -> Event:
    chosen = candidates(event)[0].organisation.pk
    decides = "shift_lead" if event.returns >= 3 else "dispatcher"
    return step(event, deeds.Dispatch(organisation=chosen), _at_holder(event, decides), now=now)


def _sign(event: Event, now: datetime | None) -> Event:
    return step(event, deeds.Sign(), _clerk(event), now=now)


def _finish(event: Event, now: datetime | None) -> Event:
    clerk = _clerk(event)
    return step(event, deeds.Finish(text="已经处理完毕", photos=(photo_of(clerk).sha256,)), clerk, now=now)


def _pass_check(event: Event, now: datetime | None) -> Event:
    checker = checker_of(event)
    deed = deeds.PassCheck(photos=(photo_of(checker).sha256,), far_reason="测试照片没有位置")
    return step(event, deed, checker, now=now)


def _close(event: Event, now: datetime | None) -> Event:
    return step(event, deeds.Close(text="已经办结，谢谢监督"), _at_holder(event, "acceptor"), now=now)


def _verify(event: Event, now: datetime | None) -> Event:
    if event.grid is not None:
        officer_of(event.grid)
    return step(event, deeds.RequestVerify(text="请到现场看一看"), _at_holder(event, "acceptor"), now=now)


def _reject(event: Event, now: datetime | None) -> Event:
    deed = deeds.Reject(reason="no_fault", text="现场没有发现问题")
    return step(event, deed, _at_holder(event, "acceptor"), now=now)


def _void(event: Event, now: datetime | None) -> Event:
    return step(event, deeds.Void(text="这是一次测试"), _at_holder(event, "shift_lead"), now=now)


def _suspend(event: Event, now: datetime | None) -> Event:
    event = applied(event, "suspension", now=now)
    return step(event, deeds.ApproveSuspension(), _at_holder(event, "leader"), now=now)


def applied(event: Event, kind: str, *, now: datetime | None = None, days: int = 10) -> Event:
    """An event in progress, with an application that waits for an answer: `extension` by one unit of its clock, or
    `suspension` for so many days."""
    if kind == "extension":
        return step(event, deeds.RequestExtension(text="材料还没有到货", amount=1), _clerk(event), now=now)
    until = timezone.localdate(now) + timedelta(days=days)
    return step(event, deeds.AskSuspension(text="要等汛期过去", until=until), _at_lead(event, "dept_lead"), now=now)


def extended(event: Event, *, now: datetime | None = None) -> Event:
    """An event in progress that was given more time once more."""
    event = applied(event, "extension", now=now)
    return step(event, deeds.GrantExtension(), _at_holder(event, "dispatcher"), now=now)


def returned(event: Event, *, times: int = 1, now: datetime | None = None) -> Event:
    """The event, dispatched and handed back so many times more."""
    for _ in range(times):
        event = brought_to(event, State.DISPATCHED, now=now)
        event = step(event, deeds.Return(text="这不是我们单位的职责"), _clerk(event), now=now)
    return event


def escalated(event: Event, *, now: datetime | None = None) -> Event:
    """The event, at the centre of the level above."""
    return step(event, deeds.Escalate(text="需要上一级协调处理"), _at_holder(event, "acceptor"), now=now)


def merged(event: Event, into: Event, *, now: datetime | None = None) -> Event:
    """The event, merged into another by the acceptor of its holder."""
    return step(event, deeds.Merge(into=into.no), _at_holder(event, "acceptor"), now=now)


def parted(event: Event, *, now: datetime | None = None) -> Event:
    """The event, after its merge has been undone."""
    return step(event, deeds.Unmerge(), _at_holder(event, "acceptor"), now=now)


def _at_lead(event: Event, role: str) -> Access:
    return _someone(role, Task.objects.get(event=event, kind=TaskKind.LEAD, ended_at__isnull=True).organisation_id)


def _clerk(event: Event) -> Access:
    return _at_lead(event, "dept_clerk")


def checker_of(event: Event) -> Access:
    """Whoever holds the check task."""
    task = Task.objects.select_related("user").get(event=event, kind=TaskKind.CHECK, ended_at__isnull=True)
    return access_for(task.user) if task.user else _someone("checker", task.organisation_id)


_STEPS: dict[State, Callable[[Event, datetime | None], Event]] = {
    State.ACCEPTED: _accept,
    State.DISPATCHED: _dispatch,
    State.HANDLING: _sign,
    State.PENDING_CHECK: _finish,
    State.PENDING_CLOSE: _pass_check,
    State.CLOSED: _close,
}
# Beside the straight path: from where, and how.
_BESIDE: dict[State, tuple[State, Callable[[Event, datetime | None], Event]]] = {
    State.VERIFYING: (State.REPORTED, _verify),
    State.REJECTED: (State.REPORTED, _reject),
    State.VOIDED: (State.REPORTED, _void),
    State.SUSPENDED: (State.HANDLING, _suspend),
}
