"""Indicators: each by hand on small lives, then what must hold for every journal that the table allows."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.counting.facts import COUNTS_FOR, facts, known
from events.counting.indicators import BY_CODE, INDICATORS, Period, Value, items, value
from events.counting.lives import Entry, lives
from tests.factories.journals import START, walk

PATHS = ["4309/430902/430902005/", "4309/430903/430903001/", ""]
T0 = datetime(2026, 3, 2, 1, tzinfo=UTC)
LATER = T0 + timedelta(days=365)
MARCH = Period(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC), LATER)


def hours(number: float) -> datetime:
    return T0 + timedelta(hours=number)


def story(*rows: tuple, event: int = 1, **facts) -> list[Entry]:
    """Entries from (step, state, hour, hour at which the stage is due, hour at which the whole is due)."""
    made = []
    for version, (step, state, at, stage, *rest) in enumerate(rows, 1):
        extra = rest[1] if len(rest) > 1 else {}
        made.append(
            Entry(
                event=event, version=version, at=hours(at), step=step, to_state=state,
                **{"source": "officer", "category": "06-001", "path": PATHS[0], "holder": 1, "lead": None} | facts
                | extra, due_at=hours(rest[0]) if rest and rest[0] is not None else None,
                stage_due_at=hours(stage) if stage is not None else None,
            )
        )  # fmt: skip
    return made


TO_HANDLING = (("report", "reported", 0, 2), ("accept", "accepted", 1, 3, 10), ("dispatch", "dispatched", 2, 4, 10),
               ("sign", "handling", 3, 8, 10))  # fmt: skip
CLOSED = (*TO_HANDLING, ("finish", "pending_check", 7, 20, 10), ("pass_check", "pending_close", 30, 40, 10),
          ("close", "closed", 31, None, 10))  # fmt: skip


def counted(code: str, *rows: tuple, period: Period = MARCH) -> tuple[int, int]:
    found = value(BY_CODE[code], lives(story(*rows), as_of=period.as_of), period)
    return found.hits, found.of


@pytest.mark.parametrize(
    ("code", "expected"),
    [("acceptance", (1, 1)), ("closure", (1, 1)), ("closure_on_time", (1, 1)), ("handled_on_time", (1, 1)),
     ("accepted_on_time", (1, 1)), ("dispatched_on_time", (1, 1)), ("dispatched_right", (1, 1)), ("returned", (0, 1)),
     ("reworked", (0, 1)), ("check_passed", (1, 1)), ("self_closed", (0, 1))],
)  # fmt: skip
def test_what_went_well_is_a_hit_of_one(code, expected):
    assert counted(code, *CLOSED) == expected


def test_what_is_open_and_overdue_is_due_and_what_is_not_yet_due_is_not():
    assert counted("closure", *TO_HANDLING) == (0, 1)
    early = Period(MARCH.start, MARCH.end, hours(9))
    assert counted("closure", *TO_HANDLING, period=early) == (0, 0)
    assert counted("handled_on_time", *TO_HANDLING, period=early) == (0, 1)
    assert counted("handled_on_time", *TO_HANDLING, period=Period(MARCH.start, MARCH.end, hours(7))) == (0, 0)


def test_closed_by_force_is_closed_but_never_on_time():
    rows = (*TO_HANDLING, ("finish", "pending_check", 7, 20, 10), ("force_close", "closed", 8, None, 10))
    assert counted("closure", *rows) == (1, 1)
    assert counted("closure_on_time", *rows) == (0, 1)


def test_on_time_is_when_the_work_was_done_for_the_last_time():
    again = (*TO_HANDLING, ("finish", "pending_check", 7, 20, 10), ("fail_check", "handling", 9, 15, 10),
             ("finish", "pending_check", 12, 30, 10), ("pass_check", "pending_close", 13, 40, 10),
             ("close", "closed", 14, None, 10))  # fmt: skip
    assert counted("closure_on_time", *again) == (0, 1)
    assert counted("handled_on_time", *again) == (2, 2)
    assert counted("reworked", *again) == (1, 2)
    assert counted("check_passed", *again) == (1, 2)


def test_a_dispatch_is_right_unless_it_was_handed_back_or_given_to_another():
    rows = (("report", "reported", 0, 2), ("accept", "accepted", 1, 3, 10), ("dispatch", "dispatched", 2, 4, 10),
            ("return", "accepted", 3, 5, 10), ("dispatch", "dispatched", 4, 6, 10),
            ("redispatch", "dispatched", 5, 7, 10), ("sign", "handling", 6, 9, 10))  # fmt: skip
    assert counted("dispatched_right", *rows) == (1, 3)
    assert counted("returned", *rows) == (1, 3)


def test_what_was_only_a_test_or_void_is_out_of_everything():
    void = (("report", "reported", 0, 2), ("void", "voided", 1, None))
    test = (("report", "reported", 0, 2), ("reject", "rejected", 1, None, None, {"reason": "test"}))
    other = (("report", "reported", 0, 2), ("reject", "rejected", 1, None, None, {"reason": "no_fault"}))
    for rows in (void, test):
        assert [counted(indicator.code, *rows) for indicator in INDICATORS] == [(0, 0)] * len(INDICATORS)
    assert (counted("acceptance", *other), counted("accepted_on_time", *other)) == ((0, 1), (1, 1))


def test_before_it_was_voided_it_counted():
    void = (("report", "reported", 0, 2), ("void", "voided", 1, None))
    assert counted("acceptance", *void, period=Period(MARCH.start, MARCH.end, hours(0.5))) == (0, 1)


def test_suspension_takes_the_deadline_away_and_the_rest_goes_on_later():
    rows = (*TO_HANDLING, ("approve_suspension", "suspended", 5, 100, None))
    assert counted("closure", *rows) == (0, 0)
    assert counted("handled_on_time", *rows) == (0, 0)
    resumed = (*rows, ("resume", "handling", 50, 53, 55), ("finish", "pending_check", 52, 60, 55))
    assert counted("closure", *resumed) == (0, 1)
    assert counted("handled_on_time", *resumed) == (1, 1)


def test_more_time_moves_the_deadline_of_the_stage():
    rows = (*TO_HANDLING, ("grant_extension", "handling", 7, 20, 22), ("finish", "pending_check", 19, 40, 22))
    assert counted("handled_on_time", *rows) == (1, 1)


def test_passing_up_before_the_deadline_counts_neither_way_after_it_as_late():
    def passed_up(at: float) -> tuple[int, int]:
        return counted("accepted_on_time", ("report", "reported", 0, 2), ("escalate", "reported", at, at + 2))

    assert passed_up(1) == (0, 1)  # the centre above let it lie
    assert passed_up(3) == (0, 2)


def test_reopened_it_is_due_when_its_new_deadline_is():
    rows = (*CLOSED, ("reopen", "accepted", 800, 802, 810))
    assert counted("closure", *rows) == (0, 0)  # in April by now
    assert counted("closure", *rows, period=Period(MARCH.start, MARCH.end, hours(700))) == (1, 1)


def test_solved_on_the_spot():
    rows = (("report", "reported", 0, 2), ("self_resolve", "self_closed", 0, None))
    assert (counted("self_closed", *rows), counted("closure", *rows)) == ((1, 1), (0, 0))
    assert counted("accepted_on_time", *rows) == (0, 0)


@pytest.mark.parametrize(
    ("hits", "of", "rate"),
    [(911, 972, "93.72"), (737, 972, "75.82"), (1, 3, "33.33"), (2, 3, "66.67"), (1, 800, "0.13"), (0, 7, "0.00"),
     (7, 7, "100.00")],
)  # fmt: skip
def test_rates_are_rounded_half_up_to_two_decimals(hits, of, rate):
    assert Value(hits, of).percent == Decimal(rate)


def test_nothing_counted_is_no_rate_and_few_are_not_firm():
    assert Value(0, 0).percent is None
    assert (Value(19, 19).firm, Value(0, 20).firm) == (False, True)


def test_every_indicator_counts_facts_of_its_kind_by_a_bit_of_its_own():
    assert {(one.kind, one.place) for one in INDICATORS} == {
        (kind, place) for kind, codes in COUNTS_FOR.items() for place in range(len(codes))
    }
    assert set(BY_CODE) == {code for codes in COUNTS_FOR.values() for code in codes}


# For every journal that the table allows


@st.composite
def journals(draw: st.DrawFn) -> list[list[Entry]]:
    random = Random(draw(st.integers(0, 2**32)))
    size = draw(st.integers(1, 12))
    return [walk(random, number, paths=PATHS, organisations=[1, 2, 3]) for number in range(size)]


def all_values(stories: list[list[Entry]], period: Period) -> dict[str, Value]:
    entries = [entry for kept in stories for entry in kept]
    found = list(lives(entries, as_of=period.as_of))
    return {indicator.code: value(indicator, found, period) for indicator in INDICATORS}


PERIODS = st.builds(
    lambda first, days, late: Period(
        START + timedelta(days=first), START + timedelta(days=first + days), START + timedelta(days=first + days + late)
    ),
    st.integers(0, 40), st.integers(1, 40), st.integers(-10, 60),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(journals(), PERIODS)
def test_what_comes_later_never_changes_a_report_as_of_earlier(stories, period):
    known = [[entry for entry in kept if entry.at <= period.as_of] for kept in stories]
    assert all_values(stories, period) == all_values([kept for kept in known if kept], period)


@settings(max_examples=300, deadline=None)
@given(journals(), PERIODS)
def test_every_way_of_taking_them_apart_adds_up(stories, period):
    whole = all_values(stories, period)
    for half in (stories[::2], stories[1::2]):
        rest = [kept for kept in stories if kept not in half]
        one, other = all_values(half, period), all_values(rest, period)
        assert whole == {code: one[code] + other[code] for code in whole}


@settings(max_examples=300, deadline=None)
@given(journals(), PERIODS, st.integers(1, 39))
def test_periods_laid_end_to_end_add_up(stories, period, cut):
    middle = min(period.start + timedelta(days=cut), period.end)
    first, second = Period(period.start, middle, period.as_of), Period(middle, period.end, period.as_of)
    one, other = all_values(stories, first), all_values(stories, second)
    assert all_values(stories, period) == {code: one[code] + other[code] for code in one}


@settings(max_examples=200, deadline=None)
@given(journals(), PERIODS)
def test_hits_are_of_what_is_counted_and_on_time_is_never_more_than_closed(stories, period):
    found = all_values(stories, period)
    assert all(0 <= one.hits <= one.of for one in found.values())
    if not any(entry.corrected for kept in stories for entry in kept):  # a correction is of one indicator alone
        assert found["closure_on_time"].of == found["closure"].of
        assert found["closure_on_time"].hits <= found["closure"].hits
        assert found["returned"].hits + found["dispatched_right"].hits <= found["dispatched_right"].of


@settings(max_examples=100, deadline=None)
@given(journals(), PERIODS)
def test_items_lie_in_their_period(stories, period):
    for life in lives([entry for kept in stories for entry in kept], as_of=period.as_of):
        for indicator in INDICATORS:
            assert all(period.holds(item.at) for item in items(indicator, life, period))


@given(journals())
def test_what_was_known_at_a_time_is_what_the_journal_told_then(stories):
    for story in stories:
        held = list(known(story))
        for entry in story:
            told = next(lives(story, as_of=entry.at))
            then = [one.fact for one in held if one.since <= entry.at and (one.until is None or one.until > entry.at)]
            assert sorted(map(repr, then)) == sorted(map(repr, facts(told)))


def test_a_stretch_that_a_merge_broke_off_and_its_parting_took_up_again_is_missed_once():
    rows = (*TO_HANDLING, ("merge", "merged", 9, None, 10), ("unmerge", "handling", 12, 8, 10),
            ("finish", "pending_check", 13, 20, 10))  # fmt: skip
    assert counted("handled_on_time", *rows) == (0, 1)
    assert counted("handled_on_time", *rows[:-2]) == (0, 1)


@pytest.mark.parametrize("seed", range(40))
def test_no_deadline_of_a_stage_is_missed_twice(seed):
    random = Random(seed)
    for number in range(20):
        entries = walk(random, number, paths=PATHS, organisations=[1, 2], longest=24)
        told = next(lives(entries, as_of=LATER))
        stretches = [(fact.kind, fact.at) for fact in facts(told) if COUNTS_FOR[fact.kind][0].endswith("ed_on_time")]
        assert len(stretches) == len(set(stretches)), entries


def test_a_test_is_what_was_turned_down_as_one_the_last_time():
    again = (("report", "reported", 0, 2), ("reject", "rejected", 1, None, None, {"reason": "test"}),
             ("reopen", "accepted", 2, 5, 10), ("escalate", "reported", 3, 6, 10))  # fmt: skip
    assert counted("acceptance", *again[:2]) == (0, 0)
    assert counted("acceptance", *again, ("reject", "rejected", 4, None, None, {"reason": "no_fault"})) == (1, 1)
    assert counted("acceptance", *again, ("reject", "rejected", 4, None, None, {"reason": "test"})) == (0, 0)
