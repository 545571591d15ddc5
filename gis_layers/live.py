"""The live feed: what changed on the map, for whom, in one dense order.

`publish` writes a row in the transaction that made the change, and wakes the readers when it commits. Row ids become
visible out of order, so no reader may remember the highest id: `number` gives committed rows consecutive numbers, one
sequencer at a time, and `since` reads by those. As the numbers have no holes, a reader that lost its place notices.

What a layer's rows mean and who may see them is told by the app that owns it (`register_layer`), so that this module
knows no event.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from gis_layers.models import Update
from grid.policy import Access
from grid.selectors.prepared import prepared_cursor

CHANNEL = "feed"  # of NOTIFY; the payload is empty, so that a transaction's many changes wake a reader once
KEPT = timedelta(hours=24)
PAGE = 200

_PUBLISH = """
    WITH added AS (
        INSERT INTO gis_layers_update (layer, subject, before, after, body)
        VALUES (%s, %s, %s::jsonb, %s::jsonb, %s::jsonb) RETURNING id)
    SELECT pg_notify('feed', '') FROM added
"""
_NUMBER = """
    WITH fresh AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM gis_layers_update WHERE seq IS NULL),
         last AS (SELECT coalesce(max(seq), 0) AS seq FROM gis_layers_update)
    UPDATE gis_layers_update AS this SET seq = last.seq + fresh.place FROM fresh, last WHERE this.id = fresh.id
"""
_NEWEST = "SELECT coalesce(max(seq), 0) FROM gis_layers_update"
_PRUNE = """
    DELETE FROM gis_layers_update WHERE seq < least(
        (SELECT max(seq) FROM gis_layers_update),
        (SELECT min(seq) FROM gis_layers_update WHERE at >= statement_timestamp() - make_interval(secs => %s)))
"""


@dataclass(frozen=True)
class FeedLayer:
    """How to read one layer's rows: who is an audience of it, what a stored scope is, and who sees what."""

    name: str
    audience: Callable[[Access], Hashable]
    scope: Callable[[Mapping[str, Any]], Any]
    sees: Callable[[Any, Any], bool]


Audience = tuple[tuple[str, Hashable], ...]  # (layer, what of it one sees): equal ones share one stream
_LAYERS: dict[str, FeedLayer] = {}


def register_layer(
    *,
    name: str,
    audience: Callable[[Access], Hashable],
    scope: Callable[[Mapping[str, Any]], Any],
    sees: Callable[[Any, Any], bool],
) -> None:
    """Plug a layer into the feed. `sees(audience(access), scope(stored))` decides; a layer nobody registered is seen by
    nobody. Called from the owning app's `ready`; a second call with the same name replaces the first."""
    _LAYERS[name] = FeedLayer(name=name, audience=audience, scope=scope, sees=sees)


def audience_of(access: Access) -> Audience:
    """What of every layer somebody sees, as one hashable key."""
    return tuple((layer.name, layer.audience(access)) for layer in _LAYERS.values())


class LostPlace(Exception):
    """The feed does not reach back to (or up to) the number asked for: take a fresh snapshot instead."""


@dataclass(frozen=True)
class Change:
    """One numbered change, read once for all audiences: scopes parsed, both renderings made."""

    seq: int
    layer: str
    subject: int
    before: Any  # scope, None: nobody saw it
    after: Any  # scope, None: nobody sees it
    shown: str  # JSON for those who see it now; empty when there is nothing to show
    gone: str  # JSON for those who no longer do


def publish(
    *,
    layer: str,
    subject: int,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    body: Mapping[str, Any] | None,
) -> None:
    """Tell that `subject` of `layer` changed, in the present transaction; a roll-back takes it back.

    `before` and `after` are who could and can see it (the layer's scope as JSON, None: nobody), `body` is its row as
    every reader may have it. Hold the subject's lock: then its changes are numbered in the order they happened.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_PUBLISH, [layer, subject, _jsonb(before), _jsonb(after), _jsonb(body)])


def number() -> int:
    """Number every committed row that has no number yet, in the order of ids; the highest number there is.

    Waits for another sequencer; whatever was committed before the call is numbered when it returns.
    """
    if Update.objects.filter(seq__isnull=True).exists():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('feed-sequencer'))")
            cursor.execute(_NUMBER)
    return snapshot_seq()


def snapshot_seq() -> int:
    """The highest number given out. Ask it before reading a snapshot: the snapshot then holds every change up to it."""
    with prepared_cursor() as cursor:
        cursor.execute(_NEWEST)
        return int(cursor.fetchone()[0])


def since(seq: int, *, limit: int = PAGE) -> tuple[Change, ...]:
    """At most `limit` changes after number `seq`, without a hole. Raises LostPlace when the feed can't go on there."""
    rows = Update.objects.filter(seq__gt=seq).order_by("seq")[:limit]
    changes = tuple(_change(row) for row in rows)
    if changes:
        if changes[0].seq != seq + 1:
            raise LostPlace(f"the feed begins at {changes[0].seq}")
    elif seq > snapshot_seq():
        raise LostPlace(f"the feed has not reached {seq}")
    return changes


def seen_by(audience: Audience, changes: Iterable[Change]) -> tuple[str, ...]:
    """What an audience is told of these changes, as JSON texts: the last word on each subject, in order.

    A subject that it could see and can't any more is removed; one that it never saw is not mentioned at all.
    """
    sight = dict(audience)
    told: dict[tuple[str, int], str] = {}
    for change in changes:
        text = _told(change, sight)
        if text:
            told.pop((change.layer, change.subject), None)
            told[change.layer, change.subject] = text
    return tuple(told.values())


def prune(*, older_than: timedelta = KEPT) -> int:
    """Forget numbered changes older than that (the newest always stays, as the counter); how many went."""
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE, [older_than.total_seconds()])
        return int(cursor.rowcount)


def _told(change: Change, sight: Mapping[str, Hashable]) -> str:
    layer = _LAYERS.get(change.layer)
    if layer is None or change.layer not in sight:
        return ""
    reader = sight[change.layer]
    if change.shown and change.after is not None and layer.sees(reader, change.after):
        return change.shown
    if change.before is not None and layer.sees(reader, change.before):
        return change.gone
    return ""


def _change(row: Update) -> Change:
    layer = _LAYERS.get(row.layer)
    name = {"layer": row.layer, "id": row.subject}
    return Change(
        seq=row.seq or 0,
        layer=row.layer,
        subject=row.subject,
        before=layer.scope(row.before) if layer and row.before is not None else None,
        after=layer.scope(row.after) if layer and row.after is not None else None,
        shown=_text({**name, "row": row.body}) if row.body is not None else "",
        gone=_text({**name, "remove": True}),
    )


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _jsonb(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else _text(value)
