"""Clips as simulated cameras send them: H.264 cut into RTP payloads once, when the clip is loaded."""

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CLOCK: Final = 90_000
PAYLOAD_TYPE: Final = 96
_MTU: Final = 1400
_START_CODE: Final = re.compile(rb"\x00\x00\x00?\x01")

Payload = tuple[bool, bytes]


@dataclass(frozen=True, slots=True)
class Film:
    """A clip packed for RTP: for each frame its payloads, and which frames are key frames."""

    frames: tuple[tuple[Payload, ...], ...]
    keys: tuple[int, ...]
    frames_per_second: int
    description: bytes


def load_films(directory: Path) -> tuple[Film, ...]:
    """The clips of a folder that `clips` made. FileNotFoundError where it didn't."""
    index = json.loads((directory / "index.json").read_text(encoding="utf-8"))
    return tuple(_film((directory / entry["file"]).read_bytes(), int(entry["frames_per_second"])) for entry in index)


def _film(stream: bytes, frames_per_second: int) -> Film:
    sets: dict[int, bytes] = {}
    frames: list[tuple[Payload, ...]] = []
    keys: list[int] = []
    before: list[bytes] = []
    for nal in filter(None, _START_CODE.split(stream)):
        kind = nal[0] & 31
        if kind in {7, 8}:
            sets[kind] = nal
            before.append(nal)
        elif kind in {1, 5}:
            if kind == 5:
                keys.append(len(frames))
            frames.append(_packed([*before, nal]))
            before = []
    return Film(tuple(frames), tuple(keys), frames_per_second, _description(sets[7], sets[8], frames_per_second))


def _packed(nals: list[bytes]) -> tuple[Payload, ...]:
    """RFC 6184: small units as they are, large ones as FU-A; the marker ends the frame."""
    payloads = [payload for nal in nals for payload in _split(nal)]
    return tuple((index == len(payloads) - 1, payload) for index, payload in enumerate(payloads))


def _split(nal: bytes) -> list[bytes]:
    if len(nal) <= _MTU:
        return [nal]
    parts = [nal[start : start + _MTU - 2] for start in range(1, len(nal), _MTU - 2)]
    indicator, kind, last = nal[0] & 0xE0 | 28, nal[0] & 31, len(parts) - 1
    return [
        bytes([indicator, (0x80 if index == 0 else 0) | (0x40 if index == last else 0) | kind]) + part
        for index, part in enumerate(parts)
    ]


def _description(sps: bytes, pps: bytes, frames_per_second: int) -> bytes:
    sets = ",".join(base64.b64encode(nal).decode() for nal in (sps, pps))
    parameters = f"profile-level-id={sps[1:4].hex().upper()};sprop-parameter-sets={sets}"
    lines = [
        "v=0",
        "o=- 0 0 IN IP4 127.0.0.1",
        "s=Simulated camera",
        "t=0 0",
        "a=control:*",
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
        "c=IN IP4 0.0.0.0",
        f"a=rtpmap:{PAYLOAD_TYPE} H264/{CLOCK}",
        f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1;{parameters}",
        f"a=framerate:{frames_per_second}",
        "a=control:trackID=0",
    ]
    return ("\r\n".join(lines) + "\r\n").encode()
