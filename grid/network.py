"""The only way out: connections to addresses that this installation's operator has listed, and to no others.

Cameras and callback endpoints live on private networks, so there is no rule like "public addresses only": there is the
list `settings.OUTGOING_CIDRS`, and what it does not name is refused. A name is looked up once, every address found must
be allowed, and the connection goes to the address that was checked, so that a second, different answer changes nothing.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

import httpx
from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

HEAD_CHARACTERS = 1000
_HEAD_BYTES = 4 * HEAD_CHARACTERS
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
# IPv6 forms that carry an IPv4 address inside: they would slip another network past the list.
_CARRIERS = tuple(
    ipaddress.IPv6Network(block) for block in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


class AddressRefused(ValueError):
    """The address is none that we connect to; the message says why, and what the operator can do about it."""


class ConnectionFailed(OSError):
    """The other side was not reached, or broke off. `kind`: timeout, connect, tls, protocol, name."""

    def __init__(self, kind: str, *, milliseconds: int) -> None:
        super().__init__(kind)
        self.kind = kind
        self.milliseconds = milliseconds


@dataclass(frozen=True)
class Answer:
    """What the other side said: status, how long it took, the first 1,000 characters, its headers in lower case."""

    status: int
    milliseconds: int
    head: str
    headers: Mapping[str, str] = field(default_factory=dict)


async def resolve(host: str, port: int) -> list[str]:
    """The addresses behind `host`, all of them allowed. Raises AddressRefused; ConnectionFailed for an unknown name.

    Connect to one of these, never to the name again.
    """
    literal = _literal(host, port)
    if literal is not None:
        return [str(_allowed(literal))]
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ConnectionFailed("name", milliseconds=0) from None
    return _all_allowed(str(entry[4][0]) for entry in found)


def resolve_now(host: str, port: int) -> list[str]:
    """`resolve`, for code that runs in a thread."""
    literal = _literal(host, port)
    if literal is not None:
        return [str(_allowed(literal))]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ConnectionFailed("name", milliseconds=0) from None
    return _all_allowed(str(entry[4][0]) for entry in found)


async def send(url: str, *, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
    """POST `body`, within `timeout` seconds for everything together. Redirects are answers, not followed.

    Raises AddressRefused before anything is sent, ConnectionFailed when no whole head of an answer came.
    """
    parts = _split(url)
    began = time.monotonic()
    try:
        async with asyncio.timeout(timeout):
            port = parts.port or _DEFAULT_PORTS[parts.scheme]
            addresses = await resolve(str(parts.hostname), port)
            return await _exchange(parts, addresses[0], body, headers, began)
    except TimeoutError:
        raise ConnectionFailed("timeout", milliseconds=_since(began)) from None
    except httpx.ConnectError as error:
        kind = "tls" if isinstance(_root(error), ssl.SSLError) else "connect"
        raise ConnectionFailed(kind, milliseconds=_since(began)) from None
    except httpx.HTTPError:
        raise ConnectionFailed("protocol", milliseconds=_since(began)) from None


def post(url: str, *, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
    """`send`, for code that runs in a thread without an event loop."""
    return asyncio.run(send(url, body=body, headers=headers, timeout=timeout))


async def _exchange(parts: SplitResult, address: str, body: bytes, headers: Mapping[str, str], began: float) -> Answer:
    """One request to the checked address, under the name that was asked for (Host, SNI and certificate)."""
    literal = f"[{address}]" if ":" in address else address
    target = parts._replace(netloc=f"{literal}:{parts.port or _DEFAULT_PORTS[parts.scheme]}", fragment="").geturl()
    extensions = {"sni_hostname": parts.hostname} if parts.scheme == "https" else {}
    named = {**headers, "Host": parts.netloc}
    async with httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=None) as client:  # noqa: S113 # nosec B113 - whole
        request = client.build_request("POST", target, content=body, headers=named, extensions=extensions)
        response = await client.send(request, stream=True)
        try:
            head = await _head(response)
        finally:
            await response.aclose()
    text = head.decode("utf-8", errors="replace").replace("\x00", "\ufffd")[:HEAD_CHARACTERS]
    return Answer(
        status=response.status_code, milliseconds=_since(began), head=text, headers=dict(response.headers.items())
    )


async def _head(response: httpx.Response) -> bytes:
    """The beginning of the body as it was sent; a compressed one is not unpacked."""
    head = b""
    async for chunk in response.aiter_raw():
        head += chunk[: _HEAD_BYTES - len(head)]
        if len(head) >= _HEAD_BYTES:
            break
    return head


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("this is no address that can be read") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise AddressRefused("only http:// and https:// addresses are called")
    if "@" in parts.netloc or "\\" in url or any(ord(character) <= 32 for character in url):
        raise AddressRefused("an address carries no user, password, backslash or blank; put secrets into headers")
    if not parts.hostname or port == 0:
        raise AddressRefused("the address names no host or port")
    return parts


def _literal(host: str, port: int) -> Address | None:
    """The host as an address; None for a name. Refuses every other spelling of an address, and what is no host."""
    if not 0 < port < 65536:
        raise AddressRefused(f"{port} is no port")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if not _NAME.fullmatch(host.lower().removesuffix(".")):
        raise AddressRefused(f"{host[:80]!r} is no host name, no plain address either (192.0.2.1, 2001:db8::1)")
    return None


def _all_allowed(found: Iterable[str]) -> list[str]:
    """The addresses of a name; one that is not allowed spoils them all."""
    addresses = [str(_allowed(ipaddress.ip_address(text))) for text in dict.fromkeys(found)]
    if not addresses:
        raise ConnectionFailed("name", milliseconds=0)
    return addresses


def _allowed(address: Address) -> Address:
    plain = _plain(address)
    if not any(_covers(network, plain) for network in _listed()):
        raise AddressRefused(f"{plain} is not in this installation's list; the operator can add it to OUTGOING_CIDRS")
    return plain


def _plain(address: Address) -> Address:
    """The address itself, out of its IPv6 wrapping. Refuses what is never a camera or an endpoint."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _plain(address.ipv4_mapped)
        if address.scope_id is not None or any(address in carrier for carrier in _CARRIERS):
            raise AddressRefused(f"{address} carries another address or a network card inside")
    reserved = address.is_reserved and not address.is_loopback  # ::1 lies in a reserved block
    if address.is_link_local or address.is_multicast or address.is_unspecified or reserved:
        raise AddressRefused(f"{address} is never called: link-local, multicast, unspecified or reserved")
    return address


def _covers(network: Network, address: Address) -> bool:
    """Loopback is allowed only by a block that is itself loopback: 0.0.0.0/0 does not mean this machine."""
    if address.version != network.version or address not in network:
        return False
    return not address.is_loopback or network.is_loopback


def _listed() -> list[Network]:
    return [ipaddress.ip_network(block.strip()) for block in settings.OUTGOING_CIDRS]


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _root(error: BaseException) -> BaseException:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return error
