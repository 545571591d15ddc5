"""Who may read and do what: every route, every reader, every kind of place, against a table. Promises 29, 30.

What a reader may not see must not show anywhere: not as a page, not as a row, not in a count, a search, a tile, a
frame of the live line.
"""

import gzip
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mapbox_vector_tile  # type: ignore[import-untyped]
import pytest
from django.db.models import Q
from websockets.exceptions import InvalidStatus

from events.models import Event
from events.services import deeds
from events.workflow import State
from gis_layers import live, tiles
from gis_layers.models import Channel, Site
from gis_layers.policy import Purpose
from gis_layers.services import playback
from grid.models import Grid, Region
from grid.policy import NOBODY
from grid.refusals import Refusal
from tests.factories import access_for, step, user_with
from tests.http.asking import ASKED, TILES, WITHOUT, asked_batch, plainly, tile_url
from tests.http.doors import Browser
from tests.http.pages import build
from tests.http.routes import Route, routes
from tests.http.situations import SITUATIONS
from tests.http.stage import CANARY_NAME, CANARY_PHONE, EXPECTED, PLACES, READERS, STEPPERS, Stage, set_up, undone
from tests.sockets.conftest import Person, Server, lines_database, server, session_of

__all__ = ["lines_database", "server"]  # fixtures of the live line's own tests: the real web process

API = "/api/v1"
FAR_TOWN = "430903001000"
QUIET_SECONDS = 0.5


