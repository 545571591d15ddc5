"""The layers of our own ground and sites, one query each."""

from pathlib import Path

from gis_layers.catalogue import Audience, Statement, Tileset
from gis_layers.catalogue import register as plug_in

_SQL = Path(__file__).resolve().parents[1] / "sql"
FIRST, LAST = 8, 16
ROADS_EXACT_FROM = 13
SITES_SINGLE_FROM = 14
COMPONENTS_FROM = 15
DEVICES_FROM = 12

BASE = Tileset(
    name="base",
    revision="ground",
    audience=Audience.STAFF,
    statements=(
        Statement(FIRST, ROADS_EXACT_FROM - 1, _SQL / "tile_base_far.sql", ("road", "water")),
        Statement(ROADS_EXACT_FROM, LAST, _SQL / "tile_base_near.sql", ("road", "water")),
        Statement(FIRST, LAST, _SQL / "tile_base_place.sql", ("place",)),
    ),
)
GROUND = Tileset(
    name="ground",
    revision="ground",
    audience=Audience.STAFF,
    statements=(
        Statement(FIRST, LAST, _SQL / "tile_ground_shape.sql", ("county", "township", "village", "grid")),
        Statement(FIRST, LAST, _SQL / "tile_ground_label.sql", ("label",)),
    ),
)
SITES = Tileset(
    name="sites",
    revision="sites",
    audience=Audience.REGIONS,
    statements=(
        Statement(FIRST, SITES_SINGLE_FROM - 1, _SQL / "tile_site_cell.sql", ("cell",)),
        Statement(SITES_SINGLE_FROM, LAST, _SQL / "tile_site.sql", ("site",)),
    ),
)

COMPONENTS = Tileset(
    name="components",
    revision="components",
    audience=Audience.REGIONS,
    statements=(Statement(COMPONENTS_FROM, LAST, _SQL / "tile_component.sql", ("component",)),),
)

DEVICES = Tileset(
    name="devices",
    revision="devices",
    audience=Audience.REGIONS,
    statements=(Statement(DEVICES_FROM, LAST, _SQL / "tile_device.sql", ("device",)),),
)


def register() -> None:
    """Put them into the catalogue."""
    for tileset in (BASE, GROUND, SITES, COMPONENTS, DEVICES):
        plug_in(tileset)
