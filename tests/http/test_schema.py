"""The API and its description say the same. Promise 54."""

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi import checks

from events.models import Evidence
from gis_layers.models import Site
from grid.models import User
from tests.factories import SANYI_GRID, reported, user_with
from tests.factories.lending import lent
from tests.http.doors import PROBLEM, TOKEN, Browser
from tests.http.routes import routes
from webapp.management.commands.write_openapi import SNAPSHOT, described

load_all_checks()
CITY_CENTRE = "centre-430900000000"
APP = get_wsgi_application()
DOCUMENT = json.loads(described())
SCHEMA = schemathesis.openapi.from_dict(json.loads(described()))
SCHEMA.app = APP
OPERATIONS = [(method.upper(), path) for path, found in DOCUMENT["paths"].items() for method in found]
WITH_INPUT = [
    (method, path)
    for method, path in OPERATIONS
    if DOCUMENT["paths"][path][method.lower()].get("parameters")
    or "requestBody" in DOCUMENT["paths"][path][method.lower()]
]
CHECKS = (
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance,
)  # fmt: skip
EXAMPLES = 10
SIGNED = ("/api/v1/sources/{code}",)  # opened by a signature over the body, never by a session
# Random places lie outside the city, random codes name nothing.
HARD_TO_GUESS = ("/grid-at", "/responsibility", "/components/{code}", "/devices/{number}")


def named(operation: tuple[str, str]) -> str:
    return " ".join(operation)


def test_the_snapshot_is_the_present_description():
    """If this fails: manage.py write_openapi, and read the difference before committing it."""
    assert SNAPSHOT.read_text(encoding="utf-8") == described()


def test_every_route_of_the_api_is_described():
    described_ = {f"{method} {re.sub(r'{[^}]*}', '{}', path)}" for method, path in OPERATIONS}
    own = {str(route) for route in routes() if route.path.startswith("/api/v1/")}
    assert own - described_ == {"GET /api/v1/", "GET /api/v1/openapi.json"}
    assert described_ <= own


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_every_operation_names_its_refusals(operation):
    method, path = operation
    found = DOCUMENT["paths"][path][method.lower()]
    for status in ("400", "401", "403", "404", "409", "422", "503"):
        assert list(found["responses"][status]["content"]) == [PROBLEM]
    assert any(200 <= int(status) < 300 for status in found["responses"])
    assert found["summary"]
    wanted = {"PostAuth"} | ({"CSRFToken"} if method != "GET" else set())
    if path in SIGNED:
        assert not found.get("security")
    else:
        assert [set(scheme) for scheme in found["security"]] == [wanted]


@pytest.fixture
def cast(db: None, light_paper: None, tmp_path: Any, settings: Any) -> Iterator[dict[str, Any]]:
    """Somebody whom every door opens for, with a session; and somebody who holds no post."""
    settings.MEDIA_ROOT = tmp_path / "media"
    user = user_with("acceptor", CITY_CENTRE)
    for role in ("dispatcher", "shift_lead", "checker", "auditor"):
        user_with(role, CITY_CENTRE, user=user)
    user_with("grid_officer", CITY_CENTRE, grid=SANYI_GRID, user=user)
    event = reported()
    note = Browser(user).post("shifts", {"text": "夜间平稳，注意排水口", "events": []}).json()["id"]
    for signal in (request_started, request_finished):  # the test's own transaction must not be closed by a request
        signal.disconnect(close_old_connections)
    stranger = User.objects.create_user(username="without-a-post", name="无岗")
    clerk = user_with("dept_clerk", "dept-430902000000-chengguan_zhujian")
    yield {
        "user": user, "stranger": stranger, "sysadmin": user_with("sysadmin", CITY_CENTRE),
        "secadmin": user_with("secadmin", CITY_CENTRE), "username": clerk.username, "post": clerk.posts.get().pk,
        "shifts": note,
        "sharing": lent(CITY_CENTRE, "dept-430902000000-chengguan_zhujian", region="430902000000").pk,
        **_things(event.no),
    }  # fmt: skip
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _things(no: str) -> dict[str, Any]:
    """A real thing for every path parameter, so that answers with something in them are compared, too."""
    photo = Evidence.objects.values_list("photo__sha256", flat=True).get(event__no=no)
    site = Site.objects.filter(secret=False).values_list("code", flat=True).first()
    return {
        "no": no, "sha256": photo, "sites": site, "grids": SANYI_GRID, "categories": "06-001",
        "organisations": CITY_CENTRE, "organisation": CITY_CENTRE,
    }  # fmt: skip


