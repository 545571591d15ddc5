"""From a simulated camera to a browser's socket: what arrives, for whom, and who may not."""

import asyncio
import hashlib
import itertools
import json
import time
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from deploy.simulators.cameras import Cameras
from gis_layers.video.permits import PlaybackRefused
from gis_layers.video.upstream import Upstream
from tests.video.harness import BRISK, CHANNEL, COOKIE, KEY, Running, running, until, watch
from tests.video.mp4 import packets, pictures


async def test_a_browser_gets_the_real_picture(camera: Upstream) -> None:
    async with running(camera) as live, live.open() as browser:
        seen = await watch(browser, messages=70)
        assert seen.stream["mime"] == f'video/mp4; codecs="{seen.stream["codec"]}"'
        assert (seen.stream["width"], seen.stream["height"]) == (640, 360)
        assert seen.stream["codec"].startswith("avc1.4d")
        assert seen.stream["watermark"] == "张三 2026-11-21"
        frames = pictures(seen.media)
    assert len(frames) >= 68
    assert {(frame.width, frame.height) for frame in frames} == {(640, 360)}
    assert {after.pts - before.pts for before, after in itertools.pairwise(frames)} == {3600}
    assert {packet.duration for packet in packets(seen.media)[1:]} == {3600}


async def test_the_viewer_is_known_to_the_platform_before_the_first_byte(camera: Upstream) -> None:
    async with running(camera) as live:
        session = uuid4()
        async with live.open(live.ticket(session_id=session, user="42"), user_agent_header="Browser/1") as browser:
            ((ticket, viewer),) = live.platform.asked
            assert (ticket.session_id, ticket.user_id, ticket.channel_code) == (session, "42", CHANNEL)
            assert (viewer.address, viewer.user_agent) == ("10.1.2.3", "Browser/1")
            seen = await watch(browser, messages=10)
        await until(lambda: bool(live.platform.closed))
        ((closed, reason, seconds, sent),) = live.platform.closed
        assert (closed, reason) == (session, "left")
        assert 0 < seconds < 10
        assert sent >= sum(map(len, seen.media))


async def test_every_scheme_of_authentication_plays(cameras: tuple[Cameras, int]) -> None:
    simulator, port = cameras
    seen = set()
    for number in range(40):
        path = f"/cam/{number}"
        if simulator.scheme_for(path) in seen:
            continue
        seen.add(simulator.scheme_for(path))
        upstream = Upstream("127.0.0.1", port, path, "canary-user-5f1c", "canary-pass-9d2e")
        async with running(upstream) as live, live.open() as browser:
            assert len((await watch(browser, messages=3)).media) == 3
    assert seen == {"basic", "md5", "sha-256"}


async def test_a_wrong_password_is_tried_once_and_named(cameras: tuple[Cameras, int]) -> None:
    for path in ("/cam/1", "/cam/2", "/cam/3", "/cam/4"):
        async with running(Upstream("127.0.0.1", cameras[1], path, "admin", "wrong")) as live, live.open() as browser:
            seen = await watch(browser)
            assert (seen.reason, seen.code, seen.media) == ("unauthorised", 4401, [])


async def refused(live: Running, *arguments: Any, **options: Any) -> tuple[int, str]:
    with pytest.raises(InvalidStatus) as refusal:
        await live.open(*arguments, **options)
    response = refusal.value.response
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(bytes(response.body))
    assert problem["status"] == response.status_code
    return response.status_code, problem["reason"]


