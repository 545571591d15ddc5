"""The way out: only listed addresses, in whatever spelling; the connection goes where the check looked. Promise 50."""

import asyncio
import http.server
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from grid import network
from grid.network import AddressRefused, ConnectionFailed, post, resolve, resolve_now

NEVER = [
    "169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "224.0.0.1", "ff02::1", "0.0.0.0", "::",  # noqa: S104
    "255.255.255.255", "240.0.0.1", "::ffff:169.254.169.254", "::ffff:224.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "2001:0:7f00:1::", "64:ff9b::a00:1",
]  # fmt: skip
OTHER_SPELLINGS = [
    "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.1", "127.0.1", "017700000001", "127.0.0.1.",
    "127.0.0.01",
    "0", "1", "①②⑦.0.0.1", "127。0。0。1", "[::1", "::1]x", "127.0.0.1:80", "a b", "a\tb", "", ".", "..", "-a", "a..b",
    "user@host", "host/path", "host#x", "host?x", "%31%32%37.0.0.1", "x" * 254, "127.0.0.1\n", "localhost\x00",
]  # fmt: skip
LOOPBACKS = ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "0:0:0:0:0:0:0:1"]


@pytest.fixture
def allow(settings) -> Callable[..., None]:
    def only(*blocks: str) -> None:
        settings.OUTGOING_CIDRS = list(blocks)

    return only


@pytest.mark.parametrize("host", NEVER)
def test_never_whatever_the_list_says(host, allow):
    allow("0.0.0.0/0", "::/0", "169.254.0.0/16", "fe80::/10", "224.0.0.0/4", "64:ff9b::/96", "2002::/16")
    with pytest.raises(AddressRefused):
        resolve_now(host, 80)


@pytest.mark.parametrize("host", OTHER_SPELLINGS)
def test_every_other_spelling_of_an_address_is_no_host(host, allow):
    allow("0.0.0.0/0", "::/0", "127.0.0.0/8", "::1/128")
    with pytest.raises((AddressRefused, ConnectionFailed)):
        resolve_now(host, 80)
    with pytest.raises((AddressRefused, ConnectionFailed)):
        asyncio.run(resolve(host, 80))


@pytest.mark.parametrize("host", [*LOOPBACKS, "localhost"])
def test_this_machine_only_where_a_loopback_block_is_listed(host, allow):
    allow("0.0.0.0/0", "::/0", "10.0.0.0/8")
    with pytest.raises(AddressRefused):
        resolve_now(host, 80)
    allow("127.0.0.0/8", "::1/128")
    assert resolve_now(host, 80)[0] in {"127.0.0.1", "127.8.9.10", "::1"}
    assert asyncio.run(resolve(host, 80))


def test_an_empty_list_means_nowhere(allow):
    allow()
    for host in ("10.1.2.3", "127.0.0.1", "192.0.2.1", "2001:db8::1"):
        with pytest.raises(AddressRefused):
            resolve_now(host, 554)


def test_what_is_listed_and_nothing_beside_it(allow):
    allow("10.20.0.0/16", "fd00:1::/32")
    assert resolve_now("10.20.255.255", 554) == ["10.20.255.255"]
    assert resolve_now("::ffff:10.20.0.1", 554) == ["10.20.0.1"]
    assert resolve_now("fd00:1::5", 554) == ["fd00:1::5"]
    for host in ("10.21.0.0", "10.19.255.255", "fd00:2::5"):
        with pytest.raises(AddressRefused):
            resolve_now(host, 554)
    for port in (0, -1, 65536):
        with pytest.raises(AddressRefused):
            resolve_now("10.20.0.1", port)


