"""Coordinates: WGS-84 and CGCS2000 <-> GCJ-02 <-> BD-09, the lattice that all points lie on, and range checks. Pure.

GCJ-02 has no published text; the forward formula is the one that every public implementation shares (first made
known by the eviltransform project). CGCS2000 differs from WGS-84 by centimetres and is taken as the same. A point
keeps the name of the system it came in (`Crs`), so that nobody converts it twice.
"""

import math
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LATTICE = 2.0**-24
"""Step of the lattice in degrees (6 mm); a power of two, so that snapping is exact."""

_AXIS_M = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_BOX = (72.004, 0.8293, 137.8347, 55.8271)
_BD_TURN = math.pi * 3000.0 / 180.0
_STEPS = 3
_CHINA_NORTH = 60.0


class Crs(StrEnum):
    """Systems that a point may come in."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class CoordinateError(ValueError):
    """A coordinate that can't be a place; the message says what is wrong and what to check."""


def check(lng: float, lat: float) -> None:
    """Raise `CoordinateError` unless (lng, lat) in degrees is finite, within range and not plainly swapped."""
    if not (math.isfinite(lng) and math.isfinite(lat)):
        raise CoordinateError(f"lng {lng} and lat {lat} must be finite numbers")
    if lat > _CHINA_NORTH and lng < _CHINA_NORTH:
        raise CoordinateError(f"lng {lng} and lat {lat}: swapped? A point in China has the larger number first")
    if not -180.0 <= lng <= 180.0:
        raise CoordinateError(f"lng {lng} is not within -180 and 180 degrees")
    if not -90.0 <= lat <= 90.0:
        raise CoordinateError(f"lat {lat} is not within -90 and 90 degrees")


def snap(lng: float, lat: float) -> tuple[float, float]:
    """The nearest point of the lattice (ties to even); at most 4.7 mm away. Finite degrees in, degrees out."""
    return round(lng / LATTICE) * LATTICE, round(lat / LATTICE) * LATTICE


def snap_array(degrees: Floats) -> Floats:
    """`snap` for an array of longitudes, latitudes or both."""
    snapped: Floats = np.rint(degrees / LATTICE) * LATTICE
    return snapped


def to_wgs84(lng: float, lat: float, crs: Crs) -> tuple[float, float]:
    """Degrees of `crs` as WGS-84 degrees, not snapped. Raises `CoordinateError` as `check` does."""
    check(lng, lat)
    if crs in (Crs.WGS84, Crs.CGCS2000):
        return lng, lat
    if crs is Crs.BD09:
        lng, lat = bd09_to_gcj02(lng, lat)
    return gcj02_to_wgs84(lng, lat)


def wgs84_to_gcj02(lng: float, lat: float) -> tuple[float, float]:
    """WGS-84 degrees as GCJ-02; unchanged outside the box around China where GCJ-02 is defined."""
    return _single(wgs84_to_gcj02_array(*_pair(lng, lat)))


def gcj02_to_wgs84(lng: float, lat: float) -> tuple[float, float]:
    """GCJ-02 degrees as WGS-84, to 0.1 mm of the forward formula."""
    return _single(gcj02_to_wgs84_array(*_pair(lng, lat)))


def gcj02_to_bd09(lng: float, lat: float) -> tuple[float, float]:
    """GCJ-02 degrees as BD-09."""
    return _single(gcj02_to_bd09_array(*_pair(lng, lat)))


def bd09_to_gcj02(lng: float, lat: float) -> tuple[float, float]:
    """BD-09 degrees as GCJ-02, to 0.1 mm of the forward formula."""
    return _single(bd09_to_gcj02_array(*_pair(lng, lat)))


def wgs84_to_gcj02_array(lng: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """`wgs84_to_gcj02` for arrays of one length."""
    west, south, east, north = _BOX
    inside = (lng >= west) & (lng <= east) & (lat >= south) & (lat <= north)
    east_m, north_m = _shift_m(lng - 105.0, lat - 35.0)
    phi = np.radians(lat)
    curve = 1.0 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    along = np.degrees(east_m / (_AXIS_M / np.sqrt(curve) * np.cos(phi)))
    up = np.degrees(north_m / (_AXIS_M * (1.0 - _ECCENTRICITY_2) / (curve * np.sqrt(curve))))
    return np.where(inside, lng + along, lng), np.where(inside, lat + up, lat)


def gcj02_to_wgs84_array(lng: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """`gcj02_to_wgs84` for arrays of one length: three fixed-point steps over the forward formula."""
    x, y = lng, lat
    for _ in range(_STEPS):
        there_x, there_y = wgs84_to_gcj02_array(x, y)
        x, y = x - (there_x - lng), y - (there_y - lat)
    return x, y


def gcj02_to_bd09_array(lng: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """`gcj02_to_bd09` for arrays of one length."""
    radius = np.hypot(lng, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lng) + 0.000003 * np.cos(lng * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02_array(lng: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """`bd09_to_gcj02` for arrays of one length: the usual inverse, then three fixed-point steps."""
    x, y = lng - 0.0065, lat - 0.006
    for _ in range(_STEPS):
        there_x, there_y = gcj02_to_bd09_array(x, y)
        x, y = x - (there_x - lng), y - (there_y - lat)
    return x, y


def _shift_m(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The obfuscation in metres east and north, for degrees from 105 E, 35 N."""
    root = np.sqrt(np.abs(x))
    short = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + (short + _waves(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + (short + _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))) * 2.0 / 3.0
    return east, north


def _waves(value: Floats, *terms: tuple[float, float]) -> Floats:
    """Sum of amplitude x sin(pi x value / divisor)."""
    total: Floats = np.zeros_like(value)
    for amplitude, divisor in terms:
        total = total + amplitude * np.sin(np.pi * value / divisor)
    return total


def _pair(lng: float, lat: float) -> tuple[Floats, Floats]:
    return np.array([lng], dtype=np.float64), np.array([lat], dtype=np.float64)


def _single(pair: tuple[Floats, Floats]) -> tuple[float, float]:
    return float(pair[0][0]), float(pair[1][0])


def metres_between(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Great-circle distance in metres between two WGS-84 (lng, lat) points on a sphere of 6,371,008.8 m (IUGG mean)."""
    lng_a, lat_a, lng_b, lat_b = (math.radians(value) for value in (*a[:2], *b[:2]))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lng_b - lng_a) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(min(1.0, math.sqrt(half)))


def bearing(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Initial great-circle bearing from `a` to `b` (lng, lat), degrees clockwise from north, in [0, 360)."""
    lng_a, lat_a, lng_b, lat_b = (math.radians(value) for value in (*a[:2], *b[:2]))
    east = math.sin(lng_b - lng_a) * math.cos(lat_b)
    north = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(lng_b - lng_a)
    return math.degrees(math.atan2(east, north)) % 360
