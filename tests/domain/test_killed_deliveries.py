"""A process that delivers is killed in the middle, twenty times: the message arrives, and is the same each time.

Promise 2. Each is a process of its own, really killed while the hotline's end holds its answer back; that the worker
itself is one of these is `test_outbox`'s.
"""

import multiprocessing
import os
import signal
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from events import tasks
from events.hotline import callback
from events.models import DeliveryAttempt, OutboxMessage
from events.services import outbox
from events.services.outbox import LEASE
from tests.factories.hotline import SECRET, hand_in, message
from tests.factories.receivers import receiver

KILLS = 20


@pytest.fixture(autouse=True)
def _key(settings):
    settings.HOTLINE_KEYS = [SECRET]


def deliver(number, now):
    """One attempt, as a worker makes it."""
    return outbox.attempt(message=number, now=lambda: now, render=callback.render, send=tasks.send)


def _in_a_process(number, now):
    # What the fork has inherited belongs to the test: closed here, it would be closed there.
    connections["default"].connection = None
    connections["default"]._pool = None
    deliver(number, now)
    os._exit(0)


def test_twenty_killed_in_the_middle_lose_nothing_and_say_the_same(committed, settings):
    hand_in(order := message())
    hand_in(message("urge", order_no=order["order_no"]))
    told = OutboxMessage.objects.get()
    now = told.next_at + timedelta(seconds=1)
    with receiver() as end:
        settings.HOTLINE_URL, settings.OUTGOING_CIDRS = end.url, ["127.0.0.0/8"]
        end.open.clear()
        for number in range(KILLS):
            end.came.clear()
            connections.close_all()
            connection.close_pool()
            worker = multiprocessing.get_context("fork").Process(target=_in_a_process, args=(told.pk, now))
            worker.start()
            assert end.came.wait(20), f"the {number + 1}. sent nothing"
            os.kill(worker.pid, signal.SIGKILL)
            worker.join(20)
            assert worker.exitcode == -signal.SIGKILL
            now += LEASE
        end.open.set()
        after = deliver(told.pk, now)
    assert (after.state, after.attempts_made) == ("delivered", 1)
    assert len(end.got) == KILLS + 1, "each arrived, one more than was killed"
    assert len({(got.headers["webhook-id"], got.body) for got in end.got}) == 1
    assert DeliveryAttempt.objects.count() == 1
    assert deliver(told.pk, timezone.now() + timedelta(days=1)) is None, "and not again"
