"""H.264: RTP payloads (RFC 6184), sequence parameter sets (ITU-T H.264 7.3.2.1), avcC (ISO/IEC 14496-15)."""

import struct
from dataclasses import dataclass
from typing import Final

from gis_layers.video.bits import BitReader
from gis_layers.video.boxes import box, video_sample_entry
from gis_layers.video.picture import Fragment, PictureFormat, split_aggregate

_SLICE, _IDR, _SPS, _PPS, _STAP_A, _FU_A = 1, 5, 7, 8, 24, 28
_HIGH_PROFILES: Final = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_EXTENDED_SAR: Final = 255
_MAX_SETS: Final = 16


@dataclass(frozen=True, slots=True)
class SequenceParameters:
    """What we need of a sequence parameter set: size in pixels after cropping, reordering, frame duration (s)."""

    width: int
    height: int
    reorder: int | None
    frame_seconds: float | None


@dataclass(frozen=True, slots=True)
class _Chroma:
    """Format by table 6-1 of H.264, and bit depths minus 8."""

    chroma: int = 1
    separate: bool = False
    luma_depth: int = 0
    chroma_depth: int = 0


def parse_sps(nal: bytes) -> SequenceParameters:
    """Read a sequence parameter set NAL unit (header byte included). ValueError if it is damaged or absurd."""
    if len(nal) < 4 or nal[0] & 31 != _SPS:
        raise ValueError("not a sequence parameter set")
    reader = BitReader(nal[1:])
    profile = reader.bits(8)
    reader.bits(16)
    reader.unsigned()
    chroma = _chroma(reader) if profile in _HIGH_PROFILES else _Chroma()
    reader.unsigned()
    order_type = _picture_order(reader)
    reader.unsigned()
    reader.flag()
    width, height = _size(reader, chroma)
    vui_reorder, frame_seconds = _usability(reader) if reader.flag() else (None, None)
    # Baseline has no B slices and order type 2 forbids output in another order than decoding.
    reorder = 0 if profile == 66 or order_type == 2 else vui_reorder
    if not (0 < width <= 16384 and 0 < height <= 16384):
        raise ValueError("the picture has an impossible size")
    return SequenceParameters(width, height, reorder, frame_seconds)


def _chroma(reader: BitReader) -> _Chroma:
    chroma = reader.unsigned()
    separate = reader.flag() if chroma == 3 else False
    depths = reader.unsigned(), reader.unsigned()
    reader.flag()
    if reader.flag():
        for index in range(12 if chroma == 3 else 8):
            if reader.flag():
                _skip_scaling_list(reader, 16 if index < 6 else 64)
    return _Chroma(chroma, separate, *depths)


def _skip_scaling_list(reader: BitReader, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + reader.signed()) % 256
        last = following or last


def _picture_order(reader: BitReader) -> int:
    order_type = reader.unsigned()
    if order_type == 0:
        reader.unsigned()
    elif order_type == 1:
        reader.flag()
        reader.signed()
        reader.signed()
        cycle = reader.unsigned()
        if cycle > 255:
            raise ValueError("the picture order cycle is too long")
        for _ in range(cycle):
            reader.signed()
    return order_type


def _size(reader: BitReader, chroma: _Chroma) -> tuple[int, int]:
    across = reader.unsigned() + 1
    down = reader.unsigned() + 1
    frames_only = reader.flag()
    if not frames_only:
        reader.flag()
    reader.flag()
    width, height = 16 * across, 16 * down * (2 - frames_only)
    if reader.flag():
        left, right, top, bottom = (reader.unsigned() for _ in range(4))
        unit_x, unit_y = _crop_units(chroma, frames_only)
        width -= unit_x * (left + right)
        height -= unit_y * (top + bottom)
    return width, height


def _crop_units(chroma: _Chroma, frames_only: bool) -> tuple[int, int]:
    """Equations 7-19 to 7-22 of H.264."""
    plain = chroma.separate or chroma.chroma in {0, 3}
    unit_x = 1 if plain else 2
    unit_y = 2 if chroma.chroma == 1 and not chroma.separate else 1
    return unit_x, unit_y * (2 - frames_only)


def _usability(reader: BitReader) -> tuple[int | None, float | None]:
    """Annex E: max_num_reorder_frames and the frame duration in seconds."""
    _skip_picture_description(reader)
    frame_seconds = None
    if reader.flag():
        tick, scale = reader.bits(32), reader.bits(32)
        reader.flag()
        frame_seconds = 2 * tick / scale if tick and scale else None
    if _skip_hrd(reader) + _skip_hrd(reader):
        reader.flag()
    reader.flag()
    if not reader.flag():
        return None, frame_seconds
    reader.flag()
    for _ in range(4):
        reader.unsigned()
    return min(reader.unsigned(), _MAX_SETS), frame_seconds


