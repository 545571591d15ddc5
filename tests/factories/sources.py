"""Other systems' side: a source, its devices, and what it sends, signed by the specification's own library."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone

from events.services import senders
from gis_layers.services import devices
from grid.models import Grid
from grid.policy import NOBODY
from tests.factories.hotline import OTHER_SECRET, packed, signed
from tests.factories.people import SANYI_GRID

CONFIG: dict[str, Any] = {
    "code": "alarm", "name": "一键报警", "kind": "source", "repeat_minutes": 10,
    "kinds": {
        "sos": {"category": "08-004", "urgent": True, "words": "一键报警按钮被按下"},
        "door": {"category": "08-001", "words": "可视门禁报警"},
    },
}  # fmt: skip
_numbers = count(1)


def loaded(config: dict[str, Any] | None = None, *, secret: str = OTHER_SECRET) -> str:
    """A source in the table with one key; its code."""
    config = config or CONFIG
    senders.load(access=NOBODY, config=config, now=timezone.now())
    senders.rotate(access=NOBODY, code=config["code"], overlap=timedelta(0), now=timezone.now(), secret=secret)
    return str(config["code"])


def button(code: str = "BTN-001", *, grid: str | None = SANYI_GRID, source: str = "alarm") -> None:
    """An alarm button in the register, in the middle of a grid; None: nobody knows where."""
    place = ",,"
    if grid is not None:
        middle = Grid.objects.get(code=grid).boundary.point_on_surface
        place = f"{middle.x},{middle.y},wgs84"
    lines = ["code,kind,name,lng,lat,crs,address", f"{code},button,三益街口报警柱,{place},三益街12号"]
    devices.register(access=NOBODY, source=source, rows=devices.read(lines))


def alarm(**fields: Any) -> dict[str, Any]:
    """A press of that button; fields set to None are left out."""
    number = next(_numbers)
    made: dict[str, Any] = {
        "message_id": f"al-{number}", "device_code": "BTN-001", "kind": "sos",
        "occurred_at": "2026-03-02T09:30:00+08:00",
    }  # fmt: skip
    return {name: value for name, value in (made | fields).items() if value is not None}


def hand_in_alarm(of: dict[str, Any], *, code: str = "alarm", secret: str = OTHER_SECRET, number: str = "") -> Any:
    """One message, signed now, from outside: no session, and the CSRF rules apply."""
    body, client = packed(of), Client(enforce_csrf_checks=True)
    headers = signed(body, number or of["message_id"], secret=secret)
    return client.post(f"/api/v1/sources/{code}", data=body, content_type="application/json", headers=headers)
