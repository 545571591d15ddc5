"""Simulated cameras: `python -m deploy.simulators.cameras --clips DIR --listen 127.0.0.1:PORT`.

One process answers RTSP for any path: the path's hash chooses the clip, the offset in it, and whether the camera wants
Basic, Digest (MD5) or Digest (SHA-256). Media goes over the same TCP connection, packed into RTP once when the clip is
loaded. Paths of the offline file answer 503, or never. A session that isn't kept alive ends.
"""

import argparse
import asyncio
import base64
import contextlib
import hashlib
import hmac
import ipaddress
import re
import secrets
import signal
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from deploy.simulators.films import CLOCK, PAYLOAD_TYPE, Film, load_films

_BEHIND: Final = 4 * 1024 * 1024
_SCHEMES: Final = ("none", "basic", "digest", "mixed")
_METHODS: Final = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The one account that all simulated cameras know."""

    username: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """An RTSP request; header names are lower case."""

    method: str
    url: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        """The camera's path, without the track."""
        return unquote(urlsplit(self.url).path).removesuffix("/").removesuffix("/trackID=0").removesuffix("/")


def stable_hash(path: str, salt: str) -> int:
    """A number for a path that is the same in every process."""
    return int.from_bytes(hashlib.sha256(f"{salt}:{path}".encode()).digest()[:8], "big")


