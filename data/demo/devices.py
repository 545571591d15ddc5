"""The alarm buttons and video doors of a demo city: buttons at its public places, doors at its housing estates.

Made up, as the ground is; the same for the same seed.
"""

import numpy as np
import shapely
from shapely import Point, STRtree

from data.demo.landmarks import Landmark
from data.demo.organisations import unit_code
from data.demo.plan import Plan
from data.demo.plane import to_degrees
from data.pipeline.ground import lowest
from data.pipeline.lattice import snap_array
from data.pipeline.rows import DeviceRow

BUTTONS, DOORS = "buttons", "doors"
"""The codes of the systems that speak for them."""
BUTTON_COUNT, DOOR_COUNT = 260, 180
APART_M = 4.0
"""How far from its place's middle a device stands, in metres."""

_PUBLIC = frozenset({"school", "kindergarten", "hospital", "station", "park", "square", "market", "mall"})
_HOUSING = frozenset({"housing"})


def make_devices(seed: int, plan: Plan, landmarks: list[Landmark], grid_codes: list[str]) -> tuple[DeviceRow, ...]:
    """All devices by source and code; one stands at a place of one kind each, in a grid of the city."""
    rng = np.random.default_rng(seed + 1400)
    grid = lowest(STRtree(plan.shapes), shapely.points([(mark.x, mark.y) for mark in landmarks]))
    rows = []
    for source, kinds, count in ((BUTTONS, _PUBLIC, BUTTON_COUNT), (DOORS, _HOUSING, DOOR_COUNT)):
        fit = [number for number, mark in enumerate(landmarks) if mark.kind in kinds and grid[number] >= 0]
        chosen = sorted(rng.choice(fit, min(count, len(fit)), replace=False).tolist())
        angle = rng.uniform(0.0, 2.0 * np.pi, len(chosen))
        middles = np.array([(landmarks[number].x, landmarks[number].y) for number in chosen])
        points = middles + APART_M * np.column_stack([np.cos(angle), np.sin(angle)])
        points = np.where(shapely.contains_xy(plan.city, points)[:, None], points, middles)
        degrees = snap_array(to_degrees(points))
        rows += [
            _device(source, place + 1, landmarks[number], grid_codes[int(grid[number])], Point(degrees[place]))
            for place, number in enumerate(chosen)
        ]
    return tuple(rows)


def _device(source: str, number: int, mark: Landmark, grid: str, point: Point) -> DeviceRow:
    county = f"{grid[:6]}000000"
    button = source == BUTTONS
    return DeviceRow(
        source=source,
        code=f"BTN-{number:04d}" if button else f"D-{number:04d}-01",
        kind="button" if button else "door",
        name=f"{mark.name}报警柱" if button else f"{mark.name}1栋单元门",
        organisation=unit_code(county, "gongan" if button else "wuye"),
        address=mark.name if button else f"{mark.name}1栋1单元",
        point=point,
    )
