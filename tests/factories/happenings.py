"""Events through the doors, with whoever each step needs; people are made on the way."""

import io
from datetime import datetime
from itertools import count
from uuid import uuid4

from PIL import Image

from events.models import Event, Photo, Task, TaskKind
from events.services import deeds, photos
from events.services.advance import advance
from events.services.report import report
from events.services.routing import candidates
from events.workflow import State
from grid.coordinates import Crs
from grid.models import Grid, Organisation, Post, Role, User
from grid.policy import Access
from tests.factories.people import SANYI_GRID, access_for, user_with

_shades = count(1)
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


def step(event: Event, deed: deeds.Deed, access: Access, *, now: datetime | None = None) -> Event:
    """One step as the event stands; the event afterwards."""
    event.refresh_from_db()
    return advance(access=access, no=event.no, version=event.version, deed=deed, now=now)


def brought_to(event: Event, state: State, *, now: datetime | None = None) -> Event:
    """The event, taken step by step along the straight path until it stands in `state`."""
    event.refresh_from_db()
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
    return step(event, deeds.Dispatch(organisation=chosen), _at_holder(event, "dispatcher"), now=now)


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


def _clerk(event: Event) -> Access:
    lead = Task.objects.get(event=event, kind=TaskKind.LEAD, ended_at__isnull=True)
    return _someone("dept_clerk", lead.organisation_id)


def checker_of(event: Event) -> Access:
    """Whoever holds the check task."""
    task = Task.objects.select_related("user").get(event=event, kind=TaskKind.CHECK, ended_at__isnull=True)
    return access_for(task.user) if task.user else _someone("checker", task.organisation_id)


_STEPS = {
    State.ACCEPTED: _accept,
    State.DISPATCHED: _dispatch,
    State.HANDLING: _sign,
    State.PENDING_CHECK: _finish,
    State.PENDING_CLOSE: _pass_check,
    State.CLOSED: _close,
}
