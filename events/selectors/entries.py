"""The journal as indicators read it: entries of events, with the facts that each left."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from events.counting.lives import Entry
from grid.selectors.prepared import prepared_cursor

# The columns of `Entry`, in its order. `entry` is the journal's alias.
COLUMNS = """entry.event_id, entry.version, entry.at, entry.step, entry.to_state, entry.source, entry.category_code,
    entry.path, entry.holder_id, entry.lead_id, entry.due_at, entry.stage_due_at,
    coalesce(entry.payload ->> 'reason', ''), (entry.payload ->> 'satisfaction')::int,
    coalesce(entry.payload ->> 'corrected', '')"""
_OF = f"""
    SELECT {COLUMNS} FROM events_journalentry entry WHERE event_id = ANY(%s) AND at <= coalesce(%s, at)
    ORDER BY event_id, version
"""  # noqa: S608 - constant  # nosec B608


def entries_of(events: Iterable[int], *, as_of: datetime | None = None) -> Sequence[Entry]:
    """The entries of some events, up to a time if one is given, by event and version. One query."""
    with prepared_cursor() as cursor:
        cursor.execute(_OF, [list(events), as_of])
        return [Entry(*row) for row in cursor.fetchall()]