def _skip_picture_description(reader: BitReader) -> None:
    if reader.flag() and reader.bits(8) == _EXTENDED_SAR:
        reader.bits(32)
    if reader.flag():
        reader.flag()
    if reader.flag():
        reader.bits(4)
        if reader.flag():
            reader.bits(24)
    if reader.flag():
        reader.unsigned()
        reader.unsigned()


def _skip_hrd(reader: BitReader) -> bool:
    """Skip hrd_parameters(); answers whether they were there."""
    if not reader.flag():
        return False
    count = reader.unsigned() + 1
    if count > 32:
        raise ValueError("too many buffering parameters")
    reader.bits(8)
    for _ in range(count):
        reader.unsigned()
        reader.unsigned()
        reader.flag()
    reader.bits(20)
    return True


class H264Codec:
    """Codec for H.264 in packetization modes 0 and 1. Only slices reach the browser: no SEI, no user data."""

    def __init__(self, parameter_sets: tuple[bytes, ...] = ()) -> None:
        self._sps: dict[int, bytes] = {}
        self._pps: dict[int, bytes] = {}
        self._latest = b""
        self._format: PictureFormat | None = None
        self.absorb([nal for nal in parameter_sets if nal])

    def unpack(self, payload: bytes) -> tuple[bytes, ...] | Fragment:
        """See Codec: single NAL units, STAP-A and FU-A."""
        kind = payload[0] & 31 if payload and payload[0] < 128 else 0
        if 1 <= kind < _STAP_A:
            return (payload,)
        if kind == _STAP_A:
            return split_aggregate(payload, 1)
        if kind != _FU_A or len(payload) < 3:
            raise ValueError("a packet type that was not agreed")
        control = payload[1]
        header = bytes([payload[0] & 0xE0 | control & 31])
        return Fragment(control & 0x80 != 0, control & 0x40 != 0, header, payload[2:])

    def absorb(self, nals: list[bytes]) -> tuple[list[bytes], bool]:
        """See Codec: an IDR slice starts decoding."""
        slices, key = [], False
        for nal in nals:
            kind = nal[0] & 31
            if kind in {_SLICE, _IDR}:
                slices.append(nal)
                key = key or kind == _IDR
            elif kind in {_SPS, _PPS}:
                self._store(kind, nal)
        return slices, key

    def _store(self, kind: int, nal: bytes) -> None:
        try:
            reader = BitReader(nal[4:] if kind == _SPS else nal[1:])
            number = reader.unsigned()
        except ValueError:
            return
        known = self._sps if kind == _SPS else self._pps
        if kind == _SPS and nal != self._latest:
            self._latest, self._format = nal, None
        if known.get(number) != nal and (number in known or len(known) < _MAX_SETS):
            known[number] = nal
            self._format = None

    def format(self) -> PictureFormat | None:
        """See Codec: needs one sequence and one picture parameter set."""
        if self._format is None and self._latest and self._pps:
            parameters = parse_sps(self._latest)
            self._format = PictureFormat(
                codec=f"avc1.{self._latest[1:4].hex()}",
                width=parameters.width,
                height=parameters.height,
                sample_entry=self._sample_entry(parameters),
                reorder=parameters.reorder,
                frame_seconds=parameters.frame_seconds,
            )
        return self._format

    def _sample_entry(self, parameters: SequenceParameters) -> bytes:
        latest = self._latest
        sets = [latest, *(nal for nal in self._sps.values() if nal != latest)]
        record = bytes([1, *latest[1:4], 0xFF, 0xE0 | len(sets)]) + _counted(sets)
        record += bytes([len(self._pps)]) + _counted(list(self._pps.values()))
        if latest[1] in _HIGH_PROFILES:
            reader = BitReader(latest[4:])
            reader.unsigned()
            chroma = _chroma(reader)
            record += bytes([0xFC | chroma.chroma, 0xF8 | chroma.luma_depth, 0xF8 | chroma.chroma_depth, 0])
        return video_sample_entry(b"avc1", parameters.width, parameters.height, box(b"avcC", record))


def _counted(nals: list[bytes]) -> bytes:
    return b"".join(struct.pack(">H", len(nal)) + nal for nal in nals)
