"""The watch over allowances: yellow, then red, each once, whoever else is at work, whenever the watch was away."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event, JournalEntry, Timer
from events.services import deeds, watch
from events.workflow import State
from grid.models import AuditEntry, Role
from tests.conftest import _owner
from tests.factories.happenings import applied, brought_to, officer_of, photo_of, reported, step
from tests.factories.people import access_for, user_with
from tests.factories.together import together

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = 30  # minutes in which an urgent report is to be accepted, day and night


def ago(minutes: float):
    return timezone.now() - timedelta(minutes=minutes)


def waiting(minutes: float) -> Event:
    """An urgent event that was reported so many minutes ago, and that nobody has accepted."""
    return reported(category="06-001", now=ago(minutes))


def said(event: Event) -> list[tuple[str, str, str]]:
    """What the watch said of an event: from, to, and of which allowance."""
    entries = JournalEntry.objects.filter(event=event, step="supervise", role="system").order_by("version")
    return [(one.payload["old"], one.payload["new"], one.payload["stage"]) for one in entries]


def supervised(event: Event) -> str:
    return Event.objects.values_list("supervision", flat=True).get(pk=event.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "marks", "colour"),
    [(29, 0, "none"), (31, 1, "yellow"), (44, 1, "yellow"), (46, 2, "red"), (60 * 24 * 9, 2, "red")],
)
def test_yellow_when_it_is_used_up_and_red_at_half_as_much_again(minutes, marks, colour):
    event = waiting(minutes)
    assert (watch.tick(), supervised(event)) == (marks, colour)
    assert said(event) == [("none", "yellow", "accept"), ("yellow", "red", "accept")][:marks]
    assert (watch.tick(), len(said(event))) == (0, marks)


@pytest.mark.django_db
def test_each_once_as_time_goes_on():
    event = waiting(31)
    timer = event.timers.get()
    assert timer.next_mark_at == timer.due_at == timer.started_at + timedelta(minutes=ALLOWED)
    assert [watch.tick(), watch.tick()] == [1, 0]
    timer.refresh_from_db()
    assert (timer.red_at, timer.next_mark_at) == (None, timer.started_at + timedelta(minutes=ALLOWED * 1.5))
    earlier = timedelta(minutes=15)  # a quarter of an hour passes
    Timer.objects.filter(pk=timer.pk).update(
        started_at=timer.started_at - earlier, running_since=timer.running_since - earlier,
        due_at=timer.due_at - earlier, next_mark_at=timer.next_mark_at - earlier,
    )  # fmt: skip
    assert [watch.tick(), watch.tick()] == [1, 0]
    timer.refresh_from_db()
    assert timer.yellow_at < timer.red_at
    assert timer.next_mark_at is None
    assert said(event) == [("none", "yellow", "accept"), ("yellow", "red", "accept")]


@pytest.mark.django_db
def test_what_is_said_is_a_step_like_any_other():
    event = waiting(45.5)
    watch.tick()
    event.refresh_from_db()
    entries = list(JournalEntry.objects.filter(event=event).order_by("version"))
    assert [one.step for one in entries] == ["report", "supervise", "supervise"]
    assert (event.version, event.state) == (3, State.REPORTED)
    assert entries[1].payload["share"] == pytest.approx(45.5 / 30, abs=0.02)
    authors = {(one.role, one.user_id, one.organisation_id) for one in entries[1:]}
    assert authors == {("system", None, event.holder_id)}
    assert AuditEntry.objects.filter(action="event.supervise", subject=event.no).count() == 2


@pytest.mark.django_db
def test_neither_what_has_ended_nor_what_was_left_behind_is_spoken_of():
    done = waiting(46)
    brought_to(done, State.ACCEPTED, now=ago(40))  # accept in time; dispatch, due 25 minutes ago, is the next
    assert watch.tick() == 2
    assert [stage for _, _, stage in said(done)] == ["dispatch", "dispatch"]
    closed = brought_to(waiting(2), State.CLOSED)
    assert not closed.timers.filter(next_mark_at__isnull=False).exists()
    assert (watch.tick(), said(closed)) == (0, [])


@pytest.mark.django_db
def test_a_suspended_event_is_not_pressed_for_until_its_day_has_come():
    event = brought_to(reported(category="04-004", now=ago(29)), State.HANDLING, now=ago(28))  # 0.5 U to handle
    event = applied(event, "suspension", now=ago(27), days=10)
    leader = access_for(user_with(Role.LEADER, event.holder))
    event = step(event, deeds.ApproveSuspension(), leader, now=ago(20))
    assert event.state == State.SUSPENDED
    time_passes(event, timedelta(days=5))
    assert (watch.tick(), said(event)) == (0, [])
    time_passes(event, timedelta(days=6))
    assert watch.tick() == 1
    assert said(event) == [("none", "yellow", "review")]
    event = step(event, deeds.Resume(), leader)
    assert watch.tick() == 0  # 22 minutes of 30 are left, and more of the whole


def time_passes(event: Event, span: timedelta) -> None:
    """As if all that happened to the event's running allowances had happened so much earlier."""
    for timer in event.timers.filter(stopped_at__isnull=True):
        for name in ("started_at", "running_since", "due_at", "paused_at", "next_mark_at"):
            moment = getattr(timer, name)
            setattr(timer, name, moment and moment - span)
        timer.save()


