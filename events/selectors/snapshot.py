"""The lines of `events.selectors.rows` for lists and maps, up to thousands at once, straight from SQL.

Building them through models takes fifty times as long. The two must say the same: a test compares them line by line.
"""

import json
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event, Source, StateLabel
from events.policy import visible_events
from events.selectors.rows import CategoryRow, EventRow
from events.workflow import STAGE_OF
from grid.policy import Access
from grid.selectors.prepared import prepared_cursor

MOST = 5000

# Each field of `EventRow`, in SQL. A word in angle brackets is a parameter.
_FIELDS = {
    "id": "event.id",
    "no": "event.no",
    "version": "event.version",
    "state": "event.state",
    "state_label": "<states>::jsonb ->> event.state",
    "category": "CASE WHEN kind.id IS NOT NULL THEN json_build_object('code', kind.code, 'name', kind.name) END",
    "urgent": "event.urgent",
    "restricted": "event.restricted",
    "source": "event.source",
    "source_label": "<sources>::jsonb ->> event.source",
    "lng": "ST_X(event.point)",
    "lat": "ST_Y(event.point)",
    "path": "event.path",
    "grid": "leaf.code",
    "place": "coalesce(coalesce(township.name || ' ', '') || village.name || ' '"
    " || replace(<numbered>, '%%s', right(leaf.code, 3)), '')",
    "address": "event.address",
    "holder": "holder.short_name",
    "lead": "lead.short_name",
    "reported_at": "event.reported_at",
    "ended_at": "event.ended_at",
    "due_at": "event.due_at",
    "stage": "<stages>::jsonb ->> event.state",
    "stage_due_at": "event.stage_due_at",
    "stage_near_at": "event.stage_near_at",
    "returns": "event.returns",
    "reworks": "event.reworks",
    "urges": "event.urges",
    "reopens": "event.reopens",
    "tickets": "(SELECT count(*) FROM events_ticket AS ticket WHERE ticket.event_id = event.id)",
    "supervision": "event.supervision",
    "asked": "event.asked",
    "joint": "event.joint",
    "joint_returned": "event.joint_returned",
    "merged_into": "(SELECT target.no FROM events_event AS target WHERE target.id = event.merged_into_id)",
    "taken_in": "event.taken_in",
}
_STATEMENT = """
    SELECT to_json(line)::text FROM (
        SELECT {columns}
        FROM events_event AS event
        JOIN grid_organisation AS holder ON holder.id = event.holder_id
        LEFT JOIN grid_organisation AS lead ON lead.id = event.lead_id
        LEFT JOIN events_category AS kind ON kind.id = event.category_id
        LEFT JOIN grid_grid AS leaf ON leaf.id = event.grid_id
        LEFT JOIN grid_region AS village ON village.id = leaf.region_id
        LEFT JOIN grid_region AS township ON township.id = village.parent_id
        WHERE event.id IN ({chosen})
        ORDER BY event.stage_due_at NULLS LAST, event.id
    ) AS line
"""


_TIMES = [name for name, field in EventRow.__dataclass_fields__.items() if "datetime" in str(field.type)]


def lines_on_map(access: Access) -> list[str]:
    """Open events that this reader may see (at most 5,000, those due first), and those that ended today.

    Each is the JSON text of one `EventRow`, in the language of the moment. One query.
    """
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    found = Event.objects.filter(visible_events(access)).filter(Q(ended_at__isnull=True) | Q(ended_at__gte=today))
    ordered = found.order_by(F("stage_due_at").asc(nulls_last=True), "pk")
    chosen, known = ordered.values("pk")[:MOST].query.sql_with_params()
    return _lines(chosen, known, connection.cursor())


def rows_of(events: Iterable[int]) -> dict[int, EventRow]:
    """The lines of the events with these ids, by id, in the language of the moment. One query."""
    found = (_row(json.loads(text)) for text in _lines("SELECT unnest(%s::bigint[])", ([*events],), prepared_cursor()))
    return {row.id: row for row in found}


def _row(values: dict[str, Any]) -> EventRow:
    times = {name: datetime.fromisoformat(values[name]) for name in _TIMES if values[name] is not None}
    category = values["category"]
    return EventRow(**values | times | {"category": CategoryRow(**category) if category else None})


def _lines(chosen: str, known: Iterable[Any], cursor: AbstractContextManager[Any]) -> list[str]:
    columns, given = _columns()
    with cursor as asking:
        asking.execute(_STATEMENT.format(columns=columns, chosen=chosen), [*given, *known])
        return [text for (text,) in asking.fetchall()]


def _columns() -> tuple[str, list[Any]]:
    """The columns of a line, and what stands for their parameters, in order."""
    words = {
        "states": {state.value: str(state.label) for state in StateLabel},
        "sources": {source.value: str(source.label) for source in Source},
        "stages": {state.value: stage.value for state, stage in STAGE_OF.items()},
    }
    parameters = {name: json.dumps(labels, ensure_ascii=False) for name, labels in words.items()}
    parameters["numbered"] = _("Grid %s")
    columns, given = [], []
    for name in EventRow.__dataclass_fields__:
        column = _FIELDS[name]
        for word, value in parameters.items():
            if f"<{word}>" in column:
                column = column.replace(f"<{word}>", "%s")
                given.append(value)
        columns.append(f'{column} AS "{name}"')
    return ", ".join(columns), given
