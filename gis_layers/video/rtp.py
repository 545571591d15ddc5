"""RTP (RFC 3550) over TCP: packets of one video stream into access units.

TCP keeps the order, so a jump in sequence numbers is loss (at the camera, or in a switch before it): the frame that it
touches is dropped whole and the next unit says `after_loss`, so that decoding can resume at a key frame.
"""

import struct
from dataclasses import dataclass
from typing import Final

from gis_layers.video.picture import Codec, Fragment

_FIXED: Final = struct.Struct(">BBHII")
_MAX_NALS: Final = 1024


@dataclass(frozen=True, slots=True)
class Packet:
    """One RTP packet without its header, extension and padding."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    source: int
    payload: bytes


def parse_packet(raw: bytes) -> Packet:
    """Read an RTP packet. ValueError if it isn't one."""
    if len(raw) < 12 or raw[0] >> 6 != 2:
        raise ValueError("not an RTP packet")
    first, second, sequence, timestamp, source = _FIXED.unpack_from(raw)
    start = 12 + 4 * (first & 15)
    if first & 0x10:
        if start + 4 > len(raw):
            raise ValueError("an RTP extension ends early")
        start += 4 + 4 * int.from_bytes(raw[start + 2 : start + 4], "big")
    end = len(raw) - (raw[-1] if first & 0x20 else 0)
    if start > end:
        raise ValueError("an RTP packet ends early")
    return Packet(second & 127, second & 128 != 0, sequence, timestamp, source, raw[start:end])


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One frame's NAL units; `after_loss` when something before it is missing."""

    timestamp: int
    source: int
    nals: list[bytes]
    after_loss: bool


class Depacketiser:
    """Collects access units of one payload type; a unit ends at the marker or where the timestamp changes."""

    def __init__(self, codec: Codec, *, payload_type: int, max_unit: int) -> None:
        self.gaps = 0
        self._codec = codec
        self._payload_type = payload_type
        self._max_unit = max_unit
        self._sequence: int | None = None
        self._position: tuple[int, int] | None = None
        self._nals: list[bytes] = []
        self._fragment: bytearray | None = None
        self._size = 0
        self._damaged = False
        self._lost = False

    def push(self, packet: Packet) -> list[AccessUnit]:
        """Add a packet; answers the units that it completes (none, one, or two where a marker was missing)."""
        if packet.payload_type != self._payload_type:
            return []
        done: list[AccessUnit] = []
        position = (packet.source, packet.timestamp)
        gap = self._sequence is not None and packet.sequence != (self._sequence + 1) & 0xFFFF
        self._sequence = packet.sequence
        if gap:
            self.gaps += 1
            self._damage()
        if position != self._position:
            self._finish(done)
            self._position = position
            # After a gap the start of this unit may be what is missing.
            self._damaged = gap
        self._take(packet.payload)
        if packet.marker:
            self._finish(done)
        return done

    def _take(self, payload: bytes) -> None:
        self._size += len(payload)
        if self._damaged or not payload:
            return
        try:
            piece = self._codec.unpack(payload)
            if isinstance(piece, Fragment):
                self._take_fragment(piece)
            else:
                self._nals.extend(piece)
            self._check_bounds()
        except ValueError:
            self._damage()

    def _take_fragment(self, piece: Fragment) -> None:
        if piece.start:
            self._fragment = bytearray(piece.header)
        elif self._fragment is None:
            raise ValueError("a fragment without a start")
        assert self._fragment is not None  # noqa: S101 (for the type checker: set in the line above or checked)
        self._fragment += piece.body
        if piece.end:
            self._nals.append(bytes(self._fragment))
            self._fragment = None

    def _check_bounds(self) -> None:
        if self._size > self._max_unit or len(self._nals) > _MAX_NALS:
            raise ValueError("a frame larger than any camera's")

    def _damage(self) -> None:
        self._damaged = self._lost = True
        self._nals = []
        self._fragment = None

    def _finish(self, done: list[AccessUnit]) -> None:
        if self._fragment is not None:
            self._damage()
        if self._nals and not self._damaged and self._position is not None:
            source, timestamp = self._position
            done.append(AccessUnit(timestamp, source, self._nals, self._lost))
            self._lost = False
        self._nals = []
        self._size = 0
        self._damaged = False
