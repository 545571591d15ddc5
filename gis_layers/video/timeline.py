"""A camera's RTP timestamps as one timeline that only goes forward.

RTP carries presentation times in decoding order. The decoding time of a frame is the smallest presentation time not yet
used among the last `reorder` + 1 frames, which for a stream without B-frames is its own. Wraps of the 32-bit counter
are followed; a jump (the camera's clock was set, the stream restarted) continues one frame after the last.
"""

import heapq
from dataclasses import dataclass
from typing import Final

_JUMP_SECONDS: Final = 5.0
_DEFAULT_FRAME_SECONDS: Final = 0.04
_MAX_REORDER: Final = 4
_START_SECONDS: Final = 1


@dataclass(frozen=True, slots=True)
class Times:
    """Decoding and presentation time in ticks."""

    decode: int
    present: int


class Timeline:
    """Turns RTP timestamps into decoding and presentation times; `jumps` counts the mended ones."""

    def __init__(self, *, timescale: int, frame_seconds: float | None, reorder: int | None) -> None:
        self.jumps = 0
        self._step = max(1, round(timescale * (frame_seconds or _DEFAULT_FRAME_SECONDS)))
        self._jump = round(timescale * _JUMP_SECONDS)
        self._reorder = min(reorder or 0, _MAX_REORDER)
        self._source: int | None = None
        self._timestamp = 0
        self._present = self._highest = timescale * _START_SECONDS
        self._waiting: list[int] = []
        self._decode: int | None = None

    def stamp(self, *, timestamp: int, source: int) -> Times:
        """The times of the next frame in decoding order."""
        if self._decode is not None:
            self._advance(timestamp, source)
        self._timestamp, self._source = timestamp, source
        self._highest = max(self._highest, self._present)
        heapq.heappush(self._waiting, self._present)
        self._decode = self._next_decode()
        return Times(self._decode, self._present)

    def restart(self) -> None:
        """The camera's connection is new: whatever timestamp comes next follows on the last."""
        self._source = None

    def _advance(self, timestamp: int, source: int) -> None:
        delta = (timestamp - self._timestamp + 0x80000000) % 0x100000000 - 0x80000000
        if source != self._source or not -_MAX_REORDER * self._step <= delta <= self._jump:
            self.jumps += 1
            self._present = self._highest + self._step
            return
        if delta < 0 and self._reorder == 0:
            self._reorder = 1
        self._present += delta

    def _next_decode(self) -> int:
        if len(self._waiting) > self._reorder:
            decode = heapq.heappop(self._waiting)
        elif self._decode is None:
            decode = self._present - self._reorder * self._step
        else:
            decode = self._decode + self._step
        return decode if self._decode is None else max(decode, self._decode + 1)
