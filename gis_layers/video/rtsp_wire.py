"""RTSP on the wire (RFC 2326): messages and interleaved binary data cut out of one TCP stream."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_DOLLAR: Final = 0x24
_MAX_HEADER: Final = 16 * 1024
_MAX_BODY: Final = 256 * 1024
_START: Final = re.compile(rb"(?:RTSP/\d\.\d \d{3}|[A-Z_]{3,20} \S+ RTSP/\d\.\d)")
_LENGTH: Final = re.compile(r"\d{1,6}")


class WireError(Exception):
    """The bytes are not RTSP; the message names no content."""


@dataclass(frozen=True, slots=True)
class Message:
    """A response (`status` set) or a request from the server (`method` set); header names are lower case."""

    status: int
    method: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str, default: str = "") -> str:
        """The first header of that (lower-case) name."""
        return next((value for key, value in self.headers if key == name), default)

    def headers_named(self, name: str) -> list[str]:
        """All headers of that (lower-case) name, in order."""
        return [value for key, value in self.headers if key == name]


@dataclass(frozen=True, slots=True)
class Interleaved:
    """One binary packet on an interleaved channel."""

    channel: int
    payload: bytes


class Deframer:
    """Cuts a TCP byte stream into messages and packets, however it was split; memory is bounded."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Message | Interleaved]:
        """Add bytes and yield what is complete. Raises WireError for what can't be RTSP."""
        self._buffer += chunk
        position = 0
        try:
            while (found := self._next(position)) is not None:
                item, position = found
                yield item
        finally:
            del self._buffer[:position]

    def _next(self, start: int) -> tuple[Message | Interleaved, int] | None:
        buffer = self._buffer
        while start < len(buffer) and buffer[start] in b"\r\n":
            start += 1
        if start + 4 > len(buffer):
            return None
        if buffer[start] != _DOLLAR:
            return self._message(start)
        end = start + 4 + (buffer[start + 2] << 8 | buffer[start + 3])
        if end > len(buffer):
            return None
        return Interleaved(buffer[start + 1], bytes(memoryview(buffer)[start + 4 : end])), end

    def _message(self, start: int) -> tuple[Message, int] | None:
        buffer = self._buffer
        if not 65 <= buffer[start] <= 90:
            raise WireError("neither a message nor a packet")
        head_end = buffer.find(b"\r\n\r\n", start, start + _MAX_HEADER)
        if head_end < 0:
            if len(buffer) - start >= _MAX_HEADER:
                raise WireError("header too long")
            return None
        head = bytes(buffer[start:head_end])
        headers = _headers(head)
        end = head_end + 4 + _content_length(headers)
        if end > len(buffer):
            return None
        status, method = _first_line(head)
        return Message(status, method, headers, bytes(buffer[head_end + 4 : end])), end


def _first_line(head: bytes) -> tuple[int, str]:
    if not _START.match(head):
        raise WireError("not an RTSP first line")
    first = head.split(None, 2)
    return (int(first[1][:3]), "") if head.startswith(b"RTSP/") else (0, first[0].decode("ascii"))


def _headers(head: bytes) -> tuple[tuple[str, str], ...]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return tuple((name.strip().lower(), value.strip()) for name, colon, value in pairs if colon)


def _content_length(headers: tuple[tuple[str, str], ...]) -> int:
    text = next((value for name, value in headers if name == "content-length"), "0")
    if not _LENGTH.fullmatch(text) or int(text) > _MAX_BODY:
        raise WireError("body too long")
    return int(text)
