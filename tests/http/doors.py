"""Knocking at the API as somebody: a browser with a session and a CSRF token, JSON in, JSON out."""

import io
import json
from typing import Any
from uuid import uuid4

from django.contrib.auth import SESSION_KEY
from django.test import Client
from PIL import Image

from events.models import Application, Event, Evidence, JournalEntry, OutboxMessage, Task, Timer
from gis_layers.models import Update
from grid.models import AuditEntry, Grid, User
from tests.factories import SANYI_GRID

API = "/api/v1"
TOKEN = "k" * 32
PROBLEM = "application/problem+json"


class Browser:
    """A browser that the CSRF rules apply to, signed in as `user` (None: nobody). Server errors are raised."""

    def __init__(self, user: User | None, *, raises: bool = True) -> None:
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=raises)
        self.client.cookies["wangge_csrf"] = TOKEN
        self.user = user
        if user is not None:
            self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            assert self.client.session[SESSION_KEY] == str(user.pk)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path if path.startswith("/") else f"{API}/{path}", query)

    def post(self, path: str, body: Any = None, *, raw: bytes | None = None, token: str | None = TOKEN) -> Any:
        sent = json.dumps(body).encode() if raw is None else raw
        headers = {} if token is None else {"X-CSRFToken": token}
        where = path if path.startswith("/") else f"{API}/{path}"
        return self.client.post(where, sent, content_type="application/json", headers=headers)

    def upload(self, body: bytes, *, name: str = "photo.jpg", token: str | None = TOKEN) -> Any:
        file = io.BytesIO(body)
        file.name = name
        return self.client.post(
            f"{API}/photos", {"file": file}, headers={} if token is None else {"X-CSRFToken": token}
        )

    def photo(self, *, point: tuple[float, float] | None = None) -> str:
        """A new small photo, uploaded; its name."""
        answer = self.upload(picture(point=point))
        assert answer.status_code == 201, answer.content
        return str(answer.json()["sha256"])


def picture(*, point: tuple[float, float] | None = None, size: tuple[int, int] = (64, 48), kind: str = "JPEG") -> bytes:
    """A picture unlike any other, that says it was taken at `point` (degrees, WGS-84)."""
    image = Image.frombytes("RGB", (4, 4), (uuid4().bytes * 3)[:48]).resize(size, Image.Resampling.NEAREST)
    exif = Image.Exif()
    if point is not None:
        exif.get_ifd(0x8825).update({1: "N", 2: degrees(point[1]), 3: "E", 4: degrees(point[0])})
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def degrees(value: float) -> tuple[float, float, float]:
    """As EXIF writes them: degrees, minutes, seconds."""
    minutes, seconds = divmod(round(abs(value) * 3600, 4), 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, seconds


def middle(grid: str = SANYI_GRID) -> tuple[float, float]:
    """A point well inside a grid."""
    point = Grid.objects.get(code=grid).boundary.point_on_surface
    return point.x, point.y


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The answer is this problem, told as problems are."""
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content[:500]
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/problems/{code}"), body
    assert body["detail"]
    assert body["request_id"] == answer["X-Request-ID"]
    return body


def standing() -> tuple[Any, ...]:
    """All that a refused step must leave as it was."""
    rows = [list(model.objects.order_by("pk").values()) for model in (Event, Task, Timer, Application)]
    counts = [model.objects.count() for model in (JournalEntry, Evidence, OutboxMessage, Update)]
    return rows, counts, AuditEntry.objects.filter(subject_kind="event").exclude(action="restricted.view").count()
