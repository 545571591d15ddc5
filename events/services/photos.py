"""Photos in: only pictures, re-encoded, EXIF position read and stripped, on disk before the row that names them."""

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import filetype
import pillow_heif
from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps

from events.models import Photo
from grid.coordinates import CoordinateError, Crs, to_wgs84
from grid.policy import Access, visible_regions
from grid.refusals import Forbidden, Invalid
from grid.services import audit

KINDS = {"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"}
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")  # no other decoder of Pillow is ever tried
LONGEST_SIDE = 2560  # pixels: enough to read a sign, small enough for a phone's uplink
THUMB_SIDE = 400
_CAMERA_ZONE = ZoneInfo("Asia/Shanghai")  # EXIF times carry no zone

T = TypeVar("T")

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = settings.PHOTO_MAX_PIXELS


@dataclass(frozen=True)
class _Picture:
    full: bytes
    thumb: bytes
    width: int
    height: int
    taken_at: datetime | None
    point: Point | None


def keep(*, access: Access, body: bytes) -> Photo:
    """Take one uploaded picture and answer its row; the same bytes from the same person give the same row.

    Raises Invalid for anything but a JPEG, PNG, WebP or HEIC of at most 20 MB and 40 megapixels, Forbidden for whoever
    has no part in the work that photos are for.
    """
    if access.user is None or not visible_regions(access):
        raise Forbidden("photos-not-yours", _("Photos are sent by those who report, handle or check events."))
    if not body:
        raise Invalid("photo-empty", _("The file is empty. Take the photo again."), field="file")
    if len(body) > settings.PHOTO_MAX_BYTES:
        raise Invalid("photo-too-large", _("The photo is larger than 20 MB. Make it smaller."), field="file")
    digest = hashlib.sha256(body).hexdigest()
    known = Photo.objects.filter(sha256=digest, uploader_id=access.user).first()
    if known:
        return known
    picture = _decode(body)
    stored = hashlib.sha256(picture.full).hexdigest()
    _write(path_of(stored), picture.full)
    _write(path_of(stored, thumb=True), picture.thumb)
    with transaction.atomic():
        photo, made = Photo.objects.get_or_create(
            sha256=digest,
            uploader_id=access.user,
            defaults={
                "stored": stored, "width": picture.width, "height": picture.height, "size": len(picture.full),
                "taken_at": picture.taken_at, "point": picture.point,
            },
        )  # fmt: skip
        if made:
            audit.record(access=access, action="photo.keep", kind="photo", subject=digest)
    return photo


def path_of(stored: str, *, thumb: bool = False) -> Path:
    """Where the kept bytes lie."""
    return Path(settings.MEDIA_ROOT) / stored[:2] / stored[2:4] / f"{stored}{'.thumb' if thumb else ''}.jpg"


def _decode(body: bytes) -> _Picture:
    kind = filetype.guess(body)
    if kind is None or kind.mime not in KINDS:
        raise Invalid("photo-kind", _("Only JPEG, PNG, WebP and HEIC pictures are taken."), field="file")
    try:
        with Image.open(io.BytesIO(body), formats=FORMATS) as image:
            if image.width * image.height > settings.PHOTO_MAX_PIXELS:
                raise Image.DecompressionBombError
            image.load()
            taken_at, point = _exif(image)
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid("photo-too-many-pixels", _("The picture has more than 40 megapixels."), field="file") from None
    except Exception:  # decoders fail on crafted bytes in every way there is
        raise Invalid("photo-broken", _("The picture is damaged or cut short. Send it again."), field="file") from None
    upright.info.clear()  # a comment would be written into the new file as it stood in the old one
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    small = upright.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    return _Picture(_jpeg(upright, 88), _jpeg(small, 80), upright.width, upright.height, taken_at, point)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _exif(image: Image.Image) -> tuple[datetime | None, Point | None]:
    """When and where, as far as the camera says so credibly; a phone's GPS is WGS-84."""
    exif = _read(image.getexif)
    if exif is None:
        return None, None
    return _read(lambda: _taken_at(exif)), _read(lambda: _position(exif.get_ifd(ExifTags.IFD.GPSInfo)))


def _read(part: Callable[[], T]) -> T | None:
    """A part of the EXIF; None where it makes no sense: it is whatever somebody wrote, no picture is refused for it."""
    try:
        return part()
    except Exception:
        return None


def _taken_at(exif: Image.Exif) -> datetime | None:
    text = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    if not text:
        return None
    return datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S").replace(tzinfo=_CAMERA_ZONE)


def _position(gps: dict[int, object]) -> Point | None:
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef) == "S")
    lng = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef) == "W")
    if lat is None or lng is None:
        return None
    try:
        return Point(*to_wgs84(lng, lat, Crs.WGS84), srid=4326)
    except CoordinateError:
        return None


def _degrees(parts: object, negative: bool) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value


def _write(path: Path, body: bytes) -> None:
    """All of it on disk, or nothing: written beside, synced, then renamed, and the folder synced too."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with beside.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
