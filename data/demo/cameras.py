"""Sites and channels of the demo: so many of each class, beside roads, named after crossings and landmarks."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from data.demo.landmarks import Landmark
from data.demo.names import DIRECTIONS
from data.demo.organisations import SECTOR_UNITS, SOCIAL_UNITS, department_code, unit_code
from data.demo.plan import Plan
from data.demo.plane import Floats, Ints, to_degrees
from data.demo.roadside import Crossings, Roadside, make_crossings, make_roadside
from data.demo.sources import CITY_CODE, towns, villages
from data.pipeline.lattice import snap_array
from data.pipeline.rows import Channel, Codec, Mounting, RoadClass, SiteRow, State

HESHAN = "430903"
SMART_CLASS1 = 2740
CHECKPOINT_CHANNELS = 1490
SECRET_SITES = 6
CROSSING_M, LANDMARK_M = 75.0, 260.0


@dataclass(frozen=True, slots=True)
class SiteClass:
    """One class of sites: how many, its industry in a channel code (GB/T 28181), how it hangs and looks."""

    word: str
    count: int
    industry: str
    mountings: tuple[Mounting, ...]
    height_m: float
    fov_deg: float
    range_m: float


_STREET = (Mounting.POLE, Mounting.POLE, Mounting.POLE, Mounting.WALL)
_HOUSE = (Mounting.WALL, Mounting.BUILDING, Mounting.POLE)
CLASSES = (
    SiteClass("class1", 7243, "00", _STREET, 6.0, 60.0, 90.0),
    SiteClass("checkpoint", 300, "00", (Mounting.GANTRY,), 6.5, 30.0, 60.0),
    SiteClass("skynet", 700, "00", _STREET, 6.0, 62.0, 100.0),
    SiteClass("traffic", 659, "01", (Mounting.GANTRY, Mounting.POLE), 7.0, 42.0, 120.0),
    SiteClass("heshan", 500, "00", _STREET, 5.5, 62.0, 90.0),
    SiteClass("sector", 2000, "05", _HOUSE, 4.5, 80.0, 50.0),
    SiteClass("social", 3200, "10", _HOUSE, 3.5, 90.0, 35.0),
)


@dataclass(frozen=True, slots=True)
class Spots:
    """Chosen places of one class: pole numbers (-1: a grid without one, at its heart) and grids."""

    pole: Ints
    grid: Ints


class Cameras:
    """Draws the demo's sites and channels; one instance for one build."""

    def __init__(self, seed: int, plan: Plan, landmarks: list[Landmark], grid_codes: list[str]) -> None:
        self._rng = np.random.default_rng(seed + 1100)
        self._plan, self._landmarks, self._codes = plan, landmarks, grid_codes
        self._roadside: Roadside = make_roadside(seed, plan)
        self._crossings: Crossings = make_crossings(plan.ways)
        self._crossing_tree = STRtree(shapely.points(self._crossings.points))
        self._landmark_tree = STRtree(shapely.points([(mark.x, mark.y) for mark in landmarks]))
        self._next = self._roadside.of_grid(len(plan.shapes))[:-1].copy()
        self._end = self._roadside.of_grid(len(plan.shapes))[1:]
        self._names: Counter[str] = Counter()
        self._serial: Counter[str] = Counter()
        self.sites: list[SiteRow] = []
        self.channels: list[Channel] = []

    @property
    def roadside(self) -> Roadside:
        """The places beside the ways, where other things stand, too."""
        return self._roadside

    def draw(self, households: Ints) -> None:
        """Fill `sites` and `channels`; grids with more households get more."""
        for kind in CLASSES:
            spots = self._spots(kind, households)
            smart = np.zeros(kind.count, dtype=np.bool_)
            if kind.word == "class1":
                smart[self._rng.choice(kind.count, SMART_CLASS1, replace=False)] = True
            lanes = self._lanes(kind)
            for number in range(kind.count):
                spot = (int(spots.pole[number]), int(spots.grid[number]))
                self._site(kind, spot, bool(smart[number]), int(lanes[number]))
        secret = set(self._rng.choice(len(self.sites), SECRET_SITES, replace=False).tolist())
        self.sites = [_secret(site) if number in secret else site for number, site in enumerate(self.sites)]

    def _lanes(self, kind: SiteClass) -> Ints:
        """Channels of each site: one, but several at a checkpoint (1,490 in all)."""
        lanes = np.ones(kind.count, dtype=np.int64)
        if kind.word == "checkpoint":
            lanes += 1
            while (left := CHECKPOINT_CHANNELS - int(lanes.sum())) > 0:
                np.add.at(lanes, self._rng.choice(np.flatnonzero(lanes < 10), left), 1)
                lanes = np.minimum(lanes, 10)
        return lanes

    def _spots(self, kind: SiteClass, households: Ints) -> Spots:
        weight: Floats = households.astype(np.float64) * np.where(self._plan.urban, 1.7, 0.8)
        if kind.word == "heshan":
            weight *= np.array([code.startswith(HESHAN) for code in self._codes])
        if kind.word in {"checkpoint", "traffic"}:
            return self._on_main_roads(kind.count, weight)
        first = self._first_of_villages(households) if kind.word == "class1" else np.empty(0, dtype=np.int64)
        rest = self._rng.choice(len(weight), kind.count - len(first), p=weight / weight.sum())
        grid = np.concatenate([first, rest]).astype(np.int64)
        return Spots(np.array([self._take(number) for number in grid.tolist()], dtype=np.int64), grid)

    def _first_of_villages(self, households: Ints) -> Ints:
        """The largest grid of each village: every village has a class 1 site."""
        best = np.lexsort((households, self._plan.grid_village))
        last = np.searchsorted(self._plan.grid_village[best], np.arange(len(villages())), side="right") - 1
        return best[last].astype(np.int64)

    def _take(self, grid: int) -> int:
        """The next free pole of a grid, -1 where none is left."""
        pole = int(self._next[grid])
        if pole >= self._end[grid]:
            return -1
        self._next[grid] += 1
        return pole

    def _on_main_roads(self, count: int, weight: Floats) -> Spots:
        """Poles on arterials and, near towns, on streets with a crossing; apart from one another."""
        main = np.array([way.road_class is RoadClass.ARTERIAL for way in self._plan.ways])
        poles = np.flatnonzero(main[self._roadside.way])
        share = weight[self._roadside.grid[poles]] + weight.mean() * 0.3
        chosen = self._rng.choice(poles, count, replace=False, p=share / share.sum())
        return Spots(chosen.astype(np.int64), self._roadside.grid[chosen])

    def _site(self, kind: SiteClass, spot: tuple[int, int], smart: bool, lanes: int) -> None:
        x, y, bearing, label = self._stand(*spot)
        county = f"{self._county(spot[1])}000000"
        number = len(self.sites) + 1
        state = State(self._rng.choice([s.value for s in State], p=[0.985, 0.010, 0.005]))
        lng, lat = snap_array(to_degrees(np.array([[x, y]])))[0].tolist()
        site = SiteRow(
            code=f"{county[:6]}-{kind.word}-{number:05d}",
            name=label,
            site_class=kind.word,
            owner=self._owner(kind, county),
            mounting=kind.mountings[int(self._rng.integers(len(kind.mountings)))],
            height_m=round(kind.height_m + float(self._rng.choice([-0.5, 0.0, 0.0, 0.5, 1.0])), 1),
            secret=False,
            smart=smart,
            state=state,
            point=shapely.Point(lng, lat),
        )
        self.sites.append(site)
        for lane in range(1, lanes + 1):
            self._channel(kind, site, lane, lanes, bearing)

    def _county(self, grid: int) -> str:
        return towns()[int(self._plan.grid_town[grid])].county

    def _owner(self, kind: SiteClass, county: str) -> str:
        if kind.word == "checkpoint":
            return unit_code(CITY_CODE, "gongan")
        if kind.word == "traffic":
            return department_code(CITY_CODE, "jiaojing")
        if kind.word in {"sector", "social"}:
            units = SECTOR_UNITS if kind.word == "sector" else SOCIAL_UNITS
            return unit_code(county, units[int(self._rng.integers(len(units)))][0])
        return unit_code(county, "gongan")

    def _channel(self, kind: SiteClass, site: SiteRow, lane: int, lanes: int, bearing: float) -> None:
        series = f"{site.code[:6]}00{kind.industry}1320"
        self._serial[series] += 1
        code = f"{series}{self._serial[series]:06d}"
        turn = 180.0 * (lane % 2 == 0) + float(self._rng.normal(0.0, 6.0))
        state = site.state
        if lanes > 1 and state is State.ONLINE and self._rng.random() < 0.01:
            state = State.OFFLINE
        self.channels.append(
            Channel(
                code=code,
                site=site.code,
                number=lane,
                name=site.name if lanes == 1 else f"{site.name} {lane}",
                azimuth_deg=round((bearing + turn) % 360.0, 1) % 360.0,
                fov_deg=kind.fov_deg,
                range_m=kind.range_m,
                codec=Codec.H264,
                stream_path=f"/demo/{code}",
                state=state,
            )
        )

    def _stand(self, pole: int, grid: int) -> tuple[float, float, float, str]:
        """Place, direction of view and name of a site."""
        village = villages()[int(self._plan.grid_village[grid])]
        if pole < 0:
            x, y = self._inner(grid)
            return (
                x,
                y,
                float(self._rng.uniform(0, 360)),
                self._numbered(f"{village.base}第{self._codes[grid][-3:]}网格"),
            )
        x, y = self._roadside.points[pole].tolist()
        bearing = float(self._roadside.bearing[pole])
        road = self._plan.ways[int(self._roadside.way[pole])].name
        for name, ax, ay in self._anchors(x, y, road):
            view = bearing if _looks_along(bearing, ax - x, ay - y) else (bearing + 180.0) % 360.0
            return x, y, view, self._numbered(f"{name} {_direction(x - ax, y - ay)}")
        bearing += 180.0 * float(self._rng.integers(2))
        return x, y, bearing, self._numbered(f"{road}{village.base}段")

    def _inner(self, grid: int) -> tuple[float, float]:
        """A dry place within a grid that no road touches, or whose poles are used up: near its middle."""
        land = max(shapely.get_parts(shapely.difference(self._plan.shapes[grid], self._plan.wet)), key=shapely.area)
        shape = self._plan.shapes[grid] if land.is_empty else land
        middle = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
        west, south, east, north = shapely.bounds(shape).tolist()
        shift = self._rng.uniform(-0.25, 0.25, 2) * np.array([east - west, north - south])
        moved = middle + shift
        x, y = (moved if shapely.contains_xy(shape, *moved) else middle).tolist()
        return x, y

    def _anchors(self, x: float, y: float, road: str) -> list[tuple[str, float, float]]:
        """What a site is named after: the crossing beside it, else the landmark near it, else nothing."""
        point = shapely.Point(x, y)
        near = self._crossing_tree.query_nearest(point, max_distance=CROSSING_M, all_matches=False)
        if len(near):
            cross = int(near[0])
            ways = self._plan.ways
            names = (ways[int(self._crossings.first[cross])].name, ways[int(self._crossings.second[cross])].name)
            both = names if names[0] == road or names[1] != road else names[::-1]
            return [(f"{both[0]}{both[1]}口", *self._crossings.points[cross].tolist())]
        near = self._landmark_tree.query_nearest(point, max_distance=LANDMARK_M, all_matches=False)
        if len(near):
            mark = self._landmarks[int(near[0])]
            return [(f"{road}{mark.name}", mark.x, mark.y)]
        return []

    def _numbered(self, name: str) -> str:
        """The name, with a number from the second site of that name on."""
        self._names[name] += 1
        return name if self._names[name] == 1 else f"{name} {self._names[name]}"


def _looks_along(bearing: float, dx: float, dy: float) -> bool:
    """Whether going along the bearing brings one nearer to (dx, dy)."""
    angle = np.radians(bearing)
    return bool(np.sin(angle) * dx + np.cos(angle) * dy >= 0)


def _direction(dx: float, dy: float) -> str:
    """On which side of an anchor something lies, in eight directions."""
    return DIRECTIONS[round(float(np.degrees(np.arctan2(dx, dy))) / 45.0) % 8]


def _secret(site: SiteRow) -> SiteRow:
    return SiteRow(
        code=site.code,
        name=site.name,
        site_class=site.site_class,
        owner=site.owner,
        mounting=site.mounting,
        height_m=site.height_m,
        secret=True,
        smart=site.smart,
        state=site.state,
        point=site.point,
    )
