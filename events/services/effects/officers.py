"""Who walks a grid, for tasks that somebody has to see to on the spot."""

from datetime import datetime

from events.models import Event
from grid.selectors import officers_of


def officer_of(event: Event, now: datetime, *, but_not: set[int | None]) -> int | None:
    """The officer who walks the event's grid now; None when there is none but those named."""
    if event.grid_id is None:
        return None
    return next((one.user for one in officers_of(grid=event.grid_id, at=now) if one.user not in but_not), None)
