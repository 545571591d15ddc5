"""Live pictures, as far as the application decides them: who, for what, once, written down first. Promises 33-35."""

import json
import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as installed
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from gis_layers.models import Channel, ChannelSource, Grant, PlaybackSession, Site
from gis_layers.services import playback
from gis_layers.video.platform import signature
from gis_layers.video.tickets import TicketRefused, verify
from grid.models import AuditEntry, Post, Region, User
from grid.refusals import Forbidden, Unavailable
from grid.services import audit
from tests.factories import SANYI_GRID, organisation, reported, user_with
from tests.http.doors import Browser, problem
from tests.http.pages import build
from tests.http.routes import routes
from tests.http.stage import (
    CANARY_HOST,
    CANARY_NAME,
    CANARY_PHONE,
    CANARY_USER,
    CANARY_WORD,
    PLACES,
    READERS,
    Stage,
    plant_canary,
    set_up,
)
from webapp.sessions import binding

CENTRE, FAR_CENTRE = "centre-430902005000", "centre-430903001000"
PRIVATE = "unit-430902000000-wuye"
WORDS = "路面积水，查看现场"
WATCHERS = ("dispatcher", "shift_lead", "supervisor")


def _site(**changed: Any) -> Site:
    site = Site.objects.filter(grid__code=SANYI_GRID, site_class="class1").get()
    Site.objects.filter(pk=site.pk).update(**changed)
    site.refresh_from_db()
    return site


def _channel(**changed: Any) -> Channel:
    found = _site(**changed).channels.get(number=1)
    plant_canary(found)
    return found


@pytest.fixture
def watcher() -> Browser:
    return Browser(user_with("dispatcher", CENTRE))


def _asked(browser: Browser, channel: Channel, **purpose: Any) -> Any:
    return browser.post("playback", {"channel": channel.code, **(purpose or {"purpose": WORDS})})


def _trail(**wanted: Any) -> list[tuple[str, str, str]]:
    rows = AuditEntry.objects.filter(subject_kind="channel", **wanted).order_by("pk")
    return list(rows.values_list("action", "result", "subject"))


def _session(answer: Any) -> PlaybackSession:
    return PlaybackSession.objects.get(pk=answer.json()["session"])


def _admitted(answer: Any, **changed: Any) -> playback.Admission:
    row = _session(answer)
    call: dict[str, Any] = {
        "session": row.pk, "user": str(row.user_id), "channel": row.channel.code, "binding": row.binding,
        "address": "192.0.2.1",
    } | changed  # fmt: skip
    return playback.admit(**call)


