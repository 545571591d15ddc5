"""Rows of a city file (`...Row`: what a file says) and of a proved `Ground` (with what the reader worked out)."""

from dataclasses import dataclass, field
from enum import StrEnum

from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon

from data.pipeline.codes import Level


class GridKind(StrEnum):
    """Kind of a grid."""

    URBAN = "urban"
    RURAL = "rural"


class State(StrEnum):
    """What was last known of a site or channel; unknown is not offline."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class Mounting(StrEnum):
    """What a site's cameras hang on."""

    POLE = "pole"
    GANTRY = "gantry"
    WALL = "wall"
    BUILDING = "building"
    OTHER = "other"


class Codec(StrEnum):
    """Video coding of a channel."""

    H264 = "h264"
    H265 = "h265"


class OrganisationKind(StrEnum):
    """Command centre, functional department, or owner and maintainer."""

    CENTRE = "centre"
    DEPARTMENT = "department"
    UNIT = "unit"


class ComponentKind(StrEnum):
    """What a component of a street is."""

    MANHOLE = "manhole"
    LAMP = "lamp"
    HYDRANT = "hydrant"
    BIN = "bin"
    GUARDRAIL = "guardrail"
    SIGNAL = "signal"
    POLE = "pole"
    VALVE = "valve"
    DRAIN = "drain"
    TOILET = "toilet"
    OTHER = "other"


class ComponentState(StrEnum):
    """Whether a component is there."""

    IN_USE = "in_use"
    REMOVED = "removed"


class RoadClass(StrEnum):
    """Class of a road, widest first."""

    EXPRESSWAY = "expressway"
    ARTERIAL = "arterial"
    STREET = "street"
    RURAL = "rural"


class WaterKind(StrEnum):
    """Kind of water; streams are lines, the others polygons."""

    RIVER = "river"
    LAKE = "lake"
    RESERVOIR = "reservoir"
    STREAM = "stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRow:
    """A region as the file names it; `parent` is null for the root alone."""

    code: str
    name: str
    level: Level
    parent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Region(RegionRow):
    """A proved region: `path` from the root ("4309/430902/"), `boundary` the union of its grids, WGS-84 degrees."""

    path: str
    boundary: MultiPolygon


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """A grid as the file draws it; `village` is a 12-digit region code, `shape` in WGS-84 degrees."""

    code: str
    name: str
    village: str
    kind: GridKind
    households: int
    shape: Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid(GridRow):
    """A proved grid: `path` is its village's path, its 15 digits and "/"."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """A point where cameras stand; `owner` is an organisation's code, `height_m` metres above ground."""

    code: str
    name: str
    site_class: str
    owner: str
    mounting: Mounting
    height_m: float
    secret: bool
    smart: bool
    state: State
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(SiteRow):
    """A proved site: `grid` is the 15-digit code of the grid that covers it (on an edge the lowest code)."""

    grid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One stream of a site; `azimuth_deg` clockwise from north, `fov_deg` the whole angle, `range_m` metres.

    `stream_path` is a path on the city's stream source, never an address or a password.
    """

    code: str
    site: str
    number: int
    name: str
    azimuth_deg: float
    fov_deg: float
    range_m: float
    codec: Codec
    stream_path: str
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A centre, department or unit; `region` is a 12-digit code, `function` "" except for departments."""

    code: str
    name: str
    short_name: str
    kind: OrganisationKind
    level: Level
    region: str
    function: str
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """A named piece of road, WGS-84 degrees."""

    name: str
    road_class: RoadClass
    line: LineString | MultiLineString


@dataclass(frozen=True, slots=True, kw_only=True)
class Water:
    """A river, lake, reservoir (polygons) or stream (lines), WGS-84 degrees."""

    name: str
    kind: WaterKind
    shape: Polygon | MultiPolygon | LineString | MultiLineString


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named place for address search; `kind` is a lower-case word such as "school", "market", "village".

    `aliases` are other names that people use for it.
    """

    name: str
    kind: str
    point: Point
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseNumber:
    """A house number of the road of this name that passes nearest; WGS-84 degrees."""

    road: str
    number: int
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRow:
    """A component of a street; `owner` is an organisation's code, `point` in WGS-84 degrees."""

    code: str
    kind: ComponentKind
    name: str
    owner: str
    state: ComponentState
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A device that reports by itself; `source` is the code of the system that speaks for it ("": the file's only one),
    `organisation` an organisation's code ("": nobody's), `point` in WGS-84 degrees."""

    source: str
    code: str
    kind: str
    name: str
    organisation: str
    address: str
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundFrames:
    """What `write_ground` writes: rows with geometries in WGS-84 degrees."""

    regions: tuple[RegionRow, ...]
    grids: tuple[GridRow, ...]
    sites: tuple[SiteRow, ...] = ()
    channels: tuple[Channel, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    roads: tuple[Road, ...] = ()
    waters: tuple[Water, ...] = ()
    places: tuple[Place, ...] = ()
    numbers: tuple[HouseNumber, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundReport:
    """What was counted and proved: rows per layer and level, area in square kilometres, gaps and overlaps (0, 0)."""

    counts: tuple[tuple[str, int], ...]
    area_km2: float
    gaps: int
    overlaps: int

    def count(self, name: str) -> int:
        """The count of a level ("county", "grid") or layer ("site"); 0 for one that the ground lacks."""
        return dict(self.counts).get(name, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A proved city: WGS-84 degrees on the lattice, regions in path order, grids and all else in code order."""

    regions: tuple[Region, ...]
    grids: tuple[Grid, ...]
    sites: tuple[Site, ...]
    channels: tuple[Channel, ...]
    organisations: tuple[Organisation, ...]
    roads: tuple[Road, ...]
    waters: tuple[Water, ...]
    places: tuple[Place, ...]
    numbers: tuple[HouseNumber, ...]
    report: GroundReport = field(compare=False)

    @property
    def root(self) -> Region:
        """The widest region: the one whose path begins every other."""
        return self.regions[0]
