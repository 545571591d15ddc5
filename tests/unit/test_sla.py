"""Clocks against cases counted by hand on the State Council's calendar, and against a minute-by-minute oracle."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calendar import covered_years, from_package
from events.sla import Allowance, Calendar, Clock, Terms, WorkHours, add, deadline, elapsed, near_after
from events.workflow import STAGE_OF, Stage

CHINA = ZoneInfo("Asia/Shanghai")
DAYS = from_package((2025, 2026))
CALENDAR = Calendar(exceptions={day.date: day.working for day in DAYS}, years=frozenset({2025, 2026}))
ALL_CLOCKS = list(Clock)
ADDITIVE = [Clock.URGENT_HOUR, Clock.WORK_HOUR, Clock.WORK_DAY]


def at(text: str) -> datetime:
    """Local time in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("start", "amount", "clock", "due"),
    [
        # within a morning; over the lunch break; ending exactly with the morning
        ("2026-03-10 09:00", 2, "work_hour", "2026-03-10 11:00"),
        ("2026-03-10 11:00", 2, "work_hour", "2026-03-10 15:00"),
        ("2026-03-10 10:00", 2, "work_hour", "2026-03-10 12:00"),
        # in the lunch break, at night, before work: it starts to run when work does
        ("2026-03-10 12:30", 2, "work_hour", "2026-03-10 16:00"),
        ("2026-03-10 23:15", 2, "work_hour", "2026-03-11 10:00"),
        ("2026-03-10 06:00", 4, "work_hour", "2026-03-10 12:00"),
        # Friday evening to Monday; a plain Saturday
        ("2026-03-13 17:00", 2, "work_hour", "2026-03-16 09:00"),
        ("2026-03-14 10:00", 2, "work_hour", "2026-03-16 10:00"),
        # Spring Festival 2026 rests from Sunday 02-15 to Monday 02-23; Saturdays 02-14 and 02-28 work
        ("2026-02-13 17:00", 2, "work_hour", "2026-02-14 09:00"),
        ("2026-02-14 17:00", 2, "work_hour", "2026-02-24 09:00"),
        ("2026-02-27 16:00", 1, "work_day", "2026-02-28 16:00"),
        # National Day 2025 with Mid-Autumn rests 10-01 to 10-08; Sunday 09-28 and Saturday 10-11 work
        ("2025-09-26 17:00", 2, "work_hour", "2025-09-28 09:00"),
        ("2025-09-30 14:00", 2, "work_day", "2025-10-10 12:00"),  # what ends with a morning is due at noon
        ("2025-10-10 14:00", 2, "work_day", "2025-10-13 12:00"),
        # New Year 2026 rests Thursday to Saturday; Sunday 01-04 works
        ("2025-12-31 17:30", 1, "work_hour", "2026-01-04 08:30"),
        # Labour Day 2026 rests 05-01 to 05-05, Saturday 05-09 works
        ("2026-04-30 15:00", 7, "work_day", "2026-05-13 15:00"),
        # urgent hours run through nights and holidays
        ("2026-02-16 23:30", 2, "urgent_hour", "2026-02-17 01:30"),
        ("2026-02-16 23:50", 0.25, "urgent_hour", "2026-02-17 00:05"),
        ("2026-02-16 23:30", 3, "natural_day", "2026-02-19 23:30"),
        # nothing to do is due at once, at night too
        ("2026-03-10 23:15", 0, "work_hour", "2026-03-10 23:15"),
        # beyond what is known: Monday to Friday, a Labour Day too
        ("2027-04-30 17:00", 2, "work_hour", "2027-05-03 09:00"),
    ],
)
def test_counted_by_hand(start, amount, clock, due):
    allowance = Allowance(amount, Clock(clock))
    assert add(at(start), allowance.minutes, allowance.clock, CALENDAR) == at(due)
    assert elapsed(at(start), at(due), allowance.clock, CALENDAR) == allowance.minutes


