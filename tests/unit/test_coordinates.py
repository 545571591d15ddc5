"""Promise 65 and the lattice: conversions agree with others, come back, and bad points are refused by name."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.pipeline import lattice
from grid import coordinates
from grid.coordinates import CoordinateError, Crs, check, snap, to_wgs84

METRES = 111_320.0
CITY_LNG = st.floats(110.0, 114.0)
CITY_LAT = st.floats(27.0, 30.0)
CHINA_LNG = st.floats(74.0, 135.0)
CHINA_LAT = st.floats(4.0, 53.0)


def _points(count: int) -> tuple[coordinates.Floats, coordinates.Floats]:
    rng = np.random.default_rng(65)
    return rng.uniform(73.7, 135.0, count), rng.uniform(3.9, 53.5, count)


def _metres_apart(x, y, lng, lat) -> float:
    return float(np.max(np.hypot((x - lng) * np.cos(np.radians(lat)), y - lat)) * METRES)


def test_gcj02_round_trip_within_a_metre_at_ten_thousand_points():
    lng, lat = _points(10_000)
    gcj = coordinates.wgs84_to_gcj02_array(lng, lat)
    assert _metres_apart(*gcj, lng, lat) > 300, "GCJ-02 moves points by hundreds of metres"
    assert _metres_apart(*coordinates.gcj02_to_wgs84_array(*gcj), lng, lat) < 0.001


def test_bd09_round_trip_within_a_metre_at_ten_thousand_points():
    lng, lat = _points(10_000)
    bd = coordinates.gcj02_to_bd09_array(*coordinates.wgs84_to_gcj02_array(lng, lat))
    back = coordinates.gcj02_to_wgs84_array(*coordinates.bd09_to_gcj02_array(*bd))
    assert _metres_apart(*back, lng, lat) < 0.001


def test_known_points():
    """Two points of the capital, as public implementations give them, to a metre."""
    assert coordinates.wgs84_to_gcj02(116.3913, 39.9075) == pytest.approx((116.39754, 39.90890), abs=1e-5)
    assert coordinates.gcj02_to_bd09(116.404, 39.915) == pytest.approx((116.41036949, 39.92133699), abs=2e-6)


def test_forward_agrees_with_eviltransform():
    other = pytest.importorskip("eviltransform")
    lng, lat = _points(2_000)
    theirs = np.array([other.wgs2gcj(y, x) for x, y in zip(lng, lat, strict=True)])
    ours = coordinates.wgs84_to_gcj02_array(lng, lat)
    assert _metres_apart(*ours, theirs[:, 1], theirs[:, 0]) < 0.05


def test_both_ways_agree_with_coord_convert():
    other = pytest.importorskip("coord_convert.transform")
    lng, lat = _points(2_000)
    theirs = np.array([other.wgs2gcj(x, y) for x, y in zip(lng, lat, strict=True)])
    ours = coordinates.wgs84_to_gcj02_array(lng, lat)
    assert _metres_apart(*ours, theirs[:, 0], theirs[:, 1]) < 0.05
    theirs_back = np.array([other.gcj2wgs(x, y) for x, y in theirs])
    back = coordinates.gcj02_to_wgs84_array(theirs[:, 0], theirs[:, 1])
    assert _metres_apart(*back, theirs_back[:, 0], theirs_back[:, 1]) < 0.2


@given(CITY_LNG, CITY_LAT)
def test_scalar_and_array_agree(lng, lat):
    pair = coordinates.wgs84_to_gcj02_array(np.array([lng]), np.array([lat]))
    assert coordinates.wgs84_to_gcj02(lng, lat) == (float(pair[0][0]), float(pair[1][0]))


@given(CHINA_LNG, CHINA_LAT, st.sampled_from(Crs))
def test_to_wgs84_undoes_each_system(lng, lat, crs):
    gcj = coordinates.wgs84_to_gcj02(lng, lat)
    x, y = {Crs.GCJ02: gcj, Crs.BD09: coordinates.gcj02_to_bd09(*gcj)}.get(crs, (lng, lat))
    assert to_wgs84(x, y, crs) == pytest.approx((lng, lat), abs=1e-8)


def test_outside_china_nothing_moves():
    assert coordinates.wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)
    assert coordinates.gcj02_to_wgs84(2.35, 48.85) == (2.35, 48.85)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_snapping_is_near_exact_and_idempotent(lng, lat):
    x, y = snap(lng, lat)
    assert abs(x - lng) <= coordinates.LATTICE / 2
    assert abs(y - lat) <= coordinates.LATTICE / 2
    assert snap(x, y) == (x, y)
    assert (x / coordinates.LATTICE).is_integer()
    assert coordinates.snap_array(np.array([lng, lat])).tolist() == [x, y]


@given(st.lists(st.floats(-180, 180), min_size=1))
def test_files_and_points_share_one_lattice(values):
    """`data` imports no app, so the lattice stands in two places: they must stay the same."""
    assert lattice.LATTICE == coordinates.LATTICE
    assert lattice.snap_array(np.array(values)).tolist() == coordinates.snap_array(np.array(values)).tolist()


@pytest.mark.parametrize(
    ("lng", "lat", "words"),
    [
        (math.nan, 28.5, "finite"),
        (112.3, math.inf, "finite"),
        (181.0, 28.5, "lng 181.0 is not within"),
        (-180.5, 28.5, "lng -180.5"),
        (112.3, -90.5, "lat -90.5 is not within"),
        (112.3, 90.1, "lat 90.1"),
        (28.6, 112.3, "swapped?"),
        (28.6, 75.0, "swapped?"),
    ],
)
def test_bad_points_are_refused_with_a_reason(lng, lat, words):
    with pytest.raises(CoordinateError, match=words.replace("?", r"\?")):
        check(lng, lat)
    with pytest.raises(CoordinateError):
        to_wgs84(lng, lat, Crs.GCJ02)


@pytest.mark.parametrize(("lng", "lat"), [(112.3, 28.6), (-180.0, -90.0), (180.0, 0.0), (73.5, 53.5)])
def test_good_points_pass(lng, lat):
    check(lng, lat)
