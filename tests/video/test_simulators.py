"""The demo's cameras: made once, the same every time, small, and different from their neighbours."""

import asyncio
import json
from pathlib import Path

import av
import pytest
from av.video.frame import PictureType

from deploy.simulators.cameras import Cameras
from deploy.simulators.clips import frames
from deploy.simulators.films import Film
from deploy.simulators.places import SCENES
from gis_layers.video.upstream import Upstream
from tests.video.harness import BRISK, running, watch


def test_the_clips_are_a_dozen_small_and_playable_anywhere(clip_directory: Path) -> None:
    index = json.loads((clip_directory / "index.json").read_text())
    assert len(index) == 12
    assert sum(entry["bytes"] for entry in index) <= 8_000_000
    for entry in index:
        assert 10 <= entry["seconds"] <= 20
        with av.open(str(clip_directory / entry["file"])) as container:
            kinds = [PictureType(frame.pict_type).name for frame in container.decode(video=0)]
        assert len(kinds) == entry["seconds"] * 25
        assert set(kinds) == {"I", "P"}
        assert [number for number, kind in enumerate(kinds) if kind == "I"] == list(range(0, len(kinds), 50))


def test_a_picture_is_the_same_every_time_and_moves() -> None:
    first, again = (next(frames(SCENES[1], 1)) for _ in range(2))
    assert first.tobytes() == again.tobytes()
    pictures = frames(SCENES[1], 1)
    next(pictures)
    assert next(pictures).tobytes() != first.tobytes()


def test_neighbours_differ(films: tuple[Film, ...]) -> None:
    cameras = Cameras(films)
    shown = [(id(film), key) for film, key in (cameras.film_for(f"/cam/{number}") for number in range(20))]
    assert len(set(shown)) >= 12
    assert [cameras.film_for("/cam/1")[1] for _ in range(3)] == [cameras.film_for("/cam/1")[1]] * 3


async def test_offline_cameras_answer_503_or_never(films: tuple[Film, ...]) -> None:
    paths = {f"/cam/{number}" for number in range(20)}
    simulator = Cameras(films, offline=frozenset(paths))
    server = await simulator.serve("127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    found = {}
    for fault in ("unavailable", "mute"):
        path = min(path for path in paths if simulator.fault_of(path) == fault)
        async with running(Upstream("127.0.0.1", port, path), limits=BRISK) as live, live.open() as browser:
            found[fault] = (await watch(browser)).reason
    assert found == {"unavailable": "offline", "mute": "timeout"}
    server.close()


async def test_a_session_nobody_keeps_alive_ends(films: tuple[Film, ...]) -> None:
    simulator = Cameras(films, session_seconds=1)
    server = await simulator.serve("127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    url = f"rtsp://127.0.0.1:{port}/cam/1"
    writer.write(f"SETUP {url} RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n".encode())
    answer = (await reader.readuntil(b"\r\n\r\n")).decode()
    session = answer.split("Session: ")[1].split(";")[0]
    writer.write(f"PLAY {url} RTSP/1.0\r\nCSeq: 2\r\nSession: {session}\r\n\r\n".encode())
    async with asyncio.timeout(3):
        while await reader.read(65536):
            pass
    writer.close()
    # Our own client keeps it alive.
    async with running(Upstream("127.0.0.1", port, "/cam/1")) as live, live.open() as browser:
        assert (await watch(browser, seconds=2.5)).reason == ""
        assert "media_gateway_camera_connections_total 1\n" in live.gateway.metrics_text()
    server.close()


async def test_the_simulator_is_for_loopback_only(films: tuple[Film, ...]) -> None:
    with pytest.raises(ValueError, match="loopback"):
        await Cameras(films).serve("0.0.0.0", 0)  # noqa: S104
