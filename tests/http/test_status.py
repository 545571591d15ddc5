"""What the status page says while the worker is away, and that it catches up by itself, nothing twice. Promise 18."""

import time

import pytest
from django.db import connection

from events.models import OutboxMessage
from tests.conftest import _owner
from tests.factories.hotline import SECRET, hand_in, message
from tests.factories.people import user_with
from tests.factories.receivers import receiver
from tests.factories.worker import working
from tests.http.doors import Browser, problem
from webapp.status import Work, jobs_row, worker_row

CITY = "centre-430900000000"
ORDERS = 5


@pytest.fixture
def keeper(committed, settings):
    """The system administrator, at an installation where no worker has ever run and no job waits."""
    settings.HOTLINE_KEYS = [SECRET]
    _quiet(committed)
    yield Browser(user_with("sysadmin", CITY))
    _quiet(committed)


def _quiet(database, heard=None):
    with _owner(database) as owner:
        owner.execute("DELETE FROM procrastinate_jobs")
        owner.execute("DELETE FROM procrastinate_workers")
        if heard is not None:
            said = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))"
            owner.execute(said, [heard * 60])


def _parts(keeper):
    page = keeper.get("status").json()
    assert page["alarms"] == sum(part["alarm"] for part in page["parts"])
    return page, {part["code"]: part for part in page["parts"]}


@pytest.mark.parametrize(("minutes", "alarm"), [(None, True), (0, False), (9.5, False), (10.5, True), (3000, True)])
def test_a_worker_that_is_away_for_ten_minutes_is_an_alarm(committed, keeper, minutes, alarm):
    _quiet(committed, heard=minutes)
    page, parts = _parts(keeper)
    assert (parts["worker"]["alarm"], page["alarms"]) == (alarm, int(alarm))
    assert page["parts"][0]["code"] == ("worker" if alarm else "database")
    assert ("时限无人监视" in parts["worker"]["words"]) == alarm


def test_after_how_many_minutes_is_the_installations(committed, keeper, settings):
    _quiet(committed, heard=1)
    assert _parts(keeper)[1]["worker"]["alarm"] is False
    settings.WORKER_SILENCE_MINUTES = 0.5
    told = _parts(keeper)[1]["worker"]
    assert (told["alarm"], "1 分钟前" in told["words"]) == (True, True)


@pytest.mark.parametrize(
    ("heard", "oldest", "alarms"),
    [(0.1, None, (False, False)), (10.1, 3.0, (True, False)), (0.1, 10.1, (False, True)), (None, 99.0, (True, True))],
)
def test_a_worker_that_lives_and_does_nothing_is_an_alarm_too(heard, oldest, alarms):
    work = Work(heard=heard, waiting=0 if oldest is None else 7, oldest=oldest)
    rows = (worker_row(work.heard, longest=10), jobs_row(work, longest=10))
    assert (rows[0].alarm, rows[1].alarm) == alarms


def test_the_status_is_of_those_who_keep_it_running_and_names_no_ticket(committed, keeper):
    hand_in(of := message())
    assert of["order_no"] not in keeper.get("status").text
    for role in ("secadmin", "auditor", "dispatcher", "integrator"):
        problem(Browser(user_with(role, CITY)).get("status"), 403, "status-not-yours")
    assert Browser(None).get("status").status_code == 401


def test_while_the_worker_is_down_it_is_said_and_what_waited_is_done_once_when_it_is_back(
    committed, keeper, settings, tmp_path
):
    settings.WORKER_SILENCE_MINUTES = 0.5  # ten minutes pass in the tests above; here a worker really works
    for _ in range(ORDERS):
        hand_in(order := message())
        hand_in(message("urge", order_no=order["order_no"]))
    waiting = OutboxMessage.objects.filter(state="pending").count()
    assert waiting >= ORDERS
    page, parts = _parts(keeper)
    assert (parts["worker"]["alarm"], page["waiting"], parts["callbacks"]["alarm"]) == (True, waiting, False)
    with receiver() as end, working(committed, settings, tmp_path, hotline=end.url):
        _until(lambda: not OutboxMessage.objects.exclude(state="delivered").exists())
        _until(lambda: _parts(keeper)[0]["waiting"] == 0)
        page, parts = _parts(keeper)
        assert (parts["worker"]["alarm"], page["alarms"]) == (False, 0)
    arrived = [got.headers["webhook-id"] for got in end.got]
    assert sorted(arrived) == sorted(str(pk) for pk in OutboxMessage.objects.values_list("pk", flat=True))


def _until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the worker has not caught up"
        connection.close()
        time.sleep(0.3)
