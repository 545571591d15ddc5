"""What the gateway asks of the platform: may this viewer watch, may it still, and: it has ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from gis_layers.video.reasons import Reason
from gis_layers.video.tickets import Ticket
from gis_layers.video.upstream import Upstream


@dataclass(frozen=True, slots=True)
class ViewerInfo:
    """Where a viewer comes from, for the audit: `address` is what the trusted proxy put into X-Real-IP."""

    origin: str
    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Permit:
    """The platform's yes: which camera, under which session, with which text over the picture, counted for whom."""

    upstream: Upstream
    session_id: UUID
    watermark: str
    user_key: str


class PlaybackRefused(Exception):
    """The platform's no.

    `code` "ticket" answers HTTP 403 before the upgrade (the ticket was spent); any other code becomes the close
    reason. `reason` is shown to the user and must hold no address.
    """

    def __init__(self, code: Reason | Literal["ticket"], reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code: Reason | Literal["ticket"] = code
        self.reason = reason


Authorise = Callable[[Ticket, ViewerInfo], Awaitable[Permit]]
"""Decides, spends the ticket in the database and writes the audit, all before it answers; raises PlaybackRefused."""

Recheck = Callable[[UUID], Awaitable[bool]]
"""Whether the session may go on."""

Closed = Callable[[UUID, str, float, int], Awaitable[None]]
"""Told once per permitted session: session, reason ("left" or a close reason), seconds watched, bytes sent."""
