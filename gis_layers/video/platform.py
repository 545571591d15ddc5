"""The platform as the gateway process asks it: signed HTTP calls over the web processes' own unix sockets."""

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx

from gis_layers.video.permits import Permit, PlaybackRefused, ViewerInfo
from gis_layers.video.tickets import Ticket
from gis_layers.video.upstream import Upstream

_CONTEXT = b"gateway-call-1\0"
_SECONDS = 5.0


def signature(*, key: bytes, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the time (unix seconds, as text) and the body, in hex: both ends make it with the same key."""
    return hmac.new(key, _CONTEXT + stamp.encode() + b"\0" + body, hashlib.sha256).hexdigest()


class Unanswered(Exception):
    """No web process has answered."""


class Platform:
    """Authorise, recheck and closed, as `MediaGateway` wants them; `sockets` are tried in turn."""

    def __init__(self, *, key: bytes, sockets: Sequence[str], host: str) -> None:
        self._key = key
        self._host = host
        self._clients = [
            httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=socket), timeout=_SECONDS, trust_env=False)
            for socket in sockets
        ]

    async def authorise(self, ticket: Ticket, viewer: ViewerInfo) -> Permit:
        """Spend a ticket. Raises PlaybackRefused; "error" when no web process answers."""
        call = {
            "session": str(ticket.session_id), "user": ticket.user_id, "channel": ticket.channel_code,
            "binding": ticket.binding, "address": viewer.address,
        }  # fmt: skip
        answer = await self._call("authorise", call)
        if answer is None:
            raise PlaybackRefused("error", "The platform does not answer; try again.")
        if "refused" in answer:
            raise PlaybackRefused(answer["refused"], answer["detail"])
        return Permit(
            upstream=Upstream(**answer["upstream"]),
            session_id=ticket.session_id,
            watermark=answer["watermark"],
            user_key=answer["user"],
        )

    async def recheck(self, session: UUID) -> bool:
        """Whether a view may go on. Raises Unanswered while the platform is away: the gateway asks again."""
        answer = await self._call("recheck", {"session": str(session)})
        if answer is None:
            raise Unanswered
        return bool(answer["allowed"])

    async def closed(self, session: UUID, reason: str, seconds: float, sent: int) -> None:
        """Tell that a view is over. Raises Unanswered: the gateway tells it again."""
        call = {"session": str(session), "reason": reason, "seconds": seconds, "bytes": sent}
        if await self._call("closed", call) is None:
            raise Unanswered

    async def stop(self) -> None:
        """Let go of the connections."""
        for client in self._clients:
            await client.aclose()

    async def _call(self, name: str, call: dict[str, Any]) -> dict[str, Any] | None:
        """The answer of the first web process that gives one; None when none does.

        A call that may have arrived is not sent to the other one: a ticket spent twice would be refused.
        """
        body = json.dumps(call).encode()
        for client in self._clients:
            stamp = str(int(time.time()))
            headers = {
                "Host": self._host,
                "Content-Type": "application/json",
                "X-Gateway-Time": stamp,
                "X-Gateway-Signature": signature(key=self._key, stamp=stamp, body=body),
            }
            try:
                response = await client.post(
                    f"http://{self._host}/internal/playback/{name}", content=body, headers=headers
                )
            except httpx.ConnectError:
                continue
            except httpx.HTTPError:
                return None
            return response.json() if response.status_code == httpx.codes.OK else None
        return None
