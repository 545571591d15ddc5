"""Many at once: one report arrives once, one dispatcher wins."""

import os
from functools import partial
from uuid import uuid4

import pytest

from events.guards import MOST_RETURNS
from events.models import ClientKey, Event, JournalEntry, Task, TaskKind
from events.services import deeds
from events.services.advance import advance
from events.services.report import report
from events.services.routing import candidates
from events.workflow import State
from grid.coordinates import Crs
from grid.models import Grid, Organisation
from grid.refusals import Conflict, Refusal
from tests.factories.happenings import brought_to, photo_of, reported
from tests.factories.hotline import SECRET, hand_in, message
from tests.factories.people import SANYI_GRID, access_for, user_with
from tests.factories.together import together

RACES = int(os.environ.get("WANGGE_RACES", "200"))  # 1,000 in the long run


def _together(count, work):
    return together(*(partial(work, number) for number in range(count)))


def _report(access, client_id, **changed):
    middle = Grid.objects.get(code=SANYI_GRID).boundary.point_on_surface
    fields = {
        "client_id": client_id, "category": "06-001", "text": "井盖缺损",
        "point": deeds.GivenPoint(middle.x, middle.y, Crs.WGS84),
    } | changed  # fmt: skip
    return deeds.Report(**fields)


@pytest.fixture
def officer(committed):
    grid = Grid.objects.get(code=SANYI_GRID)
    return access_for(user_with("grid_officer", f"centre-{grid.code[:9]}000", grid=grid.code))


def test_one_client_id_a_hundred_times_at_once_makes_one_event_and_one_answer(officer):
    sent = _report(officer, uuid4(), photos=(photo_of(officer).sha256,))
    receipts = _together(100, lambda _number: report(access=officer, report=sent))
    assert sum(receipt.made for receipt in receipts) == 1
    assert all(receipt.row == receipts[0].row for receipt in receipts)
    assert Event.objects.count() == ClientKey.objects.count() == JournalEntry.objects.count() == 1


def test_the_same_client_id_for_another_report_is_a_conflict_and_changes_nothing(officer):
    first, second = photo_of(officer), photo_of(officer)
    client_id = uuid4()
    report(access=officer, report=_report(officer, client_id, photos=(first.sha256,)))
    for changed in ({"text": "另一件"}, {"photos": (first.sha256, second.sha256)}, {"urgent": True}):
        with pytest.raises(Conflict):
            report(access=officer, report=_report(officer, client_id, **({"photos": (first.sha256,)} | changed)))
    assert Event.objects.count() == 1


def test_of_two_dispatchers_at_once_one_wins_every_time(officer):
    event = brought_to(reported(), State.ACCEPTED)
    one, other = (access_for(user_with("dispatcher", event.holder)) for _ in range(2))
    offered = [row.organisation.pk for row in candidates(event)[:2]]
    clerks = {number: access_for(user_with("dept_clerk", Organisation.objects.get(pk=number))) for number in offered}
    wins = losses = 0
    for _ in range(RACES):
        event.refresh_from_db()
        if event.returns == MOST_RETURNS:  # from now on the shift lead's
            event = brought_to(reported(), State.ACCEPTED)
        version = event.version
        results = _together(2, lambda n, no=event.no, v=version: advance(
            access=(one, other)[n], no=no, version=v, deed=deeds.Dispatch(organisation=offered[n])))  # fmt: skip
        refused = [result for result in results if isinstance(result, Conflict)]
        wins += sum(isinstance(result, Event) for result in results)
        losses += len(refused)
        assert len(refused) == 1
        assert refused[0].extra["state"] == State.DISPATCHED
        lead = Task.objects.get(event=event, kind=TaskKind.LEAD, ended_at__isnull=True)
        event.refresh_from_db()
        advance(access=clerks[lead.organisation_id], no=event.no, version=event.version,
                deed=deeds.Return(text="不归我们管"))  # fmt: skip
    assert (wins, losses) == (RACES, RACES)


def test_numbers_of_a_day_never_repeat_across_threads(officer):
    photo = photo_of(officer).sha256
    receipts = _together(60, lambda _n: report(access=officer, report=_report(officer, uuid4(), photos=(photo,))))
    numbers = [receipt.row["no"] for receipt in receipts]
    assert len(set(numbers)) == 60
    assert all(number.startswith("EV2") and len(number.split("-")[1]) >= 4 for number in numbers)


def test_two_that_are_merged_into_each_other_at_once_end_with_one_merge_and_no_deadlock(officer):
    holder = reported().holder
    one, other = (access_for(user_with("acceptor", holder)) for _ in range(2))
    for _ in range(RACES // 4):
        pair = [reported(), reported()]
        results = _together(2, lambda n, pair=pair: advance(
            access=(one, other)[n], no=pair[n].no, version=1, deed=deeds.Merge(into=pair[1 - n].no)))  # fmt: skip
        assert sorted(type(result) for result in results if isinstance(result, Refusal)) == [Conflict]
        for event in pair:
            event.refresh_from_db()
        merged, target = sorted(pair, key=lambda event: event.merged_into_id is None)
        assert (merged.merged_into, merged.state, target.merged_into, target.taken_in) == (target, "merged", None, 1)
        assert [event.version for event in pair] == [2, 2]


def test_an_urge_that_comes_while_its_ticket_moves_counts_where_it_has_gone(officer, settings):
    settings.HOTLINE_KEYS = [SECRET]
    acceptor = None
    for _ in range(RACES // 10):
        target = reported()
        order = message()
        event = Event.objects.get(no=hand_in(order).json()["event_no"])
        acceptor = acceptor or access_for(user_with("acceptor", event.holder))

        def work(number, target=target, event=event, order=order, acceptor=acceptor):
            if number:
                return hand_in(message("urge", order_no=order["order_no"], content="请快一点")).json()
            return advance(access=acceptor, no=event.no, version=1, deed=deeds.Merge(into=target.no))

        merge, urge = _together(2, work)
        for one in (target, event):
            one.refresh_from_db()
        assert urge["applied"]
        assert target.urges + event.urges == 1
        assert isinstance(merge, Event) == (target.urges == 1 or event.merged_into_id is not None)


def test_who_waits_for_a_step_that_moves_the_event_to_another_holder_is_told_so(officer):
    """Not that there were no such event: what was joined to the old row doesn't fit the new one."""
    holder = reported().holder
    one, other = (access_for(user_with("acceptor", holder)) for _ in range(2))
    for _ in range(RACES // 10):
        event = reported()
        doing = (deeds.Escalate(text="需要上一级协调处理"), deeds.MarkUrgent())
        results = _together(2, lambda n, no=event.no, doing=doing: advance(
            access=(one, other)[n], no=no, version=1, deed=doing[n]))  # fmt: skip
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "Event"]
