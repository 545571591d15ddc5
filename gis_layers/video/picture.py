"""What a decoder must know before the first frame."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """Size in pixels (after cropping), codec by RFC 6381, sample entry by ISO/IEC 14496-15.

    `reorder` is how many frames may come before one that is shown earlier, `frame_seconds` the nominal duration;
    both None where the camera doesn't say.
    """

    codec: str
    width: int
    height: int
    sample_entry: bytes
    reorder: int | None
    frame_seconds: float | None

    @property
    def mime(self) -> str:
        """The type for MediaSource.addSourceBuffer."""
        return f'video/mp4; codecs="{self.codec}"'


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of one NAL unit: `header` is the rebuilt NAL header."""

    start: bool
    end: bool
    header: bytes
    body: bytes


class Codec(Protocol):
    """One video codec: how RTP carries it, and what a decoder must know."""

    def unpack(self, payload: bytes) -> tuple[bytes, ...] | Fragment:
        """An RTP payload as whole NAL units or as a fragment of one. ValueError for a malformed payload."""

    def absorb(self, nals: list[bytes]) -> tuple[list[bytes], bool]:
        """Take the parameter sets out of an access unit; answers its slices, and whether decoding can start here."""

    def format(self) -> PictureFormat | None:
        """The present format, None before all parameter sets came. ValueError if they can't be read."""


def split_aggregate(payload: bytes, offset: int) -> tuple[bytes, ...]:
    """NAL units of a STAP-A (RFC 6184) or AP (RFC 7798) packet: each after its length in two bytes."""
    nals = []
    while offset + 2 <= len(payload):
        end = offset + 2 + int.from_bytes(payload[offset : offset + 2], "big")
        if end > len(payload) or end == offset + 2:
            raise ValueError("an aggregate's length field is wrong")
        nals.append(payload[offset + 2 : end])
        offset = end
    if offset != len(payload) or not nals:
        raise ValueError("an aggregate ends early")
    return tuple(nals)
