"""H.265: RTP payloads (RFC 7798), sequence parameter sets (ITU-T H.265 7.3.2.2), hvcC (ISO/IEC 14496-15)."""

import struct
from dataclasses import dataclass
from typing import Final

from gis_layers.video.bits import BitReader
from gis_layers.video.boxes import box, video_sample_entry
from gis_layers.video.picture import Fragment, PictureFormat, split_aggregate

_VPS, _SPS, _PPS, _AP, _FU = 32, 33, 34, 48, 49
_SETS: Final = (_VPS, _SPS, _PPS)
_KEYS: Final = range(16, 22)
_MAX_REORDER: Final = 16


@dataclass(frozen=True, slots=True)
class SequenceParameters:
    """What we need of a sequence parameter set: `profile` are the 12 bytes of general profile, tier and level."""

    profile: bytes
    layers: int
    nested: bool
    chroma: int
    depths: tuple[int, int]
    width: int
    height: int
    reorder: int


def parse_sps(nal: bytes) -> SequenceParameters:
    """Read a sequence parameter set NAL unit (header included). ValueError if it is damaged or absurd."""
    reader = BitReader(nal[2:])
    reader.bits(4)
    layers = reader.bits(3)
    nested = reader.flag()
    profile = reader.bits(96).to_bytes(12, "big")
    _skip_sub_layers(reader, layers)
    reader.unsigned()
    chroma = reader.unsigned()
    if chroma == 3:
        reader.flag()
    width, height = _size(reader, chroma)
    depths = reader.unsigned(), reader.unsigned()
    reader.unsigned()
    first = 0 if reader.flag() else layers
    reorder = 0
    for _ in range(first, layers + 1):
        reader.unsigned()
        reorder = reader.unsigned()
        reader.unsigned()
    if not (0 < width <= 16384 and 0 < height <= 16384 and chroma <= 3 and max(depths) <= 8):
        raise ValueError("the picture has an impossible size")
    return SequenceParameters(profile, layers + 1, nested, chroma, depths, width, height, min(reorder, _MAX_REORDER))


def _skip_sub_layers(reader: BitReader, layers: int) -> None:
    present = [(reader.flag(), reader.flag()) for _ in range(layers)]
    if layers:
        reader.bits(2 * (8 - layers))
    for profile, level in present:
        reader.bits(88 * profile + 8 * level)


def _size(reader: BitReader, chroma: int) -> tuple[int, int]:
    """Width and height after the conformance window (table 6-1: its unit is one chroma sample)."""
    width, height = reader.unsigned(), reader.unsigned()
    if reader.flag():
        left, right, top, bottom = (reader.unsigned() for _ in range(4))
        width -= (left + right) * (2 if chroma in {1, 2} else 1)
        height -= (top + bottom) * (2 if chroma == 1 else 1)
    return width, height


def codec_string(profile: bytes) -> str:
    """RFC 6381 name by ISO/IEC 14496-15 annex E.3, from the 12 bytes of profile, tier and level."""
    space = ("", "A", "B", "C")[profile[0] >> 6]
    tier = "H" if profile[0] & 0x20 else "L"
    compatible = int(f"{int.from_bytes(profile[1:5], 'big'):032b}"[::-1], 2)
    constraints = "".join(f".{byte:X}" for byte in profile[5:11].rstrip(b"\0"))
    return f"hvc1.{space}{profile[0] & 31}.{compatible:X}.{tier}{profile[11]}{constraints}"


class H265Codec:
    """Codec for H.265 without interleaving. Browsers without a hardware decoder will say that they can't play it."""

    def __init__(self, parameter_sets: tuple[bytes, ...] = ()) -> None:
        self._sets: dict[int, bytes] = {}
        self._format: PictureFormat | None = None
        self.absorb([nal for nal in parameter_sets if len(nal) > 2])

    def unpack(self, payload: bytes) -> tuple[bytes, ...] | Fragment:
        """See Codec: single NAL units, AP and FU."""
        if len(payload) < 3 or payload[0] > 127:
            raise ValueError("not an H.265 payload")
        kind = payload[0] >> 1
        if kind < _AP:
            return (payload,)
        if kind == _AP:
            return split_aggregate(payload, 2)
        if kind != _FU:
            raise ValueError("a packet type that was not agreed")
        control = payload[2]
        header = bytes([payload[0] & 0x81 | (control & 63) << 1, payload[1]])
        return Fragment(control & 0x80 != 0, control & 0x40 != 0, header, payload[3:])

    def absorb(self, nals: list[bytes]) -> tuple[list[bytes], bool]:
        """See Codec: an IRAP picture starts decoding."""
        slices, key = [], False
        for nal in nals:
            kind = nal[0] >> 1
            if kind < _VPS:
                slices.append(nal)
                key = key or kind in _KEYS
            elif kind in _SETS and self._sets.get(kind) != nal:
                self._sets[kind], self._format = nal, None
        return slices, key

    def format(self) -> PictureFormat | None:
        """See Codec: needs a video, a sequence and a picture parameter set."""
        if self._format is None and len(self._sets) == len(_SETS):
            parameters = parse_sps(self._sets[_SPS])
            self._format = PictureFormat(
                codec=codec_string(parameters.profile),
                width=parameters.width,
                height=parameters.height,
                sample_entry=self._sample_entry(parameters),
                reorder=parameters.reorder,
                frame_seconds=None,
            )
        return self._format

    def _sample_entry(self, parameters: SequenceParameters) -> bytes:
        luma, chroma = parameters.depths
        record = b"\1" + parameters.profile + b"\xf0\0\xfc"
        record += bytes([0xFC | parameters.chroma, 0xF8 | luma, 0xF8 | chroma, 0, 0])
        record += bytes([(parameters.layers << 3 | parameters.nested << 2 | 3) & 0x3F, len(_SETS)])
        for kind in _SETS:
            record += struct.pack(">BHH", 0x80 | kind, 1, len(self._sets[kind])) + self._sets[kind]
        return video_sample_entry(b"hvc1", parameters.width, parameters.height, box(b"hvcC", record))
