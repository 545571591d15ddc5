"""Suspensions, extensions and everybody's own hours: what was allowed is what is counted, to the microsecond."""

from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from data.calendar import from_package
from events.models import Application, Category, Event, Timer
from events.models.calendar import working_calendar
from events.services import clocks
from events.sla import Calendar, Clock, WorkHours, add, elapsed
from events.workflow import State
from grid.models import Grid, Organisation
from tests.factories.people import user_with

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")
EXACT = 1e-6  # minutes: a time is kept to the microsecond
LEAD = "dept-430902000000-chengguan_zhujian"
HOURS = ["", "08:30-12:00,13:00-17:30", "00:00-12:00", "09:00-17:00"]
_numbers = count(1)
exhaustive = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=CHINA)


def calendar_of_hours(hours: str) -> Calendar:
    days = {day.date: day.working for day in from_package((2026,))}
    return Calendar(exceptions=days, hours=WorkHours.parse(hours) if hours else WorkHours())


def in_hand(
    now: datetime, *, code: str = "05-002", clock: str = "", hours: tuple[str, str] = ("", ""), urgent: bool = False
) -> Event:
    """In its lead's hands since `now`; `hours` are the holder's and the lead's, `clock` another handle clock."""
    holder, lead = Organisation.objects.get(code="centre-430902005000"), Organisation.objects.get(code=LEAD)
    holder.hours, lead.hours = hours
    holder.save()
    lead.save()
    category = Category.objects.get(code=code)
    category.handle_clock = clock or category.handle_clock
    grid = Grid.objects.order_by("code")[0]
    event = Event.objects.create(
        no=f"P{next(_numbers)}", state=State.REPORTED, source="officer", grid=grid, path=grid.path, category=category,
        urgent=urgent, level="township", reported_at=now, holder=holder,
    )  # fmt: skip
    go(event, State.ACCEPTED, now)
    event.lead = lead
    go(event, State.DISPATCHED, now)
    go(event, State.HANDLING, now)
    return event


def go(event: Event, state: State, now: datetime) -> None:
    came_from = State(event.state)
    event.state = state
    clocks.enter(event=event, state=state, now=now, came_from=came_from)
    event.save()


def suspend(event: Event, now: datetime, *, until: datetime | None = None) -> None:
    person = user_with("dept_lead", event.lead)
    Application.objects.create(
        event=event, kind="suspension", state="granted", until=until or now + timedelta(days=3), asked_at=now,
        asked_by=person, answered_by=person, answered_at=now, organisation=event.lead,
    )  # fmt: skip
    go(event, State.SUSPENDED, now)


def timer(event: Event, stage: str) -> Timer:
    return event.timers.get(stage=stage, stopped_at__isnull=True)


gaps = st.integers(1, 4 * 24 * 3600 * 1_000_000).map(lambda n: timedelta(microseconds=n))
starts = st.integers(0, 300 * 24 * 3600 * 1000).map(lambda n: at("01 00:00") + timedelta(milliseconds=n))
both_hours = st.tuples(st.sampled_from(HOURS), st.sampled_from(HOURS))
codes = st.sampled_from(["05-002", "06-003", "04-001"])
works = st.tuples(st.sampled_from(["05-002", "06-003", "06-001", "09-002"]), st.sampled_from(["", *Clock]))


@exhaustive
@given(starts, st.lists(st.tuples(gaps, gaps), max_size=5), works, both_hours, st.booleans())
def test_however_often_it_is_suspended_the_time_allowed_is_the_time_counted(start, pauses, work, hours, urgent):
    """Counted here from the instants alone; what was used up before stays due when it was used up."""
    event = in_hand(start, code=work[0], clock=work[1], hours=hours, urgent=urgent)
    ran, now, since = [], start, start
    for worked, rested in pauses:
        now += worked
        suspend(event, now)
        ran.append((since, now))
        now += rested
        go(event, State.HANDLING, now)
        since = now
    for stage, own in (("handle", hours[1]), ("whole", hours[0])):
        left = timer(event, stage)
        calendar, clock = calendar_of_hours(own), Clock(left.clock)
        parts = [(begin, min(end, left.due_at)) for begin, end in [*ran, (since, left.due_at)]]
        counted = sum(elapsed(begin, end, clock, calendar) for begin, end in parts)
        assert counted == pytest.approx(left.allowance_min, abs=EXACT), (stage, parts)
        assert left.next_mark_at >= left.due_at or left.next_mark_at == left.running_since
        used = clocks.used_minutes(timer=left, now=since, calendar=calendar)
        assert used == pytest.approx(sum(elapsed(*one, clock, calendar) for one in ran), abs=EXACT)
    assert event.stage_due_at == timer(event, "handle").due_at
    assert event.due_at == timer(event, "whole").due_at
    assert event.stage_near_at <= event.stage_due_at


