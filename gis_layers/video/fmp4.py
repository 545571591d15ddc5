"""Fragmented MP4 for MediaSource: one init segment, then one fragment per frame (ISO/IEC 14496-12)."""

import struct
from dataclasses import dataclass
from typing import Final

from gis_layers.video.boxes import box, full_box
from gis_layers.video.picture import PictureFormat

_MATRIX: Final = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_KEY_FLAGS: Final = 0x02000000
_DELTA_FLAGS: Final = 0x01010000
_TRACK_HEADER: Final = full_box(b"tfhd", 0, 0x020000, struct.pack(">I", 1))
_RUN_FLAGS: Final = 0x000F01  # data offset; duration, size, flags and composition offset for each sample
_RUN_SIZE: Final = 12 + 8 + 16
_MOOF_SIZE: Final = 8 + 16 + 8 + len(_TRACK_HEADER) + 20 + _RUN_SIZE


@dataclass(frozen=True, slots=True)
class Sample:
    """One frame: times in ticks of the track's clock, `payload` as length-prefixed NAL units."""

    decode_time: int
    presentation_time: int
    key: bool
    payload: bytes


def length_prefixed(nals: list[bytes]) -> bytes:
    """NAL units, each after its length in four bytes."""
    return b"".join(part for nal in nals for part in (len(nal).to_bytes(4, "big"), nal))


def init_segment(picture: PictureFormat, *, timescale: int) -> bytes:
    """The ftyp and moov boxes of one video track whose clock has `timescale` ticks a second."""
    return box(b"ftyp", b"iso5\0\0\2\0iso5iso6mp41") + box(
        b"moov",
        full_box(
            b"mvhd", 0, 0, struct.pack(">IIIIiH10x", 0, 0, 1000, 0, 0x10000, 0x100), _MATRIX, bytes(24), b"\0\0\0\2"
        ),
        _track(picture, timescale),
        box(b"mvex", full_box(b"trex", 0, 0, struct.pack(">IIIII", 1, 1, 0, 0, 0))),
    )


def _track(picture: PictureFormat, timescale: int) -> bytes:
    size = struct.pack(">II", picture.width << 16, picture.height << 16)
    return box(
        b"trak",
        full_box(b"tkhd", 0, 3, struct.pack(">IIIII8xHHHH", 0, 0, 1, 0, 0, 0, 0, 0, 0), _MATRIX, size),
        box(
            b"mdia",
            full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, timescale, 0, 0x55C4, 0)),
            full_box(b"hdlr", 0, 0, bytes(4), b"vide", bytes(12), b"video\0"),
            box(
                b"minf",
                full_box(b"vmhd", 0, 1, bytes(8)),
                box(b"dinf", full_box(b"dref", 0, 0, b"\0\0\0\1", full_box(b"url ", 0, 1))),
                _empty_table(picture.sample_entry),
            ),
        ),
    )


def _empty_table(sample_entry: bytes) -> bytes:
    return box(
        b"stbl",
        full_box(b"stsd", 0, 0, b"\0\0\0\1", sample_entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )


def fragment(sample: Sample, *, number: int, duration: int) -> bytes:
    """The moof and mdat boxes of one frame, the `number`-th of its track, lasting `duration` ticks."""
    run = full_box(
        b"trun",
        1,
        _RUN_FLAGS,
        struct.pack(
            ">IiIIIi",
            1,
            _MOOF_SIZE + 8,
            duration,
            len(sample.payload),
            _KEY_FLAGS if sample.key else _DELTA_FLAGS,
            sample.presentation_time - sample.decode_time,
        ),
    )
    start = full_box(b"tfdt", 1, 0, struct.pack(">Q", sample.decode_time))
    moof = box(
        b"moof",
        full_box(b"mfhd", 0, 0, struct.pack(">I", number & 0xFFFFFFFF)),
        box(b"traf", _TRACK_HEADER, start, run),
    )
    return b"".join((moof, struct.pack(">I4s", 8 + len(sample.payload), b"mdat"), sample.payload))
