"""Checks of single geometries: there, of the right type, within range, valid, with an area."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from data.pipeline.problems import Problem, ProblemKind, Where

MIN_AREA_M2 = 1.0
METRES_PER_DEGREE = 111_319.49
POLYGON = frozenset({"Polygon"})
POINT = frozenset({"Point"})
LINE = frozenset({"LineString", "MultiLineString"})
AREA = frozenset({"Polygon", "MultiPolygon"})


def area_m2(shape: Any) -> float:
    """Area of a small shape in square metres, by the local scale of degrees (within 1 %: a figure for people)."""
    if shapely.is_empty(shape):
        return 0.0
    lat = float(np.mean(shapely.bounds(shape)[[1, 3]]))
    return float(shapely.area(shape)) * METRES_PER_DEGREE**2 * float(np.cos(np.radians(lat)))


def where(shape: Any, near: str = "") -> Where | None:
    """A point on a shape (or its first vertex where the shape is broken); None where it has no finite vertex."""
    if shape is None or shapely.is_empty(shape):
        return None
    spot = shapely.point_on_surface(shape) if shapely.is_valid(shape) else shapely.points(_first(shape))
    lng, lat = float(shapely.get_x(spot)), float(shapely.get_y(spot))
    return Where(lng, lat, near) if np.isfinite([lng, lat]).all() else None


def _first(shape: Any) -> Any:
    return shapely.get_coordinates(shape)[0]


def sound(shapes: npt.NDArray[np.object_], allowed: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Which geometries need no closer look: the vectorised form of `shape_problem(...) is None`."""
    types = {shapely.GeometryType[name.upper()].value for name in allowed}
    bounds = shapely.bounds(shapes)
    inside = (np.abs(bounds) <= np.array([180.0, 90.0, 180.0, 90.0])).all(axis=1)
    good = np.isin(shapely.get_type_id(shapes), list(types)) & ~shapely.is_empty(shapes) & inside
    good &= shapely.is_valid(shapes)
    if allowed >= POLYGON:
        spread = np.cos(np.radians(bounds[:, 1])) * METRES_PER_DEGREE**2
        good &= ~(shapely.get_dimensions(shapes) == 2) | (shapely.area(shapes) * spread >= 2 * MIN_AREA_M2)
    verdict: npt.NDArray[np.bool_] = good
    return verdict


def shape_problem(label: str, name: str, shape: Any, allowed: frozenset[str]) -> Problem | None:
    """What is wrong with one geometry, if anything; nothing is repaired here or anywhere."""
    if shape is None or shapely.is_empty(shape):
        return Problem(ProblemKind.MISSING_SHAPE, label, "the row has no geometry or an empty one")
    place = where(shape, name)
    if shape.geom_type not in allowed:
        reason = f"its geometry is a {shape.geom_type}; it must be a {' or '.join(sorted(allowed))}"
        return Problem(ProblemKind.WRONG_SHAPE, label, reason, place)
    return _range_problem(label, shape, place) or _form_problem(label, shape, place)


def _range_problem(label: str, shape: Any, place: Where | None) -> Problem | None:
    west, south, east, north = (float(edge) for edge in shapely.bounds(shape))
    finite = bool(np.isfinite(shapely.get_coordinates(shape)).all())
    if finite and west >= -180 and east <= 180 and south >= -90 and north <= 90:
        return None
    reason = "it has a coordinate that is not a longitude and latitude; check the axes and the coordinate system"
    return Problem(ProblemKind.OUT_OF_RANGE, label, reason, place)


def _form_problem(label: str, shape: Any, place: Where | None) -> Problem | None:
    if not shapely.is_valid(shape):
        reason = f"{shapely.is_valid_reason(shape)}; draw it again"
        return Problem(ProblemKind.INVALID_SHAPE, label, reason, place)
    if "Polygon" in shape.geom_type and area_m2(shape) < MIN_AREA_M2:
        return Problem(ProblemKind.ZERO_AREA, label, f"its area is less than {MIN_AREA_M2:g} m²", place)
    return None