# Stage, urgency, category's allowance, start and due; the whole is dispatch, sign and handle in a chain.
STAGES = [
    ("accept", False, None, "2025-01-26 16:30", "2025-01-27 08:30"),  # a Sunday that works, before the Spring Festival
    ("accept", False, None, "2025-01-27 17:00", "2025-02-05 09:00"),  # rests 01-28 to 02-04
    ("accept", True, None, "2025-01-29 03:10", "2025-01-29 03:40"),
    ("verify", False, None, "2025-10-03 20:00", "2025-10-04 20:00"),
    ("verify", True, None, "2025-10-03 23:00", "2025-10-04 01:00"),
    ("dispatch", False, None, "2025-02-08 16:30", "2025-02-10 08:30"),  # Saturday 02-08 works
    ("dispatch", True, None, "2025-04-04 12:00", "2025-04-04 12:15"),  # Qingming
    ("sign", False, None, "2025-04-27 17:30", "2025-04-28 09:30"),  # Sunday 04-27 works
    ("sign", True, None, "2026-05-01 23:50", "2026-05-02 00:05"),
    ("handle", False, (4, "work_hour"), "2025-05-30 16:00", "2025-06-03 10:00"),  # Dragon Boat rests 05-31 to 06-02
    ("handle", True, (4, "work_hour"), "2025-05-30 16:00", "2025-06-03 10:00"),  # the category's own, urgent or not
    ("handle", False, (2, "urgent_hour"), "2026-06-19 23:00", "2026-06-20 01:00"),
    ("handle", False, (1, "work_day"), "2026-05-08 14:00", "2026-05-09 12:00"),  # Saturday 05-09 works
    ("handle", False, (3, "work_day"), "2026-09-18 18:00", "2026-09-22 18:00"),  # Sunday 09-20 works
    ("handle", False, (10, "work_day"), "2026-09-24 08:00", "2026-10-14 18:00"),  # rests 09-25 to 27, 10-01 to 07
    ("handle", False, (3, "natural_day"), "2026-09-30 17:00", "2026-10-03 17:00"),
    ("check", False, None, "2026-04-03 10:00", "2026-04-07 10:00"),  # Qingming rests 04-04 to 04-06
    ("check", True, None, "2026-04-05 23:30", "2026-04-06 01:30"),
    ("close", False, None, "2026-10-10 17:00", "2026-10-12 09:00"),  # Saturday 10-10 works
    ("close", True, None, "2026-10-04 07:00", "2026-10-04 07:30"),
    ("whole", False, (4, "work_hour"), "2025-09-28 11:00", "2025-09-29 11:00"),
    ("whole", True, (2, "urgent_hour"), "2025-10-01 08:00", "2025-10-01 10:30"),
    ("whole", False, (2, "urgent_hour"), "2025-09-30 15:00", "2025-10-09 11:00"),  # 3 H, the holiday, 1 H; then 2 U
    ("whole", True, (1, "work_day"), "2026-01-01 09:00", "2026-01-04 18:00"),  # Sunday 01-04 works
]


@pytest.mark.parametrize(("stage", "urgent", "handle", "start", "due"), STAGES)
def test_every_stage_counted_by_hand(stage, urgent, handle, start, due):
    terms = Terms(urgent, Allowance(handle[0], Clock(handle[1])) if handle else None)
    found = deadline(stage, start=at(start), terms=terms, calendar=CALENDAR)
    assert found.due == at(due)
    assert elapsed(at(start), found.due, found.clock, CALENDAR) == found.minutes


def test_coverage_is_said():
    assert CALENDAR.covers(date(2026, 5, 1))
    assert not CALENDAR.covers(date(2027, 5, 1))
    assert {2025, 2026} <= set(covered_years())


def test_units():
    assert Allowance(1, Clock.WORK_DAY).minutes == Allowance(8, Clock.WORK_HOUR).minutes == 480
    assert Allowance(0.5, Clock.URGENT_HOUR).minutes == 30
    assert Allowance(2, Clock.NATURAL_DAY).minutes == 2880


@pytest.mark.parametrize(("minutes", "near"), [(30, 0), (60, 0), (120, 60), (240, 180), (480, 360), (2400, 1800)])
def test_near_is_under_a_quarter_or_under_an_hour(minutes, near):
    assert near_after(minutes) == near


def test_refusals():
    naive = datetime(2026, 3, 10, 9)  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="time zone"):
        add(naive, 5, Clock.WORK_HOUR, CALENDAR)
    with pytest.raises(ValueError, match="time zone"):
        elapsed(at("2026-03-10 09:00"), naive, Clock.WORK_HOUR, CALENDAR)
    with pytest.raises(ValueError, match="negative"):
        add(at("2026-03-10 09:00"), -1, Clock.WORK_HOUR, CALENDAR)
    for spans in ((), ((time(9), time(9)),), ((time(8), time(12)), (time(11), time(18)))):
        with pytest.raises(ValueError, match="working hours"):
            WorkHours(spans=spans)


def test_other_working_hours_and_zone():
    night = Calendar(hours=WorkHours(spans=((time(20), time(23)),), zone="Asia/Urumqi"))
    start = datetime(2026, 3, 10, 21, tzinfo=ZoneInfo("Asia/Urumqi"))
    assert add(start, 180, Clock.WORK_HOUR, night) == start + timedelta(hours=24)


def test_the_whole_is_chained_each_link_on_its_own_clock():
    start = at("2026-03-13 16:30")  # Friday
    normal = deadline("whole", start=start, terms=Terms(False, Allowance(4, Clock.WORK_HOUR)), calendar=CALENDAR)
    assert (normal.due, normal.minutes, normal.clock) == (at("2026-03-16 16:30"), 480, Clock.WORK_HOUR)
    urgent = deadline("whole", start=start, terms=Terms(True, Allowance(2, Clock.URGENT_HOUR)), calendar=CALENDAR)
    assert (urgent.due, urgent.minutes) == (at("2026-03-13 19:00"), 150)
    mixed = deadline("whole", start=start, terms=Terms(True, Allowance(1, Clock.WORK_DAY)), calendar=CALENDAR)
    assert mixed.due == at("2026-03-16 17:00")
    assert elapsed(start, mixed.due, mixed.clock, CALENDAR) == mixed.minutes == 510


