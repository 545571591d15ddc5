"""Bad input over HTTP: a clear problem, nothing changed, bounded work. Promises 43, 44, 53."""

import json
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event, JournalEntry
from gis_layers.models import PlaybackSession, Site
from grid.coordinates import Crs, gcj02_to_bd09, wgs84_to_gcj02
from grid.models import Grid
from grid.selectors import ground_index
from tests.factories import SANYI_GRID, reported, user_with
from tests.http.doors import API, PROBLEM, Browser, middle, problem
from tests.http.pages import build
from tests.http.routes import routes

pytestmark = pytest.mark.django_db
CENTRE, CITY_CENTRE = "centre-430902005000", "centre-430900000000"


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.TILE_ROOT = tmp_path / "tiles"
    settings.CLIENT_MANIFEST = build(tmp_path)


@pytest.fixture
def reader() -> Browser:
    """Somebody with every post that opens a door here."""
    user = user_with("acceptor", CITY_CENTRE)
    for role in ("dispatcher", "shift_lead", "auditor"):
        user_with(role, CITY_CENTRE, user=user)
    return Browser(user, raises=False)


NOT_JSON = {
    "NaN": b'{"version":NaN}', "Infinity": b'{"version":Infinity}', "-Infinity": b"[-Infinity]",
    "1e999": b'{"version":1e999}', "keys twice": b'{"step":"accept","step":"close"}',
    "keys twice, escaped": b'{"step":1,"\\u0073tep":2}', "deep": b"[" * 10_000 + b"]" * 10_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "deep and open": b"[" * 10_000,
    "lone surrogate": b'{"text":"\\ud800"}', "lone surrogate in a list": b'{"photos":[["\\udfff"]]}',
    "NUL": b'{"text":"a\\u0000b"}', "NUL as a key": b'{"\\u0000":1}', "NUL alone": b'"\\u0000"',
    "not UTF-8": b'{"text":"\xff\xfe"}', "UTF-16": '{"a":1}'.encode("utf-16"), "BOM": b"\xef\xbb\xbf{}",
    "huge integer": b'{"version":' + b"9" * 5000 + b"}", "huger integer": b"[" + b"9" * 500_000 + b"]",
    "unclosed": b'{"version":1', "two values": b"{}{}", "trailing comma": b'{"a":1,}', "words": b"step=accept",
    "nothing": b"", "too large": b'"' + b"x" * 1_100_000 + b'"', "control character": b'{"a":"\n"}',
}  # fmt: skip
WRONG_TYPES: dict[str, Any] = {
    "null": None, "list": [], "text": "x", "number": 7, "true": True, "empty": {}, "nested": {"a": {"b": [{}]}},
    "numbers for texts": {"client_id": 1, "category": 2, "point": 3, "step": 4, "version": "x", "channel": 5},
    "texts for numbers": {"point": {"lng": "x", "lat": "y", "crs": "wgs84"}, "version": "one", "step": "accept"},
    "lists for all": {"client_id": [], "category": [], "point": [], "step": [], "version": [], "channel": []},
    "nulls for all": {"client_id": None, "category": None, "point": None, "step": None, "channel": None},
    "negative": {"step": "accept", "version": -1}, "zero": {"step": "accept", "version": 0},
    "fraction": {"step": "accept", "version": 1.5}, "beyond 64 bits": {"step": "accept", "version": 2**63},
    "yes and no": {"step": "accept", "version": True},
    "long": {"step": "note", "version": 1, "text": "长" * 20_001}, "prototype": {"__proto__": {"a": 1}},
}  # fmt: skip
MOST_QUERIES = 8  # session, user, posts, savepoints: what it costs to know who asks
MOST_MEMORY = 24 * 1024 * 1024
LONG_BODY = 5_000  # bytes


def _posted() -> list[str]:
    """Every POST route of the API, with somebody's ids in place."""
    return [route.path for route in routes() if route.method == "POST" and route.path.startswith(API)]


def _filled(path: str, no: str) -> str:
    return path.replace("/events/{}", f"/events/{no}").replace("{}", str(uuid4()))


def _counts() -> tuple[int, int, int]:
    return Event.objects.count(), JournalEntry.objects.count(), PlaybackSession.objects.count()


@contextmanager
def _bounded(size: int) -> Iterator[None]:
    """What a long body makes the process take is bounded; a short one is not measured, which takes its time."""
    if size < LONG_BODY:
        yield
        return
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST_MEMORY


@pytest.mark.parametrize("path", _posted())
def test_what_is_not_json_is_refused_with_its_reason(reader, path):
    event = reported()
    before = _counts()
    for name, body in NOT_JSON.items():
        with CaptureQueriesContext(connection) as asked, _bounded(len(body)):
            answer = reader.post(_filled(path, event.no), raw=body)
        assert 400 <= answer.status_code < 500, (name, answer.content)
        assert answer["Content-Type"] == PROBLEM, name
        assert answer.json()["detail"], name
        if path.endswith(("/events", "/steps", "/playback")):
            problem(answer, 422, "not-json" if body else "invalid-fields")
            assert len(asked) <= MOST_QUERIES, name
    assert _counts() == before


