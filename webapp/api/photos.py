"""Photos over HTTP: sent once, by hash; shown to whoever may see an event that they belong to."""

from datetime import datetime
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from events.services import photos, viewing
from grid.refusals import NotFound
from webapp.api.auth import access

router = Router(tags=["photos"])


class PointOut(Schema):
    """Degrees, WGS-84."""

    lng: float
    lat: float


class PhotoOut(Schema):
    """A photo as it was kept; `sha256` is of the bytes that were sent, and is what a report names."""

    sha256: str
    url: str
    thumb: str
    width: int
    height: int
    taken_at: datetime | None
    point: PointOut | None


@router.post("/photos", response={201: PhotoOut}, summary="Send a photo")
def post_photo(request: HttpRequest, file: File[UploadedFile]) -> Status[PhotoOut]:
    """JPEG, PNG, WebP or HEIC, 20 MB and 40 megapixels at most. The same bytes again give the same answer."""
    body = file.read(settings.PHOTO_MAX_BYTES + 1)  # enough to see that it is too large
    photo = photos.keep(access=access(request), body=body)
    url = f"/api/v1/photos/{photo.sha256}"
    return Status(
        201,
        PhotoOut(
            sha256=photo.sha256, url=url, thumb=f"{url}?size=thumb", width=photo.width, height=photo.height,
            taken_at=photo.taken_at, point=PointOut(lng=photo.point.x, lat=photo.point.y) if photo.point else None,
        ),
    )  # fmt: skip


_PICTURE = {
    "description": "The picture.",
    "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
}


@router.get("/photos/{sha256}", summary="A photo", openapi_extra={"responses": {200: _PICTURE}})
def get_photo(request: HttpRequest, sha256: str, size: Literal["full", "thumb"] = "full") -> HttpResponse:
    """The picture, as image/jpeg."""
    stored = viewing.photo(access=access(request), sha256=sha256)
    path = photos.path_of(stored, thumb=size == "thumb")
    if not path.is_file():
        raise NotFound("no-such-photo", _("There is no such photo, or not for your post."))
    answer = HttpResponse(path.read_bytes(), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=86400, immutable"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
