"""Robot users: thirty accounts of the demo that take steps over HTTP at a given rate, each from its own worklist.

What they were acknowledged is kept in a `Tally`; `tests/walks/robot_proof.py` holds it against the database.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.visitors import Person
from tests.walks.robot_choices import Choosing, Hands, leads_on

ENDED = frozenset({"closed", "self_closed", "rejected", "merged", "voided"})
BATCH = 4  # steps from one look at the worklist
LOOK = 50  # rows of a worklist
BEHIND = 0.5  # seconds of steps that may be made good


class Pace:
    """So many turns a second for all together."""

    def __init__(self, a_second: float) -> None:
        self._gap, self._lock, self._next = 1 / a_second, threading.Lock(), 0.0

    def turn(self) -> float:
        """Wait for one's turn; when it came (seconds of `time.perf_counter`)."""
        with self._lock:
            self._next = max(self._next + self._gap, time.perf_counter() - BEHIND)
            due = self._next
        time.sleep(max(0.0, due - time.perf_counter()))
        return time.perf_counter()


@dataclass(frozen=True)
class Said:
    """A step that was acknowledged: of which event, and what the answer said of its version and state."""

    no: str
    step: str
    version: int
    state: str


@dataclass
class Tally:
    """Everything that was answered. For all threads."""

    said: list[Said] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"step": [], "worklist": [], "other": []})
    failed: list[str] = field(default_factory=list)  # no answer, or one of the server's own errors
    refused: list[str] = field(default_factory=list)  # what a worklist offered and the door did not take
    overtaken: int = 0  # two saw the same, the other was quicker
    reports: int = 0
    last: float = 0.0  # when something was acknowledged (`time.perf_counter`)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, no: str, step: str, version: int, state: str) -> None:
        """An acknowledgement."""
        with self._lock:
            self.said.append(Said(no, step, version, state))
            self.last = time.perf_counter()
            if version >= self.versions.get(no, 0):
                self.versions[no], self.states[no] = version, state

    def be_overtaken(self) -> None:
        """A colleague was quicker."""
        with self._lock:
            self.overtaken += 1

    def may_report(self, *, backlog: int, most: int) -> bool:
        """Take a report's place, where so many may be open at once and so many be made in all."""
        with self._lock:
            if self.reports >= most or len(self.open()) >= backlog:
                return False
            self.reports += 1
            return True

    def open(self) -> list[str]:
        """The events that have not ended, as far as was said."""
        return [no for no, state in [*self.states.items()] if state not in ENDED]

    def steps(self) -> Counter[str]:
        """How often each was acknowledged."""
        return Counter(one.step for one in self.said)


@dataclass
class Run:
    """What all robots of a run have in common."""

    pace: Pace
    tally: Tally
    backlog: int  # events open at once
    most: int  # events in all
    nap: float  # seconds until somebody without work looks again
    hands: Hands
    until: float = float("inf")  # when reporting ends, by `time.perf_counter`
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def closing(self) -> bool:
        """Whether what is open is only brought to its end."""
        return time.perf_counter() >= self.until or self.tally.reports >= self.most

    def over(self) -> bool:
        """Whether there is nothing left to do."""
        return self.ended.is_set() or (self.closing and not self.tally.open())


