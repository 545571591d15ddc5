"""Vector tiles: who may have which, how one is made, and where it is kept so that it is made once.

An address names tileset, audience, revision and tile, and its bytes never change. The first request makes the tile and
writes it below TILE_ROOT, from where nginx serves it without asking anybody: so the audience in the address is the
permission. For what depends on rights it can't be guessed, carries the day and the rights revision, and `sweep` removes
what has run out.
"""

import gzip
import hashlib
import hmac
import json
import logging
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from isal import igzip

from gis_layers import catalogue
from gis_layers.catalogue import Audience, TileSource
from grid.policy import Access, visible_regions
from grid.refusals import NotFound
from grid.selectors.prepared import prepared_cursor

log = logging.getLogger(__name__)

LIMIT_BYTES = 100_000
"""No tile is larger than this, gzipped; see `make` for what is left out of one that would be."""

LEANEST = 2
GRACE = timedelta(hours=1)
"""How long after midnight yesterday's addresses still work, so that an open map has time to ask for new ones."""

KEPT_FREE_BYTES = 512 * 1024 * 1024
"""Tiles are no longer kept when the disk has less than this left: they can be made again, events can't."""

_ADDRESS = re.compile(
    r"(?P<tileset>[a-z]{1,16})/(?P<audience>[0-9a-z-]{1,64})/(?P<revision>[0-9]{1,15})/"
    r"(?P<z>[0-9]{1,2})/(?P<x>[0-9]{1,6})/(?P<y>[0-9]{1,6})\.mvt",
    re.ASCII,
)
_DATED = re.compile(r"(?P<day>[0-9]{8})-(?P<rights>[0-9]+)-[0-9a-f]{32}", re.ASCII)
_AS_TILE_ROLE = """
    SELECT set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true),
           set_config('statement_timeout', '5s', true), set_config('plan_cache_mode', 'force_generic_plan', true)
"""
"""The last: one plan for all tiles, for planning each takes as long as making it. No plan here depends on the tile."""
_REVISIONS = "SELECT name, value FROM grid_revision"
"""Asked for every tile, so without the ORM, which takes five times as long."""


@dataclass(frozen=True, slots=True)
class TileAddress:
    """Where a tile is: what stands between /tiles/ and .mvt."""

    tileset: str
    audience: str
    revision: int
    z: int
    x: int
    y: int

    @property
    def etag(self) -> str:
        """The validator of the bytes at this address, known without making them."""
        return f'"{self.tileset}-{self.revision}-{self.audience}"'

    @property
    def url(self) -> str:
        """The address itself."""
        return f"/tiles/{self.tileset}/{self.audience}/{self.revision}/{self.z}/{self.x}/{self.y}.mvt"

    @property
    def file(self) -> Path:
        """Where nginx looks for the tile."""
        folder = settings.TILE_ROOT / self.tileset / self.audience / str(self.revision) / str(self.z) / str(self.x)
        return Path(folder) / f"{self.y}.mvt.gz"


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile, gzipped."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Moved:
    """The tileset has a newer revision; the same tile is there."""

    address: TileAddress


@dataclass(frozen=True, slots=True)
class Offer:
    """A tileset as a reader may have it now: `url` holds {z}, {x} and {y}."""

    name: str
    url: str
    minzoom: int
    maxzoom: int


def parse(text: str) -> TileAddress:
    """The address in a path below /tiles/. Raises NotFound("no-tile") for anything but a tile that can be."""
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise _no_tile()
    z, x, y = (int(found[name]) for name in "zxy")
    source = catalogue.find(found["tileset"])
    if source is None or not source.minzoom <= z <= source.maxzoom or max(x, y) >= 2**z:
        raise _no_tile()
    return TileAddress(tileset=source.name, audience=found["audience"], revision=int(found["revision"]), z=z, x=x, y=y)


def offers(*, access: Access, now: datetime) -> tuple[Offer, ...]:
    """The tilesets that this reader may have, with their present addresses. One query; none for nobody."""
    revisions = _revisions()
    found = []
    for source in map(catalogue.find, catalogue.names()):
        keys = _audiences(source, access, revisions["rights"], now) if source else ()
        if source and keys:
            url = f"/tiles/{source.name}/{keys[0]}/{revisions[source.revision]}/{{z}}/{{x}}/{{y}}.mvt"
            found.append(Offer(name=source.name, url=url, minzoom=source.minzoom, maxzoom=source.maxzoom))
    return tuple(found)


