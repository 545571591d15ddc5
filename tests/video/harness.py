"""A gateway, a platform that says yes or no, and browsers, for the tests of this folder."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from uuid import UUID, uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from gis_layers.video.gateway import MediaGateway
from gis_layers.video.limits import Limits
from gis_layers.video.permits import Permit, PlaybackRefused, ViewerInfo
from gis_layers.video.tickets import Ticket, browser_binding, issue
from gis_layers.video.upstream import AddressRefused, Upstream

KEY = b"0123456789abcdef0123456789abcdef"
ORIGIN = "https://grid.example.org"
COOKIE_NAME = "sessionid"
COOKIE = "k3y0fth1sbr0ws3r"
CHANNEL = "44030900001320000001"
USERNAME = "canary-user-5f1c"
PASSWORD = "canary-pass-9d2e"

BRISK = Limits(connect=1, first_frame=3, silence=1, unusable=2, linger=0.3, recheck=300, slow=1)


async def loopback_only(host: str, port: int) -> list[Any]:
    if host != "127.0.0.1":
        raise AddressRefused
    return [ip_address(host)]


@dataclass
class Platform:
    """The other side of the gateway's questions: says yes with an upstream, and remembers what it was told."""

    upstream: Upstream
    allowed: bool = True
    refusal: PlaybackRefused | None = None
    before_answer: Callable[[Ticket], Awaitable[None]] | None = None
    asked: list[tuple[Ticket, ViewerInfo]] = field(default_factory=list)
    rechecked: list[UUID] = field(default_factory=list)
    closed: list[tuple[UUID, str, float, int]] = field(default_factory=list)

    async def authorise(self, ticket: Ticket, viewer: ViewerInfo) -> Permit:
        self.asked.append((ticket, viewer))
        if self.before_answer is not None:
            await self.before_answer(ticket)
        if self.refusal is not None:
            raise self.refusal
        return Permit(self.upstream, ticket.session_id, "张三 2026-11-21", ticket.user_id)

    async def recheck(self, session_id: UUID) -> bool:
        self.rechecked.append(session_id)
        return self.allowed

    async def tell_closed(self, session_id: UUID, reason: str, seconds: float, sent: int) -> None:
        self.closed.append((session_id, reason, seconds, sent))


@dataclass
class Running:
    gateway: MediaGateway
    port: int
    platform: Platform

    def ticket(
        self,
        *,
        channel: str = CHANNEL,
        cookie: str = COOKIE,
        user: str = "7",
        now: float | None = None,
        session_id: UUID | None = None,
    ) -> str:
        return issue(
            key=KEY,
            session_id=session_id or uuid4(),
            user_id=user,
            channel_code=channel,
            binding=browser_binding(cookie),
            now=time.time() if now is None else now,
        )

    def open(
        self,
        token: str | None = None,
        *,
        channel: str = CHANNEL,
        cookie: str | None = COOKIE,
        origin: str | None = ORIGIN,
        **options: Any,
    ) -> connect:
        headers = {"X-Real-IP": "10.1.2.3"}
        if cookie is not None:
            headers["Cookie"] = f"theme=dark; {COOKIE_NAME}={cookie}"
        if origin is not None:
            headers["Origin"] = origin
        token = self.ticket(channel=channel) if token is None else token
        return connect(
            f"ws://127.0.0.1:{self.port}/live/{channel}?ticket={token}",
            additional_headers=headers,
            compression=None,
            max_size=None,
            proxy=None,
            **options,
        )


@asynccontextmanager
async def running(
    upstream: Upstream,
    *,
    limits: Limits = BRISK,
    check: Any = loopback_only,
    clock: Callable[[], float] = time.time,
    origin: str = ORIGIN,
) -> AsyncIterator[Running]:
    platform = Platform(upstream)
    gateway = MediaGateway(
        ticket_key=KEY,
        cookie_name=COOKIE_NAME,
        allowed_origins=[origin],
        check=check,
        authorise=platform.authorise,
        recheck=platform.recheck,
        closed=platform.tell_closed,
        limits=limits,
        clock=clock,
    )
    port = await gateway.listen_tcp("127.0.0.1", 0)
    try:
        yield Running(gateway, port, platform)
    finally:
        await gateway.stop()


@dataclass
class Watched:
    """What a browser got: JSON frames, media, and the close code."""

    frames: list[dict[str, Any]] = field(default_factory=list)
    media: list[bytes] = field(default_factory=list)
    code: int | None = None

    @property
    def reason(self) -> str:
        return next((frame["reason"] for frame in self.frames if frame["type"] == "closed"), "")

    @property
    def stream(self) -> dict[str, Any]:
        return next(frame for frame in self.frames if frame["type"] == "stream")


async def watch(connection: ClientConnection, *, messages: int = 10_000, seconds: float = 20) -> Watched:
    """Receive until that many media messages, the end, or the time is over."""
    seen = Watched()
    try:
        async with asyncio.timeout(seconds):
            while len(seen.media) < messages:
                message = await connection.recv()
                if isinstance(message, str):
                    seen.frames.append(json.loads(message))
                else:
                    seen.media.append(message)
    except ConnectionClosed:
        seen.code = connection.close_code
    except TimeoutError:
        pass
    return seen


async def until(condition: Callable[[], bool], *, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
