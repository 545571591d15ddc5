"""The real installation under its supervisor: from an empty state to ready, back after each kill, gone after Ctrl-C."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy import places
from deploy.cluster import APP_ROLE, OWNER_ROLE, Cluster, execute
from deploy.places import State
from deploy.processes import is_alive

pytestmark = pytest.mark.product
PARTS = ("postgres", "web-1", "web-2", "worker", "gateway", "nginx")


@dataclass
class Product:
    """One running installation."""

    state: State
    port: int
    process: subprocess.Popen[bytes]
    output: Path

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def pid(self, name: str) -> int:
        try:
            return int((self.state.run / f"{name}.pid").read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def wait(self, condition: Callable[[], bool], seconds: float) -> float:
        began = time.monotonic()
        while not condition():
            assert self.process.poll() is None, self.output.read_text()[-4000:]
            assert time.monotonic() - began < seconds, self.output.read_text()[-4000:]
            time.sleep(0.1)
        return time.monotonic() - began


def start(state: State) -> Product:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    output = state.root.parent / "output"
    environment = {**os.environ, "WANGGE_STATE": str(state.root)}
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        environment.pop(name, None)
    with output.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.up", "--without-demo", "--port", str(port)],
            cwd=places.CHECKOUT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    return Product(state, port, process, output)


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    if not places.user_exists(places.service_user()):
        pytest.skip("no service user on this machine; ./run creates it")
    folder = Path(tempfile.mkdtemp(prefix="wangge-test-", dir="/tmp"))
    folder.chmod(0o755)
    product = start(State(folder / "state"))
    try:
        product.wait(lambda: product.status("/readyz") == 200, 120)
        yield product
    finally:
        product.process.send_signal(signal.SIGINT)
        product.process.wait(timeout=60)
        shutil.rmtree(folder)


def test_every_part_runs_as_who_it_should(product):
    expected = dict.fromkeys(PARTS, places.service_user()) | {
        "postgres": places.cluster_user(), "nginx": places.current_user(),
    }  # fmt: skip
    assert {name: Path(f"/proc/{product.pid(name)}").owner() for name in PARTS} == expected


@pytest.mark.parametrize("name", PARTS)
def test_a_killed_part_is_back_by_itself(product, name):
    product.wait(lambda: product.status("/readyz") == 200, 60)
    killed = product.pid(name)
    os.kill(killed, signal.SIGKILL)
    product.wait(lambda: product.pid(name) not in {0, killed} and is_alive(product.pid(name)), 30)
    product.wait(lambda: product.status("/readyz") == 200, 60)
    assert is_alive(product.pid(name))


def test_while_one_web_process_is_away_pages_are_answered(product):
    product.wait(lambda: product.status("/readyz") == 200, 60)
    os.kill(product.pid("web-2"), signal.SIGKILL)
    assert {product.status("/healthz") for _ in range(20)} == {200}


def test_the_application_cannot_change_its_own_tables(product):
    cluster = Cluster(product.state)
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = :'owner'"
    assert int(execute(cluster, tables, database="wangge", owner=OWNER_ROLE)) > 20
    assert execute(cluster, tables, database="wangge", owner=APP_ROLE) == "0"


def test_a_second_start_keeps_its_data_and_leaves_nobody_behind(product):
    cluster = Cluster(product.state)
    execute(cluster, "CREATE TABLE kept AS SELECT 7 AS i", database="wangge", role=OWNER_ROLE)
    key = (product.state.keys / "secret_key").read_text()
    product.wait(lambda: all(is_alive(product.pid(name)) for name in PARTS), 30)
    pids = [product.pid(name) for name in PARTS]
    product.process.send_signal(signal.SIGINT)
    assert product.process.wait(timeout=60) == 0
    assert not [pid for pid in pids if is_alive(pid)]
    again = start(product.state)
    product.process, product.port = again.process, again.port
    seconds = product.wait(lambda: product.status("/readyz") == 200, 60)
    assert seconds < 15 or os.getloadavg()[0] > (os.cpu_count() or 1), f"ready after {seconds:.1f} s"
    assert execute(cluster, "SELECT i FROM kept", database="wangge", role=OWNER_ROLE) == "7"
    assert (product.state.keys / "secret_key").read_text() == key


def test_a_killed_supervisor_leaves_nobody_behind(product):
    product.wait(lambda: all(is_alive(product.pid(name)) for name in PARTS), 60)
    pids = {name: product.pid(name) for name in PARTS}
    product.process.kill()
    product.process.wait()
    deadline = time.monotonic() + 10
    while left := [name for name, pid in pids.items() if is_alive(pid)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
    again = start(product.state)
    product.process, product.port = again.process, again.port
    product.wait(lambda: product.status("/readyz") == 200, 60)