def serve(*, access: Access, address: TileAddress, now: datetime) -> Tile | Moved:
    """The tile at an address, for this reader; kept for nginx if it wasn't. Three queries, one when it was kept.

    Raises NotFound("no-tile") where the audience is not the reader's own or the revision is still to come. An older
    revision is answered with where the tile is now.
    """
    source = catalogue.find(address.tileset)
    revisions = _revisions()
    if source is None or address.audience not in _audiences(source, access, revisions["rights"], now):
        raise _no_tile()
    present = revisions[source.revision]
    if address.revision > present:
        raise _no_tile()
    if address.revision < present:
        return Moved(TileAddress(address.tileset, address.audience, present, address.z, address.x, address.y))
    try:
        return Tile(address.file.read_bytes())
    except OSError:
        body = make(source=source, z=address.z, x=address.x, y=address.y, paths=visible_regions(access))
        _keep(address.file, body)
        return Tile(body)


def make(*, source: TileSource, z: int, x: int, y: int, paths: tuple[str, ...]) -> bytes:
    """A tile's gzipped bytes, at most LIMIT_BYTES: a larger one loses names and codes first, then small features.

    `paths` are the region subtrees to show, for a tileset whose audience is by regions. An empty tile has empty bytes.
    """
    body = b""
    for lean in range(LEANEST + 1):
        body = igzip.compress(_query(source, {"z": z, "x": x, "y": y, "paths": list(paths), "lean": lean}), 1, mtime=0)
        if len(body) <= LIMIT_BYTES:
            return body
    log.error("the tile %s %d/%d/%d has %d bytes at its leanest", source.name, z, x, y, len(body))
    return body


def unzipped(body: bytes) -> bytes:
    """A tile for somebody who can't unzip."""
    return gzip.decompress(body)


def sweep(*, now: datetime) -> int:
    """Remove kept tiles of other revisions, and those whose audience has run out; how many folders went.

    A kept tile is served to whoever knows its address until it is swept, so this follows every change of rights at
    once, and every few minutes whatever happens.
    """
    revisions = _revisions()
    removed = 0
    for source in map(catalogue.find, catalogue.names()):
        for folder in _folders(Path(settings.TILE_ROOT) / source.name) if source else ():
            if source and _in_force(source, folder.name, revisions["rights"], now):
                removed += sum(_drop(old) for old in _folders(folder) if old.name != str(revisions[source.revision]))
            else:
                removed += _drop(folder)
    return removed


def _no_tile() -> NotFound:
    return NotFound("no-tile", _("There is no such tile, or not for your post."))


def _revisions() -> dict[str, int]:
    """All revisions; one that never moved counts as 0."""
    with prepared_cursor() as cursor:
        cursor.execute(_REVISIONS)
        return {"ground": 0, "rights": 0, "sites": 0, "components": 0, "devices": 0, **dict(cursor.fetchall())}


def _audiences(source: TileSource, access: Access, rights: int, now: datetime) -> tuple[str, ...]:
    """The reader's own keys of a tileset, the present one first; none where nothing of it is for this reader."""
    if not access.duties:
        return ()
    if source.audience is Audience.STAFF:
        return (_keyed("staff"),)
    paths = visible_regions(access)
    days = [_day(now), _day(now - GRACE)] if paths else []
    return tuple(
        f"{day}-{rights}-{_keyed(json.dumps([source.name, paths, rights, day]))}" for day in dict.fromkeys(days)
    )


def _day(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y%m%d")


def _keyed(text: str) -> str:
    return hmac.new(settings.AUDIENCE_KEY, f"tiles:{text}".encode(), hashlib.sha256).hexdigest()[:32]


def _in_force(source: TileSource, key: str, rights: int, now: datetime) -> bool:
    if source.audience is Audience.STAFF:
        return key == _keyed("staff")
    dated = _DATED.fullmatch(key)
    return dated is not None and dated["day"] in {_day(now), _day(now - GRACE)} and int(dated["rights"]) == rights


def _query(source: TileSource, parameters: dict[str, Any]) -> bytes:
    with transaction.atomic(), prepared_cursor() as cursor:
        cursor.execute(_AS_TILE_ROLE)
        cursor.execute(source.statement(parameters["z"]), parameters)
        return bytes(cursor.fetchone()[0])


def _keep(file: Path, body: bytes) -> None:
    """Write a whole tile or none; a full disk only means that it is made again next time."""
    try:
        if shutil.disk_usage(settings.TILE_ROOT).free < KEPT_FREE_BYTES:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".")
        with os.fdopen(handle, "wb") as written:
            written.write(body)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except OSError as error:
        log.warning("a tile could not be kept: %s", error)


def _folders(parent: Path) -> list[Path]:
    return [folder for folder in parent.iterdir() if folder.is_dir()] if parent.is_dir() else []


def _drop(folder: Path) -> int:
    shutil.rmtree(folder, ignore_errors=True)
    return 1
