"""What may be mapped: our own fields of each sort of sender, and what is told back; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """What a field of ours holds."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    TIME = "time"
    LIST = "list"


@dataclass(frozen=True)
class Form:
    """The fields of one sort of sender. Of each group in `needed` one must be mapped; `values` are all that may be."""

    kind: str
    fields: Mapping[str, Type]
    needed: tuple[tuple[str, ...], ...]
    values: Mapping[str, tuple[str, ...]]
    sections: tuple[str, ...]


_CRS = ("wgs84", "gcj02", "cgcs2000", "bd09")
_PLACE = {"address": Type.TEXT, "lng": Type.NUMBER, "lat": Type.NUMBER, "crs": Type.TEXT}
HOTLINE = Form(
    kind="hotline",
    fields={
        "order_no": Type.TEXT, "message_id": Type.TEXT, "occurred_at": Type.TIME, "type": Type.TEXT,
        "order_type": Type.TEXT, "channel": Type.TEXT, "accept_time": Type.TIME, "urgency": Type.TEXT,
        "caller": Type.TEXT, "caller_phone": Type.TEXT, **_PLACE, "content": Type.TEXT, "categories": Type.LIST,
        "reply_deadline": Type.TIME, "attachments": Type.LIST, "secret": Type.TRUTH, "want_callback": Type.TRUTH,
        "satisfaction": Type.NUMBER,
    },
    needed=(("order_no",), ("type",), ("occurred_at",), ("content",)),
    values={
        "type": ("new", "urge", "supplement", "revisit", "withdraw"), "urgency": ("normal", "urgent"), "crs": _CRS,
    },
    sections=("times", "fields", "answer", "callback"),
)  # fmt: skip
SOURCE = Form(
    kind="source",
    fields={
        "source_code": Type.TEXT, "message_id": Type.TEXT, "device_code": Type.TEXT, "kind": Type.TEXT,
        "occurred_at": Type.TIME, "content": Type.TEXT, **_PLACE,
    },
    needed=(("kind",), ("occurred_at",), ("device_code", "lng")),
    values={"crs": _CRS},
    sections=("times", "fields", "answer", "kinds", "repeat_minutes"),
)  # fmt: skip
FORMS = {form.kind: form for form in (HOTLINE, SOURCE)}

ANSWER = ("order_no", "event_no", "state", "state_label", "applied", "detail", "message_id")
CALLBACK = (
    "message_id", "order_no", "event_no", "number", "step", "version", "status", "status_text", "category", "lead",
    "due_at", "reported_at", "accepted_at", "dispatched_at", "signed_at", "finished_at", "checked_at", "closed_at",
    "rejected_at", "withdrawn_at", "result", "reply", "reason", "extension", "satisfaction",
)  # fmt: skip