@pytest.mark.django_db
def test_it_rises_by_itself_and_only_people_lower_it():
    event = waiting(31)
    supervisor = access_for(user_with(Role.SUPERVISOR, event.holder))
    step(event, deeds.Supervise(level="red"), supervisor)
    assert watch.tick() == 1  # noted, and nothing to say: it is red already
    assert (supervised(event), said(event)) == ("red", [])
    assert event.timers.get().yellow_at is not None
    step(event, deeds.Supervise(level="none"), supervisor)
    assert (watch.tick(), supervised(event)) == (0, "none")
    time_passes(event, timedelta(minutes=15))
    assert (watch.tick(), supervised(event)) == (1, "red")


@pytest.mark.django_db
def test_the_shares_are_the_installations(settings):
    settings.SUPERVISION_SHARES = (0.5, 2.0)
    event = waiting(16)
    assert (watch.tick(), supervised(event)) == (1, "yellow")
    assert event.timers.get().next_mark_at == event.timers.get().started_at + timedelta(minutes=60)


@pytest.mark.django_db
def test_more_than_one_go_is_said_in_several(monkeypatch):
    monkeypatch.setattr(watch, "MOST", 2)
    events = [waiting(31 + number / 10) for number in range(5)]
    assert [watch.tick() for _ in range(4)] == [2, 2, 1, 0]
    assert [len(said(event)) for event in events] == [1] * 5


class Killed(BaseException):
    """The watch is gone in the middle of something."""


@pytest.mark.django_db
def test_a_watch_that_dies_between_mark_and_step_has_said_neither(monkeypatch):
    event = waiting(46)
    real, calls = watch.advance, []

    def dying(**arguments):
        calls.append(arguments)
        if len(calls) == 2:  # after yellow was written, and red not yet
            raise Killed
        return real(**arguments)

    monkeypatch.setattr(watch, "advance", dying)
    with pytest.raises(Killed):
        watch.tick()
    timer = event.timers.get()
    assert (timer.yellow_at, timer.red_at, timer.next_mark_at, said(event)) == (None, None, timer.due_at, [])
    assert watch.tick() == 2
    assert said(event) == [("none", "yellow", "accept"), ("yellow", "red", "accept")]


def test_a_tick_is_one_query_and_one_look_at_the_index_among_a_hundred_thousand(committed):
    event = waiting(1)
    with _owner(committed) as owner:
        numbers = owner.execute(
            """INSERT INTO events_timer (event_id, stage, clock, allowance_min, used_min, started_at, running_since,
                                         due_at, next_mark_at)
               SELECT %s, 'x' || number, 'urgent_hour', 30, 0, now(), now(), now() + interval '30 minutes',
                      now() + interval '30 minutes' + number * interval '1 second'
               FROM generate_series(1, 100000) AS number RETURNING 1""",
            [event.pk],
        ).rowcount
        owner.execute("VACUUM ANALYZE events_timer")  # what other tests left is no part of the question
        assert numbers == 100_000
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {watch._DUE}", {"most": watch.MOST})
        ((found,),) = cursor.fetchall()
    (plan,) = json.loads(found) if isinstance(found, str) else found
    scans = list(_nodes(plan["Plan"]))
    assert [one.get("Index Name") for one in scans if "Scan" in one["Node Type"]] == ["timer_marks"]
    assert plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] < 20
    with CaptureQueriesContext(connection) as queries:
        assert watch.tick() == 0
    assert len(queries) == 1


