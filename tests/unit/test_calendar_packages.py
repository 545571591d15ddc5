"""The days off and the make-up days of two years, as two packages by different authors carry the same notices."""

from datetime import date, timedelta

import holidays
import pytest

from data.calendar import from_package
from events.sla import Calendar

# Make-up working days (调休) by the State Council's notices, typed from them.
MADE_UP = {
    2025: ("01-26", "02-08", "04-27", "09-28", "10-11"),
    2026: ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10"),
}


@pytest.mark.parametrize("year", sorted(MADE_UP))
def test_every_day_of_the_year_is_the_same_in_both(year):
    ours = Calendar(exceptions={day.date: day.working for day in from_package((year,))}, years=frozenset({year}))
    theirs = holidays.country_holidays("CN", years=year)
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    days = [day for day in days if day.year == year]
    assert len(days) == 365
    assert [day for day in days if ours.works(day) != theirs.is_working_day(day)] == []


@pytest.mark.parametrize("year", sorted(MADE_UP))
def test_the_make_up_days_are_those_of_the_notice(year):
    worked = {day.date for day in from_package((year,)) if day.working}
    assert worked == {date.fromisoformat(f"{year}-{day}") for day in MADE_UP[year]}
    assert all(day.isoweekday() > 5 for day in worked)
