"""Each misbehaviour ends with the right reason within its time-out, or heals; addresses never come out."""

import asyncio
import itertools
import json
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from deploy.simulators.films import Film
from gis_layers.video.upstream import Upstream
from tests.video.evil import EvilCameras
from tests.video.harness import BRISK, PASSWORD, USERNAME, loopback_only, running, watch
from tests.video.mp4 import packets, pictures

LIMITS = replace(BRISK, first_frame=1.5, silence=1, unusable=1.5)
CANARIES = (USERNAME, PASSWORD, "127.0.0.1", "canary-path", "169.254", "10.66.66.66", "canary-reason")


@pytest_asyncio.fixture
async def evil(films: tuple[Film, ...]) -> AsyncIterator[tuple[EvilCameras, int]]:
    cameras = EvilCameras(films[0])
    server, port = await cameras.serve()
    yield cameras, port
    server.close()


def at(port: int, path: str) -> Upstream:
    return Upstream("127.0.0.1", port, path + "/canary-path", USERNAME, PASSWORD)


@pytest.mark.parametrize(
    ("path", "reason", "least", "most"),
    [
        ("/mute", "timeout", 1.4, 2.5),
        ("/nomedia", "timeout", 1.4, 2.5),
        ("/lies", "timeout", 1.4, 2.5),
        ("/stall", "silent", 1.0, 3.0),
        ("/onlypartial", "silent", 1.4, 3.5),
        ("/garbage", "error", 0, 1),
        ("/udp", "error", 0, 1),
        ("/nonsense", "error", 0, 1),
        ("/codec", "codec", 0, 1),
        ("/novideo", "codec", 0, 1),
        ("/redirect", "refused", 0, 1),
        ("/missing", "not_found", 0, 1),
        ("/forbidden", "unauthorised", 0, 1),
        ("/unavailable", "offline", 0, 1),
        ("/full", "busy", 0, 1),
    ],
)
async def test_the_reason_comes_in_time_and_names_no_address(
    evil: tuple[EvilCameras, int], path: str, reason: str, least: float, most: float, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    begun = time.perf_counter()
    async with running(at(evil[1], path), limits=LIMITS) as live, live.open() as browser:
        seen = await watch(browser, seconds=10)
    assert seen.reason == reason
    assert least <= time.perf_counter() - begun <= most + 0.5
    # The library's client in this test logs the address of our own gateway.
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("websockets.client")]
    told = "\n".join([json.dumps(seen.frames), repr(at(evil[1], path)), *logged])
    assert [canary for canary in CANARIES if canary in told] == []
    assert evil[0].connections == 1


@pytest.mark.parametrize("path", ["/ahead", "/back", "/source", "/loss", "/asks", "/early", "/wrap"])
async def test_these_heal_without_the_viewer_noticing_more_than_a_jerk(
    evil: tuple[EvilCameras, int], path: str
) -> None:
    async with running(at(evil[1], path), limits=replace(LIMITS, unusable=10)) as live, live.open() as browser:
        seen = await watch(browser, messages=130, seconds=40)
        assert len(seen.media) == 130
        assert seen.reason == ""
        assert evil[0].connections == 1
    times = [packet.dts for packet in packets(seen.media)]
    steps = [after - before for before, after in itertools.pairwise(times)]
    assert min(steps) > 0
    assert max(steps) <= (90_000 * 5 if path == "/loss" else 3600)
    assert len(pictures(seen.media)) >= 120
    if path == "/asks":
        assert ["200 OK" in text for text in evil[0].answers_to_us] == [True, False]


@pytest.mark.parametrize("path", ["/drop", "/reset", "/leaves"])
async def test_a_dropped_connection_is_opened_again_behind_the_viewer(evil: tuple[EvilCameras, int], path: str) -> None:
    async with running(at(evil[1], path), limits=replace(LIMITS, silence=3)) as live, live.open() as browser:
        seen = await watch(browser, messages=120, seconds=12)
        assert len(seen.media) == 120
        assert 2 <= evil[0].connections <= 4
        assert "media_gateway_camera_reconnections_total 0" not in live.gateway.metrics_text()
    times = [packet.dts for packet in packets(seen.media)]
    assert {after - before for before, after in itertools.pairwise(times)} == {3600}


async def test_a_camera_that_stays_away_is_offline(films: tuple[Film, ...]) -> None:
    cameras = EvilCameras(films[0])
    server, port = await cameras.serve()
    async with running(at(port, "/drop"), limits=LIMITS) as live, live.open() as browser:
        await watch(browser, messages=20)
        server.close()
        seen = await watch(browser, seconds=5)
    assert seen.reason == "offline"


async def test_a_session_is_kept_alive_and_ended(evil: tuple[EvilCameras, int]) -> None:
    async with running(at(evil[1], "/asks"), limits=LIMITS) as live, live.open() as browser:
        # The camera's session lasts 2 s: within 2.5 s it must have been asked for again.
        await watch(browser, seconds=2.5)
    await asyncio.sleep(0.1)
    methods = [text.split()[0] for text in evil[0].requests]
    assert methods[:4] == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]
    assert methods[-1] == "TEARDOWN"
    assert methods[4:-1].count("OPTIONS") >= 2
    # Sound is never asked for.
    assert sum(method == "SETUP" for method in methods) == 1
    assert "/picture " in next(text for text in evil[0].requests if text.startswith("SETUP"))


async def test_an_address_outside_the_list_is_never_connected_to(evil: tuple[EvilCameras, int]) -> None:
    for host in ("localhost", "127.1", "0.0.0.0", "169.254.169.254", "::1"):  # noqa: S104
        async with running(Upstream(host, evil[1], "/wrap")) as live, live.open() as browser:
            assert (await watch(browser)).reason == "refused"
    assert evil[0].connections == 0


async def test_the_checked_address_is_the_one_connected_to(evil: tuple[EvilCameras, int]) -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[object]:
        asked.append(host)
        return list(await loopback_only("127.0.0.1", port))

    upstream = Upstream("camera-77.invalid", evil[1], "/wrap")
    async with running(upstream, check=rebinding) as live, live.open() as browser:
        assert len((await watch(browser, messages=5)).media) == 5
    assert asked == ["camera-77.invalid"]


async def test_nobody_listening_is_offline_and_no_name_is_offline() -> None:
    async def unresolved(host: str, port: int) -> list[object]:
        raise OSError("canary-host does not resolve")

    async with running(at(1, "/x")) as live, live.open() as browser:
        seen = await watch(browser)
        assert (seen.reason, seen.code) == ("offline", 4503)
    async with running(at(1, "/x"), check=unresolved) as live, live.open() as browser:
        assert (await watch(browser)).reason == "offline"
