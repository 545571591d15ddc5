"""Who answers for a grid, and who leads the village around it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from grid.models import Post, Role
from grid.paths import paths_down_to
from grid.policy import not_over


@dataclass(frozen=True, slots=True)
class Officer:
    """A grid officer on post: the user's id, the name, and the organisation's short name.

    Of a stand-in also whom: the id and the name of the officer who is away; else None and "".
    """

    user: int
    name: str
    organisation: str
    for_user: int | None = None
    for_name: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """A grid lead on post: the user's id and the name, and the path of the ground that the post covers."""

    user: int
    name: str
    path: str


def officers_of(*, grid: int, at: datetime) -> tuple[Officer, ...]:
    """The officers whose post is the grid with this id at that time, disabled accounts left out. One query.

    Whoever stands in comes first, as long as the post lasts; who is away stays in the list, and may do the same.
    """
    return tuple(one for _, one in _officers(_held(Role.GRID_OFFICER, at).filter(grid_id=grid)))


def officers_of_grids(*, grids: Collection[int], at: datetime) -> dict[int, tuple[Officer, ...]]:
    """The same for many grids at once, by the grids' ids; grids that nobody walks are missing. One query."""
    found: dict[int, tuple[Officer, ...]] = {}
    for grid, officer in _officers(_held(Role.GRID_OFFICER, at).filter(grid_id__in=grids)):
        found[grid] = (*found.get(grid, ()), officer)
    return found


def leads_of(*, path: str, at: datetime) -> tuple[Lead, ...]:
    """The grid leads whose ground at that time contains `path`, the nearest first; disabled accounts left out.

    One query.
    """
    posts = _held(Role.GRID_LEAD, at).order_by("pk")
    rows = posts.values_list("user_id", "user__name", "region__path", "organisation__region__path")
    leads = [Lead(user=user, name=name, path=own or of) for user, name, own, of in rows.filter(_containing(path))]
    return tuple(sorted(leads, key=lambda lead: -len(lead.path)))


def _held(role: Role, at: datetime) -> QuerySet[Post]:
    return Post.objects.filter(not_over(at), role=role, since__lte=at, user__is_active=True)


def _officers(posts: QuerySet[Post]) -> list[tuple[int, Officer]]:
    rows = posts.order_by(F("stands_in_for").desc(nulls_last=True), "pk").values_list(
        "grid_id", "user_id", "user__name", "organisation__short_name", "stands_in_for__user_id",
        "stands_in_for__user__name",
    )  # fmt: skip
    return [(row[0], Officer(*row[1:5], for_name=row[5] or "")) for row in rows]


def _containing(path: str) -> Q:
    """The condition that a post's ground contains `path`: its own region, or without one its organisation's."""
    above = paths_down_to(path)
    return Q(region__path__in=above) | Q(region__isnull=True, organisation__region__path__in=above)
