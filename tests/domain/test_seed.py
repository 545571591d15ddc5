"""The demo's people and week on the small city: through the real doors, so that what they leave behind must hold."""

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from data.demo.accounts import ACCOUNTS, PASSWORD
from data.demo.pictures import SCENES, picture
from data.demo.troubles import TROUBLES
from events.counting.indicators import BY_CODE, INDICATORS
from events.evaluation.report import Asked, report
from events.guards import MOST_RETURNS
from events.management import demo_appeals, demo_month, demo_people, demo_twice, demo_week
from events.management.demo_turns import TURNS
from events.models import Appeal, Event, Evidence, FreeText, JournalEntry, Satisfaction, Task, Ticket, Timer
from events.services import facts
from events.services.photos import path_of
from events.workflow import ENDED, OPEN, TRANSITIONS, State, Step, fold
from gis_layers.policy import grants_to
from grid.models import Grid, Organisation, Post, Role, User
from grid.policy import access_of

CHINA = ZoneInfo("Asia/Shanghai")
# Work time of an ordinary Wednesday, and a Sunday before dawn: the hour at which a demo is made is nobody's choice.
HOURS = [datetime(2026, 11, 18, 15, 20, tzinfo=CHINA), datetime(2026, 11, 22, 5, 40, tzinfo=CHINA)]


@pytest.fixture
def state(settings, tmp_path: Path) -> Path:
    settings.STATE = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DEMO = True
    return tmp_path


@pytest.mark.django_db
def test_refused_where_it_is_no_demo(state, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="WANGGE_DEMO=1"):
        call_command("seed_demo")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_people_are_made_once(state, capsys):
    call_command("seed_demo", "--people-only")
    made = User.objects.count()
    call_command("seed_demo", "--people-only")
    assert User.objects.count() == made
    officers = Post.objects.filter(role=Role.GRID_OFFICER)
    assert sorted(officers.values_list("grid__code", flat=True)) == sorted(Grid.objects.values_list("code", flat=True))
    assert len(set(User.objects.values_list("name", flat=True))) == made


@pytest.mark.django_db
def test_only_the_accounts_written_down_can_sign_in(state, capsys):
    call_command("seed_demo", "--people-only")
    file = state / "demo" / "accounts.json"
    written = json.loads(file.read_text(encoding="utf-8"))
    assert file.stat().st_mode & 0o077 == 0
    assert [account["username"] for account in written] == [account.username for account in ACCOUNTS]
    assert len(PASSWORD) >= 12
    for account in written:
        user = User.objects.get(username=account["username"])
        assert access_of(user, now=timezone.now()).duties
        assert len(account["posts"]) == user.posts.count()
    assert User.objects.get(username="damatou.officer").check_password(written[0]["password"])
    silent = [user for user in User.objects.all() if not user.has_usable_password()]
    assert len(silent) == User.objects.count() - len(written)
    call_command("demo_accounts")
    assert "ziyang.dispatch" in capsys.readouterr().out


@pytest.mark.django_db
def test_what_the_demo_officer_reports_the_demo_desk_accepts(state):
    demo_people.fill(seed=1, now=timezone.now())
    officer = Post.objects.get(user__username="damatou.officer")
    desk = access_of(User.objects.get(username="damatou.desk"), now=timezone.now())
    assert officer.organisation_id in {duty.organisation for duty in desk.having(Role.ACCEPTOR)}


