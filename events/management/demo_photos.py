"""Photos of the demo, as phones send them: a drawing with place and time in its EXIF, no two with the same bytes."""

import hashlib
import struct
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point
from PIL import ExifTags, Image

from data.demo.pictures import picture
from events.models import Photo
from events.services import photos
from grid.policy import Access

_ZONE = ZoneInfo("Asia/Shanghai")


class Album:
    """Takes pictures in.

    Each drawing goes through the upload door once. Further copies differ in EXIF alone, which the door strips: so they
    get rows of their own, and share the kept bytes.
    """

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, bool], bytes] = {}
        self._kept: dict[tuple[str, bool], Photo] = {}

    def take(self, *, access: Access, scene: str, fixed: bool, point: Point, at: datetime) -> str:
        """Keep a photo taken at `point` (WGS-84) and time `at`; the digest that a report names it by."""
        key = (scene, fixed)
        if key not in self._drawn:
            self._drawn[key] = picture(scene, fixed=fixed)
        body = _with_exif(self._drawn[key], point, at)
        kept = self._kept.get(key)
        if kept is None:
            self._kept[key] = photos.keep(access=access, body=body)
            return self._kept[key].sha256
        return _copy(kept, access=access, body=body, point=point, at=at)


def _copy(kept: Photo, *, access: Access, body: bytes, point: Point, at: datetime) -> str:
    digest = hashlib.sha256(body).hexdigest()
    Photo.objects.get_or_create(
        sha256=digest,
        uploader_id=access.user,
        defaults={
            "stored": kept.stored, "width": kept.width, "height": kept.height, "size": kept.size,
            "taken_at": at.replace(microsecond=0), "point": point,
        },
    )  # fmt: skip
    return digest


def _with_exif(jpeg: bytes, point: Point, at: datetime) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{at.astimezone(_ZONE):%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: _sexagesimal(point.y),
            ExifTags.GPS.GPSLongitudeRef: "E", ExifTags.GPS.GPSLongitude: _sexagesimal(point.x),
        }
    )  # fmt: skip
    segment = exif.tobytes()
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    return float(whole), float(minutes), round((degrees - whole - minutes / 60) * 3600, 4)
