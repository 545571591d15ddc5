"""Patrol plans of the demo, two weeks of check-ins, and an officer who stands in for a neighbour."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from data.demo.accounts import ACCOUNTS, CITY, HESHAN, ZIYANG
from data.patrol import PlanRow
from events.models import CheckIn
from events.patrolling import Cadence, span_of
from events.services.patrols import set_plans
from grid.models import Grid, Post, Role
from grid.policy import NOBODY

WEEKS = 2
KEPT, MONTHLY_KEPT, LATE = 0.93, 0.5, 0.08  # how many visits were made, of key areas and others; how many came late
BATCH = 2000


@transaction.atomic
def fill(*, seed: int, now: datetime) -> int:
    """Make them, all or nothing; how many check-ins. Takes a database with the demo's people and without plans."""
    dice = random.Random(seed + 5)  # noqa: S311 - play, not secrets
    today = timezone.localdate(now)
    monday = span_of(Cadence.WEEK, today).start
    grids = list(Grid.objects.filter(valid_to__isnull=True).order_by("code").values_list("pk", "code", "kind"))
    key = [code for _pk, code, kind in grids if kind == "urban"]
    begun = monday - timedelta(weeks=WEEKS)
    month = span_of(Cadence.MONTH, begun).start
    set_plans(access=NOBODY, rows=_plans(key, begun, month), now=now - timedelta(weeks=WEEKS + 1))
    shown = _stand_in(now)
    visits = _Visits(dice, now, {pk: kind == "urban" for pk, _code, kind in grids}, shown)
    rows = list(visits.rows(begun))
    CheckIn.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return CheckIn.objects.count()


def _plans(key: list[str], weekly: date, monthly: date) -> tuple[PlanRow, ...]:
    def plan(line: int, name: str, region: str, codes: list[str], every: str, since: date) -> PlanRow:
        return PlanRow(
            line=line, name=name, region=region, grids=tuple(codes), every=every, times=1, key_area=bool(codes),
            since=since, until=None, organisation=f"centre-{region or CITY}",
        )  # fmt: skip

    found = [
        plan(1, "资阳区网格月巡", ZIYANG, [], "month", monthly),
        plan(2, "赫山区网格月巡", HESHAN, [], "month", monthly),
    ]
    return (*found, plan(3, "城区重点区域周巡", "", key, "week", weekly)) if key else tuple(found)


def _stand_in(now: datetime) -> set[int]:
    """The first officer who signs in stands in for a neighbour this week; the grids of both."""
    names = [account.username for account in ACCOUNTS]
    posts = Post.objects.filter(role=Role.GRID_OFFICER, stands_in_for__isnull=True).select_related("grid", "user")
    own = posts.filter(user__username__in=names).order_by("pk").first()
    if own is None or own.grid is None:
        return set()
    near = posts.filter(grid__region=own.grid.region_id, grid__code__gt=own.grid.code).exclude(user=own.user)
    away = near.order_by("grid__code").first()
    if away is None or away.grid is None:
        return {own.grid.pk}
    Post.objects.create(
        user=own.user, role=own.role, organisation_id=away.organisation_id, grid=away.grid, stands_in_for=away,
        since=now - timedelta(days=2), until=now + timedelta(days=5),
    )  # fmt: skip
    return {own.grid.pk, away.grid.pk}


class _Visits:
    """Who was where on which day, as officers are: most come, some not; and some where no signal is."""

    def __init__(self, dice: random.Random, now: datetime, key: dict[int, bool], shown: set[int]) -> None:
        self._dice, self._now, self._key, self._shown = dice, now, key, shown

    def rows(self, begun: date) -> Iterator[CheckIn]:
        """Check-ins from the day `begun` until now; the grids that the demo's phone shows were not visited lately."""
        today = timezone.localdate(self._now)
        posts = Post.objects.filter(role=Role.GRID_OFFICER, stands_in_for__isnull=True, grid__in=self._key)
        for user, grid in posts.order_by("grid_id", "pk").values_list("user_id", "grid_id"):
            if grid in self._shown:
                yield self._row(user, grid, begun + timedelta(days=1))
                continue
            for day in self._days(grid, begun, today):
                yield self._row(user, grid, day)

    def _days(self, grid: int, begun: date, today: date) -> Iterator[date]:
        if not self._key[grid]:
            if self._dice.random() < MONTHLY_KEPT:
                yield begun + timedelta(days=self._dice.randrange((today - begun).days + 1))
            return
        monday = begun
        while monday <= today:
            if self._dice.random() < KEPT:
                day = monday + timedelta(days=self._dice.randrange(7))
                if day <= today:
                    yield day
            monday += timedelta(days=7)

    def _row(self, user: int, grid: int, day: date) -> CheckIn:
        midnight = timezone.make_aware(datetime.combine(day, datetime.min.time()))
        there = midnight + timedelta(hours=self._dice.triangular(7.5, 18.5, 9.5))
        there = min(there, self._now - timedelta(minutes=self._dice.randint(1, 90)))
        way = timedelta(hours=self._dice.uniform(1, 9)) if self._dice.random() < LATE else timedelta(seconds=2)
        return CheckIn(
            client_id=UUID(int=self._dice.getrandbits(128), version=4), user_id=user, grid_id=grid,
            at=min(there + way, self._now), device_at=there, day=timezone.localdate(there),
        )  # fmt: skip
