"""What a report is broken down by: each as an expression over counted facts, and as the condition of one group."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from events.counting.facts import Kind
from grid.models import Role


class By(StrEnum):
    """What a report is broken down by."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    GRID = "grid"
    LEAD = "lead"  # the organisation that was to put it right
    CENTRE = "centre"  # the one that held it
    POST = "post"  # whose work it was: a role at one of these two
    MAJOR = "major"
    CATEGORY = "category"
    SOURCE = "source"


# Whose work facts of a kind are: the role, and at whose organisation it is held.
POSTS: dict[Kind, tuple[Role, str]] = {
    Kind.REPORTED: (Role.ACCEPTOR, "holder"),
    Kind.ACCEPTING: (Role.ACCEPTOR, "holder"),
    Kind.DISPATCHING: (Role.DISPATCHER, "holder"),
    Kind.DISPATCHED: (Role.DISPATCHER, "holder"),
    Kind.DUE: (Role.SHIFT_LEAD, "holder"),
    Kind.HANDLING: (Role.DEPT_CLERK, "lead"),
    Kind.FINISHED: (Role.DEPT_CLERK, "lead"),
    Kind.ASKED: (Role.DEPT_CLERK, "lead"),
    Kind.CHECKED: (Role.CHECKER, "holder"),
}


@dataclass(frozen=True)
class Grouping:
    """A group's key in SQL (empty: in none), and which facts of a kind are in the group with a key."""

    sql: str
    holds: Callable[[str, Kind], Q]


def _up_to(depth: int) -> Grouping:
    """The first so many codes of a path: the region of that level."""
    codes = [f"split_part(path, '/', {number})" for number in range(1, depth + 1)]
    joined = " || '/' || ".join(codes)
    sql = f"CASE WHEN {codes[-1]} = '' THEN '' ELSE {joined} || '/' END"
    return Grouping(sql, lambda key, _kind: Q(path__startswith=key) if key else Q(path=""))


def _organisation(column: str) -> Grouping:
    def holds(key: str, _kind: Kind) -> Q:
        return Q(**{column: int(key)}) if key.isdigit() else Q(**{f"{column}__isnull": True})

    return Grouping(f"coalesce({column}::text, '')", holds)


def _post() -> Grouping:
    cases = " ".join(
        f"WHEN {kind.value} THEN coalesce('{role.value}/' || {column}, '')" for kind, (role, column) in POSTS.items()
    )
    return Grouping(f"CASE kind {cases} END", _of_post)


def _of_post(key: str, kind: Kind) -> Q:
    role, column = POSTS[kind]
    if not key:
        return Q(**{f"{column}__isnull": True})
    wanted, _slash, number = key.partition("/")
    return Q(**{column: int(number)}) if wanted == role and number.isdigit() else Q(pk__in=[])


GROUPS: dict[By, Grouping] = {
    By.COUNTY: _up_to(2),
    By.TOWNSHIP: _up_to(3),
    By.VILLAGE: _up_to(4),
    By.GRID: _up_to(5),
    By.LEAD: _organisation("lead"),
    By.CENTRE: _organisation("holder"),
    By.POST: _post(),
    By.MAJOR: Grouping("left(category, 2)", lambda key, _kind: Q(category__startswith=key) if key else Q(category="")),
    By.CATEGORY: Grouping("category", lambda key, _kind: Q(category=key)),
    By.SOURCE: Grouping("source", lambda key, _kind: Q(source=key)),
}
