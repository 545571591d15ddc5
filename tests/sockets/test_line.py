"""The line itself, on a real web process: who gets in, what arrives, when it ends. Promises 27, 49."""

import contextlib
import json
import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gis_layers import live
from grid.models import Post, Region, Revision, Role, User, UserSession
from tests.sockets.conftest import Person, Server, frames, next_frame, read_until, scope, session_of, tell

pytestmark = pytest.mark.slow
Maker = Callable[..., Person]


def _welcome(line) -> int:
    frame = json.loads(line.recv(timeout=5))
    assert frame["type"] == "welcome"
    return frame["seq"]


def _closed(line, *, within: float) -> int:
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            line.recv(timeout=max(0.01, until - time.monotonic()))
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006
        except TimeoutError:
            break
    raise AssertionError(f"still open after {within} s")


def test_only_our_own_pages_in_a_signed_in_browser(server: Server, person: Maker, counties: list[Region]) -> None:
    reader = person((Role.DISPATCHER, counties[0]))
    with server.open(reader) as line:
        assert json.loads(line.recv(timeout=5)) == {"type": "welcome", "seq": live.snapshot_seq()}
    foreign = [
        None,
        "null",
        "http://evil.example",
        f"https://127.0.0.1:{server.port}",
        f"http://127.0.0.1:{server.port + 1}",
        "http://127.0.0.1",
        f"http://localhost:{server.port}",
        f"http://127.0.0.1:{server.port}.evil.example",
    ]
    for origin in foreign:
        with pytest.raises(InvalidStatus) as refused:
            server.open(reader, origin=origin)
        assert refused.value.response.status_code == 403, origin
    for nobody in (None, Person(user=reader.user, session="a" * 32), Person(user=reader.user, session="'; --")):
        with pytest.raises(InvalidStatus):
            server.open(nobody)
    for since in ("-1", "abc", "1e3", "9" * 40, ""):
        with pytest.raises(InvalidStatus):
            server.open(reader, since=since)


def test_expired_disabled_and_rekeyed_sessions_are_refused(
    server: Server, person: Maker, counties: list[Region]
) -> None:
    expired, disabled, rekeyed = (person((Role.DISPATCHER, counties[0])) for _ in range(3))
    UserSession.objects.filter(session_key=expired.session).update(expire_date=timezone.now())
    User.objects.filter(pk=disabled.user.pk).update(is_active=False)
    rekeyed.user.set_password("another quite long password")
    rekeyed.user.save()
    for somebody in (expired, disabled, rekeyed):
        with pytest.raises(InvalidStatus):
            server.open(somebody)


@pytest.mark.parametrize(
    ("send", "code"),
    [
        (lambda line: line.send("x" * 4097), 1009),
        (lambda line: line.send("x" * 1_000_000), 1009),
        (lambda line: line.send(b"\x00\x01"), 1003),
        (lambda line: [line.send("{}") for _ in range(1000)], 4429),
    ],
    ids=["over 4 kB", "1 MB", "binary", "1,000 messages"],
)
def test_what_no_page_of_ours_sends_ends_the_line(server: Server, person: Maker, counties, send, code) -> None:
    reader = person((Role.DISPATCHER, counties[0]))
    with server.open(reader) as line:
        line.recv(timeout=5)
        with contextlib.suppress(ConnectionClosed):
            send(line)
        assert _closed(line, within=5) == code
    with server.open(reader) as line:  # everybody else, and the next line, is served
        assert json.loads(line.recv(timeout=5))["type"] == "welcome"


def test_a_few_small_messages_are_borne(server: Server, person: Maker, counties) -> None:
    with server.open(person((Role.DISPATCHER, counties[0]))) as line:
        _welcome(line)
        for _ in range(10):
            line.send("x" * 4096)
        tell(1, before=None, after=scope(counties[0].path), body={"id": 1})
        assert read_until(line, live.number())[0]["changes"] == [{"layer": "events", "id": 1, "row": {"id": 1}}]


def test_an_update_arrives_once_committed_and_never_before(server: Server, person: Maker, counties) -> None:
    with server.open(person((Role.DISPATCHER, counties[0]))) as line:
        base = _welcome(line)
        with transaction.atomic():
            tell(1, before=None, after=scope(counties[0].path), body={"id": 1})
            assert frames(line, seconds=1) == []
        began = time.monotonic()
        got = read_until(line, base + 1)
        assert time.monotonic() - began < 1
        assert (got[0]["prev"], got[0]["seq"]) == (base, base + 1)


