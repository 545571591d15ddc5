"""One camera's stream to any number of viewers: one connection, no re-encoding, a running start for latecomers."""

import asyncio
import logging
from typing import Protocol

from gis_layers.video.feed import CameraFeed
from gis_layers.video.limits import Limits
from gis_layers.video.metrics import Metrics
from gis_layers.video.reasons import Reason, UpstreamFailed
from gis_layers.video.track import Opening, Piece
from gis_layers.video.upstream import AddressCheck, Upstream

logger = logging.getLogger("wangge.video")


class Sink(Protocol):
    """Who receives a stream; none of these calls waits."""

    def open(self, opening: Opening) -> None:
        """The format of what follows; may come again when the camera changes it."""

    def offer(self, media: bytes, *, key: bool) -> None:
        """One or more fragments; decoding can start at a `key` one."""

    def finish(self, reason: Reason, detail: str) -> None:
        """Nothing more comes."""


class Stream:
    """A camera that is being watched, and the fragments since its last key frame."""

    def __init__(self, upstream: Upstream, *, check: AddressCheck, limits: Limits, metrics: Metrics) -> None:
        self.sinks: set[Sink] = set()
        self._limits = limits
        self._metrics = metrics
        self._feed = CameraFeed(upstream, check=check, limits=limits, metrics=metrics, publish=self._publish)
        self._opening: Opening | None = None
        self._group: list[bytes] = []
        self._group_size = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Whether the stream may still be joined."""
        return self._task is None or not self._task.done()

    def join(self, sink: Sink) -> None:
        """Add a viewer: it gets the format and the running group of pictures at once where they are known."""
        self.sinks.add(sink)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="camera stream")
        if self._opening is not None:
            sink.open(self._opening)
        if self._group:
            sink.offer(b"".join(self._group), key=True)

    async def stop(self) -> None:
        """Let go of the camera and wait until its connection is closed."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            await self._feed.run()
        except UpstreamFailed as failure:
            self._finish(failure.reason, failure.detail)
        except Exception as error:
            # The text of an unforeseen error may hold an address: its type must do.
            logger.error("camera stream failed: %s", type(error).__name__)
            self._finish("error", "the media gateway failed on this stream")

    def _finish(self, reason: Reason, detail: str) -> None:
        for sink in list(self.sinks):
            sink.finish(reason, detail)

    def _publish(self, item: Opening | Piece) -> None:
        if isinstance(item, Opening):
            self._opening = item
            self._keep(None)
            for sink in list(self.sinks):
                sink.open(item)
            return
        self._metrics.frames += 1
        self._keep(item)
        for sink in list(self.sinks):
            sink.offer(item.media, key=item.key)

    def _keep(self, piece: Piece | None) -> None:
        """Remember the group of pictures; one larger than the bound is not kept, and latecomers wait for the next."""
        if piece is None or piece.key:
            self._group, self._group_size = [], 0
        if piece is None or not (piece.key or self._group):
            return
        self._group_size += len(piece.media)
        self._group.append(piece.media)
        if self._group_size > self._limits.group_of_pictures:
            self._group, self._group_size = [], 0


class Hub:
    """All streams of one gateway process: one for each channel, kept for `linger` seconds after the last viewer."""

    def __init__(self, *, check: AddressCheck, limits: Limits, metrics: Metrics) -> None:
        self._check = check
        self._limits = limits
        self._metrics = metrics
        self._streams: dict[tuple[str, Upstream], Stream] = {}
        self._lingering: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._streams)

    def join(self, channel_code: str, upstream: Upstream, sink: Sink) -> Stream:
        """Add a viewer to the channel's stream, opening it where nobody watches yet."""
        stream = self._streams.get((channel_code, upstream))
        if stream is None or not stream.alive:
            stream = Stream(upstream, check=self._check, limits=self._limits, metrics=self._metrics)
            self._streams[channel_code, upstream] = stream
        stream.join(sink)
        return stream

    def leave(self, stream: Stream, sink: Sink) -> None:
        """Take a viewer away; the last one leaves the stream lingering."""
        stream.sinks.discard(sink)
        if not stream.sinks:
            task = asyncio.create_task(self._linger(stream), name="camera linger")
            self._lingering.add(task)
            task.add_done_callback(self._lingering.discard)

    async def _linger(self, stream: Stream) -> None:
        if stream.alive:
            await asyncio.sleep(self._limits.linger)
        if not stream.sinks:
            self._streams = {key: kept for key, kept in self._streams.items() if kept is not stream}
            await stream.stop()

    async def stop(self) -> None:
        """Let go of every camera."""
        streams, self._streams = list(self._streams.values()), {}
        await asyncio.gather(*(stream.stop() for stream in streams))
