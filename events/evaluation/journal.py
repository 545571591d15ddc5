"""Reading the journal for indicators: the entries of every event that a span of time touches, as of a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from events.evaluation.lives import Entry

_CHUNK = 5_000  # rows held at a time

# The events of which something happened, or fell due, in the span; each way in is one range of an index that starts
# with time, so that what it costs depends on the span and not on the years around it.
_TOUCHED = """
    SELECT event_id FROM events_journalentry WHERE at >= %(start)s AND at < %(end)s AND at <= %(as_of)s
    UNION SELECT event_id FROM events_journalentry WHERE due_at >= %(start)s AND due_at < %(end)s
    UNION SELECT event_id FROM events_journalentry WHERE stage_due_at >= %(start)s AND stage_due_at < %(end)s
"""
# An event may have been placed anew: it is looked at where any of its entries lies in the region.
_WITHIN = """
    CROSS JOIN LATERAL (SELECT 1 FROM events_journalentry WHERE event_id = touched.event_id
                        AND starts_with(path, %(region)s) LIMIT 1) there
"""
# LATERAL and OFFSET 0: each event's entries by the index of its own, never a pass over the years.
_ENTRIES = """
    WITH touched AS MATERIALIZED ({touched})
    SELECT entry.event_id, entry.version, entry.at, entry.step, entry.to_state, entry.source, entry.category_code,
           entry.path, entry.holder_id, entry.lead_id, entry.due_at, entry.stage_due_at,
           coalesce(entry.payload ->> 'reason', ''), (entry.payload ->> 'satisfaction')::int
    FROM touched {within}
    CROSS JOIN LATERAL (SELECT * FROM events_journalentry
                        WHERE event_id = touched.event_id AND at <= %(as_of)s OFFSET 0) entry
    ORDER BY entry.event_id, entry.version
"""


@dataclass(frozen=True)
class Span:
    """From `start` (counted) to `end` (not), as of a time, in a region's subtree (empty: everywhere)."""

    start: datetime
    end: datetime
    as_of: datetime
    region: str = ""


def entries(span: Span) -> Iterator[Entry]:
    """Every entry of every event that the span touches, by event and version, up to its as-of time. One query."""
    within = _WITHIN if span.region else ""
    query = _ENTRIES.format(touched=_TOUCHED, within=within)
    values: dict[str, datetime | str] = {
        "start": span.start,
        "end": span.end,
        "as_of": span.as_of,
        "region": span.region,
    }
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query, values)
        while rows := cursor.fetchmany(_CHUNK):
            for row in rows:
                yield Entry(*row)