class Cameras:
    """Any number of cameras in one process. `session_seconds` is the RTSP session time-out that is enforced."""

    def __init__(
        self,
        films: tuple[Film, ...],
        *,
        credentials: Credentials | None = None,
        scheme: str = "mixed",
        offline: frozenset[str] = frozenset(),
        session_seconds: float = 60,
    ) -> None:
        self.playing = 0
        self.films = films
        self.session_seconds = session_seconds
        self._credentials = credentials
        self._scheme = scheme if credentials else "none"
        self._offline = offline

    def film_for(self, path: str) -> tuple[Film, int]:
        """The clip of a path and the key frame at which its day begins."""
        number = stable_hash(path, "clip")
        film = self.films[number % len(self.films)]
        return film, film.keys[(number // len(self.films)) % len(film.keys)]

    def scheme_for(self, path: str) -> str:
        """none, basic, md5 or sha-256."""
        if self._scheme == "digest":
            return ("md5", "sha-256")[stable_hash(path, "auth") % 2]
        if self._scheme == "mixed":
            return ("basic", "md5", "sha-256")[stable_hash(path, "auth") % 3]
        return self._scheme

    def fault_of(self, path: str) -> str:
        """An offline path answers 503 ("unavailable") or never ("mute"); others have no fault ("")."""
        if path not in self._offline:
            return ""
        return ("unavailable", "mute")[stable_hash(path, "fault") % 2]

    def challenge(self, path: str, nonce: str) -> str | None:
        """The WWW-Authenticate header of a path, None where it is open."""
        scheme = self.scheme_for(path)
        if scheme == "none":
            return None
        if scheme == "basic":
            return 'Basic realm="camera"'
        return f'Digest realm="camera", nonce="{nonce}", qop="auth", algorithm={scheme.upper()}'

    def admits(self, request: Request, nonce: str) -> bool:
        """Whether a request carries the password in the way that its camera asked for."""
        scheme = self.scheme_for(request.path)
        if scheme == "none" or self._credentials is None:
            return True
        given = request.headers.get("authorization", "")
        if scheme == "basic":
            pair = f"{self._credentials.username}:{self._credentials.password}"
            return hmac.compare_digest(given, "Basic " + base64.b64encode(pair.encode()).decode())
        return self._digest_holds(given, request.method, nonce, {"md5": "md5", "sha-256": "sha256"}[scheme])

    def _digest_holds(self, given: str, method: str, nonce: str, algorithm: str) -> bool:
        """RFC 7616 with qop=auth."""
        fields = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', given)}
        if self._credentials is None or fields.get("nonce") != nonce or fields.get("qop") != "auth":
            return False

        def digest(text: str) -> str:
            return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()

        first = digest(f"{self._credentials.username}:camera:{self._credentials.password}")
        second = digest(f"{method}:{fields.get('uri', '')}")
        middle = ":".join((nonce, fields.get("nc", ""), fields.get("cnonce", ""), "auth"))
        return hmac.compare_digest(fields.get("response", ""), digest(f"{first}:{middle}:{second}"))

    async def serve(self, host: str, port: int) -> asyncio.Server:
        """Listen; ValueError for an address that isn't loopback."""
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError("simulated cameras listen on loopback only")
        return await asyncio.start_server(self._client, host, port, backlog=4096)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = _Visit(self, reader, writer)
        try:
            await visit.run()
        except (OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError):
            pass
        finally:
            visit.end()
            writer.close()


class _Visit:
    """One client's connection."""

    def __init__(self, cameras: Cameras, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._cameras = cameras
        self._reader = reader
        self._writer = writer
        self._nonce = secrets.token_hex(12)
        self._session = ""
        self._channel = 0
        self._player: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Answer requests until TEARDOWN, the end, or a session that nobody keeps alive."""
        while True:
            seconds = self._cameras.session_seconds if self._session else 60
            async with asyncio.timeout(seconds):
                request = await self._next_request()
            if not await self._answered(request):
                return

    def end(self) -> None:
        """Stop playing."""
        if self._player is not None:
            self._player.cancel()

    async def _next_request(self) -> Request:
        while (first := await self._reader.readexactly(1)) in b"$\r\n":
            if first == b"$":
                _, size = struct.unpack(">BH", await self._reader.readexactly(3))
                await self._reader.readexactly(size)
        text = (first + await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        head, *lines = text.strip().split("\r\n")
        method, url, _ = head.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        await self._reader.readexactly(int(headers.get("content-length", "0")))
        return Request(method, url, headers)

    async def _answered(self, request: Request) -> bool:
        """Answer one request; False when it was the last."""
        if not await self._available(request):
            return True
        actions = {"OPTIONS": self._options, "DESCRIBE": self._describe, "SETUP": self._set_up, "PLAY": self._play}
        actions.get(request.method, self._acknowledge)(request)
        await self._writer.drain()
        return request.method != "TEARDOWN"

    async def _available(self, request: Request) -> bool:
        """Faults and passwords, before anything else."""
        fault = self._cameras.fault_of(request.path)
        if fault == "mute":
            await asyncio.sleep(600)
        if fault:
            self._reply(request, "503 Service Unavailable")
            return False
        challenge = self._cameras.challenge(request.path, self._nonce)
        if challenge is not None and request.method != "OPTIONS" and not self._cameras.admits(request, self._nonce):
            self._reply(request, "401 Unauthorized", {"WWW-Authenticate": challenge})
            return False
        return True

    def _reply(
        self, request: Request, status: str = "200 OK", headers: dict[str, str] | None = None, body: bytes = b""
    ) -> None:
        lines = [f"RTSP/1.0 {status}", f"CSeq: {request.headers.get('cseq', '0')}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + body)

    def _options(self, request: Request) -> None:
        self._reply(request, headers={"Public": _METHODS})

    def _describe(self, request: Request) -> None:
        film, _ = self._cameras.film_for(request.path)
        headers = {"Content-Type": "application/sdp", "Content-Base": request.url.rstrip("/") + "/"}
        self._reply(request, headers=headers, body=film.description)

    def _set_up(self, request: Request) -> None:
        wanted = re.search(r"interleaved=(\d{1,3})-(\d{1,3})", request.headers.get("transport", ""))
        if wanted is None:
            self._reply(request, "461 Unsupported Transport")
            return
        self._channel, self._session = int(wanted[1]), secrets.token_hex(8)
        transport = f"RTP/AVP/TCP;unicast;interleaved={wanted[1]}-{wanted[2]}"
        timeout = f"{self._session};timeout={max(1, round(self._cameras.session_seconds))}"
        self._reply(request, headers={"Transport": transport, "Session": timeout})

    def _play(self, request: Request) -> None:
        if not self._known(request):
            self._reply(request, "454 Session Not Found")
            return
        self._reply(request, headers={"Session": self._session, "Range": "npt=0.000-"})
        if self._player is None:
            self._player = asyncio.create_task(self._show(request.path))

    def _acknowledge(self, request: Request) -> None:
        known = not self._session or self._known(request)
        self._reply(request, "200 OK" if known else "454 Session Not Found")

    def _known(self, request: Request) -> bool:
        return bool(self._session) and request.headers.get("session", "").partition(";")[0] == self._session

    async def _show(self, path: str) -> None:
        self._cameras.playing += 1
        try:
            with contextlib.suppress(OSError):
                await self._send_frames(path)
        finally:
            self._cameras.playing -= 1

    async def _send_frames(self, path: str) -> None:
        film, index = self._cameras.film_for(path)
        loop = asyncio.get_running_loop()
        sequence, timestamp, source = (secrets.randbits(bits) for bits in (16, 32, 32))
        header = struct.Struct(">BBHBBHII")
        due = loop.time()
        while self._writer.transport.get_write_buffer_size() < _BEHIND:
            parts: list[bytes] = []
            for marker, payload in film.frames[index]:
                kind = PAYLOAD_TYPE | (0x80 if marker else 0)
                parts.append(header.pack(36, self._channel, 12 + len(payload), 0x80, kind, sequence, timestamp, source))
                parts.append(payload)
                sequence = sequence + 1 & 0xFFFF
            self._writer.write(b"".join(parts))
            index = (index + 1) % len(film.frames)
            timestamp = timestamp + CLOCK // film.frames_per_second & 0xFFFFFFFF
            due += 1 / film.frames_per_second
            await asyncio.sleep(max(0.0, due - loop.time()))
        self._writer.close()


def _read_credentials(path: Path | None) -> Credentials | None:
    if path is None:
        return None
    username, colon, password = path.read_text(encoding="utf-8").strip().partition(":")
    if not colon:
        raise SystemExit("The credentials file must hold one line: user:password")
    return Credentials(username, password)


def _read_offline(path: Path | None) -> frozenset[str]:
    if path is None:
        return frozenset()
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset("/" + line.strip("/") for line in lines if line)


async def _run(options: argparse.Namespace) -> None:
    cameras = Cameras(
        load_films(options.clips),
        credentials=_read_credentials(options.credentials_file),
        scheme=options.auth,
        offline=_read_offline(options.offline_file),
        session_seconds=options.session_timeout,
    )
    host, _, port = options.listen.rpartition(":")
    server = await cameras.serve(host.strip("[]"), int(port))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    address = server.sockets[0].getsockname()
    sys.stdout.write(f"simulated cameras on {address[0]}:{address[1]}, {len(cameras.films)} clips\n")
    sys.stdout.flush()
    await stop.wait()
    server.close()


def main(arguments: list[str] | None = None) -> int:
    """Command line; runs until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="Simulated RTSP cameras on loopback.")
    parser.add_argument("--clips", type=Path, required=True, help="folder made by deploy.simulators.clips")
    parser.add_argument("--listen", required=True, metavar="127.0.0.1:PORT")
    parser.add_argument("--credentials-file", type=Path, help="one line: user:password")
    parser.add_argument("--offline-file", type=Path, help="paths of cameras that are off, one a line")
    parser.add_argument("--auth", choices=_SCHEMES, default="mixed", help="needs --credentials-file")
    parser.add_argument("--session-timeout", type=float, default=60, metavar="SECONDS")
    asyncio.run(_run(parser.parse_args(arguments)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
