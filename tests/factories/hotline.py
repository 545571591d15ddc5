"""The hotline's side: orders as it would send them, signed by the specification's own library, not by our code."""

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.test import Client
from standardwebhooks import Webhook

from events.models import Event
from events.services import deeds
from events.workflow import State
from grid.models import Role
from tests.factories.happenings import brought_to, step
from tests.factories.people import access_for, user_with

SECRET = "whsec_" + "c2l4dGVlbiBieXRlcyBvciBtb3JlIGZvciB0ZXN0cw=="
OTHER_SECRET = "whsec_" + "YW5vdGhlciBrZXksIHdoaWNoIG5vYm9keSBrbm93cw=="
ADDRESS = "/hotline/v1/messages"
IN_SANYI = {"lng": 112.3077, "lat": 28.5836, "crs": "wgs84"}

_numbers = count(1)


def message(kind: str = "new", **fields: Any) -> dict[str, Any]:
    """A message of this type; fields set to None are left out."""
    number = next(_numbers)
    made: dict[str, Any] = {
        "order_no": f"YY2026{number:06d}", "message_id": f"hl-{number}-{kind}", "type": kind,
        "occurred_at": "2026-03-02T09:30:00+08:00",
    }  # fmt: skip
    if kind == "new":
        made |= {
            "content": "路口的井盖破了一半",
            "address": "大码头街道三益街12号",
            "categories": ["井盖缺损"],
            **IN_SANYI,
        }
    return {name: value for name, value in (made | fields).items() if value is not None}


def packed(of: dict[str, Any]) -> bytes:
    """The body as it is sent."""
    return json.dumps(of, ensure_ascii=False).encode()


def signed(body: bytes, number: str, *, at: datetime | None = None, secret: str = SECRET) -> dict[str, str]:
    """The three headers."""
    moment = at or datetime.now(UTC)
    return {
        "webhook-id": number,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(number, moment, body.decode()),
    }


def post(body: bytes, headers: dict[str, str]) -> Any:
    """Body and headers as they are, from outside: no session, and the CSRF rules apply."""
    client = Client(enforce_csrf_checks=True)
    return client.post(ADDRESS, data=body, content_type="application/json", headers=headers)


def hand_in(of: dict[str, Any], *, secret: str = SECRET) -> Any:
    """One message, signed now."""
    body = packed(of)
    return post(body, signed(body, of["message_id"], secret=secret))


def answered(event: Event) -> Event:
    """The event, taken step by step until it is closed with a reply to the caller."""
    event = brought_to(event, State.PENDING_CLOSE)
    acceptor = access_for(user_with(Role.ACCEPTOR, event.holder))
    return step(event, deeds.Close(text="井盖已经换好，谢谢您的来电。"), acceptor)
