"""Access units in, MP4 out: waits for key frames, keeps the time, cuts one fragment per frame.

A fragment leaves when the next frame has come, because only then its true duration is known (one frame of latency).
Only the first one leaves at once, with twice the nominal duration, so that a viewer's first picture need not wait.
"""

from dataclasses import dataclass

from gis_layers.video.fmp4 import Sample, fragment, init_segment, length_prefixed
from gis_layers.video.picture import Codec, PictureFormat
from gis_layers.video.rtp import AccessUnit
from gis_layers.video.timeline import Timeline, Times


@dataclass(frozen=True, slots=True)
class Opening:
    """A new picture format: what a decoder needs before the fragments that follow."""

    picture: PictureFormat
    init: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """One fragment; decoding can start at a `key` one."""

    media: bytes
    key: bool


@dataclass(slots=True)
class _Held:
    times: Times
    key: bool
    slices: list[bytes]
    timestamp: int


class Track:
    """One stream's way from access units to fragments. `skipped` counts frames that could not be shown,
    `timescale` is in ticks a second."""

    def __init__(self, codec: Codec, *, timescale: int) -> None:
        self.skipped = 0
        self._codec = codec
        self.timescale = timescale
        self._timeline: Timeline | None = None
        self._picture: PictureFormat | None = None
        self._held: _Held | None = None
        self._early: int | None = None
        self._number = 0
        self._needs_key = True

    @property
    def jumps(self) -> int:
        """How often the camera's clock jumped and was mended."""
        return self._timeline.jumps if self._timeline else 0

    def replace_codec(self, codec: Codec) -> None:
        """The connection to the camera is new: go on at its next key frame, one frame after the last."""
        self._codec = codec
        self._needs_key = True
        self._early = None
        if self._timeline is not None:
            self._timeline.restart()

    def push(self, unit: AccessUnit) -> list[Opening | Piece]:
        """Add an access unit; answers what viewers get now. ValueError for parameter sets that can't be read."""
        slices, key = self._codec.absorb(unit.nals)
        if not slices or self._continues(unit, slices):
            return []
        self._needs_key = (self._needs_key or unit.after_loss) and not key
        picture = self._codec.format()
        if self._needs_key or picture is None:
            self.skipped += 1
            return []
        return self._show(unit, slices, key, picture)

    def _continues(self, unit: AccessUnit, slices: list[bytes]) -> bool:
        """A camera that marks every slice sends one frame as several units of one timestamp."""
        if unit.after_loss or self._needs_key:
            return False
        if self._held is not None and self._held.timestamp == unit.timestamp:
            self._held.slices.extend(slices)
            return True
        return self._early == unit.timestamp

    def _show(self, unit: AccessUnit, slices: list[bytes], key: bool, picture: PictureFormat) -> list[Opening | Piece]:
        out: list[Opening | Piece] = []
        if self._timeline is None:
            self._timeline = Timeline(
                timescale=self.timescale, frame_seconds=picture.frame_seconds, reorder=picture.reorder
            )
        times = self._timeline.stamp(timestamp=unit.timestamp, source=unit.source)
        if self._held is not None:
            out.append(self._cut(self._held, times.decode - self._held.times.decode))
            self._held = None
        self._early = None
        held = _Held(times, key, slices, unit.timestamp)
        if picture != self._picture and key:
            self._picture = picture
            out.append(Opening(picture, init_segment(picture, timescale=self.timescale)))
            if picture.frame_seconds:
                self._early = unit.timestamp
                out.append(self._cut(held, round(2 * picture.frame_seconds * self.timescale)))
                return out
        self._held = held
        return out

    def _cut(self, held: _Held, duration: int) -> Piece:
        self._number += 1
        sample = Sample(held.times.decode, held.times.present, held.key, length_prefixed(held.slices))
        return Piece(fragment(sample, number=self._number, duration=duration), held.key)
