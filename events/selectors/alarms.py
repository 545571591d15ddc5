"""What devices have reported: a device's last messages, each with the event that it led to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from events.models import Alarm, Event, StateLabel
from events.policy import visible_events
from grid.policy import Access

LAST = 5


@dataclass(frozen=True)
class MessageRow:
    """One message, in the words of its source's configuration; `event_no` is "" where its reader may not see it."""

    kind: str
    words: str
    occurred_at: datetime
    received_at: datetime
    event_no: str
    state_label: str


def last_messages(access: Access, *, device: int) -> list[MessageRow]:
    """A device's last 5 messages, newest first. One query. Whoever calls has asked whether the device may be seen."""
    seen = Event.objects.filter(visible_events(access), pk=OuterRef("event_id"))
    rows = Alarm.objects.filter(device=device).select_related("sender", "event").annotate(seen=Exists(seen))
    return [_row(alarm, seen=alarm.seen) for alarm in rows.order_by("-received_at", "-pk")[:LAST]]


def _row(alarm: Alarm, *, seen: bool) -> MessageRow:
    kinds: Mapping[str, Mapping[str, str]] = alarm.sender.config.get("kinds", {})
    return MessageRow(
        kind=alarm.kind,
        words=kinds.get(alarm.kind, {}).get("words") or alarm.kind,
        occurred_at=alarm.occurred_at,
        received_at=alarm.received_at,
        event_no=alarm.event.no if seen else "",
        state_label=str(StateLabel(alarm.event.state).label) if seen else "",
    )
