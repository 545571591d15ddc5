"""How grids stand by their patrol plans, and coverage by region: a few queries, however many grids."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from events import patrolling
from events.models import CheckIn
from events.patrolling import Count, Plan, Standing, Status
from events.selectors.patrol_counts import LOOK_BACK, Days, Plans, visits
from grid.models import Role
from grid.policy import Access, outermost
from grid.refusals import Forbidden, Invalid, NotFound
from grid.selectors import Leaf, Node, Officer, ground_index, officers_of_grids, place_labels

READERS = (Role.GRID_LEAD, Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER)
"""Who reads the coverage of their ground; a grid officer reads how the own grids stand."""
LONGEST_DAYS = 366
EARLIEST, LATEST_YEAR = datetime(2000, 1, 1, tzinfo=UTC), 2100
MOST_ROWS = 200


@dataclass(frozen=True)
class GridPatrol:
    """How one grid stands today, and in the period asked about: how often due, how often visited as due."""

    code: str
    place: str
    path: str
    key_area: bool
    status: str
    due_until: date | None
    times: int
    done: int
    visited_on: date | None  # the last day with a check-in
    due: int
    visited: int
    officers: list[str]


@dataclass(frozen=True)
class OwnGrid:
    """An officer's own grid: until when the next visit is due, how often, how often done; when one checked in today."""

    code: str
    place: str
    key_area: bool
    status: str
    due_until: date | None
    times: int
    done: int
    visited_on: date | None
    checked_in_at: datetime | None
    stands_in_for: str | None


@dataclass(frozen=True)
class PatrolPage:
    """What the phone asks for: the officer's own grids, the most urgent first; the grids that a grid lead leads."""

    today: date
    own: list[OwnGrid]
    led: list[GridPatrol]
    led_total: "CoverageRow | None"


@dataclass(frozen=True)
class CoverageRow:
    """Coverage of a region or grid: numerator and denominator, of key areas too, and how its grids stand today."""

    code: str
    name: str
    level: str
    path: str
    bbox: tuple[float, float, float, float]
    grids: int  # with a plan today
    due: int
    visited: int
    key_due: int
    key_visited: int
    today_visited: int
    today_due: int
    today_overdue: int


@dataclass(frozen=True)
class Coverage:
    """Coverage of a region and of what lies directly below it; first and last day are both counted."""

    first: date
    last: date
    as_of: datetime
    formula: str
    total: CoverageRow
    rows: list[CoverageRow]
    above: list[tuple[str, str]]  # path and name of the regions above it that the reader may open


@dataclass(frozen=True)
class GridPage:
    """The grids behind the numbers, the least covered first; at most 200, of `total`."""

    total: int
    rows: list[GridPatrol]


@dataclass(frozen=True)
class GridStatus:
    """A grid's standing today, as the map colours it; `id` is that of the grid in the tiles: its code."""

    id: int
    status: str


@dataclass(frozen=True)
class Asked:
    """What is asked for: a region of the reader's ground (empty: all of it), first and last day, and as of when."""

    region: str = ""
    first: date | None = None
    last: date | None = None
    as_of: datetime | None = None


@dataclass(frozen=True)
class _Tally:
    """One grid worked out."""

    leaf: Leaf
    place: str
    plans: tuple[Plan, ...]
    count: Count
    key: Count
    standing: Standing
    visited_on: date | None


def patrol_of(access: Access, *, now: datetime | None = None) -> PatrolPage:
    """How the own grids stand, and of a grid lead those led. Raises Forbidden for whoever has neither."""
    if not access.has(Role.GRID_OFFICER, Role.GRID_LEAD):
        raise Forbidden("no-grid-of-yours", _("Your post has no grid to walk and none to lead."))
    now = now or timezone.now()
    walked = {duty.grid for duty in access.having(Role.GRID_OFFICER)}
    paths = outermost(duty.path for duty in access.having(Role.GRID_LEAD))
    index = ground_index()
    own = [leaf for leaf in index.leaves if leaf.id in walked]
    led = [leaf for leaf in index.leaves if paths and leaf.path.startswith(paths)]
    period = _period(Asked(), now)
    tallies = {tally.leaf.id: tally for tally in _tallies([*own, *(leaf for leaf in led if leaf not in own)], period)}
    officers = officers_of_grids(grids=list(tallies), at=now)
    today = _checked_in_today(access.user, period.today)
    return PatrolPage(
        today=period.today,
        own=sorted((_own(tallies[leaf.id], access.user, officers, today) for leaf in own), key=_urgency),
        led=_sorted(_grid_row(tallies[leaf.id], officers) for leaf in led),
        led_total=_sum(index.node_by_path[paths[0]], [tallies[leaf.id] for leaf in led]) if led else None,
    )


