"""Facts for indicators, kept up to date with the journal, and made anew from it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction

from events.counting.facts import Fact, Known, facts_of, known
from events.counting.lives import Entry
from events.models import CountedFact
from events.selectors.entries import COLUMNS, entries_of
from grid.selectors.prepared import prepared_cursor

_HELD = """
    SELECT id, kind, at, counted, hits, holder, lead, path, category, source FROM events_countedfact
    WHERE event_id = %s AND until IS NULL
"""
_ALL = f"SELECT {COLUMNS} FROM events_journalentry entry ORDER BY event_id, version"  # noqa: S608 - constant  # nosec B608
_CHUNK = 5_000


def keep(event: int) -> None:
    """Bring the facts of one event up to date with its journal, in the caller's transaction.

    Two queries, and one or two more where something has changed. The caller holds the event's lock.
    """
    entries = entries_of([event])
    with prepared_cursor() as cursor:
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

    Steps and reports wait until it is done, readers don't.
    """
    with connection.cursor() as cursor:
        # Before anything is read: whoever takes a step has a lock of this table from its first statement on.
        cursor.execute("LOCK TABLE events_event IN EXCLUSIVE MODE")
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
    """The events whose facts are not those that their journal tells, by id; empty when all is well.

    Steps may be taken meanwhile: both are read as of one moment (in a caller's transaction as that reads), side by
    side, one event at a time.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        told = ((event, Counter(known(entries))) for event, entries in _stories())
        both = groupby(merge(told, _kept(), key=itemgetter(0)), key=itemgetter(0))
        return [event for event, sides in both if not _agree([facts for _, facts in sides])]


def _agree(sides: list[Counter[Known]]) -> bool:
    """What the journal tells and what is kept; where one of them is missing, the other has to be empty."""
    return sides[0] == (sides[1] if len(sides) > 1 else Counter())


def _kept() -> Iterator[tuple[int, Counter[Known]]]:
    columns = ("event_id", *Fact._fields, "since", "until")
    rows = CountedFact.objects.order_by("event_id").values_list(*columns).iterator(_CHUNK)
    for event, of_event in groupby(rows, key=itemgetter(0)):
        yield event, Counter(_known(row) for row in of_event)


def _known(row: tuple[Any, ...]) -> Known:
    _event, *fact, since, until = row
    return Known(Fact(*fact), since, until)


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
