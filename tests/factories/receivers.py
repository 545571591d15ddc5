"""A hotline's end of the line: a real HTTP server that answers as it is told and keeps what it got."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Got:
    """One POST that came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers` are used up one by one as (status, headers); then it says 200. While `held`, none is answered."""

    url: str
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)
    open: threading.Event = field(default_factory=threading.Event)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One on a free port of this machine."""

    class Visitor(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            end.got.append(Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            end.came.set()
            end.open.wait(20)
            status, headers = end.answers.pop(0) if end.answers else (200, {})
            self.send_response(status)
            for name, value in {"Content-Length": "3", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"ok\n")

        def log_message(self, format: str, *arguments: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Visitor)
    server.daemon_threads = True
    end = Receiver(url=f"http://127.0.0.1:{server.server_port}/callback")
    end.open.set()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield end
    finally:
        end.open.set()
        server.shutdown()
        server.server_close()
        thread.join()


def deaf_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
