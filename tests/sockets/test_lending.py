"""A live line follows what other organisations lend: it hears it, until its time is over or somebody ends it."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from events.grants import Act
from events.services.lending import decide
from gis_layers import live
from grid.models import EventGrant, Organisation
from tests.factories import access_for, user_with
from tests.factories.lending import lent
from tests.sockets.conftest import frames, next_frame, scope, tell
from webapp.live.viewer import CHANGED

WITHIN = 5.0  # seconds, as for a session that ends (promise 27)


@pytest.fixture
def clerk(person, counties):
    """Somebody of the far county's department, with a line's session."""
    home = Organisation.objects.get(code=f"dept-{counties[1].code}-chengguan_zhujian")
    return person(("dept_clerk", counties[1]), organisation=home)


def _grant(counties, **times) -> EventGrant:
    return lent(f"centre-{counties[0].code}", f"dept-{counties[1].code}-chengguan_zhujian", region=counties[0].code,
                **times)  # fmt: skip


def _happens(counties, subject: int, category: str = "06-001") -> None:
    there = {**scope(counties[0].path), "category": category}
    tell(subject, before=None, after=there, body={"id": subject})
    live.number()


def _read_on(line) -> None:
    while True:
        assert next_frame(line, seconds=WITHIN + 5)["type"] in ("updates", "resync")


def _ended_after(line, begun: float) -> float:
    """The line tells its reader to take a new snapshot and closes; after so many seconds."""
    with pytest.raises(ConnectionClosed) as closed:
        _read_on(line)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == CHANGED
    return time.monotonic() - begun


def test_what_is_lent_is_told_and_nothing_beside_it(server, clerk, counties):
    grant = _grant(counties)
    with server.open(clerk) as line:
        assert next_frame(line)["type"] == "welcome"
        _happens(counties, 7001)
        assert [one["id"] for one in next_frame(line)["changes"]] == [7001]
        _happens(counties, 7002, category="05-001")
        assert frames(line, seconds=1) == []
    EventGrant.objects.filter(pk=grant.pk).delete()


def test_a_line_loses_sight_by_itself_when_the_time_is_over(server, clerk, counties):
    grant = _grant(counties, until=timezone.now() + timedelta(seconds=4))
    with server.open(clerk) as line:
        assert next_frame(line)["type"] == "welcome"
        over = time.monotonic() + (grant.until - timezone.now()).total_seconds()
        assert _ended_after(line, over) < WITHIN
    with server.open(clerk) as line:
        assert next_frame(line)["type"] == "welcome"
        _happens(counties, 7003)
        assert frames(line, seconds=1) == []
    EventGrant.objects.filter(pk=grant.pk).delete()


def test_a_line_loses_sight_when_the_owner_ends_it_and_gains_it_when_one_is_given(server, clerk, counties):
    leader = access_for(user_with("leader", f"centre-{counties[0].code}"))
    grant = _grant(counties, state="asked")
    with server.open(clerk) as line:
        assert next_frame(line)["type"] == "welcome"
        decide(access=leader, number=grant.pk, act=Act.APPROVE)
        assert _ended_after(line, time.monotonic()) < WITHIN
    with server.open(clerk) as line:
        assert next_frame(line)["type"] == "welcome"
        _happens(counties, 7004)
        assert [one["id"] for one in next_frame(line)["changes"]] == [7004]
        decide(access=leader, number=grant.pk, act=Act.END)
        assert _ended_after(line, time.monotonic()) < WITHIN
    EventGrant.objects.filter(pk=grant.pk).delete()
