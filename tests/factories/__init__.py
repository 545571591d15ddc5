"""Small makers of people and events over the small city, for tests that need a database.

People: `user_with(role, "centre-430902000000")`, `access_for(user)`, `crew_of(grid_code)`. Events go through the doors:
`reported(...)` or `ticketed(...)`, then `brought_to(event, State.HANDLING)`.
"""

from tests.factories.happenings import (
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
)
from tests.factories.people import CITY, DAMATOU, HESHAN, SANYI_GRID, ZIYANG, access_for, organisation, user_with

__all__ = [
    "CITY",
    "DAMATOU",
    "HESHAN",
    "SANYI_GRID",
    "ZIYANG",
    "access_for",
    "applied",
    "brought_to",
    "escalated",
    "extended",
    "merged",
    "organisation",
    "parted",
    "photo_of",
    "reported",
    "returned",
    "step",
    "ticketed",
    "user_with",
]
