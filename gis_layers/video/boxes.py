"""ISO base media boxes (ISO/IEC 14496-12): the framing that every part of the file format shares."""

import struct


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of a four-letter kind around its parts."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box that starts with a version and 24 flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def video_sample_entry(kind: bytes, width: int, height: int, configuration: bytes) -> bytes:
    """A VisualSampleEntry (12.1.3.2) at 72 dpi with the codec's configuration box."""
    fields = struct.pack(">6xH16xHHIIIH32xHh", 1, width & 0xFFFF, height & 0xFFFF, 0x480000, 0x480000, 0, 1, 24, -1)
    return box(kind, fields, configuration)
