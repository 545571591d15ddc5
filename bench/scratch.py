"""A city of the bench's own: a scratch database and state directory, web processes, people who are signed in.

Everything is gone at the end. DATABASE_URL and DATABASE_OWNER_URL name the server; none of its databases is touched.
"""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.template import address, database_of_its_own

ROOT = Path(__file__).resolve().parents[1]
_KEYS = ("secret_key", "field_key", "ticket_key", "audience_key", "hotline_secret")


@contextmanager
def city(*, ground: Path | None = None) -> Iterator[Path]:
    """Django on a fresh database with the small city in it (or the ground of a city file), as the application's role.

    Call it before anything reads Django's settings. Gives the state directory.
    """
    name = f"wangge_bench_{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder, database_of_its_own(name, ground=ground):
        state = Path(folder)
        make_keys(state)
        os.environ["WANGGE_STATE"] = folder
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            os.environ[variable] = address(variable, name)
        os.environ["DJANGO_SETTINGS_MODULE"] = "webapp.settings"
        import django

        django.setup()
        try:
            yield state
        finally:
            let_go()


def make_keys(state: Path) -> None:
    """The files that every process of an installation reads its secrets from, in a state directory without any."""
    folder = state / "keys"
    folder.mkdir(parents=True)
    for name in _KEYS:
        (folder / name).write_text(secrets.token_hex(32))


def let_go() -> None:
    """Close this process's database connections."""
    from django.db import connections

    connections.close_all()
    connections["default"].close_pool()  # type: ignore[attr-defined]


@contextmanager
def web_processes(count: int) -> Iterator[tuple[int, ...]]:
    """So many uvicorn processes, started as the product starts them but on TCP ports; gives the ports."""
    ports = tuple(_free_port() for _ in range(count))
    environment = {**os.environ, "WANGGE_ORIGIN": origin(ports)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "webapp.asgi:application", "--port", str(port), "--loop", "uvloop",
             "--http", "httptools", "--ws", "websockets-sansio", "--ws-max-size", "262144", "--no-access-log",
             "--log-level", "warning", "--timeout-graceful-shutdown", "5"],
            cwd=ROOT, env=environment,
        )
        for port in ports
    ]  # fmt: skip
    try:
        for port in ports:
            _until_ready(port)
        yield ports
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)


def origin(ports: tuple[int, ...]) -> str:
    """The origin that all the web processes believe to be theirs."""
    return f"http://127.0.0.1:{ports[0]}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_ready(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit("a web process did not come up; its messages stand above") from None
            time.sleep(0.1)


@dataclass(frozen=True)
class Person:
    """Somebody with a post and a signed-in browser; `lng` and `lat` lie in the officer's grid."""

    user: int
    session: str
    token: str
    lng: float = 0.0
    lat: float = 0.0
    photo: str = ""

    @property
    def cookie(self) -> str:
        """The Cookie header of that browser."""
        return f"wangge_session={self.session}; wangge_csrf={self.token}"

    @property
    def headers(self) -> dict[str, str]:
        """Headers of a request that changes something."""
        return {"Cookie": self.cookie, "X-CSRFToken": self.token, "Content-Type": "application/json"}


def officers(count: int) -> list[Person]:
    """Grid officers, each of a grid of their own (by turns, where there are fewer grids), each with one photo."""
    from grid.models import Grid

    grids = list(Grid.objects.select_related("region__parent").order_by("code")[:count])
    return [_officer(number, grids[number % len(grids)]) for number in range(count)]


def _officer(number: int, grid: Any) -> Person:
    from grid.models import Organisation, Post, Role

    user = _user(f"bench-officer-{number}")
    above = [grid.region.code, grid.region.parent.code]
    centre = Organisation.objects.filter(kind="centre", region__code__in=above).earliest("pk")
    Post.objects.create(user=user, role=Role.GRID_OFFICER, organisation=centre, grid=grid)
    middle = grid.boundary.point_on_surface
    person = _signed_in(user)
    return Person(person.user, person.session, person.token, lng=middle.x, lat=middle.y, photo=_photo(user, number))


def _photo(user: Any, number: int) -> str:
    import io

    from django.utils import timezone
    from PIL import Image

    from events.services.photos import keep
    from grid.policy import access_of

    body = io.BytesIO()
    Image.new("RGB", (640, 480), (number % 256, 80, 90)).save(body, "JPEG")
    return keep(access=access_of(user, now=timezone.now()), body=body.getvalue()).sha256


def staff(name: str, role: str, *, everywhere: bool = False) -> Person:
    """Somebody with this role at the city's centre, or at every centre that there is."""
    from grid.models import Organisation, Post

    user = _user(name)
    centres = Organisation.objects.filter(kind="centre")
    for centre in centres if everywhere else centres.filter(level="city"):
        Post.objects.create(user=user, role=role, organisation=centre)
    return _signed_in(user)


def another_browser(person: Person) -> Person:
    """A further session of the same person."""
    from grid.models import User

    return _signed_in(User.objects.get(pk=person.user))


def _user(name: str) -> Any:
    from grid.models import User

    return User.objects.create_user(username=name, name=name)


def _signed_in(user: Any) -> Person:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from webapp.sessions import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return Person(user=user.pk, session=str(session.session_key), token=secrets.token_hex(16))