@pytest.mark.django_db
class TestAsking:
    def test_a_ticket_for_words_and_for_an_event(self, watcher):
        channel = _channel()
        event = reported()
        for purpose in ({"purpose": WORDS}, {"event_no": event.no}):
            answer = _asked(watcher, channel, **purpose)
            assert answer.status_code == 201, answer.content
            assert set(answer.json()) == {"session", "url", "watermark"}
            row = _session(answer)
            assert (row.purpose, row.event_no) == (purpose.get("purpose", ""), purpose.get("event_no", ""))
            assert row.binding == binding(watcher.client.session.session_key)
            assert answer.json()["watermark"].startswith(f"大码头街道指挥中心 {watcher.user.name} ")
            address = urlsplit(answer.json()["url"])
            assert (address.scheme, address.netloc, address.path) == ("", "", f"/live/{channel.code}")
            (token,) = parse_qs(address.query)["ticket"]
            ticket = verify(token, key=installed.TICKET_KEY, now=time.time())
            assert (ticket.session_id, ticket.user_id) == (row.pk, str(watcher.user.pk))
            assert (ticket.channel_code, ticket.binding) == (channel.code, row.binding)
            assert 55 < ticket.expires_at - time.time() <= 60
            with pytest.raises(TicketRefused, match="expired"):
                verify(token, key=installed.TICKET_KEY, now=time.time() + 61)
        assert _trail() == [("playback.grant", "ok", channel.code)] * 2

    @pytest.mark.parametrize("purpose", [{"purpose": ""}, {"purpose": "    "}, {"purpose": "看看"}, {"event_no": ""}])
    def test_no_purpose_no_ticket(self, watcher, purpose):
        channel = _channel()
        refused = problem(_asked(watcher, channel, **purpose), 422, "purpose-needed")
        assert refused["errors"][0]["field"] == "purpose"
        assert not PlaybackSession.objects.exists()
        assert _trail() == [("playback.refuse", "refused", channel.code)]

    def test_an_event_that_one_does_not_see_is_no_purpose(self, watcher):
        far = reported(grid="430903001002001")
        for number in (far.no, "EV00000000-0000"):
            problem(_asked(watcher, _channel(), event_no=number), 404, "no-such-event")
            problem(_asked(watcher, _channel(), event_no=number, purpose=WORDS), 404, "no-such-event")
        assert not PlaybackSession.objects.exists()

    def test_the_row_is_written_before_the_answer_and_without_it_there_is_none(self, watcher, monkeypatch):
        channel = _channel()
        _asked(watcher, channel)  # what a process keeps is warm
        rows = AuditEntry.objects.filter(action="playback.grant").count()
        answer = _asked(watcher, channel)
        assert answer.status_code == 201
        assert AuditEntry.objects.filter(action="playback.grant").count() == rows + 1

        def full(**_row: Any) -> None:
            raise DatabaseError("the trail can't be written")

        before = PlaybackSession.objects.count()
        monkeypatch.setattr(audit, "record", full)
        watcher.client.raise_request_exception = False
        with transaction.atomic():
            answer = _asked(watcher, channel)
        assert answer.status_code >= 500
        assert b"ticket" not in answer.content
        assert PlaybackSession.objects.count() == before

    @pytest.mark.parametrize("role", ["acceptor", "checker", "leader", "auditor"])
    def test_roles_that_may_not_watch(self, role):
        channel = _channel()
        browser = Browser(user_with(role, CENTRE))
        refused = problem(_asked(browser, channel), 403, "may-not-watch")
        assert refused["detail"]
        assert not PlaybackSession.objects.exists()
        assert _trail() == [("playback.refuse", "refused", channel.code)]
        assert browser.user is not None
        assert AuditEntry.objects.get(subject=channel.code).actor_id == browser.user.pk

    @pytest.mark.parametrize("role", WATCHERS)
    def test_roles_that_may_within_their_region(self, role):
        channel = _channel()
        assert _asked(Browser(user_with(role, CENTRE)), channel).status_code == 201
        problem(_asked(Browser(user_with(role, FAR_CENTRE)), channel), 404, "no-such-channel")

    def test_two_posts_do_not_add_up(self):
        """Seeing a site by one post and watching elsewhere by another is not watching it."""
        user = user_with("checker", CENTRE)
        user_with("dispatcher", FAR_CENTRE, user=user)
        problem(_asked(Browser(user), _channel()), 403, "may-not-watch")

    @pytest.mark.parametrize("owner", [CENTRE, "unit-430902000000-gongan"])
    def test_a_secret_site_is_not_there(self, watcher, owner):
        channel = _channel(secret=True, owner=organisation(owner))
        problem(_asked(watcher, channel), 404, "no-such-channel")
        problem(watcher.get(f"sites/{channel.site.code}"), 404, "no-such-site")
        problem(watcher.get(f"sites/id:{channel.site.pk}"), 404, "no-such-site")
        event = reported()
        assert channel.code not in watcher.get(f"events/{event.no}/channels", metres=2000).content.decode()
        assert channel.site.code not in watcher.get(f"ground/grids/{SANYI_GRID}").content.decode()

    def test_what_there_is_not(self, watcher):
        for code in ("", "x", "0" * 20, "../..", "' OR 1=1"):
            problem(watcher.post("playback", {"channel": code, "purpose": WORDS}), 404, "no-such-channel")
        problem(watcher.post("playback", {"purpose": WORDS}), 422, "invalid-fields")
        problem(_asked(watcher, _channel(), purpose=WORDS, address="rtsp://x"), 422, "invalid-fields")


