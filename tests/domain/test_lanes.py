"""The worker's lanes: a partner that hangs keeps nobody else waiting, and SIGTERM ends it in order."""

import signal
import time

from django.db import connection
from procrastinate.contrib.django import app

from events import tasks
from events.management.commands.work import LANES
from tests.factories.hotline import SECRET, hand_in, message
from tests.factories.receivers import receiver
from tests.factories.worker import working

WAITED = 3.0  # seconds at most, for a job of the house while every delivery hangs; a delivery hangs for 15


def _clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def _status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        return str(cursor.fetchone()[0])


def test_every_job_belongs_to_a_lane():
    queues = {task.queue for name, task in app.tasks.items() if name.startswith(("events.", "gis_layers."))}
    assert queues == set(LANES)


def test_while_every_delivery_hangs_the_watch_looks_at_the_clocks(committed, settings, tmp_path):
    """The real worker, a real socket that takes and never answers."""
    settings.HOTLINE_KEYS = [SECRET]
    _clear()
    for _ in range(LANES["deliveries"] + 2):
        hand_in(order := message())
        assert hand_in(message("urge", order_no=order["order_no"])).status_code == 200
    with receiver() as end:
        end.open.clear()
        with working(committed, settings, tmp_path, hotline=end.url) as worker:
            _until(lambda: len(end.got) == LANES["deliveries"], seconds=40)
            longest = 0.0
            for number in range(3):
                began = time.monotonic()
                job = tasks.watch_allowances.configure(queueing_lock=f"by hand {number}").defer(timestamp=0)
                _until(lambda job=job: _status(job) == "succeeded", seconds=12)
                longest = max(longest, time.monotonic() - began)
            assert longest < WAITED, f"the watch waited {longest:.1f} s"
            assert len(end.got) == LANES["deliveries"], "no more at once than the lane has places"
            end.open.set()
            _until(lambda: len(end.got) == LANES["deliveries"] + 2, seconds=20)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(12) == 0
    _clear()


def _until(condition, *, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
