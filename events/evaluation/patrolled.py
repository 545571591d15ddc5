"""Patrol coverage among the indicators: of regions, over the report's own period and as-of time; the grids behind it.

Nothing of it stands in the journal: plans say what was due, check-ins what was done. Neither knows an organisation that
answers, a category or a source, so by those it is not counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from events.counting.indicators import Better, Period, Rate, Value
from events.evaluation.breakdowns import By
from events.evaluation.report import Asked, Report
from events.patrolling import Count
from events.selectors.patrol_counts import Days, counts
from grid.selectors import Leaf, ground_index

PATROLLED = Rate("patrolled", Better.HIGHER)
DEPTHS = {By.COUNTY: 2, By.TOWNSHIP: 3, By.VILLAGE: 4, By.GRID: 5}  # codes of a path, by what it is broken down by


@dataclass(frozen=True)
class Patrolled:
    """The indicator over the whole, over the period before, and by group."""

    whole: Value
    before: Value
    groups: dict[str, Value]


def patrolled(asked: Asked) -> Patrolled | None:
    """What was patrolled; None for a category: patrols have none. Six queries, and the ground in memory."""
    if asked.category:
        return None
    leaves = _leaves(asked)
    now = counts(leaves, _days(asked.period))
    groups: dict[str, Value] = defaultdict(Value)
    if asked.by in DEPTHS:
        for path, count in now.items():
            groups[_up_to(path, DEPTHS[asked.by])] += _value(count)
    return Patrolled(
        whole=_sum(now.values()), before=_sum(counts(leaves, _days(asked.before)).values()), groups=dict(groups)
    )


def add_patrols(made: Report) -> bool:
    """Put what was patrolled beside what was counted, where it can be counted: whether it could."""
    found = patrolled(made.asked)
    if found is None:
        return False
    made.whole.put(PATROLLED.code, found.whole)
    made.before.put(PATROLLED.code, found.before)
    for key, value in found.groups.items():
        made.groups[key].put(PATROLLED.code, value)
    return True


def grids_behind(asked: Asked, *, key: str | None = None, missed: bool = False) -> list[tuple[Leaf, Value]]:
    """The grids that were due, in one group or in all, or only those that were missed; the least covered first."""
    leaves = [leaf for leaf in _leaves(asked) if leaf.path.startswith(key or "")]
    found = counts(leaves, _days(asked.period))
    rows = [(leaf, _value(found[leaf.path])) for leaf in leaves if leaf.path in found]
    wanted = [(leaf, value) for leaf, value in rows if not missed or value.hits < value.of]
    return sorted(wanted, key=lambda row: (row[1].hits / row[1].of, row[0].path))


def _leaves(asked: Asked) -> Sequence[Leaf]:
    return [leaf for leaf in ground_index().leaves if leaf.path.startswith(asked.region)]


def _days(period: Period) -> Days:
    last = timezone.localdate(period.end) - timedelta(days=1)
    return Days(timezone.localdate(period.start), last, period.as_of)


def _up_to(path: str, depth: int) -> str:
    return "/".join(path.split("/")[:depth]) + "/"


def _value(count: Count) -> Value:
    return Value(count.visited, count.due)


def _sum(found: Iterable[Count]) -> Value:
    return sum(map(_value, found), Value())
