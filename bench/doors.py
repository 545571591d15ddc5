"""The service doors at work: two processes with four threads each, as many as the product has web processes."""

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing.connection import Connection
from typing import Any
from uuid import uuid4

from bench.scratch import Person

PROCESSES, THREADS = 2, 4
CATEGORY = "06-001"  # a broken street lamp: every small city has its department


@dataclass
class Done:
    """What was done in a stretch of time: durations in seconds, and the events' numbers."""

    seconds: float
    durations: list[float] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    processor_seconds: float = 0.0  # of this process, not of PostgreSQL's

    @property
    def processor_ms(self) -> float:
        """Milliseconds of processor time for each: unlike a rate it hardly depends on who else is busy."""
        return self.processor_seconds * 1000 / max(1, len(self.durations))

    @property
    def rate(self) -> float:
        """Per second."""
        return len(self.durations) / self.seconds


def run_threads(
    works: list[Callable[[], str | None]], seconds: float, *, leave: Callable[[], None] = lambda: None
) -> Done:
    """Call each of `works` again and again in a thread of its own until the time is over or it answers None.

    Each thread calls `leave` at its end. Raises the first exception that any of them raised.
    """
    done = Done(seconds)
    started, used = time.perf_counter(), time.process_time()

    def loop(work: Callable[[], str | None]) -> None:
        try:
            while (begun := time.perf_counter()) < started + seconds and (number := work()) is not None:
                done.durations.append(time.perf_counter() - begun)
                done.numbers.append(number)
        finally:
            leave()

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(loop, works))
    done.seconds, done.processor_seconds = time.perf_counter() - started, time.process_time() - used
    return done


class Doors:
    """The processes; `close` ends them."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes, self._processes = [], []
        for _ in range(PROCESSES):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs,), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)

    def report(self, officers: list[Person], seconds: float) -> Done:
        """Reports by these officers, as many as there is time for."""
        return self._all([("report", officers[number::PROCESSES], seconds) for number in range(PROCESSES)])

    def accept(self, acceptor: Person, numbers: list[str], seconds: float) -> Done:
        """Accept these events, as many as there is time for."""
        return self._all([("accept", (acceptor, numbers[number::PROCESSES]), seconds) for number in range(PROCESSES)])

    def _all(self, orders: list[tuple[str, Any, float]]) -> Done:
        for pipe, order in zip(self._pipes, orders, strict=True):
            pipe.send(order)
        answers = [pipe.recv() for pipe in self._pipes]
        for answer in answers:
            if isinstance(answer, str):
                raise SystemExit(f"a door refused: {answer}")
        return Done(
            max(one.seconds for one in answers),
            [duration for one in answers for duration in one.durations],
            [number for one in answers for number in one.numbers],
            sum(one.processor_seconds for one in answers),
        )

    def close(self) -> None:
        """End the processes."""
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.send(None)
            process.join(20)


def _serve(pipe: Connection) -> None:
    import django

    django.setup()
    from django.db import connections

    from bench.scratch import let_go

    works: dict[str, Callable[[Any], list[Callable[[], str | None]]]] = {"report": _reports, "accept": _accepts}
    while (order := pipe.recv()) is not None:
        kind, what, seconds = order
        try:
            pipe.send(run_threads(works[kind](what), seconds, leave=connections.close_all))
        except Exception as trouble:  # told to the parent, who ends the run
            pipe.send(repr(trouble))
    let_go()


def _reports(officers: list[Person]) -> list[Callable[[], str | None]]:
    """One work per thread; each thread is one officer after another."""
    from events.services import deeds
    from events.services.report import report
    from grid.coordinates import Crs

    def work(share: list[Person]) -> Callable[[], str | None]:
        turns = cycle([(person, _access(person)) for person in share])

        def once() -> str:
            person, access = next(turns)
            point = deeds.GivenPoint(lng=person.lng, lat=person.lat, crs=Crs.WGS84, accuracy_m=8)
            made = deeds.Report(
                client_id=uuid4(), category=CATEGORY, point=point, text="路灯不亮", photos=(person.photo,)
            )
            return str(report(access=access, report=made).row["no"])

        return once

    return [work(officers[number::THREADS]) for number in range(THREADS)]


def _accepts(what: tuple[Person, list[str]]) -> list[Callable[[], str | None]]:
    from events.services import deeds
    from events.services.advance import advance

    acceptor, numbers = what
    access = _access(acceptor)

    def work(share: list[str]) -> Callable[[], str | None]:
        left = iter(share)

        def once() -> str | None:
            number = next(left, None)
            if number is not None:
                advance(access=access, no=number, version=1, deed=deeds.Accept())
            return number

        return once

    return [work(numbers[number::THREADS]) for number in range(THREADS)]


def _access(person: Person) -> Any:
    from django.utils import timezone

    from grid.models import User
    from grid.policy import access_of

    return access_of(User.objects.get(pk=person.user), now=timezone.now())
