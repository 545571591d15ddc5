"""How each route of the matrix is asked: by the reader's browser, of a thing that stands in a place of the stage."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from events.models import Appeal
from grid.models import Organisation
from tests.factories import organisation
from tests.http.administration import ADMINISTERED
from tests.http.doors import TOKEN, Browser, middle, picture
from tests.http.routes import Route
from tests.http.stage import PLACES, Stage

_NOBODYS = 2**40
WITHOUT = ("sysadmin", "secadmin", "integrator")
WHY = "暴雨红色预警期间全市停工"
FIGURE = {"actual": "100", "evidence": "决算报告"}
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
_SPAN = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z", "state": "pending"}


def _tile_of(lng: float, lat: float, zoom: int) -> tuple[int, int, int]:
    side = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return zoom, int((lng + 180) / 360 * side), int(y * side)


def _city_tiles(zoom: int) -> list[tuple[int, int, int]]:
    _, left, top = _tile_of(112.27, 28.63, zoom)
    _, right, bottom = _tile_of(112.34, 28.57, zoom)
    return [(zoom, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


TILES = {zoom: _city_tiles(zoom) for zoom in (10, 12, 14)}


def tile_url(browser: Browser, tileset: str, tile: tuple[int, int, int]) -> str:
    pattern = str(browser.get("map").json()["tiles"][tileset]["url"])
    for name, number in zip("zxy", tile, strict=True):
        pattern = pattern.replace(f"{{{name}}}", str(number))
    return pattern


def _point(grid: str) -> dict[str, Any]:
    lng, lat = middle(grid)
    return {"lng": lng, "lat": lat, "crs": "wgs84"}


def _report(_stage: Stage, browser: Browser, place: str) -> Any:
    photos = [browser.photo()] if browser.user and browser.user.posts.exclude(role__in=WITHOUT).exists() else []
    body = {
        "client_id": "7b0c3a52-5a0f-4d8e-8f0a-0d9c5f3b1a11", "category": "06-001", "point": _point(PLACES[place]),
        "photos": photos,
    }  # fmt: skip
    return browser.post("events", body)


def _upload(_stage: Stage, browser: Browser, _place: str) -> Any:
    return browser.upload(picture())


def _note(stage: Stage, browser: Browser, place: str) -> Any:
    event = stage.events[place]
    return browser.post(f"events/{event.no}/steps", {"step": "note", "version": event.version, "text": "记一笔"})


def _redaction(stage: Stage, browser: Browser, place: str) -> Any:
    event = stage.events[place]
    body = {"version": event.version, "entry": 1, "instead": "＊＊", "reason": "含有个人信息"}
    return browser.post(f"events/{event.no}/redactions", body)


def _appeal(stage: Stage, browser: Browser, place: str) -> Any:
    event = stage.events[place]
    body = {"version": event.version, "indicator": "acceptance", "at": event.reported_at.isoformat(), "reason": WHY}
    return browser.post(f"events/{event.no}/appeals", body)


def appealed(stage: Stage, place: str) -> tuple[str, dict[str, Any]]:
    """Where an appeal of a village's centre below, planted for this one request, is decided, and what is sent."""
    event = stage.events[place]
    kept = Appeal.objects.create(
        event=event, indicator="acceptance", at=event.reported_at, hit=True,
        organisation=organisation("centre-430902005001"),
        asked_at=timezone.now(), asked_by=stage.users["acceptor"], asked_version=event.version,
    )  # fmt: skip
    return f"events/{event.no}/appeals/{kept.pk}", {"version": event.version, "decision": "dismiss", "reason": WHY}


def _decision(stage: Stage, browser: Browser, place: str) -> Any:
    return browser.post(*appealed(stage, place))


def _caller(stage: Stage, browser: Browser, place: str) -> Any:
    body = {"order_no": f"order-{place}", "reason": "需要回电核实地点"}
    return browser.post(f"events/{stage.events[place].no}/caller", body)


def _base_tile(stage: Stage, browser: Browser, _place: str) -> Any:
    asked = browser if browser.user else stage.browser("dispatcher")
    return browser.get(tile_url(asked, "base", TILES[12][0]))


def _form(path: str, fields: dict[str, str]) -> Callable[[Stage, Browser, str], Any]:
    def post(_stage: Stage, browser: Browser, _place: str) -> Any:
        return browser.client.post(path, fields, headers={"X-CSRFToken": TOKEN})

    return post


