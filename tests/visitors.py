"""People who use the running product over HTTP and sockets, as programs of theirs would: sessions, JSON, live lines."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any
from uuid import uuid4

import httpx
from PIL import ExifTags, Image
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from data.demo import pictures
from tests.product import Product

API = "/api/v1"
logging.getLogger("httpx").setLevel(logging.WARNING)


class Person:
    """A signed-in account. Answers are not raised for; `ask` and `tell` insist on success."""

    def __init__(self, product: Product, username: str) -> None:
        self.product = product
        self.username = username
        self.http = httpx.Client(base_url=product.origin, timeout=20, trust_env=False)
        self.http.get("/login").raise_for_status()
        form = {"username": username, "password": product.passwords[username], "csrfmiddlewaretoken": self._token()}
        answer = self.http.post("/login", data=form)
        assert answer.status_code == 302, answer.text

    def _token(self) -> str:
        return self.http.cookies["wangge_csrf"]

    @property
    def cookie(self) -> str:
        """The header that a browser would send."""
        return "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())

    def get(self, path: str, **query: Any) -> httpx.Response:
        """Of the API."""
        return self.http.get(f"{API}/{path}", params=query)

    def post(self, path: str, body: Any = None) -> httpx.Response:
        """To the API."""
        return self.http.post(f"{API}/{path}", json=body, headers={"X-CSRFToken": self._token()})

    def ask(self, path: str, **query: Any) -> Any:
        """JSON of the API."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.json()

    def tell(self, path: str, body: Any = None, *, status: int = 200) -> Any:
        """JSON to and from the API."""
        answer = self.post(path, body)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
        return answer.json() if answer.content else None

    def photo(self, body: bytes | None = None) -> str:
        """Send a picture; its name."""
        files = {"file": ("photo.jpg", body or picture(), "image/jpeg")}
        answer = self.http.post(f"{API}/photos", files=files, headers={"X-CSRFToken": self._token()})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["sha256"])

    def card(self, no: str) -> dict[str, Any]:
        """One event as this person sees it."""
        return dict(self.ask(f"events/{no}"))

    def step(self, no: str, step: str, **fields: Any) -> dict[str, Any]:
        """Take a step on the event as it stands; the card afterwards."""
        version = self.card(no)["version"]
        return dict(self.tell(f"events/{no}/steps", {"step": step, "version": version, **fields}))

    def report(self, *, point: tuple[float, float], category: str, **more: Any) -> httpx.Response:
        """Report something at `point` (degrees, WGS-84) with a new photo."""
        lng, lat = point
        body: dict[str, Any] = {
            "client_id": str(uuid4()), "category": category, "description": "路面破了一个坑",
            "point": {"lng": lng, "lat": lat, "crs": "wgs84", "accuracy_m": 8.0}, **more,
        }  # fmt: skip
        if "photos" not in body:
            body["photos"] = [self.photo()]
        return self.post("events", body)

    def sign_out(self) -> None:
        """End the session."""
        answer = self.http.post("/logout", headers={"X-CSRFToken": self._token()})
        assert answer.status_code == 302, answer.text

    def socket(self, path: str, *, open_timeout: float = 10) -> ClientConnection:
        """A WebSocket in this session, from our own origin."""
        return connect(
            self.product.origin.replace("http", "ws", 1) + path, origin=Origin(self.product.origin),
            additional_headers={"Cookie": self.cookie}, compression=None, max_size=None, proxy=None,
            open_timeout=open_timeout,
        )  # fmt: skip


@dataclass(frozen=True)
class Heard:
    """A change on the live line, and when it came (seconds of the monotonic clock)."""

    at: float
    change: dict[str, Any]


