"""Writers who report without end while parts of the product are killed, each retrying until it is answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from uuid import uuid4

import httpx

from tests.product import Product
from tests.visitors import Person
from tests.walks.route import category, own_grid

PAUSE = 0.1  # seconds before a report that was not answered is sent again


@dataclass(frozen=True)
class Sent:
    """A report that was acknowledged: its client id, the number that came back, and how often it was sent."""

    client_id: str
    no: str
    status: int
    attempts: int


@dataclass
class Writers:
    """Some threads of one officer, each with connections and client ids of its own."""

    officer: Person
    count: int
    kept: list[Sent] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Writers:
        _grid, (lng, lat) = own_grid(self.officer)
        body = {
            "category": category(self.officer), "description": "巡查发现的问题",
            "photos": [self.officer.photo()], "point": {"lng": lng, "lat": lat, "crs": "wgs84", "accuracy_m": 8.0},
        }  # fmt: skip
        self._threads = [threading.Thread(target=self._write, args=(body,), daemon=True) for _ in range(self.count)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def _write(self, body: dict[str, Any]) -> None:
        headers = {"Cookie": self.officer.cookie, "X-CSRFToken": self.officer.http.cookies["wangge_csrf"]}
        with httpx.Client(base_url=self.officer.product.origin, headers=headers, timeout=5, trust_env=False) as http:
            while not self._ended.is_set():
                self._deliver(http, {**body, "client_id": str(uuid4())})

    def _deliver(self, http: httpx.Client, body: dict[str, Any]) -> None:
        """Send one until it is acknowledged. One that never was may be there or not: nobody was told."""
        attempts = 0
        while attempts == 0 or not self._ended.is_set():
            attempts += 1
            try:
                answer = http.post("/api/v1/events", json=body)
            except httpx.HTTPError:
                time.sleep(PAUSE)
                continue
            if answer.status_code in {200, 201}:
                self.kept.append(Sent(body["client_id"], answer.json()["no"], answer.status_code, attempts))
                return
            if answer.status_code < 500:
                self.refused.append(f"{answer.status_code} {answer.text[:200]}")
                return
            time.sleep(PAUSE)


@contextmanager
def checked(product: Product, officer: Person, *, count: int = 8) -> Iterator[Writers]:
    """Writers at work inside; afterwards every acknowledged report is there, under the number told, and none twice."""
    with Writers(officer, count) as writers:
        yield writers
    product.wait(lambda: product.ask("/readyz")[0] == 200, 60)
    assert not writers.refused, writers.refused[:5]
    assert writers.kept
    told = {sent.client_id: sent.no for sent in writers.kept}
    found = product.rows(
        """SELECT key.id::text, event.no FROM events_clientkey key JOIN events_event event ON event.id = key.event_id
           WHERE key.id = ANY(%s::uuid[])""",
        list(told),
    )
    assert sorted(found) == sorted(told.items()), "lost, or another number"
    assert len(set(told.values())) == len(told), "one number for two reports"
    assert unsound(product) == []


def unsound(product: Product) -> list[tuple[Any, ...]]:
    """Events whose journal does not lead to the version that they stand at: something half written."""
    return product.rows(
        """SELECT event.no, event.version, count(entry.id), max(entry.version) FROM events_event event
           LEFT JOIN events_journalentry entry ON entry.event_id = event.id
           GROUP BY event.id HAVING count(entry.id) <> event.version OR max(entry.version) <> event.version"""
    )


def answered(writers: Writers, more: int, product: Product, seconds: float = 30) -> None:
    """Wait until that many reports more were acknowledged."""
    goal = len(writers.kept) + more
    product.wait(lambda: len(writers.kept) >= goal, seconds)