def _grant(**changed: Any) -> Grant:
    now = timezone.now()
    sites = changed.pop("sites", ())
    fields = {
        "owner": organisation(PRIVATE), "grantee": organisation(CENTRE), "purpose": "联合值守",
        "path": "", "since": now - timedelta(days=1), "until": now + timedelta(days=1),
    } | changed  # fmt: skip
    made = Grant.objects.create(**fields)
    made.sites.set(sites)
    return made


@pytest.mark.django_db
class TestSharing:
    @pytest.fixture
    def channel(self) -> Channel:
        return _channel(owner=organisation(PRIVATE))

    def test_another_owners_site_needs_a_grant(self, watcher, channel):
        refused = problem(_asked(watcher, channel), 403, "may-not-watch")
        assert organisation(PRIVATE).short_name in refused["detail"]
        _grant(sites=[channel.site])
        assert _asked(watcher, channel).status_code == 201

    @pytest.mark.parametrize("path", ["city", "county", "township", "village", "grid"])
    def test_a_grant_of_a_region_that_holds_the_site(self, watcher, channel, path):
        parts = channel.site.path.rstrip("/").split("/")
        depth = ["city", "county", "township", "village", "grid"].index(path) + 1
        _grant(path="/".join(parts[:depth]) + "/")
        assert _asked(watcher, channel).status_code == 201

    def test_grants_that_do_not_cover_it(self, watcher, channel):
        now = timezone.now()
        own = channel.site.path
        far = Region.objects.get(code="430903000000").path
        other = Site.objects.filter(grid__code="430902005001002").first()
        for changed in (
            {"path": own, "until": now - timedelta(seconds=1)},
            {"path": own, "since": now + timedelta(minutes=5)},
            {"path": own, "revoked_at": now},
            {"path": far},
            {"path": own, "grantee": organisation(FAR_CENTRE)},
            {"path": own, "owner": organisation("unit-430903000000-wuye")},
            {"sites": [other]},
            {},
        ):
            grant = _grant(**changed)
            problem(_asked(watcher, channel), 403, "may-not-watch")
            grant.delete()
        assert not PlaybackSession.objects.exists()
        assert len(_trail(result="refused")) == 8

    def test_a_grant_gives_no_sight_beyond_ones_region(self, channel):
        _grant(path=channel.site.path, grantee=organisation(FAR_CENTRE))
        stranger = Browser(user_with("dispatcher", FAR_CENTRE))
        problem(_asked(stranger, channel), 404, "no-such-channel")

    def test_a_grant_to_one_of_two_organisations_counts_for_that_post_alone(self, channel):
        """The grantee's post must itself watch over the place."""
        _grant(path=channel.site.path, grantee=organisation(FAR_CENTRE))
        user = user_with("dispatcher", CENTRE)
        user_with("dispatcher", FAR_CENTRE, user=user)
        problem(_asked(Browser(user), channel), 403, "may-not-watch")

    def test_lists_say_the_same_as_the_door(self, watcher, channel):
        assert not any(one["playable"] for one in watcher.get(f"sites/{channel.site.code}").json()["channels"])
        _grant(sites=[channel.site])
        assert all(one["playable"] for one in watcher.get(f"sites/{channel.site.code}").json()["channels"])


