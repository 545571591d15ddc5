"""The product over HTTP: many clients, each on a connection that it keeps, spread over the web processes."""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any
from uuid import uuid4

from bench.doors import CATEGORY, Done, run_threads
from bench.scratch import Person

CLIENTS = 8


class Browser:
    """One connection to one web process; for one thread at a time."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, person: Person) -> bytes:
        """The body as it travels, gzipped where the server does that. Raises RuntimeError for anything but 200."""
        return self._ask("GET", path, None, person, {200})

    def post(self, path: str, body: dict[str, Any], person: Person) -> dict[str, Any]:
        """The answer. Raises RuntimeError for anything but 200 and 201."""
        answer: dict[str, Any] = json.loads(self._ask("POST", path, json.dumps(body).encode(), person, {200, 201}))
        return answer

    def report(self, person: Person) -> dict[str, Any]:
        """A report from where this officer stands."""
        return self.post("/api/v1/events", report_body(person), person)

    def _ask(self, method: str, path: str, body: bytes | None, person: Person, good: set[int]) -> bytes:
        self._line.request(method, path, body, person.headers | {"Accept-Encoding": "gzip"})
        answer = self._line.getresponse()
        content = answer.read()
        if answer.status not in good:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {content[:300]!r}")
        return content


def report_body(person: Person) -> dict[str, Any]:
    """What a phone sends."""
    return {
        "client_id": str(uuid4()), "category": CATEGORY, "description": "路灯不亮", "photos": [person.photo],
        "point": {"lng": person.lng, "lat": person.lat, "crs": "wgs84", "accuracy_m": 8},
    }  # fmt: skip


def reports(ports: tuple[int, ...], officers: list[Person], seconds: float) -> Done:
    """Reports by these officers, eight clients, as many as there is time for."""

    def work(number: int) -> Callable[[], str | None]:
        browser, turns = Browser(ports[number % len(ports)]), cycle(officers[number::CLIENTS])
        return lambda: str(browser.report(next(turns))["no"])

    return run_threads([work(number) for number in range(CLIENTS)], seconds)


def accepts(ports: tuple[int, ...], acceptor: Person, numbers: list[str], seconds: float) -> Done:
    """Accept these events, eight clients, as many as there is time for."""

    def work(number: int) -> Callable[[], str | None]:
        browser, left = Browser(ports[number % len(ports)]), iter(numbers[number::CLIENTS])

        def once() -> str | None:
            no = next(left, None)
            if no is not None:
                browser.post(f"/api/v1/events/{no}/steps", {"step": "accept", "version": 1}, acceptor)
            return no

        return once

    return run_threads([work(number) for number in range(CLIENTS)], seconds)


def paced_reports(ports: tuple[int, ...], officers: list[Person], *, a_second: int, seconds: float) -> list[float]:
    """So many reports a second, each at its time whether or not the ones before are answered; seconds from due to
    answered."""
    own, count = threading.local(), itertools.count()
    begun = time.perf_counter() + 0.2

    def once(number: int) -> float:
        if not hasattr(own, "browser"):
            own.browser = Browser(ports[next(count) % len(ports)])
        due = begun + number / a_second
        time.sleep(max(0.0, due - time.perf_counter()))
        own.browser.report(officers[number % len(officers)])
        return time.perf_counter() - due

    with ThreadPoolExecutor(4 * CLIENTS) as pool:
        return list(pool.map(once, range(int(a_second * seconds))))


def timed(browser: Browser, path: str, person: Person, times: int) -> tuple[list[float], int]:
    """Durations in seconds of so many GETs, and the size of the answer in bytes, as it travels."""
    durations, size = [], 0
    for _ in range(times):
        begun = time.perf_counter()
        size = len(browser.get(path, person))
        durations.append(time.perf_counter() - begun)
    return durations, size
