"""What patrol plans asked of grids and what check-ins answered, grid by grid, as of a time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from events import patrolling
from events.models import CheckIn, PatrolPlan
from events.patrolling import Cadence, Count, Plan, Span
from grid.selectors import Leaf

LOOK_BACK = timedelta(days=62)  # the present period and the one before, at their longest
_LONGEST = timedelta(days=31)  # of a period
_FEW = 200  # grids that are named one by one


@dataclass(frozen=True)
class Days:
    """First and last day, both counted, and as of when."""

    first: date
    last: date
    as_of: datetime

    @property
    def today(self) -> date:
        """The day of the as-of time, here."""
        return timezone.localdate(self.as_of)


def counts(leaves: Sequence[Leaf], days: Days) -> dict[str, Count]:
    """By the path of a grid, for how many periods that ended in these days it was due, and visited as due in how many.

    Grids that were not due are left out. Three queries, and what plans ask for once for all grids with the same plans.
    """
    plans = Plans(days.as_of)
    seen = visits(leaves, days.first - _LONGEST, min(days.last, days.today), days.as_of)
    found = {}
    for leaf in leaves:
        wanted, _key = plans.wanted(plans.of(leaf), days)
        if wanted:
            found[leaf.path] = patrolling.counted(wanted, seen.get(leaf.id, ()))
    return found


class Plans:
    """The plans as they were known at a time, and which of them concern a grid."""

    def __init__(self, as_of: datetime) -> None:
        rows = list(PatrolPlan.objects.filter(set_at__lte=as_of).select_related("region").defer("region__boundary"))
        listed = PatrolPlan.grids.through.objects.filter(patrolplan__in=[row.pk for row in rows])
        numbers = {row.pk: _plan(row) for row in rows}
        self._regional = [(row.region.path, numbers[row.pk]) for row in rows if row.region]
        self._listed: dict[int, list[Plan]] = defaultdict(list)
        for plan, grid in listed.order_by("patrolplan_id").values_list("patrolplan_id", "grid_id"):
            self._listed[grid].append(numbers[plan])
        self._wanted: dict[tuple[Plan, ...], tuple[dict[Span, int], dict[Span, int]]] = {}

    def of(self, leaf: Leaf) -> tuple[Plan, ...]:
        """The plans that concern a grid."""
        regional = [plan for path, plan in self._regional if leaf.path.startswith(path)]
        return (*regional, *self._listed.get(leaf.id, ()))

    def wanted(self, plans: tuple[Plan, ...], days: Days) -> tuple[dict[Span, int], dict[Span, int]]:
        """What these plans asked for in the days, and of it what those of key areas did."""
        if plans not in self._wanted:
            given = {"first": days.first, "last": days.last, "today": days.today}
            key = [plan for plan in plans if plan.key]
            self._wanted[plans] = (patrolling.demands(plans, **given), patrolling.demands(key, **given))
        return self._wanted[plans]


def visits(leaves: Sequence[Leaf], since: date, until: date, as_of: datetime) -> dict[int, list[date]]:
    """The days with a check-in that had arrived by then, by grid, ascending, each once."""
    found = CheckIn.objects.filter(day__gte=since, day__lte=until, at__lte=as_of)
    if len(leaves) <= _FEW:
        found = found.filter(Q(grid__in=[leaf.id for leaf in leaves]))
    days: dict[int, list[date]] = defaultdict(list)
    for grid, day in found.order_by("grid_id", "day").values_list("grid_id", "day").distinct():
        days[grid].append(day)
    return days


def _plan(row: PatrolPlan) -> Plan:
    return Plan(Cadence(row.cadence), row.times, row.since, row.until, row.key_area)
