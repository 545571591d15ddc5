"""What a source sends: one frozen type, made from the parsed body in our own names, every fault named."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from events.hotline import reading
from events.mapping import SOURCE
from events.services.deeds import LONGEST_TEXT, GivenPoint
from grid.refusals import Invalid


@dataclass(frozen=True)
class AlarmMessage:
    """One message: of which device or place, of what kind, when."""

    message_id: str
    source_code: str
    device_code: str
    kind: str
    occurred_at: datetime
    content: str
    address: str
    point: GivenPoint | None


def parse(body: Any) -> AlarmMessage:
    """The message in a parsed body. Raises Invalid with the field at fault and what it must be."""
    given = reading.an_object(body, set(SOURCE.fields))
    point = reading.point(given)
    code = reading.line(given, "device_code", 64)
    if not code and point is None:
        detail = _("Say which device it was, or where: device_code, or lng, lat and crs.")
        raise Invalid("invalid-fields", detail, field="device_code")
    return AlarmMessage(
        message_id=reading.line(given, "message_id", 128, needed=True),
        source_code=reading.line(given, "source_code", 32),
        device_code=code,
        kind=reading.line(given, "kind", 64, needed=True),
        occurred_at=reading.needed_time(given, "occurred_at"),
        content=reading.text(given, "content", LONGEST_TEXT),
        address=reading.line(given, "address", 300),
        point=point,
    )
