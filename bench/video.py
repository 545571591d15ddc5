"""Live pictures: time to the first picture, and what 100 viewers of one camera cost.

`python -m bench.video [--clips DIR] [--rounds N] [--viewers N] [--json FILE]`

First picture: from opening the socket to the first decodable fragment (format, init segment, key frame) at the client,
beside the fastest path to a browser that there can be: a bare RTSP client that reads the same camera up to its first
whole key frame, plus a bare WebSocket handshake, in the same interleaved run.
Viewers: processor time of the gateway's process for one camera and N sockets, beside a bare
`websockets` broadcast of the same bytes at the same rate to as many sockets.
"""

import argparse
import asyncio
import multiprocessing
import os
import resource
import statistics
import struct
import tempfile
import time
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID, uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, broadcast, serve

from bench.report import publish, surroundings
from deploy.simulators import clips
from deploy.simulators.cameras import Cameras
from deploy.simulators.films import load_films
from gis_layers.video.gateway import MediaGateway
from gis_layers.video.limits import Limits
from gis_layers.video.permits import Permit, ViewerInfo
from gis_layers.video.tickets import Ticket, browser_binding, issue
from gis_layers.video.upstream import IPAddress, Upstream

KEY = b"a key of the bench, thirty-two bytes"
ORIGIN = "http://bench.example"
COOKIE = "bench"
FRAME_BYTES = 1_000
FRAMES_PER_SECOND = 25


async def _loopback(host: str, port: int) -> list[IPAddress]:
    return [ip_address(host)]


async def _yes(session_id: UUID) -> bool:
    return True


async def _closed(session_id: UUID, reason: str, seconds: float, sent: int) -> None:
    return None


