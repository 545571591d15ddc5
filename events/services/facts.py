"""Facts for indicators, kept up to date with the journal, and made anew from it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from events.counting.facts import Fact, Known, facts_of, known
from events.counting.lives import Entry
from events.models import CountedFact
from events.selectors.entries import COLUMNS, entries_of

_HELD = """
    SELECT id, kind, at, counted, hits, holder, lead, path, category, source FROM events_countedfact
    WHERE event_id = %s AND until IS NULL
"""
_ALL = f"SELECT {COLUMNS} FROM events_journalentry entry ORDER BY event_id, version"  # noqa: S608 - constant
_CHUNK = 5_000


def keep(event: int) -> None:
    """Bring the facts of one event up to date with its journal, in the caller's transaction.

    Two queries, and one or two more where something has changed. The caller holds the event's lock.
    """
    entries = entries_of([event])
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [event])
        held = [(row[0], Fact(*row[1:])) for row in cursor.fetchall()]
    now = entries[-1].at
    wanted = Counter(facts_of(entries))
    gone = []
    for number, fact in held:
        if wanted[fact] > 0:
            wanted[fact] -= 1
        else:
            gone.append(number)
    if gone:
        CountedFact.objects.filter(pk__in=gone).update(until=now)
    new = [_row(event, Known(fact, now, None)) for fact in wanted.elements()]
    if new:
        CountedFact.objects.bulk_create(new)


def add(found: Mapping[int, Iterable[Known]]) -> None:
    """Write the facts of events that have none yet, by their ids: for journals that are written at once."""
    CountedFact.objects.bulk_create(_row(event, one) for event, facts in found.items() for one in facts)


@transaction.atomic
def rebuild() -> int:
    """Make all facts anew from the journal; how many there are. For a journal that was loaded from elsewhere.

    Nobody may take steps meanwhile: the table is locked against writers until it is done.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE events_countedfact IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM events_countedfact")
    made = 0
    batch: list[CountedFact] = []
    for event, entries in _stories():
        batch += [_row(event, one) for one in known(entries)]
        if len(batch) >= _CHUNK:
            made += len(CountedFact.objects.bulk_create(batch))
            batch = []
    return made + len(CountedFact.objects.bulk_create(batch))


def differing() -> list[int]:
    """The events whose facts are not those that their journal tells, by id; empty when all is well."""
    kept = _kept()
    told = ((event, Counter(known(entries))) for event, entries in _stories())
    wrong = {event for event, facts in told if kept.pop(event, Counter()) != facts}
    return sorted(wrong | kept.keys())


def _kept() -> dict[int, Counter[Known]]:
    found: dict[int, Counter[Known]] = {}
    columns = ("event_id", *Fact._fields, "since", "until")
    for event, *values in CountedFact.objects.values_list(*columns).iterator(_CHUNK):
        *fact, since, until = values
        found.setdefault(event, Counter())[Known(Fact(*fact), since, until)] += 1
    return found


def _stories() -> Iterator[tuple[int, list[Entry]]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ALL)
        for event, entries in groupby(_read(cursor), key=lambda entry: entry.event):
            yield event, list(entries)


def _read(cursor: Any) -> Iterator[Entry]:
    while rows := cursor.fetchmany(_CHUNK):
        yield from (Entry(*row) for row in rows)


def _row(event: int, one: Known) -> CountedFact:
    return CountedFact(event_id=event, since=one.since, until=one.until, **one.fact._asdict())