def _nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def test_two_watches_at_once_say_everything_once(committed):
    events = [waiting(46) for _ in range(20)]
    results = together(watch.tick, watch.tick, watch.tick)
    assert sum(results) == 40
    for event in events:
        assert said(event) == [("none", "yellow", "accept"), ("yellow", "red", "accept")]
    assert watch.tick() == 0


def test_a_step_and_a_mark_at_once_do_not_stand_in_each_others_way(committed):
    """Whichever comes first: either the allowance was spoken of before the step, or it was stopped and is silent."""
    for _ in range(15):
        event = waiting(31)
        acceptor, dispatcher = (access_for(user_with(role, event.holder)) for role in (Role.ACCEPTOR, Role.DISPATCHER))
        results = together(
            watch.tick,
            partial(step, event, deeds.Accept(), acceptor),
            partial(step, Event.objects.get(pk=event.pk), deeds.Urge(), dispatcher),
        )
        assert results[0] in (0, 1)
        entries = list(JournalEntry.objects.filter(event=event).order_by("version"))
        assert [one.version for one in entries] == list(range(1, len(entries) + 1))
        marks = event.timers.filter(stage="accept", yellow_at__isnull=False).count()
        assert marks == results[0] == len(said(event))
        assert [one.at for one in entries] == sorted(one.at for one in entries)


def test_what_is_said_after_waiting_for_a_step_is_said_later_than_the_step(committed):
    event = waiting(31)
    urging = access_for(user_with(Role.DISPATCHER, event.holder))
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Event.objects.select_for_update().get(pk=event.pk)
            ticked = pool.submit(lambda: together(watch.tick)[0])
            _until_somebody_waits()
            step(event, deeds.Urge(), urging)
        assert ticked.result(20) == 1
    entries = list(JournalEntry.objects.filter(event=event).order_by("version"))
    assert [one.step for one in entries] == ["report", "urge", "supervise"]
    assert [one.at for one in entries] == sorted(one.at for one in entries)


def _until_somebody_waits():
    """Until another connection to this database stands before a lock."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                   WHERE NOT granted AND datname = current_database()"""
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits for the lock")


def test_a_watch_process_killed_in_the_middle_says_nothing_twice_and_loses_nothing(committed, settings):
    """A real process, a real SIGKILL: it has said some of what is due and holds the lock of the next."""
    events = [waiting(46 + number / 100) for number in reversed(range(6))]
    parts = settings.DATABASES["default"]
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgis://{parts['USER']}@/{committed}?host={parts['HOST']}&port={parts['PORT']}",
    }
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", _DYING], cwd=ROOT, env=environment) as process:
        try:
            assert process.wait(60) == -signal.SIGKILL
        finally:
            process.kill()
    before = [len(said(event)) for event in events]
    assert before == [2, 2, 2, 0, 0, 0]
    assert watch.tick() == 6
    for event in events:
        assert said(event) == [("none", "yellow", "accept"), ("yellow", "red", "accept")]
        event.refresh_from_db()
        assert (event.version, event.supervision) == (3, "red")
    assert watch.tick() == 0


# Kills itself after the yellow of the fourth event, with the red still to say.
_DYING = """
import os, signal, django
django.setup()
from events.services import watch
real, calls = watch.advance, []
def dying(**arguments):
    calls.append(arguments)
    if len(calls) == 8:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(**arguments)
watch.advance = dying
watch.tick()
"""


@pytest.mark.django_db
def test_once_the_work_is_done_the_whole_has_nothing_to_say_unless_it_is_done_again():
    event = brought_to(waiting(1), State.PENDING_CHECK)
    whole = Timer.objects.get(event=event, stage="whole")
    assert (whole.stopped_at, whole.next_mark_at) == (None, None)
    checker = access_for(officer_of(event.grid))
    photo = photo_of(checker).sha256
    step(event, deeds.FailCheck(text="还没有修好，请返工。", photos=(photo,), far_reason="照片没有位置"), checker)
    whole.refresh_from_db()
    assert whole.next_mark_at == whole.due_at
