"""From acknowledged to on the screen's doorstep: a report's POST is answered, its update arrives at every open socket.

`python -m bench.drawn [--sockets N ...] [--reports N] [--a-second N] [--json FILE]`, with DATABASE_URL and
DATABASE_OWNER_URL; it works in a database of its own that is dropped at the end.

Two web processes; half of the sockets and of the reports on each. An update that arrives before the POST's own answer
counts as zero. The client runs on the same processors and reads every frame: its cost is in the figures. The time that
a browser needs to draw is not.
"""

import argparse
import asyncio
import re
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from bench.browser import Browser
from bench.report import publish, spread_ms, surroundings
from bench.scratch import Person, another_browser, city, officers, origin, staff, web_processes

WEB_PROCESSES = 2
BROWSERS = 10
LIMIT_MS = {10: 300, 300: 1000}
_EVENT = re.compile(r'"layer":"events","id":(\d+)')
_PATIENCE = 20.0  # seconds after the last report


class Screen:
    """One open socket: when each event was first heard of there."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line
        self.heard: dict[int, float] = {}

    async def listen(self) -> None:
        """Until the line closes."""
        async for frame in self.line:
            now = time.perf_counter()
            for number in _EVENT.findall(str(frame)):
                self.heard.setdefault(int(number), now)


async def open_screens(ports: tuple[int, ...], people: list[Person], count: int) -> list[Screen]:
    """So many sockets, each past its welcome, twenty at a time."""
    gate = asyncio.Semaphore(20)

    async def one(number: int) -> Screen:
        async with gate:
            line = await connect(
                f"ws://127.0.0.1:{ports[number % len(ports)]}/ws/live",
                additional_headers={"Cookie": people[number % len(people)].cookie, "Origin": origin(ports)},
                compression=None, proxy=None, max_size=None, open_timeout=60,
            )  # fmt: skip
            await line.recv()
            return Screen(line)

    return list(await asyncio.gather(*(one(number) for number in range(count))))


class Reporters:
    """Officers who report over HTTP, one connection to each web process."""

    def __init__(self, ports: tuple[int, ...], people: list[Person]) -> None:
        self._browsers = [Browser(port) for port in ports]
        self._people = people

    def report(self, number: int) -> tuple[int, float]:
        """The new event's id, and when the answer was there."""
        answer = self._browsers[number % len(self._browsers)].report(self._people[number % len(self._people)])
        return int(answer["id"]), time.perf_counter()


async def measure_sockets(
    ports: tuple[int, ...],
    viewers: list[Person],
    reporting: list[Person],
    *,
    sockets: int,
    reports: int,
    a_second: float,
) -> dict[str, Any]:
    """Milliseconds from acknowledged to arrived, over all reports and sockets."""
    screens = await open_screens(ports, viewers, sockets)
    reporters = Reporters(ports, reporting)  # not earlier: the server closes a connection that idles for 5 seconds
    listening = [asyncio.create_task(screen.listen()) for screen in screens]
    loop = asyncio.get_running_loop()
    acknowledged: dict[int, float] = {}
    with ThreadPoolExecutor(1) as pool:
        begun = time.perf_counter()
        for number in range(reports):
            await asyncio.sleep(max(0.0, begun + number / a_second - time.perf_counter()))
            event, at = await loop.run_in_executor(pool, reporters.report, number)
            acknowledged[event] = at
    await _until(screens, acknowledged)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    await asyncio.gather(*(screen.line.close() for screen in screens))
    return _result(screens, acknowledged)


async def _until(screens: list[Screen], acknowledged: Iterable[int]) -> None:
    """Wait until every screen has heard of everything, or patience is over."""
    wanted = set(acknowledged)
    deadline = time.perf_counter() + _PATIENCE
    while time.perf_counter() < deadline and not all(wanted <= screen.heard.keys() for screen in screens):
        await asyncio.sleep(0.1)


def _result(screens: list[Screen], acknowledged: dict[int, float]) -> dict[str, Any]:
    waits = [
        max(0.0, screen.heard[event] - at)
        for screen in screens
        for event, at in acknowledged.items()
        if event in screen.heard
    ]
    found: dict[str, Any] = {
        "sockets": len(screens), "reports": len(acknowledged), "missed": len(screens) * len(acknowledged) - len(waits),
    }  # fmt: skip
    if waits:
        found |= spread_ms(waits)
    if len(screens) in LIMIT_MS:
        found["limit_p95_ms"] = LIMIT_MS[len(screens)]
    return found


def measure(*, sockets: list[int], reports: int, a_second: float) -> dict[str, Any]:
    """Each number of sockets after the other."""
    with city():
        reporting = officers(24)
        dispatcher = staff("bench-dispatcher", "dispatcher")
        viewers = [dispatcher, *(another_browser(dispatcher) for _ in range(BROWSERS - 1))]
        with web_processes(WEB_PROCESSES) as ports:
            warming = Reporters(ports, reporting)
            for number in range(4):
                warming.report(number)
            found = {
                f"sockets_{count}": asyncio.run(
                    measure_sockets(ports, viewers, reporting, sockets=count, reports=reports, a_second=a_second)
                )
                for count in sockets
            }
    return found | surroundings()


def main(arguments: list[str] | None = None) -> int:
    """Command line: prints a table, then the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, nargs="+", default=[10])
    parser.add_argument("--reports", type=int, default=40)
    parser.add_argument("--a-second", type=float, default=4)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    publish(measure(sockets=options.sockets, reports=options.reports, a_second=options.a_second), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