def coverage(access: Access, wanted: Asked, *, now: datetime | None = None) -> Coverage:
    """Coverage by what lies directly below a region. Raises Forbidden, NotFound outside one's ground, Invalid."""
    node, roots = _ground(access, wanted.region)
    period = _period(wanted, now or timezone.now())
    index = ground_index()
    tallies = list(_tallies([leaf for leaf in index.leaves if leaf.path.startswith(node.path)], period))
    below: dict[str, list[_Tally]] = defaultdict(list)
    for tally in tallies:
        below[_child(tally.leaf.path, node.path)].append(tally)
    return Coverage(
        first=period.first, last=period.last, as_of=period.as_of,
        formula=_("Patrol coverage = grids visited as due / grids due. "
                  "Each grid counts once for every period that ended in these days."),
        total=_sum(node, tallies),
        rows=[_sum(index.node_by_path.get(path) or tallies_of[0].leaf, tallies_of) for path, tallies_of in
              sorted(below.items())],
        above=[(one.path, one.name) for one in index.nodes
               if node.path.startswith(one.path) and one.path.startswith(roots)],
    )  # fmt: skip


def grids_behind(access: Access, wanted: Asked, *, show: str = "all", now: datetime | None = None) -> GridPage:
    """The grids of a region behind its coverage: all with a plan, those `missed` in these days, or `overdue` today."""
    node, _roots = _ground(access, wanted.region)
    now = now or timezone.now()
    period = _period(wanted, now)
    leaves = [leaf for leaf in ground_index().leaves if leaf.path.startswith(node.path)]
    found = [tally for tally in _tallies(leaves, period) if _SHOWN[show](tally)]
    found.sort(key=_least_covered)
    page = found[:MOST_ROWS]
    officers = officers_of_grids(grids=[tally.leaf.id for tally in page], at=now)
    return GridPage(total=len(found), rows=[_grid_row(tally, officers) for tally in page])


def statuses(access: Access, *, now: datetime | None = None) -> list[GridStatus]:
    """How every grid of the reader's ground stands today, those without a plan left out. Raises Forbidden."""
    paths = _paths(access)
    leaves = [leaf for leaf in ground_index().leaves if leaf.path.startswith(paths)]
    period = _period(Asked(), now or timezone.now())
    return [GridStatus(int(one.leaf.code), one.standing.status) for one in _tallies(leaves, period) if one.plans]


@dataclass(frozen=True)
class LastSeen:
    """An officer's last check-in of today: when, and in which grid."""

    at: datetime
    place: str


def last_check_ins(access: Access, *, path: str, users: Collection[int]) -> dict[int, LastSeen]:
    """The last check-in of today of each of these officers, for whoever reads the coverage of `path`; else nothing.

    Yesterday's is nobody's business any more: only who is on duty today shows. One query and the ground's.
    """
    if not users or not path.startswith(outermost(duty.path for duty in access.having(*READERS)) or ("-",)):
        return {}
    rows = CheckIn.objects.filter(user__in=users, day=timezone.localdate()).order_by("device_at")
    found = {user: (at, where) for user, at, where in rows.values_list("user_id", "device_at", "grid__path")}
    places = place_labels({where for _, where in found.values()})
    return {user: LastSeen(at, places[where]) for user, (at, where) in found.items()}


def _paths(access: Access) -> tuple[str, ...]:
    paths = outermost(duty.path for duty in access.having(*READERS))
    if not paths:
        raise Forbidden("coverage-not-yours", _("Patrol coverage is for grid leads, the centres and their leaders."))
    return paths


def _ground(access: Access, region: str) -> tuple[Node, tuple[str, ...]]:
    """The region asked for, and the roots of the reader's ground."""
    paths = _paths(access)
    node = ground_index().node_by_path.get(region or paths[0])
    if node is None or not node.path.startswith(paths):
        raise NotFound("no-region", _("There is no such region, or not for your post."), field="region")
    return node, paths


