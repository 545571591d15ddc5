"""What PyAV (FFmpeg) makes of the gateway's output: a reader that nobody here wrote."""

import io
from dataclasses import dataclass

import av


@dataclass(frozen=True)
class Coded:
    """A packet's times in ticks of the track's clock."""

    dts: int
    pts: int
    duration: int


@dataclass(frozen=True)
class Shown:
    """A decoded picture."""

    pts: int
    width: int
    height: int


def packets(media: list[bytes]) -> list[Coded]:
    with av.open(io.BytesIO(b"".join(media)), mode="r", format="mp4") as container:
        return [
            Coded(packet.dts, packet.pts, packet.duration or 0)
            for packet in container.demux(video=0)
            if packet.dts is not None and packet.pts is not None
        ]


def pictures(media: list[bytes]) -> list[Shown]:
    with av.open(io.BytesIO(b"".join(media)), mode="r", format="mp4") as container:
        frames = container.decode(video=0)
        return [Shown(frame.pts or 0, frame.width, frame.height) for frame in frames]
