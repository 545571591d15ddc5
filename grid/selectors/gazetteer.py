"""What matching an address needs of the whole ground: how common each key is, and the names of regions. In memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from django.db import connection

from grid.addresses import PROVINCES, normalise
from grid.paths import parent_path
from grid.placenames import stem
from grid.selectors.index import GroundIndex, Node, ground_index

_COMMON = "SELECT key, count(*) FROM grid_place, unnest(bigrams) AS key GROUP BY key"

MOST_ROWS = 1_500
"""About so many rows a text may bring to be ranked; the rarest keys come first, so what it costs is bounded."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A region's name as it stands in a text: where, and the paths of all regions of that name."""

    start: int
    end: int
    paths: tuple[str, ...]

    def holds(self, paths: Iterable[str]) -> bool:
        """Whether any of the paths lies in one of these regions, or around it."""
        return any(path.startswith(own) or own.startswith(path) for path in paths for own in self.paths)


class Gazetteer:
    """The names of the present ground; ask `gazetteer()`."""

    def __init__(self, index: GroundIndex, common: dict[str, int]) -> None:
        self.index = index
        self._common = common
        self._paths: dict[str, list[str]] = {}
        for node in index.nodes:
            self._paths.setdefault(normalise(node.name), []).append(node.path)
        self._lengths = sorted({len(name) for name in self._paths}, reverse=True)
        self.known = frozenset(normalise(node.name) for node in index.nodes if node.level in ("city", "county"))
        self.province = PROVINCES.get(index.nodes[0].code[:2], "") if index.nodes else ""
        self.names_around = lru_cache(maxsize=4_096)(self._names_around)

    def in_use(self, keys: Iterable[str]) -> list[str]:
        """Those of the keys that any place has."""
        return sorted(key for key in keys if key in self._common)

    def weight(self, key: str) -> float:
        """How much a key in use says: the fewer places have it, the more (inverse document frequency)."""
        return log(1 + len(self._common) / self._common[key])

    def rarest(self, keys: Sequence[str]) -> list[str]:
        """Those of the keys in use by which few places are found: together about MOST_ROWS, never none of them."""
        found: list[str] = []
        rows = 0
        for key in sorted(keys, key=lambda key: (self._common[key], key)):
            rows += self._common[key]
            if found and rows > MOST_ROWS:
                break
            found.append(key)
        return found

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """The regions whose full name stands in a normalised text, from left to right, the longest at each place."""
        found: list[Mention] = []
        at = 0
        while at < len(text):
            end = self._longest(text, at)
            if end > at:
                found.append(Mention(at, end, tuple(self._paths[text[at:end]])))
            at = max(end, at + 1)
        return tuple(found)

    def _longest(self, text: str, at: int) -> int:
        for length in self._lengths:
            if text[at : at + length] in self._paths:
                return min(at + length, len(text))
        return at

    def _names_around(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        """What the regions around these paths are called, in full and without the word for their kind, longest
        first."""
        names: set[str] = {f"{self.province}省", self.province} if self.province else set()
        for node in self._around(paths):
            names |= {normalise(node.name), stem(normalise(node.name))}
        return tuple(sorted(names, key=lambda name: (-len(name), name)))

    def _around(self, paths: Iterable[str]) -> Iterable[Node]:
        seen: set[str] = set()
        for path in paths:
            while path and path not in seen:
                seen.add(path)
                if path in self.index.node_by_path:
                    yield self.index.node_by_path[path]
                path = parent_path(path)


_present: Gazetteer | None = None


def gazetteer() -> Gazetteer:
    """The names of the ground as it stands: read anew (0.2 s for 50,000 places) when its revision has moved."""
    global _present
    index = ground_index()
    if _present is None or _present.index is not index:
        with connection.cursor() as cursor:
            cursor.execute(_COMMON)
            _present = Gazetteer(index, dict(cursor.fetchall()))
    return _present
