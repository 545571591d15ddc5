"""Signed tickets: a right to open one channel once, within a minute, from one browser session.

A ticket is base64url(JSON) "." base64url(HMAC-SHA256 of a fixed context and that JSON). It carries no address.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

_CONTEXT: Final = b"live-ticket-1\0"
_MAX_LENGTH: Final = 1024
_MIN_KEY: Final = 32

RefusalReason = Literal["malformed", "signature", "expired", "channel", "session", "used"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket says: `binding` is `browser_binding` of the session cookie, `expires_at` is in unix seconds."""

    session_id: UUID
    user_id: str
    channel_code: str
    binding: str
    expires_at: int


class TicketRefused(Exception):
    """The ticket does not open this channel in this browser now."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(reason)
        self.reason: RefusalReason = reason


def browser_binding(session_cookie: str) -> str:
    """SHA-256 (hex) of a session cookie's value: ties a ticket to a browser without carrying the cookie."""
    return hashlib.sha256(session_cookie.encode("utf-8", "surrogatepass")).hexdigest()


def issue(
    *, key: bytes, session_id: UUID, user_id: str, channel_code: str, binding: str, now: float, lifetime: float = 60
) -> str:
    """Sign a ticket that expires `lifetime` seconds after `now` (unix seconds). ValueError for a key under 32 bytes."""
    claims = {"s": session_id.hex, "u": user_id, "c": channel_code, "b": binding, "e": int(now + lifetime)}
    body = json.dumps(claims, separators=(",", ":")).encode()
    return f"{_text(body)}.{_text(_sign(key, body))}"


def verify(token: str, *, key: bytes, now: float) -> Ticket:
    """Read a ticket back; raises TicketRefused("malformed", "signature" or "expired")."""
    body, signature = _split(token)
    if not hmac.compare_digest(_sign(key, body), signature):
        raise TicketRefused("signature")
    ticket = _read(body)
    if now >= ticket.expires_at:
        raise TicketRefused("expired")
    return ticket


def _sign(key: bytes, body: bytes) -> bytes:
    if len(key) < _MIN_KEY:
        raise ValueError(f"the ticket key has {len(key)} bytes: at least {_MIN_KEY} are needed")
    return hmac.new(key, _CONTEXT + body, hashlib.sha256).digest()


def _split(token: str) -> tuple[bytes, bytes]:
    body, dot, signature = token.partition(".")
    if not dot or len(token) > _MAX_LENGTH:
        raise TicketRefused("malformed")
    return _bytes(body), _bytes(signature)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise TicketRefused("malformed") from None
    # One ticket has one spelling: spare bits of the last letter must be zero, or a spent ticket could be respelt.
    if _text(raw) != text:
        raise TicketRefused("malformed")
    return raw


def _read(body: bytes) -> Ticket:
    try:
        claims = json.loads(body)
        return Ticket(
            session_id=UUID(hex=claims["s"]),
            user_id=str(claims["u"]),
            channel_code=str(claims["c"]),
            binding=str(claims["b"]),
            expires_at=int(claims["e"]),
        )
    except (ValueError, KeyError, TypeError):
        raise TicketRefused("malformed") from None