@pytest.mark.parametrize("path", _posted())
def test_wrong_types_are_refused_by_name(reader, path):
    event = reported()
    before = _counts()
    for name, body in WRONG_TYPES.items():
        answer = reader.post(_filled(path, event.no), body)
        if path.endswith("/duplicates") and body == {}:  # of a report that is being written nothing need be known
            assert answer.json() == []
            continue
        assert 400 <= answer.status_code < 500, (name, answer.content)
        assert answer["Content-Type"] == PROBLEM, name
        if path.endswith(("/events", "/steps", "/playback")):
            errors = problem(answer, 422, "invalid-fields")["errors"]
            assert all(error["field"] and error["message"] for error in errors), name
            assert len(errors) <= 20, name
    assert _counts() == before


# Places


def _report(reader: Browser, point: object) -> Any:
    return reader.post(
        "events", {"client_id": str(uuid4()), "category": "06-001", "point": point, "description": "路灯不亮"}
    )


@pytest.mark.parametrize(
    ("lng", "lat"),
    [(28.595, 112.3), (181, 28.5), (-181, 28.5), (112.3, 91), (112.3, -91), (10**19, 0), (0, 10**19), (1e308, 1e308)],
)
@pytest.mark.parametrize("crs", list(Crs))
def test_what_can_not_be_a_place_is_refused(reader, lng, lat, crs):
    refused = problem(_report(reader, {"lng": lng, "lat": lat, "crs": crs.value}), 422, "bad-point")
    assert refused["errors"][0]["field"] == "point"
    problem(reader.get("ground/grid-at", lng=lng, lat=lat, crs=crs.value), 422, "bad-point")
    assert not Event.objects.exists()


