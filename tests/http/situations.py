"""How an event may stand, by the names that `permissions.yaml` gives: each one made through the doors.

Everything lies in the officer's grid; a category of five work days, so that nothing runs out while a test looks.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from events.models import Event
from events.services import deeds
from events.services.report import report
from events.workflow import State
from grid.coordinates import Crs
from grid.models import Grid, User
from tests.factories import (
    SANYI_GRID,
    access_for,
    applied,
    brought_to,
    escalated,
    extended,
    merged,
    parted,
    photo_of,
    reported,
    returned,
    step,
    ticketed,
    user_with,
)
from tests.factories.sharing import FIRE, LEADING, WATER, finished_by, shared, signed_by, someone

LONG = timedelta(days=60)
CATEGORY, URGENT, KEPT, QUICK = "06-003", "06-001", "09-001", "01-001"
CENTRE = "centre-430902005000"


def _new(officer: User, category: str = CATEGORY) -> Event:
    return reported(category=category, grid=SANYI_GRID, officer=officer)


def _at(state: State) -> Callable[[User], Event]:
    return lambda officer: brought_to(_new(officer), state)


def _long_ago(state: State) -> Callable[[User], Event]:
    def make(officer: User) -> Event:
        then = timezone.now() - LONG
        return brought_to(reported(category=CATEGORY, grid=SANYI_GRID, officer=officer, now=then), state, now=then)

    return make


def _handling(officer: User) -> Event:
    return brought_to(_new(officer), State.HANDLING)


def _verifying(officer: User) -> Event:
    return brought_to(ticketed(category=CATEGORY), State.VERIFYING)


def _verified(officer: User) -> Event:
    access = access_for(officer)
    return step(_verifying(officer), deeds.Confirm(photos=(photo_of(access).sha256,)), access)


def _refuted(officer: User) -> Event:
    access = access_for(officer)
    deed = deeds.Refute(text="现场没有发现问题", photos=(photo_of(access).sha256,))
    return step(_verifying(officer), deed, access)


def _closed_by_force(officer: User) -> Event:
    lead = access_for(user_with("shift_lead", CENTRE))
    return step(_handling(officer), deeds.ForceClose(text="因道路改造不再处理"), lead)


def _reopened(officer: User) -> Event:
    event = brought_to(_new(officer), State.CLOSED)
    acceptor = access_for(user_with("acceptor", CENTRE))
    return step(event, deeds.Reopen(text="同一处又破损了"), acceptor)


def _merged_for_good(officer: User) -> Event:
    other = reported(category=CATEGORY)
    event = merged(_new(officer), other)
    brought_to(other, State.CLOSED)
    return event


def _taken_in(officer: User) -> Event:
    event = _new(officer)
    merged(reported(category=CATEGORY), event)
    return event


def solved_on_the_spot(officer: User) -> Event:
    """Reported and put right by its officer, in one call."""
    access, middle = access_for(officer), Grid.objects.get(code=SANYI_GRID).boundary.point_on_surface
    own = deeds.SelfResolution(text="已经清扫干净", photos=(photo_of(access).sha256,))
    sent = deeds.Report(
        client_id=uuid4(), category=QUICK, point=deeds.GivenPoint(middle.x, middle.y, Crs.WGS84),
        photos=(photo_of(access).sha256,), self_resolution=own,
    )  # fmt: skip
    return Event.objects.get(no=report(access=access, report=sent).row["no"])


def _shared(officer: User, *, category: str = CATEGORY, now: datetime | None = None, joint: tuple[str, ...]) -> Event:
    return shared(reported(category=category, grid=SANYI_GRID, officer=officer, now=now), *joint, now=now)


def _shared_handling(officer: User) -> Event:
    return brought_to(signed_by(_shared(officer, joint=(WATER, FIRE)), WATER), State.HANDLING)


def _shares_done(officer: User) -> Event:
    event = finished_by(_shared_handling(officer), WATER)
    return step(event, deeds.JointReturn(text="这不是我们单位的职责"), someone("dept_clerk", FIRE))


def _shared_suspended(officer: User) -> Event:
    return brought_to(_shared_handling(officer), State.SUSPENDED)


SITUATIONS: dict[str, Callable[[User], Event]] = {
    "reported": _at(State.REPORTED),
    "reported_urgent": lambda officer: _new(officer, URGENT),
    "reported_class_09": lambda officer: _new(officer, KEPT),
    "escalated": lambda officer: escalated(_new(officer)),
    "escalated_accepted": lambda officer: brought_to(escalated(_new(officer)), State.ACCEPTED),
    "escalated_twice": lambda officer: escalated(escalated(_new(officer))),
    "ticket": lambda _officer: ticketed(category=CATEGORY),
    "ticket_unplaced": lambda _officer: ticketed(category=CATEGORY, grid=None),
    "verifying": _verifying,
    "verified": _verified,
    "accepted": _at(State.ACCEPTED),
    "returned_thrice": lambda officer: returned(_new(officer), times=3),
    "dispatched": _at(State.DISPATCHED),
    "dispatched_long_ago": _long_ago(State.DISPATCHED),
    "dispatched_for_good": lambda officer: brought_to(returned(_new(officer), times=3), State.DISPATCHED),
    "handling": _handling,
    "handling_overdue": _long_ago(State.HANDLING),
    "handling_extended_twice": lambda officer: extended(extended(_handling(officer))),
    "extension_asked": lambda officer: applied(_handling(officer), "extension"),
    "suspension_asked": lambda officer: applied(_handling(officer), "suspension"),
    "joint_dispatched": lambda officer: _shared(officer, joint=(WATER, FIRE)),
    "joint_handling": _shared_handling,
    "joint_long_ago": lambda officer: _shared(officer, joint=(WATER, FIRE), now=timezone.now() - LONG),
    "joint_done": _shares_done,
    "joint_suspended": _shared_suspended,
    "joint_class_09": lambda officer: _shared(officer, category=KEPT, joint=(LEADING, WATER)),
    "suspended": _at(State.SUSPENDED),
    "pending_check": _at(State.PENDING_CHECK),
    "pending_close": _at(State.PENDING_CLOSE),
    "closed": _at(State.CLOSED),
    "closed_by_force": _closed_by_force,
    "closed_long_ago": _long_ago(State.CLOSED),
    "self_closed": solved_on_the_spot,
    "rejected": _at(State.REJECTED),
    "ticket_refuted": _refuted,
    "reopened": _reopened,
    "voided": _at(State.VOIDED),
    "merged": lambda officer: merged(_new(officer), reported(category=CATEGORY)),
    "merged_for_good": _merged_for_good,
    "parted": lambda officer: parted(merged(brought_to(_new(officer), State.ACCEPTED), reported(category=CATEGORY))),
    "taken_in": _taken_in,
}
