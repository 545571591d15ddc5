"""The layers and columns of a city file, and how each row is read. `docs` of the format follow this module."""

import re
from dataclasses import dataclass

from data.pipeline.codes import Level
from data.pipeline.layers import Column
from data.pipeline.shapes import AREA, LINE, POINT, POLYGON

SITE_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
CLASS = re.compile(r"[a-z][a-z0-9_]{0,31}")
ORGANISATION_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
STREAM_PATH = re.compile(r"(/[A-Za-z0-9_.-]+)+")
DEVICE_CODE = re.compile(r"\S{1,64}")
DEVICE_KIND = re.compile(r"\S{1,32}")
FUNCTION = re.compile(r"[a-z][a-z0-9_]{0,63}")

TEXT = "OUTi"
"""Text columns; whole numbers are taken as text, since spreadsheets turn codes into numbers."""
NUMBER = "iuf"
FLAG = "biuO"


@dataclass(frozen=True, slots=True)
class LayerForm:
    """Form of one layer: its columns, the geometry types allowed (empty: none), and whether a file must have it."""

    name: str
    columns: tuple[Column, ...]
    shapes: frozenset[str]
    required: bool = False


def _columns(text: str, number: str = "", flag: str = "") -> tuple[Column, ...]:
    kinds = ((text, TEXT), (number, NUMBER), (flag, FLAG))
    return tuple(Column(name, kind) for names, kind in kinds for name in names.split())


REGION = LayerForm("region", _columns("code name level parent"), frozenset(), required=True)
GRID = LayerForm("grid", _columns("code name village kind", "households"), POLYGON, required=True)
SITE = LayerForm("site", _columns("code name site_class owner mounting state", "height_m", "secret smart"), POINT)
CHANNEL = LayerForm(
    "channel",
    _columns("code site name codec stream_path state", "number azimuth_deg fov_deg range_m"),
    frozenset(),
)
ORGANISATION = LayerForm(
    "organisation", _columns("code name short_name kind level region function", flag="public"), frozenset()
)
ROAD = LayerForm("road", _columns("name road_class"), LINE)
WATER = LayerForm("water", _columns("name kind"), AREA | LINE)
PLACE = LayerForm("place", (*_columns("name kind"), Column("aliases", TEXT, optional=True)), POINT)
HOUSE_NUMBER = LayerForm("number", _columns("road", "number"), POINT)
COMPONENT = LayerForm("component", _columns("code kind name owner state"), POINT, required=True)
"""In a file of its own, or beside a city's other layers: `read_components` reads it, `read_ground` does not."""
DEVICE = LayerForm(
    "device",
    (
        *_columns("code kind name"),
        Column("source", TEXT, optional=True),
        Column("organisation", TEXT, optional=True),
        Column("address", TEXT, optional=True),
    ),
    POINT,
    required=True,
)
"""Likewise: `read_devices` reads it."""
LAYERS = (REGION, GRID, SITE, CHANNEL, ORGANISATION, ROAD, WATER, PLACE, HOUSE_NUMBER)

LEVELS = tuple(Level)