async def test_a_ticket_opens_one_channel_once_in_one_browser_for_a_minute(camera: Upstream) -> None:
    async with running(camera) as live:
        token = live.ticket()
        assert await refused(live, token, cookie="another-session") == (403, "session")
        assert await refused(live, token, cookie=None) == (403, "session")
        assert await refused(live, token, channel="44030900001320000002") == (403, "channel")
        assert await refused(live, token, origin=None) == (403, "origin")
        for foreign in ("https://grid.example.org:8443", "http://grid.example.org", "https://evil.example", "null"):
            assert await refused(live, token, origin=foreign) == (403, "origin")
        async with live.open(token) as browser:
            assert len((await watch(browser, messages=2)).media) == 2
        assert await refused(live, token) == (403, "used")
        assert await refused(live, live.ticket(now=time.time() - 61)) == (403, "expired")
        assert await refused(live, token[:-2] + "AA") in {(403, "signature"), (403, "malformed")}
        assert await refused(live, "nonsense") == (403, "malformed")
        assert len(live.platform.asked) == 1
        async with live.open(origin="https://GRID.example.org:443") as browser:
            assert (await watch(browser, messages=1)).media


async def test_a_replay_that_only_the_database_knows_is_a_403(camera: Upstream) -> None:
    async with running(camera) as live:
        live.platform.refusal = PlaybackRefused("ticket", "This ticket was used before.")
        assert await refused(live) == (403, "used")
        live.platform.refusal = PlaybackRefused("revoked", "The sharing has ended.")
        async with live.open() as browser:
            seen = await watch(browser)
        assert (seen.reason, seen.code, seen.frames[0]["detail"]) == ("revoked", 4410, "The sharing has ended.")
        assert not live.platform.closed


async def test_fifty_replays_at_once_open_one_picture(camera: Upstream) -> None:
    async with running(camera) as live:
        token = live.ticket()
        results = await asyncio.gather(*(live.open(token) for _ in range(50)), return_exceptions=True)
        opened = [result for result in results if not isinstance(result, BaseException)]
        assert len(opened) == 1
        assert all(isinstance(result, InvalidStatus) for result in results if isinstance(result, BaseException))
        await opened[0].close()


async def test_a_revocation_cuts_the_picture_at_once(camera: Upstream) -> None:
    async with running(camera) as live:
        session = uuid4()
        async with live.open(live.ticket(session_id=session)) as browser, live.open() as other:
            await watch(browser, messages=5)
            begun = time.perf_counter()
            assert await live.gateway.revoke(session)
            seen = await watch(browser)
            assert time.perf_counter() - begun < 1
            assert (seen.reason, seen.code) == ("revoked", 4410)
            assert len((await watch(other, messages=5)).media) == 5
        await until(lambda: len(live.platform.closed) == 2)
        assert sorted(reason for _, reason, _, _ in live.platform.closed) == ["left", "revoked"]


async def test_a_revoked_ticket_never_opens(camera: Upstream) -> None:
    async with running(camera) as live:
        session = uuid4()
        assert not await live.gateway.revoke(session)
        assert await refused(live, live.ticket(session_id=session)) == (403, "used")


async def test_a_revocation_while_the_platform_still_thinks_wins(camera: Upstream) -> None:
    async with running(camera) as live:

        async def revoke_first(ticket: Any) -> None:
            assert await live.gateway.revoke(ticket.session_id)

        live.platform.before_answer = revoke_first
        async with live.open() as browser:
            seen = await watch(browser)
        assert (seen.reason, seen.media) == ("revoked", [])
        await until(lambda: [reason for _, reason, _, _ in live.platform.closed] == ["revoked"])


async def test_a_logout_cuts_all_pictures_of_that_browser_and_no_other(camera: Upstream) -> None:
    async with running(camera) as live:
        other_cookie = "an0ther"
        async with (
            live.open() as one,
            live.open() as two,
            live.open(live.ticket(cookie=other_cookie), cookie=other_cookie) as other,
        ):
            for browser in (one, two, other):
                await watch(browser, messages=2)
            assert await live.gateway.revoke_browser_session(hashlib.sha256(COOKIE.encode()).hexdigest()) == 2
            assert [(await watch(browser)).reason for browser in (one, two)] == ["revoked", "revoked"]
            assert len((await watch(other, messages=5)).media) == 5


