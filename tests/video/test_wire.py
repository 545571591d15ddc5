"""Bytes in: RTSP messages, SDP, RTP, parameter sets and clocks, whatever a camera sends."""

import contextlib
import io
import itertools
import struct

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.simulators.films import Film
from gis_layers.video import h264, h265
from gis_layers.video.picture import Fragment
from gis_layers.video.rtp import Depacketiser, Packet, parse_packet
from gis_layers.video.rtsp_auth import Authenticator, Challenge, strongest_challenge
from gis_layers.video.rtsp_wire import Deframer, Interleaved, Message, WireError
from gis_layers.video.sdp import control_url, parse_description
from gis_layers.video.timeline import Timeline
from gis_layers.video.upstream import Upstream


# ---- authentication
@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_digest_by_the_example_of_rfc_7616(algorithm: str, response: str) -> None:
    header = (
        f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    challenge = strongest_challenge([header])
    assert challenge is not None
    answer = Authenticator(challenge, "Mufasa", "Circle of Life").header(
        method="GET", url="/dir/index.html", client_nonce=lambda: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    )
    assert f'response="{response}"' in answer
    assert "nc=00000001" in answer


def test_the_strongest_scheme_that_we_know_is_taken() -> None:
    headers = [
        'Basic realm="x"',
        'Digest realm="x", nonce="1"',
        'Digest realm="x", nonce="2", algorithm=SHA-256, qop="auth"',
    ]
    assert strongest_challenge(headers) == Challenge("sha-256", "x", "2", None, "SHA-256", True)
    assert strongest_challenge(['Digest realm="x", nonce="1", qop="auth-int"', "Negotiate"]) is None
    old = Authenticator(Challenge("md5", "x", "1"), "u", "p")
    assert "qop" not in old.header(method="PLAY", url="rtsp://h/")
    assert "Circle" not in repr(Authenticator(Challenge("basic"), "Mufasa", "Circle of Life"))


def test_an_address_never_shows_itself() -> None:
    upstream = Upstream("10.1.2.3", 554, "/Streaming/Channels/101?x=1", "admin", "secret")
    assert repr(upstream) == str(upstream) == "Upstream()"
    assert upstream.url == "rtsp://10.1.2.3:554/Streaming/Channels/101?x=1"
    assert Upstream("fe80::1", 554, "a").url == "rtsp://[fe80::1]:554/a"
    for bad in (("a b", 554, "/"), ("user@host", 554, "/"), ("h", 0, "/"), ("h", 1, "/x\r\nEvil: 1"), ("h", 1, "/ x")):
        with pytest.raises(ValueError, match="the camera's") as refusal:
            Upstream(*bad)
        assert "user" not in str(refusal.value)
        assert "Evil" not in str(refusal.value)


# ---- RTSP on the wire
STREAM = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 5\r\n\r\nhello"
    b"$\x00\x00\x04abcd\r\nOPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n$\x02\x00\x00"
    b"RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\n\r\n"
)
ITEMS = [
    Message(200, "", (("cseq", "1"), ("content-length", "5")), b"hello"),
    Interleaved(0, b"abcd"),
    Message(0, "OPTIONS", (("cseq", "7"),), b""),
    Interleaved(2, b""),
    Message(401, "", (("cseq", "2"),), b""),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_the_same_items_however_tcp_cuts_the_bytes(cuts: list[int]) -> None:
    deframer = Deframer()
    edges = [0, *sorted(cuts), len(STREAM)]
    found = [item for a, b in itertools.pairwise(edges) for item in deframer.feed(STREAM[a:b])]
    assert found == ITEMS


@given(st.binary(max_size=3000))
def test_garbage_is_an_error_or_nothing_never_a_crash(garbage: bytes) -> None:
    with contextlib.suppress(WireError):
        assert len(list(Deframer().feed(garbage))) <= len(garbage)


def test_endless_headers_and_bodies_are_cut_off() -> None:
    with pytest.raises(WireError, match="header"):
        list(Deframer().feed(b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * 5000))
    with pytest.raises(WireError, match="body"):
        list(Deframer().feed(b"RTSP/1.0 200 OK\r\nContent-Length: 999999\r\n\r\n"))


# ---- SDP
def test_the_first_video_with_its_parameter_sets() -> None:
    description = parse_description(
        b"v=0\r\na=control:rtsp://10.0.0.1/all\r\nm=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
        b"m=video 0 RTP/AVP 97\r\n"
        b"a=rtpmap:97 H264/90000\r\na=fmtp:97 packetization-mode=1; sprop-parameter-sets=Z0IAKeKQ,aM4xUg==\r\n"
        b"a=control:trackID=2\r\n"
    )
    (video,) = description.videos
    assert (video.codec, video.payload_type, video.clock, video.control) == ("h264", 97, 90000, "trackID=2")
    assert [nal[0] & 31 for nal in video.parameter_sets] == [7, 8]
    assert description.control == "rtsp://10.0.0.1/all"
    assert control_url(base="rtsp://h/a/", control="trackID=2") == "rtsp://h/a/trackID=2"
    assert control_url(base="rtsp://h/a", control="*") == "rtsp://h/a"
    assert "\n" not in control_url(base="rtsp://h", control="x\r\nEvil: 1")


@given(st.binary(max_size=500))
def test_any_body_is_a_description(body: bytes) -> None:
    parse_description(body)
    parse_description(b"m=video 0 RTP/AVP 96\r\n" + body)


# ---- RTP
@given(st.binary(max_size=60))
def test_a_packet_is_read_or_refused(raw: bytes) -> None:
    try:
        packet = parse_packet(raw)
    except ValueError:
        return
    assert raw[0] >> 6 == 2
    assert packet.payload in raw


def test_header_extension_sources_and_padding() -> None:
    head = struct.pack(">BBHII", 0xB1, 0x80 | 96, 7, 99, 5)
    raw = head + b"srcs" + b"\xbe\xde\0\1extn" + b"body" + b"\0\0\3"
    assert parse_packet(raw) == Packet(96, True, 7, 99, 5, b"body")


def packets(film: Film, count: int) -> list[Packet]:
    sent, sequence = [], 65_530
    for number in range(count):
        for marker, payload in film.frames[number]:
            sent.append(Packet(96, marker, sequence & 0xFFFF, number * 3600, 1, payload))
            sequence += 1
    return sent


@settings(max_examples=60, deadline=None)
@given(lost=st.sets(st.integers(0, 400), max_size=12), marker=st.booleans())
def test_a_damaged_frame_never_gets_through(films: tuple[Film, ...], lost: set[int], marker: bool) -> None:
    sent = packets(films[0], 60)
    whole = {number * 3600: sum(len(p.payload) for p in sent if p.timestamp == number * 3600) for number in range(60)}
    units = Depacketiser(h264.H264Codec(), payload_type=96, max_unit=1 << 22)
    # What was lost before the first packet arrived can't be known.
    lost = {index for index in lost if index > min(set(range(len(sent))) - lost)}
    touched = {packet.timestamp for index, packet in enumerate(sent) if index in lost}
    got = []
    for index, packet in enumerate(sent):
        if index not in lost:
            one = packet if marker else Packet(96, False, packet.sequence, packet.timestamp, 1, packet.payload)
            got += units.push(one)
    assert not touched & {unit.timestamp for unit in got}
    for unit in got:
        assert abs(sum(map(len, unit.nals)) - whole[unit.timestamp]) <= 2 * len(sent)
    if lost and min(lost) < len(sent) - 1 and any(index < len(sent) - 1 for index in lost):
        after = [unit for unit in got if touched and unit.timestamp > min(touched)]
        assert not after or after[0].after_loss


@given(st.binary(min_size=1, max_size=40), st.booleans())
def test_any_payload_is_taken_or_refused(payload: bytes, second: bool) -> None:
    codec = h265.H265Codec() if second else h264.H264Codec()
    units = Depacketiser(codec, payload_type=96, max_unit=1 << 20)
    for sequence in range(3):
        for unit in units.push(Packet(96, True, sequence, sequence, 1, payload)):
            codec.absorb(unit.nals)
            try:
                codec.format()
            except ValueError:
                continue


def test_aggregates_and_fragments() -> None:
    codec = h264.H264Codec()
    assert codec.unpack(b"\x78\0\2ab\0\1c") == (b"ab", b"c")
    assert codec.unpack(b"\x7c\x85rest") == Fragment(True, False, b"\x65", b"rest")
    for bad in (b"\x78\0\5ab", b"\x78", b"\x7c\x85", b"\x79ab", b"\xe5ab"):
        with pytest.raises(ValueError, match=r"."):
            codec.unpack(bad)


# ---- parameter sets
@pytest.mark.parametrize(
    ("width", "height", "options"),
    [
        (640, 360, {"profile": "baseline"}),
        (1918, 1078, {"profile": "high", "bf": "2"}),
        (176, 144, {"profile": "main", "bf": "0"}),
        (720, 576, {"profile": "high", "flags": "+ildct", "x264-params": "tff=1"}),
        (1280, 722, {"profile": "high", "x264-params": "nal-hrd=vbr:vbv-maxrate=900:vbv-bufsize=900"}),
        (322, 242, {"profile": "high444", "pix_fmt": "yuv444p"}),
        (400, 300, {"profile": "high", "x264-params": "cqm=jvt"}),
    ],
)
def test_the_real_size_of_what_x264_makes(width: int, height: int, options: dict[str, str]) -> None:
    extra = encoded(width, height, options)
    (sps,) = [nal for nal in extra if nal[0] & 31 == 7]
    parameters = h264.parse_sps(sps)
    assert (parameters.width, parameters.height) == (width, height)
    assert parameters.frame_seconds == pytest.approx(0.04)
    assert parameters.reorder == (0 if options.get("bf") == "0" or options["profile"] == "baseline" else 2)
    for cut in range(4, len(sps)):
        try:
            h264.parse_sps(sps[:cut])
        except ValueError:
            continue


def encoded(width: int, height: int, options: dict[str, str]) -> list[bytes]:
    out = io.BytesIO()
    options = dict(options)
    with av.open(out, "w", format="h264") as container:
        stream = container.add_stream("libx264", rate=25, options={k: v for k, v in options.items() if k != "pix_fmt"})
        stream.width, stream.height, stream.pix_fmt = width, height, options.get("pix_fmt", "yuv420p")
        frame = av.VideoFrame(width, height, stream.pix_fmt)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        for _ in range(3):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return [nal for nal in out.getvalue().replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if nal]


# ---- clocks
def timeline(reorder: int | None = 0) -> Timeline:
    return Timeline(timescale=90_000, frame_seconds=0.04, reorder=reorder)


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 2**32 - 1), max_size=80), st.sampled_from([0, 1, 2, None]))
def test_decoding_time_only_goes_forward(first: int, others: list[int], reorder: int | None) -> None:
    clock = timeline(reorder)
    times = [clock.stamp(timestamp=timestamp, source=timestamp % 3) for timestamp in [first, *others]]
    decodes = [time.decode for time in times]
    assert all(after > before for before, after in itertools.pairwise(decodes))
    assert min(decodes) >= 0


