"""Lists whose SQL is written once for everybody on the same posts: each still reads their own."""

import pytest
from django.utils import timezone

from events.models import SavedView, Task, TaskKind
from events.selectors.worklist import Wanted, _counting, _paging, worklist
from events.workflow import State
from grid.policy import Access
from tests.factories import SANYI_GRID, ZIYANG, access_for, brought_to, reported, user_with

pytestmark = pytest.mark.django_db


def _told(access: Access, code: str) -> tuple[set[str], int | None]:
    found = worklist(access, Wanted(view=code))
    counts = {view.code: view.count for view in found.views}
    assert counts[code] == found.total == len(found.rows)
    return {row.no for row in found.rows}, counts[code]


def test_two_officers_of_a_grid_each_have_their_own_reports_and_tasks():
    officers = [user_with("grid_officer", f"centre-{ZIYANG}", grid=SANYI_GRID) for _ in range(2)]
    first, second = (reported(officer=officer) for officer in officers)
    one, other = map(access_for, officers)
    for _again in range(2):  # whoever comes first has the plan written
        assert _told(one, "mine") == ({first.no}, 1)
        assert _told(other, "mine") == ({second.no}, 1)


def test_who_signed_for_it_does_not_have_it_to_check_and_a_colleague_has():
    event = brought_to(reported(), State.PENDING_CHECK)
    task = Task.objects.get(event=event, kind=TaskKind.CHECK, ended_at__isnull=True)
    one, other = (access_for(user_with("checker", task.organisation)) for _ in range(2))
    Task.objects.filter(event=event, kind=TaskKind.LEAD).update(signed_by=one.user)
    for _again in range(2):
        assert _told(one, "to_check") == (set(), 0)
        assert _told(other, "to_check") == ({event.no}, 1)


def test_kept_views_are_counted_for_whoever_keeps_them():
    event = reported()
    one, other = (access_for(user_with("acceptor", f"centre-{ZIYANG}")) for _ in range(2))
    SavedView.objects.create(
        owner_id=one.user, name="本区", view="open", region=event.path, sort="due", changed_by_id=one.user,
        changed_at=timezone.now(),
    )  # fmt: skip
    of_one, of_other = (worklist(access, Wanted()).views for access in (one, other))
    assert [(view.label, view.count) for view in of_one if view.saved] == [("本区", 1)]
    assert not [view for view in of_other if view.saved]


def test_colleagues_share_their_plans_and_words_take_none():
    one, other = (access_for(user_with("acceptor", f"centre-{ZIYANG}")) for _ in range(2))
    reported()
    worklist(one, Wanted())
    kept = _counting.cache_info().currsize, _paging.cache_info().currsize
    worklist(other, Wanted())
    worklist(other, Wanted(text="路口"))
    assert (_counting.cache_info().currsize, _paging.cache_info().currsize) == kept