async def test_access_is_checked_again_and_a_no_ends_it(camera: Upstream) -> None:
    async with running(camera, limits=replace(BRISK, recheck=0.2)) as live, live.open() as browser:
        await watch(browser, messages=15)
        assert len(live.platform.rechecked) >= 2
        live.platform.allowed = False
        assert (await watch(browser, seconds=2)).reason == "revoked"


async def test_a_platform_that_does_not_answer_again_ends_the_picture_after_a_grace(camera: Upstream) -> None:
    async with running(camera, limits=replace(BRISK, recheck=0.2, recheck_grace=0.5)) as live:

        async def broken(session_id: Any) -> bool:
            raise ConnectionError("the web process is being restarted at 10.9.9.9")

        live.gateway._sessions._recheck = broken
        begun = time.perf_counter()
        async with live.open() as browser:
            seen = await watch(browser, seconds=5)
        assert seen.reason == "error"
        assert time.perf_counter() - begun > 0.7
        assert "10.9.9.9" not in json.dumps(seen.frames)


async def test_one_upstream_for_many_viewers_and_a_running_start(
    cameras: tuple[Cameras, int], camera: Upstream
) -> None:
    simulator, _ = cameras
    async with running(camera, limits=replace(BRISK, per_user=50)) as live:
        async with live.open() as first:
            await watch(first, messages=20)
            others = await asyncio.gather(*(live.open() for _ in range(30)))
            begun = time.perf_counter()
            seen = await asyncio.gather(*(watch(other, messages=2) for other in others))
            # The init segment and the running group of pictures come at once, not at the next key frame (2 s).
            assert time.perf_counter() - begun < 0.5
            assert all(len(one.media) == 2 and len(pictures(one.media)) >= 15 for one in seen)
            assert simulator.playing == 1
            assert live.gateway.health().streams == 1
            await asyncio.gather(*(other.close() for other in others))
        await until(lambda: simulator.playing == 0)
        await until(lambda: live.gateway.health() == type(live.gateway.health())(0, 0))


async def test_a_stream_lingers_so_that_coming_back_costs_nothing(
    cameras: tuple[Cameras, int], camera: Upstream
) -> None:
    async with running(camera, limits=replace(BRISK, linger=2)) as live:
        async with live.open() as browser:
            await watch(browser, messages=3)
        async with live.open() as browser:
            await watch(browser, messages=3)
        assert "media_gateway_camera_connections_total 1\n" in live.gateway.metrics_text()


async def test_caps_for_a_user_and_for_the_gateway(camera: Upstream) -> None:
    async with running(camera, limits=replace(BRISK, per_user=2, per_gateway=3)) as live:
        first = [await live.open() for _ in range(2)]
        async with live.open() as browser:
            assert (await watch(browser)).reason == "busy"
        second = await live.open(live.ticket(user="8"))
        async with live.open(live.ticket(user="9")) as browser:
            assert (await watch(browser)).code == 4429
        await first[0].close()
        await until(lambda: live.gateway.health().viewers == 2)
        async with live.open() as browser:
            assert len((await watch(browser, messages=2)).media) == 2
        for connection in (first[1], second):
            await connection.close()


async def test_a_viewer_that_reads_nothing_is_bounded_and_closed(camera: Upstream) -> None:
    async with running(camera, limits=replace(BRISK, viewer_queue=64 * 1024, slow=1)) as live, live.open() as good:
        idle = await live.open(max_queue=1)
        idle.transport.pause_reading()
        idle_id = live.platform.asked[-1][0].session_id
        (session,) = [known for known in live.gateway._sessions.all() if known.named(idle_id)]
        await watch(good, messages=5)
        assert session.viewer is not None
        transport = session.viewer._connection.transport
        # The kernel's buffers on loopback swallow megabytes: fill them so that the next frames have to wait.
        session.viewer._send(bytes(8 * 1024 * 1024))
        filled = transport.get_write_buffer_size()
        assert filled > 64 * 1024
        await watch(good, messages=30)
        assert transport.get_write_buffer_size() <= filled + 1024  # a goodbye may follow, frames may not
        await until(lambda: [reason for _, reason, _, _ in live.platform.closed] == ["slow"], seconds=6)
        assert len((await watch(good, messages=5)).media) == 5
        idle.transport.abort()


