"""One browser that watches: a bounded queue, dropping to the next key frame, and a reason at the end."""

import asyncio
import json
from typing import Final

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed

from gis_layers.video.limits import Limits
from gis_layers.video.metrics import Metrics
from gis_layers.video.reasons import CLOSE_CODES, Reason
from gis_layers.video.track import Opening

_FAREWELL: Final = 2.0


class Viewer:
    """Sink for one WebSocket. Its queue is the connection's own write buffer, whose size is looked at per frame."""

    def __init__(self, connection: ServerConnection, *, limits: Limits, metrics: Metrics, watermark: str) -> None:
        self.bytes_sent = 0
        self.started = asyncio.get_running_loop().time()
        self._connection = connection
        self._limits = limits
        self._metrics = metrics
        self._watermark = watermark
        self._ended: asyncio.Future[tuple[Reason | None, str]] = asyncio.get_running_loop().create_future()
        self._needs_key = True
        self._shown = False
        self._lagging_since: float | None = None

    def open(self, opening: Opening) -> None:
        """See Sink: a text frame that describes the picture, then the init segment."""
        picture = opening.picture
        description = {
            "type": "stream",
            "codec": picture.codec,
            "width": picture.width,
            "height": picture.height,
            "mime": picture.mime,
            "watermark": self._watermark,
        }
        broadcast((self._connection,), json.dumps(description))
        self._send(opening.init)
        self._needs_key = True

    def offer(self, media: bytes, *, key: bool) -> None:
        """See Sink: drops down to the next key frame while the browser takes too little, and gives up after `slow`."""
        if self._lags():
            self._needs_key = True
        if self._ended.done() or (self._needs_key and not key) or self._lagging_since is not None:
            self._metrics.frames_dropped += 1
            return
        self._needs_key = False
        self._send(media)
        if not self._shown:
            self._shown = True
            self._metrics.first_pictures += 1
            self._metrics.first_picture_seconds += asyncio.get_running_loop().time() - self.started

    def finish(self, reason: Reason, detail: str) -> None:
        """See Sink: the first reason counts."""
        if not self._ended.done():
            self._ended.set_result((reason, detail))

    async def watch(self) -> tuple[Reason | None, str]:
        """Wait for the end: a reason of ours, or None where the browser left."""
        reader = asyncio.create_task(self._read(), name="viewer messages")
        try:
            return await self._ended
        finally:
            reader.cancel()

    def _send(self, media: bytes) -> None:
        broadcast((self._connection,), media)
        self.bytes_sent += len(media)
        self._metrics.bytes_sent += len(media)

    def _lags(self) -> bool:
        if self._connection.transport.get_write_buffer_size() <= self._limits.viewer_queue:
            self._lagging_since = None
            return False
        now = asyncio.get_running_loop().time()
        if self._lagging_since is None:
            self._lagging_since = now
        if now - self._lagging_since > self._limits.slow:
            self.finish("slow", "the connection is too slow for this picture")
        return True

    async def _read(self) -> None:
        """Browsers have nothing to say: their messages are counted, not read."""
        loop = asyncio.get_running_loop()
        second, count = loop.time(), 0
        try:
            while True:
                await self._connection.recv()
                now = loop.time()
                second, count = (second, count + 1) if now - second < 1 else (now, 1)
                if count > self._limits.client_messages_per_second:
                    self.finish("refused", "too many messages")
                    return
        except ConnectionClosed:
            if not self._ended.done():
                self._ended.set_result((None, ""))


async def say_goodbye(connection: ServerConnection, reason: Reason, detail: str) -> None:
    """Send the closing text frame and close with the reason's code, within two seconds."""
    try:
        async with asyncio.timeout(_FAREWELL):
            await connection.send(json.dumps({"type": "closed", "reason": reason, "detail": detail}))
            await connection.close(CLOSE_CODES[reason], reason)
    except (TimeoutError, ConnectionClosed):
        connection.transport.abort()
