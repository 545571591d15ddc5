"""One function per layer that turns checked cells (and a geometry) into a row."""

from typing import Any

from data.pipeline.cells import Cells
from data.pipeline.codes import Level, is_channel_code
from data.pipeline.layout import (
    CLASS,
    DEVICE_CODE,
    DEVICE_KIND,
    FUNCTION,
    ORGANISATION_CODE,
    SITE_CODE,
    STREAM_PATH,
)
from data.pipeline.problems import ProblemKind
from data.pipeline.rows import (
    Channel,
    Codec,
    ComponentKind,
    ComponentRow,
    ComponentState,
    DeviceRow,
    GridKind,
    GridRow,
    HouseNumber,
    Mounting,
    Organisation,
    OrganisationKind,
    Place,
    RegionRow,
    Road,
    RoadClass,
    SiteRow,
    State,
    Water,
    WaterKind,
)

MAX_HOUSEHOLDS = 1_000_000
MAX_HEIGHT_M = 500.0
MAX_RANGE_M = 20_000.0
MAX_NUMBER = 99_999


def region_row(cells: Cells, _shape: Any) -> RegionRow:
    """A row of layer region; a geometry in the file is not read, boundaries come from the grids."""
    return RegionRow(
        code=cells.code(),
        name=cells.text("name"),
        level=cells.choice("level", Level),
        parent=cells.optional_text("parent"),
    )


def grid_row(cells: Cells, shape: Any) -> GridRow:
    """A row of layer grid."""
    return GridRow(
        code=cells.code(),
        name=cells.text("name"),
        village=cells.code("village"),
        kind=cells.choice("kind", GridKind),
        households=cells.whole("households", 0, MAX_HOUSEHOLDS),
        shape=shape,
    )


def site_row(cells: Cells, shape: Any) -> SiteRow:
    """A row of layer site."""
    return SiteRow(
        code=cells.text("code", SITE_CODE),
        name=cells.text("name"),
        site_class=cells.text("site_class", CLASS),
        owner=cells.text("owner", ORGANISATION_CODE),
        mounting=cells.choice("mounting", Mounting),
        height_m=cells.number("height_m", 0.0, MAX_HEIGHT_M),
        secret=cells.flag("secret"),
        smart=cells.flag("smart"),
        state=cells.choice("state", State),
        point=shape,
    )


def channel_row(cells: Cells, _shape: Any) -> Channel:
    """A row of layer channel; its code has the 20 digits of GB/T 28181."""
    code = cells.code()
    if not is_channel_code(code):
        cells.refuse(ProblemKind.MALFORMED_CODE, "a channel's code has 20 digits, as GB/T 28181 numbers devices")
    return Channel(
        code=code,
        site=cells.text("site", SITE_CODE),
        number=cells.whole("number", 1, 999),
        name=cells.text("name"),
        azimuth_deg=cells.number("azimuth_deg", 0.0, 360.0) % 360.0,
        fov_deg=cells.number("fov_deg", 1.0, 360.0),
        range_m=cells.number("range_m", 1.0, MAX_RANGE_M),
        codec=cells.choice("codec", Codec),
        stream_path=cells.text("stream_path", STREAM_PATH),
        state=cells.choice("state", State),
    )


def organisation_row(cells: Cells, _shape: Any) -> Organisation:
    """A row of layer organisation; departments alone have a function."""
    kind = cells.choice("kind", OrganisationKind)
    return Organisation(
        code=cells.text("code", ORGANISATION_CODE),
        name=cells.text("name"),
        short_name=cells.text("short_name"),
        kind=kind,
        level=cells.choice("level", Level),
        region=cells.code("region"),
        function=cells.text("function", FUNCTION) if kind is OrganisationKind.DEPARTMENT else "",
        public=cells.flag("public"),
    )


def road_row(cells: Cells, shape: Any) -> Road:
    """A row of layer road."""
    return Road(name=cells.text("name"), road_class=cells.choice("road_class", RoadClass), line=shape)


def water_row(cells: Cells, shape: Any) -> Water:
    """A row of layer water."""
    return Water(name=cells.text("name"), kind=cells.choice("kind", WaterKind), shape=shape)


def place_row(cells: Cells, shape: Any) -> Place:
    """A row of layer place; its other names stand in one cell, parted by semicolons."""
    others = (cells.optional_text("aliases") or "").replace("；", ";").split(";")
    return Place(
        name=cells.text("name"),
        kind=cells.text("kind", CLASS),
        point=shape,
        aliases=tuple(one.strip() for one in others if one.strip()),
    )


def number_row(cells: Cells, shape: Any) -> HouseNumber:
    """A row of layer number."""
    return HouseNumber(road=cells.text("road"), number=cells.whole("number", 1, MAX_NUMBER), point=shape)


def component_row(cells: Cells, shape: Any) -> ComponentRow:
    """A row of layer component."""
    return ComponentRow(
        code=cells.text("code", SITE_CODE),
        kind=cells.choice("kind", ComponentKind),
        name=cells.text("name"),
        owner=cells.text("owner", ORGANISATION_CODE),
        state=cells.choice("state", ComponentState),
        point=shape,
    )


def device_row(cells: Cells, shape: Any) -> DeviceRow:
    """A row of layer device; source, organisation and address may be missing or empty."""
    return DeviceRow(
        source=cells.optional_text("source") or "",
        code=cells.text("code", DEVICE_CODE),
        kind=cells.text("kind", DEVICE_KIND),
        name=cells.text("name"),
        organisation=cells.optional_text("organisation") or "",
        address=cells.optional_text("address") or "",
        point=shape,
    )
