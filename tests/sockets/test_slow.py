"""A reader that does not read costs 256 kB and its own line, nobody else's. Promise 20."""

import json
import socket

import pytest
from django.db import connection

from gis_layers import live
from grid.models import Role
from tests.sockets.conftest import read_until, scope
from webapp.live.frames import updates
from webapp.live.viewer import LIMIT_BYTES, SIGNED_OUT, TOO_SLOW, Viewer

_BURST = """
    INSERT INTO gis_layers_update (layer, subject, after, body)
    SELECT 'events', n, %s::jsonb, jsonb_build_object('id', n, 'text', repeat('x', 900))
    FROM generate_series(1, 1500) AS n
"""


async def test_what_waits_is_bounded_and_dropped_with_the_line():
    viewer = Viewer(session="s", audience=(), seq=0)
    frame = updates(prev=0, seq=1, changes=['{"text":"' + "中" * 10_000 + '"}'])
    assert frame.size > 30_000
    for _ in range(100):
        viewer.offer(frame)
        assert viewer.waiting_bytes <= LIMIT_BYTES
    assert viewer.ended.is_set()
    assert (viewer.close_code, viewer.waiting_bytes, viewer.take()) == (TOO_SLOW, 0, None)
    viewer.end(SIGNED_OUT)
    assert viewer.close_code == TOO_SLOW  # the first reason stays


async def test_one_large_frame_is_no_sin_and_order_is_kept():
    viewer = Viewer(session="s", audience=(), seq=0)
    viewer.offer(updates(prev=0, seq=1, changes=['"' + "x" * LIMIT_BYTES * 2 + '"']))
    assert not viewer.ended.is_set()
    first = viewer.take()
    assert first is not None
    for number in range(5):
        viewer.offer(updates(prev=number, seq=number + 1, changes=[]))
    taken = [viewer.take() for _ in range(5)]
    assert [json.loads(frame.text)["prev"] for frame in taken if frame] == [0, 1, 2, 3, 4]
    assert viewer.waiting_bytes == 0


@pytest.mark.slow
def test_beside_a_reader_that_never_reads_the_others_get_everything(server, person, counties):
    mine = counties[0]
    lazy, keen = person((Role.CHECKER, mine)), person((Role.CHECKER, mine))
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", server.port))
    with server.open(lazy, sock=narrow, max_queue=1, close_timeout=1), server.open(keen) as line:
        base = json.loads(line.recv(timeout=5))["seq"]
        with connection.cursor() as cursor:
            cursor.execute(_BURST, [json.dumps(scope(mine.path))])
        newest = live.number()
        assert newest == base + 1500
        got = read_until(line, newest, seconds=60)
        assert [change["id"] for frame in got for change in frame["changes"]] == list(range(1, 1501))