@pytest.mark.django_db
class TestSpending:
    @pytest.fixture
    def opened(self, watcher: Browser) -> Any:
        return _asked(watcher, _channel())

    def test_once_and_with_the_row_before_the_first_byte(self, opened):
        admission = _admitted(opened)
        assert (admission.upstream.host, admission.upstream.password) == (CANARY_HOST, CANARY_WORD)
        assert [action for action, _, _ in _trail()] == ["playback.grant", "playback.open"]
        row = _session(opened)
        assert (row.state, row.opened_at is None) == ("playing", False)
        for _ in range(2):
            with pytest.raises(playback.Spent):
                _admitted(opened)
        assert len(_trail()) == 2

    def test_what_is_not_exactly_the_session_is_spent(self, opened, watcher):
        other = user_with("dispatcher", CENTRE)
        another = Channel.objects.exclude(pk=_session(opened).channel_id)[0]
        for changed in (
            {"user": str(other.pk)}, {"channel": another.code}, {"binding": "0" * 64}, {"binding": ""},
            {"session": "00000000-0000-4000-8000-000000000000"},
        ):  # fmt: skip
            with pytest.raises(playback.Spent):
                _admitted(opened, **changed)
        assert _session(opened).state == "granted"
        assert _admitted(opened).user == watcher.user.pk

    @pytest.mark.parametrize("lost", ["post", "account", "secret", "owner", "role"])
    def test_rights_that_went_between_grant_and_admission(self, opened, watcher, lost):
        posts = Post.objects.filter(user=watcher.user)
        if lost == "post":
            posts.update(until=timezone.now())
        elif lost == "role":
            posts.update(role="acceptor")
        elif lost == "account":
            User.objects.filter(pk=watcher.user.pk).update(is_active=False)
        elif lost == "secret":
            _site(secret=True)
        else:
            _site(owner=organisation(PRIVATE))
        with pytest.raises(Forbidden):
            _admitted(opened)
        row = _session(opened)
        assert (row.state, row.end_reason, row.opened_at) == ("failed", "rights", None)
        assert _trail()[-1][:2] == ("playback.refuse", "refused")
        with pytest.raises(playback.Spent):
            _admitted(opened)

    def test_a_grant_that_ended_while_it_played(self, watcher):
        channel = _channel(owner=organisation(PRIVATE))
        grant = _grant(sites=[channel.site])
        opened = _asked(watcher, channel)
        _admitted(opened)
        row = _session(opened)
        assert playback.still_allowed(row.pk)
        Grant.objects.filter(pk=grant.pk).update(revoked_at=timezone.now())
        assert not playback.still_allowed(row.pk)

    def test_no_source_no_stream(self, watcher):
        channel = _channel()
        channel.source.delete()
        with pytest.raises(Unavailable):
            _admitted(_asked(watcher, channel))

    def test_a_session_that_ends_takes_its_views_along(self, watcher, opened):
        second = Browser(watcher.user)
        kept = _asked(second, _channel())
        _admitted(opened)
        assert playback.revoke_sessions(binding=_session(opened).binding) == 1
        assert (_session(opened).state, _session(opened).end_reason) == ("revoked", "session")
        assert _session(kept).state == "granted"
        assert not playback.still_allowed(_session(opened).pk)
        _admitted(kept)

    def test_signing_out_ends_what_plays(self, watcher, opened):
        _admitted(opened)
        assert watcher.post("/logout", {}).status_code == 302
        assert _session(opened).state == "revoked"

    def test_ending_is_for_the_viewer_alone(self, watcher, opened):
        row = _session(opened)
        other = Browser(user_with("dispatcher", CENTRE))
        problem(other.post(f"playback/{row.pk}/end", {}), 404, "no-such-session")
        answer = watcher.post(f"playback/{row.pk}/end", {})
        assert (answer.status_code, answer.content) == (204, b"")
        problem(watcher.post("playback/00000000-0000-4000-8000-000000000000/end", {}), 404, "no-such-session")
        assert watcher.post("playback/not-an-id/end", {}).status_code in {404, 422}

    def test_a_ticket_nobody_used_is_over(self, opened):
        assert playback.forget_unused(now=timezone.now() + timedelta(minutes=3)) == 1
        with pytest.raises(playback.Spent):
            _admitted(opened)


