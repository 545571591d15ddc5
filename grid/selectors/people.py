"""Who answers for a grid."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from grid.models import Post, Role


@dataclass(frozen=True, slots=True)
class Officer:
    """A grid officer on post: the user's id, the name, and the organisation's short name."""

    user: int
    name: str
    organisation: str


def officers_of(*, grid: int, at: datetime) -> tuple[Officer, ...]:
    """The officers whose post is the grid with this id at that time, disabled accounts left out. One query."""
    posts = Post.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at),
        grid_id=grid,
        role=Role.GRID_OFFICER,
        since__lte=at,
        user__is_active=True,
    )
    rows = posts.order_by("pk").values_list("user_id", "user__name", "organisation__short_name")
    return tuple(Officer(user=user, name=name, organisation=organisation) for user, name, organisation in rows)
