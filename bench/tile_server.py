"""The product's own front and one web process on a scratch state directory, and a client that costs next to nothing."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from deploy import nginx
from deploy.places import State

ROOT = Path(__file__).resolve().parents[1]
PIPELINED = 32


@contextmanager
def serving(folder: Path, port: int, *, schemas: str = "public") -> Iterator[State]:
    """nginx as the product configures it, before one uvicorn; both are stopped at the end. The folder needs `keys`.

    Tables are looked for in `schemas`, in their order.
    """
    state = State(folder)
    for path in (folder, state.run, state.tiles, state.static, state.log, state.nginx):
        path.mkdir(exist_ok=True)
        path.chmod(0o755)
    nginx.write(nginx.Front(state=state, host="127.0.0.1", port=port, user="root"))
    web = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "webapp.asgi:application", "--uds", str(state.run / "web-1.sock"),
         "--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools", "--proxy-headers"],
        cwd=ROOT, env={
            **os.environ, "WANGGE_STATE": str(folder), "WANGGE_ORIGIN": f"http://127.0.0.1:{port}",
            "PGOPTIONS": f"-c search_path={schemas}",
        },
    )  # fmt: skip
    started = [web]
    try:
        _until_there(state.run / "web-1.sock")
        (state.run / "web-2.sock").symlink_to(state.run / "web-1.sock")  # nginx expects two, and avoids what was away
        started.append(subprocess.Popen(nginx.command(state), stderr=subprocess.DEVNULL))
        until_ready(port)
        yield state
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(20)


def _until_there(file: Path) -> None:
    for _ in range(300):
        if file.exists():
            return
        time.sleep(0.1)
    raise SystemExit("the web process did not come up; its messages stand above")


def until_ready(port: int) -> None:
    """Wait for /healthz to answer 200. Raises SystemExit after 20 seconds."""
    for _ in range(200):
        try:
            if fetch(port, "/healthz", {})[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("a server did not come up; its messages stand above")


def fetch(port: int, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """One GET on a connection of its own: status, headers in lower case, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def rate(port: int, requests: list[tuple[str, dict[str, str]]], *, expect: int, clients: int = 4) -> float:
    """Requests a second, `clients` at a time, each on a connection that it keeps. Raises for another status."""

    def work(share: list[tuple[str, dict[str, str]]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for path, headers in share:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != expect:
                raise RuntimeError(f"{path} answered {answer.status}")
        connection.close()

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, [requests[number::clients] for number in range(clients)]))
    return len(requests) / (time.perf_counter() - begun)


def file_rate(port: int, path: str, seconds: float) -> float:
    """Requests a second for one file over one connection, 32 at a time: the server's cost, hardly the client's."""
    request = f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(request)
        size = _whole(line)
        done, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < seconds and done < 900:  # nginx ends a connection after 1,000 requests
            line.sendall(request * PIPELINED)
            missing = size * PIPELINED
            while missing:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # else the server waits 40 ms for an ACK
                missing -= len(line.recv(min(missing, 1 << 20)))
            done += PIPELINED
        return done / (time.perf_counter() - begun)


def _whole(line: socket.socket) -> int:
    """The size of one whole answer; Content-Length says how long its body is."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += line.recv(65536)
    head = answer.partition(b"\r\n\r\n")[0]
    if b" 200 " not in head.partition(b"\r\n")[0]:
        raise RuntimeError(head.decode())
    length = next(int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length"))
    while len(answer) < len(head) + 4 + length:
        answer += line.recv(65536)
    return len(head) + 4 + length


def forget(state: State) -> None:
    """Remove all kept tiles."""
    for folder in state.tiles.iterdir():
        shutil.rmtree(folder)
