"""What the hotline sends: one frozen type per message, made from the parsed body, every fault named."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from events.services.deeds import LONGEST_TEXT, GivenPoint
from grid.coordinates import Crs
from grid.refusals import Invalid

KINDS = ("new", "urge", "supplement", "revisit", "withdraw")
_WORDY = ("new", "supplement", "revisit")  # kinds that say nothing without words
_BREAKS = ("Cc", "Zl", "Zp")  # control characters, line and paragraph separators
_YEARS = range(2000, 2100)
FIELDS = {
    "order_no", "message_id", "occurred_at", "type", "order_type", "channel", "accept_time", "urgency", "caller",
    "caller_phone", "address", "lng", "lat", "crs", "content", "categories", "reply_deadline", "attachments", "secret",
    "want_callback",
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

    def without_caller(self) -> dict[str, Any]:
        """What is kept of it beside the ticket. A new order's words stand in its event, not here too."""
        return {
            "type": self.kind, "occurred_at": self.occurred_at.isoformat(), "order_type": self.order_type,
            "channel": self.channel, "address": self.address, "categories": list(self.categories),
            "content": "" if self.kind == "new" else self.content,
        }  # fmt: skip


def parse(body: Any) -> Message:
    """The message in a parsed body. Raises Invalid with the field at fault and what it must be."""
    if not isinstance(body, dict):
        raise Invalid("invalid-fields", _("The body must be a JSON object."))
    unknown = sorted(set(body) - FIELDS)
    if unknown:
        raise Invalid("invalid-fields", _("There is no field %s.") % unknown[0][:40], field=unknown[0][:40])
    kind = _one_of(body, "type", KINDS)
    return Message(
        order_no=_line(body, "order_no", 64, needed=True),
        message_id=_line(body, "message_id", 128, needed=True),
        kind=kind,
        occurred_at=_needed_time(body, "occurred_at"),
        order_type=_line(body, "order_type", 16),
        channel=_line(body, "channel", 16),
        accept_time=_time(body, "accept_time"),
        urgent=_one_of(body, "urgency", ("normal", "urgent"), default="normal") == "urgent",
        caller=_line(body, "caller", 64),
        caller_phone=_line(body, "caller_phone", 32),
        address=_line(body, "address", 300),
        point=_point(body),
        content=_text(body, "content", LONGEST_TEXT, needed=kind in _WORDY),
        categories=tuple(_list(body, "categories")),
        reply_deadline=_time(body, "reply_deadline"),
        attachments=tuple(_list(body, "attachments")),
        secret=_bool(body, "secret", default=False),
        want_callback=_bool(body, "want_callback", default=True),
    )


def _text(body: Mapping[str, Any], name: str, longest: int, *, needed: bool = False) -> str:
    value = body.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        if needed:
            raise Invalid("invalid-fields", _("%s is needed.") % name, field=name)
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise Invalid(
            "invalid-fields", _("%(name)s must be a text of at most %(longest)d characters.")
            % {"name": name, "longest": longest}, field=name,
        )  # fmt: skip
    return value


def _line(body: Mapping[str, Any], name: str, longest: int, *, needed: bool = False) -> str:
    """A text of one line: what stands in lists, logs and headers."""
    value = _text(body, name, longest, needed=needed)
    if any(unicodedata.category(character) in _BREAKS for character in value):
        raise Invalid("invalid-fields", _("%s must be one line without control characters.") % name, field=name)
    return value


def _one_of(body: Mapping[str, Any], name: str, values: tuple[str, ...], *, default: str | None = None) -> str:
    value = body.get(name)
    if value is None:
        value = default
    if value not in values:
        raise Invalid(
            "invalid-fields", _("%(name)s must be one of: %(values)s.") % {"name": name, "values": ", ".join(values)},
            field=name,
        )  # fmt: skip
    return str(value)


def _time(body: Mapping[str, Any], name: str) -> datetime | None:
    value = body.get(name)
    if value is None:
        return None
    found = None
    if isinstance(value, str) and len(value) <= 40:
        try:
            found = parse_datetime(value)
        except ValueError:
            found = None
    if found is None or found.tzinfo is None or found.year not in _YEARS:
        raise Invalid("invalid-fields", _("%s must be a time in ISO 8601 with its offset.") % name, field=name)
    return found


def _needed_time(body: Mapping[str, Any], name: str) -> datetime:
    found = _time(body, name)
    if found is None:
        raise Invalid("invalid-fields", _("%s is needed.") % name, field=name)
    return found


def _point(body: Mapping[str, Any]) -> GivenPoint | None:
    given = {name: body.get(name) for name in ("lng", "lat")}
    if all(value is None for value in given.values()):
        return None
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Invalid("invalid-fields", _("%s must be a number of degrees.") % name, field=name)
    crs = _one_of(body, "crs", tuple(crs.value for crs in Crs))
    return GivenPoint(lng=float(body["lng"]), lat=float(body["lat"]), crs=Crs(crs))


def _list(body: Mapping[str, Any], name: str) -> list[str]:
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > 20 or not all(_short(item) for item in value):
        raise Invalid("invalid-fields", _("%s must be a list of at most 20 short texts.") % name, field=name)
    return value


def _short(item: object) -> bool:
    return isinstance(item, str) and len(item) <= 500


def _bool(body: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise Invalid("invalid-fields", _("%s must be true or false.") % name, field=name)
    return value
