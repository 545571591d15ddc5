"""A tiny made-up city for tests: 1 city, 2 counties, 4 townships, 8 villages, 24 grids, 30 sites, 36 channels.

Same rows every time. `python -m data.demo.small OUT.gpkg` writes it. Its names are borrowed, its ground is not real.
"""

import math
import sys
from pathlib import Path
from typing import Any

import shapely

from data.demo.organisations import department_code, organisations, unit_code
from data.pipeline.codes import Level
from data.pipeline.lattice import LATTICE
from data.pipeline.rows import (
    Channel,
    Codec,
    GridKind,
    GridRow,
    GroundFrames,
    HouseNumber,
    Mounting,
    Place,
    RegionRow,
    Road,
    RoadClass,
    SiteRow,
    State,
    Water,
    WaterKind,
)
from data.pipeline.write import write_ground

WEST, SOUTH, STEP = 112.28, 28.58, 0.008
COLUMNS, ROWS = 6, 4
CITY = "430900000000"
COUNTIES = (("430902000000", "资阳区"), ("430903000000", "赫山区"))
TOWNSHIPS = (
    ("430902005000", "大码头街道", GridKind.URBAN),
    ("430902102000", "迎风桥镇", GridKind.RURAL),
    ("430903001000", "赫山街道", GridKind.URBAN),
    ("430903111000", "兰溪镇", GridKind.RURAL),
)
VILLAGES = (
    ("430902005001", "鹅羊池社区"),
    ("430902005002", "三益街社区"),
    ("430902102201", "鲜鱼塘村"),
    ("430902102202", "左家仑村"),
    ("430903001001", "桃花仑社区"),
    ("430903001002", "秀峰社区"),
    ("430903111201", "枫林村"),
    ("430903111202", "千家洲村"),
)
CROSS_ROADS = ("文昌路", "马良路", "建新路", "人民路", "金山路", "康富路", "龙洲路")
LONG_ROADS = ("滨江路", "资阳路", "桃花仑路", "秀峰路", "枫林路")
NUMBERED = "资阳路"
LANDMARKS = (("school", "小学"), ("market", "农贸市场"), ("hospital", "卫生院"), ("park", "公园"))
OTHERS = ("skynet", "traffic", "sector", "social")
DIRECTIONS = "东南西北"


def small_frames() -> GroundFrames:
    """The rows of the small city."""
    grids = tuple(_grid(row, column) for row in range(ROWS) for column in range(COLUMNS))
    regions = _regions()
    sites = _sites(grids)
    return GroundFrames(
        regions=regions,
        grids=grids,
        sites=sites,
        channels=tuple(channel for number, site in enumerate(sites) for channel in _channels(number, site)),
        organisations=organisations(regions, village_centres={VILLAGES[0][0], VILLAGES[4][0]}),
        roads=_roads(),
        waters=(Water(name="资江", kind=WaterKind.RIVER, shape=_river()),),
        places=_places(grids),
        numbers=_numbers(),
    )


def write_small(path: Path | str) -> None:
    """Write the small city as a city file."""
    write_ground(small_frames(), path)


def _corner(column: int, row: int) -> tuple[float, float]:
    """A lattice corner, moved a little so that no edge is parallel to an axis."""
    lng = WEST + STEP * (column + 0.18 * math.sin(2.1 * row + 0.7 * column))
    lat = SOUTH + STEP * (row + 0.18 * math.cos(1.3 * column - 0.9 * row))
    return round(lng / LATTICE) * LATTICE, round(lat / LATTICE) * LATTICE