@dataclass
class Line:
    """A live line as the page keeps it: a snapshot, every update after it, reconnecting where it left off."""

    person: Person
    seq: int = 0
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    reconnects: int = -1
    _news: threading.Condition = field(default_factory=threading.Condition)
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _connection: ClientConnection | None = None

    def __enter__(self) -> Line:
        self._snapshot()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._connection is not None:
            self._connection.close()
        if self._thread is not None:
            self._thread.join(timeout=15)

    def ready(self, seconds: float = 20) -> None:
        """Wait for the first welcome."""
        with self._news:
            assert self._news.wait_for(lambda: self.reconnects >= 0, seconds), "no welcome"

    def wait(self, condition: Callable[[dict[str, Any]], bool], seconds: float) -> Heard:
        """The first change that fits, waiting for it if it has not come yet."""
        found: list[Heard] = []

        def look() -> bool:
            found.extend(one for one in self.heard if condition(one.change))
            return bool(found)

        with self._news:
            assert self._news.wait_for(look, seconds), f"no such update within {seconds} s"
        return found[0]

    def wait_row(self, no: str, seconds: float, **wanted: Any) -> Heard:
        """The first update of this event that has these values."""

        def fits(change: dict[str, Any]) -> bool:
            row = change.get("row") or {}
            return row.get("no") == no and all(row.get(name) == value for name, value in wanted.items())

        return self.wait(fits, seconds)

    def _snapshot(self) -> None:
        found = self.person.ask("map/events")
        self.seq, self.rows = found["seq"], {row["id"]: row for row in found["rows"]}

    def _keep(self) -> None:
        while not self._ended.is_set():
            with (
                contextlib.suppress(ConnectionClosed, InvalidHandshake, OSError, AssertionError, httpx.HTTPError),
                self.person.socket(f"/ws/live?since={self.seq}", open_timeout=10) as self._connection,
            ):
                self._read(self._connection)
            self._ended.wait(0.3)

    def _read(self, connection: ClientConnection) -> None:
        for message in connection:
            frame = json.loads(message)
            with self._news:
                if not self._take(frame):
                    return
                self._news.notify_all()

    def _take(self, frame: dict[str, Any]) -> bool:
        """Whether the line may go on."""
        if frame["type"] == "welcome":
            self.reconnects += 1
        elif frame["type"] == "resync":
            self._snapshot()
            return False
        elif frame["type"] == "updates":
            if frame["prev"] != self.seq:
                return False
            self._apply(frame["changes"])
            self.seq = frame["seq"]
        return True

    def _apply(self, changes: list[dict[str, Any]]) -> None:
        now = time.monotonic()
        for change in changes:
            if change["layer"] != "events":
                continue
            self.heard.append(Heard(now, change))
            if change.get("remove"):
                self.rows.pop(change["id"], None)
            else:
                self.rows[change["id"]] = change["row"]


def picture(*, point: tuple[float, float] | None = None, fixed: bool = False) -> bytes:
    """A JPEG of a damaged road (or of the mended one) unlike any other, taken at `point` (degrees, WGS-84)."""
    image = Image.open(io.BytesIO(_drawn(fixed)))
    exif = Image.Exif()
    exif[ExifTags.Base.ImageUniqueID] = uuid4().hex
    if point is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: _degrees(point[1]), 3: "E", 4: _degrees(point[0])})
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, exif=exif)
    return out.getvalue()


@functools.cache
def _drawn(fixed: bool) -> bytes:
    return pictures.picture("pothole", fixed=fixed)


def _degrees(value: float) -> tuple[float, float, float]:
    """As EXIF writes them: degrees, minutes, seconds."""
    minutes, seconds = divmod(round(value * 3600, 4), 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, seconds


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its times as numbers (seconds, to the millisecond): they are written in more than one way."""
    return {name: _seconds(value) if name.endswith("_at") else value for name, value in row.items()}


def _seconds(text: str | None) -> float | None:
    # Cut, not rounded: that is how the shorter of the two ways is written.
    return None if text is None else int(datetime.fromisoformat(text).timestamp() * 1000) / 1000


class People:
    """Accounts of the demo, each signed in once."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self._known: dict[str, Person] = {}

    def __call__(self, username: str) -> Person:
        """By account name."""
        if username not in self._known:
            self._known[username] = Person(self.product, username)
        return self._known[username]


def in_time(seconds: float, limit: float) -> bool:
    """Whether something was quick enough; more is allowed to a machine that has more to do than it has processors."""
    return seconds <= limit * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def inside(person: Person, grid: str) -> tuple[float, float]:
    """A point of a grid: degrees, WGS-84."""
    for point in _lattice(person.ask(f"ground/grids/{grid}")["bbox"]):
        answer = person.get("ground/grid-at", lng=point[0], lat=point[1], crs="wgs84")
        if answer.status_code == 200 and answer.json()["grid"]["code"] == grid:
            return point
    raise AssertionError(f"no point of a 9 x 9 lattice lies in {grid}")


def _lattice(bbox: list[float]) -> Iterator[tuple[float, float]]:
    west, south, east, north = bbox
    steps = sorted(range(1, 10), key=lambda number: abs(number - 5))
    for x in steps:
        for y in steps:
            yield west + (east - west) * x / 10, south + (north - south) * y / 10
