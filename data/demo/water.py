"""Rivers and lakes of the demo: drawn by hand in rough strokes, roughened by noise. Plane metres."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from data.demo.noise import Warp
from data.demo.plane import Floats, to_plane
from data.pipeline.rows import WaterKind

# Rough course of the big river, west to east: lng, lat, width in metres.
RIVER = (
    (110.96, 27.93, 220), (111.02, 28.03, 240), (111.07, 28.085, 300), (111.01, 28.15, 420), (110.99, 28.21, 520),
    (111.05, 28.27, 650), (111.11, 28.325, 600), (111.16, 28.372, 260), (111.23, 28.385, 240), (111.30, 28.37, 240),
    (111.38, 28.36, 250), (111.46, 28.40, 250), (111.52, 28.405, 250), (111.60, 28.43, 260), (111.69, 28.418, 270),
    (111.75, 28.44, 280), (111.81, 28.47, 290), (111.87, 28.495, 300), (111.93, 28.54, 310), (111.99, 28.515, 320),
    (112.04, 28.525, 330), (112.09, 28.52, 330), (112.125, 28.54, 340), (112.17, 28.585, 360), (112.22, 28.592, 380),
    (112.27, 28.578, 420), (112.305, 28.592, 440), (112.338, 28.5945, 450), (112.372, 28.592, 450),
    (112.41, 28.606, 470), (112.45, 28.618, 480), (112.49, 28.628, 500), (112.53, 28.66, 520), (112.545, 28.71, 560),
    (112.60, 28.75, 620), (112.68, 28.775, 700), (112.80, 28.80, 800), (113.00, 28.83, 900),
)  # fmt: skip
# Lakes: name, lng, lat, half width and half height in metres, turn in degrees, kind.
LAKES = (
    ("大通湖", 112.505, 29.225, 7400, 4300, 25, WaterKind.LAKE),
    ("南洞庭湖", 112.56, 28.845, 15500, 4600, 4, WaterKind.LAKE),
    ("东洞庭湖", 112.93, 29.06, 6500, 9000, 0, WaterKind.LAKE),
    ("目平湖", 112.145, 28.92, 6000, 5200, -20, WaterKind.LAKE),
    ("胭脂湖", 112.295, 28.760, 1700, 900, 35, WaterKind.LAKE),
    ("后江湖", 112.385, 28.815, 1900, 700, 15, WaterKind.LAKE),
    ("皇家湖", 112.40, 28.715, 2600, 1200, -25, WaterKind.LAKE),
    ("鹿角湖", 112.565, 28.56, 1300, 700, 60, WaterKind.LAKE),
    ("来仪湖", 112.555, 28.545, 1500, 900, -10, WaterKind.LAKE),
    ("光复湖", 112.47, 29.02, 1500, 800, 30, WaterKind.LAKE),
    ("南湖", 112.415, 29.335, 1100, 700, 0, WaterKind.LAKE),
    ("鱼形山水库", 112.335, 28.430, 900, 1500, 20, WaterKind.RESERVOIR),
    ("梓山湖", 112.385, 28.535, 1100, 650, 40, WaterKind.LAKE),
    ("桃花江水库", 112.02, 28.33, 800, 1700, -30, WaterKind.RESERVOIR),
    ("克上冲水库", 112.09, 28.35, 700, 1300, 25, WaterKind.RESERVOIR),
    ("廖家坪水库", 111.60, 28.50, 700, 1200, 10, WaterKind.RESERVOIR),
    ("红岩水库", 111.83, 28.19, 600, 1100, -15, WaterKind.RESERVOIR),
)
# Streams: name and rough course.
STREAMS = (
    ("桃花江", ((112.02, 28.36), (112.06, 28.42), (112.08, 28.47), (112.11, 28.535))),
    ("志溪河", ((112.20, 28.34), (112.23, 28.40), (112.25, 28.47), (112.27, 28.53), (112.285, 28.583))),
    ("兰溪河", ((112.41, 28.606), (112.46, 28.595), (112.50, 28.59), (112.55, 28.61), (112.62, 28.64))),
    ("沂溪", ((111.86, 28.22), (111.84, 28.30), (111.87, 28.36), (111.85, 28.43), (111.83, 28.48))),
    ("敷溪", ((111.66, 28.14), (111.65, 28.22), (111.70, 28.30), (111.70, 28.37), (111.69, 28.418))),
    ("洢水", ((111.59, 28.09), (111.60, 28.18), (111.56, 28.28), (111.57, 28.36), (111.60, 28.43))),
    ("渠江", ((110.83, 28.24), (110.89, 28.22), (110.94, 28.20), (110.99, 28.21))),
    ("藕池河", ((112.33, 29.44), (112.37, 29.36), (112.39, 29.27), (112.36, 29.18), (112.33, 29.07), (112.27, 28.98))),
    ("沱江", ((112.43, 29.42), (112.42, 29.36), (112.45, 29.28), (112.44, 29.17), (112.38, 29.09), (112.33, 29.04))),
    ("淞澧洪道", ((112.14, 29.30), (112.19, 29.20), (112.21, 29.12), (112.19, 29.02), (112.16, 28.95))),
    ("草尾河", ((112.22, 28.985), (112.33, 28.965), (112.43, 28.955), (112.55, 28.97), (112.68, 28.975),
               (112.86, 28.95))),
    ("撇洪河", ((112.44, 28.44), (112.50, 28.49), (112.57, 28.53), (112.63, 28.56))),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Body:
    """One water body in plane metres."""

    name: str
    kind: WaterKind
    shape: Any


@dataclass(frozen=True, slots=True)
class Waters:
    """The river's middle line, all that lies north of it, and all bodies; `wet` is the union of the polygons."""

    middle: Any
    north_bank: Any
    bodies: tuple[Body, ...]
    wet: Any