def _grid(row: int, column: int) -> GridRow:
    ring = [_corner(column, row), _corner(column + 1, row), _corner(column + 1, row + 1), _corner(column, row + 1)]
    village, name = VILLAGES[row * 2 + column // 3]
    number = column % 3 + 1
    return GridRow(
        code=f"{village}{number:03d}",
        name=f"{name}第{number}网格",
        village=village,
        kind=TOWNSHIPS[row][2],
        households=300 + 37 * ((row * COLUMNS + column) % 5),
        shape=shapely.Polygon(ring),
    )


def _regions() -> tuple[RegionRow, ...]:
    rows = [RegionRow(code=CITY, name="益阳市", level=Level.CITY, parent=None)]
    rows += [RegionRow(code=code, name=name, level=Level.COUNTY, parent=CITY) for code, name in COUNTIES]
    for number, (code, name, _) in enumerate(TOWNSHIPS):
        rows.append(RegionRow(code=code, name=name, level=Level.TOWNSHIP, parent=COUNTIES[number // 2][0]))
    for number, (code, name) in enumerate(VILLAGES):
        rows.append(RegionRow(code=code, name=name, level=Level.VILLAGE, parent=TOWNSHIPS[number // 2][0]))
    return tuple(rows)


def _inside(grid: GridRow, right: float, up: float) -> Any:
    """A point of a grid, by fractions of its size from its centroid."""
    centre = grid.shape.centroid
    return shapely.Point(centre.x + right * STEP, centre.y + up * STEP)


def _sites(grids: tuple[GridRow, ...]) -> tuple[SiteRow, ...]:
    sites = [_site(number, grid, "class1", -0.2) for number, grid in enumerate(grids)]
    sites += [_site(24 + number, grids[5 + 12 * number], "checkpoint", 0.25) for number in range(2)]
    sites += [_site(26 + number, grids[6 * number + 1], kind, 0.2) for number, kind in enumerate(OTHERS)]
    return tuple(sites)


def _site(number: int, grid: GridRow, site_class: str, up: float) -> SiteRow:
    county = f"{grid.code[:6]}000000"
    owner = {
        "traffic": department_code(CITY, "jiaojing"),
        "sector": unit_code(county, "jiaoyu"),
        "social": unit_code(county, "wuye"),
        "checkpoint": unit_code(CITY, "gongan"),
    }.get(site_class, unit_code(county, "gongan"))
    road, cross = LONG_ROADS[number % 5], CROSS_ROADS[number % 7]
    return SiteRow(
        code=f"{grid.code[:6]}-{site_class}-{number + 1:04d}",
        name=f"{road}{cross}口 {DIRECTIONS[number % 4]}",
        site_class=site_class,
        owner=owner,
        mounting=Mounting.GANTRY if site_class in {"checkpoint", "traffic"} else Mounting.POLE,
        height_m=6.0 if number % 3 else 4.5,
        secret=number == 23,
        smart=site_class == "class1" and number % 3 == 0,
        state={7: State.OFFLINE, 11: State.UNKNOWN}.get(number, State.ONLINE),
        point=_inside(grid, -0.25 + 0.1 * (number % 5), up),
    )


def _channels(number: int, site: SiteRow) -> list[Channel]:
    count = 4 if site.site_class == "checkpoint" else 1
    codes = [f"{site.code[:6]}0000132{0}{number * 10 + lane:06d}" for lane in range(1, count + 1)]
    return [
        Channel(
            code=code,
            site=site.code,
            number=lane,
            name=site.name if count == 1 else f"{site.name} {lane}",
            azimuth_deg=float((number * 47 + lane * 90) % 360),
            fov_deg=60.0,
            range_m=80.0,
            codec=Codec.H265 if number == 3 else Codec.H264,
            stream_path=f"/demo/{code}",
            state=site.state,
        )
        for lane, code in enumerate(codes, start=1)
    ]


def _roads() -> tuple[Road, ...]:
    across = [
        Road(
            name=name,
            road_class=RoadClass.ARTERIAL if row == 2 else RoadClass.STREET,
            line=shapely.LineString([_corner(column, row) for column in range(COLUMNS + 1)]),
        )
        for row, name in enumerate(LONG_ROADS)
    ]
    up = [
        Road(
            name=name,
            road_class=RoadClass.STREET,
            line=shapely.LineString([_corner(column, row) for row in range(ROWS + 1)]),
        )
        for column, name in enumerate(CROSS_ROADS)
    ]
    return tuple(across + up)


def _numbers() -> tuple[HouseNumber, ...]:
    """A door about every 160 m of one road, odd numbers, from 1 in the west."""
    line = next(road.line for road in _roads() if road.name == NUMBERED)
    return tuple(
        HouseNumber(road=NUMBERED, number=1 + 8 * turn, point=shapely.line_interpolate_point(line, 0.0016 * turn))
        for turn in range(int(line.length / 0.0016) + 1)
    )


def _river() -> Any:
    bed = [_corner(column, 0) for column in range(COLUMNS + 1)]
    return shapely.LineString(bed).buffer(0.0012, cap_style="flat")


def _places(grids: tuple[GridRow, ...]) -> tuple[Place, ...]:
    places = [
        Place(name=TOWNSHIPS[row][1], kind="town", point=grids[row * 6 + 2].shape.centroid) for row in range(ROWS)
    ]
    for number, (_, name) in enumerate(VILLAGES):
        grid = grids[number * 3 + 1]
        base = name.removesuffix("社区").removesuffix("村")
        places.append(Place(name=name, kind="village", point=grid.shape.centroid))
        for turn, (kind, word) in enumerate(LANDMARKS):
            places.append(
                Place(name=f"{base}{word}", kind=kind, point=_inside(grids[number * 3 + turn % 3], 0.1, 0.05 * turn))
            )
    return tuple(places)


if __name__ == "__main__":
    write_small(sys.argv[1])