@exhaustive
@given(starts, gaps, gaps, works, both_hours, st.floats(0.5, 5000))
@example(at("10 09:00"), timedelta(days=4), timedelta(days=1), ("05-002", ""), ("", ""), 240.0)  # the whole is used up
def test_an_extension_lengthens_the_work_and_the_whole_by_the_same(start, worked, rested, work, hours, minutes):
    event = in_hand(start, code=work[0], clock=work[1], hours=hours)
    suspend(event, start + worked)
    go(event, State.HANDLING, start + worked + rested)
    before = {stage: timer(event, stage) for stage in ("handle", "whole")}
    clocks.extend(event=event, minutes=minutes)
    event.save()
    for stage, own in (("handle", hours[1]), ("whole", hours[0])):
        old, new = before[stage], timer(event, stage)
        assert new.allowance_min - old.allowance_min == pytest.approx(minutes, abs=EXACT)
        left = max(0.0, new.allowance_min - new.used_min)
        if left:
            expected = add(new.running_since, left, Clock(new.clock), calendar_of_hours(own))
            assert abs(new.due_at - expected) <= timedelta(microseconds=2)
        assert new.due_at >= old.due_at
        assert new.started_at == old.started_at
    assert (event.stage_due_at, event.due_at) == (timer(event, "handle").due_at, timer(event, "whole").due_at)


@exhaustive
@given(starts, st.lists(st.floats(0.5, 3000), min_size=2, max_size=2), works)
def test_two_extensions_are_one(start, minutes, work):
    event, other = (in_hand(start, code=work[0], clock=work[1]) for _ in range(2))
    for each in minutes:
        clocks.extend(event=event, minutes=each)
    clocks.extend(event=other, minutes=sum(minutes))
    for one, another in ((event.stage_due_at, other.stage_due_at), (event.due_at, other.due_at)):
        assert abs(one - another) <= timedelta(microseconds=2)


def test_a_suspension_counted_by_hand():
    event = in_hand(at("10 09:00"))  # Tuesday; 4 H
    suspend(event, at("10 10:00"), until=at("13 18:00"))
    paused = {one.stage: (one.paused_at, one.next_mark_at) for one in event.timers.filter(paused_at__isnull=False)}
    assert paused == {"handle": (at("10 10:00"), None), "whole": (at("10 10:00"), None)}
    assert (event.stage_due_at, event.due_at) == (at("13 18:00"), None)
    review = timer(event, "review")
    assert (review.due_at, review.clock, review.allowance_min) == (at("13 18:00"), "natural_day", 4800 + 0.0)
    go(event, State.HANDLING, at("13 17:00"))  # 3 H are left: 1 H on Friday, 2 H on Monday
    assert timer(event, "handle").due_at == event.stage_due_at == at("16 10:00")
    assert timer(event, "whole").due_at == event.due_at == at("16 16:00")  # 7 H of 8
    assert not event.timers.filter(stage="review", stopped_at__isnull=True).exists()
    go(event, State.PENDING_CHECK, at("16 09:00"))
    handle = event.timers.get(stage="handle")
    assert clocks.used_minutes(timer=handle, now=at("20 09:00"), calendar=working_calendar()) == 180