@pytest.mark.parametrize("given", ["nan", "inf", "-inf", "1e999", "x", "", "0x10", "1,5", "١"])
def test_a_coordinate_in_an_address_is_a_finite_number(reader, given):
    answer = reader.get("ground/grid-at", lng=given, lat="28.5")
    assert (answer.status_code, answer["Content-Type"]) == (422, PROBLEM)
    json.loads(answer.content, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


@pytest.mark.parametrize(("lng", "lat"), [(112.2, 28.5), (112.3, 28.7), (0.0, 0.0), (-112.3, -28.6), (180.0, -90.0)])
def test_a_place_outside_the_city_names_the_nearest_grid(reader, lng, lat):
    refused = problem(_report(reader, {"lng": lng, "lat": lat, "crs": "wgs84"}), 422, "outside-city")
    assert set(refused["nearest"]) == {"code", "name", "distance_m"}
    assert Grid.objects.filter(code=refused["nearest"]["code"]).exists()
    assert refused["nearest"]["distance_m"] > 1000
    assert refused["nearest"]["name"] in refused["detail"]
    assert not Event.objects.exists()
    told = problem(reader.get("ground/grid-at", lng=lng, lat=lat), 422, "outside-city")
    assert told["nearest"] == refused["nearest"]


def test_a_place_on_an_edge_lies_always_in_the_same_grid(reader):
    corners = {(float(lng), float(lat)) for lng, lat in shapely.get_coordinates(ground_index().shapes)}
    shared = 0
    for lng, lat in sorted(corners):
        around = [grid.code for grid in Grid.objects.filter(boundary__intersects=f"SRID=4326;POINT({lng} {lat})")]
        shared += len(around) > 1
        told = {reader.get("ground/grid-at", lng=lng, lat=lat).json()["grid"]["code"] for _ in range(2)}
        assert told == {min(around)}
    assert shared > 20


def _in(crs: Crs, lng: float, lat: float) -> tuple[float, float]:
    if crs is Crs.GCJ02:
        return wgs84_to_gcj02(lng, lat)
    return gcj02_to_bd09(*wgs84_to_gcj02(lng, lat)) if crs is Crs.BD09 else (lng, lat)


@pytest.mark.parametrize("crs", list(Crs))
def test_a_place_in_each_coordinate_system(reader, crs):
    lng, lat = _in(crs, *middle())
    answer = _report(reader, {"lng": lng, "lat": lat, "crs": crs.value})
    assert (answer.status_code, answer.json()["grid"]) == (201, SANYI_GRID)
    event = Event.objects.get()
    assert event.given_point == {"lng": lng, "lat": lat, "crs": crs.value}
    assert event.point is not None
    assert event.point.coords == pytest.approx(middle(), abs=1e-5)


@pytest.mark.parametrize("crs", ["", "WGS84", "epsg:4326", "urn:ogc:def:crs:OGC:1.3:CRS84", "wgs84 ", None, 4326, {}])
def test_a_coordinate_system_that_nobody_knows(reader, crs):
    problem(_report(reader, {"lng": 112.3, "lat": 28.6, "crs": crs}), 422, "invalid-fields")


def test_geojson_is_no_point(reader):
    lng, lat = middle()
    for point in (
        {"type": "Point", "coordinates": [lng, lat]}, [lng, lat], f"POINT({lng} {lat})",
        {"lng": lng, "lat": lat, "crs": "wgs84", "alt": 1}, {"lng": [lng], "lat": lat, "crs": "wgs84"},
    ):  # fmt: skip
        problem(_report(reader, point), 422, "invalid-fields")


# Addresses

JUNK = {
    "up": "../../etc/passwd", "up, escaped": "..%2f..%2fetc%2fpasswd", "up twice escaped": "%252e%252e%252f",
    "dots": "%2e%2e", "NUL": "a%00b", "only NUL": "%00", "long": "x" * 6000, "many digits": "9" * 400,
    "Chinese": quote("网格"), "emoji": quote("🚨"), "bidi": quote("\u202e"), "broken UTF-8": "%ff%fe",
    "surrogate": "%ed%a0%80", "quote": "'%20OR%201=1--", "semicolon": ";DROP%20TABLE", "percent": "%25", "space": "%20",
    "newline": "a%0d%0aSet-Cookie:x=1", "backslash": "%5c..%5c", "angle": "%3Cscript%3E", "template": "%7B%7B7*7%7D%7D",
    "star": "*", "tab": "%09", "slash": "%2f", "Arabic digits": quote("١٢٣"), "minus": "-1",
}  # fmt: skip


@pytest.mark.parametrize(
    "path", [route.path for route in routes() if route.method == "GET" and "{}" in route.path], ids=str
)
def test_a_strange_address_is_not_there(reader, path):
    if "/administration/" in path:
        reader = Browser(user_with("secadmin" if "/posts" in path else "sysadmin", CITY_CENTRE), raises=False)
    allowed = {400, 404, 422}
    if path == "/events/{}":
        allowed |= {200}  # the page of a case is the same whatever its number: the API says whether there is one
    for name, junk in JUNK.items():
        answer = reader.client.get(path.replace("{}", junk))
        assert answer.status_code in allowed, (name, answer.status_code)
        if path.startswith(API) and answer.status_code != 400:
            assert answer["Content-Type"] == PROBLEM, name
        assert "Set-Cookie:x" not in str(answer.headers), name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        *(("events", name) for name in ("view", "region", "state", "category", "q", "sort", "cursor", "limit")),
        *(("audit", name) for name in ("kind", "subject", "actor", "cursor")),
        *(("deliveries", name) for name in ("state", "cursor")),
        ("ground/regions", "parent"), ("ground/grid-at", "crs"), ("photos/" + "0" * 64, "size"),
    ],
)  # fmt: skip
def test_a_strange_filter_finds_nothing_or_is_refused(reader, path, name):
    reported()
    for junk in (*JUNK.values(), "' OR '1'='1", "1;SELECT pg_sleep(9)", "%27%3B--", "\\", "%", "_%"):
        answer = reader.client.get(f"{API}/{path}?{name}={junk}&lng=112.3&lat=28.6")
        assert answer.status_code in {200, 400, 404, 422}, (junk, answer.content)
        if answer.status_code != 200:
            assert answer["Content-Type"] == PROBLEM, junk
        elif path == "events" and name == "q" and junk.strip("% *-"):
            assert answer.json()["total"] <= 1, junk


@pytest.mark.parametrize("text", ["%", "_", "\\", "%%", "EV%", "' OR ''='"])
def test_a_search_takes_its_letters_as_they_are(reader, text):
    reported()
    answer = reader.get("events", view="open", q=text)
    if answer.status_code == 422:  # of a word of one character, however it is meant
        problem(answer, 422, "text-too-short")
    else:
        assert answer.json()["total"] == 0


def test_a_question_that_is_very_long_is_refused_at_once(reader):
    for path in ("events?q=", "events?region=", "audit?subject=", "ground/regions?parent="):
        with CaptureQueriesContext(connection) as asked:
            answer = reader.client.get(f"{API}/{path}{'9' * 50_000}")
        assert answer.status_code in {404, 422}
        assert len(asked) <= MOST_QUERIES


def test_methods_that_an_address_does_not_know(reader):
    for method in ("put", "patch", "delete", "trace", "propfind"):
        answer = reader.client.generic(method.upper(), f"{API}/events", headers={"X-CSRFToken": "k" * 32})
        assert answer.status_code == 405, method
        assert answer["Allow"]


def test_the_ground_is_in_memory_once():
    assert ground_index() is ground_index()
    assert Site.objects.exists()
