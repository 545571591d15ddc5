"""Verification and checks: they go to whoever stands in, may be done by whoever walks the grid, and once overdue by its
lead."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from events.models import Event, JournalEntry, Task, TaskKind, Timer
from events.policy import may
from events.selectors.cards import card
from events.selectors.worklist import Wanted, worklist
from events.services import deeds, watch
from events.workflow import State, Step
from gis_layers.models import Update
from grid.models import AuditEntry, Grid, Post
from grid.refusals import Conflict
from grid.selectors import officers_of
from tests.domain.test_watch import ROOT, time_passes, together
from tests.factories import (
    DAMATOU,
    SANYI_GRID,
    access_for,
    brought_to,
    photo_of,
    reported,
    step,
    ticketed,
    user_with,
)
from tests.factories.happenings import officer_of

TOWN = f"centre-{DAMATOU}"
VILLAGE = "430902005002"
YELLOW = timedelta(days=40)


def sanyi() -> Grid:
    return Grid.objects.get(code=SANYI_GRID)


def stand_in(away, *, since=None, until=None, user=None):
    """Somebody posted to the grid while its officer is away."""
    now = timezone.now()
    user = user or user_with("grid_officer", TOWN, grid=SANYI_GRID, name="替班员")
    post = away.posts.get()
    user.posts.filter(grid=sanyi()).update(
        since=since or now - timedelta(days=1), until=until or now + timedelta(days=3), stands_in_for=post
    )
    return user


def lead():
    return user_with("grid_lead", TOWN, region=VILLAGE, name="网格长")


def verifying() -> Event:
    return brought_to(ticketed(category="06-003"), State.VERIFYING)


def to_check(officer=None) -> Event:
    return brought_to(reported(category="06-003", officer=officer), State.PENDING_CHECK)


def in_hand(event: Event) -> Task:
    return Task.objects.get(event=event, ended_at__isnull=True, kind__in=["verify", "check"])


def overdue(event: Event) -> None:
    time_passes(event, YELLOW)
    Event.objects.filter(pk=event.pk).update(stage_due_at=timezone.now() - timedelta(days=1))


def handed(event: Event) -> list[str]:
    return [one.payload["name"] for one in JournalEntry.objects.filter(event=event, step="hand_over")]


def allowed(user, event: Event, step_: Step) -> bool:
    event = Event.objects.get(pk=event.pk)
    return may(access_for(user), step_, event, Task.objects.filter(event=event), now=timezone.now()).allowed


def listed(user, view: str) -> list[str]:
    return [row.no for row in worklist(access_for(user), Wanted(view=view)).rows]


BOTH = pytest.mark.parametrize(
    ("make", "step_", "view"), [(verifying, Step.CONFIRM, "to_verify"), (to_check, Step.PASS_CHECK, "to_check")]
)


@pytest.mark.django_db
def test_a_stand_in_comes_first_while_the_post_lasts_and_no_longer():
    officer = officer_of(sanyi())
    other = stand_in(officer)
    now = timezone.now()
    found = officers_of(grid=sanyi().pk, at=now)
    assert [(one.user, one.for_name) for one in found] == [(other.pk, officer.name), (officer.pk, "")]
    assert [one.user for one in officers_of(grid=sanyi().pk, at=now + timedelta(days=4))] == [officer.pk]
    assert [one.user for one in officers_of(grid=sanyi().pk, at=now - timedelta(days=2))] == [officer.pk]


@pytest.mark.django_db
def test_the_post_of_a_stand_in_must_end():
    officer = officer_of(sanyi())
    other = stand_in(officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(user=other).update(until=None)


@pytest.mark.django_db
@BOTH
def test_the_task_goes_to_the_stand_in_and_says_why(make, step_, view):
    officer = officer_of(sanyi())
    other = stand_in(officer)
    event = make()
    task = in_hand(event)
    assert (task.user_id, task.stands_in_for_id) == (other.pk, officer.pk)
    (row,) = [one for one in card(access_for(other), event.no).tasks if one.kind in ("verify", "check")]
    assert row.why == f"您代{officer.name}履职。"
    (row,) = [one for one in card(access_for(officer), event.no).tasks if one.kind in ("verify", "check")]
    assert row.why == f"{other.name}代{officer.name}履职。"
    for who in (officer, other):  # the one who is away may do it too: whoever comes first
        assert allowed(who, event, step_)
        assert event.no in listed(who, view)


@pytest.mark.django_db
@BOTH
def test_whoever_walks_the_grid_by_now_may_do_it(make, step_, view):
    officer = officer_of(sanyi())
    event = make()
    assert in_hand(event).user_id == officer.pk
    officer.posts.update(until=timezone.now())
    other = user_with("grid_officer", TOWN, grid=SANYI_GRID)
    elsewhere = user_with("grid_officer", TOWN, grid="430902005001002")
    assert allowed(other, event, step_)
    assert listed(other, view) == [event.no]
    assert not allowed(elsewhere, event, step_)
    assert listed(elsewhere, view) == []


@pytest.mark.django_db
def test_nobody_checks_their_own_work_though_they_walk_the_grid():
    officer = officer_of(sanyi())
    event = brought_to(reported(category="06-003", officer=officer), State.DISPATCHED)
    hands = user_with("grid_officer", TOWN, grid=SANYI_GRID)
    user_with("dept_clerk", event.lead, user=hands)
    event = step(event, deeds.Sign(), access_for(hands))
    event = brought_to(event, State.PENDING_CHECK)
    assert in_hand(event).user_id == officer.pk
    assert not allowed(hands, event, Step.PASS_CHECK)
    assert (event.no in listed(hands, "to_check"), event.no in listed(officer, "to_check")) == (False, True)


@pytest.mark.django_db
@BOTH
def test_what_is_overdue_is_the_leads_too_once_and_only_then(make, step_, view):
    chief, event = lead(), make()
    assert not allowed(chief, event, step_)
    assert listed(chief, view) == []
    overdue(event)
    watch.tick()
    assert handed(event) == [chief.name]
    task = in_hand(event)
    assert (task.handed_to_id, task.handed_at is not None) == (chief.pk, True)
    (entry,) = JournalEntry.objects.filter(event=event, step="hand_over")
    assert (entry.role, entry.user_id) == ("system", None)
    assert AuditEntry.objects.filter(action="event.hand_over", subject=event.no).count() == 1
    assert chief.pk in Update.objects.filter(subject=event.pk).order_by("-pk").first().after["workers"]
    assert allowed(chief, event, step_)
    assert allowed(officer_of(sanyi()), event, step_)
    assert listed(chief, view) == listed(chief, "todo") == [event.no]
    (row,) = worklist(access_for(chief), Wanted(view=view)).rows
    assert row.task.handed_over
    assert row.task.why.startswith("已超时，转交您（网格长）办理。")
    watch.tick()
    overdue(event)
    watch.tick()
    assert handed(event) == [chief.name]


@pytest.mark.django_db
def test_the_lead_does_it_and_the_officer_is_too_late():
    chief, event = lead(), to_check()
    overdue(event)
    watch.tick()
    access = access_for(chief)
    photo = photo_of(access).sha256
    event = step(event, deeds.PassCheck(photos=(photo,), far_reason="照片没有位置"), access)
    assert event.state == State.PENDING_CLOSE
    assert Task.objects.get(event=event, kind=TaskKind.CHECK).ended_by_id == chief.pk
    officer = access_for(officer_of(sanyi()))
    with pytest.raises(Conflict):
        step(event, deeds.PassCheck(photos=(photo_of(officer).sha256,), far_reason="照片没有位置"), officer)


@pytest.mark.django_db
def test_a_restricted_event_is_shown_to_the_lead_once_it_is_handed_over():
    chief = lead()
    event = brought_to(reported(category="09-001"), State.PENDING_CHECK)
    assert listed(chief, "open") == []
    overdue(event)
    watch.tick()
    assert listed(chief, "to_check") == [event.no]


@pytest.mark.django_db
def test_it_never_goes_to_one_who_had_a_hand_in_it_nor_to_who_has_it():
    chief = lead()
    event = brought_to(reported(category="06-003"), State.DISPATCHED)
    user_with("dept_clerk", event.lead, user=chief)
    event = step(event, deeds.Sign(), access_for(chief))
    event = brought_to(event, State.PENDING_CHECK)
    overdue(event)
    watch.tick()
    assert handed(event) == []
    other = user_with("grid_lead", TOWN, region=VILLAGE)  # posted before the red mark
    Timer.objects.filter(event=event, stopped_at__isnull=True, stage="check").update(
        red_at=None, next_mark_at=timezone.now()
    )
    watch.tick()
    assert handed(event) == [other.name]
    assert not allowed(chief, event, Step.PASS_CHECK)
    assert listed(chief, "to_check") == []


@pytest.mark.django_db
def test_where_nobody_leads_it_stays_and_shows_as_overdue():
    event = verifying()
    overdue(event)
    watch.tick()
    event.refresh_from_db()
    assert (handed(event), event.supervision) == ([], "red")
    assert listed(officer_of(sanyi()), "over") == [event.no]


@pytest.mark.django_db
def test_no_other_allowance_hands_anything_over():
    lead()
    event = brought_to(reported(category="06-003"), State.HANDLING)
    overdue(event)
    watch.tick()
    assert handed(event) == []


class Killed(BaseException):
    """The watch is gone in the middle of something."""


@pytest.mark.django_db
def test_a_watch_that_dies_before_the_handing_over_has_not_marked_either(monkeypatch):
    chief, event = lead(), verifying()
    overdue(event)
    real = watch.advance

    def dying(**arguments):
        if isinstance(arguments["deed"], deeds.HandOver):
            raise Killed
        return real(**arguments)

    monkeypatch.setattr(watch, "advance", dying)
    with pytest.raises(Killed):
        watch.tick()
    assert (handed(event), Timer.objects.get(event=event, stage="verify").yellow_at) == ([], None)
    monkeypatch.undo()
    watch.tick()
    assert handed(event) == [chief.name]


def test_three_watches_at_once_hand_it_over_once(committed):
    chief, events = lead(), [verifying() for _ in range(8)]
    for event in events:
        overdue(event)
    together(watch.tick, watch.tick, watch.tick)
    assert [handed(event) for event in events] == [[chief.name]] * 8
    assert watch.tick() == 0


def test_a_killed_watch_hands_nothing_over_twice_and_loses_nothing(committed, settings):
    """A real process, a real SIGKILL, at the third event's handing over."""
    chief, events = lead(), [verifying() for _ in range(4)]
    for event in events:
        overdue(event)
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
    assert sum(len(handed(event)) for event in events) == 2
    watch.tick()
    assert [handed(event) for event in events] == [[chief.name]] * 4


_DYING = """
import os, signal, django
django.setup()
from events.services import deeds, watch
real, calls = watch.advance, []
def dying(**arguments):
    if isinstance(arguments["deed"], deeds.HandOver):
        calls.append(arguments)
        if len(calls) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
    return real(**arguments)
watch.advance = dying
watch.tick()
"""
