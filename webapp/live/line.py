"""One line from its opening to its end, as an ASGI application for /ws/live."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from webapp.live import frames
from webapp.live.door import Admission, admit
from webapp.live.hub import Hub
from webapp.live.viewer import CHANGED, TOO_SLOW, Viewer

MESSAGE_BYTES = 4096
MESSAGES_A_SECOND = 20
SEND_SECONDS = 30.0
CLOSE_SECONDS = 12.0
BINARY, TOO_BIG, FLOOD = 1003, 1009, 4429

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running loop; a process has one loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


async def line(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Refuse before accepting, or serve until either side ends it."""
    await receive()
    admission = await admit(scope)
    if admission is None:
        await send({"type": "websocket.close", "code": 4403})
        return
    ours = hub()
    await ours.ready()
    await send({"type": "websocket.accept"})
    since = ours.seq if admission.since is None else admission.since
    viewer = Viewer(session=admission.session, audience=admission.standing.audience, seq=since)
    try:
        await _serve(ours, viewer, admission, receive, send)
    finally:
        ours.detach(viewer)


async def _serve(ours: Hub, viewer: Viewer, admission: Admission, receive: Receive, send: Send) -> None:
    works = [
        asyncio.create_task(_hear(receive)),
        asyncio.create_task(_speak(ours, viewer, admission, send)),
        asyncio.create_task(_ended(viewer)),
    ]
    try:
        done, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        code = next(iter(done)).result()
    finally:
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
    if code is not None:
        await _close(viewer, code, send)


async def _hear(receive: Receive) -> int | None:
    """Nothing is expected from a reader. Its close ends the line; so does anything big, binary or too frequent."""
    times: deque[float] = deque(maxlen=MESSAGES_A_SECOND + 1)
    clock = asyncio.get_running_loop().time
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return None
        text = message.get("text")
        if text is None:
            return BINARY
        if len(text.encode()) > MESSAGE_BYTES:
            return TOO_BIG
        times.append(clock())
        if len(times) > MESSAGES_A_SECOND and times[-1] - times[0] < 1:
            return FLOOD


async def _speak(ours: Hub, viewer: Viewer, admission: Admission, send: Send) -> int | None:
    """Welcome, everything missed, then whatever comes, as fast as the reader takes it."""
    ours.attach(viewer, admission.standing)
    try:
        await _say(send, frames.welcome(seq=ours.seq))
        if not await _catch_up(ours, viewer, send):
            await _say(send, frames.RESYNC)
            return CHANGED
        while True:
            await viewer.news()
            await _say_all(viewer, send)
    except TimeoutError:
        return TOO_SLOW
    except (OSError, RuntimeError):  # the reader is gone
        return None


async def _catch_up(ours: Hub, viewer: Viewer, send: Send) -> bool:
    while missed := await ours.missed(viewer):
        for frame in missed:
            await _say(send, frame)
    return missed is not None


async def _say_all(viewer: Viewer, send: Send) -> None:
    while (frame := viewer.take()) is not None:
        await _say(send, frame)


async def _ended(viewer: Viewer) -> int:
    await viewer.ended.wait()
    return viewer.close_code


async def _say(send: Send, frame: frames.Frame) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send({"type": "websocket.send", "text": frame.text})


async def _close(viewer: Viewer, code: int, send: Send) -> None:
    """Say the last word and close. A reader that takes nothing is given a moment, then the server drops it."""
    with contextlib.suppress(OSError, TimeoutError, RuntimeError):
        async with asyncio.timeout(CLOSE_SECONDS):
            while (frame := viewer.take()) is not None:
                await send({"type": "websocket.send", "text": frame.text})
            await send({"type": "websocket.close", "code": code})
