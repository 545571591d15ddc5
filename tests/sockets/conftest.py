"""A real web process on a real port, and people with sessions to knock at it."""

import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections
from django.utils import timezone
from websockets.sync.client import ClientConnection, connect

from events.sight import Scope
from gis_layers import live
from grid.models import Organisation, Post, Region, Role, User
from tests.conftest import _owner
from webapp.sessions import SessionStore

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Person:
    """Somebody with a session."""

    user: User
    session: str


@dataclass(frozen=True)
class Server:
    """The running web process."""

    port: int
    pid: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(
        self, person: Person | None, *, since: object = None, origin: str | None = "", **options: Any
    ) -> ClientConnection:
        """A line; raises websockets' InvalidStatus when refused. `origin` "" is our own, None sends none."""
        query = "" if since is None else f"?since={since}"
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={person.session}"} if person else {}
        return connect(
            f"ws://127.0.0.1:{self.port}/ws/live{query}",
            origin=self.origin if origin == "" else origin,
            additional_headers=headers,
            proxy=None,
            open_timeout=10,
            **options,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def lines_database(django_db_setup: None, django_db_blocker: Any, database_name: str) -> Iterator[str]:
    """A module whose tests commit: a web process keeps its place in the feed, so nothing is cut off in between."""
    with django_db_blocker.unblock():
        yield database_name
        connections.close_all()
    with _owner(database_name) as owner:
        owner.execute("TRUNCATE gis_layers_update, grid_usersession, grid_auditentry, grid_auditseal")


@pytest.fixture(scope="module")
def server(lines_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """uvicorn as the product starts it, on the test's own database, sharing our keys."""
    tmp_path = tmp_path_factory.mktemp("state")
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "secret_key").write_text(settings.SECRET_KEY)
    for name in ("field_key", "ticket_key", "audience_key"):
        (keys / name).write_bytes(getattr(settings, name.upper()))
    (keys / "hotline_secret").write_text(" ".join(settings.HOTLINE_KEYS))
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": _address(lines_database),
        "WANGGE_STATE": str(tmp_path),
        "WANGGE_ORIGIN": f"http://127.0.0.1:{port}",
    }
    command = [
        sys.executable, "-W", "ignore", "-m", "uvicorn", "webapp.asgi:application", "--host", "127.0.0.1",
        "--port", str(port), "--loop", "uvloop", "--http", "httptools", "--ws", "websockets",
        "--ws-max-size", "262144", "--log-level", "warning", "--timeout-graceful-shutdown", "1",
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            _wait_ready(port, process)
            yield Server(port=port, pid=process.pid)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(database: str) -> str:
    parts = settings.DATABASES["default"]
    return f"postgis://{parts['USER']}@/{database}?host={parts['HOST']}&port={parts['PORT']}"


def _wait_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "the web process ended"
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5, trust_env=False)
            if answer.status_code == 200:
                return
            last = answer.text
        except httpx.TransportError as error:
            last = repr(error)
        time.sleep(0.1)
    raise AssertionError(f"the web process is not ready: {last}")


@pytest.fixture
def person(lines_database: str) -> Callable[..., Person]:
    """Makes somebody with posts (role, region) and a session."""

    def make(*posts: tuple[str, Region], organisation: Organisation | None = None) -> Person:
        user = User.objects.create_user(username=f"t-{uuid.uuid4().hex[:10]}", name="测试")
        for role, region in posts:
            home = organisation or Organisation.objects.filter(kind="centre").order_by("code")[0]
            Post.objects.create(
                user=user, role=role, organisation=home, region=region, since=timezone.now() - timedelta(days=1)
            )
        return Person(user=user, session=session_of(user))

    return make


def session_of(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.begin(address="192.0.2.7", agent="test")
    store.create()
    return str(store.session_key)


def scope(path: str, *, restricted: bool = False, holder: int = 0) -> dict[str, Any]:
    return Scope(
        path=path, grid=None, holder=holder, passed=(), parties=(), workers=(), reporter=None, restricted=restricted
    ).as_json()


def tell(
    subject: int, *, before: dict[str, Any] | None, after: dict[str, Any] | None, body: dict[str, Any] | None
) -> None:
    live.publish(layer="events", subject=subject, before=before, after=after, body=body)


def frames(line: ClientConnection, *, seconds: float) -> list[str]:
    """The raw texts that come within `seconds`."""
    got: list[str] = []
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        try:
            got.append(str(line.recv(timeout=left)))
        except TimeoutError:
            break
    return [text for text in got if '"type":"tick"' not in text]


def next_frame(line: ClientConnection, *, seconds: float = 5) -> dict[str, Any]:
    """The next frame that is no tick."""
    while True:
        frame: dict[str, Any] = json.loads(line.recv(timeout=seconds))
        if frame["type"] != "tick":
            return frame


def read_until(line: ClientConnection, seq: int, *, seconds: float = 10) -> list[dict[str, Any]]:
    """Frames up to the one that reaches `seq`, welcome and ticks left out."""
    got: list[dict[str, Any]] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        frame = json.loads(line.recv(timeout=seconds))
        if frame["type"] == "updates":
            got.append(frame)
            if frame["seq"] >= seq:
                return got
    raise AssertionError(f"{seq} was not reached: {got}")


@pytest.fixture
def counties(lines_database: str) -> list[Region]:
    found = list(Region.objects.filter(level="county").order_by("path")[:2])
    assert len(found) == 2, "the small city has two counties"
    return found


__all__ = ["Person", "Role", "Server", "frames", "next_frame", "read_until", "scope", "session_of", "tell"]
