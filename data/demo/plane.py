"""The plane that the demo is drawn in: metres east and north of a point of the prefecture.

A plain equirectangular plane: made-up ground needs no datum, and the same arithmetic gives the same bytes anywhere.
"""

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ORIGIN_LNG, ORIGIN_LAT = 111.9, 28.7
_NORTH_M = 110_850.0
_EAST_M = 111_320.0 * math.cos(math.radians(ORIGIN_LAT))


def to_plane(degrees: Floats) -> Floats:
    """(n, 2) longitudes and latitudes as metres."""
    moved: Floats = (degrees - np.array([ORIGIN_LNG, ORIGIN_LAT])) * np.array([_EAST_M, _NORTH_M])
    return moved


def to_degrees(metres: Floats) -> Floats:
    """(n, 2) metres as longitudes and latitudes."""
    moved: Floats = metres / np.array([_EAST_M, _NORTH_M]) + np.array([ORIGIN_LNG, ORIGIN_LAT])
    return moved
