"""The part of SDP (RFC 8866) that a viewer needs: the first video stream, its codec, its parameter sets."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

_RTPMAP: Final = re.compile(r"(\d{1,3})\s+([A-Za-z0-9-]+)/(\d{1,9})")
_SAFE: Final = "/%?&=:;,@+$!*'()~._-"


@dataclass(frozen=True, slots=True)
class VideoMedia:
    """One video stream: `codec` is lower case, `clock` in Hz, `control` as the camera wrote it."""

    payload_type: int
    codec: str
    clock: int
    control: str
    parameter_sets: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """A session: its video streams and the aggregate control."""

    control: str
    videos: tuple[VideoMedia, ...]


def parse_description(body: bytes) -> Description:
    """Read an SDP body; lines that make no sense are skipped, a body without video has no videos."""
    lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines()]
    starts = [index for index, line in enumerate(lines) if line.startswith("m=")]
    session = lines[: starts[0]] if starts else lines
    ends = [*starts[1:], len(lines)]
    blocks = [lines[start:end] for start, end in zip(starts, ends, strict=False)]
    videos = (_video(block) for block in blocks if block[0].startswith("m=video"))
    return Description(control=_attribute(session, "control") or "*", videos=tuple(v for v in videos if v is not None))


def control_url(*, base: str, control: str) -> str:
    """Where a control attribute points to, by RFC 2326 C.1.1; the connection stays the one that is open."""
    if control in {"", "*"}:
        return base
    clean = quote(control, safe=_SAFE)
    if clean.lower().startswith(("rtsp://", "rtspt://")):
        return clean
    return f"{base.rstrip('/')}/{clean.removeprefix('/')}"


def _attribute(lines: list[str], name: str) -> str:
    prefix = f"a={name}:"
    return next((line.removeprefix(prefix).strip() for line in lines if line.startswith(prefix)), "")


def _video(block: list[str]) -> VideoMedia | None:
    maps = (_RTPMAP.match(line.removeprefix("a=rtpmap:")) for line in block if line.startswith("a=rtpmap:"))
    found = next((match for match in maps if match is not None), None)
    if found is None:
        return None
    payload_type = int(found[1])
    return VideoMedia(
        payload_type=payload_type,
        codec=found[2].lower(),
        clock=int(found[3]),
        control=_attribute(block, "control"),
        parameter_sets=_parameter_sets(block, payload_type),
    )


def _parameter_sets(block: list[str], payload_type: int) -> tuple[bytes, ...]:
    prefix = f"a=fmtp:{payload_type} "
    text = next((line.removeprefix(prefix) for line in block if line.startswith(prefix)), "")
    pairs = (item.strip().partition("=") for item in text.split(";"))
    values = {name.strip().lower(): value.strip() for name, _, value in pairs}
    names = ("sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps")
    encoded = [item for name in names for item in values.get(name, "").split(",") if item]
    return tuple(raw for raw in map(_decoded, encoded) if raw)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return b""
