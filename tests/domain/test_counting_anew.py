"""Counting anew beside people at work: who writes waits, who reads does not, and the check sees one moment."""

from threading import Thread

import pytest
from django.db import OperationalError, connection, connections

from events.services import deeds, facts
from tests.factories import access_for, reported, step, user_with


@pytest.mark.django_db
def test_steps_wait_until_all_is_counted_anew_and_readers_do_not(monkeypatch):
    other, stories, said = connection.copy(), facts._stories, []

    def beside():
        with other.cursor() as cursor:
            cursor.execute("SET lock_timeout TO '50ms'")
            cursor.execute("SELECT count(*) FROM events_event")
            for wanted in ("SELECT 1 FROM events_event FOR UPDATE", "DELETE FROM events_event WHERE id = 0"):
                with pytest.raises(OperationalError, match="lock timeout"):
                    cursor.execute(wanted)
                said.append(wanted)
        yield from stories()

    monkeypatch.setattr(facts, "_stories", beside)
    reported()
    try:
        assert facts.rebuild() > 0
    finally:
        other.close()
    assert len(said) == 2


def test_a_step_taken_during_the_check_makes_no_difference(committed, monkeypatch):
    event, kept = reported(), facts._kept
    acceptor = access_for(user_with("acceptor", event.holder))

    def accept():
        step(event, deeds.Accept(), acceptor)
        connections.close_all()

    def meanwhile():
        working = Thread(target=accept)
        working.start()
        working.join()
        yield from kept()

    monkeypatch.setattr(facts, "_kept", meanwhile)
    assert facts.differing() == []
    event.refresh_from_db()
    assert event.version == 2