def _signed(path: str, body: dict[str, Any], *, key: bytes | None = None, stamp: str | None = None) -> Any:
    raw = json.dumps(body).encode()
    stamp = stamp or str(int(time.time()))
    made = signature(key=key or installed.TICKET_KEY, stamp=stamp, body=raw)
    headers = {"X-Gateway-Time": stamp, "X-Gateway-Signature": made}
    return Client().post(f"/internal/playback/{path}", raw, content_type="application/json", headers=headers)


@pytest.mark.django_db
class TestGatewaysDoor:
    def _call(self, opened: Any) -> dict[str, Any]:
        row = _session(opened)
        return {
            "session": str(row.pk), "user": str(row.user_id), "channel": row.channel.code, "binding": row.binding,
            "address": "192.0.2.1",
        }  # fmt: skip

    def test_a_walk_of_the_gateway(self, watcher):
        opened = _asked(watcher, _channel())
        call = self._call(opened)
        told = _signed("authorise", call)
        assert told.status_code == 200
        assert told.json()["upstream"]["host"] == CANARY_HOST
        assert _signed("authorise", call).json()["refused"] == "ticket"
        session = {"session": call["session"]}
        assert _signed("recheck", session).json() == {"allowed": True}
        over = session | {"reason": "left", "seconds": 4.2, "bytes": 4711}
        assert _signed("closed", over).status_code == 200
        assert _signed("recheck", session).json() == {"allowed": False}
        assert [action for action, _, _ in _trail()] == ["playback.grant", "playback.open", "playback.end"]

    def test_without_the_signature_there_is_nothing(self, watcher):
        call = self._call(_asked(watcher, _channel()))
        for answer in (
            watcher.post("/internal/playback/authorise", call),
            Client().post("/internal/playback/authorise", call, content_type="application/json"),
            _signed("authorise", call, key=b"k" * 32),
            _signed("authorise", call, stamp=str(int(time.time()) - 31)),
            _signed("authorise", call, stamp=str(int(time.time()) + 40)),
            _signed("authorise", call, stamp="9" * 11),
            _signed("authorise", call, stamp="٣٣"),
        ):
            problem(answer, 404, "not-found")
            assert CANARY_HOST not in answer.content.decode()
        assert PlaybackSession.objects.get().state == "granted"

    @pytest.mark.parametrize("body", [{}, {"session": 7}, [], None, "x", {"session": "x"}, {"session": None}])
    @pytest.mark.parametrize("path", ["authorise", "recheck", "closed"])
    def test_a_call_that_can_not_be_read(self, path, body):
        problem(_signed(path, body), 422, "invalid-fields")

    @pytest.mark.parametrize(
        "changed",
        [
            {"seconds": "NaN"}, {"seconds": 1e300}, {"bytes": 10**19}, {"reason": "x" * 9999}, {"user": "x"},
            {"user": "9" * 30},
        ],
    )  # fmt: skip
    def test_strange_values_break_nothing(self, watcher, changed):
        opened = _asked(watcher, _channel())
        for path, call in (
            ("authorise", self._call(opened)),
            ("closed", {"session": self._call(opened)["session"], "reason": "left", "seconds": 1.0, "bytes": 1}),
        ):
            used = {name: value for name, value in changed.items() if name in call}
            assert _signed(path, call | used).status_code in {200, 422}


# Nothing of a camera's address anywhere

CANARIES = (CANARY_HOST, CANARY_WORD, CANARY_USER, "canary-path", CANARY_NAME, CANARY_PHONE)


