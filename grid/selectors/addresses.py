"""Names of places: character bigrams, since Chinese words have no spaces and most have two characters."""

import unicodedata
from dataclasses import dataclass

from django.db import connection

_NAMED = """
    SELECT name, kind, path, ST_X(point), ST_Y(point),
           cardinality(ARRAY(SELECT unnest(bigrams) INTERSECT SELECT unnest(%(wanted)s::varchar[])))::float
               / greatest(cardinality(bigrams), 1) AS share
    FROM grid_place
    WHERE bigrams && %(wanted)s::varchar[]
    ORDER BY share DESC, cardinality(bigrams) DESC, name, id
    LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place whose name a text holds in part: `share` of its name's bigrams are in the text (1: all of them)."""

    name: str
    kind: str
    path: str
    lng: float
    lat: float
    share: float


def bigrams(text: str) -> list[str]:
    """The sorted set of pairs of neighbouring letters and digits of a text, after NFKC and in lower case.

    Spaces and punctuation are left out; a text of one character is its own only "pair".
    """
    letters = "".join(sign for sign in unicodedata.normalize("NFKC", text).lower() if sign.isalnum())
    if len(letters) == 1:
        return [letters]
    return sorted({letters[at : at + 2] for at in range(len(letters) - 1)})


def places_named(*, text: str, limit: int = 20) -> tuple[NamedPlace, ...]:
    """Named places that an address or search text holds, best first: the most of their name, then the longest name."""
    wanted = bigrams(text)
    if not wanted:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"wanted": wanted, "limit": limit})
        return tuple(NamedPlace(*row) for row in cursor.fetchall())