def _run_cameras(pipe: Connection, directory: str) -> None:
    async def main() -> None:
        server = await Cameras(load_films(Path(directory))).serve("127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(pipe.recv)

    asyncio.run(main())


def _run_gateway(pipe: Connection, camera_port: int) -> None:
    async def authorise(ticket: Ticket, viewer: ViewerInfo) -> Permit:
        upstream = Upstream("127.0.0.1", camera_port, f"/cam/{ticket.channel_code}")
        return Permit(upstream, ticket.session_id, "bench", ticket.user_id)

    async def main() -> None:
        gateway = MediaGateway(
            ticket_key=KEY, cookie_name="s", allowed_origins=[ORIGIN], check=_loopback, authorise=authorise,
            recheck=_yes, closed=_closed, limits=Limits(per_user=10_000, per_gateway=10_000, linger=0),
        )  # fmt: skip
        pipe.send(await gateway.listen_tcp("127.0.0.1", 0))
        await _answer_with_processor_time(pipe)
        await gateway.stop()

    asyncio.run(main())


def _run_broadcast(pipe: Connection, size: int) -> None:
    """The floor: the same bytes to the same number of sockets, with nothing else to do."""

    async def handle(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async def pump(server_connections: Callable[[], set[ServerConnection]]) -> None:
        frame = os.urandom(size)
        due = time.perf_counter()
        while True:
            broadcast(server_connections(), frame)
            due += 1 / FRAMES_PER_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    async def main() -> None:
        async with serve(handle, "127.0.0.1", 0, compression=None) as server:
            pipe.send(next(iter(server.sockets)).getsockname()[1])
            task = asyncio.create_task(pump(lambda: server.connections))
            await _answer_with_processor_time(pipe)
            task.cancel()

    asyncio.run(main())


async def _answer_with_processor_time(pipe: Connection) -> None:
    while await asyncio.to_thread(pipe.recv) == "time":
        usage = resource.getrusage(resource.RUSAGE_SELF)
        pipe.send(usage.ru_utime + usage.ru_stime)


class Child:
    """A process of the bench: started with a pipe, answers its processor time (seconds), ends when told."""

    def __init__(self, target: Callable[..., None], *arguments: object) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=target, args=(other, *arguments), daemon=True)
        self.process.start()
        self.port = int(self.pipe.recv())

    def processor_time(self) -> float:
        """Seconds of processor time so far."""
        self.pipe.send("time")
        return float(self.pipe.recv())

    def stop(self) -> None:
        """Tell it to end, and wait."""
        self.pipe.send("stop")
        self.process.join(10)
        if self.process.is_alive():
            self.process.kill()


def _open(port: int, channel: str) -> connect:
    token = issue(
        key=KEY, session_id=uuid4(), user_id="1", channel_code=channel, binding=browser_binding(COOKIE), now=time.time()
    )
    headers = {"Origin": ORIGIN, "Cookie": f"s={COOKIE}"}
    return connect(
        f"ws://127.0.0.1:{port}/live/{channel}?ticket={token}",
        additional_headers=headers,
        compression=None,
        max_size=None,
        proxy=None,
    )


async def first_picture_by_gateway(port: int, channel: str) -> float:
    """Seconds until the first key fragment has arrived."""
    begun = time.perf_counter()
    async with _open(port, channel) as browser:
        binary = 0
        while binary < 2:
            binary += isinstance(await browser.recv(), bytes)
        return time.perf_counter() - begun


async def first_picture_directly(port: int, channel: str) -> float:
    """Seconds until a bare RTSP client has read the first whole key frame: the fastest path that there is."""
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    url, session = f"rtsp://127.0.0.1:{port}/cam/{channel}", ""
    for number, (method, target, extra) in enumerate(
        [
            ("DESCRIBE", url, ""),
            ("SETUP", f"{url}/trackID=0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"),
            ("PLAY", f"{url}/", ""),
        ]
    ):
        writer.write(f"{method} {target} RTSP/1.0\r\nCSeq: {number}\r\n{session}{extra}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        await reader.readexactly(int(fields.get("Content-Length", "0")))
        if "Session" in fields:
            session = f"Session: {fields['Session'].partition(';')[0]}\r\n"
    marker = False
    while not marker:
        _, _, size = struct.unpack(">BBH", await reader.readexactly(4))
        packet = await reader.readexactly(size)
        marker = packet[1] & 0x80 != 0
    elapsed = time.perf_counter() - begun
    writer.close()
    return elapsed


async def _drain(connection: ClientConnection) -> None:
    async for _ in connection:
        pass


async def bare_handshake(port: int) -> float:
    """Seconds for a WebSocket without any check: no way to a browser can do without it."""
    begun = time.perf_counter()
    connection = await _plain(port)
    elapsed = time.perf_counter() - begun
    connection.transport.abort()
    return elapsed


async def cost_of_viewers(child: Child, openers: list[Awaitable[ClientConnection]], seconds: float) -> float:
    """Share of a core that the process takes while all sockets are open."""
    connections = await asyncio.gather(*openers)
    tasks = [asyncio.create_task(_drain(connection)) for connection in connections]
    await asyncio.sleep(1)
    begun, used = time.perf_counter(), child.processor_time()
    await asyncio.sleep(seconds)
    share = (child.processor_time() - used) / (time.perf_counter() - begun)
    for connection, task in zip(connections, tasks, strict=True):
        task.cancel()
        connection.transport.abort()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0.5)
    return share


async def _plain(port: int) -> ClientConnection:
    return await connect(f"ws://127.0.0.1:{port}/", compression=None, max_size=None, proxy=None)


async def _viewer(port: int, channel: str) -> ClientConnection:
    return await _open(port, channel)


async def measure(directory: Path, *, rounds: int, viewers: int, seconds: float) -> dict[str, object]:
    """Everything, interleaved round by round; times in seconds, cost in shares of a core."""
    cameras = Child(_run_cameras, str(directory))
    gateway = Child(_run_gateway, cameras.port)
    floor = Child(_run_broadcast, FRAME_BYTES)
    direct, socket, through = [], [], []
    try:
        for number in range(rounds):
            direct.append(await first_picture_directly(cameras.port, f"first{number}"))
            socket.append(direct[-1] + await bare_handshake(floor.port))
            through.append(await first_picture_by_gateway(gateway.port, f"first{number}"))
        bare, ours = [], []
        for _ in range(3):
            bare.append(await cost_of_viewers(floor, [_plain(floor.port) for _ in range(viewers)], seconds))
            ours.append(
                await cost_of_viewers(gateway, [_viewer(gateway.port, "crowd") for _ in range(viewers)], seconds)
            )
    finally:
        for child in (gateway, floor, cameras):
            child.stop()
    first = statistics.median(through), statistics.median(socket)
    cost = statistics.median(ours), statistics.median(bare)
    return {
        "first_picture": {
            "gateway_p50_s": round(first[0], 4),
            "gateway_p95_s": round(statistics.quantiles(through, n=20)[-1], 4),
            "bare_read_p50_s": round(statistics.median(direct), 4),
            "bare_read_and_socket_p50_s": round(first[1], 4),
            "ratio": round(first[0] / first[1], 2),
            "rounds": rounds,
        },
        "viewers_of_one_camera": {
            "viewers": viewers,
            "gateway_cores": round(cost[0], 4),
            "bare_broadcast_cores": round(cost[1], 4),
            "broadcast_to_gateway": round(cost[1] / cost[0], 2),
            "viewers_per_core": round(viewers / cost[0]),
        },
        **surroundings(),
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line: prints a table, then the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--viewers", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        directory = options.clips or Path(scratch)
        if options.clips is None:
            clips.build(directory)
        result = asyncio.run(
            measure(directory, rounds=options.rounds, viewers=options.viewers, seconds=options.seconds)
        )
    publish(result, options.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
