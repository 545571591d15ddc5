"""Photos: what is taken, what of it is kept, what is refused, and with how much memory. Promise 45."""

import io
import random
import struct
import tracemalloc
import zipfile
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from events.models import Photo
from events.services import photos
from tests.factories import SANYI_GRID, reported, user_with
from tests.http.doors import API, TOKEN, Browser, degrees, middle, picture, problem

pytestmark = pytest.mark.django_db
CENTRE = "centre-430902005000"
SCRIPT = b"<html><script>alert(1)</script></html>"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:li>xmp-canary</rdf:li></x:xmpmeta>'


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def officer() -> Browser:
    return Browser(user_with("grid_officer", CENTRE, grid=SANYI_GRID))


def _exif(*, point: tuple[float, float] = (112.3021, 28.5954), taken: str = "2026:11:20 09:30:15") -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "maker-canary"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8769)[0x9003] = taken
    exif.get_ifd(0x8825).update({1: "N", 2: degrees(point[1]), 3: "E", 4: degrees(point[0])})
    return exif


def _drawn(kind: str, *, size: tuple[int, int] = (600, 300), **saved: Any) -> bytes:
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    out = io.BytesIO()
    image.save(out, kind, **saved)
    return out.getvalue()


def _kept(browser: Browser, sha256: str, size: str = "full") -> bytes:
    answer = browser.get(f"photos/{sha256}", size=size)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private")
    return bytes(answer.content)


def _chunked_png(*, width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG by hand: what its head claims need not be in it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_four_kinds_are_taken_read_and_stripped(officer, kind):
    answer = officer.upload(_drawn(kind, exif=_exif()), name="../../evil.php")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert told["point"] == pytest.approx({"lng": 112.3021, "lat": 28.5954}, abs=1e-5)
    assert datetime.fromisoformat(told["taken_at"]) == datetime(2026, 11, 20, 1, 30, 15, tzinfo=UTC)
    body = _kept(officer, told["sha256"])
    with Image.open(io.BytesIO(body)) as image:
        assert (image.format, image.size) == ("JPEG", (told["width"], told["height"]))
        assert (image.width < image.height) == (kind != "HEIF")  # turned upright; in HEIC the picture itself is turned
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Exif" not in body
    assert b"canary" not in body
    with Image.open(io.BytesIO(_kept(officer, told["sha256"], "thumb"))) as thumb:
        assert (thumb.format, max(thumb.size)) == ("JPEG", 400)
        assert not thumb.getexif()
    row = Photo.objects.get(sha256=told["sha256"])
    assert row.point is not None
    assert (row.point.x, row.point.y) == pytest.approx((112.3021, 28.5954), abs=1e-5)


def test_nothing_that_came_beside_the_picture_is_kept(officer):
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "text-canary <script>")
    sent = [
        _drawn("JPEG", comment=b"comment-canary <script>", xmp=XMP),
        _drawn("JPEG", icc_profile=b"icc-canary" * 20),
        _drawn("PNG", pnginfo=text),
        _drawn("WEBP", xmp=XMP),
        _drawn("JPEG") + SCRIPT + b"canary",
        _drawn("PNG") + b"canary" + SCRIPT,
        _drawn("JPEG") + _zipped(),
    ]
    for body in sent:
        answer = officer.upload(body)
        assert answer.status_code == 201, (body[:40], answer.content)
        for size in ("full", "thumb"):
            kept = _kept(officer, answer.json()["sha256"], size)
            assert b"canary" not in kept
            assert b"<script" not in kept
            assert b"PK\x03\x04" not in kept


def _zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("canary.html", SCRIPT)
    return out.getvalue()


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
FOREIGN = {
    "GIF": _drawn("GIF"), "GIF and script": b"GIF89a/*" + SCRIPT, "SVG": SVG, "HTML": SCRIPT, "BMP": _drawn("BMP"),
    "TIFF": _drawn("TIFF"), "ICO": _drawn("ICO"), "PPM": _drawn("PPM"), "PDF": b"%PDF-1.7\n" + SCRIPT,
    "PDF with a JPEG": _drawn("PDF"), "zip": _zipped(), "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "MP4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "text": b"just words", "one byte": b"\xff",
    "JPEG's first bytes in HTML": b"<!--\xff\xd8\xff-->" + SCRIPT, "ELF": b"\x7fELF" + bytes(60),
}  # fmt: skip


