"""What a merge has left to say: how it goes on for the merged event's reporter, and what the other one has taken in."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from events.models import Event, Source, StateLabel
from events.policy import visible_events
from grid.policy import Access


@dataclass(frozen=True)
class GoesOn:
    """The event that goes on for a merged one: how it stands, none of its words. `seen`: this reader may open it."""

    no: str
    state: str
    state_label: str
    ended_at: datetime | None
    seen: bool


@dataclass(frozen=True)
class TakenIn:
    """An event that is merged into another: from whom, and when. `seen`: this reader may open it."""

    no: str
    source_label: str
    reported_at: datetime
    merged_at: datetime | None
    tickets: int
    seen: bool


def goes_on(access: Access, event: Event) -> GoesOn | None:
    """How it goes on for a merged event; None for any other. Two queries, none for what isn't merged."""
    if event.merged_into_id is None:
        return None
    found = Event.objects.filter(pk=event.merged_into_id)
    other = found.values("no", "state", "ended_at").get()
    label = str(StateLabel(other["state"]).label)
    seen = found.filter(visible_events(access)).exists()
    return GoesOn(other["no"], other["state"], label, other["ended_at"], seen)


def taken_in(access: Access, event: Event) -> list[TakenIn]:
    """What is merged into it, the first first. Three queries, none for an event that has taken in nothing."""
    if not event.taken_in:
        return []
    found = Event.objects.filter(merged_into=event)
    seen = set(found.filter(visible_events(access)).values_list("pk", flat=True))
    tickets = Counter(event.tickets.filter(came_with__isnull=False).values_list("came_with", flat=True))
    return [
        TakenIn(
            no=one.no, source_label=str(Source(one.source).label), reported_at=one.reported_at, merged_at=one.ended_at,
            tickets=tickets[one.pk], seen=one.pk in seen,
        )
        for one in found.only("no", "source", "reported_at", "ended_at").order_by("pk")
    ]  # fmt: skip
