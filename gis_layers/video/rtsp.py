"""An RTSP client (RFC 2326) for one camera: media over the same TCP connection, nothing else is ever opened.

Redirections are refused, never followed. No exception or log line holds the address, the user name or the password.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from gis_layers.video.reasons import Reason, UpstreamFailed
from gis_layers.video.rtsp_auth import Authenticator, strongest_challenge
from gis_layers.video.rtsp_wire import Deframer, Interleaved, Message, WireError
from gis_layers.video.sdp import Description, VideoMedia, control_url, parse_description
from gis_layers.video.upstream import AddressCheck, AddressRefused, IPAddress, Upstream

_CHUNK: Final = 64 * 1024
_MAX_WAITING: Final = 4096
_DEFAULT_SESSION_SECONDS: Final = 60.0
_FAREWELL: Final = 2.0
_AGENT: Final = "wangge"

_FAILURES: Final[dict[int, tuple[Reason, str]]] = {
    401: ("unauthorised", "the camera refuses the user name or the password"),
    403: ("unauthorised", "the camera forbids this stream to our account"),
    404: ("not_found", "the camera has no such stream"),
    453: ("busy", "the camera has no bandwidth left"),
    454: ("offline", "the camera ended the session"),
    461: ("error", "the camera does not send over TCP"),
    503: ("offline", "the camera is not available"),
}


@dataclass(frozen=True, slots=True)
class Playing:
    """What SETUP and PLAY agreed: the interleaved channel of RTP and the session time-out in seconds."""

    channel: int
    session_seconds: float


async def connect(upstream: Upstream, check: AddressCheck, *, seconds: float) -> "RtspConnection":
    """Check the address, then connect to the checked one. Raises UpstreamFailed (refused, timeout, offline)."""
    try:
        async with asyncio.timeout(seconds):
            addresses = await _checked(upstream, check)
            reader, writer = await _open(addresses, upstream.port)
    except TimeoutError:
        raise UpstreamFailed("timeout", "the camera does not answer") from None
    except OSError:
        raise UpstreamFailed("offline", "the camera can't be reached") from None
    return RtspConnection(upstream, reader, writer)


async def _checked(upstream: Upstream, check: AddressCheck) -> list[IPAddress]:
    try:
        addresses = list(await check(upstream.host, upstream.port))
    except AddressRefused:
        addresses = []
    if not addresses:
        raise UpstreamFailed("refused", "the camera's address is not on the allow-list") from None
    return addresses


async def _open(addresses: list[IPAddress], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for address in addresses[:-1]:
        try:
            return await asyncio.open_connection(str(address), port, limit=_CHUNK)
        except OSError:
            continue
    return await asyncio.open_connection(str(addresses[-1]), port, limit=_CHUNK)


class RtspConnection:
    """One connection to a camera. Time-outs are the caller's (`asyncio.timeout`); close it with `async with`."""

    def __init__(self, upstream: Upstream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._upstream = upstream
        self._reader = reader
        self._writer = writer
        self._deframer = Deframer()
        self._waiting: deque[Message | Interleaved] = deque(maxlen=_MAX_WAITING)
        self._authenticator: Authenticator | None = None
        self._base = upstream.url
        self._sequence = 0
        self._session = ""
        self._keep_alive = "OPTIONS"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say TEARDOWN where a session is open, without waiting for the answer, and close."""
        if self._session and not self._writer.is_closing():
            self._send("TEARDOWN", self._base, {})
        self._writer.close()
        asyncio.get_running_loop().call_later(_FAREWELL, self._writer.transport.abort)

    async def describe(self) -> Description:
        """OPTIONS, then DESCRIBE. Raises UpstreamFailed."""
        options = await self._exchange("OPTIONS", self._base, {})
        if options.status == 401:
            # Asked twice already; one more try with a wrong password brings many cameras nearer to locking us out.
            raise UpstreamFailed(*_FAILURES[401])
        if "GET_PARAMETER" in options.header("public"):
            self._keep_alive = "GET_PARAMETER"
        answer = await self._request("DESCRIBE", self._base, {"Accept": "application/sdp"})
        base = answer.header("content-base") or answer.header("content-location")
        if base.lower().startswith("rtsp"):
            self._base = control_url(base=base, control=base)
        return parse_description(answer.body)

    async def play(self, description: Description, media: VideoMedia) -> Playing:
        """SETUP of one medium over this connection, then PLAY. Raises UpstreamFailed."""
        target = control_url(base=self._base, control=media.control)
        answer = await self._request("SETUP", target, {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"})
        self._session, seconds = _session(answer.header("session"))
        channel = _channel(answer.header("transport"))
        self._base = control_url(base=self._base, control=description.control)
        await self._request("PLAY", self._base, {"Range": "npt=0.000-"})
        return Playing(channel, seconds)

    def keep_alive(self) -> None:
        """Tell the camera that somebody is still watching; the answer is read with the media."""
        self._send(self._keep_alive, self._base, {})

    async def read_packets(self, deliver: Callable[[Interleaved], None]) -> None:
        """Wait for bytes and deliver the packets in them. Raises UpstreamFailed where the camera ends or breaks."""
        while self._waiting:
            self._dispatch(self._waiting.popleft(), deliver)
        for item in await self._receive():
            self._dispatch(item, deliver)

    def _dispatch(self, item: Message | Interleaved, deliver: Callable[[Interleaved], None]) -> None:
        if isinstance(item, Interleaved):
            deliver(item)
        elif item.method:
            self._answer(item)
        elif item.status == 401:
            self._accept_challenge(item)
        elif item.status == 454:
            raise UpstreamFailed(*_FAILURES[454])

    def _answer(self, request: Message) -> None:
        """A server may ask things of its own; it gets an answer, and its TEARDOWN or REDIRECT is the end."""
        status = "200 OK" if request.method in {"OPTIONS", "GET_PARAMETER", "SET_PARAMETER"} else "501 Not Implemented"
        number = request.header("cseq")[:10]
        self._writer.write(f"RTSP/1.0 {status}\r\nCSeq: {number if number.isdigit() else 0}\r\n\r\n".encode())
        if request.method in {"TEARDOWN", "REDIRECT"}:
            raise UpstreamFailed("offline", "the camera ended the session")

    async def _request(self, method: str, url: str, headers: dict[str, str]) -> Message:
        answer = await self._exchange(method, url, headers)
        if 200 <= answer.status < 300:
            return answer
        if 300 <= answer.status < 400:
            raise UpstreamFailed("refused", "the camera redirects, which is not followed")
        reason, detail = _FAILURES.get(answer.status, ("error", f"the camera answers {answer.status}"))
        raise UpstreamFailed(reason, detail)

    async def _exchange(self, method: str, url: str, headers: dict[str, str]) -> Message:
        """One request and its answer, repeated once with a password where the camera asks for it."""
        answer = await self._answer_to(self._send(method, url, headers))
        if answer.status == 401 and self._accept_challenge(answer):
            answer = await self._answer_to(self._send(method, url, headers))
        return answer

    def _accept_challenge(self, answer: Message) -> bool:
        challenge = strongest_challenge(answer.headers_named("www-authenticate"))
        if challenge is None or not self._upstream.username:
            return False
        if self._authenticator is not None and self._authenticator.challenge == challenge:
            return False
        self._authenticator = Authenticator(challenge, self._upstream.username, self._upstream.password)
        return True

    def _send(self, method: str, url: str, headers: dict[str, str]) -> int:
        self._sequence += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._sequence}", f"User-Agent: {_AGENT}"]
        if self._session:
            lines.append(f"Session: {self._session}")
        if self._authenticator is not None:
            lines.append("Authorization: " + self._authenticator.header(method=method, url=url))
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        return self._sequence

    async def _answer_to(self, number: int) -> Message:
        """The response to a request; media that arrives before it is kept for `read_packets`."""
        while True:
            found: Message | None = None
            for item in await self._receive():
                if found is None and _is_answer(item, number):
                    found = item if isinstance(item, Message) else None
                elif isinstance(item, Message) and item.method:
                    self._answer(item)
                else:
                    self._waiting.append(item)
            if found is not None:
                return found

    async def _receive(self) -> list[Message | Interleaved]:
        try:
            chunk = await self._reader.read(_CHUNK)
            if not chunk:
                raise UpstreamFailed("offline", "the camera closed the connection")
            return list(self._deframer.feed(chunk))
        except OSError:
            raise UpstreamFailed("offline", "the connection to the camera broke") from None
        except WireError as error:
            raise UpstreamFailed("error", f"the camera does not speak RTSP ({error})") from None


def _is_answer(item: Message | Interleaved, number: int) -> bool:
    return isinstance(item, Message) and item.status > 0 and item.header("cseq") == str(number)


def _session(header: str) -> tuple[str, float]:
    name, _, rest = header.partition(";")
    text = rest.lower().replace(" ", "").removeprefix("timeout=").partition(";")[0]
    seconds = float(text) if text.isascii() and text.isdigit() and len(text) < 6 else _DEFAULT_SESSION_SECONDS
    return "".join(letter for letter in name.strip() if letter.isascii() and letter.isprintable())[:256], seconds


def _channel(transport: str) -> int:
    for item in transport.replace(" ", "").split(";"):
        name, _, value = item.partition("=")
        if name.lower() == "interleaved":
            first = value.split("-")[0].split(",")[0]
            if first.isascii() and first.isdigit():
                return int(first[:3])
    raise UpstreamFailed("error", "the camera does not send over TCP")
