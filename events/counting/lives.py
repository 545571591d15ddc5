"""What became of each event as of a time: journal entries folded into one `Life` per event. Pure.

An entry that came after the as-of time is not looked at: what is known later never changes a report as of earlier.
The rows are tuples, which are made in a third of the time that dataclasses take: a month has a hundred thousand.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from events.workflow import STAGE_OF, TRANSITIONS, Stage, State, Step

TEST = "test"  # the reason for which a report that was only a test is not accepted


class Entry(NamedTuple):
    """One row of the journal, as far as indicators need it. Times are aware; the facts are those after the step."""

    event: int
    version: int
    at: datetime
    step: str
    to_state: str
    source: str
    category: str
    path: str
    holder: int | None
    lead: int | None
    due_at: datetime | None
    stage_due_at: datetime | None
    reason: str = ""  # of a report that was not accepted
    satisfaction: int | None = None  # 0 to 3, of a revisit
    corrected: str = ""  # of a correction: `Correction` in one line


class Verdict(StrEnum):
    """How something counts for an indicator once an appeal was upheld."""

    OUT = "out"
    HIT = "hit"
    MISS = "miss"


class Correction(NamedTuple):
    """How the thing of this moment counts for one indicator. One line: `code at verdict`."""

    code: str
    at: datetime
    verdict: Verdict

    @classmethod
    def read(cls, line: str) -> "Correction":
        """From its line. Raises ValueError."""
        code, at, verdict = line.split(" ")
        return cls(code, datetime.fromisoformat(at), Verdict(verdict))

    def line(self) -> str:
        """As the journal keeps it, in UTC."""
        return f"{self.code} {self.at.astimezone(UTC).isoformat()} {self.verdict}"


class Run(NamedTuple):
    """One stretch in a stage: until when it was due, and the step that ended it. Open: `ended_at` is None."""

    stage: Stage
    due_at: datetime | None
    holder: int | None
    lead: int | None
    ended_at: datetime | None = None
    ended_by: str = ""

    @property
    def in_time(self) -> bool:
        """Whether it was over by its deadline."""
        return self.ended_at is not None and self.due_at is not None and self.ended_at <= self.due_at


class Share(NamedTuple):
    """One thing that was done and could be undone: given to a lead, finished, checked, asked of the citizen."""

    at: datetime
    holder: int | None
    lead: int | None
    undone_by: str = ""  # the step that took it back: return, redispatch, fail_check
    passed: bool = True  # of a check
    satisfaction: int | None = None  # of a revisit


class Life(NamedTuple):
    """One event as of a time."""

    event: int
    source: str
    category: str
    path: str
    holder: int | None
    lead: int | None
    state: str
    reported_at: datetime
    due_at: datetime | None  # of the whole, as it held then; None before acceptance and while suspended
    accepted_at: datetime | None
    finished_at: datetime | None  # the last time
    closed_at: datetime | None
    ended_by: str  # the step that ended it; empty while it is open
    void: bool  # voided, withdrawn, or only a test: out of every indicator
    runs: tuple[Run, ...]
    dispatches: tuple[Share, ...]
    finishes: tuple[Share, ...]
    checks: tuple[Share, ...]
    revisits: tuple[Share, ...]
    corrections: Mapping[tuple[str, datetime], Verdict]  # by indicator and moment

    @property
    def closed_on_time(self) -> bool:
        """Closed in the ordinary way, its work finished for the last time by the deadline. By force never is."""
        if self.ended_by != Step.CLOSE or self.finished_at is None or self.due_at is None:
            return False
        return self.finished_at <= self.due_at


def lives(entries: Iterable[Entry], *, as_of: datetime) -> Iterator[Life]:
    """The life of each event as of a time; `entries` come by event and version. Later ones are left out."""
    for _event, rows in groupby(entries, key=lambda entry: entry.event):
        known = [entry for entry in rows if entry.at <= as_of]
        if known:
            yield _Telling(known).told()


@dataclass
class _Telling:
    """One event's entries while they are being read."""

    entries: list[Entry]
    runs: list[Run] = field(default_factory=list)
    shares: dict[str, list[Share]] = field(default_factory=dict)
    ended_by: str = ""
    accepted_at: datetime | None = None
    closed_at: datetime | None = None
    corrections: dict[tuple[str, datetime], Verdict] = field(default_factory=dict)

    def told(self) -> Life:
        """All of it."""
        for entry in self.entries:
            self._read(entry)
        first, last = self.entries[0], self.entries[-1]
        finishes = self._of("finishes")
        return Life(
            event=first.event, source=last.source, category=last.category, path=last.path, holder=last.holder,
            lead=last.lead, state=last.to_state, reported_at=first.at, due_at=last.due_at,
            accepted_at=self.accepted_at, finished_at=finishes[-1].at if finishes else None, closed_at=self.closed_at,
            ended_by=self.ended_by, void=last.to_state == State.VOIDED or self._was_a_test(), runs=tuple(self.runs),
            dispatches=self._of("dispatches"), finishes=finishes, checks=self._of("checks"),
            revisits=self._of("revisits"), corrections=self.corrections,
        )  # fmt: skip

    def _of(self, name: str) -> tuple[Share, ...]:
        return tuple(self.shares.get(name, ()))

    def _was_a_test(self) -> bool:
        turned = [entry for entry in self.entries if entry.to_state == State.REJECTED and entry.step in _MOVING]
        return self.entries[-1].to_state == State.REJECTED and turned[-1].reason == TEST  # the last time alone

    def _read(self, entry: Entry) -> None:
        if entry.step in _MOVING:
            self._move(entry)
        elif self.runs and self.runs[-1].ended_at is None:
            self.runs[-1] = _run(entry, self.runs[-1].stage)  # its deadline may have moved
        self._note(entry)

    def _move(self, entry: Entry) -> None:
        """The state was entered anew: the stretch before it is over, another begins."""
        if self.runs and self.runs[-1].ended_at is None:
            before = self.runs[-1]
            self.runs[-1] = Run(before.stage, before.due_at, before.holder, before.lead, entry.at, entry.step)
        stage = _STAGE_OF.get(entry.to_state)
        if stage is not None:
            self.runs.append(_run(entry, stage))
            self.ended_by, self.closed_at = "", None
        else:
            self.ended_by = entry.step
            self.closed_at = entry.at if entry.to_state == State.CLOSED else None
        if entry.to_state == State.ACCEPTED and self.accepted_at is None:
            self.accepted_at = entry.at

    def _note(self, entry: Entry) -> None:
        for name in _UNDOES.get(entry.step, ()):
            self._undo(name, entry.step)
        kind = _SHARES.get(entry.step)
        if kind is not None:
            share = Share(
                at=entry.at, holder=entry.holder, lead=entry.lead, passed=entry.step != Step.FAIL_CHECK,
                satisfaction=entry.satisfaction,
            )  # fmt: skip
            self.shares.setdefault(kind, []).append(share)
        if entry.corrected:
            self._correct(entry.step, Correction.read(entry.corrected))

    def _correct(self, step: str, made: Correction) -> None:
        """The last word on it holds; taken back, it counts as the journal says."""
        if step == Step.CORRECT:
            self.corrections[made.code, made.at] = made.verdict
        else:
            self.corrections.pop((made.code, made.at), None)

    def _undo(self, name: str, step: str) -> None:
        kept = self.shares.get(name)
        if kept:
            last = kept[-1]
            kept[-1] = Share(last.at, last.holder, last.lead, step, last.passed, last.satisfaction)


_MOVING = frozenset(row.step.value for row in TRANSITIONS if row.target is not None or row.back)
_STAGE_OF: dict[str, Stage] = {state.value: stage for state, stage in STAGE_OF.items()}
_SHARES = {
    "dispatch": "dispatches", "redispatch": "dispatches", "finish": "finishes", "pass_check": "checks",
    "fail_check": "checks", "revisit": "revisits",
}  # fmt: skip
_UNDOES = {"return": ("dispatches",), "redispatch": ("dispatches",), "fail_check": ("finishes",)}


def _run(entry: Entry, stage: Stage) -> Run:
    return Run(stage=stage, due_at=entry.stage_due_at, holder=entry.holder, lead=entry.lead)