def test_stages_have_the_allowances_that_the_domain_fixes():
    def said(urgent: bool) -> dict[str, tuple[float, str]]:
        terms = Terms(urgent, Allowance(5, Clock.WORK_DAY))
        return {
            stage: (terms.allowance(stage).amount, terms.allowance(stage).clock.value)
            for stage in STAGE_OF.values()
            if stage != Stage.REVIEW
        }

    assert said(False) == {
        "accept": (2, "work_hour"), "verify": (24, "urgent_hour"), "dispatch": (2, "work_hour"),
        "sign": (2, "work_hour"), "handle": (5, "work_day"), "check": (1, "work_day"), "close": (2, "work_hour"),
    }  # fmt: skip
    assert said(True) == {
        "accept": (0.5, "urgent_hour"), "verify": (2, "urgent_hour"), "dispatch": (0.25, "urgent_hour"),
        "sign": (0.25, "urgent_hour"), "handle": (5, "work_day"), "check": (2, "urgent_hour"),
        "close": (0.5, "urgent_hour"),
    }  # fmt: skip
    for stage in (Stage.HANDLE, Stage.WHOLE):
        with pytest.raises(ValueError, match="category"):
            deadline(stage, start=at("2026-03-10 09:00"), terms=Terms(False, None), calendar=CALENDAR)


# The oracle: walk the minutes one by one and ask of each whether it counts, by rules written down a second time.

RESTS = {day.date for day in DAYS if not day.working}
WORKS = {day.date for day in DAYS if day.working}


def counts(minute: datetime) -> bool:
    local = minute.astimezone(CHINA)
    day = local.date()
    working = day in WORKS or (local.isoweekday() <= 5 and day not in RESTS)
    return working and (8 <= local.hour < 12 or 14 <= local.hour < 18)


def walk(start: datetime, minutes: int) -> datetime:
    while minutes:
        minutes -= counts(start)
        start += timedelta(minutes=1)
    return start


moments = st.integers(0, 60 * 24 * 720).map(lambda n: datetime(2025, 1, 2, tzinfo=UTC) + timedelta(minutes=n))
exact = st.datetimes(datetime(2025, 1, 2), datetime(2026, 12, 20), timezones=st.sampled_from([UTC, CHINA]))  # noqa: DTZ001
amounts = st.integers(0, 6000)


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(1, 1500))
def test_work_time_agrees_with_the_oracle(start, minutes):
    due = walk(start, minutes)
    assert add(start, minutes, Clock.WORK_HOUR, CALENDAR) == due
    assert elapsed(start, due, Clock.WORK_HOUR, CALENDAR) == minutes
    assert elapsed(start, due - timedelta(minutes=1), Clock.WORK_HOUR, CALENDAR) == minutes - 1


@given(exact, amounts, amounts, st.sampled_from(ADDITIVE))
def test_two_allowances_are_one(start, first, second, clock):
    """Exact, whatever the zone; natural days are left out only where a wall clock is put back, which China's is not."""
    stepwise = add(add(start, first, clock, CALENDAR), second, clock, CALENDAR)
    assert stepwise == add(start, first + second, clock, CALENDAR)


@given(exact, amounts, st.sampled_from(ALL_CLOCKS))
def test_what_was_added_has_elapsed_and_not_a_moment_sooner(start, minutes, clock):
    due = add(start, minutes, clock, CALENDAR)
    assert due >= start
    assert elapsed(start, due, clock, CALENDAR) == minutes
    if minutes:
        assert elapsed(start, due - timedelta(microseconds=1), clock, CALENDAR) < minutes
    assert due.tzinfo == start.tzinfo


@given(exact, exact, amounts, amounts, st.sampled_from(ALL_CLOCKS))
def test_later_start_or_more_time_never_ends_sooner(one, other, less, more, clock):
    early, late = sorted((one, other))
    small, large = sorted((less, more))
    assert add(early, small, clock, CALENDAR) <= add(late, small, clock, CALENDAR)
    assert add(early, small, clock, CALENDAR) <= add(early, large, clock, CALENDAR)
    assert elapsed(early, late, clock, CALENDAR) >= 0
    assert elapsed(late, early, clock, CALENDAR) == 0


@given(exact, st.integers(0, 400))
def test_a_natural_day_ends_at_the_same_time_of_day(start, days):
    due = add(start, Allowance(days, Clock.NATURAL_DAY).minutes, Clock.NATURAL_DAY, CALENDAR)
    assert due.astimezone(CHINA).time() == start.astimezone(CHINA).time()
    assert due.astimezone(CHINA).date() - start.astimezone(CHINA).date() == timedelta(days=days)


@given(exact, amounts, st.sampled_from(ALL_CLOCKS))
def test_near_comes_before_due(start, minutes, clock):
    near = add(start, near_after(minutes), clock, CALENDAR)
    due = add(start, minutes, clock, CALENDAR)
    assert start <= near <= due
    left = elapsed(near, due, clock, CALENDAR)
    assert left == min(minutes, max(minutes / 4, 60))
