"""What patrol plans ask for, and whether it was done."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.patrolling import Cadence, Count, Plan, Span, Standing, Status, asked, counted, demands, done_in, span_of
from events.patrolling import standing as standing_of

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
CADENCES = st.sampled_from(list(Cadence))
MONDAY = date(2026, 3, 2)


@st.composite
def plans(draw):
    cadence = draw(CADENCES)
    since = draw(DAYS)
    until = draw(st.none() | st.integers(1, 900).map(lambda days: since + timedelta(days=days)))
    return Plan(cadence, draw(st.integers(1, 1 if cadence == Cadence.DAY else 4)), since, until, draw(st.booleans()))


VISITS = st.lists(DAYS, max_size=60).map(lambda days: sorted(set(days)))


@given(CADENCES, DAYS)
def test_periods_tile_the_calendar(cadence, day):
    span = span_of(cadence, day)
    assert span.start <= day <= span.last < span.end
    assert span_of(cadence, span.end).start == span.end
    assert {span_of(cadence, span.start + timedelta(days=one)) for one in range((span.end - span.start).days)} == {span}


@pytest.mark.parametrize(
    ("cadence", "start", "end"),
    [
        (Cadence.DAY, date(2026, 3, 4), date(2026, 3, 5)),
        (Cadence.WEEK, MONDAY, date(2026, 3, 9)),
        (Cadence.MONTH, date(2026, 3, 1), date(2026, 4, 1)),
    ],
)
def test_days_weeks_from_monday_and_months(cadence, start, end):
    assert span_of(cadence, date(2026, 3, 4)) == Span(start, end)


def test_the_year_ends_and_february_is_short():
    assert span_of(Cadence.MONTH, date(2026, 12, 31)) == Span(date(2026, 12, 1), date(2027, 1, 1))
    assert span_of(Cadence.MONTH, date(2024, 2, 29)) == Span(date(2024, 2, 1), date(2024, 3, 1))


@given(plans(), DAYS)
def test_only_whole_periods_within_the_plans_life_are_asked_for(plan, day):
    span = asked(plan, day)
    whole = span_of(plan.cadence, day)
    inside = plan.since <= whole.start and (plan.until is None or whole.end <= plan.until)
    assert span == (whole if inside else None)


@given(st.lists(plans(), max_size=4), DAYS, st.integers(0, 200), DAYS)
def test_due_are_the_periods_that_ended_within_the_days_and_are_over(found, first, length, today):
    last = first + timedelta(days=length)
    wanted = demands(found, first=first, last=last, today=today)
    by_hand = {}
    for plan in found:
        day = first
        while day <= min(last, today - timedelta(days=1)):
            span = asked(plan, day)
            if span is not None and span.last == day:
                by_hand[span] = max(by_hand.get(span, 0), plan.times)
            day += timedelta(days=1)
    assert wanted == by_hand


@given(st.lists(plans(), max_size=4), VISITS, DAYS, st.integers(0, 100), st.integers(0, 100), DAYS)
def test_coverage_adds_up_over_days_one_after_another(found, visits, first, one, two, today):
    middle, last = first + timedelta(days=one), first + timedelta(days=one + 1 + two)
    parts = [(first, middle), (middle + timedelta(days=1), last)]
    counts = [counted(demands(found, first=a, last=b, today=today), visits) for a, b in parts]
    assert counts[0] + counts[1] == counted(demands(found, first=first, last=last, today=today), visits)


@given(st.lists(plans(), min_size=1, max_size=4), VISITS, DAYS, DAYS)
def test_a_visit_more_never_covers_less_and_a_plan_twice_asks_no_more(found, visits, extra, today):
    days = {"first": date(2024, 1, 1), "last": today, "today": today}
    before = counted(demands(found, **days), visits)
    after = counted(demands(found * 2, **days), sorted({*visits, extra}))
    assert after.due == before.due
    assert before.visited <= after.visited <= after.due


@given(DAYS, DAYS, VISITS)
def test_visits_are_counted_within_the_period(start, other, visits):
    span = Span(min(start, other), max(start, other))
    assert done_in(span, visits) == sum(span.start <= day < span.end for day in visits)


@given(st.lists(plans(), max_size=4), VISITS, DAYS)
def test_how_a_grid_stands(found, visits, today):
    how = standing_of(found, visits, today)
    spans = [(plan, span) for plan in found if (span := asked(plan, today))]
    open_ones = [(plan, span) for plan, span in spans if done_in(span, visits) < plan.times]
    if not spans:
        assert how == Standing(Status.UNPLANNED)
        return
    assert (how.status == Status.VISITED) == (not open_ones)
    assert how.due_until is not None
    assert how.due_until >= today
    if open_ones:
        assert how.done < how.times
        late = [
            span for plan, span in open_ones
            if not done_in(span, visits) and (before := asked(plan, span.start - timedelta(days=1)))
            and done_in(before, visits) < plan.times
        ]  # fmt: skip
        assert (how.status == Status.OVERDUE) == bool(late)


WEEKLY = Plan(Cadence.WEEK, 1, MONDAY)
MONTHLY = Plan(Cadence.MONTH, 2, date(2026, 3, 1), key=True)


@pytest.mark.parametrize(
    ("visits", "today", "status", "until", "done"),
    [
        ([], MONDAY, Status.DUE, date(2026, 3, 8), 0),  # the first week: nothing was missed before
        ([MONDAY], MONDAY, Status.VISITED, date(2026, 3, 8), 1),
        ([], date(2026, 3, 9), Status.OVERDUE, date(2026, 3, 15), 0),
        ([date(2026, 3, 8)], date(2026, 3, 9), Status.DUE, date(2026, 3, 15), 0),
        ([date(2026, 3, 9)], date(2026, 3, 9), Status.VISITED, date(2026, 3, 15), 1),  # late, but there
    ],
)
def test_a_weekly_plan_from_day_to_day(visits, today, status, until, done):
    assert standing_of([WEEKLY], visits, today) == Standing(status, until, 1, done)


def test_of_two_plans_the_more_urgent_shows():
    assert standing_of([WEEKLY, MONTHLY], [MONDAY], MONDAY) == Standing(Status.DUE, date(2026, 3, 31), 2, 1)
    assert standing_of([WEEKLY, MONTHLY], [], date(2026, 3, 9)).due_until == date(2026, 3, 15)


def test_a_month_of_two_plans_by_hand():
    march = {"first": date(2026, 3, 1), "last": date(2026, 3, 31), "today": date(2026, 4, 1)}
    wanted = demands([WEEKLY, MONTHLY, WEEKLY], **march)
    assert len(wanted) == 5  # four weeks that ended in March, and March; the week of 30 March ends in April
    visits = [date(2026, 3, 3), date(2026, 3, 5), date(2026, 3, 10), date(2026, 3, 24)]
    assert counted(wanted, visits) == Count(due=5, visited=4)
    assert counted(demands([WEEKLY, MONTHLY], **{**march, "today": date(2026, 3, 31)}), visits) == Count(4, 3)
