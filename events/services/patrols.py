"""Check-ins, and patrol plans: who was in which grid on which day. Where in it, nobody keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import CheckIn, PatrolPlan
from events.services.deeds import GivenPoint
from grid.models import Grid, Organisation, Region, Role
from grid.policy import Access
from grid.refusals import Conflict, Forbidden, Invalid
from grid.selectors import Leaf, grid_at, ground_index, metres_outside, officers_of, place_label, settled
from grid.services import audit

if TYPE_CHECKING:
    from data.patrol import PlanRow

KEPT_OFFLINE = timedelta(hours=72)  # a check-in that arrives later counts no more
AHEAD = timedelta(minutes=5)  # by which a phone's clock may be fast
TOLERANCE_M = 20.0  # a grid's edge is drawn no better than that
MOST_ACCURACY_M = 100.0  # of what the phone claims, at most so much is in its favour
USELESS_M = 500.0  # a position that is no better proves nothing


@dataclass(frozen=True)
class Presence:
    """What the phone sends: its own id, the grid meant, where it is, and when that was by its clock."""

    client_id: UUID
    grid: str
    point: GivenPoint
    device_at: datetime


@dataclass(frozen=True)
class CheckInReceipt:
    """What a check-in is answered with. `made` is False where the same, or another of that day, had arrived before."""

    client_id: UUID
    grid: str
    place: str
    at: datetime
    device_at: datetime
    made: bool


def check_in(*, access: Access, presence: Presence, now: datetime | None = None) -> CheckInReceipt:
    """Keep that the officer was in the grid on that day: the first time of each day, however often it is sent.

    Of the point nothing is kept: it is held against the grid's boundary and dropped. Raises Forbidden for a grid that
    wasn't the officer's at that time, Invalid for a point outside it, an inexact one, and a time in the future or over
    72 hours ago, Conflict where the client id stands for another check-in.
    """
    now = now or timezone.now()
    if access.user is None:
        raise Forbidden("not-your-grid", _("Only the officer of the grid checks in there."))
    known = CheckIn.objects.select_related("grid").filter(client_id=presence.client_id).first()
    if known is not None:
        return _again(known, access.user, presence)
    _want_time(presence, now)
    leaf = ground_index().leaf_by_code.get(presence.grid)
    if leaf is None or not any(one.user == access.user for one in officers_of(grid=leaf.id, at=_moment(presence, now))):
        raise Forbidden("not-your-grid", _("Only the officer of the grid checks in there."))
    _want_place(presence, leaf)
    return _keep(access, access.user, presence, leaf, now)


def _moment(presence: Presence, now: datetime) -> datetime:
    """When the officer was there: never later than now, so that a fast clock makes no day of its own."""
    return min(presence.device_at, now)


def _again(known: CheckIn, user: int, presence: Presence) -> CheckInReceipt:
    if known.user_id != user or known.grid.code != presence.grid:
        raise Conflict("client-id-used", _("This client id was used for another check-in. Take a new one."))
    return _receipt(known, presence.grid, made=False)


def _want_time(presence: Presence, now: datetime) -> None:
    if presence.device_at > now + AHEAD:
        raise Invalid(
            "device-clock-ahead", _("The phone's clock is ahead. Set it right, and check in again."), field="device_at"
        )
    if now - presence.device_at > KEPT_OFFLINE:
        raise Invalid(
            "check-in-too-old", _("This check-in is over 72 hours old and counts no more. Check in again on the spot."),
            field="device_at",
        )  # fmt: skip


def _want_place(presence: Presence, leaf: Leaf) -> None:
    given = presence.point
    if given.accuracy_m is not None and given.accuracy_m > USELESS_M:
        raise Invalid(
            "place-inexact", _("The phone doesn't know yet where it is. Wait a moment under the open sky."),
            field="point",
        )  # fmt: skip
    lng, lat = settled(lng=given.lng, lat=given.lat, crs=given.crs)
    metres = metres_outside(grid=leaf, lng=lng, lat=lat)
    if metres <= TOLERANCE_M + min(given.accuracy_m or 0.0, MOST_ACCURACY_M):
        return
    here = grid_at(lng=lng, lat=lat)  # raises Invalid("outside-city"), which names the nearest grid
    words = {"here": place_label(here.path), "metres": round(metres), "grid": place_label(leaf.path)}
    raise Invalid(
        "not-in-the-grid",
        _("You are in %(here)s, %(metres)d m from %(grid)s. Go there and check in again.") % words,
        field="point", extra={"stands_in": {"code": here.code, "name": words["here"]}, "distance_m": round(metres)},
    )  # fmt: skip


def _keep(access: Access, user: int, presence: Presence, leaf: Leaf, now: datetime) -> CheckInReceipt:
    moment = _moment(presence, now)
    row = CheckIn(
        client_id=presence.client_id, user_id=user, grid_id=leaf.id, at=now, device_at=moment,
        day=timezone.localdate(moment),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            audit.record(
                access=access, action="patrol.check_in", kind="grid", subject=leaf.code,
                organisation=_organisation(access, leaf), detail={"day": row.day.isoformat()},
            )  # fmt: skip
    except IntegrityError:
        earlier = CheckIn.objects.filter(user=user, grid=leaf.id, day=row.day).first()
        if earlier is None:
            raise Conflict(
                "client-id-used", _("This client id was used for another check-in. Take a new one.")
            ) from None
        return _receipt(earlier, leaf.code, made=False)
    return _receipt(row, leaf.code, made=True)


def _organisation(access: Access, leaf: Leaf) -> int | None:
    """That of the post at which it is done; None where the post has ended since."""
    return next((duty.organisation for duty in access.having(Role.GRID_OFFICER) if duty.grid == leaf.id), None)


def _receipt(row: CheckIn, code: str, *, made: bool) -> CheckInReceipt:
    leaf = ground_index().leaf_by_code.get(code)
    place = place_label(leaf.path) if leaf else ""
    return CheckInReceipt(row.client_id, code, place, row.at, row.device_at, made)


@transaction.atomic
def set_plans(*, access: Access, rows: Sequence["PlanRow"], now: datetime | None = None) -> int:
    """Take plans, all or nothing; how many were new or ended. The same plan again changes nothing.

    A plan is never rewritten, so that what was due in the past stays what it was; but it may be given an end, from
    today on. Raises Invalid with every problem, one line each.
    """
    now = now or timezone.now()
    held = {plan.name: plan for plan in _held([row.name for row in rows])}
    known = _Known(rows)
    problems = [problem for row in rows for problem in known.problems(row, held.get(row.name), now)]
    if problems:
        raise Invalid("plans-refused", "\n".join(problems))
    return sum(_set(access, row, held.get(row.name), known, now) for row in rows)


def _held(names: list[str]) -> list[PatrolPlan]:
    plans = PatrolPlan.objects.select_for_update(of=("self",)).select_related("region", "organisation")
    return list(plans.defer("region__boundary").prefetch_related("grids").filter(name__in=names))


class _Known:
    """What the codes in a file stand for."""

    def __init__(self, rows: Sequence["PlanRow"]) -> None:
        codes = {code for row in rows for code in row.grids}
        self.grids = dict(Grid.objects.filter(code__in=codes, valid_to__isnull=True).values_list("code", "pk"))
        self.regions = dict(Region.objects.filter(code__in=[row.region for row in rows]).values_list("code", "pk"))
        named = {row.organisation for row in rows}
        self.organisations = dict(Organisation.objects.filter(code__in=named).values_list("code", "pk"))

    def problems(self, row: "PlanRow", held: PatrolPlan | None, now: datetime) -> list[str]:
        """What is wrong with one line."""
        found = [f"there is no grid {code}" for code in row.grids if code not in self.grids]
        if row.region and row.region not in self.regions:
            found.append(f"there is no region {row.region}")
        if row.organisation not in self.organisations:
            found.append(f"there is no organisation {row.organisation}")
        if held is not None and not found:
            found += _against(held, row, now)
        return [f"line {row.line}: {problem}" for problem in found]


def _against(held: PatrolPlan, row: "PlanRow", now: datetime) -> list[str]:
    """What hinders an existing plan from becoming what the line says: only its end may change, and not backwards."""
    had = (
        held.region.code if held.region else "", {grid.code for grid in held.grids.all()}, held.cadence, held.times,
        held.key_area, held.since, held.organisation.code,
    )  # fmt: skip
    wanted = (row.region, set(row.grids), row.every, row.times, row.key_area, row.since, row.organisation)
    if had != wanted:
        return [f"{row.name} is there already and different: end it (until), and give the new one another name"]
    today = timezone.localdate(now)
    over = held.until is not None and held.until <= today
    if row.until != held.until and (over or (row.until is not None and row.until < today)):
        return [f"{row.name}: what is past stays as it was; until may be {today} or later"]
    return []


def _set(access: Access, row: "PlanRow", held: PatrolPlan | None, known: _Known, now: datetime) -> bool:
    if held is not None:
        if held.until == row.until:
            return False
        held.until = row.until
        held.save(update_fields=["until"])
        _recorded(access, held, "patrol.plan_ended")
        return True
    plan = PatrolPlan.objects.create(
        name=row.name, region_id=known.regions.get(row.region), cadence=row.every, times=row.times,
        key_area=row.key_area, since=row.since, until=row.until, set_at=now,
        organisation_id=known.organisations[row.organisation],
    )  # fmt: skip
    plan.grids.set([known.grids[code] for code in row.grids])
    _recorded(access, plan, "patrol.plan_set")
    return True


def _recorded(access: Access, plan: PatrolPlan, action: str) -> None:
    detail = {"every": plan.cadence, "times": plan.times, "until": plan.until and plan.until.isoformat()}
    audit.record(
        access=access, action=action, kind="patrol_plan", subject=plan.name, organisation=plan.organisation_id,
        detail=detail,
    )  # fmt: skip
