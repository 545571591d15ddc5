"""Points of a GeoPackage, read without the GIS packages: a simulator must start quickly."""

import struct


def point(geometry: bytes) -> tuple[float, float]:
    """Longitude and latitude of the point in a GeoPackage geometry (OGC 12-128r18, 2.1.3).

    That is a header of 8 bytes and an envelope, then WKB. Raises ValueError for anything but a point.
    """
    envelope = (0, 32, 48, 48, 64)[geometry[3] >> 1 & 7]
    start = 8 + envelope
    order = "<" if geometry[start] else ">"
    kind, lng, lat = struct.unpack_from(f"{order}Idd", geometry, start + 1)
    if kind % 1000 != 1:
        raise ValueError("this is no point")
    return lng, lat
