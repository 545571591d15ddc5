"""Reports over the journal in the database: the golden bulletin, as-of, regions that add up, one query."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.counting.indicators import INDICATORS, Value, items
from events.counting.lives import Entry, lives
from events.evaluation.breakdowns import By
from events.evaluation.report import Asked, bucket_starts, ranks, report, rows, totals
from events.models import CountedFact, JournalEntry
from events.services import deeds, facts
from events.workflow import State
from grid.models import Grid, Organisation
from tests.factories import SANYI_GRID, access_for, brought_to, reported, step, user_with
from tests.factories.journals import add, keep, walk

pytestmark = pytest.mark.django_db
CITY = "4309/"
MARCH = {"since": date(2026, 3, 1), "until": date(2026, 3, 31)}
APRIL_FIRST = datetime(2026, 3, 31, 16, tzinfo=UTC)  # midnight in the city


def asked(**changes) -> Asked:
    return replace(Asked(**MARCH, as_of=APRIL_FIRST, region=CITY, root=True), **changes)


def grids() -> list[str]:
    return list(Grid.objects.order_by("path").values_list("path", flat=True))


def organisations() -> list[int]:
    return list(Organisation.objects.order_by("pk").values_list("pk", flat=True)[:8])


# The golden bulletin of a city's month: reported 1,054, accepted 996, due 972, closed 911, closed on time 737.

REPORTED, ACCEPTED, DUE, CLOSED, ON_TIME = 1054, 996, 972, 911, 737


def bulletin() -> list[list[Entry]]:
    """One story for each event of the month; those accepted last have their deadline in April."""
    paths, who = grids(), organisations()
    start = datetime(2026, 3, 1, 1, tzinfo=UTC)
    stories = []
    for number in range(REPORTED):
        at = start + timedelta(minutes=35 * number)
        first = Entry(
            event=number, version=1, at=at, step="report", to_state="reported", source="officer", category="06-001",
            path=paths[number % len(paths)], holder=who[0], lead=None, due_at=None,
            stage_due_at=at + timedelta(hours=2),
        )  # fmt: skip
        stories.append(_story(first, number, who[1]))
    return stories


def _story(first: Entry, number: int, lead: int) -> list[Entry]:
    if number >= ACCEPTED:
        return [first, _after(first, "reject", "rejected", 1, reason="no_fault")]
    due = APRIL_FIRST + timedelta(days=2) if number >= DUE else first.at + timedelta(hours=20)
    made = [first, _after(first, "accept", "accepted", 1, due_at=due)]
    made.append(_after(made[-1], "dispatch", "dispatched", 1, lead=lead))
    made.append(_after(made[-1], "sign", "handling", 1))
    if number >= CLOSED:
        return made  # open, overdue where the deadline has passed
    made.append(_after(made[-1], "finish", "pending_check", 10 if number < ON_TIME else 40))
    made.append(_after(made[-1], "pass_check", "pending_close", 1))
    return [*made, _after(made[-1], "close", "closed", 1)]


def _after(last: Entry, what: str, state: str, hours: float, **facts) -> Entry:
    at = last.at + timedelta(hours=hours)
    facts = {"stage_due_at": None if state in {"closed", "rejected"} else at + timedelta(hours=30)} | facts
    return last._replace(version=last.version + 1, at=at, step=what, to_state=state, **facts)


def test_the_golden_bulletin_and_the_same_when_it_is_asked_again_later():
    stories = bulletin()
    made = keep(entry for story in stories for entry in story)
    first = report(asked())
    whole = {code: first.whole.of(code) for code in ("acceptance", "closure", "closure_on_time")}
    assert whole == {
        "acceptance": Value(ACCEPTED, REPORTED), "closure": Value(CLOSED, DUE), "closure_on_time": Value(ON_TIME, DUE),
    }  # fmt: skip
    assert (whole["closure"].percent, whole["closure_on_time"].percent) == (Decimal("93.72"), Decimal("75.82"))
    for number in range(CLOSED, ACCEPTED):  # in April they are all closed
        last = stories[number][-1]
        late = APRIL_FIRST - last.at + timedelta(days=1)
        add(made[number], _after(last, "force_close", "closed", late / timedelta(hours=1)))
    add(made[0], _after(stories[0][-1], "reopen", "accepted", 24 * 60, due_at=APRIL_FIRST + timedelta(days=70)))
    again = report(asked())
    assert _all(again) == _all(first)
    later = report(asked(as_of=APRIL_FIRST + timedelta(days=90)))
    assert later.whole.of("closure") == Value(DUE - 1, DUE - 1)
    assert later.whole.of("closure_on_time") == Value(ON_TIME - 1, DUE - 1)


def _all(made) -> dict:
    return {
        (key, indicator.code): tally.of(indicator.code)
        for key, tally in {"whole": made.whole, "before": made.before, **made.groups}.items()
        for indicator in INDICATORS
    }


# Whatever the journal holds


@pytest.fixture
def stories(db) -> list[list[Entry]]:
    random = Random(20260301)
    paths, who = [*grids()[::3], ""], organisations()
    kept = [walk(random, number, paths=paths, organisations=who) for number in range(250)]
    keep(entry for story in kept for entry in story)
    return kept


PERIODS = [
    {}, {"as_of": datetime(2026, 3, 12, 3, tzinfo=UTC)}, {"since": date(2026, 3, 9), "until": date(2026, 3, 15)},
    {"since": date(2026, 3, 20), "until": date(2026, 3, 20), "as_of": datetime(2026, 6, 1, tzinfo=UTC)},
]  # fmt: skip


@pytest.mark.parametrize("changes", PERIODS)
def test_a_report_over_the_database_is_the_one_over_all_entries(stories, changes):
    """Nothing is missed by looking only at the events that the period touches."""
    wanted = asked(**changes)
    made = report(wanted)
    everything = [entry for story in stories for entry in story]
    for period, tally in ((wanted.period, made.whole), (wanted.before, made.before)):
        found = list(lives(everything, as_of=period.as_of))
        for indicator in INDICATORS:
            counted = [item for life in found for item in items(indicator, life, period)]
            assert tally.of(indicator.code) == Value(sum(one.hit for one in counted), len(counted)), indicator.code
    assert made.whole.of("acceptance").of


@pytest.mark.parametrize("changes", PERIODS)
def test_the_counties_add_up_to_the_city(stories, changes):
    whole = report(asked(**changes))
    parts = [report(asked(region=path, root=False, **changes)) for path in ("4309/430902/", "4309/430903/")]
    unplaced = report(asked(**changes, by=By.COUNTY)).groups.get("")
    for indicator in INDICATORS:
        none = unplaced.of(indicator.code) if unplaced else Value()
        assert totals([part.whole for part in parts], indicator.code) + none == whole.whole.of(indicator.code)


@pytest.mark.parametrize("by", By)
def test_groups_and_stretches_of_the_trend_add_up_to_the_whole(stories, by):
    made = report(asked(by=by))
    for indicator in INDICATORS:
        assert totals(made.groups.values(), indicator.code) == made.whole.of(indicator.code)
        assert totals(made.trend, indicator.code) == made.whole.of(indicator.code)


def test_rows_are_what_was_counted(stories):
    made = report(asked(by=By.TOWNSHIP))
    for indicator in INDICATORS:
        found = list(rows(asked(), indicator.code))
        assert Value(sum(row.hit > 0 for row in found), len(found)) == made.whole.of(indicator.code)
        for key, tally in made.groups.items():
            part = list(rows(asked(), indicator.code, key=key))
            assert Value(sum(row.hit > 0 for row in part), len(part)) == tally.of(indicator.code)


def test_an_event_elsewhere_changes_nothing_here(stories):
    here = asked(region="4309/430902/", root=False)
    before = _all(report(here))
    random = Random(7)
    elsewhere = [path for path in grids() if path.startswith("4309/430903/")]
    for story in (walk(random, number, paths=elsewhere, organisations=organisations()) for number in range(40)):
        keep(story)
    assert _all(report(here)) == before


def test_a_category_narrows_it(stories):
    whole = report(asked())
    parts = [report(asked(category=code)).whole for code in ("01", "06-001", "06-002", "09")]
    for indicator in INDICATORS:
        assert totals(parts, indicator.code) == whole.whole.of(indicator.code)


@pytest.mark.parametrize("region", ["", "4309/430902/"])
def test_two_queries_however_much_there_is(stories, region):
    with CaptureQueriesContext(connection) as queries:
        report(asked(region=region, root=not region))
    assert len([one for one in queries.captured_queries if "SAVEPOINT" not in str(one["sql"])]) == 2


def test_ranks_need_enough_and_equal_ones_share_a_place(stories):
    made = report(
        asked(by=By.COUNTY, since=date(2026, 3, 1), until=date(2026, 4, 20), as_of=datetime(2027, 1, 1, tzinfo=UTC))
    )
    for indicator in INDICATORS:
        found = ranks(made, indicator)
        assert all(made.groups[key].of(indicator.code).firm for key in found)
        assert "" not in found
        if len(found) == 2:
            one, other = sorted(found, key=lambda key: found[key])
            first, second = (made.groups[key].of(indicator.code).percent for key in (one, other))
            assert found[one] == 1
            assert (first == second) == (found[other] == 1)


def test_the_month_before_is_a_month_and_the_trend_goes_by_days_weeks_months():
    assert asked().before.start == datetime(2026, 1, 31, 16, tzinfo=UTC)
    assert asked().before.as_of == APRIL_FIRST - timedelta(days=31)
    week = asked(since=date(2026, 3, 9), until=date(2026, 3, 15))
    assert (week.before.start, week.before.end) == (week.period.start - timedelta(days=7), week.period.start)
    assert len(bucket_starts(asked())) == 31
    assert len(bucket_starts(asked(until=date(2026, 5, 31)))) == 14  # the first is a Sunday
    assert len(bucket_starts(asked(since=date(2026, 1, 1), until=date(2026, 12, 31)))) == 12


# Through the real doors


def test_each_step_leaves_the_facts_as_they_stand_after_it():
    event = brought_to(reported(), State.HANDLING)
    kept = list(JournalEntry.objects.filter(event=event).order_by("version"))
    assert {(row.source, row.category_code, row.path, row.holder_id) for row in kept} == {
        ("officer", "06-001", event.path, event.holder_id)
    }
    assert [row.lead_id for row in kept] == [None, None, event.lead_id, event.lead_id]
    assert [row.due_at for row in kept] == [None, event.due_at, event.due_at, event.due_at]
    assert kept[-1].stage_due_at == event.stage_due_at
    assert len({row.stage_due_at for row in kept}) == 4


def test_events_of_the_real_doors_are_counted():
    today = timezone.localdate()
    closed = brought_to(reported(), State.CLOSED)
    brought_to(reported(), State.REJECTED)
    brought_to(reported(), State.VOIDED)
    back = brought_to(reported(), State.HANDLING)
    step(back, deeds.Return(text="这不是我们单位的职责"), access_for(user_with("dept_clerk", back.lead)))
    wanted = asked(since=today, until=today, as_of=timezone.now())
    made = report(wanted)
    assert made.whole.of("acceptance") == Value(2, 3)
    assert made.whole.of("dispatched_right") == Value(1, 2)
    assert made.whole.of("returned") == Value(1, 2)
    assert made.whole.of("check_passed") == Value(1, 1)
    assert [row.event_id for row in rows(wanted, "check_passed")] == [closed.pk]
    far = timezone.now() + timedelta(days=30)
    due = report(asked(since=today, until=today + timedelta(days=20), as_of=far)).whole
    assert (due.of("closure"), due.of("closure_on_time")) == (Value(1, 2), Value(1, 2))
    assert report(asked(region=Grid.objects.get(code=SANYI_GRID).path, root=False, since=today, until=today,
                        as_of=timezone.now())).whole.of("acceptance") == Value(2, 3)  # fmt: skip


def test_facts_kept_step_by_step_are_those_made_anew_from_the_journal():
    for state in (State.CLOSED, State.HANDLING, State.REJECTED, State.VOIDED, State.SUSPENDED):
        brought_to(reported(), state)
    kept = set(CountedFact.objects.values_list(*_COLUMNS))
    assert len(kept) == CountedFact.objects.count() > 30
    assert facts.differing() == []
    CountedFact.objects.filter(pk=CountedFact.objects.earliest("pk").pk).update(hits=0, counted=0)
    assert len(facts.differing()) == 1
    facts.rebuild()
    assert facts.differing() == []
    assert set(CountedFact.objects.values_list(*_COLUMNS)) == kept


_COLUMNS = [field.attname for field in CountedFact._meta.concrete_fields if field.name != "id"]