@pytest.mark.django_db
@pytest.mark.parametrize("now", HOURS)
def test_a_week_that_holds_together(state, monkeypatch, now):
    monkeypatch.setattr(demo_week, "ENDED_TODAY", 8)
    monkeypatch.setattr(demo_week, "ENDED_EARLIER", 12)
    monkeypatch.setattr(demo_week, "OPEN", dict.fromkeys(demo_week.OPEN, 3))
    demo_people.fill(seed=1, now=now)
    remaining, ended = demo_week.fill(seed=7, now=now)
    rare = Counter({turn.open: 0 for turn in TURNS})
    for turn in TURNS:
        rare[turn.open] += turn.count
    twice = demo_twice.MOST - 1, 1  # two of them wait, one is merged
    again = 1  # whose caller was not satisfied
    assert (remaining, ended) == (21 + rare[True] + twice[0] + again, 20 + rare[False] + twice[1] - again)
    events = list(Event.objects.all())
    assert {event.state for event in events} == {*State}
    assert sum(event.taken_in for event in events) == 1
    _shows_every_step(events)
    assert set(Ticket.objects.values_list("satisfaction", flat=True)) >= {Satisfaction.UNHAPPY, Satisfaction.SATISFIED}
    unhappy = Ticket.objects.get(satisfaction=Satisfaction.UNHAPPY).event
    assert list(unhappy.journal.order_by("-version").values_list("step", "role")[:2]) == [
        ("reopen", "hotline"), ("revisit", "hotline"),
    ]  # fmt: skip
    assert not FreeText.objects.filter(body__contains="12000001234").exists(), "what was redacted is gone"

    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    ended_today = [event for event in events if event.ended_at and midnight <= event.ended_at <= now]
    assert sum(event.state != State.MERGED for event in ended_today) == 8
    assert all(event.ended_at is None or event.ended_at >= now - timedelta(days=7) for event in events)
    for event in events:
        _holds(event, now)
    assert {event.no[2:10] for event in events} == {f"{event.reported_at.astimezone(CHINA):%Y%m%d}" for event in events}
    kept = {evidence.photo.stored for evidence in Evidence.objects.select_related("photo")}
    assert kept
    assert all(path_of(stored).is_file() and path_of(stored, thumb=True).is_file() for stored in kept)
    assert all(row.distance_m is not None and row.distance_m < 100 for row in Evidence.objects.all())


def _shows_every_step(events: list[Event]) -> None:
    """Whoever tries the demo finds something for each post; the watch has spoken at its own times."""
    taken = Counter(JournalEntry.objects.values_list("step", flat=True))
    unplayed = {
        Step.PLACE, Step.RECATEGORISE, Step.AMEND, Step.WITHDRAW, Step.NOTE, Step.APPEAL, Step.CORRECT, Step.DISMISS,
        Step.RESTORE,
    }  # fmt: skip
    assert set(taken) | {Step.REJECT} == {*Step} - unplayed  # whether any of so few is rejected, the dice say
    assert {event.asked for event in events} == {"", "extension", "suspension"}
    assert {event.level for event in events} >= {"city", "county", "township"}
    assert max(event.returns for event in events) == MOST_RETURNS
    assert {"normal", "yellow", "red"} <= {event.supervision for event in events}
    said = JournalEntry.objects.filter(step=Step.SUPERVISE, role="system").values_list("at", flat=True)
    marked = {at for pair in Timer.objects.values_list("yellow_at", "red_at") for at in pair if at}
    assert said
    assert set(said) <= marked
    mine = Post.objects.get(user__username="damatou.officer")
    assert Task.objects.filter(kind="verify", user=mine.user_id, ended_at__isnull=True).exists()


def _holds(event: Event, now: datetime) -> None:
    """State, journal and timers of one event agree, and no step lies in the future or before the one before it."""
    journal = list(JournalEntry.objects.filter(event=event).order_by("version"))
    assert fold(Step(entry.step) for entry in journal) == event.state
    times = [entry.at for entry in journal]
    assert times == sorted(times)
    assert times[0] == event.reported_at
    assert times[-1] <= now
    assert len(journal) == event.version
    own = Timer.objects.filter(event=event, task__isnull=True, stopped_at__isnull=True)  # not those of joint shares
    running = set(own.values_list("stage", flat=True))
    if event.state == State.MERGED:
        assert running == {"accept"}  # held, until it is parted
        assert not Timer.objects.filter(event=event, next_mark_at__isnull=False).exists()
    elif event.state in ENDED:
        assert running == set()
        assert event.stage_due_at is None
    else:
        assert event.state in OPEN
        assert len(running - {"whole"}) == 1 or running == {"handle", "review", "whole"}
        assert ("review" in running) == (event.state == State.SUSPENDED)
        late = Timer.objects.filter(event=event, next_mark_at__lte=now)
        assert not late.exists()
        assert ("whole" in running) == (event.accepted_at is not None)
        assert event.stage_due_at is not None


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_week(state, monkeypatch):
    """But for the numbers, which no two weeks of one database share."""
    monkeypatch.setattr(demo_week, "ENDED_TODAY", 2)
    monkeypatch.setattr(demo_week, "ENDED_EARLIER", 2)
    monkeypatch.setattr(demo_week, "OPEN", {State.REPORTED: 1, State.HANDLING: 1})
    monkeypatch.setattr(demo_week, "TURNS", [replace(turn, count=1) for turn in TURNS[::4]])
    demo_people.fill(seed=1, now=HOURS[0])
    assert _told(seed=7) == _told(seed=7)
    assert _told(seed=7) != _told(seed=8)


