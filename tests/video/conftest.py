import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.simulators import clips
from deploy.simulators.cameras import Cameras, Credentials
from deploy.simulators.films import Film, load_films
from gis_layers.video.upstream import Upstream
from tests.video.harness import PASSWORD, USERNAME


@pytest.fixture(scope="session")
def clip_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("clips")
    clips.build(directory)
    return directory


@pytest.fixture(scope="session")
def films(clip_directory: Path) -> tuple[Film, ...]:
    return load_films(clip_directory)


@pytest_asyncio.fixture
async def cameras(films: tuple[Film, ...]) -> AsyncIterator[tuple[Cameras, int]]:
    simulator = Cameras(films, credentials=Credentials(USERNAME, PASSWORD))
    server = await simulator.serve("127.0.0.1", 0)
    yield simulator, server.sockets[0].getsockname()[1]
    server.close()
    await asyncio.sleep(0)


@pytest.fixture
def camera(cameras: tuple[Cameras, int]) -> Upstream:
    return Upstream("127.0.0.1", cameras[1], "/canary-path-77aa/1", USERNAME, PASSWORD)


GSTREAMER = Path(__file__).with_name("gstreamer_server.py")


@pytest.fixture(scope="session")
def gstreamer() -> Iterator[int]:
    """GStreamer's RTSP server with Digest; needs the Debian packages named in gstreamer_server.py."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        ["/usr/bin/python3", str(GSTREAMER), str(port), USERNAME, PASSWORD], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n", "GStreamer's RTSP server did not start: install its packages"
        yield port
        process.terminate()
