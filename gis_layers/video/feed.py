"""One camera's connection, kept up: time-outs with a reason, keep-alive, and healing of a dropped connection."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gis_layers.video.h264 import H264Codec
from gis_layers.video.h265 import H265Codec
from gis_layers.video.limits import Limits
from gis_layers.video.metrics import Metrics
from gis_layers.video.picture import Codec
from gis_layers.video.reasons import UpstreamFailed
from gis_layers.video.rtp import AccessUnit, Depacketiser, parse_packet
from gis_layers.video.rtsp import Playing, RtspConnection, connect
from gis_layers.video.rtsp_wire import Interleaved
from gis_layers.video.sdp import Description, VideoMedia
from gis_layers.video.track import Opening, Piece, Track
from gis_layers.video.upstream import AddressCheck, Upstream

logger = logging.getLogger("wangge.video")

_PAUSE: Final = 0.5
_CODECS: Final[dict[str, Callable[[tuple[bytes, ...]], Codec]]] = {"h264": H264Codec, "h265": H265Codec}


@dataclass(slots=True)
class _Clocks:
    """When (loop time, seconds) this connection was begun, had its last packet and its last frame."""

    begun: float
    packet: float
    frame: float | None = None
    kept_alive: float = 0.0


class CameraFeed:
    """Reads one camera until it fails, and hands what viewers get to `publish`."""

    def __init__(
        self,
        upstream: Upstream,
        *,
        check: AddressCheck,
        limits: Limits,
        metrics: Metrics,
        publish: Callable[[Opening | Piece], None],
    ) -> None:
        self._upstream = upstream
        self._check = check
        self._limits = limits
        self._metrics = metrics
        self._publish = publish
        self._track: Track | None = None
        self._last_frame: float | None = None

    async def run(self) -> None:
        """Play for ever; ends by cancellation or by UpstreamFailed with the reason that viewers are told."""
        while True:
            try:
                await self._play()
            except UpstreamFailed as failure:
                if not self._may_heal(failure):
                    raise
                self._metrics.reconnections += 1
                await asyncio.sleep(_PAUSE)

    def _may_heal(self, failure: UpstreamFailed) -> bool:
        """A connection that broke while playing is opened again, as long as the last picture is fresh."""
        if failure.reason not in {"offline", "error"} or self._last_frame is None:
            return False
        return asyncio.get_running_loop().time() - self._last_frame < self._limits.silence

    async def _play(self) -> None:
        begun = asyncio.get_running_loop().time()
        clocks = _Clocks(begun=begun, packet=begun, kept_alive=begun)
        self._metrics.connections += 1
        connection = await connect(self._upstream, self._check, seconds=self._limits.connect)
        async with connection:
            try:
                async with asyncio.timeout_at(begun + self._limits.first_frame) as guard:
                    description = await connection.describe()
                    media = _choose(description)
                    playing = await connection.play(description, media)
                    await self._pump(connection, playing, self._receiver(media, clocks, playing), clocks, guard)
            except TimeoutError:
                raise _late(clocks) from None

    def _receiver(self, media: VideoMedia, clocks: _Clocks, playing: Playing) -> Callable[[Interleaved], None]:
        """What becomes of a packet: RTP, access units, fragments, viewers."""
        codec = _CODECS[media.codec](media.parameter_sets)
        units = Depacketiser(codec, payload_type=media.payload_type, max_unit=self._limits.access_unit)
        track = self._track_for(codec, media.clock)
        loop = asyncio.get_running_loop()

        def deliver(item: Interleaved) -> None:
            if item.channel != playing.channel:
                return
            try:
                packet = parse_packet(item.payload)
            except ValueError:
                self._metrics.malformed += 1
                return
            clocks.packet = loop.time()
            before = units.gaps, track.jumps, track.skipped
            for unit in units.push(packet):
                for out in _pushed(track, unit):
                    clocks.frame = self._last_frame = clocks.packet
                    self._publish(out)
            self._metrics.gaps += units.gaps - before[0]
            self._metrics.jumps += track.jumps - before[1]
            self._metrics.skipped += track.skipped - before[2]

        return deliver

    def _track_for(self, codec: Codec, timescale: int) -> Track:
        if self._track is None or self._track.timescale != timescale:
            self._track = Track(codec, timescale=timescale)
        else:
            self._track.replace_codec(codec)
        return self._track

    async def _pump(
        self,
        connection: RtspConnection,
        playing: Playing,
        deliver: Callable[[Interleaved], None],
        clocks: _Clocks,
        guard: asyncio.Timeout,
    ) -> None:
        loop = asyncio.get_running_loop()
        pause = max(0.5, playing.session_seconds / 2)
        while True:
            await connection.read_packets(deliver)
            now = loop.time()
            if now - clocks.kept_alive >= pause:
                connection.keep_alive()
                clocks.kept_alive = now
            if clocks.frame is not None:
                guard.reschedule(min(clocks.packet + self._limits.silence, clocks.frame + self._limits.unusable))


def _pushed(track: Track, unit: AccessUnit) -> list[Opening | Piece]:
    try:
        return track.push(unit)
    except ValueError:
        raise UpstreamFailed("codec", "the camera's picture format can't be read") from None


def _choose(description: Description) -> VideoMedia:
    playable = next((video for video in description.videos if video.codec in _CODECS and video.clock > 0), None)
    if playable is not None:
        return playable
    if description.videos:
        raise UpstreamFailed("codec", "the camera sends neither H.264 nor H.265")
    raise UpstreamFailed("codec", "the camera offers no video")


def _late(clocks: _Clocks) -> UpstreamFailed:
    if clocks.frame is not None:
        return UpstreamFailed("silent", "the camera stopped sending pictures")
    return UpstreamFailed("timeout", "the camera sends no picture")
