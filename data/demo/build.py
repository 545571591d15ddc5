"""Builds the demo prefecture: `python -m data.demo.build OUT.gpkg [--seed 430900]`. Same seed, same bytes.

Real names and codes, made-up ground: 8 counties, 94 townships, 1,446 villages, 5,772 grids, 14,602 sites with 15,792
channels, roads with house numbers, waters, places, organisations, 12,000 components, and 440 alarm buttons and video
doors. Every map of it says 示范数据，非测绘成果.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from data.demo.cameras import Cameras
from data.demo.components import make_components
from data.demo.devices import make_devices
from data.demo.landmarks import make_landmarks
from data.demo.numbers import make_numbers
from data.demo.organisations import organisations
from data.demo.plan import Plan, make_plan
from data.demo.plane import Floats, Ints, to_degrees
from data.demo.sources import CITY_CODE, CITY_NAME, counties, towns, villages
from data.pipeline.codes import Level
from data.pipeline.lattice import snap_array
from data.pipeline.rows import (
    ComponentRow,
    DeviceRow,
    GridKind,
    GridRow,
    GroundFrames,
    HouseNumber,
    Place,
    RegionRow,
    Road,
    Water,
)
from data.pipeline.write import write_components, write_devices, write_ground

SEED = 430900
VILLAGE_CENTRES = 350


@dataclass(frozen=True)
class DemoFrames:
    """All rows of the demo prefecture: its ground, the components of its streets, and what reports by itself."""

    ground: GroundFrames
    components: tuple[ComponentRow, ...]
    devices: tuple[DeviceRow, ...]


def demo_frames(seed: int = SEED) -> DemoFrames:
    """All rows of the demo prefecture for a seed; about half a minute."""
    plan = make_plan(seed)
    landmarks = make_landmarks(seed, plan)
    households = _households(seed, plan)
    grids = _grids(plan, households)
    regions = _regions()
    cameras = Cameras(seed, plan, landmarks, [grid.code for grid in grids])
    cameras.draw(households)
    frames = GroundFrames(
        regions=regions,
        grids=grids,
        sites=tuple(cameras.sites),
        channels=tuple(cameras.channels),
        organisations=organisations(regions, village_centres=_largest(plan, households)),
        roads=tuple(Road(name=way.name, road_class=way.road_class, line=_degrees(way.line)) for way in plan.ways),
        waters=tuple(Water(name=body.name, kind=body.kind, shape=_degrees(body.shape)) for body in plan.waters),
        places=tuple(
            Place(name=mark.name, kind=mark.kind, point=_degrees(shapely.Point(mark.x, mark.y))) for mark in landmarks
        ),
        numbers=tuple(
            HouseNumber(road=door.road, number=door.number, point=_degrees(shapely.Point(door.x, door.y)))
            for door in make_numbers(plan.ways)
        ),
    )
    codes = [grid.code for grid in grids]
    return DemoFrames(
        ground=frames,
        components=make_components(seed, plan, cameras.roadside, codes),
        devices=make_devices(seed, plan, landmarks, codes),
    )


def build(path: Path | str, *, seed: int = SEED) -> None:
    """Write the demo prefecture as a city file, with its components and devices as layers of their own."""
    frames = demo_frames(seed)
    write_ground(frames.ground, path)
    write_components(frames.components, path)
    write_devices(frames.devices, path)


def _move(points: Floats) -> Floats:
    return snap_array(to_degrees(points))


def _degrees(shape: shapely.Geometry) -> shapely.Geometry:
    moved: shapely.Geometry = shapely.transform(shape, _move)
    return moved


def _households(seed: int, plan: Plan) -> Ints:
    """Households of each grid: about 400 in a city's, 150 in the country's, more in larger ones, none on water."""
    rng = np.random.default_rng(seed + 1200)
    area: npt.NDArray[np.float64] = shapely.area(plan.shapes) / 1e6
    rural = 150.0 * np.clip(np.sqrt(area / np.median(area[~plan.urban])), 0.6, 1.8)
    middle = np.where(plan.urban, 400.0, rural)
    land = 1.0 - shapely.area(shapely.intersection(plan.shapes, plan.wet)) / shapely.area(plan.shapes)
    households: Ints = np.rint(land * middle * rng.lognormal(0.0, 0.22, len(area))).astype(np.int64)
    return households


def _grids(plan: Plan, households: Ints) -> tuple[GridRow, ...]:
    shapes = shapely.transform(plan.shapes, _move)
    rows = []
    sequence: dict[int, int] = {}
    for number, place in enumerate(plan.grid_village.tolist()):
        village = villages()[place]
        sequence[place] = sequence.get(place, 0) + 1
        rows.append(
            GridRow(
                code=f"{village.code}{sequence[place]:03d}",
                name=f"{village.name}第{sequence[place]}网格",
                village=village.code,
                kind=GridKind.URBAN if plan.urban[number] else GridKind.RURAL,
                households=int(households[number]),
                shape=shapes[number],
            )
        )
    return tuple(rows)


def _regions() -> tuple[RegionRow, ...]:
    rows = [RegionRow(code=CITY_CODE, name=CITY_NAME, level=Level.CITY, parent=None)]
    rows += [
        RegionRow(code=f"{county.code}000000", name=county.name, level=Level.COUNTY, parent=CITY_CODE)
        for county in counties()
    ]
    rows += [
        RegionRow(code=f"{town.code}000", name=town.name, level=Level.TOWNSHIP, parent=f"{town.county}000000")
        for town in towns()
    ]
    rows += [
        RegionRow(code=village.code, name=village.name, level=Level.VILLAGE, parent=f"{village.town}000")
        for village in villages()
    ]
    return tuple(rows)


def _largest(plan: Plan, households: Ints) -> frozenset[str]:
    """Codes of the villages with most households: those that have a centre of their own."""
    total = np.bincount(plan.grid_village, weights=households, minlength=len(villages()))
    order = np.lexsort((np.arange(len(total)), -total))
    return frozenset(villages()[place].code for place in order[:VILLAGE_CENTRES].tolist())


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Build the demo prefecture (made-up ground) as a GeoPackage.")
    parser.add_argument("out", type=Path, metavar="OUT.gpkg")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    build(arguments.out, seed=arguments.seed)


if __name__ == "__main__":
    main()
