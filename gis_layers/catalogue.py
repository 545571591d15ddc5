"""Which tilesets there are: layers, the query of each zoom band, whose revision they follow, and who may have them.

A tileset is plugged in by `register`, so that a new layer never edits this module or the tile maker.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Protocol


class Audience(Enum):
    """Who may have a tileset."""

    STAFF = "staff"  # everyone with a post gets the same tiles, at one stable address
    REGIONS = "regions"  # what is in a tile depends on the regions that the reader works in


class TileSource(Protocol):
    """What the tile maker asks of a tileset."""

    @property
    def name(self) -> str:
        """What stands in the address."""

    @property
    def revision(self) -> str:
        """The name of the grid.Revision that moves when any of its rows does."""

    @property
    def audience(self) -> Audience:
        """Who may have it."""

    @property
    def minzoom(self) -> int:
        """The first zoom with tiles."""

    @property
    def maxzoom(self) -> int:
        """The last zoom with tiles; maps stretch these further in."""

    def statement(self, zoom: int) -> str:
        """The SQL that makes the whole tile, all layers of it, as one value of type bytea.

        It takes the parameters z, x, y (the tile), paths (the reader's region subtrees, text[]) and lean (0; 1: leave
        out names and codes; 2: also no more than 1,500 features a layer), and holds no other percent sign. It is
        prepared, with one plan for all tiles: what depends on the tile alone is not folded into it. Below 4,096
        characters psycopg remembers how it is to be sent.
        """


@dataclass(frozen=True, slots=True)
class Statement:
    """One query for a range of zooms, in a file of its own, and the layers that it makes."""

    first: int
    last: int
    file: Path
    layers: tuple[str, ...]


@dataclass(frozen=True)
class Tileset:
    """A source whose queries lie in files."""

    name: str
    revision: str
    audience: Audience
    statements: tuple[Statement, ...]

    @property
    def minzoom(self) -> int:
        """The first zoom with tiles."""
        return min(part.first for part in self.statements)

    @property
    def maxzoom(self) -> int:
        """The last zoom with tiles; maps stretch these further in."""
        return max(part.last for part in self.statements)

    def statement(self, zoom: int) -> str:
        """The queries of this zoom, their tiles joined: a vector tile is the sum of its layers' bytes."""
        return self._composed[zoom]

    @cached_property
    def _composed(self) -> dict[int, str]:
        return {zoom: self._compose(zoom) for zoom in range(self.minzoom, self.maxzoom + 1)}

    def _compose(self, zoom: int) -> str:
        parts = [
            f"coalesce((\n{part.file.read_text(encoding='utf-8')}\n), '')"
            for part in self.statements
            if part.first <= zoom <= part.last
        ]
        return "SELECT " + " || ".join(parts)


_sources: dict[str, TileSource] = {}


def register(source: TileSource) -> None:
    """Plug a tileset in. Raises ValueError for a name that is taken by another."""
    if _sources.setdefault(source.name, source) is not source:
        raise ValueError(f"there is a tileset {source.name} already")


def find(name: str) -> TileSource | None:
    """The tileset of this name."""
    return _sources.get(name)


def names() -> tuple[str, ...]:
    """All tilesets, in the order in which they were plugged in."""
    return tuple(_sources)