def _reader(cast: dict[str, Any], path: str) -> User:
    """Whom the door opens for: administration is three people's, and none of them does anything else."""
    if "/administration/" not in path:
        return cast["user"]
    return cast["secadmin" if "/posts" in path else "sysadmin"]


_NAMED = ("sites", "grids", "categories", "organisations", "shifts", "sharing")


def _fill(case: Any, cast: dict[str, Any]) -> None:
    for name in case.path_parameters or {}:
        thing = cast.get(name) or next((cast[word] for word in _NAMED if f"/{word}/" in case.path), None)
        case.path_parameters[name] = thing or case.path_parameters[name]


def _fill_period(case: Any) -> None:
    """Two random days are hardly ever a period of a year at most, nor a random word an indicator."""
    if "/indicators" in case.path:
        case.query = {"from": "2026-03-01", "to": "2026-03-31"}
        case.path_parameters = dict.fromkeys(case.path_parameters or {}, "closure")


def _cookies(user: User | None) -> dict[str, str]:
    cookies = {"wangge_csrf": TOKEN}
    if user is not None:
        cookies[settings.SESSION_COOKIE_NAME] = str(Browser(user).client.session.session_key)
    return cookies


def _send(case: Any, cookies: dict[str, str], token: str | None = TOKEN) -> Any:
    case.cookies = {}
    case.headers = {name: value for name, value in (case.headers or {}).items() if name.lower() not in _OURS}
    plain = {"Accept-Encoding": "identity"}  # nothing on this way unzips
    return case.call(headers=plain | ({"X-CSRFToken": token} if token else {}), cookies=cookies)


_OURS = {"accept-encoding", "cookie", "x-csrftoken"}


def _told_as_problems_are(answer: Any) -> None:
    if answer.status_code < 400:
        return
    assert answer.headers["content-type"] == [PROBLEM], answer.text
    body = answer.json()
    assert re.fullmatch(r"/problems/[a-z0-9-]+", body["type"]), body
    assert (body["type"], body["status"]) == (f"/problems/{body['code']}", answer.status_code)


def _examples(operation: tuple[str, str], mode: str, *, examples: int = EXAMPLES) -> Any:
    method, path = operation
    strategy = SCHEMA[path][method].as_strategy(generation_mode=schemathesis.GenerationMode(mode))
    quick = effort(
        max_examples=examples, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    return lambda test: quick(given(case=strategy)(test))


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_an_operation_does_what_it_says_of_itself(cast, operation):
    """Asked by nobody, by who holds no post, with bad data; with good data in the end, which may change something."""
    _nobody_gets_nothing(cast, operation)
    _who_holds_no_post_gets_what_is_described(cast, operation)
    if operation in WITH_INPUT:
        _bad_data_gets_a_problem(cast, operation)
    _good_data_gets_what_is_described(cast, operation)


def _as_described(case: Any, cookies: dict[str, str]) -> int:
    answer = _send(case, cookies)
    case.validate_response(answer, checks=CHECKS)
    _told_as_problems_are(answer)
    return int(answer.status_code)


def _nobody_gets_nothing(cast: dict[str, Any], operation: tuple[str, str]) -> None:
    @_examples(operation, "positive", examples=5)
    def test(case: Any) -> None:
        assert _as_described(case, _cookies(None)) in {400, 401}  # 400: an address that can't be one
        if operation[0] != "GET" and operation[1] not in SIGNED:
            assert _send(case, _cookies(cast["user"]), token=None).status_code in {400, 403}

    test()


def _who_holds_no_post_gets_what_is_described(cast: dict[str, Any], operation: tuple[str, str]) -> None:
    cookies = _cookies(cast["stranger"])

    @_examples(operation, "positive", examples=5)
    def test(case: Any) -> None:
        _as_described(case, cookies)

    test()


def _bad_data_gets_a_problem(cast: dict[str, Any], operation: tuple[str, str]) -> None:
    cookies, turn = _cookies(_reader(cast, operation[1])), count()

    @_examples(operation, "negative")
    def test(case: Any) -> None:
        if next(turn) % 2:
            _fill(case, cast)
        _as_described(case, cookies)

    test()


def _good_data_gets_what_is_described(cast: dict[str, Any], operation: tuple[str, str]) -> None:
    cookies, turn, got = _cookies(_reader(cast, operation[1])), count(), set()

    @_examples(operation, "positive")
    def test(case: Any) -> None:
        if next(turn) % 2:
            _fill(case, cast)
            _fill_period(case)
        got.add(_as_described(case, cookies))

    test()
    assert 200 in got or operation[0] != "GET" or operation[1].endswith(HARD_TO_GUESS), got
