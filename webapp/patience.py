"""A message from another system comes within a time, or it is not taken: nobody keeps a place here by sending slowly.

What people send is read whole by nginx first, which waits 15 s for each next byte: that is kind to a phone with a bad
connection, and lets a sender of one byte a second go on for hours. Another system has no bad connection, so its
messages pass nginx as they come and have a time as a whole. While one is on its way it costs a connection and its
bytes, no thread and no connection to the database: those are taken once it is there.

Then messages take turns, in the order in which they were whole. Taken all at once, each of them would wait at every
statement for the threads of the others, so that a flood took longer as a whole, and people's steps with it.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]

WEBHOOKS = ("/hotline/v1/messages", "/api/v1/sources/")
AT_ONCE = 2
"""Messages that a process works on: while one waits for the database, the other has the processor."""


def patient(application: Application, *, seconds: float, paths: tuple[str, ...] = WEBHOOKS) -> Application:
    """The ASGI `application`, where a body to one of `paths` (prefixes) must be there after `seconds`.

    One that is not is answered 408 (RFC 9110, 15.5.9) and its connection closed; the application does not see it. Of
    those that are there the application works on `AT_ONCE`; the others wait, first come, first served.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def limited(scope: Any, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(paths):
            body = _Body(receive, until=asyncio.get_running_loop().time() + seconds, turns=turns)
            try:
                await application(scope, body.next, send)
            finally:
                body.done()
            if body.late:
                await _refuse(scope, send, seconds)
        else:
            await application(scope, receive, send)

    return limited


class _Body:
    """What comes of a body until a time of the loop's clock; later than that the sender counts as gone.

    Its last part is handed on when there is a turn; whoever reads it says when it is `done`.
    """

    def __init__(self, receive: Receive, *, until: float, turns: asyncio.Semaphore) -> None:
        self._receive, self._until, self._turns = receive, until, turns
        self._whole = self._has_turn = False
        self.late = False

    async def next(self) -> Message:
        """The next part, or that there is nobody any more. Once all is there it waits as long as it takes."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            self.late = True
            return {"type": "http.disconnect"}
        self._whole = not message.get("more_body", False)
        if self._whole and message["type"] == "http.request":
            await self._turns.acquire()
            self._has_turn = True
        return message

    def done(self) -> None:
        """Give the turn to the next."""
        if self._has_turn:
            self._turns.release()
            self._has_turn = False


async def _refuse(scope: Any, send: Send, seconds: float) -> None:
    status = HTTPStatus.REQUEST_TIMEOUT
    told = {
        "type": "/problems/too-slow", "title": status.phrase, "status": status.value, "code": "too-slow",
        "detail": f"The message was not there after {seconds:g} s. Nothing was taken; send it again.",
        "request_id": dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")[:36],
    }  # fmt: skip
    body = json.dumps(told).encode()
    headers = [
        (b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"), (b"cache-control", b"no-store"),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
