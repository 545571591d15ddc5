"""Cameras that stall, lie and break: one server, the path says how."""

import asyncio
import contextlib
import random
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.simulators.films import Film

LOOKS = {
    "/redirect": "RTSP/1.0 302 Moved\r\nLocation: rtsp://169.254.169.254/\r\n",
    "/missing": "RTSP/1.0 404 Not Found\r\n",
    "/forbidden": "RTSP/1.0 403 Forbidden\r\n",
    "/unavailable": "RTSP/1.0 503 Service Unavailable\r\n",
    "/full": "RTSP/1.0 453 Not Enough Bandwidth\r\n",
    "/nonsense": "RTSP/1.0 499 rtsp://10.66.66.66/canary-reason-55\r\n",
}
SDP = (
    "v=0\r\ns=x\r\nm=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=control:sound\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 {}/90000\r\na=control:picture\r\n"
)


@dataclass
class Player:
    """The state of a stream that its misbehaviour may change before the 51st frame."""

    sequence: int = 65_500
    timestamp: int = 0xFFFFFFFF - 20 * 3600
    source: int = 1
    dice: random.Random = field(default_factory=lambda: random.Random(430900))  # the same packets are lost each time


def jump_ahead(player: Player) -> None:
    player.timestamp += 90_000 * 600


def jump_back(player: Player) -> None:
    player.timestamp -= 90_000 * 600


def new_source(player: Player) -> None:
    player.source, player.sequence, player.timestamp = 2, 7, 5


JUMPS: dict[str, Callable[[Player], None]] = {"/ahead": jump_ahead, "/back": jump_back, "/source": new_source}


class EvilCameras:
    def __init__(self, film: Film) -> None:
        self.film = film
        self.requests: list[str] = []
        self.connections = 0
        self.answers_to_us: list[str] = []

    async def serve(self) -> tuple[asyncio.Server, int]:
        server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        return server, server.sockets[0].getsockname()[1]

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task: asyncio.Task[None] | None = None
        try:
            while True:
                text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                if text.startswith("RTSP/"):
                    self.answers_to_us.append(text)
                    continue
                self.requests.append(text)
                path = re.search(r"rtsp://[^/]+(/[a-z0-9]+)", text)[1]  # type: ignore[index]
                if await self._answer(text, path, writer):
                    task = asyncio.create_task(self._play(path, writer))
        except (OSError, EOFError):
            pass
        finally:
            if task:
                task.cancel()
            writer.close()

    async def _answer(self, text: str, path: str, writer: asyncio.StreamWriter) -> bool:
        method = text.split()[0]
        number = re.search(r"CSeq: (\d+)", text)[1]  # type: ignore[index]
        if path == "/mute":
            await asyncio.sleep(60)
        if path == "/garbage":
            writer.write(b"\x00\xff" * 600)
        if method == "DESCRIBE" and path in LOOKS:
            writer.write(f"{LOOKS[path]}CSeq: {number}\r\n\r\n".encode())
            return False
        body = SDP.format("JPEG" if path == "/codec" else "H264") if method == "DESCRIBE" else ""
        body = "v=0\r\ns=x\r\n" if body and path == "/novideo" else body
        extra = (
            "Transport: RTP/AVP/TCP;unicast;interleaved=4-5\r\nSession: abc;timeout=2\r\n" if method == "SETUP" else ""
        )
        if path == "/udp":
            extra = extra.replace("interleaved=4-5", "server_port=5000-5001")
        if method == "PLAY" and path == "/early":
            # The first frame overtakes the answer; _misbehave goes on with the second.
            await self._send_frame(0, Player(), writer)
        writer.write(f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{extra}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()
        return method == "PLAY"

    async def _send_frame(self, index: int, player: Player, writer: asyncio.StreamWriter, loss: float = 0.0) -> None:
        out = bytearray()
        for marker, payload in self.film.frames[index % len(self.film.frames)]:
            player.sequence = player.sequence + 1 & 0xFFFF
            kind = 96 | (0x80 if marker else 0)
            if player.dice.random() >= loss:
                out += struct.pack(
                    ">BBHBBHII", 36, 4, 12 + len(payload), 0x80, kind, player.sequence,
                    player.timestamp & 0xFFFFFFFF, player.source,
                )  # fmt: skip
                out += payload
        writer.write(bytes(out))
        await writer.drain()

    async def _play(self, path: str, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await self._misbehave(path, writer)

    async def _misbehave(self, path: str, writer: asyncio.StreamWriter) -> None:
        player = Player()
        if path == "/nomedia":
            return
        first = 0
        if path == "/early":
            first = 1
            player.sequence += len(self.film.frames[0])
            player.timestamp += 3600
        for number in range(first, 1_000_000):
            if path == "/lies":
                writer.write(b"$\x04\x00\x14" + random.randbytes(20))
            elif path == "/onlypartial" and number > 50:
                writer.write(struct.pack(">BBHBBHII", 36, 4, 14, 0x80, 96, number * 7 & 0xFFFF, 1, 1) + b"\x7c\x05")
            else:
                if number == 50 and await self._turn(path, player, writer):
                    return
                await self._send_frame(number, player, writer, 0.03 if path == "/loss" else 0.0)
            player.timestamp += 3600
            await asyncio.sleep(0.01)

    async def _turn(self, path: str, player: Player, writer: asyncio.StreamWriter) -> bool:
        """What happens at the 51st frame; True where nothing comes after it."""
        if path in JUMPS:
            JUMPS[path](player)
        if path == "/asks":
            writer.write(
                b"SET_PARAMETER rtsp://x/ RTSP/1.0\r\nCSeq: 9\r\n\r\nANNOUNCE rtsp://x/ RTSP/1.0\r\nCSeq: 10\r\n\r\n"
            )
        if path == "/leaves":
            writer.write(b"TEARDOWN rtsp://x/ RTSP/1.0\r\nCSeq: 9\r\n\r\n")
        if path == "/drop":
            writer.close()
        if path == "/reset":
            writer.transport.abort()
        return path in {"/stall", "/drop", "/reset", "/leaves"}