def _check_in(_stage: Stage, browser: Browser, place: str) -> Any:
    body = {
        "client_id": str(uuid4()), "grid": PLACES[place], "point": _point(PLACES[place]),
        "device_at": timezone.now().isoformat(),
    }  # fmt: skip
    return browser.post("patrol/check-ins", body)


def _wish() -> dict[str, Any]:
    owner = Organisation.objects.select_related("region").get(code="centre-430903000000")
    until = timezone.localdate() + timedelta(days=7)
    return {
        "owner": owner.pk, "path": owner.region.path, "classes": ["06"], "reason": "联合整治需要掌握情况",
        "until": until.isoformat(),
    }  # fmt: skip


def _template(_stage: Stage, browser: Browser, _place: str) -> Any:
    body = {
        "organisation": organisation("centre-430902005000").pk,
        "step": "close",
        "title": "办结答复",
        "body": "{no}已办结。",
    }
    return browser.post("templates", body)


def asked_batch(stage: Stage, browser: Browser, _place: str) -> Any:
    events = [{"no": event.no, "version": event.version} for event in stage.events.values()]
    return browser.post("batches", {"step": "note", "events": events, "text": "记一笔"})


def _plan(stage: Stage, browser: Browser, _place: str) -> Any:
    return browser.post("batches/plan", {"step": "copy_to", "events": [event.no for event in stage.events.values()]})