@given(st.integers(0, 2**32 - 1))
def test_a_wrap_is_no_jump(first: int) -> None:
    clock = timeline()
    times = [clock.stamp(timestamp=(first + n * 3600) & 0xFFFFFFFF, source=1) for n in range(50)]
    assert [time.present - times[0].present for time in times] == [n * 3600 for n in range(50)]
    assert clock.jumps == 0


@pytest.mark.parametrize("reorder", [1, None])
def test_b_frames_are_decoded_before_they_are_shown(reorder: int | None) -> None:
    clock = timeline(reorder)
    order = [0, *(n + shift for n in range(0, 60, 3) for shift in (3, 1, 2))]
    times = [clock.stamp(timestamp=n * 3600, source=1) for n in order]
    assert [(time.present - times[0].present) // 3600 for time in times] == order
    settled = times[4 if reorder else 15 :]
    assert all(time.decode <= time.present for time in settled)
    assert {b.decode - a.decode for a, b in itertools.pairwise(settled)} == {3600}


@pytest.mark.parametrize("jump", [90_000 * 600, -90_000 * 600, -90_000, 90_000 * 6])
def test_a_jump_goes_on_one_frame_later(jump: int) -> None:
    clock = timeline()
    before = clock.stamp(timestamp=10**9, source=1)
    after = clock.stamp(timestamp=(10**9 + jump) & 0xFFFFFFFF, source=1)
    assert after.present - before.present == 3600
    assert clock.jumps == 1
