"""The lattice of 2^-24 degree (6 mm) that every coordinate of the ground lies on.

With vertices and points on one lattice, shapely and PostGIS agree about a point on an edge. `grid.coordinates`
snaps single points the same way; a test holds the two together.
"""

import numpy as np
import numpy.typing as npt

LATTICE = 2.0**-24


def snap_array(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Degrees rounded to the nearest multiple of `LATTICE` (ties to even); exact in binary floating point."""
    snapped: npt.NDArray[np.float64] = np.rint(degrees / LATTICE) * LATTICE
    return snapped