def _told(*, seed: int) -> list[tuple[object, ...]]:
    """The journal of a week that is then taken back."""
    with transaction.atomic():
        demo_week.fill(seed=seed, now=HOURS[0])
        entries = JournalEntry.objects.order_by("event__reported_at", "event_id", "version")
        told = list(
            entries.values_list("at", "step", "user__username", "organisation__code", "text__body", "event__grid__code")
        )
        transaction.set_rollback(True)
    return told


@pytest.mark.django_db
def test_every_step_has_an_account_that_may_take_it(state):
    """At the level where it is tried: whoever the rarer steps need can sign in."""
    roles = {post.role for account in ACCOUNTS for post in account.posts}
    wanted = {role for row in TRANSITIONS for role, _relation in row.actors} - {"hotline", "system", "source"}
    assert wanted <= roles
    demo_people.fill(seed=1, now=timezone.now())
    for centre in Organisation.objects.filter(kind="centre"):
        held = set(Post.objects.filter(organisation=centre).values_list("role", flat=True))
        assert held >= {"acceptor", "dispatcher", "shift_lead", "checker", "leader", "dept_clerk"}, centre.code


@pytest.mark.django_db
def test_private_owners_share_some_of_their_sites(state):
    now = timezone.now()
    demo_people.fill(seed=1, now=now)
    for name in ("ziyang.dispatch", "city.dispatch"):
        shared = grants_to(access_of(User.objects.get(username=name), now=now), now=now)
        assert [(grant.owner.short_name, grant.owner.public) for grant in shared] == [("资阳区物业协会", False)]


@pytest.mark.django_db
def test_events_are_made_once(state, monkeypatch, capsys):
    monkeypatch.setattr(demo_week, "ENDED_TODAY", 2)
    monkeypatch.setattr(demo_week, "ENDED_EARLIER", 2)
    monkeypatch.setattr(demo_week, "OPEN", {})
    monkeypatch.setattr(demo_week, "TURNS", ())
    monkeypatch.setattr(demo_month, "A_DAY", 0)
    call_command("seed_demo")
    made = Event.objects.count()
    assert made == 4 + demo_week.UNPLACED
    call_command("seed_demo")
    assert Event.objects.count() == made


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_pictures_are_the_same_every_time_and_show_the_difference(scene):
    faulty = picture(scene, fixed=False)
    assert faulty == picture(scene, fixed=False)
    assert faulty != picture(scene, fixed=True)


def test_every_trouble_has_a_picture():
    assert {trouble.scene for trouble in TROUBLES} <= set(SCENES)


@pytest.mark.django_db
@pytest.mark.parametrize("now", HOURS)
def test_the_weeks_before_count_as_their_journal_says(state, monkeypatch, now):
    monkeypatch.setattr(demo_month, "A_DAY", 6)
    demo_people.fill(seed=1, now=now)
    made = demo_month.fill(seed=3, now=now)
    events = list(Event.objects.all())
    assert len(events) == made > 100
    assert {event.state for event in events} == {"closed", "self_closed", "rejected"}
    assert min(event.reported_at for event in events).astimezone(CHINA).strftime("%d") == "01"
    assert all(event.ended_at is not None and event.ended_at < now for event in events)
    for event in events:
        steps = list(JournalEntry.objects.filter(event=event).order_by("version").values_list("step", "at"))
        assert fold(Step(step) for step, _ in steps) == event.state
        assert [at for _, at in steps] == sorted(at for _, at in steps)
    assert facts.differing() == []
    month = now.astimezone(CHINA).date().replace(day=1) - timedelta(days=1)
    asked = Asked(since=month.replace(day=1), until=month, as_of=now, region="4309/", root=True)
    whole = report(asked).whole
    assert all(whole.of(one.code).of for one in INDICATORS)


@pytest.mark.django_db
def test_organisations_contest_what_counts_against_them_after_it_did(state):
    now = HOURS[0]
    demo_people.fill(seed=1, now=now)
    demo_month.fill(seed=1, now=now)
    made = demo_appeals.fill(now=now)
    kept = list(Appeal.objects.order_by("pk"))
    assert len(kept) == made >= 4
    assert {one.state for one in kept} == {*Appeal.State} - {Appeal.State.RESTORED}
    assert not facts.differing()
    for one in kept:
        before = one.event.journal.get(version=one.asked_version - 1)
        assert before.at < one.asked_at <= now
        assert one.at < one.asked_at
        assert one.hit == (BY_CODE[one.indicator].better == "lower")
        assert one.decided_at is None or one.asked_at < one.decided_at <= now