@pytest.fixture(scope="module")
def stage(lines_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with set_up(lines_database, tmp_path_factory.mktemp("stage")) as ready:
        yield ready


@pytest.fixture(autouse=True)
def _client_build(tmp_path: Path, settings: Any) -> None:
    settings.CLIENT_MANIFEST = build(tmp_path)


def named(words: Any) -> set[str]:
    """The readers that these words stand for, groups taken apart."""
    found: set[str] = set()
    for word in words or ():
        found |= named(EXPECTED["groups"][word]) if word in EXPECTED["groups"] else {word}
    assert found <= {*READERS, *STEPPERS}, found
    return found


def readers_of(table: str, place: str) -> set[str]:
    return named(EXPECTED[table][place])


def seen_by(reader: str, table: str = "events") -> set[str]:
    """The places of a table that a reader may read."""
    return {place for place in EXPECTED[table] if reader in readers_of(table, place)}


# The matrix


@dataclass(frozen=True)
class Cell:
    """One request and the status that it must get."""

    route: Route
    reader: str
    place: str
    status: int


def cells(route: Route) -> list[Cell]:
    rule = EXPECTED["routes"][str(route)]
    places = EXPECTED[rule["of"]] if "of" in rule else ("",)
    return [Cell(route, reader, place, _status(route, rule, reader, place)) for place in places for reader in READERS]


def _status(route: Route, rule: dict[str, Any], reader: str, place: str) -> int:
    if "public" in rule:
        return int(rule["public"])
    if reader == "nobody":
        return int(rule.get("nobody", 401 if route.path.startswith((API, "/tiles")) else 302))
    if "everyone" in rule:
        return int(rule["everyone"])
    ok = int(rule.get("ok", 200))
    if "for" in rule:
        return ok if reader in named(rule["for"]) - _narrower(route) else 403
    return _of_place(rule, reader, place, ok)


def _of_place(rule: dict[str, Any], reader: str, place: str, ok: int) -> int:
    if "door" in rule and reader not in named(rule["door"]):
        return 403
    if reader not in readers_of(rule["of"], place):
        return int(rule.get("else", 404))
    among = rule.get("among")
    may = readers_of(among, place) if isinstance(among, str) else named(among)
    return ok if among is None or reader in may else 403


def _narrower(route: Route) -> set[str]:
    return named(EXPECTED["narrower"].get(str(route)))


def _ask(stage: Stage, cell: Cell) -> int:
    with undone():
        fresh = cell.route.method == "POST" and not cell.route.path.startswith(API)
        browser = stage.browser(cell.reader, fresh=fresh)
        asked = ASKED.get(str(cell.route))
        answer = asked(stage, browser, cell.place) if asked else plainly(browser, cell.route)
        return int(answer.status_code)


def test_every_route_is_in_the_matrix_and_none_that_is_not_there():
    assert {str(route) for route in routes()} == set(EXPECTED["routes"])


def test_no_table_hides_another_of_the_same_name():
    text = (Path(__file__).parent / "permissions.yaml").read_text(encoding="utf-8")
    names = re.findall(r"^ {0,2}([\w /{}.-]+):(?= |$)", text, re.MULTILINE)
    tables = re.findall(r"^(\w+):", text, re.MULTILINE)
    assert len(tables) == len(set(tables)) == len(EXPECTED)
    asked = [name for name in names if name.strip().startswith(("GET ", "POST "))]
    assert len(asked) == len(set(asked)) == len(EXPECTED["routes"])


def test_the_tables_are_complete():
    assert set(EXPECTED["posts"]) == set(READERS) - {"nobody"}
    for rule in EXPECTED["routes"].values():
        assert set(rule) <= {"public", "everyone", "nobody", "for", "of", "among", "door", "ok", "else"}, rule


@pytest.mark.usefixtures("light_paper")
@pytest.mark.parametrize("route", routes(), ids=str)
def test_the_route_answers_each_reader_as_written(stage, route):
    asked = cells(route)
    assert len({cell.reader for cell in asked}) == 16
    wrong = [
        f"{cell.reader} at {cell.place or 'it'}: {status} instead of {cell.status}"
        for cell in asked
        if (status := _ask(stage, cell)) != cell.status
    ]
    assert wrong == []


@pytest.mark.parametrize("path", ["thumb", "full"])
def test_a_thumbnail_is_as_private_as_its_photo(stage, path):
    for place, photo in stage.photos.items():
        for reader in READERS[:-1]:
            answer = stage.browser(reader).get(f"photos/{photo}", size=path)
            assert answer.status_code == (200 if reader in readers_of("events", place) else 404), (reader, place)


# What lists, counts and searches say


@pytest.mark.parametrize("reader", READERS[:-1])
def test_lists_maps_and_counts_hold_what_the_reader_may_see_and_nothing_else(stage, reader):
    browser = stage.browser(reader)
    mine = {stage.events[place].no for place in seen_by(reader)}
    assert {row["no"] for row in browser.get("map/events").json()["rows"]} == mine
    waiting = {"open": len(mine), **EXPECTED["waiting"].get(reader, {})}
    page = browser.get("events", view="open", limit=200).json()
    assert ({row["no"] for row in page["rows"]}, page["total"], page["next"]) == (mine, len(mine), None)
    counts = {view["code"]: view["count"] for view in page["views"] if view["count"]}
    for code in ("near", "over"):  # whether something is near its deadline hangs on the time of day
        assert counts.pop(code, 0) <= len(mine)
    assert counts == {code: count for code, count in waiting.items() if count}
    for view in page["views"]:
        shown = browser.get("events", view=view["code"]).json()
        assert (shown["total"], len(shown["rows"])) == (view["count"], view["count"]), view
        assert {row["no"] for row in shown["rows"]} <= mine


@pytest.mark.parametrize("reader", READERS[:-1])
def test_a_search_finds_nothing_that_may_not_be_seen(stage, reader):
    browser = stage.browser(reader)
    for place, event in stage.events.items():
        expected = [event.no] if place in seen_by(reader) else []
        for query in ({"q": event.no}, {"q": f"address of {place}"}):
            page = browser.get("events", view="open", **query).json()
            assert ([row["no"] for row in page["rows"]], page["total"]) == (expected, len(expected)), query
    far = Region.objects.get(code="430903000000").path
    assert browser.get("events", view="open", region=far).json()["total"] == 0
    ninth = browser.get("events", view="open", category="09").json()["total"]
    assert ninth == ("class_09" in seen_by(reader))


@pytest.mark.parametrize("reader", READERS[:-1])
def test_a_search_everywhere_and_a_batch_reach_nothing_that_may_not_be_seen(stage, reader):
    browser = stage.browser(reader)
    mine = {stage.events[place].no for place in seen_by(reader)}
    page = browser.get("events", view="everywhere", q="canary", limit=200).json()
    assert ({row["no"] for row in page["rows"]}, page["total"]) == (mine, len(mine))
    numbers = [event.no for event in stage.events.values()]
    plan = browser.post("batches/plan", {"step": "dispatch", "events": numbers}).json()
    assert {one["no"] for one in plan["suggested"]} == mine
    with undone():
        answer = asked_batch(stage, browser, "").json()
    told = {one["no"]: one["code"] for one in answer["outcomes"]}
    assert {no for no, code in told.items() if code != "no-such-event"} == mine


@pytest.mark.parametrize("reader", READERS[:-1])
def test_a_grids_card_shows_of_it_what_the_reader_may_see(stage, reader):
    browser = stage.browser(reader)
    for place in seen_by(reader, "grids"):
        card = browser.get(f"ground/grids/{PLACES[place]}").json()
        shown = {event.no for name, event in stage.events.items() if _in_grid(event, place) and name in seen_by(reader)}
        assert {row["no"] for row in card["open_events"]} == shown
        codes = {row["code"] for row in card["sites"]}
        assert stage.sites["secret"].code not in codes
        assert codes == set(Site.objects.filter(grid__code=PLACES[place], secret=False).values_list("code", flat=True))


def _in_grid(event: Event, place: str) -> bool:
    return event.grid is not None and event.grid.code == PLACES[place]


@pytest.mark.parametrize("reader", READERS[:-1])
def test_channels_around_an_event_are_of_sites_that_the_reader_sees(stage, reader):
    browser = stage.browser(reader)
    visible = set(Site.objects.filter(_ground(reader), secret=False).values_list("code", flat=True))
    for place in seen_by(reader):
        answer = browser.get(f"events/{stage.events[place].no}/channels", metres=2000).json()
        assert {row["site"] for row in answer["channels"]} <= visible
        reachable = Channel.objects.filter(site__code__in=visible).count()
        assert answer["total"] <= reachable
        watchable = {row["site"] for row in answer["channels"] if row["playable"]}
        assert not watchable or reader in named(["watchers"])
        assert stage.sites["not_shared"].code not in watchable


def _ground(reader: str) -> Any:
    """The region subtree of a reader's post, by the posts of the table alone."""
    post = EXPECTED["posts"][reader]
    if reader in WITHOUT:
        return Q(pk__in=[])
    if "grid" in post:
        return Q(path=Grid.objects.get(code=post["grid"]).path)
    code = post.get("region") or post["of"].split("-")[1]
    return Q(path__startswith=Region.objects.get(code=code).path)


@pytest.mark.parametrize("reader", READERS[:-1])
def test_what_may_be_the_same_is_what_the_reader_may_see(stage, reader):
    browser = stage.browser(reader)
    for event in stage.events.values():
        category = event.category.code if event.category else ""
        draft = {"category": category, "address": event.address, "description": "canary address"}
        if event.point:
            draft["point"] = {"lng": event.point.x, "lat": event.point.y, "crs": "wgs84"}
        answer = browser.post("duplicates", draft)
        found = {row["event"]["no"] for row in answer.json()}
        # A dispute is never merged, and nothing of one's own is merged into what is only lent.
        mine = {stage.events[place].no for place in seen_by(reader) - {"class_09", "lent_to_read", "lent_to_join"}}
        assert found <= mine
        if event.point and event.no in mine:
            assert event.no in found


@pytest.mark.parametrize("reader", READERS[:-1])
def test_who_called_is_masked_and_for_two_roles_alone(stage, reader):
    browser = stage.browser(reader)
    if "own_grid" not in seen_by(reader):
        return
    answer = browser.get(f"events/{stage.events['own_grid'].no}")
    assert CANARY_NAME not in answer.content.decode()
    assert CANARY_PHONE not in answer.content.decode()
    (ticket,) = answer.json()["ticket_rows"]
    assert bool(ticket["caller"]) == (reader in readers_of("caller", "own_grid"))


def test_deliveries_and_their_counts_are_those_of_the_holding_centre(stage):
    page = stage.browser("shift_lead").get("deliveries").json()
    assert [row["id"] for row in page["rows"]] == [str(stage.messages["own_grid"].pk)]
    assert page["counts"] == {"pending": 1, "delivered": 0, "dead": 0}
    assert page["rows"][0]["event_no"] == stage.events["own_grid"].no


def test_the_integrator_reads_its_own_tickets_and_the_system_administrator_states_alone(stage):
    """The integrator stands at a centre that has held neither; the administrator reads of all how they stand."""
    assert stage.browser("integrator").get("deliveries").json()["rows"] == []
    answer = stage.browser("sysadmin").get("deliveries")
    assert {row["id"] for row in answer.json()["rows"]} == {str(message.pk) for message in stage.messages.values()}
    assert answer.json()["counts"]["pending"] == len(stage.messages)
    for place, event in stage.events.items():
        assert event.no not in answer.text
        assert f"order-{place}" not in answer.text


def test_the_trail_of_another_ground_is_not_the_auditors(stage):
    browser = stage.browser("auditor")
    subjects = {row["subject"] for row in browser.get("audit", kind="event").json()["rows"]}
    assert stage.events["own_township"].no in subjects
    for place in ("other_township", "other_county", "unplaced"):
        assert stage.events[place].no not in subjects, place
        assert browser.get("audit", kind="event", subject=stage.events[place].no).json()["rows"] == []


# Steps


@pytest.mark.parametrize("name", EXPECTED["steps"])
def test_the_steps_offered_are_those_of_the_reader(stage, name):
    found = EXPECTED["steps"][name]
    seen = (named([*EXPECTED["around"], *found.get("notes", []), *found.get("also", [])])) - named(found.get("hidden"))
    with undone():
        event = SITUATIONS[name](stage.users["grid_officer"])
        shown = {}
        for reader in STEPPERS:
            answer = stage.browser(reader).get(f"events/{event.no}")
            assert answer.status_code in {200, 404}
            if answer.status_code == 200:
                shown[reader] = sorted(one["step"] for one in answer.json()["allowed_steps"])
    assert shown == {reader: sorted(_steps_of(found, reader)) for reader in seen}


def _steps_of(found: dict[str, Any], reader: str) -> list[str]:
    """What the table says that a reader who sees it is offered."""
    steps = list(found["steps"].get(reader, []))
    if "notes" in found:
        steps += EXPECTED["presses"].get(reader, [])
        steps += ["note"] if reader in named(found["notes"]) else []
    return steps


def test_every_situation_of_the_table_is_made_and_every_state_is_in_it(stage):
    assert set(SITUATIONS) == set(EXPECTED["steps"])
    with undone():
        reached = {SITUATIONS[name](stage.users["grid_officer"]).state for name in SITUATIONS}
    assert reached == set(State)


# Tiles


def _features(browser: Browser, zoom: int, layer: str) -> list[dict[str, Any]]:
    found = []
    for tile in TILES[zoom]:
        answer = browser.client.get(tile_url(browser, "sites", tile), headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        decoded = mapbox_vector_tile.decode(gzip.decompress(answer.content))
        found += decoded.get(layer, {"features": []})["features"]
    return found


@pytest.mark.parametrize("reader", READERS[:-1])
def test_site_tiles_hold_the_readers_ground_and_counts_of_it(stage, reader):
    browser = stage.browser(reader)
    offered = set(browser.get("map").json()["tiles"])
    if reader in WITHOUT:
        assert offered == {"base", "ground"}
        return
    assert offered == {"base", "ground", "sites", "components", "devices"}
    visible = Site.objects.filter(_ground(reader), secret=False)
    singles = _features(browser, 14, "site")
    assert sorted(one["properties"]["code"] for one in singles) == sorted(visible.values_list("code", flat=True))
    assert sorted(one["id"] for one in singles) == sorted(visible.values_list("pk", flat=True))
    counted = visible.exclude(code__startswith="stage-")  # cells are counted when the register is loaded
    village = reader != "grid_officer"  # cells are counted by village: an officer's single grid has none
    for zoom in (10, 12):
        cells_ = _features(browser, zoom, "cell")
        assert sum(one["properties"]["n"] for one in cells_) == (counted.count() if village else 0)


def test_the_address_of_anothers_tiles_opens_for_nobody_else(stage):
    stranger = Browser(user_with("dispatcher", f"centre-{FAR_TOWN}"))
    tile = TILES[14][0]
    theirs = tile_url(stranger, "sites", tile)
    assert stranger.get(theirs).status_code == 200
    for reader in READERS:
        assert stage.browser(reader).get(theirs).status_code == (401 if reader == "nobody" else 404), reader
    guessed = tiles.parse(theirs.removeprefix("/tiles/"))
    assert len(guessed.audience.rsplit("-", 1)[-1]) == 32


# The live line


def _heard(stage: Stage, line: Any, wanted: set[str]) -> list[str]:
    """Frames until all that is wanted was told, and a while longer: what is not for this reader never comes."""
    got: list[str] = []
    end = time.monotonic() + 20
    while (left := end - time.monotonic()) > 0:
        if _told(stage, got) >= wanted:
            end = min(end, time.monotonic() + QUIET_SECONDS)
            wanted = {"nothing more is waited for"}
            continue
        try:
            got.append(str(line.recv(timeout=left)))
        except TimeoutError:
            break
    return got


@pytest.mark.parametrize("reader", READERS)
def test_the_live_line_tells_what_the_reader_may_see_and_no_byte_more(stage, server: Server, reader):
    if reader == "nobody":
        with pytest.raises(InvalidStatus) as refused:
            server.open(None)
        assert refused.value.response.status_code == 403
        return
    user = stage.users[reader]
    mine = {stage.events[place].no for place in seen_by(reader)}
    with server.open(Person(user=user, session=session_of(user)), since=0) as line:
        live.number()
        heard = _heard(stage, line, mine)
        assert json.loads(heard[0])["type"] == "welcome"
        assert _told(stage, heard) == mine
        for event in stage.events.values():
            event.refresh_from_db()
            _touch(event)
        live.number()
        assert _told(stage, _heard(stage, line, mine)) == mine


def _told(stage: Stage, heard: list[str]) -> set[str]:
    """The planted events that these bytes name, by number, id or address; each of the three must say the same."""
    changes = [change for text in heard for change in json.loads(text).get("changes", [])]
    ids = {change["id"] for change in changes}
    found = {event.no for event in stage.events.values() if event.pk in ids}
    assert found == {event.no for event in stage.events.values() if event.no in "".join(heard)}
    assert not any(change.get("remove") for change in changes)
    return found


def _touch(event: Event) -> None:
    """A change of the event, told to everybody who may see it."""
    access = access_for(user_with("acceptor", event.holder))
    step(event, deeds.Note(text="再记一笔"), access)


def test_a_machine_has_no_browsers_rights(stage):
    """What the gateway may ask, no session may; and the other way round a channel is never opened without a person."""
    with pytest.raises(Refusal):
        playback.open_view(
            access=NOBODY, channel=stage.channel("own_grid"), purpose=Purpose(words="值班巡视"), binding="0" * 64
        )