@pytest.fixture(scope="class")
def stage(
    django_db_setup: None, django_db_blocker: Any, database_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    with django_db_blocker.unblock(), set_up(database_name, tmp_path_factory.mktemp("stage")) as ready:
        kept = list(ChannelSource.objects.all())
        for channel in Channel.objects.all():
            plant_canary(channel)
        yield ready
        ChannelSource.objects.bulk_update(kept, ["host", "port", "stream_path", "credentials"])


class TestCanaries:
    """Every source of a camera and every caller is planted; every GET route is read as every reader."""

    @pytest.fixture(autouse=True)
    def _client_build(self, tmp_path: Path, settings: Any) -> None:
        settings.CLIENT_MANIFEST = build(tmp_path)

    def _addresses(self, stage: Stage) -> Iterator[str]:
        values = {
            "/events/{}": [one.no for one in stage.events.values()],
            "/photos/{}": list(stage.photos.values()),
            "/sites/{}": [one.code for one in stage.sites.values()],
            "/ground/grids/{}": list(PLACES.values()),
            "/i18n/{}": ["zh-hans", "en"],
            "/tiles/{}": ["sites/x/1/14/1/1.mvt"],
            "/components/{}": ["430902000001"],
            "/accounts/{}": ["stage.nobody"],
            "/posts/{}": [str(Post.objects.latest("pk").pk)],
            "/choices/{}": [CENTRE],
            "/organisations/{}": [CENTRE],
            "/categories/{}": ["06-001"],
            "/indicators/{}": ["closure"],
            "/sharing/{}": [str(one.pk) for one in stage.sharings.values()],
            "/devices/{}": [str(one) for one in stage.devices.values()],
            "/shifts/{}": ["1"],
            "/assessments/{}": ["2026"],
        }
        for route in routes():
            if route.method != "GET":
                continue
            fitting = next((found for part, found in values.items() if part in route.path), [""])
            assert "{}" not in route.path or fitting != [""], route
            yield from (route.path.replace("{}", value) for value in fitting)
        for name in ("open", "todo", "in_hand"):
            yield f"/api/v1/events?view={name}&q={CANARY_HOST}"

    @pytest.mark.usefixtures("light_paper")
    @pytest.mark.parametrize("reader", READERS)
    def test_no_answer_holds_one(self, stage, caplog, reader):
        caplog.set_level(logging.DEBUG)
        browser = stage.browser(reader)
        read = 0
        for address in self._addresses(stage):
            answer = browser.get(address)
            read += 1
            body = answer.content.decode("utf-8", "replace") + str(answer.headers)
            found = [canary for canary in CANARIES if canary in body]
            assert CANARY_HOST not in found or f"q={CANARY_HOST}" in address, address
            assert not set(found) - {CANARY_HOST}, address
        assert read > 60
        for channel in ("own_grid", "secret", "not_shared"):
            answer = browser.post("playback", {"channel": stage.channel(channel), "purpose": WORDS})
            assert not any(canary in answer.content.decode() for canary in CANARIES)
            if answer.status_code == 201:
                _admitted(answer)
        assert not any(canary in caplog.text for canary in CANARIES)
        trail = str(list(AuditEntry.objects.values()))
        assert not any(canary in trail for canary in CANARIES)

    def test_the_canaries_are_really_there(self, stage):
        """Control: what the crawl looks for would be found."""
        told = playback._upstream(Channel.objects.get(code=stage.channel("own_grid")))
        assert told is not None
        assert (told.host, told.username, told.password) == (CANARY_HOST, CANARY_USER, CANARY_WORD)
        assert CANARY_WORD not in repr(told)
        assert CANARY_HOST not in repr(told)

    def test_an_upstream_that_is_unusable_is_not_told_either(self, stage, caplog):
        caplog.set_level(logging.DEBUG)
        channel = Channel.objects.get(code=stage.channel("own_grid"))
        with transaction.atomic():
            channel.source.host = f"{CANARY_HOST} bad"
            channel.source.save()
            opened = stage.browser("dispatcher").post("playback", {"channel": channel.code, "purpose": WORDS})
            row = _session(opened)
            told = _signed(
                "authorise",
                {
                    "session": str(row.pk), "user": str(row.user_id), "channel": channel.code, "binding": row.binding,
                    "address": "",
                },
            )  # fmt: skip
            transaction.set_rollback(True)
        assert told.json()["refused"]
        assert CANARY_HOST not in told.content.decode() + caplog.text
