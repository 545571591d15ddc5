"""Where a camera is, and which addresses may be reached."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote

IPAddress = IPv4Address | IPv6Address

AddressCheck = Callable[[str, int], Awaitable[Sequence[IPAddress]]]
"""Resolves a host and answers the addresses that may be connected to.

Raises `AddressRefused` when none may (an empty answer means the same) and `OSError` when the name can't be resolved.
The gateway connects to the addresses answered and never resolves again, so a name can't change in between.
"""

_HOST = re.compile(r"[A-Za-z0-9._:%-]{1,253}")


class AddressRefused(Exception):
    """The address lies outside the installation's allow-list."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """A camera's address and password; its text form shows neither.

    `path` may hold a query string. Raises ValueError (without repeating the value) for a host, port or path
    that could not stand in a request line.
    """

    host: str = field(repr=False)
    port: int = field(repr=False)
    path: str = field(repr=False)
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not _HOST.fullmatch(self.host):
            raise ValueError("the camera's host is not a host name or an IP address")
        if not 0 < self.port < 65536:
            raise ValueError("the camera's port is not between 1 and 65535")
        if any(ord(letter) < 33 or ord(letter) == 127 for letter in self.path):
            raise ValueError("the camera's path holds a space or a control character")

    @property
    def url(self) -> str:
        """The RTSP URL without credentials: for request lines only, never for logs."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        path = quote(self.path, safe="/%?&=:;,@+$!*'()~._-")
        return f"rtsp://{host}:{self.port}/{path.removeprefix('/')}"
