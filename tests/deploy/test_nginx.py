"""Real nginx on the rendered configuration, with tiny upstreams behind it."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from deploy import nginx, places
from deploy.places import State

STANDIN = Path(__file__).with_name("standin.py")


@dataclass
class Front:
    """A running nginx and what belongs to it."""

    state: State
    port: int
    errors: Path

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response, response.read()

    def json(self, path: str, headers: dict[str, str] | None = None) -> Any:
        response, body = self.ask(path, headers=headers)
        assert response.status == 200, body
        return json.loads(body)


@contextmanager
def upstream(state: State, name: str, mode: str = "") -> Iterator[subprocess.Popen[str]]:
    path = state.run / f"{name}.sock"
    path.unlink(missing_ok=True)
    process = subprocess.Popen([sys.executable, str(STANDIN), str(path), name, mode], stdout=subprocess.PIPE, text=True)
    wait(lambda: path.exists())
    path.chmod(0o666)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def said_by(process: subprocess.Popen[str]) -> list[str]:
    """End an upstream; the lines it wrote."""
    process.kill()
    return process.communicate()[0].splitlines()


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def front(state: State, service_user: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    places.make_state(state) if places.user_exists("postgres") else pytest.skip("no PostgreSQL user")
    port = free_port()
    made = nginx.Front(state=state, host="127.0.0.1", port=port, user=service_user)
    nginx.write(made)
    errors = state.log / "errors"
    with errors.open("wb") as log:
        process = subprocess.Popen(nginx.command(state), stdout=log, stderr=log, start_new_session=True)
    wait(lambda: is_open(port))
    yield Front(state, port, errors)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def webs(front: Front) -> Iterator[None]:
    with upstream(front.state, "web-1"), upstream(front.state, "web-2"):
        yield


def raw(front: Front, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", front.port), timeout=30) as connection:
        connection.sendall(request)
        return connection.recv(65536)


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_the_workers_are_not_root(front):
    if os.geteuid():
        pytest.skip("not started as root")
    found = subprocess.run(["ps", "-eo", "user,args"], capture_output=True, text=True, check=True).stdout
    assert any(line.startswith("www-data") and "nginx: worker" in line for line in found.splitlines())
    mode = front.state.nginx.stat()
    assert (mode.st_uid, stat.S_IMODE(mode.st_mode)) == (0, 0o755)


def test_a_claimed_address_is_replaced(front, webs):
    claimed = {
        "X-Forwarded-For": "1.2.3.4, 5.6.7.8",
        "X-Real-IP": "1.2.3.4",
        "Forwarded": "for=1.2.3.4",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Request-ID": "forged",
        "Proxy": "http://evil.example",
    }
    told = front.json("/x", claimed)["headers"]
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-real-ip"] == "127.0.0.1"
    assert told["x-forwarded-proto"] == "http"
    assert told["x-forwarded-host"] == told["host"] == f"127.0.0.1:{front.port}"
    assert told["x-request-id"] != "forged"
    assert not {"forwarded", "proxy"} & told.keys()


@pytest.mark.parametrize(
    "path",
    ["/internal", "/internal/", "/internal/x", "//internal/x", "/%69nternal/x", "/a/../internal/x", "/./internal/x"],
)
def test_internal_paths_are_refused_from_outside(front, webs, path):
    assert raw(front, f"GET {path} HTTP/1.0\r\n\r\n".encode()).startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../keys/secret_key",
        "/static/..%2f..%2fkeys/secret_key",
        "/static../keys/secret_key",
        "/tiles/../keys/secret_key",
        "/tiles/%2e%2e/keys/secret_key",
        "/tiles/a%00b.pbf",
    ],
)
def test_paths_out_of_their_folder_give_nothing(front, webs, path):
    put(front.state.keys / "secret_key", b"geheim")
    answer = raw(front, f"GET {path} HTTP/1.0\r\n\r\n".encode())
    assert b"geheim" not in answer
    status = int(answer.split()[1])
    assert status in {400, 404} or (status == 200 and b'"name": "web-' in answer), answer
    if "%00" in path or path.startswith("/static/../.."):
        assert status == 400


def test_a_ready_tile_comes_zipped_and_unzipped_and_for_ever(front, webs):
    tile = b"tile " * 200
    put(front.state.tiles / "k1/8/1/2.pbf.gz", gzip.compress(tile))
    zipped, body = front.ask("/tiles/k1/8/1/2.pbf", headers={"Accept-Encoding": "gzip"})
    assert (zipped.status, zipped.headers["Content-Encoding"], gzip.decompress(body)) == (200, "gzip", tile)
    plain, body = front.ask("/tiles/k1/8/1/2.pbf")
    assert (plain.status, plain.headers["Content-Encoding"], body) == (200, None, tile)
    for response in (zipped, plain):
        assert response.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_missing_tile_is_asked_of_the_application(front, webs):
    assert front.json("/tiles/k1/8/1/3.pbf?x=1")["request"] == "GET /tiles/k1/8/1/3.pbf?x=1 HTTP/1.1"
    put(front.state.tiles / "k1/8/1/2.pbf.gz", b"x")
    assert front.json("/tiles/k1/8/1/")["request"] == "GET /tiles/k1/8/1/ HTTP/1.1"


def test_hashed_names_are_kept_for_ever_and_others_are_asked_again(front, webs):
    script = b"export const text = 'abc';\n" * 100
    put(front.state.static / "client/assets/map-Ab12_-xy.js", script)
    put(front.state.static / "client/assets/map-Ab12_-xy.js.gz", gzip.compress(script))
    put(front.state.static / "client/sw.js", script)
    hashed, body = front.ask("/static/client/assets/map-Ab12_-xy.js", headers={"Accept-Encoding": "gzip"})
    assert (hashed.headers["Content-Encoding"], gzip.decompress(body)) == ("gzip", script)
    assert hashed.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "immutable" in hashed.headers["Cache-Control"]
    assert hashed.headers["Service-Worker-Allowed"] is None
    worker, _ = front.ask("/static/client/sw.js")
    assert worker.headers["Cache-Control"] == "no-cache"
    assert worker.headers["Service-Worker-Allowed"] == "/"
    assert {worker.headers["X-Content-Type-Options"], hashed.headers["X-Content-Type-Options"]} == {"nosniff"}


def test_the_server_does_not_tell_its_version(front, webs):
    response, _ = front.ask("/static/none.js")
    assert response.headers["Server"] == "nginx"


def test_with_one_web_process_gone_every_request_is_answered(front):
    with upstream(front.state, "web-2"):
        for number in range(20):
            response, _ = front.ask(f"/x{number}", "POST", b"abc")
            assert response.status == 200


def test_a_post_that_was_sent_is_never_sent_twice(front):
    """Both upstreams take a request and die: a GET is tried again, a POST is not."""
    with upstream(front.state, "web-1", "dies") as one, upstream(front.state, "web-2", "dies") as two:
        response, _ = front.ask("/api/v1/events", "POST", b"abc")
        assert response.status == 503
        time.sleep(1.2)  # until nginx tries them again
        front.ask("/api/v1/events")
        seen = [json.loads(line)["request"].split()[0] for line in said_by(one) + said_by(two)]
    assert sorted(seen) == ["GET", "GET", "POST"]


def test_without_the_application_the_answer_says_what_to_do(front):
    api, body = front.ask("/api/v1/events", "POST", b"abc")
    assert (api.status, api.headers["Content-Type"]) == (503, "application/problem+json")
    assert api.headers["Retry-After"] == "3"
    assert json.loads(body)["status"] == 503
    page, body = front.ask("/map")
    assert (page.status, page.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "服务暂时不可用" in body.decode()
    assert front.ask("/_errors/unavailable.html")[0].status == 404


def test_a_tile_without_the_application_is_told_so_too(front):
    response, body = front.ask("/tiles/ground/public/1/9/1/1.pbf", headers={"Accept": "application/json"})
    assert response.status == 503
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["status"] == 503
    assert response.headers["Retry-After"] == "3"


def test_soon_after_nobody_was_there_everybody_is_answered(front):
    assert front.ask("/")[0].status == 503
    with upstream(front.state, "web-1"), upstream(front.state, "web-2"), ThreadPoolExecutor(8) as pool:
        assert {front.ask("/")[0].status for _ in range(2)} == {200}
        assert set(pool.map(lambda _: front.ask("/")[0].status, range(64))) == {200}


def test_a_body_that_is_too_large_is_refused(front, webs):
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=30)
    connection.putrequest("POST", "/api/v1/photos")
    connection.putheader("Content-Length", str(26 * 1024 * 1024))
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, response.headers["Content-Type"]) == (413, "application/problem+json")
    assert json.loads(response.read())["status"] == 413


def test_a_silent_sender_is_cut_and_never_reaches_the_application(front):
    with upstream(front.state, "web-1") as one, upstream(front.state, "web-2") as two:
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", front.port), timeout=30) as connection:
            connection.sendall(b"POST /api/v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
            connection.recv(65536)
        assert 13 < time.monotonic() - began < 20
        assert not said_by(one) + said_by(two)


@pytest.mark.parametrize(("path", "name"), [("/live/channel/1", "gateway"), ("/ws/updates", "web-")])
def test_sockets_go_through(front, webs, path, name):
    with (
        upstream(front.state, "gateway"),
        connect(f"ws://127.0.0.1:{front.port}{path}?ticket=abc", close_timeout=0.2) as session,
    ):
        assert str(session.recv(timeout=5)).startswith(name)


def test_query_strings_stay_out_of_the_logs(front):
    front.ask("/live/channel/1?ticket=geheim")
    front.ask("/search?q=geheim")
    access = front.state.log / "access.log"
    wait(lambda: access.read_text().count("\n") >= 2)
    assert "geheim" not in access.read_text()
    told = front.errors.read_text()
    assert "geheim" in told, "control: nginx's own error lines quote the request"
    assert "geheim" not in nginx.QUERY.sub("", told)


def test_a_path_that_nginx_would_misread_is_refused(tmp_path):
    with pytest.raises(ValueError, match="nginx can't use"):
        nginx.render(nginx.Front(state=State(tmp_path / "a b;"), host="127.0.0.1", port=1))


def test_behind_a_trusted_proxy_its_word_counts(tmp_path):
    text = nginx.render(
        nginx.Front(state=State(tmp_path), host="::", port=1, scheme="https", trusted_proxies=("10.0.0.0/8",))
    )
    assert "set_real_ip_from 10.0.0.0/8;" in text
    assert "X-Forwarded-Proto https;" in text
    assert "listen [::]:1 " in text
    with pytest.raises(ValueError, match="does not appear"):
        nginx.render(nginx.Front(state=State(tmp_path), host="::", port=1, trusted_proxies=("x; evil",)))