def test_one_address_of_a_name_that_is_not_listed_spoils_it(allow, monkeypatch):
    allow("10.0.0.0/8")
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("10.0.0.1", "192.0.2.9")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(AddressRefused):
        resolve_now("both.example", 80)


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path, and keeps what it was asked."""

    seen: list[tuple[str, str, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append((self.path, self.headers["Host"], body))
        getattr(self, "_" + self.path.strip("/").split("?")[0], self._ok)()

    def _ok(self) -> None:
        self._answer(200, "好" * 5000)

    def _redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/ok")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _busy(self) -> None:
        self.send_response(429)
        self.send_header("Retry-After", "120")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:
            pass

    def _drip(self) -> None:
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 200:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.2)
        except OSError:
            pass

    def _silent(self) -> None:
        time.sleep(3)

    def _cut(self) -> None:
        self.connection.close()

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def endpoint() -> Iterator[int]:
    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    with Server(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def _post(url: str, timeout: float = 2.0) -> network.Answer:
    return post(url, body=b"{}", headers={"Content-Type": "application/json"}, timeout=timeout)


def test_an_answer_is_bounded_and_timed(endpoint, allow):
    allow("127.0.0.0/8")
    answer = _post(f"http://127.0.0.1:{endpoint}/ok?a=1")
    assert (answer.status, answer.head) == (200, "好" * 1000)
    assert 0 <= answer.milliseconds < 2000
    assert _Handler.seen[-1] == ("/ok?a=1", f"127.0.0.1:{endpoint}", b"{}")
    endless = _post(f"http://127.0.0.1:{endpoint}/endless")
    assert endless.head == "x" * 1000


def test_a_redirect_is_an_answer(endpoint, allow):
    allow("127.0.0.0/8")
    before = len(_Handler.seen)
    assert _post(f"http://127.0.0.1:{endpoint}/redirect").status == 302
    assert len(_Handler.seen) == before + 1
    assert _post(f"http://127.0.0.1:{endpoint}/busy").headers["retry-after"] == "120"


@pytest.mark.parametrize("path", ["drip", "silent"])
def test_the_time_is_for_everything_together(endpoint, allow, path):
    allow("127.0.0.0/8")
    began = time.monotonic()
    with pytest.raises(ConnectionFailed) as failed:
        _post(f"http://127.0.0.1:{endpoint}/{path}", timeout=1.0)
    assert failed.value.kind == "timeout"
    assert time.monotonic() - began < 1.8


def test_why_nothing_came(endpoint, allow):
    allow("127.0.0.0/8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    kinds = {}
    for name, url in {
        "closed": f"http://127.0.0.1:{closed}/", "cut": f"http://127.0.0.1:{endpoint}/cut",
        "no tls": f"https://127.0.0.1:{endpoint}/", "no name": "http://no-such-host.invalid/",
    }.items():  # fmt: skip
        with pytest.raises(ConnectionFailed) as failed:
            _post(url)
        kinds[name] = failed.value.kind
    assert kinds == {"closed": "connect", "cut": "protocol", "no tls": "tls", "no name": "name"}


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_x", "//127.0.0.1/", "127.0.0.1", "",
        "http://", "http:///x", "http://user@127.0.0.1/", "http://user:pw@127.0.0.1/", "http://127.0.0.1@evil/",
        "http://2130706433/", "http://0x7f.1/", "http://[::ffff:a9fe:a9fe]/", "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/", "http://127.0.0.1\\@evil/", "http://a b/", "http://127.0.0.1/\r\nX: y", "http://[::1/",
        "http://192.0.2.1/", "javascript:alert(1)", "dict://127.0.0.1:11211/", "http://0/", "http://127.1/",
    ],
)  # fmt: skip
def test_addresses_that_are_never_called(url, allow):
    allow("127.0.0.0/8", "::1/128")
    with pytest.raises(AddressRefused):
        _post(url)


def test_a_name_that_answers_differently_the_second_time_changes_nothing(endpoint, allow, monkeypatch):
    """Rebinding: the first look-up is allowed, later ones would lead elsewhere. There is only one look-up."""
    allow("127.0.0.1/32")
    looked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host, port, *args, **kwargs):
        if host != "rebind.example":
            return real(host, port, *args, **kwargs)
        looked.append(host)
        return real("127.0.0.1" if len(looked) == 1 else "192.0.2.1", port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    answer = _post(f"http://rebind.example:{endpoint}/ok")
    assert answer.status == 200
    assert looked == ["rebind.example"]
    assert _Handler.seen[-1][1] == f"rebind.example:{endpoint}"  # the name it was asked under


def test_a_proxy_of_the_environment_is_not_used(endpoint, allow, monkeypatch):
    allow("127.0.0.0/8")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")
    assert _post(f"http://127.0.0.1:{endpoint}/ok").status == 200
