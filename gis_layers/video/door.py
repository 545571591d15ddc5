"""The gateway's door: which request may open a picture, decided before the WebSocket exists.

A page of another origin, a browser without the session that the ticket was made for, a ticket that is spent, expired,
forged or made for another channel: each is refused here, before anything is asked of the platform or the camera.
"""

import hmac
import re
from collections.abc import Callable, Collection
from typing import Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from websockets.datastructures import Headers

from gis_layers.video.permits import ViewerInfo
from gis_layers.video.tickets import Ticket, TicketRefused, browser_binding, verify

_LIVE: Final = re.compile(r"/live/([A-Za-z0-9._-]{1,64})")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_MAX_COOKIES: Final = 8

_DETAILS: Final = {
    "malformed": "This is not a ticket: open the camera again from the map.",
    "signature": "The ticket's signature is wrong: open the camera again from the map.",
    "expired": "The ticket has expired: open the camera again from the map.",
    "channel": "The ticket was made for another camera.",
    "session": "The ticket was made for another browser session.",
    "used": "The ticket was used before: open the camera again from the map.",
}


class DoorRefused(Exception):
    """No entry: `reason` is a stable word, `detail` says what to do."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class Door:
    """Checks origin, session and ticket, and spends the ticket."""

    def __init__(
        self, *, ticket_key: bytes, cookie_name: str, allowed_origins: Collection[str], clock: Callable[[], float]
    ) -> None:
        self._key = ticket_key
        self._cookie_name = cookie_name
        self._origins = {origin for origin in map(normal_origin, allowed_origins) if origin is not None}
        if len(self._origins) < len(set(allowed_origins)):
            raise ValueError("an allowed origin is not of the form https://host[:port]")
        self._clock = clock
        self._spent: dict[UUID, int] = {}

    def admit(self, *, target: str, headers: Headers) -> tuple[Ticket, ViewerInfo]:
        """Let a request in and spend its ticket. Raises DoorRefused."""
        origin = self._origin(headers)
        bindings = self._bindings(headers)
        path, _, query = target.partition("?")
        try:
            ticket = self._ticket(path, query, bindings)
        except TicketRefused as refusal:
            raise DoorRefused(refusal.reason, _DETAILS[refusal.reason]) from None
        return ticket, ViewerInfo(
            origin=origin, address=headers.get("X-Real-IP", "")[:64], user_agent=headers.get("User-Agent", "")[:256]
        )

    def spend(self, session_id: UUID) -> bool:
        """Make a session's ticket worthless from now on; False if it was already."""
        now = self._clock()
        if len(self._spent) > 1024:
            self._spent = {known: until for known, until in self._spent.items() if until > now}
        fresh = session_id not in self._spent
        # Longer than any ticket lives: an expired one is refused by its own date.
        self._spent[session_id] = int(now) + 3600
        return fresh

    def _origin(self, headers: Headers) -> str:
        origins = headers.get_all("Origin")
        origin = normal_origin(origins[0]) if len(origins) == 1 else None
        if origin is None or origin not in self._origins:
            raise DoorRefused("origin", "This page may not open live pictures.")
        return origin

    def _bindings(self, headers: Headers) -> list[str]:
        cookies = [part.strip().partition("=") for header in headers.get_all("Cookie") for part in header.split(";")]
        values = [value.strip().strip('"') for name, _, value in cookies if name.strip() == self._cookie_name]
        found = [browser_binding(value) for value in values if value][:_MAX_COOKIES]
        if not found:
            raise DoorRefused("session", "Sign in first.")
        return found

    def _ticket(self, path: str, query: str, bindings: list[str]) -> Ticket:
        tokens = parse_qs(query, max_num_fields=8).get("ticket", []) if query.count("&") < 8 else []
        channel = _LIVE.fullmatch(path)
        if len(tokens) != 1 or channel is None:
            raise TicketRefused("malformed")
        ticket = verify(tokens[0], key=self._key, now=self._clock())
        if ticket.channel_code != channel[1]:
            raise TicketRefused("channel")
        # Any of the browser's session cookies may match: one with the right value is proof enough.
        if not any(hmac.compare_digest(ticket.binding.encode(), binding.encode()) for binding in bindings):
            raise TicketRefused("session")
        if not self.spend(ticket.session_id):
            raise TicketRefused("used")
        return ticket


def normal_origin(text: str) -> str | None:
    """An Origin header as scheme://host:port, lower case; None for anything else."""
    try:
        parts = urlsplit(text)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.username is not None:
        return None
    if parts.path or parts.query or parts.fragment:
        return None
    return f"{parts.scheme}://{parts.hostname}:{port}"
