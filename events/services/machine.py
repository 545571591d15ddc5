"""The system itself at the door: what it does is journalled as its own, at the centre that holds the event."""

from events.models import Event
from events.policy import WATCH
from grid.policy import Access, Duty


def nobody_but_the_system(event: Event) -> Access:
    """The access of the system to one event; no query when its holder and the holder's region are at hand."""
    holder = event.holder
    duty = Duty(
        role=WATCH, organisation=holder.pk, organisation_name=holder.short_name, organisation_kind=holder.kind,
        level=holder.level, public=True, path=holder.region.path, grid=None, grid_path="",
    )  # fmt: skip
    return Access(user=None, name=WATCH, duties=(duty,))
