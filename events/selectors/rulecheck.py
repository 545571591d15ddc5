"""Where the rules of responsibility leave a gap: places and categories that nobody answers for, or two.

Villages are looked at together where the same rules hold for them, so that the time follows the rules and not the
ground. Components are left out: what lies too far from one must be answered by a rule.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q

from events.models import Category, Rule
from events.responsibility import Answer, Claim, Question, decide
from events.selectors.responsibility import claim_of
from grid.models import Level
from grid.paths import parent_path, paths_down_to
from grid.selectors import Node, ground_index

NONE, TWO = "none", "two"
_LEVELS = tuple(Level.values)  # the city's first

# Areas that share ground: each pair once, a point of what they share, and the path of the grid it lies in.
_SHARED = """
    WITH shared AS (
        SELECT one.area_name AS first, other.area_name AS second,
               ST_PointOnSurface(ST_CollectionExtract(ST_Intersection(one.area, other.area), 3)) AS point
        FROM events_rule AS one
        JOIN events_rule AS other ON one.id < other.id AND one.area && other.area
        WHERE one.id = ANY(%(rules)s) AND other.id = ANY(%(rules)s) AND one.lead_id <> other.lead_id
            AND ST_Relate(one.area, other.area, 'T********')
    )
    SELECT first, second, ST_X(point), ST_Y(point),
           ARRAY(SELECT id FROM events_rule WHERE id = ANY(%(rules)s) AND ST_Covers(area, point)),
           (SELECT path FROM grid_grid WHERE valid_to IS NULL AND ST_Intersects(boundary, point)
            ORDER BY code COLLATE "C" LIMIT 1)
    FROM shared WHERE NOT ST_IsEmpty(point)
