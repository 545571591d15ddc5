"""What the robots were told, held against the database: nothing lost, nothing stuck, the journal leads to the state."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from tests.domain.whole_table import ROWS
from tests.walks.robots import ENDED, Tally

# The beginnings, which the hand-written table of steps doesn't have.
_FIRST = {("", "report"): "reported", ("reported", "self_resolve"): "self_closed"}


@dataclass(frozen=True)
class Entry:
    """A journal entry: who (none: a machine), what, from where to where."""

    version: int
    step: str
    before: str
    after: str
    user: int | None


@dataclass(frozen=True)
class Found:
    """An event as the database has it, with its journal in order."""

    no: str
    state: str
    version: int
    journal: tuple[Entry, ...]


def found(rows: Any, numbers: list[str]) -> dict[str, Found]:
    """The events with these numbers; `rows` runs a query."""
    journals: dict[str, list[Entry]] = defaultdict(list)
    entries = rows(
        """SELECT event.no, entry.version, entry.step, entry.from_state, entry.to_state, entry.user_id
           FROM events_journalentry entry JOIN events_event event ON event.id = entry.event_id
           WHERE event.no = ANY(%s) ORDER BY event.no, entry.version""",
        numbers,
    )
    for no, *entry in entries:
        journals[no].append(Entry(*entry))
    events = rows("SELECT no, state, version FROM events_event WHERE no = ANY(%s)", numbers)
    return {no: Found(no, state, version, tuple(journals[no])) for no, state, version in events}


def fold(journal: tuple[Entry, ...]) -> str:
    """The state that the steps lead to by the table written by hand. Raises AssertionError on a move it hasn't."""
    state = ""
    for entry in journal:
        reached = _FIRST.get((state, entry.step)) or _moved(state, entry.step)
        assert reached, f"{entry.step} from {state or 'nothing'}"
        assert (entry.before, entry.after) == (state, reached), entry
        state = reached
    return state


def _moved(state: str, step: str) -> str:
    row = ROWS.get(step)
    if row is None or state not in row.sources:
        return ""
    return state if row.target == "=" else row.target


def faults(event: Found, said: dict[int, tuple[str, str]], last: str) -> list[str]:
    """What is wrong with one event: `said` are the acknowledged steps and states by version, `last` the last state."""
    wrong = []
    if [one.version for one in event.journal] != list(range(1, event.version + 1)):
        wrong.append("its journal has gaps")
    if fold(event.journal) != event.state:
        wrong.append(f"its journal leads to {fold(event.journal)}, it is {event.state}")
    kept = {one.version: (one.step, one.after) for one in event.journal}
    wrong += [f"{what} was told as version {number}" for number, what in said.items() if kept.get(number) != what]
    unsaid = [one for one in event.journal if one.user is not None and one.version not in said]
    # A report that is solved at once is acknowledged as its second entry alone.
    wrong += [f"nobody was told of {one.step}" for one in unsaid if (one.step, said.get(2)) != _SOLVED]
    if event.state != last and all(one.user is not None for one in event.journal[max(said) :]):
        wrong.append(f"it is {event.state}, the robots were told {last}")
    return [f"{event.no}: {one}" for one in wrong]


_SOLVED = ("report", ("self_resolve", "self_closed"))


def all_faults(tally: Tally, there: dict[str, Found]) -> list[str]:
    """Of every event that somebody was told of: what was lost, stuck, or is not as it was said to be."""
    said: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    wrong = []
    for one in tally.said:
        if one.version in said[one.no]:
            wrong.append(f"{one.no}: version {one.version} was acknowledged twice")
        said[one.no][one.version] = (one.step, one.state)
    for no, steps in said.items():
        event = there.get(no)
        wrong += [f"{no}: lost"] if event is None else faults(event, steps, tally.states[no])
    return wrong + [f"{no}: stuck in {one.state}" for no, one in there.items() if one.state not in ENDED]
