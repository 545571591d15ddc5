"""One reader on a line: what waits to be sent, within bounds, and why the line ends."""

import asyncio
from collections import deque

from gis_layers.live import Audience
from webapp.live.frames import Frame

LIMIT_BYTES = 256 * 1024
TOO_SLOW = 4413
SIGNED_OUT = 4401
CHANGED = 4409  # after a resync: take a new snapshot, then connect again


class Viewer:
    """A reader's place in the feed and its queue. Belongs to one event loop."""

    def __init__(self, *, session: str, audience: Audience, seq: int) -> None:
        self.session = session
        self.audience = audience
        self.seq = seq  # the last number that was sent, or is waiting to be
        self.caught_up = False  # has everything up to the hub's number
        self.ended = asyncio.Event()
        self.close_code = 1000
        self._waiting: deque[Frame] = deque()
        self._bytes = 0
        self._news = asyncio.Event()

    def offer(self, frame: Frame) -> None:
        """Queue a frame. Whoever leaves more than 256 kB waiting is too slow: the line ends, the queue is dropped."""
        if self.ended.is_set():
            return
        if self._waiting and self._bytes + frame.size > LIMIT_BYTES:
            self.end(TOO_SLOW)
            return
        self._waiting.append(frame)
        self._bytes += frame.size
        self._news.set()

    def end(self, code: int, *, last: Frame | None = None) -> None:
        """End the line with this close code; `last` still goes out if it can, whatever was waiting does not."""
        if self.ended.is_set():
            return
        self._waiting.clear()
        self._bytes = 0
        if last is not None:
            self._waiting.append(last)
        self.close_code = code
        self.ended.set()
        self._news.set()

    @property
    def waiting_bytes(self) -> int:
        """How much waits to be sent."""
        return self._bytes

    def take(self) -> Frame | None:
        """The next frame, None when nothing waits."""
        if not self._waiting:
            self._news.clear()
            return None
        frame = self._waiting.popleft()
        self._bytes = max(0, self._bytes - frame.size)
        return frame

    async def news(self) -> None:
        """Wait until there is something to take, or the line has ended."""
        await self._news.wait()
