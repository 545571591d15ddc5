"""The components of a demo city: manholes, lamps, hydrants and the like along its roads, each with an owner.

Made up, as the ground is; the same for the same seed. Units and departments of the county own them.
"""

from collections import Counter

import numpy as np
import shapely
from shapely import Point

from data.demo.organisations import department_code, unit_code
from data.demo.plan import Plan
from data.demo.plane import to_degrees
from data.demo.roadside import Roadside
from data.pipeline.lattice import snap_array
from data.pipeline.rows import ComponentKind, ComponentRow, ComponentState

COMPONENTS = 12_000
REMOVED_SHARE = 0.015
APART_M = 6.0
"""How far from its pole a component lies at most, in metres."""

_STREETS = "chengguan_zhujian"
_PUMPS, _POWER, _GAS, _LINES, _LAMPS = "zilaishui", "dianli", "ranqi", "tongxin", "ludeng"
# Kind, what it is called, and how often it comes with each owner: a unit's word, or a department's function.
_KINDS: tuple[tuple[ComponentKind, str, dict[str, float]], ...] = (
    (ComponentKind.MANHOLE, "雨水井盖", {_STREETS: 8}),
    (ComponentKind.MANHOLE, "污水井盖", {_STREETS: 8}),
    (ComponentKind.MANHOLE, "给水井盖", {_PUMPS: 8}),
    (ComponentKind.MANHOLE, "通信井盖", {_LINES: 7}),
    (ComponentKind.MANHOLE, "电力井盖", {_POWER: 5}),
    (ComponentKind.MANHOLE, "燃气井盖", {_GAS: 3}),
    (ComponentKind.LAMP, "路灯", {_LAMPS: 24}),
    (ComponentKind.HYDRANT, "消火栓", {_PUMPS: 5}),
    (ComponentKind.BIN, "垃圾箱", {_STREETS: 10}),
    (ComponentKind.GUARDRAIL, "道路护栏", {_STREETS: 4}),
    (ComponentKind.SIGNAL, "交通信号灯", {"gongan": 1.5}),
    (ComponentKind.POLE, "线杆", {_POWER: 5, _LINES: 4}),
    (ComponentKind.VALVE, "供水阀门", {_PUMPS: 4}),
    (ComponentKind.DRAIN, "雨水口", {_STREETS: 7}),
    (ComponentKind.TOILET, "公共厕所", {_STREETS: 0.5}),
)


def make_components(seed: int, plan: Plan, roadside: Roadside, grid_codes: list[str]) -> tuple[ComponentRow, ...]:
    """So many components beside the ways, denser in town, by code. A code is its county's 6 digits, 2 of its kind and
    6 of its own."""
    rng = np.random.default_rng(seed + 1300)
    weight = np.where(plan.urban[roadside.grid], 12.0, 1.0)
    spots = rng.choice(len(weight), COMPONENTS, replace=False, p=weight / weight.sum())
    spots = spots[np.lexsort((spots, roadside.grid[spots]))]
    angle = rng.uniform(0.0, 2.0 * np.pi, COMPONENTS)
    aside = rng.uniform(0.0, APART_M, COMPONENTS)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    points = roadside.points[spots] + aside
    points = np.where(shapely.contains_xy(plan.city, points)[:, None], points, roadside.points[spots])
    degrees = snap_array(to_degrees(points))
    choices = [(kind, name, owner, often) for kind, name, owners in _KINDS for owner, often in owners.items()]
    often = np.array([choice[3] for choice in choices])
    drawn = rng.choice(len(choices), COMPONENTS, p=often / often.sum())
    removed = rng.random(COMPONENTS) < REMOVED_SHARE
    numbers: Counter[str] = Counter()
    rows = []
    for place, spot in enumerate(spots.tolist()):
        kind, name, owner, _ = choices[int(drawn[place])]
        county = grid_codes[int(roadside.grid[spot])][:6]
        prefix = f"{county}{list(ComponentKind).index(kind) + 1:02d}"
        numbers[prefix] += 1
        rows.append(
            ComponentRow(
                code=f"{prefix}{numbers[prefix]:06d}",
                kind=kind,
                name=f"{plan.ways[int(roadside.way[spot])].name}{name}",
                owner=_owner(f"{county}000000", owner),
                state=ComponentState.REMOVED if removed[place] else ComponentState.IN_USE,
                point=Point(degrees[place]),
            )
        )
    return tuple(sorted(rows, key=lambda row: row.code))


def _owner(county: str, word: str) -> str:
    return department_code(county, word) if word == _STREETS else unit_code(county, word)
