"""The demo's hotline as a process of its own against the running server: both sides of the wire are real."""

import html
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.db import connections
from django.test.testcases import LiveServerThread, _StaticFilesHandler
from django.utils import timezone

from data.demo.small import write_small
from deploy.simulators.orders import COMPLAINTS, ENDED, Operator, Place, read_places, to_gcj02
from events import tasks
from events.hotline import callback, payloads
from events.models import Category, Event, HotlineMessage, OutboxMessage
from events.services import outbox
from events.workflow import ENDED as ENDED_STATES
from grid.coordinates import wgs84_to_gcj02
from tests.factories.hotline import IN_SANYI, OTHER_SECRET, SECRET, signed
from tests.factories.people import SANYI_GRID
from tests.factories.receivers import deaf_port

ROOT = Path(__file__).resolve().parents[2]
XSS = "<img src=x onerror=alert(1)>&\"'"


@dataclass(frozen=True)
class Running:
    """The simulator's process and where it listens."""

    process: subprocess.Popen[str]
    url: str
    state: Path

    def told(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = httpx.get(f"{self.url}/told", trust_env=False).json()
        return found


@pytest.fixture
def origin(committed: str, settings: Any) -> Iterator[str]:
    """The application on a real port."""
    settings.HOTLINE_KEYS = [SECRET]
    server = LiveServerThread("127.0.0.1", _StaticFilesHandler, port=0)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()
    connections.close_all()


@pytest.fixture
def start(tmp_path: Path, settings: Any) -> Iterator[Callable[..., Running]]:
    """Starts the simulator as the deployment does; ends it by SIGTERM, and expects it to obey."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "demo").mkdir()
    (tmp_path / "keys" / "hotline_secret").write_text(f"{SECRET}\n")
    write_small(tmp_path / "demo" / "demo.gpkg")
    started: list[subprocess.Popen[str]] = []

    def run(origin: str, *, every: str = "0") -> Running:
        url = f"http://127.0.0.1:{deaf_port()}"
        settings.HOTLINE_URL = f"{url}/callback"
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.simulators.hotline"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "WANGGE_STATE": str(tmp_path), "WANGGE_ORIGIN": origin,
                 "WANGGE_HOTLINE_URL": f"{url}/callback", "WANGGE_HOTLINE_EVERY": every},
        )  # fmt: skip
        started.append(process)
        assert process.stdout
        assert url in process.stdout.readline()
        return Running(process, url, tmp_path)

    yield run
    for process in started:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stdout
        assert process.stdout.read() == ""


def _post(url: str, **options: Any) -> httpx.Response:
    return httpx.post(url, trust_env=False, timeout=30, **options)


def _eventually(found: Callable[[], Any], *, seconds: float = 30) -> Any:
    until = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.1)
    return value


def test_an_order_sent_by_hand_and_its_callbacks(origin, start):
    hotline = start(origin)
    given = {"text": f"路灯不亮{XSS}", "address": "大码头街道三益街12号", "category": "路灯不亮", **IN_SANYI}
    sent = _post(f"{hotline.url}/send", json=given).json()
    event = Event.objects.get()
    assert event.grid
    assert event.category
    assert (sent["status"], sent["answer"]["event_no"], event.grid.code) == (201, event.no, SANYI_GRID)
    assert event.category.name == "路灯不亮"
    urge = _post(f"{hotline.url}/send", json={"type": "urge", "order_no": sent["order_no"], "text": "请快一点"}).json()
    assert (urge["status"], urge["answer"]["applied"]) == (200, True)
    told = OutboxMessage.objects.get()
    for by_hand in (False, True):
        after = outbox.attempt(
            message=told.pk, now=timezone.now, render=callback.render, send=tasks.send, by_hand=by_hand
        )
        assert after is not None
        assert after.state == "delivered"
    again, first = hotline.told()["callback"]
    assert (first["verdict"], again["verdict"], first["good"]) == ("验签通过", "重复", True)
    assert (first["order_no"], first["body"]["number"], first["message_id"]) == (sent["order_no"], 1, str(told.pk))
    page = httpx.get(hotline.url, trust_env=False)
    assert "<img" not in page.text
    assert html.escape(XSS) in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    lines = [json.loads(line) for line in (hotline.state / "demo" / "hotline.jsonl").read_text().splitlines()]
    assert [line["what"] for line in lines] == ["sent", "answered", "sent", "answered", "callback", "callback"]
    assert not {"caller", "caller_phone"} & set(lines[0]["body"])


def test_a_form_sends_too_and_bad_ones_say_why(origin, start):
    hotline = start(origin)
    form = _post(f"{hotline.url}/send", data={"text": "井盖破了", "address": "三益街"}, headers={"Accept": "text/html"})
    assert (form.status_code, form.headers["Location"]) == (303, "/")
    assert Event.objects.get().point is None
    assert "<form" in httpx.get(f"{hotline.url}/new", trust_env=False).text
    for given, word in (
        ({}, "text"),
        ({"text": "a", "lng": "x", "lat": "1"}, "lng"),
        ({"text": "a", "type": "urge"}, "order_no"),
    ):
        answer = _post(f"{hotline.url}/send", json=given)
        assert (answer.status_code, word in answer.json()["error"]) == (400, True)
    foreign = _post(f"{hotline.url}/send", json={"text": "a"}, headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
    assert Event.objects.count() == 1
    for path in ("/nothing", "/callback/"):
        assert httpx.get(hotline.url + path, trust_env=False).status_code == 404


def test_a_callback_that_is_not_ours_is_refused_and_shown(start):
    hotline = start("http://127.0.0.1:9")
    body = b'{"order_no": "YY1", "status": "closed"}'
    number = str(uuid4())
    wrong = _post(f"{hotline.url}/callback", content=body, headers=signed(body, number, secret=OTHER_SECRET))
    bare = _post(f"{hotline.url}/callback", content=body)
    assert (wrong.status_code, bare.status_code) == (401, 401)
    assert [entry["good"] for entry in hotline.told()["callback"]] == [False, False]
    (hotline.state / "keys" / "hotline_secret").write_text(f"{OTHER_SECRET}\n{SECRET}\n")  # keys rotate
    right = _post(f"{hotline.url}/callback", content=body, headers=signed(body, number, secret=OTHER_SECRET))
    assert (right.status_code, hotline.told()["callback"][0]["verdict"]) == (200, "验签通过")


def test_it_waits_for_the_platform_then_sends_a_handful_and_more(origin, start):
    port = deaf_port()
    front = f"http://127.0.0.1:{port}"
    hotline = start(front, every="0.2")
    assert hotline.told()["sent"] == []
    with _forwarding(port, int(origin.rpartition(":")[2])):
        _eventually(lambda: HotlineMessage.objects.count() >= 8, seconds=60)
    told = hotline.told()
    assert {entry["verdict"] for entry in told["answered"] if entry["good"]} <= {"200", "201"}
    assert [entry["body"]["type"] for entry in told["sent"]][-6:] == ["new"] * 6
    assert Event.objects.filter(category=None).count() < Event.objects.count()


class _forwarding:
    """Passes connections of one port on to another: a front door that opens late."""

    def __init__(self, port: int, to: int) -> None:
        self._server = socket.create_server(("127.0.0.1", port))
        self._to = to

    def __enter__(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def _run(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._to))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    @staticmethod
    def _pump(one: socket.socket, other: socket.socket) -> None:
        try:
            while block := one.recv(65_536):
                other.sendall(block)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            return


def test_what_it_makes_up_is_what_the_platform_takes(tmp_path):
    write_small(tmp_path / "small.gpkg")
    city, places = read_places(tmp_path / "small.gpkg")
    operator = Operator(city, places, random.Random(7))
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    kinds, systems = set(), set()
    for _ in range(400):
        made = operator.next_message(now)
        message = payloads.parse(made)
        kinds.add(message.kind)
        if message.kind == "new":
            systems.add(message.point.crs.value if message.point else "")
            assert message.caller_phone.startswith("120")
            operator.heard(message.order_no, "reported")
    assert (city, kinds) == ("益阳市", {"new", "urge", "supplement", "withdraw"})
    assert systems == {"wgs84", "gcj02", ""}


def test_it_says_no_more_about_orders_that_have_ended():
    operator = Operator("", (Place("三益街", "market", 112.3, 28.5),), random.Random(7))
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    for state in ENDED:
        operator.heard(f"YY-{state}", state)
    assert {operator.next_message(now)["type"] for _ in range(100)} == {"new"}
    assert set(ENDED) == {state.value for state in ENDED_STATES}


@pytest.mark.django_db
def test_its_complaints_are_about_categories_that_there_are():
    names = set(Category.objects.values_list("name", flat=True))
    assert {complaint.category for complaint in COMPLAINTS} - names == {""}


def test_its_gcj02_is_the_platforms():
    chance = random.Random(7)
    for _ in range(200):
        lng, lat = chance.uniform(110, 114), chance.uniform(27, 30)
        assert to_gcj02(lng, lat) == pytest.approx(wgs84_to_gcj02(lng, lat), abs=1e-9)


def test_without_the_demos_places_it_says_so(tmp_path):
    with pytest.raises(OSError, match="not there"):
        read_places(tmp_path / "none.gpkg")
    (tmp_path / "no.gpkg").write_text("no database, long enough to be looked at" * 10)
    with pytest.raises(sqlite3.Error):
        read_places(tmp_path / "no.gpkg")