def _period(wanted: Asked, now: datetime) -> Days:
    """The days asked for; without them the last 28, today included. Raises Invalid."""
    as_of = min(wanted.as_of or now, now)
    last = wanted.last or (timezone.localdate(as_of) if as_of >= EARLIEST else EARLIEST.date())
    first = wanted.first or max(last, date.min + LOOK_BACK) - timedelta(days=27)
    sane = as_of >= EARLIEST and first >= EARLIEST.date() and last.year <= LATEST_YEAR
    if not sane or not 0 <= (last - first).days < LONGEST_DAYS:
        raise Invalid("period-unusable", _("Choose a first day before the last one, at most a year."), field="from")
    return Days(first, last, as_of)


def _tallies(leaves: Sequence[Leaf], period: Days) -> Iterable[_Tally]:
    """Each grid worked out: four queries in all, and what plans ask for once for all grids with the same plans."""
    plans = Plans(period.as_of)
    seen = visits(leaves, min(period.first, period.today) - LOOK_BACK, period.today, period.as_of)
    places = place_labels(leaf.path for leaf in leaves)
    for leaf in leaves:
        own = plans.of(leaf)
        days = seen.get(leaf.id, ())
        wanted, key = plans.wanted(own, period)
        yield _Tally(
            leaf=leaf, place=places[leaf.path], plans=own, count=patrolling.counted(wanted, days),
            key=patrolling.counted(key, days), standing=patrolling.standing(own, days, period.today),
            visited_on=days[-1] if days else None,
        )  # fmt: skip


def _checked_in_today(user: int | None, today: date) -> dict[int, datetime]:
    return dict(CheckIn.objects.filter(user=user, day=today).values_list("grid_id", "device_at"))


def _own(
    tally: _Tally, user: int | None, officers: dict[int, tuple[Officer, ...]], today: dict[int, datetime]
) -> OwnGrid:  # fmt: skip
    me = next((one for one in officers.get(tally.leaf.id, ()) if one.user == user), None)
    how = tally.standing
    return OwnGrid(
        code=tally.leaf.code, place=tally.place, key_area=any(plan.key for plan in tally.plans),
        status=how.status, due_until=how.due_until, times=how.times, done=how.done, visited_on=tally.visited_on,
        checked_in_at=today.get(tally.leaf.id), stands_in_for=(me.for_name or None) if me else None,
    )  # fmt: skip


def _grid_row(tally: _Tally, officers: dict[int, tuple[Officer, ...]]) -> GridPatrol:
    how = tally.standing
    return GridPatrol(
        code=tally.leaf.code, place=tally.place, path=tally.leaf.path,
        key_area=any(plan.key for plan in tally.plans), status=how.status, due_until=how.due_until, times=how.times,
        done=how.done, visited_on=tally.visited_on, due=tally.count.due, visited=tally.count.visited,
        officers=[one.name for one in officers.get(tally.leaf.id, ())],
    )  # fmt: skip


def _sum(where: Node | Leaf, tallies: Sequence[_Tally]) -> CoverageRow:
    count = sum((tally.count for tally in tallies), Count())
    key = sum((tally.key for tally in tallies), Count())
    stand = [tally.standing.status for tally in tallies]
    name = where.name if isinstance(where, Node) else tallies[0].place
    return CoverageRow(
        code=where.code, name=name, level=where.level if isinstance(where, Node) else "grid", path=where.path,
        bbox=where.bbox, grids=sum(status != Status.UNPLANNED for status in stand), due=count.due,
        visited=count.visited, key_due=key.due, key_visited=key.visited, today_visited=stand.count(Status.VISITED),
        today_due=stand.count(Status.DUE), today_overdue=stand.count(Status.OVERDUE),
    )  # fmt: skip


def _child(path: str, above: str) -> str:
    """The path of what lies directly below `above` and contains `path`."""
    return path[: path.index("/", len(above)) + 1]


_ORDER = {Status.OVERDUE: 0, Status.DUE: 1, Status.VISITED: 2, Status.UNPLANNED: 3}
_SHOWN: dict[str, Callable[[_Tally], bool]] = {
    "all": lambda tally: bool(tally.plans),
    "missed": lambda tally: tally.count.visited < tally.count.due,
    "overdue": lambda tally: tally.standing.status == Status.OVERDUE,
}


def _urgency(row: OwnGrid | GridPatrol) -> tuple[int, date, str]:
    return _ORDER[Status(row.status)], row.due_until or date.max, row.code


def _sorted(rows: Iterable[GridPatrol]) -> list[GridPatrol]:
    return sorted(rows, key=_urgency)


def _least_covered(tally: _Tally) -> tuple[int, float, str]:
    share = tally.count.visited / tally.count.due if tally.count.due else 1.0
    return _ORDER[tally.standing.status], share, tally.leaf.path
