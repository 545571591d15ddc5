"""Journals made up by walking through the workflow's table, as pure entries and as rows of the database."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count, groupby
from random import Random
from typing import Any

from events.counting.facts import COUNTS_FOR, Kind, facts_of, known
from events.counting.lives import Correction, Entry, Verdict
from events.models import Category, CountedFact, Event, JournalEntry
from events.services import facts
from events.workflow import ENDED, STAGE_OF, State, Step, steps_from, target
from grid.models import Grid, Organisation

START = datetime(2026, 3, 1, tzinfo=UTC)
_numbers = count(1)
_FULL = (State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.PENDING_CHECK, State.PENDING_CLOSE, State.CLOSED)


def walk(
    random: Random,
    event: int,
    *,
    paths: list[str],
    organisations: list[int],
    start: datetime = START,
    days: float = 40,
    longest: int = 16,
    stepping: float = 30,
) -> list[Entry]:
    """One event's entries: reported somewhere in `days`, then step by step of the table until it ends or tires."""
    at = start + timedelta(days=random.uniform(0, days))
    one = Entry(
        event=event, version=1, at=at, step="report", to_state="reported", source=random.choice(["officer", "hotline"]),
        category=random.choice(["06-001", "06-002", "01-001", "09-001"]), path=random.choice(paths),
        holder=random.choice(organisations), lead=None, due_at=None, stage_due_at=_later(random, at),
    )  # fmt: skip
    made = [one]
    for _ in range(random.randrange(longest)):
        before = next((State(one.to_state) for one in reversed(made) if one.to_state != State.MERGED), None)
        one = _next(random, made, before, paths, organisations, stepping)
        made.append(one)
        if one.to_state == "voided" or (one.to_state == "merged" and random.random() < 0.5):
            break
    return made


def _contested(random: Random, told: list[Entry]) -> str:
    """A correction of something that counts by now, or counted once."""
    earlier = [one.corrected for one in told if one.corrected]
    if earlier and random.random() < 0.5:
        return random.choice(earlier)
    fact = random.choice(facts_of(told) or (None,))
    if fact is None:
        return ""
    code = random.choice(COUNTS_FOR[Kind(fact.kind)])
    return Correction(code, fact.at, random.choice(list(Verdict))).line()


def _next(
    random: Random, told: list[Entry], before: State | None, paths: list[str], organisations: list[int], stepping: float
) -> Entry:
    last = told[-1]
    state = State(last.to_state)
    rows = [row for row in steps_from(state) if row.step != Step.WITHDRAW or random.random() < 0.1]
    if state not in ENDED and random.random() < 0.6:  # mostly straight on
        rows = [row for row in rows if row.target in _FULL] or rows
    if state == State.MERGED and random.random() < 0.7:
        rows = [row for row in rows if row.step == Step.UNMERGE]
    if not rows:
        return last._replace(version=last.version + 1, step="note", at=last.at + timedelta(hours=1), reason="")
    step = random.choice(rows).step
    reached = target(step, state, before)
    assert reached is not None
    at = last.at + timedelta(hours=random.uniform(0, stepping))
    one = last._replace(
        version=last.version + 1, at=at, step=step.value, to_state=reached.value, reason="", satisfaction=None,
        corrected="",
    )  # fmt: skip
    changes: dict[Step, dict[str, Any]] = {
        Step.REJECT: {"reason": random.choice(["test", "no_fault"])},
        Step.DISPATCH: {"lead": random.choice(organisations)},
        Step.REDISPATCH: {"lead": random.choice(organisations)},
        Step.RETURN: {"lead": None},
        Step.REOPEN: {"lead": None},
        Step.ESCALATE: {"lead": None, "holder": random.choice(organisations)},
        Step.ASSIGN_DOWN: {"holder": random.choice(organisations)},
        Step.PLACE: {"path": random.choice(paths)},
        Step.REVISIT: {"satisfaction": random.choice([None, 0, 1, 2, 3])},
    }
    one = one._replace(**changes.get(step, {}))
    if step in {Step.CORRECT, Step.RESTORE}:
        one = one._replace(corrected=_contested(random, told))
    return _clocks(random, told, one)


def _clocks(random: Random, told: list[Entry], one: Entry) -> Entry:
    """Deadlines as the ledger would have left them."""
    last = told[-1]
    if one.step == "unmerge":  # the clock goes on where it stood
        kept = next(entry for entry in reversed(told) if entry.to_state != "merged")
        return one._replace(stage_due_at=kept.stage_due_at, due_at=kept.due_at)
    moves = one.to_state != last.to_state or one.step in {"redispatch", "escalate", "grant_extension", "recategorise"}
    if moves:
        runs = State(one.to_state) in STAGE_OF
        one = one._replace(stage_due_at=_later(random, one.at) if runs else None)
    if one.step == "reopen" or (one.to_state == "accepted" and one.due_at is None):
        one = one._replace(due_at=_later(random, one.at))
    if one.to_state == "suspended":
        one = one._replace(due_at=None)
    elif last.to_state == "suspended" or one.step == "grant_extension":
        one = one._replace(due_at=_later(random, one.at))
    return one


def _later(random: Random, at: datetime) -> datetime:
    return at + timedelta(hours=random.uniform(1, 60))


def keep(entries: Iterable[Entry]) -> dict[int, Event]:
    """The entries as rows, each event with a row of its own; events by the number that their entries bear."""
    stories = {number: list(kept) for number, kept in groupby(entries, key=lambda entry: entry.event)}
    organisations = {one.pk: one for one in Organisation.objects.all()}
    grids = {one.path: one for one in Grid.objects.defer("boundary")}
    categories = {row.code: row for row in Category.objects.all()}
    made = {
        number: Event(
            no=f"EV20200101-{next(_numbers):06d}", version=kept[-1].version, state=kept[-1].to_state,
            source=kept[-1].source, category=categories[kept[-1].category], grid=grids.get(kept[-1].path),
            restricted=kept[-1].category.startswith("09"),
            path=kept[-1].path, holder=organisations[kept[-1].holder or 0], level="township",
            reported_at=kept[0].at, due_at=kept[-1].due_at,
        )
        for number, kept in stories.items()
    }  # fmt: skip
    Event.objects.bulk_create(made.values())
    JournalEntry.objects.bulk_create(_row(entry, made[number]) for number, kept in stories.items() for entry in kept)
    CountedFact.objects.bulk_create(
        CountedFact(event=made[number], since=one.since, until=one.until, **one.fact._asdict())
        for number, kept in stories.items() for one in known(kept)
    )  # fmt: skip
    return made


def add(event: Event, entry: Entry) -> None:
    """One more row of an event that `keep` has made."""
    JournalEntry.objects.create(**{field.attname: getattr(_row(entry, event), field.attname) for field in _FIELDS})
    facts.keep(event.pk)


def _row(entry: Entry, event: Event) -> JournalEntry:
    payload: dict[str, str | int] = {"reason": entry.reason} if entry.reason else {}
    if entry.satisfaction is not None:
        payload["satisfaction"] = entry.satisfaction
    if entry.corrected:
        payload["corrected"] = entry.corrected
    return JournalEntry(
        at=entry.at, event=event, version=entry.version, step=entry.step, to_state=entry.to_state, role="acceptor",
        payload=payload, source=entry.source, category_code=entry.category, path=entry.path, holder_id=entry.holder,
        lead_id=entry.lead, due_at=entry.due_at, stage_due_at=entry.stage_due_at,
    )  # fmt: skip


_FIELDS = [field for field in JournalEntry._meta.concrete_fields if field.name != "id"]