"""


@dataclass(frozen=True)
class Finding:
    """Something that nobody answers for (`none`), or two do (`two`: `rivals` are the rules' numbers).

    `path` is the largest region of which that is true, empty for a part of areas; `lng`, `lat` a point of it, WGS-84.
    """

    problem: str
    category: str
    category_name: str
    levels: tuple[str, ...]  # of the holder; empty: any
    rivals: tuple[str, ...]
    place: str
    path: str
    villages: int
    lng: float
    lat: float


@dataclass(frozen=True)
class Trouble:
    """A village and how many categories nobody answers for there, or two."""

    code: str
    name: str
    path: str
    lng: float
    lat: float
    none: int
    two: int


@dataclass(frozen=True)
class Checked:
    """All findings, the villages that have any, and how much was looked at."""

    findings: tuple[Finding, ...]
    troubles: tuple[Trouble, ...]
    places: int
    categories: int


@dataclass(frozen=True)
class _Fault:
    """What is wrong, wherever it is."""

    category: str
    problem: str
    levels: tuple[str, ...]
    rivals: tuple[str, ...]


def check(*, on: date, within: str = "", category: str = "") -> Checked:
    """Check every village in the subtree `within` and every category (`category`: a 小类, a 大类, or empty: all).

    Four queries; the parts that areas share are looked at, too.
    """
    rules = list(
        Rule.objects.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)
        .select_related("region")
        .defer("area", "region__boundary")
        .prefetch_related("joint")
    )
    about = [one for one in Category.objects.filter(active=True) if one.code.startswith(category)]
    villages = [one for one in ground_index().nodes if one.level == Level.VILLAGE and one.path.startswith(within)]
    faults = _faults(villages, _by_region(rules), about, on)
    names = {one.code: one.name for one in about}
    found = [finding for fault, where in faults.items() for finding in _gathered(fault, where, villages, names, within)]
    found += _shared(rules, about, on, within)
    found.sort(key=lambda one: (one.problem != TWO, one.category, one.path, one.place))
    return Checked(tuple(found), tuple(_troubles(faults)), len(villages), len(about))


def _by_region(rules: Iterable[Rule]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = defaultdict(list)
    for rule in rules:
        if rule.region is not None:
            found[rule.region.path].append(claim_of(rule))
    return found


def _faults(
    villages: Iterable[Node], rules: Mapping[str, list[Claim]], about: Sequence[Category], on: date
) -> dict[_Fault, list[Node]]:  # fmt: skip
    """What is wrong, and in which villages; those for which the same rules hold are decided once."""
    alike: dict[tuple[str, ...], list[Node]] = defaultdict(list)
    for village in villages:
        alike[tuple(path for path in paths_down_to(village.path) if path in rules)].append(village)
    found: dict[_Fault, list[Node]] = defaultdict(list)
    for paths, members in alike.items():
        for fault in _of_ground([claim for path in paths for claim in rules[path]], about, on):
            found[fault] += members
    return found


def _of_ground(claims: Sequence[Claim], about: Iterable[Category], on: date) -> Iterator[_Fault]:
    by_category: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_category[claim.category].append(claim)
    for one in about:
        apt = [*by_category[""], *by_category[one.major], *by_category[one.code]]
        yield from _of_category(apt, one, on)


def _of_category(claims: Sequence[Claim], one: Category, on: date) -> Iterator[_Fault]:
    """At every level whose centre may hold it; levels at which the same is wrong together."""
    held = _LEVELS[: _LEVELS.index(one.min_level) + 1]
    wrong: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for level in held:
        answer = decide(Question(one.code, level, on), (), claims)
        if answer.lead is None:
            wrong.setdefault(_problem(answer), []).append(level)
    for (problem, rivals), at in wrong.items():
        yield _Fault(one.code, problem, () if tuple(at) == held else tuple(at), rivals)


def _problem(answer: Answer) -> tuple[str, tuple[str, ...]]:
    return (TWO if answer.rivals else NONE), answer.rivals


def _gathered(
    fault: _Fault, where: Sequence[Node], villages: Sequence[Node], names: Mapping[str, str], within: str
) -> Iterator[Finding]:  # fmt: skip
    """The same in every village of a region is one finding, of the largest such region; of none above `within`, which
    alone was looked at."""
    whole = _counted(villages, within)
    wrong = _counted(where, within)
    index = ground_index()
    for path, count in sorted(wrong.items()):
        above = parent_path(path)
        if count != whole[path] or (above in whole and wrong[above] == whole[above]):
            continue
        node = index.node_by_path[path]
        lng, lat = _middle(node)
        yield Finding(
            fault.problem, fault.category, names[fault.category], fault.levels, fault.rivals, node.name, path, count,
            lng, lat,
        )  # fmt: skip


def _counted(villages: Iterable[Node], within: str) -> Counter[str]:
    return Counter(path for village in villages for path in paths_down_to(village.path) if path.startswith(within))


def _middle(node: Node) -> tuple[float, float]:
    west, south, east, north = node.bbox
    return round((west + east) / 2, 6), round((south + north) / 2, 6)


def _troubles(faults: Mapping[_Fault, Sequence[Node]]) -> Iterator[Trouble]:
    counts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    nodes: dict[str, Node] = {}
    for fault, where in faults.items():
        for node in where:
            nodes[node.path] = node
            counts[node.path].add((fault.problem, fault.category))
    for path in sorted(nodes):
        node = nodes[path]
        lng, lat = _middle(node)
        problems = Counter(problem for problem, _ in counts[path])
        yield Trouble(node.code, node.name, path, lng, lat, problems[NONE], problems[TWO])


def _shared(rules: Sequence[Rule], about: Sequence[Category], on: date, within: str) -> Iterator[Finding]:
    """Where areas overlap and name different leads."""
    claims = {rule.pk: claim_of(rule) for rule in rules if rule.region_id is None}
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, {"rules": list(claims)})
        parts = cursor.fetchall()
    names = {one.code: one.name for one in about}
    told: set[tuple[_Fault, str]] = set()
    for first, second, lng, lat, covering, path in parts:
        if not (path or "").startswith(within):
            continue
        place = " / ".join(dict.fromkeys([first, second]))
        for fault in _of_ground([claims[number] for number in covering], about, on):
            if fault.problem == TWO and (fault, place) not in told:
                told.add((fault, place))
                yield Finding(
                    TWO, fault.category, names[fault.category], fault.levels, fault.rivals, place, "", 0,
                    round(lng, 6), round(lat, 6),
                )  # fmt: skip