async def test_a_viewer_that_catches_up_goes_on_at_a_key_frame(camera: Upstream) -> None:
    async with running(camera, limits=replace(BRISK, viewer_queue=64 * 1024, slow=30)) as live:
        browser = await live.open(max_queue=1)
        await until(lambda: live.gateway.health().viewers == 1)
        await watch(browser, messages=5)
        browser.transport.pause_reading()
        (session,) = live.gateway._sessions.all()
        assert session.viewer is not None
        session.viewer._send(b"\0\0\0\x08free" * 1024 * 1024)
        await until(lambda: "frames_dropped_total 0" not in live.gateway.metrics_text())
        browser.transport.resume_reading()
        seen = await watch(browser, messages=80)
        fresh = seen.media[next(i for i, part in enumerate(seen.media) if part.startswith(b"\0\0\0\x08free")) + 1 :]
        first = fresh[0]
        flags = first[first.index(b"trun") + 24 :][:4]
        assert flags == b"\x02\0\0\0"
        await browser.close()


async def test_a_browser_that_talks_is_ignored_and_one_that_shouts_is_closed(camera: Upstream) -> None:
    async with running(camera) as live:
        async with live.open() as browser:
            for _ in range(20):
                await browser.send("hello")
            assert len((await watch(browser, messages=10)).media) == 10
            for _ in range(200):
                await browser.send("x")
            assert (await watch(browser)).code in {4403, 1011}
        async with live.open() as browser:
            await browser.send("x" * 5000)
            assert (await watch(browser)).code == 1009


async def test_local_pages(camera: Upstream) -> None:
    async with running(camera) as live, httpx.AsyncClient(trust_env=False) as client:
        base = f"http://127.0.0.1:{live.port}"
        async with live.open() as browser:
            await watch(browser, messages=3)
            health = (await client.get(f"{base}/gateway/healthz")).json()
            assert health == {"status": "ok", "viewers": 1, "streams": 1}
            metrics = (await client.get(f"{base}/gateway/metrics")).text
            assert "media_gateway_viewers 1\n" in metrics
            assert CHANNEL not in metrics
        assert (await client.get(f"{base}/anything")).status_code == 404
        plain = await client.get(f"{base}/live/{CHANNEL}?ticket={live.ticket()}", headers={"Origin": "x"})
        assert plain.status_code == 426


async def test_stopping_tells_browsers_and_the_platform(camera: Upstream) -> None:
    async with running(camera) as live:
        browser = await live.open()
        await watch(browser, messages=2)
        receiving = asyncio.create_task(watch(browser))
        await live.gateway.stop()
        assert (await receiving).reason == "offline"
        assert [reason for _, reason, _, _ in live.platform.closed] == ["offline"]


async def test_the_listener_is_loopback_or_a_socket(camera: Upstream, tmp_path: Any) -> None:
    async with running(camera) as live:
        with pytest.raises(ValueError, match="loopback"):
            await live.gateway.listen_tcp("0.0.0.0", 0)  # noqa: S104
        path = tmp_path / "gateway.sock"
        await live.gateway.listen_unix(str(path))
        assert path.stat().st_mode & 0o777 == 0o660
        transport = httpx.AsyncHTTPTransport(uds=str(path))
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            assert (await client.get("http://gateway/gateway/healthz")).json()["status"] == "ok"


def test_the_key_is_long_enough() -> None:
    assert len(KEY) >= 32