def test_nothing_unseen_is_in_the_bytes(server: Server, person: Maker, counties) -> None:
    mine, theirs = counties
    with server.open(person((Role.CHECKER, mine))) as line:
        _welcome(line)
        tell(1, before=None, after=scope(theirs.path), body={"id": 1, "place": "CANARY"})
        tell(2, before=scope(theirs.path), after=scope(theirs.path), body={"id": 2, "place": "CANARY"})
        tell(3, before=scope(theirs.path), after=None, body=None)
        tell(4, before=None, after=scope(mine.path, restricted=True), body={"id": 4, "place": "CANARY"})
        tell(5, before=None, after=scope(mine.path), body={"id": 5, "place": "mine"})
        tell(6, before=scope(mine.path), after=scope(theirs.path), body={"id": 6, "place": "CANARY"})
        raw = frames(line, seconds=2)
    text = "".join(raw)
    assert "CANARY" not in text
    told = [change for frame in map(json.loads, raw) if frame["type"] == "updates" for change in frame["changes"]]
    assert told == [
        {"layer": "events", "id": 5, "row": {"id": 5, "place": "mine"}},
        {"layer": "events", "id": 6, "remove": True},
    ]
    assert not re.search(r'"(before|after|path|holder)"', text)


def test_what_may_not_be_seen_is_no_gap_and_what_was_missed_comes(server: Server, person: Maker, counties) -> None:
    mine, theirs = counties
    reader = person((Role.CHECKER, mine))
    with server.open(reader) as line:
        base = _welcome(line)
        for number in range(1, 8):
            tell(number, before=None, after=scope(theirs.path if number % 2 else mine.path), body={"id": number})
            live.number()
        got = read_until(line, base + 6)
    place = base
    for frame in got:
        assert frame["prev"] == place
        place = frame["seq"]
    until = time.monotonic() + 5
    while time.monotonic() < until:  # the seventh, which is not for this reader, comes to the hub a look later
        with server.open(reader) as line:
            if _welcome(line) == base + 7:
                break
    with server.open(reader, since=base + 3) as line:
        assert _welcome(line) == base + 7
        missed = read_until(line, base + 7)
    assert missed[0]["prev"] == base + 3
    assert [change["id"] for frame in missed for change in frame["changes"]] == [4, 6]


def test_a_place_that_the_feed_can_not_continue_from_asks_for_a_new_snapshot(server, person, counties) -> None:
    reader = person((Role.CHECKER, counties[0]))
    with server.open(reader, since=10**9) as line:  # never reached
        assert [next_frame(line)["type"] for _ in range(2)] == ["welcome", "resync"]
        assert _closed(line, within=5) == 4409


@pytest.mark.parametrize("how", ["row", "account", "password"])
def test_a_session_that_ends_takes_its_line_along_within_five_seconds(server, person, counties, how) -> None:
    reader, other = person((Role.CHECKER, counties[0])), person((Role.CHECKER, counties[0]))
    with server.open(reader) as line, server.open(other) as kept:
        line.recv(timeout=5)
        kept.recv(timeout=5)
        if how == "row":
            UserSession.objects.filter(session_key=reader.session).delete()
        elif how == "account":
            User.objects.filter(pk=reader.user.pk).update(is_active=False)
        else:
            reader.user.set_password("another quite long password")
            reader.user.save()
        assert _closed(line, within=5) == 4401
        assert frames(kept, seconds=0.5) == []


def test_moved_rights_reach_the_line_within_five_seconds(server, person, counties) -> None:
    mine, theirs = counties
    reader = person((Role.CHECKER, mine))
    with server.open(reader) as line:
        line.recv(timeout=5)
        Post.objects.filter(user=reader.user).update(region=theirs)
        began = time.monotonic()
        assert next_frame(line) == {"type": "resync"}
        assert _closed(line, within=5) == 4409
        assert time.monotonic() - began < 5
    with server.open(reader) as line:  # rights that moved for others only leave a line alone
        line.recv(timeout=5)
        Revision.objects.update_or_create(name="rights", defaults={"value": 77})
        assert frames(line, seconds=3) == []
        tell(1, before=None, after=scope(theirs.path), body={"id": 1})
        assert read_until(line, live.number())


def test_a_post_that_runs_out_takes_its_sight_along(server, person, counties) -> None:
    reader = person((Role.CHECKER, counties[0]))
    with server.open(reader) as line:
        line.recv(timeout=5)
        Post.objects.filter(user=reader.user).update(until=timezone.now() + timedelta(seconds=1))
        assert next_frame(line, seconds=7) == {"type": "resync"}


def test_a_second_session_of_one_user_stands_by_itself(server, person, counties) -> None:
    reader = person((Role.CHECKER, counties[0]))
    second = Person(user=reader.user, session=session_of(reader.user))
    with server.open(reader) as one, server.open(second) as two:
        one.recv(timeout=5)
        two.recv(timeout=5)
        UserSession.objects.filter(session_key=reader.session).delete()
        assert _closed(one, within=5) == 4401
        assert frames(two, seconds=1) == []


def test_no_other_address_has_a_line(server: Server) -> None:
    from websockets.sync.client import connect

    for path in ("/", "/ws/", "/ws/other", "/ws/live/x"):
        with pytest.raises(InvalidStatus):
            connect(f"ws://127.0.0.1:{server.port}{path}", origin=server.origin, proxy=None)