class Robot:
    """One account at work: looks at its worklist, takes steps from it, reports where that is its work."""

    def __init__(self, person: Person, run: Run, choosing: Choosing, dice: random.Random) -> None:
        self.person, self.run, self.choosing, self.dice = person, run, choosing, dice
        self.name, self._stale = person.username, False

    def live(self) -> None:
        """Until the run is over. Who can't go on says why, and the run has failed."""
        try:
            self._live()
        except Exception as error:
            self.run.tally.failed.append(f"{self.name} is dead: {error!r}")

    def _live(self) -> None:
        while not self.run.over():
            if not self._work() and not self._reported():
                self.run.ended.wait(self.run.nap * self.dice.uniform(0.7, 1.3))

    def _work(self) -> int:
        """Take some of what waits; how many steps."""
        view = self.dice.choice(self.choosing.views)
        answer = self._ask("worklist", "events", view=view, sort="-reported", limit=LOOK)
        rows = [row for row in answer["rows"] if row["no"] in self.run.tally.states] if answer else []
        taken, self._stale = 0, False
        for row in self.dice.sample(rows, min(BATCH, len(rows))):
            taken += not self._stale and self._step(row)
        return taken

    def _ask(self, kind: str, path: str, **query: Any) -> Any:
        began = time.perf_counter()
        answer = self._sent(lambda: self.person.get(path, **query), path)
        self.run.tally.seconds[kind].append(time.perf_counter() - began)
        return answer.json() if answer is not None and answer.status_code == 200 else None

    def _sent(self, send: Callable[[], httpx.Response], what: str) -> httpx.Response | None:
        try:
            answer = send()
        except httpx.HTTPError as error:
            self.run.tally.failed.append(f"{self.name} {what}: {error!r}")
            return None
        if answer.status_code >= 500:
            self.run.tally.failed.append(f"{self.name} {what}: {answer.status_code} {answer.text[:200]}")
        return answer

    def _step(self, row: dict[str, Any]) -> bool:
        step = leads_on(row, self.dice, closing=self.run.closing)
        fields = None if step is None else self._fields(step, row)
        if step is None or fields is None or self.run.over():
            return False
        body = {"step": step, "version": row["version"], **fields}
        began = self.run.pace.turn()
        answer = self._sent(lambda: self.person.post(f"events/{row['no']}/steps", body), f"{step} {row['no']}")
        self.run.tally.seconds["step"].append(time.perf_counter() - began)
        self._judge(answer, step, row["no"], 200)
        return True

    def _fields(self, step: str, row: dict[str, Any]) -> dict[str, Any] | None:
        """What the step carries; None where it has nobody to go to."""
        if not self.choosing.asks(step):
            return self.choosing.fields(step, row, self.dice)
        offered = self._ask("other", f"events/{row['no']}/organisations", step=step) or []
        return self.run.hands.given(step, [one["id"] for one in offered], self.dice)

    def _judge(self, answer: httpx.Response | None, step: str, no: str, good: int) -> None:
        if answer is None or answer.status_code >= 500:
            return
        if answer.status_code == 409:
            self._stale = True  # somebody was quicker: look again
            self.run.tally.be_overtaken()
        elif answer.status_code != good:
            self.run.tally.refused.append(f"{self.name} {step} {no}: {answer.status_code} {answer.text}")
        else:
            found = answer.json()
            self.run.tally.take(no or found["no"], step, found["version"], found["state"])

    def _reported(self) -> bool:
        tally, run = self.run.tally, self.run
        if run.closing or self.choosing.report is None:
            return False
        if not tally.may_report(backlog=run.backlog, most=run.most):
            return False
        body = self.choosing.report(self.dice)
        began = run.pace.turn()
        answer = self._sent(lambda: self.person.post("events", body), "report")
        tally.seconds["step"].append(time.perf_counter() - began)
        self._judge(answer, "self_resolve" if "self_resolve" in body else "report", "", 201)
        return True


@dataclass(frozen=True)
class Reporting:
    """The time in which events came in: how long it was, and how many steps were acknowledged in it."""

    seconds: float
    steps: int


def let_them_work(robots: list[Robot], run: Run, *, seconds: float, patience: float) -> Reporting:
    """All at once, reporting for so many seconds, then until all is at its end, or nothing went on for so long
    (`patience`, seconds): what is open then is stuck.
    """
    began = time.perf_counter()
    run.until = began + seconds
    threads = [threading.Thread(target=robot.live, name=robot.name, daemon=True) for robot in robots]
    for thread in threads:
        thread.start()
    while not run.closing:
        time.sleep(0.05)
    reporting = Reporting(seconds=time.perf_counter() - began, steps=len(run.tally.said))
    while not run.over() and time.perf_counter() < run.tally.last + patience:
        time.sleep(0.05)
    run.ended.set()
    for thread in threads:
        thread.join(timeout=30)
    run.tally.failed.extend(f"{thread.name} has not ended" for thread in threads if thread.is_alive())
    return reporting