@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN.keys())
def test_everything_else_is_refused(officer, body):
    refused = problem(officer.upload(body, name="photo.jpg"), 422, "photo-kind")
    assert refused["errors"] == [{"field": "file", "message": refused["detail"]}]
    assert not Photo.objects.exists()


def test_empty_files_and_no_files(officer):
    problem(officer.upload(b""), 422, "photo-empty")
    problem(officer.client.post(f"{API}/photos", {}, headers={"X-CSRFToken": TOKEN}), 422, "invalid-fields")
    told = officer.client.post(f"{API}/photos", {"file": "words"}, headers={"X-CSRFToken": TOKEN})
    problem(told, 422, "invalid-fields")
    problem(officer.post("photos", {"file": "x"}), 422, "invalid-fields")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_cut_short_or_damaged_pictures_are_refused(officer, kind):
    whole = _drawn(kind, size=(200, 100))
    for length in (len(whole) // 4, len(whole) // 2, len(whole) * 3 // 4):
        answer = officer.upload(whole[:length])
        assert problem(answer, 422, answer.json()["code"])["code"] in {"photo-broken", "photo-kind"}, length
    rng = random.Random(kind)
    for _ in range(40):
        body = bytearray(whole)
        for _ in range(rng.randint(1, 30)):
            body[rng.randrange(12, len(body))] = rng.randrange(256)
        answer = officer.upload(bytes(body))
        assert answer.status_code in {201, 422}, body.hex()
    head = {"JPEG": b"\xff\xd8\xff\xe0", "PNG": b"\x89PNG\r\n\x1a\n", "WEBP": b"RIFF\x00\x00\x00\x00WEBP"}.get(kind)
    if head:
        answer = officer.upload(head + SCRIPT * 20)
        problem(answer, 422, answer.json()["code"])


def test_bombs_are_seen_before_they_are_decoded(officer):
    flat = io.BytesIO()
    Image.new("RGB", (8000, 5001)).save(flat, "JPEG", quality=10)
    bombs = [
        flat.getvalue(),
        _chunked_png(width=50_000, height=50_000, body=bytes(9)),
        _chunked_png(width=8000, height=5001, body=bytes(9)),
        _chunked_png(width=2**31 - 1, height=2**31 - 1),
        _chunked_png(width=1, height=40_000_001),
    ]
    tracemalloc.start()
    for bomb in bombs:
        answer = officer.upload(bomb)
        problem(answer, 422, "photo-too-many-pixels")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000
    problem(officer.upload(_chunked_png(width=200, height=200, body=bytes(9))), 422, "photo-broken")


def test_21_megabytes_are_too_many(officer):
    body = picture() + bytes(21 * 1024 * 1024)
    problem(officer.upload(body), 422, "photo-too-large")
    assert not Photo.objects.exists()


class _Long(io.RawIOBase):
    """A multipart body of 200 MB that stands nowhere."""

    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.jpg"\r\n\r\n\xff\xd8\xff'
    tail = b"\r\n--b--\r\n"
    size = 200 * 1024 * 1024

    def __init__(self) -> None:
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        size = min(size if size >= 0 else 65_536, self.size - self._at)
        block = bytearray(size)
        for part, start in ((self.head, 0), (self.tail, self.size - len(self.tail))):
            first, last = max(start, self._at), min(start + len(part), self._at + size)
            if first < last:
                block[first - self._at : last - self._at] = part[first - start : last - start]
        self._at += size
        return bytes(block)


def test_200_megabytes_are_refused_in_bounded_memory(officer):
    tracemalloc.start()
    answer = officer.client.request(
        **{
            "REQUEST_METHOD": "POST", "PATH_INFO": f"{API}/photos", "CONTENT_TYPE": "multipart/form-data; boundary=b",
            "CONTENT_LENGTH": str(_Long.size), "wsgi.input": _Long(), "HTTP_X_CSRFTOKEN": TOKEN,
        }
    )  # fmt: skip
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    problem(answer, 422, "photo-too-large")
    assert peak < 64 * 1024 * 1024, peak


def test_what_the_camera_wrote_is_believed_only_where_it_makes_sense(officer):
    broken_date = _drawn("JPEG", exif=_exif(taken="0000:00:00 00:00:00"))
    told = officer.upload(broken_date).json()
    assert (told["taken_at"], told["point"] is None) == (None, False)
    for point in ((1000.0, 28.0), (112.0, 95.0)):
        told = officer.upload(_drawn("JPEG", exif=_exif(point=point))).json()
        assert (told["point"], told["taken_at"] is None) == (None, False)
    for tags in ({2: (1.0,), 4: (2.0,)}, {2: (1.0, 2.0, 3.0)}, {1: "X", 3: "Y"}, {}):
        exif = Image.Exif()
        exif.get_ifd(0x8825).update(tags)
        answer = officer.upload(_drawn("JPEG", exif=exif))
        assert (answer.status_code, answer.json()["point"]) == (201, None)


def test_pictures_of_every_mode_are_taken(officer):
    see_through = Image.new("P", (50, 40))
    see_through.info["transparency"] = bytes(range(256))
    for number, image in enumerate(
        [Image.new(mode, (40, 30 + at)) for at, mode in enumerate(("L", "LA", "RGBA", "1", "I;16"))] + [see_through]
    ):
        out = io.BytesIO()
        image.save(out, "PNG")
        assert officer.upload(out.getvalue()).status_code == 201, number
    out = io.BytesIO()
    Image.new("CMYK", (40, 30)).save(out, "JPEG")
    assert officer.upload(out.getvalue()).status_code == 201


def test_a_large_picture_is_made_smaller(officer):
    told = officer.upload(_drawn("JPEG", size=(4000, 1000))).json()
    assert (told["width"], told["height"]) == (photos.LONGEST_SIDE, photos.LONGEST_SIDE // 4)


def test_the_same_bytes_give_the_same_answer(officer):
    body = picture()
    first, second = officer.upload(body), officer.upload(body, name="other.png")
    assert first.json() == second.json()
    assert Photo.objects.count() == 1


def test_a_photo_is_its_senders_until_it_belongs_to_an_event(officer):
    sha256 = officer.photo(point=middle())
    colleague = Browser(user_with("acceptor", CENTRE))
    stranger = Browser(user_with("acceptor", "centre-430903001000"))
    for reader in (colleague, stranger):
        problem(reader.get(f"photos/{sha256}"), 404, "no-such-photo")
        problem(reader.get(f"photos/{sha256}", size="thumb"), 404, "no-such-photo")
    assert Browser(None).get(f"photos/{sha256}").status_code == 401
    lng, lat = middle()
    body = {
        "client_id": "b0a4b3b0-7a53-4ac9-8a39-6c8a4ed25a10", "category": "06-001", "photos": [sha256],
        "point": {"lng": lng, "lat": lat, "crs": "wgs84"},
    }  # fmt: skip
    assert officer.post("events", body).status_code == 201
    assert colleague.get(f"photos/{sha256}").status_code == 200
    problem(stranger.get(f"photos/{sha256}"), 404, "no-such-photo")


def test_a_photo_without_its_file_is_not_there(officer, settings, tmp_path):
    sha256 = officer.photo()
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    problem(officer.get(f"photos/{sha256}"), 404, "no-such-photo")
    problem(officer.get(f"photos/{sha256}", size="huge"), 422, "invalid-fields")


def test_the_stored_name_is_no_address(officer):
    """Photos are asked for by what was sent, never by the file's own name."""
    event = reported(officer=officer.user)
    stored = Photo.objects.get(uploader=officer.user).stored
    assert event.pk
    problem(officer.get(f"photos/{stored}"), 404, "no-such-photo")