# How each route is asked; one that is not here is asked with GET as it stands.
ASKED: dict[str, Callable[[Stage, Browser, str], Any]] = {
    "GET /i18n/{}.js": lambda s, b, p: b.get("/i18n/zh-hans.js"),
    "GET /events/{}": lambda s, b, p: b.get(f"/events/{s.events['other_county'].no}"),
    "GET /api/v1/addresses": lambda s, b, p: b.get("addresses", q="三益街小学"),
    "GET /api/v1/ground/grid-at": lambda s, b, p: b.get("ground/grid-at", lng=middle()[0], lat=middle()[1]),
    "GET /api/v1/ground/grids/{}": lambda s, b, p: b.get(f"ground/grids/{PLACES[p]}"),
    "GET /api/v1/events/{}": lambda s, b, p: b.get(f"events/{s.events[p].no}"),
    "GET /api/v1/events/{}/placements": lambda s, b, p: b.get(f"events/{s.events[p].no}/placements"),
    "GET /api/v1/events/{}/organisations": lambda s, b, p: b.get(f"events/{s.events[p].no}/organisations"),
    "GET /api/v1/events/{}/channels": lambda s, b, p: b.get(f"events/{s.events[p].no}/channels"),
    "GET /api/v1/events/{}/duplicates": lambda s, b, p: b.get(f"events/{s.events[p].no}/duplicates"),
    "GET /api/v1/events/{}/sheet.pdf": lambda s, b, p: b.get(f"events/{s.events[p].no}/sheet.pdf"),
    "POST /api/v1/sheets": lambda s, b, p: b.post("sheets", {"events": [s.events[p].no]}),
    "POST /api/v1/shifts": lambda s, b, p: b.post("shifts", {"text": "夜间平稳，注意排水口"}),
    "POST /api/v1/shifts/{}/take": lambda s, b, p: b.post("shifts/999999/take", {"written_at": "2026-03-01T00:00:00Z"}),
    "POST /api/v1/notices/read": lambda s, b, p: b.post("notices/read", {"up_to": 1}),
    "GET /api/v1/shifts/{}/sheet.pdf": lambda s, b, p: b.get("shifts/999999/sheet.pdf"),
    "GET /api/v1/photos/{}": lambda s, b, p: b.get(f"photos/{s.photos.get(p, '0' * 64)}"),
    "GET /api/v1/events/{}/responsibility": lambda s, b, p: b.get(f"events/{s.events[p].no}/responsibility"),
    "GET /api/v1/components/{}": lambda s, b, p: b.get(f"components/stage-{p}"),
    "GET /api/v1/devices/{}": lambda s, b, p: b.get(f"devices/{s.devices[p]}"),
    "GET /api/v1/responsibility": lambda s, b, p: b.get(
        "responsibility", lng=middle()[0], lat=middle()[1], category="06-001"
    ),
    "GET /api/v1/sites/{}": lambda s, b, p: b.get(f"sites/{s.sites[p].code}"),
    "GET /api/v1/indicators": lambda s, b, p: b.get("indicators", **MARCH),
    "GET /api/v1/indicators/export": lambda s, b, p: b.get("indicators/export", **MARCH),
    "GET /api/v1/indicators/patrolled/grids": lambda s, b, p: b.get("indicators/patrolled/grids", **MARCH),
    "GET /api/v1/assessments/{}": lambda s, b, p: b.get("assessments/2025"),
    "GET /api/v1/assessments/{}/export": lambda s, b, p: b.get("assessments/2025/export"),
    "GET /api/v1/assessments/{}/paper": lambda s, b, p: b.get("assessments/2025/paper"),
    "POST /api/v1/assessments/{}/rows/{}": lambda s, b, p: b.post("assessments/2025/rows/funds", FIGURE),
    "GET /api/v1/indicators/{}/rows": lambda s, b, p: b.get("indicators/closure/rows", **MARCH),
    "GET /tiles/{}": _base_tile,
    "POST /login": _form("/login", {"username": "nobody-at-all", "password": "wrong"}),
    "POST /logout": _form("/logout", {}),
    "POST /account/sessions/end": _form("/account/sessions/end", {"session": "others"}),
    "POST /i18n/language": _form("/i18n/language", {"language": "en"}),
    "POST /api/v1/photos": _upload,
    "POST /api/v1/events": _report,
    "POST /api/v1/events/{}/steps": _note,
    "POST /api/v1/patrol/check-ins": _check_in,
    "POST /api/v1/playback": lambda s, b, p: b.post("playback", {"channel": s.channel(p), "purpose": "例行巡视检查"}),
    "POST /api/v1/playback/{}/end": lambda s, b, p: b.post(f"playback/{s.session}/end", {}),
    "POST /api/v1/events/{}/caller": _caller,
    "POST /api/v1/events/{}/redactions": _redaction,
    "POST /api/v1/events/{}/appeals": _appeal,
    "POST /api/v1/events/{}/appeals/{}": _decision,
    "GET /api/v1/events/{}/counting": lambda s, b, p: b.get(f"events/{s.events[p].no}/counting"),
    "GET /api/v1/indicators/paper": lambda s, b, p: b.get("indicators/paper", **MARCH),
    "POST /api/v1/views": lambda s, b, p: b.post("views", {"name": "在办", "view": "open"}),
    "POST /api/v1/views/{}": lambda s, b, p: b.post(f"views/{_NOBODYS}", {"name": "在办", "view": "open"}),
    "POST /api/v1/views/{}/remove": lambda s, b, p: b.post(f"views/{_NOBODYS}/remove", {}),
    "POST /api/v1/batches": asked_batch,
    "POST /api/v1/batches/plan": _plan,
    "POST /api/v1/templates": _template,
    "POST /api/v1/templates/{}": lambda s, b, p: b.post(
        f"templates/{_NOBODYS}",
        {"organisation": 1, "step": "close", "title": "办结", "body": "办结", "changed_at": "2026-03-01T00:00:00Z"},
    ),
    "POST /api/v1/templates/{}/remove": lambda s, b, p: b.post(f"templates/{_NOBODYS}/remove", {}),
    "GET /api/v1/events/{}/templates": lambda s, b, p: b.get(f"events/{s.events[p].no}/templates", step="finish"),
    "POST /api/v1/sources/{}": lambda s, b, p: b.post("sources/alarm", {}),
    "GET /api/v1/deliveries/span": lambda s, b, p: b.get("deliveries/span", **_SPAN),
    "POST /api/v1/deliveries/resend": lambda s, b, p: b.post("deliveries/resend", _SPAN),
    "GET /api/v1/sharing/{}": lambda s, b, p: b.get(f"sharing/{s.sharings[p].pk}"),
    "POST /api/v1/sharing": lambda s, b, p: b.post("sharing", _wish()),
    "POST /api/v1/sharing/{}/acts": lambda s, b, p: b.post(
        f"sharing/{s.sharings[p].pk}/acts", {"act": "approve" if p == "asked_of_us" else "end"}
    ),
    "POST /api/v1/deliveries/{}/resend": lambda s, b, p: b.post(f"deliveries/{s.messages[p].pk}/resend", {}),
    "POST /login/step": _form("/login/step", {}),
    "POST /account/password": _form("/account/password", {"current": "x", "new": "y", "again": "y"}),
    "POST /account/factor": _form("/account/factor", {"code": "000000"}),
    **ADMINISTERED,
}


def plainly(browser: Browser, route: Route) -> Any:
    """A route that takes nothing."""
    assert "{}" not in route.path, f"say in ASKED how {route} is asked"
    return browser.get(route.path) if route.method == "GET" else browser.post(route.path, {})
