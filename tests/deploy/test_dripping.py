"""Who sends a message one byte at a time is cut after a time as a whole, and holds up nobody. Promise 12.

Real nginx, the real web process, real sockets. An installation waits 15 s; here it is 2, by the same setting.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as installed

from events.models import Event, Ticket
from tests.deploy.test_nginx import Front, front, wait
from tests.factories.hotline import ADDRESS, SECRET, message, packed, signed

__all__ = ["front"]
ROOT = Path(__file__).resolve().parents[2]
LIMIT, DRIPPING, PAUSE = 2.0, 40, 0.2


@pytest.fixture
def web(front: Front, committed: str, tmp_path: Path) -> Iterator[Front]:
    """One web process as the product starts it, with the one setting changed, behind nginx."""
    keys = tmp_path / "web" / "keys"
    keys.mkdir(parents=True)
    for name in ("secret_key", "field_key", "ticket_key", "audience_key", "hotline_secret"):
        (keys / name).write_text(SECRET)
    parts, place = installed.DATABASES["default"], front.state.run / "web-1.sock"
    environment = {
        **os.environ, "WANGGE_STATE": str(tmp_path / "web"), "WANGGE_WEBHOOK_SECONDS": str(LIMIT),
        "WANGGE_ORIGIN": f"http://127.0.0.1:{front.port}",
        "DATABASE_URL": f"postgis://{parts['USER']}@/{committed}?host={parts['HOST']}&port={parts['PORT']}",
    }  # fmt: skip
    command = [
        sys.executable, "-W", "ignore", "-m", "uvicorn", "webapp.asgi:application", "--uds", str(place),
        "--loop", "uvloop", "--http", "httptools", "--log-level", "warning", "--timeout-graceful-shutdown", "1",
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            until = time.monotonic() + 40
            while not place.exists() and process.poll() is None and time.monotonic() < until:
                time.sleep(0.1)
            place.chmod(0o666)
            wait(lambda: front.ask("/readyz")[0].status == 200)
            yield front
        finally:
            process.terminate()
            process.wait(10)


def _begun(front: Front, path: str) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", front.port), timeout=10)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    line.sendall(head.encode() + b"{")
    line.setblocking(False)
    return line


def _step(line: socket.socket) -> bytes | None:
    """One byte more; what was answered, or None while nothing was."""
    try:
        line.send(b" ")
        return line.recv(65536)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _order(front: Front) -> tuple[int, float]:
    """A whole order's status and how many seconds it took."""
    body = packed(of := message())
    began = time.monotonic()
    answer, _ = front.ask(ADDRESS, "POST", body, {"Content-Type": "application/json", **signed(body, of["message_id"])})
    return answer.status, time.monotonic() - began


def test_an_installation_waits_for_fifteen_seconds():
    assert "WANGGE_WEBHOOK_SECONDS" not in os.environ
    assert installed.WEBHOOK_SECONDS == 15


@pytest.mark.parametrize("path", [ADDRESS, "/api/v1/sources/alarm"])
def test_who_drips_is_cut_and_holds_no_worker_from_others(web, path):
    assert _order(web)[0] == 201  # the process has begun to work
    before = Ticket.objects.count()
    began = time.monotonic()
    lines = dict.fromkeys([_begun(web, path) for _ in range(DRIPPING)])
    patient = _begun(web, "/api/v1/events")
    answers: list[tuple[float, bytes]] = []
    took: list[tuple[int, float]] = []
    while lines and time.monotonic() - began < LIMIT + 8:
        for line in list(lines):
            if (answer := _step(line)) is not None:
                answers.append((time.monotonic() - began, answer))
                lines.pop(line)
                line.close()
        assert _step(patient) is None, "control: the same elsewhere, where people send, is waited for"
        took.append(_order(web))
        time.sleep(PAUSE)
    patient.close()
    assert len(answers) == DRIPPING, "somebody still drips"
    for seconds, answer in answers:
        assert LIMIT - 0.1 < seconds < LIMIT + 3
        told = _problem(answer)
        assert (told["status"], told["code"]) == (408, "too-slow")
    assert {status for status, _ in took} == {201}
    assert max(seconds for _, seconds in took) < 2
    assert Ticket.objects.count() == Event.objects.count() == before + len(took), "of what dripped nothing was taken"


def _problem(answer: bytes) -> dict[str, Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408"), answer[:300]
    assert b"application/problem+json" in head
    read: dict[str, Any] = json.loads(body)
    return read
