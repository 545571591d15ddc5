"""Which names of the place table stand in a text, and where: one indexed query by pairs, then letter by letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from grid.addresses import keys_of_text, normalise
from grid.likeness import ALIAS, Span, find, may_stand, name_score, part_score
from grid.placenames import stem
from grid.selectors.gazetteer import Gazetteer, Mention

MOST_FOUND = 240
MOST_COMPARED = 30
"""Names that don't stand there as they are and are compared letter by letter: what takes time."""

_FOUND = """
    WITH ranked AS (
        SELECT place.id, sum(wanted.weight) / (least(cardinality(place.bigrams), char_length(place.name)) + 2) AS weight
        FROM grid_place AS place
        CROSS JOIN LATERAL unnest(place.bigrams) AS own (key)
        JOIN unnest(%(keys)s::varchar[], %(weights)s::float[]) AS wanted (key, weight) ON wanted.key = own.key
        WHERE place.bigrams && %(rare)s::varchar[]
        GROUP BY place.id
        ORDER BY weight DESC, place.id
        LIMIT %(limit)s
    )
    SELECT id, name, aliases, kind, code, path, paths, ST_X(point), ST_Y(point), reach_m
    FROM grid_place JOIN ranked USING (id)
    ORDER BY ranked.weight DESC, id
"""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A row of the place table; `paths` are of the villages that it is in or beside."""

    id: int
    name: str
    aliases: tuple[str, ...]
    kind: str
    code: str
    path: str
    paths: tuple[str, ...]
    lng: float
    lat: float
    reach_m: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A place as a text names it: in which wording of the text, where, and how well (`score` of the name alone)."""

    row: PlaceRow
    text: str
    span: Span
    score: float
    part: bool  # the text is only part of the name

    @property
    def exact(self) -> bool:
        """The name, or another in use, stands there as it is."""
        return self.span.wrong == 0 and not self.part


@dataclass(frozen=True, slots=True)
class Said:
    """A normalised address, the regions that it names, and its wordings: as it is, and with 兰溪 for 兰溪镇."""

    text: str
    mentions: tuple[Mention, ...]
    wordings: tuple[str, ...]


def said(text: str, names: Gazetteer) -> Said:
    """What an address says, before anything is looked up."""
    plain = normalise(text)
    mentions = names.mentions(plain)
    short = _shortened(plain, mentions)
    return Said(plain, mentions, (plain,) if short == plain else (plain, short))


def _shortened(text: str, mentions: Sequence[Mention]) -> str:
    """The text with the regions' names as places begin with them: 兰溪镇的卫生院 as 兰溪卫生院."""
    found, at = "", 0
    for mention in mentions:
        found += text[at : mention.start] + stem(text[mention.start : mention.end])
        at = mention.end + text[mention.end :].startswith("的")
    return found + text[at:]


def readings(of: Said, names: Gazetteer) -> list[Reading]:
    """Every place that the text may name, well or badly. One query; none for a text without a key in use."""
    keys = names.in_use({key for wording in of.wordings for key in keys_of_text(wording)})
    rare = names.rarest(keys)
    if not rare:
        return []
    with connection.cursor() as cursor:
        weights = [names.weight(key) for key in keys]
        cursor.execute(_FOUND, {"keys": keys, "weights": weights, "rare": rare, "limit": MOST_FOUND})
        rows = [_row(values) for values in cursor.fetchall()]
    return _read(rows, of)


def _row(values: Sequence[Any]) -> PlaceRow:
    number, name, aliases, kind, code, path, paths, lng, lat, reach_m = values
    return PlaceRow(number, name, tuple(aliases), kind, code, path, tuple(paths), lng, lat, reach_m)


def _read(rows: Iterable[PlaceRow], of: Said) -> list[Reading]:
    """Each row read as well as it can be; rows of one name are compared once."""
    compared: dict[str, tuple[float, str, Span, bool] | None] = {}
    found = []
    for row in rows:
        best = _as_it_is(row, of)
        if best is None:
            if row.name not in compared and len(compared) < MOST_COMPARED:
                compared[row.name] = _roughly(_spelt(row.name), of)
            best = compared.get(row.name)
        if best is not None:
            score, text, span, part = best
            found.append(Reading(row, text, span, score, part))
    return found


@lru_cache(maxsize=16_384)
def _spelt(name: str) -> str:
    """A place's name in the one spelling: names come again and again."""
    return normalise(name)


def _as_it_is(row: PlaceRow, of: Said) -> tuple[float, str, Span, bool] | None:
    for score, names in ((1.0, (row.name,)), (ALIAS, row.aliases)):
        for name in sorted((_spelt(one) for one in names), key=len, reverse=True):
            for text in of.wordings:
                at = text.rfind(name)
                if at >= 0:
                    return score, text, Span(at, at + len(name), 0), False
    return None


def _roughly(name: str, of: Said) -> tuple[float, str, Span, bool] | None:
    """The likest stretch of any wording, or a wording as the beginning of the name."""
    found = []
    for text in of.wordings:
        if may_stand(name, text):
            span = find(name, text)
            found.append((name_score(name, span), text, span, False))
        found.append((part_score(text, name), text, Span(0, len(text), 0), True))
    best = max(found, key=lambda one: one[0])
    return best if best[0] > 0 else None
