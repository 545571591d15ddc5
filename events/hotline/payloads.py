"""What the hotline sends: one frozen type per message, made from the parsed body, every fault named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.hotline import reading
from events.services.deeds import LONGEST_TEXT, GivenPoint

KINDS = ("new", "urge", "supplement", "revisit", "withdraw")
# Kinds that say nothing without words, or without what may stand instead of them.
_WORDY = {"new": (), "supplement": ("attachments",), "revisit": ("satisfaction",)}
FIELDS = {
    "order_no", "message_id", "occurred_at", "type", "order_type", "channel", "accept_time", "urgency", "caller",
    "caller_phone", "address", "lng", "lat", "crs", "content", "categories", "reply_deadline", "attachments", "secret",
    "want_callback", "satisfaction",
}  # fmt: skip


@dataclass(frozen=True)
class Message:
    """One message of the hotline. `caller` and `caller_phone` go into the caller's own row, and nowhere else."""

    order_no: str
    message_id: str
    kind: str
    occurred_at: datetime
    order_type: str
    channel: str
    accept_time: datetime | None
    urgent: bool
    caller: str
    caller_phone: str
    address: str
    point: GivenPoint | None
    content: str
    categories: tuple[str, ...]
    reply_deadline: datetime | None
    attachments: tuple[str, ...]
    secret: bool
    want_callback: bool
    satisfaction: int | None

    def without_caller(self, *, said_elsewhere: bool) -> dict[str, Any]:
        """What is kept of it beside the ticket. Words that stand with its event stand there alone."""
        return {
            "type": self.kind, "occurred_at": self.occurred_at.isoformat(), "order_type": self.order_type,
            "channel": self.channel, "address": self.address, "categories": list(self.categories),
            "content": "" if said_elsewhere or self.kind == "new" else self.content,
            "attachments": list(self.attachments),
            "satisfaction": self.satisfaction,
        }  # fmt: skip


def parse(body: Any) -> Message:
    """The message in a parsed body. Raises Invalid with the field at fault and what it must be."""
    body = reading.an_object(body, FIELDS)
    kind = reading.one_of(body, "type", KINDS)
    return Message(
        order_no=reading.line(body, "order_no", 64, needed=True),
        message_id=reading.line(body, "message_id", 128, needed=True),
        kind=kind,
        occurred_at=reading.needed_time(body, "occurred_at"),
        order_type=reading.line(body, "order_type", 16),
        channel=reading.line(body, "channel", 16),
        accept_time=reading.time(body, "accept_time"),
        urgent=reading.one_of(body, "urgency", ("normal", "urgent"), default="normal") == "urgent",
        caller=reading.line(body, "caller", 64),
        caller_phone=reading.line(body, "caller_phone", 32),
        address=reading.line(body, "address", 300),
        point=reading.point(body),
        content=reading.text(body, "content", LONGEST_TEXT, needed=_needs_words(body, kind)),
        categories=tuple(reading.a_list(body, "categories")),
        reply_deadline=reading.time(body, "reply_deadline"),
        attachments=tuple(reading.a_list(body, "attachments")),
        secret=reading.truth(body, "secret", default=False),
        want_callback=reading.truth(body, "want_callback", default=True),
        satisfaction=reading.degree(body, "satisfaction"),
    )


def _needs_words(body: Mapping[str, Any], kind: str) -> bool:
    return kind in _WORDY and all(body.get(name) in (None, []) for name in _WORDY[kind])