def test_a_suspended_event_that_is_closed_leaves_nothing_running():
    event = in_hand(at("10 09:00"))
    suspend(event, at("10 10:00"))
    go(event, State.CLOSED, at("11 10:00"))
    assert not event.timers.filter(stopped_at__isnull=True).exists()
    assert not event.timers.filter(next_mark_at__isnull=False).exists()
    handle = event.timers.get(stage="handle")
    assert clocks.used_minutes(timer=handle, now=at("20 09:00"), calendar=working_calendar()) == 60


def test_urgent_meanwhile_a_suspended_event_stands_still():
    """Suspended at night, before a minute of its time was counted."""
    event = in_hand(at("10 19:00"))
    suspend(event, at("10 20:00"))
    event.urgent = True
    clocks.recount(event=event, now=at("11 09:00"))
    assert {one.stage for one in event.timers.filter(stopped_at__isnull=True, paused_at__isnull=True)} == {"review"}
    go(event, State.HANDLING, at("12 08:00"))
    assert timer(event, "handle").due_at == at("12 12:00")


def test_each_stage_is_counted_in_the_hours_of_who_has_it():
    """The holder works 08:30-12:00 and 13:00-17:30, the lead 00:00-12:00; all counted by hand, from a Tuesday on."""
    event = in_hand(at("10 11:30"), hours=("08:30-12:00,13:00-17:30", "00:00-12:00"))
    assert timer(event, "whole").due_at == at("11 11:30")  # 8 H: 0.5, 4.5, 3
    assert timer(event, "handle").due_at == at("11 03:30")  # 4 H: 0.5, 3.5
    assert {one.stage: one.due_at for one in event.timers.filter(stage__in=["dispatch", "sign"])} == {
        "dispatch": at("10 14:30"),
        "sign": at("11 01:30"),
    }
    assert {one.stage: one.organisation.code for one in event.timers.select_related("organisation")} == {
        "whole": event.holder.code, "dispatch": event.holder.code, "sign": LEAD, "handle": LEAD,
    }  # fmt: skip
    go(event, State.PENDING_CHECK, at("10 11:45"))
    assert event.stage_due_at == at("11 11:45")  # 1 D of the holder's: 0.25, 4.5, 3.25
    assert clocks.last_return(event=event, now=at("10 11:30")) == at("11 01:30")


def test_what_runs_keeps_its_hours_when_another_centre_holds_the_event():
    event = in_hand(at("10 09:00"), hours=("09:00-11:00,12:00-18:00", ""))
    assert timer(event, "whole").due_at == at("10 18:00")
    event.holder = Organisation.objects.get(code="centre-430902000000")
    suspend(event, at("10 11:30"))  # 2 H are used in the hours that it was given, 2.5 H in the county's
    go(event, State.HANDLING, at("11 09:00"))
    assert timer(event, "whole").due_at == at("11 16:00")  # 6 H are left: 2, and 4 after noon


@exhaustive
@given(starts, gaps, gaps, codes, codes)
def test_no_change_of_category_makes_anybody_late_or_wins_time(start, first, second, one, other):
    """There and back again: never late by the change alone, never later than the longer of both from the start."""
    assume(one != other)
    event = in_hand(start, code=one)
    for state in (State.DISPATCHED, State.ACCEPTED):
        go(event, state, start)
    before = {stage: timer(event, stage).due_at for stage in ("dispatch", "whole")}
    now, first_due, longest = start, before, {}
    for code, pause in ((other, first), (one, second), (other, first), (one, second)):
        now += pause / 10
        event.category = Category.objects.get(code=code)
        clocks.recount(event=event, now=now)
        after = {stage: timer(event, stage) for stage in before}
        for stage, changed in after.items():
            assert changed.due_at >= min(before[stage], now)
            assert changed.started_at == start
        before = {stage: changed.due_at for stage, changed in after.items()}
        longest = longest or {stage: max(first_due[stage], before[stage]) for stage in before}
        assert all(before[stage] <= longest[stage] for stage in before)


def test_a_day_that_is_no_working_day_is_nobodys():
    assert not working_calendar().works(date(2026, 10, 1))
    event = in_hand(datetime(2026, 9, 30, 11, tzinfo=CHINA), hours=("", "00:00-12:00"))
    assert event.stage_due_at == datetime(2026, 10, 8, 3, tzinfo=CHINA)  # 1 H, the holiday, 3 H
