"""Why a deadline lies where it lies, against cases counted by hand; and allowances that change while they run."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calendar import from_package
from events.sla import Allowance, Calendar, Clock, Reasons, Terms, WorkHours, add, elapsed, reasons, recounted

CHINA = ZoneInfo("Asia/Shanghai")
DAYS = from_package((2026,))
CALENDAR = Calendar(exceptions={day.date: day.working for day in DAYS}, years=frozenset({2026}))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def days(*texts: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(text) for text in texts)


@pytest.mark.parametrize(
    ("start", "due", "clock", "begins", "off", "unknown"),
    [
        # a Saturday noon to Monday: both days off, counted from the morning
        ("2026-11-21 12:00", "2026-11-23 10:00", "work_hour", "2026-11-23 08:00", ("2026-11-21", "2026-11-22"), ()),
        # within working time: from now, nothing off
        ("2026-11-23 09:00", "2026-11-23 11:00", "work_hour", "2026-11-23 09:00", (), ()),
        # at noon it waits for the afternoon, on a Friday for the week after
        ("2026-11-20 12:30", "2026-11-20 16:00", "work_hour", "2026-11-20 14:00", (), ()),
        ("2026-11-20 17:00", "2026-11-23 09:00", "work_hour", "2026-11-20 17:00", ("2026-11-21", "2026-11-22"), ()),
        # Saturday 02-14 works; Spring Festival rests from 02-15 to 02-23
        ("2026-02-14 17:00", "2026-02-24 17:00", "work_day", "2026-02-14 17:00",
         tuple(f"2026-02-{day}" for day in range(15, 24)), ()),
        # into a year whose holidays nobody has loaded: New Year's Day counts as a working day, and it is said
        ("2026-12-31 17:30", "2027-01-01 09:30", "work_hour", "2026-12-31 17:30", (), (2027,)),
        # clocks that run through nights and holidays leave nothing out and need no calendar
        ("2026-12-31 23:30", "2027-01-01 01:30", "urgent_hour", "2026-12-31 23:30", (), ()),
        ("2026-12-31 23:30", "2027-01-03 23:30", "natural_day", "2026-12-31 23:30", (), ()),
    ],
)  # fmt: skip
def test_reasons(start, due, clock, begins, off, unknown):
    found = reasons(at(start), at(due), Clock(clock), CALENDAR)
    assert found == Reasons(begins=at(begins), days_off=days(*off), unknown_years=unknown)


def test_an_organisations_own_hours_count():
    late = Calendar(exceptions=CALENDAR.exceptions, years=CALENDAR.years, hours=WorkHours.parse("09:30-17:00"))
    assert reasons(at("2026-11-23 08:10"), at("2026-11-23 11:30"), Clock.WORK_HOUR, late).begins == at(
        "2026-11-23 09:30"
    )


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        reasons(datetime(2026, 3, 10, 9), at("2026-03-10 10:00"), Clock.WORK_HOUR, CALENDAR)  # noqa: DTZ001


@given(
    start=st.datetimes(datetime(2026, 1, 2), datetime(2026, 11, 30)),  # noqa: DTZ001 - the zone comes below
    minutes=st.integers(1, 4000),
    clock=st.sampled_from([Clock.WORK_HOUR, Clock.WORK_DAY]),
)
def test_it_counts_from_where_it_begins_and_never_on_a_day_off(start, minutes, clock):
    start = start.replace(tzinfo=CHINA)
    due = add(start, minutes, clock, CALENDAR)
    found = reasons(start, due, clock, CALENDAR)
    assert start <= found.begins < due
    assert elapsed(start, found.begins, clock, CALENDAR) == 0
    assert add(found.begins, minutes, clock, CALENDAR) == due
    assert not any(CALENDAR.works(day) for day in found.days_off)
    between = (due.astimezone(CHINA).date() - start.date()).days + 1
    worked = sum(CALENDAR.works(date.fromordinal(start.date().toordinal() + n)) for n in range(between))
    assert len(found.days_off) + worked == between


NORMAL = Terms(urgent=False, handle=Allowance(4, Clock.WORK_HOUR))
URGENT = Terms(urgent=True, handle=Allowance(4, Clock.WORK_HOUR))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-10 09:05", "2026-03-10 09:20"),  # a quarter of an hour from now, not from 09:00
        ("2026-03-10 10:50", None),  # from now it would end later than it did
        ("2026-03-10 11:30", None),  # over already: nobody gains time
    ],
)
def test_an_allowance_that_gets_shorter_counts_from_the_change(now, due):
    found = recounted(
        stage="sign", started=at("2026-03-10 09:00"), due=at("2026-03-10 11:00"), now=at(now), terms=URGENT,
        calendar=CALENDAR,
    )  # fmt: skip
    assert (found and found.due) == (due and at(due))


def test_an_allowance_that_gets_longer_counts_from_when_it_started():
    found = recounted(
        stage="sign", started=at("2026-03-10 09:00"), due=at("2026-03-10 09:15"), now=at("2026-03-10 09:10"),
        terms=NORMAL, calendar=CALENDAR,
    )  # fmt: skip
    assert found is not None
    assert found.due == at("2026-03-10 11:00")


@pytest.mark.parametrize(
    "text",
    ["", "08:30", "8:30-12:00", "12:00-08:00", "08:30-12:00,11:00-17:00", "08:30-12:00,12:00-17:00", "24:00-25:00",
     "08:30+08:00-12:00", "0830-1200", "08:30-12:00,"],
)  # fmt: skip
def test_working_hours_that_can_not_be_read_are_refused(text):
    with pytest.raises(ValueError, match=r"working hours|hour must"):
        WorkHours.parse(text)


def test_minutes_in_the_unit_of_their_clock():
    assert Allowance.of_minutes(720, Clock.WORK_DAY) == Allowance(1.5, Clock.WORK_DAY)
    assert Allowance.of_minutes(15, Clock.URGENT_HOUR) == Allowance(0.25, Clock.URGENT_HOUR)
