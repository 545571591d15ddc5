"""Whatever changes something is written down, once: every unsafe address of the product, asked so that it succeeds.

What has changed is asked of the database itself, so that a door that forgets the trail is found whatever it says of
itself. Reading leaves a row where something leaves the house as a file, or a case is restricted. Promise 41.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from events.services import savedviews
from grid.models import AuditEntry
from tests.factories.hotline import SECRET
from tests.http.asking import ASKED, plainly
from tests.http.deeds import DEEDS, LOOKS, MARKS, STORES_NOTHING, Ask, Deed, browser_of, form, mark, someone
from tests.http.doors import Browser
from tests.http.routes import SAFE, Route, routes
from tests.http.stage import EXPECTED, PLACES, Stage, undone
from tests.http.test_permissions import _client_build, cells, lines_database, stage

__all__ = ["_client_build", "lines_database", "stage"]  # fixtures of the permission matrix: the same people and places
UNSAFE = [route for route in routes() if route.method not in SAFE]


# What happened


@dataclass(frozen=True)
class Left:
    """What a request left behind."""

    status: int
    tables: set[str]
    rows: list[AuditEntry]
    is_file: bool


def _left_by(ask: Callable[[], Any]) -> Left:
    MARKS[:] = [mark()]
    answer = ask()
    before, after = MARKS[-1], mark()
    return Left(
        status=answer.status_code,
        tables={name for name, count in after.written.items() if count != before.written.get(name, 0)},
        rows=list(AuditEntry.objects.filter(pk__gt=before.trail).order_by("pk")),
        is_file="attachment" in answer.get("Content-Disposition", ""),
    )


def _browser(stage: Stage, route: Route, reader: str) -> Browser:
    return stage.browser(reader, fresh=route.method == "POST" and not route.path.startswith("/api/v1"))


def _asked(stage: Stage, route: Route, reader: str, place: str, ask: Ask | None) -> Left:
    how = ask or ASKED.get(str(route)) or (lambda _s, browser, _p: plainly(browser, route))
    browser = _browser(stage, route, "nobody" if reader == "asks" else reader)
    return _left_by(lambda: how(stage, browser, place))


def _one_allowed(route: Route, deed: Deed) -> tuple[str, str]:
    """Who does it, where: as the table of deeds says, else the first that the matrix lets in."""
    if deed.by:
        return deed.by, deed.place or next(iter(PLACES))
    fit = [cell for cell in cells(route) if cell.status < 300 and cell.reader != "nobody"]
    assert fit, f"say in DEEDS how {route} succeeds"
    return fit[0].reader, fit[0].place


@pytest.fixture(autouse=True)
def _hotline(settings: Any) -> Iterator[None]:
    settings.HOTLINE_KEYS, settings.DEMO = [SECRET], True  # without the demo's exemption nobody signs in in one step
    yield
    MARKS.clear()


def test_every_address_that_changes_something_says_what_it_writes():
    assert {str(route) for route in UNSAFE} == set(DEEDS)
    assert set(LOOKS) <= set(EXPECTED["routes"])


@pytest.mark.usefixtures("light_paper")
@pytest.mark.parametrize("route", UNSAFE, ids=str)
def test_a_deed_leaves_one_row_of_who_from_where_what_on_what_and_how_it_ended(stage, route):
    deed = DEEDS[str(route)]
    reader, place = _one_allowed(route, deed)
    with undone():
        left = _asked(stage, route, reader, place, deed.ask)
        assert left.status < 400, (route, reader, place)
        assert [row.action for row in left.rows] == list(deed.actions)
        assert bool(left.tables) <= bool(left.rows), f"changed {left.tables} and told nobody"
        for row in left.rows:
            _is_whole(row, stage, reader, deed)


def _is_whole(row: AuditEntry, stage: Stage, reader: str, deed: Deed) -> None:
    assert (row.result, bool(row.subject), bool(row.subject_kind), row.at is not None) == ("ok", True, True, True)
    if deed.machine:
        assert (row.actor, bool(row.detail.get("machine"))) == (None, True)
        return
    who = stage.users["asks" if reader == "nobody" else reader]
    assert row.actor_id == who.pk
    if row.action != "playback.end" or row.request_id:  # that a picture ended is told by the gateway
        assert row.address in {"127.0.0.1", "192.0.2.1"}


def _refused(route: Route) -> Iterator[tuple[str, str]]:
    """Somebody who may not, for each status that the matrix says no with."""
    seen: set[int] = set()
    for cell in cells(route):
        if cell.status >= 400 and cell.status not in seen:
            seen.add(cell.status)
            yield cell.reader, cell.place


@pytest.mark.parametrize("route", UNSAFE, ids=str)
def test_what_was_refused_changes_nothing_and_no_row_says_it_was_done(stage, route):
    for reader, place in _refused(route):
        with undone():
            ready = ASKED.get(str(route)) or (lambda _s, browser, _p: plainly(browser, route))
            browser = _browser(stage, route, reader)
            left = _left_by(lambda ready=ready, browser=browser, place=place: ready(stage, browser, place))
            assert left.status >= 400
            done = [row.action for row in left.rows if row.result == "ok" and row.action != "photo.keep"]
            assert done == [], (route, reader, place)


def test_a_wrong_password_is_a_row_too(stage):
    with undone():
        user = someone(stage)
        left = _left_by(lambda: form(browser_of(None), "/login", username=user.username, password="wrong"))
        (row,) = left.rows
        assert (left.status, row.action, row.result, row.subject) == (401, "session.sign-in", "failed", user.username)
        assert (row.actor, row.address) == (None, "127.0.0.1")


@pytest.mark.usefixtures("light_paper")
@pytest.mark.parametrize("route", [route for route in routes() if route.method == "GET"], ids=str)
def test_a_look_leaves_a_row_where_a_file_leaves_the_house_or_a_case_is_restricted(stage, route):
    deed = LOOKS.get(str(route), STORES_NOTHING)
    for reader, place in _looks(route, deed):
        with undone():
            left = _asked(stage, route, reader, place, deed.ask)
            assert left.status < 400 or not deed.actions, (route, reader, place)
            assert [row.action for row in left.rows] == list(deed.actions), (reader, place)
            assert not left.is_file or left.rows, "a file left the house and nobody knows"
            for row in left.rows:
                assert (row.actor, row.address, row.result) == (stage.users[reader], "127.0.0.1", "ok")


def _looks(route: Route, deed: Deed) -> list[tuple[str, str]]:
    """One allowed reader for each place; a restricted case has a line of its own."""
    if deed.by:
        return [(deed.by, deed.place)]
    fit: dict[str, str] = {}
    for cell in cells(route):
        if cell.status < 400 and cell.reader != "nobody":
            fit.setdefault(cell.place, cell.reader)
    return [(reader, place) for place, reader in fit.items()]


def test_control_a_door_that_forgets_the_trail_is_found(stage, monkeypatch):
    monkeypatch.setattr(savedviews.audit, "record", lambda **_: None)
    with undone():
        left = _asked(stage, Route("POST", "/api/v1/views"), "dispatcher", "", None)
        assert (left.status, left.rows) == (201, [])
        assert left.tables
