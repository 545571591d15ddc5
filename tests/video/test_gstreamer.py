"""Against GStreamer's RTSP server with Digest: a peer that nobody here wrote."""

import itertools

import pytest

from gis_layers.video.upstream import Upstream
from tests.video.harness import BRISK, PASSWORD, USERNAME, Watched, running, watch
from tests.video.mp4 import packets, pictures

pytestmark = pytest.mark.gstreamer


async def play(port: int, path: str, *, password: str = PASSWORD, messages: int = 60) -> Watched:
    limits = type(BRISK)(connect=2, first_frame=10, linger=0.1)
    upstream = Upstream("127.0.0.1", port, path, USERNAME, password)
    async with running(upstream, limits=limits) as live, live.open() as browser:
        return await watch(browser, messages=messages)


@pytest.mark.parametrize("path", ["/h264", "/stap", "/sound"])
async def test_h264_plays_with_its_real_size(gstreamer: int, path: str) -> None:
    seen = await play(gstreamer, path)
    assert (seen.stream["width"], seen.stream["height"]) == (642, 362)
    decoded = pictures(seen.media)
    assert len(decoded) >= 58
    assert {(frame.width, frame.height) for frame in decoded} == {(642, 362)}
    mean = (decoded[-1].pts - decoded[0].pts) / (len(decoded) - 1)
    assert 3500 < mean < 3700


async def test_frames_out_of_order_are_shown_in_order(gstreamer: int) -> None:
    seen = await play(gstreamer, "/bframes", messages=80)
    coded = packets(seen.media)
    assert any(after.pts < before.pts for before, after in itertools.pairwise(coded))
    assert all(packet.dts <= packet.pts for packet in coded)
    decodes = [packet.dts for packet in coded]
    assert decodes == sorted(set(decodes))
    shown = [frame.pts for frame in pictures(seen.media)]
    assert len(shown) >= 70
    assert all(3000 < after - before < 4200 for before, after in itertools.pairwise(shown))


async def test_h265_is_packed_so_that_a_decoder_takes_it(gstreamer: int) -> None:
    seen = await play(gstreamer, "/h265")
    assert seen.stream["codec"].startswith("hvc1.1.6.L")
    assert (seen.stream["width"], seen.stream["height"]) == (642, 362)
    assert len(pictures(seen.media)) >= 55


async def test_another_codec_is_named(gstreamer: int) -> None:
    assert (await play(gstreamer, "/vp8")).reason == "codec"


async def test_a_wrong_password_and_a_wrong_path(gstreamer: int) -> None:
    assert (await play(gstreamer, "/h264", password="wrong")).reason == "unauthorised"
    assert (await play(gstreamer, "/nothing-here")).reason == "not_found"
