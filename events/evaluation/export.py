"""The journal as a file, for whoever wants to count again: no free text, nobody's name."""

import csv
from datetime import datetime
from typing import Any, TextIO

from django.db import connection, transaction

COLUMNS = (
    "event", "no", "version", "at", "step", "from_state", "to_state", "role", "organisation", "source", "category_code",
    "path", "holder", "lead", "urgent", "due_at", "stage_due_at", "reason", "satisfaction", "corrected",
)  # fmt: skip
_CHUNK = 5_000
_ROWS = """
    SELECT entry.event_id, event.no, entry.version, entry.at, entry.step, entry.from_state, entry.to_state, entry.role,
           own.code, entry.source, entry.category_code, entry.path, holder.code, lead.code, entry.urgent, entry.due_at,
           entry.stage_due_at, entry.payload ->> 'reason', entry.payload ->> 'satisfaction',
           entry.payload ->> 'corrected'
    FROM events_journalentry entry JOIN events_event event ON event.id = entry.event_id
    LEFT JOIN grid_organisation own ON own.id = entry.organisation_id
    LEFT JOIN grid_organisation holder ON holder.id = entry.holder_id
    LEFT JOIN grid_organisation lead ON lead.id = entry.lead_id
    WHERE entry.at <= %s ORDER BY entry.event_id, entry.version
"""


def write_journal(file: TextIO, *, as_of: datetime) -> int:
    """Write every entry up to `as_of` as CSV, by event and version, times in ISO 8601; how many there were."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    written = 0
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS, [as_of])
        while rows := cursor.fetchmany(_CHUNK):
            writer.writerows([said(value) for value in row] for row in rows)
            written += len(rows)
    return written


def said(value: Any) -> Any:
    """A value as the file has it: times in ISO 8601."""
    return value.isoformat() if isinstance(value, datetime) else value