def waters(seed: int) -> Waters:
    """The demo's waters, not yet cut to the prefecture."""
    bends = Warp(seed + 700, ((5200.0, 900.0), (1900.0, 320.0)))
    course = to_plane(np.array([point[:2] for point in RIVER]))
    widths = np.array([point[2] for point in RIVER], dtype=np.float64)
    points, along = smooth_course(course, 160.0)
    calm = np.clip(np.abs(points - to_plane(np.array([[112.345, 28.6]]))).max(axis=1) / 9000.0, 0.12, 1.0)
    points = points + calm[:, None] * (bends.at(points) - points)
    middle = shapely.LineString(points)
    bodies = [Body("资江", WaterKind.RIVER, _ribbon(points, np.interp(along, np.arange(len(widths)), widths)))]
    shore = Warp(seed + 800, ((2600.0, 900.0), (900.0, 330.0)))
    bodies += [Body(lake[0], lake[6], _lake(lake, shore)) for lake in LAKES]
    bodies += [Body(name, WaterKind.STREAM, _stream(course_, bends)) for name, course_ in STREAMS]
    wet = shapely.union_all([body.shape for body in bodies if body.kind is not WaterKind.STREAM])
    return Waters(middle, _north_of(points), tuple(bodies), wet)


def _north_of(course: Floats) -> Any:
    """The plane north and west of the river's middle line, which flows from the south-west to the east."""
    far = 400_000.0
    start, end = (course[0, 0], -far), (far, course[-1, 1])
    bank = shapely.Polygon([start, *course.tolist(), end, (far, far), (-far, far), (-far, -far)])
    if not bank.is_valid:
        raise ValueError("the river's course crosses itself: give its bends less reach")
    shapely.prepare(bank)
    return bank


def smooth_course(course: Floats, step_m: float) -> tuple[Floats, Floats]:
    """A Catmull-Rom curve through the points, a vertex about every `step_m`; and its parameter (point numbers)."""
    padded = np.vstack([2 * course[0] - course[1], course, 2 * course[-1] - course[-2]])
    pieces, along = [], []
    for number in range(len(course) - 1):
        a, b, c, d = padded[number : number + 4]
        count = max(2, int(np.hypot(*(c - b)) / step_m))
        t = np.arange(count)[:, None] / count
        curve = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
        pieces.append(curve / 2)
        along.append(number + t[:, 0])
    return np.vstack([*pieces, course[-1:]]), np.append(np.concatenate(along), len(course) - 1.0)


def _ribbon(points: Floats, widths: Floats) -> Any:
    pieces = [
        shapely.LineString(points[number : number + 2]).buffer(float(widths[number]) / 2, quad_segs=4)
        for number in range(len(points) - 1)
    ]
    return shapely.simplify(shapely.union_all(pieces), 6.0)


def _lake(lake: tuple[str, float, float, float, float, float, WaterKind], shore: Warp) -> Any:
    _, lng, lat, half_width, half_height, turn, _ = lake
    angle = np.linspace(0, 2 * np.pi, 241)[:-1]
    ring = np.column_stack([half_width * np.cos(angle), half_height * np.sin(angle)])
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    ring = ring @ np.array([[cos, sin], [-sin, cos]]) + to_plane(np.array([[lng, lat]]))
    reach = min(1.0, min(half_width, half_height) / 2400.0)
    moved = ring + reach * (shore.at(ring) - ring)
    shape = shapely.buffer(shapely.Polygon(moved).buffer(0), 25.0)
    return max(shapely.get_parts(shape), key=shapely.area)


def _stream(course: tuple[tuple[float, float], ...], bends: Warp) -> Any:
    points, _ = smooth_course(to_plane(np.array(course)), 250.0)
    inner = np.clip(np.minimum(np.arange(len(points)), np.arange(len(points))[::-1]) / 12.0, 0, 1)[:, None]
    return shapely.LineString(points + inner * (bends.at(points) - points))
