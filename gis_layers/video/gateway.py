"""The media gateway: browsers on one side, cameras on the other, the platform asked in between."""

import asyncio
import ipaddress
import json
import logging
import os
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from websockets.asyncio.server import Server, ServerConnection, serve, unix_serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from gis_layers.video.door import Door, DoorRefused
from gis_layers.video.limits import Limits
from gis_layers.video.metrics import Metrics
from gis_layers.video.permits import Authorise, Closed, Permit, PlaybackRefused, Recheck, ViewerInfo
from gis_layers.video.sessions import Session, Sessions, close_reason
from gis_layers.video.stream import Hub
from gis_layers.video.tickets import Ticket
from gis_layers.video.upstream import AddressCheck
from gis_layers.video.viewer import Viewer, say_goodbye

_HANDSHAKE: Final = 10.0
_PROBLEM: Final = "/problems/live-ticket"
_RESTARTING: Final = "the media gateway is being restarted"


@dataclass(frozen=True, slots=True)
class Health:
    """How many browsers watch how many cameras."""

    viewers: int
    streams: int


class MediaGateway:
    """Opens live pictures for ticket holders.

    Knows no policy: `authorise` decides (and has audited) before the first byte, `recheck` is asked every
    `limits.recheck` seconds, `closed` is told once for each permitted session. `allowed_origins` are
    "https://host[:port]", `cookie_name` the session cookie's, `clock` answers unix seconds.
    """

    def __init__(
        self,
        *,
        ticket_key: bytes,
        cookie_name: str,
        allowed_origins: Collection[str],
        check: AddressCheck,
        authorise: Authorise,
        recheck: Recheck,
        closed: Closed,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._limits = limits or Limits()
        self._metrics = Metrics()
        self._door = Door(ticket_key=ticket_key, cookie_name=cookie_name, allowed_origins=allowed_origins, clock=clock)
        self._hub = Hub(check=check, limits=self._limits, metrics=self._metrics)
        self._sessions = Sessions(
            authorise=authorise, recheck=recheck, closed=closed, limits=self._limits, metrics=self._metrics
        )
        self._admitted: dict[ServerConnection, Session | PlaybackRefused] = {}
        self._servers: list[Server] = []
        self._stopping = False
        self._abandoned: set[asyncio.Task[None]] = set()

    async def listen_unix(self, path: str, *, mode: int = 0o660) -> None:
        """Serve on a unix socket for the proxy in front."""
        server = await unix_serve(self._handle, path, **self._options())
        os.chmod(path, mode)
        self._servers.append(server)

    async def listen_tcp(self, host: str, port: int) -> int:
        """Serve on a loopback address for the proxy in front; answers the port. ValueError for any other address."""
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError("the media gateway listens on loopback only: put the proxy in front of it")
        server = await serve(self._handle, host, port, **self._options())
        self._servers.append(server)
        return int(next(iter(server.sockets)).getsockname()[1])

    def _options(self) -> dict[str, Any]:
        quiet = logging.getLogger("wangge.video.websocket")
        # At DEBUG the library writes request lines, and with them tickets.
        quiet.setLevel(max(quiet.level, logging.WARNING))
        return {
            "process_request": self._process_request,
            "compression": None,
            "max_size": self._limits.client_message,
            "max_queue": 4,
            "open_timeout": _HANDSHAKE,
            "close_timeout": 2,
            "server_header": None,
            "logger": quiet,
        }

    async def stop(self) -> None:
        """Close every picture (reason "offline"), tell `closed` for each, let go of the cameras."""
        self._stopping = True
        for session in self._sessions.all():
            if session.viewer is not None:
                session.viewer.finish("offline", _RESTARTING)
        for server in self._servers:
            server.close(close_connections=False)
        handlers = [task for server in self._servers for task in server.handler_tasks]
        if handlers:
            await asyncio.wait(handlers, timeout=_HANDSHAKE)
        await self._hub.stop()
        await asyncio.gather(*(self._sessions.end(session, "offline") for session in self._sessions.all()))
        await asyncio.gather(*self._abandoned)

    async def revoke(self, session_id: UUID) -> bool:
        """Cut a session's picture at once and make its ticket worthless; answers whether it was being watched."""
        self._door.spend(session_id)
        return self._sessions.revoke(session_id)

    async def revoke_browser_session(self, binding: str) -> int:
        """Cut every picture of a browser session at once; answers how many there were.

        Tickets of that session not yet used are for `authorise` to refuse: the browser session is dead by then.
        """
        return self._sessions.revoke_binding(binding)

    def health(self) -> Health:
        """The counts that /gateway/healthz shows."""
        return Health(viewers=len(self._sessions), streams=len(self._hub))

    def metrics_text(self) -> str:
        """The text that /gateway/metrics shows."""
        return self._metrics.render(viewers=len(self._sessions), streams=len(self._hub))

    async def _process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        if not request.path.startswith("/live/"):
            return self._local_page(request.path)
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return _problem(426, "Upgrade Required", "upgrade", "Live pictures come over a WebSocket.")
        try:
            ticket, viewer = self._door.admit(target=request.path, headers=request.headers)
            self._admitted[connection] = await self._ask(ticket, viewer)
        except DoorRefused as refusal:
            self._metrics.refused[refusal.reason] += 1
            return _problem(403, "Forbidden", refusal.reason, refusal.detail)
        asyncio.get_running_loop().call_later(_HANDSHAKE + 1, self._abandon, connection)
        return None

    def _local_page(self, path: str) -> Response:
        if path == "/gateway/healthz":
            health = self.health()
            text = json.dumps({"status": "ok", "viewers": health.viewers, "streams": health.streams})
            return _response(200, "OK", "application/json", text)
        if path == "/gateway/metrics":
            return _response(200, "OK", "text/plain; version=0.0.4; charset=utf-8", self.metrics_text())
        return _problem(404, "Not Found", "path", "There is nothing here.")

    async def _ask(self, ticket: Ticket, viewer: ViewerInfo) -> Session | PlaybackRefused:
        """The platform's answer. Raises DoorRefused where the platform knows the ticket as spent."""
        try:
            return await self._sessions.ask(ticket, viewer)
        except PlaybackRefused as refusal:
            if refusal.code == "ticket":
                raise DoorRefused("used", refusal.reason) from None
            return refusal

    def _abandon(self, connection: ServerConnection) -> None:
        """The browser went away between the platform's yes and the WebSocket."""
        session = self._admitted.pop(connection, None)
        if isinstance(session, Session):
            task = asyncio.create_task(self._sessions.end(session, "left"))
            self._abandoned.add(task)
            task.add_done_callback(self._abandoned.discard)

    async def _handle(self, connection: ServerConnection) -> None:
        admission = self._admitted.pop(connection, None)
        if isinstance(admission, PlaybackRefused):
            reason = close_reason(admission)
            self._metrics.refused[reason] += 1
            await say_goodbye(connection, reason, admission.reason)
        elif admission is not None and admission.permit is not None:
            await self._show(connection, admission, admission.permit)

    async def _show(self, connection: ServerConnection, session: Session, permit: Permit) -> None:
        viewer = Viewer(connection, limits=self._limits, metrics=self._metrics, watermark=permit.watermark)
        session.viewer = viewer
        if session.revoked:
            session.cut()
        if self._stopping:
            viewer.finish("offline", _RESTARTING)
        self._metrics.opened += 1
        stream = self._hub.join(session.ticket.channel_code, permit.upstream, viewer)
        rechecks = asyncio.create_task(self._sessions.recheck_for_ever(session, permit, viewer), name="viewer recheck")
        try:
            reason, detail = await viewer.watch()
        finally:
            rechecks.cancel()
            self._hub.leave(stream, viewer)
        if reason is not None:
            await say_goodbye(connection, reason, detail)
        await self._sessions.end(session, reason or "left")


def _response(status: int, phrase: str, content_type: str, text: str) -> Response:
    body = text.encode()
    headers = Headers(
        {
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Connection": "close",
        }
    )
    return Response(status, phrase, headers, body)


def _problem(status: int, title: str, reason: str, detail: str) -> Response:
    """RFC 9457."""
    text = json.dumps({"type": _PROBLEM, "title": title, "status": status, "reason": reason, "detail": detail})
    return _response(status, title, "application/problem+json", text)
