"""The whole product, started once for the tests that walk through it from outside: the demo prefecture behind nginx.

`product_of(config)` starts it at the first call of a test run and stops it at the end, however many folders ask. What
`./run test` made before (the client's build, the demo's ground and clips) is taken over; what is missing is made.
WANGGE_PRODUCT_STATE keeps the installation in that folder, for a quicker second run while writing tests.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy import places
from deploy.cluster import DATABASE, OWNER_ROLE, PORT, SUPERUSER_ROLE, Cluster
from deploy.files import digest_of_contents
from deploy.places import State
from deploy.processes import die_with_parent, is_alive
from deploy.stamps import Stamp

READY_SECONDS = 400  # an empty installation loads the ground and lives through a week of events
_KEPT = "WANGGE_PRODUCT_STATE"
# What the surrounding `./run test` says about itself would mislead the installation that is started here.
_FOREIGN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "WANGGE_ORIGIN",
    "WANGGE_STATE",
    "WANGGE_DEMO",
    "WANGGE_OUTGOING_CIDRS",
)
_product: pytest.StashKey[Product] = pytest.StashKey()


@dataclass
class Product:
    """One running installation of the demo."""

    state: State
    port: int
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def origin(self) -> str:
        """The one address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def hotline(self) -> str:
        """The address of the simulated hotline."""
        return f"http://127.0.0.1:{json.loads((self.state.run / 'ports.json').read_text())['hotline']}"

    @property
    def hotline_secret(self) -> str:
        """The first key that hotline and platform share."""
        return (self.state.keys / "hotline_secret").read_text().split()[0]

    @cached_property
    def passwords(self) -> dict[str, str]:
        """Of the accounts that sign in."""
        listed = json.loads((self.state.demo / "accounts.json").read_text())
        return {one["username"]: one["password"] for one in listed}

    def database(self, *, superuser: bool = False) -> psycopg.Connection[Any]:
        """A connection as the tables' owner, or as the superuser; every statement commits."""
        role = SUPERUSER_ROLE if superuser else OWNER_ROLE
        name = "postgres" if superuser else DATABASE
        sockets = str(Cluster(self.state).sockets)
        return psycopg.connect(host=sockets, port=PORT, user=role, dbname=name, autocommit=True)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self.database() as connection:
            return connection.execute(query.encode(), values or None).fetchall()

    def pid(self, name: str) -> int:
        """Of a part: postgres, web-1, web-2, worker, gateway, nginx; 0 while it is away."""
        try:
            return int((self.state.run / f"{name}.pid").read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def kill(self, name: str) -> int:
        """SIGKILL to a part; the number that its process had."""
        pid = self.pid(name)
        assert pid, f"{name} does not run"
        os.kill(pid, signal.SIGKILL)
        return pid

    def back(self, name: str, killed: int, seconds: float = 40) -> float:
        """Wait until a killed part works again and the whole is ready; how many seconds that took."""
        took = self.wait(lambda: self.pid(name) not in {0, killed} and self.works(name), seconds)
        return took + self.wait(lambda: self.ask("/readyz")[0] == 200, seconds)

    def works(self, name: str) -> bool:
        """Whether a part runs, and answers on its own socket where it has one."""
        if not is_alive(self.pid(name)):
            return False
        page = {"web-1": b"/healthz", "web-2": b"/healthz", "gateway": b"/gateway/healthz"}.get(name)
        return page is None or _answers(self.state.run / f"{name}.sock", page)

    def ask(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page for nobody in particular; (0, nothing) where no answer comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def wait(self, condition: Callable[[], bool], seconds: float) -> float:
        """Until it holds; how long it took. Fails with the log's last lines."""
        began = time.monotonic()
        while not condition():
            assert self.process.poll() is None, self.output.read_text()[-4000:]
            assert time.monotonic() - began < seconds, self.output.read_text()[-4000:]
            time.sleep(0.05)
        return time.monotonic() - began

    def stop(self) -> None:
        """In order; by force where that takes more than a minute."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def product_of(config: pytest.Config) -> Product:
    """The product of this test run. Skips where the machine was never prepared for it."""
    if _product in config.stash:
        return config.stash[_product]
    if not places.user_exists(places.service_user()):
        pytest.skip("no service user on this machine; ./run creates it")
    kept = os.environ.get(_KEPT)
    folder = Path(kept or tempfile.mkdtemp(prefix="wangge-product-", dir="/tmp"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    state = State(folder / "state")
    prepare(state, places.default_state())
    product = start(state)
    config.stash[_product] = product

    def end() -> None:
        product.stop()
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)

    config.add_cleanup(end)
    product.wait(lambda: product.ask("/readyz")[0] == 200, READY_SECONDS)
    keep_for_next_time(state, places.default_state())
    return product


def prepare(state: State, given: State) -> None:
    """Folders, and what is there already: the client's build, the demo's ground and clips with their stamps."""
    places.make_state(state)
    shutil.rmtree(state.build / "client", ignore_errors=True)
    shutil.copytree(build_of_client(given), state.build / "client")
    for name, made in (("ground", "demo.gpkg"), ("clips", "clips")):
        _take_over(given.demo / made, state.demo / made)
        if (given.stamps / name).exists() and not (state.stamps / name).exists():
            shutil.copy2(given.stamps / name, state.stamps / name)


def build_of_client(given: State) -> Path:
    """The build that `./run test` has made; made now where it is missing or older than the sources."""
    folder = given.build / "client"
    client = places.CHECKOUT / "webapp" / "client"
    stamp = Stamp(given.stamps, "client-for-tests")
    digest = digest_of_contents([client / "src", client / "vite.config.ts", client / "package-lock.json"])
    if not (folder / "manifest.json").exists() or not stamp.is_current(digest):
        given.build.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "WANGGE_STATE": str(given.root)}
        subprocess.run(["npm", "run", "--silent", "build"], cwd=client, env=environment, check=True, timeout=300)
        stamp.set(digest)
    return folder


def keep_for_next_time(state: State, given: State) -> None:
    """Ground and clips that this start had to make, for the next one."""
    for name, made in (("ground", "demo.gpkg"), ("clips", "clips")):
        if given.demo.is_dir() and not (given.demo / made).exists():
            _take_over(state.demo / made, given.demo / made)
            given.stamps.mkdir(exist_ok=True)
            shutil.copy2(state.stamps / name, given.stamps / name)


def start(state: State) -> Product:
    """Start the supervisor on a free port. The simulated hotline and devices send nothing by themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    environment |= {"WANGGE_STATE": str(state.root), "WANGGE_HOTLINE_EVERY": "0", "WANGGE_ALARMS_EVERY": "0"}
    output = state.root.parent / "output"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.up", "--port", str(port)],
            cwd=places.CHECKOUT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip
    return Product(state, port, process, output)


def _answers(path: Path, page: bytes) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(path))
            connection.sendall(b"GET " + page + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(12).endswith(b" 200")
        except OSError:
            return False


def _take_over(source: Path, target: Path) -> None:
    """A copy that belongs to whom the folder around it belongs to."""
    if not source.exists() or target.exists():
        return
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)
    owner = target.parent.stat()
    if places.is_root():
        for path in (target, *target.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)
