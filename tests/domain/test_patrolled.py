"""Patrol coverage among the indicators: by region, as of a time, with the grids behind it, and counted again."""

import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pandas as pd
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from data.evaluation.recount import percent
from data.evaluation.recount_patrols import counts, read
from events.counting.indicators import Value
from events.evaluation.breakdowns import By
from events.evaluation.patrolled import PATROLLED, Patrolled, add_patrols, grids_behind, patrolled
from events.evaluation.report import Asked, report
from events.models import CheckIn, PatrolPlan
from events.selectors import patrols
from grid.models import Grid, Organisation, Region
from tests.factories import access_for, user_with

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
ZONE = timezone.get_default_timezone()
CITY = "4309/"
MARCH = date(2026, 3, 1), date(2026, 3, 31)


def at(day: date, hour: float = 10) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(hours=hour)


def asked(since: date = MARCH[0], until: date = MARCH[1], *, as_of: datetime | None = None, by: By = By.COUNTY,
          region: str = CITY) -> Asked:  # fmt: skip
    return Asked(since=since, until=until, as_of=as_of or at(until + timedelta(days=1), 0), region=region,
                 root=region == CITY, by=by)  # fmt: skip


def found(wanted: Asked) -> Patrolled:
    made = patrolled(wanted)
    assert made is not None
    return made


def plan(name: str, *, grids: list[Grid] | None = None, region: Region | None = None, cadence: str = "week",
         times: int = 1, since: date = date(2026, 2, 2), until: date | None = None,
         set_at: datetime | None = None) -> None:  # fmt: skip
    made = PatrolPlan.objects.create(
        name=name, region=region, cadence=cadence, times=times, key_area=region is None, since=since, until=until,
        organisation=Organisation.objects.earliest("pk"), set_at=set_at or at(date(2026, 1, 1)),
    )  # fmt: skip
    made.grids.set(grids or [])


def visit(grid: Grid, day: date, *, user: int, arrived: datetime | None = None) -> None:
    number = CheckIn.objects.count() + 1
    CheckIn.objects.create(
        client_id=UUID(int=number), user_id=user, grid=grid, at=arrived or at(day), device_at=at(day), day=day
    )


@pytest.fixture
def grids() -> list[Grid]:
    return list(Grid.objects.order_by("path"))


@pytest.fixture
def walker() -> int:
    return user_with("grid_officer", "centre-430902005000", grid=Grid.objects.earliest("path").code).pk


def test_by_region_it_adds_up_and_what_came_later_does_not_count(grids, walker):
    first, second, other = grids[0], grids[1], grids[-1]
    assert first.path.split("/")[1] != other.path.split("/")[1]
    plan("周巡", grids=[first, second, other])
    for monday in (2, 9, 16, 23):  # the week from the 23rd ends on the 29th
        visit(first, date(2026, 3, monday), user=walker)
    visit(other, date(2026, 3, 3), user=walker)
    visit(other, date(2026, 3, 10), user=walker, arrived=at(date(2026, 4, 6)))
    made = found(asked())
    assert made.whole == Value(5, 15)  # the week that ended on the 1st too: five for each
    assert made.groups["/".join(first.path.split("/")[:2]) + "/"] == Value(4, 10)
    assert sum(made.groups.values(), Value()) == made.whole
    assert found(asked(as_of=at(date(2026, 4, 7)))).whole == Value(6, 15)
    for by in (By.TOWNSHIP, By.VILLAGE, By.GRID):
        assert sum(found(asked(by=by)).groups.values(), Value()) == made.whole
    assert found(asked(by=By.GRID)).groups[second.path] == Value(0, 5)
    assert found(asked(by=By.POST)).groups == {}
    assert found(asked(region=first.path)).whole == Value(4, 5)


def test_the_period_before_is_as_it_stood_then(grids, walker):
    plan("月巡", grids=[grids[0]], cadence="month", since=date(2026, 1, 1))
    visit(grids[0], date(2026, 2, 27), user=walker, arrived=at(date(2026, 3, 2)))  # not yet there on the first of March
    made = found(asked())
    assert (made.whole, made.before) == (Value(0, 1), Value(0, 1))
    assert found(asked(as_of=at(date(2026, 4, 3)))).before == Value(1, 1)


def test_it_is_what_the_page_of_patrols_says(grids, walker):
    plan("全市月巡", region=Region.objects.get(path=CITY), cadence="month", since=date(2026, 2, 1))
    plan("重点周巡", grids=grids[:3], times=2)
    for number, day in ((0, 3), (0, 5), (1, 11), (2, 12)):
        visit(grids[number], date(2026, 3, day), user=walker)
    wanted = patrols.Asked(region=CITY, first=MARCH[0], last=MARCH[1], as_of=at(date(2026, 4, 1), 0))
    theirs = patrols.coverage(access_for(user_with("leader", "centre-430900000000")), wanted)
    made = found(asked())
    assert made.whole == Value(theirs.total.visited, theirs.total.due)
    assert made.groups == {row.path: Value(row.visited, row.due) for row in theirs.rows if row.due}


def test_behind_it_stand_the_grids_the_least_covered_first(grids, walker):
    plan("周巡", grids=grids[:2])
    visit(grids[0], date(2026, 3, 2), user=walker)
    behind = [(leaf.path, value) for leaf, value in grids_behind(asked())]
    assert behind == [(grids[1].path, Value(0, 5)), (grids[0].path, Value(1, 5))]
    assert [leaf.path for leaf, _value in grids_behind(asked(), key=grids[0].path)] == [grids[0].path]
    for week in (0, 1, 2, 3, 4):
        visit(grids[1], date(2026, 2, 23) + timedelta(weeks=week), user=walker)
    assert [leaf.path for leaf, _value in grids_behind(asked(), missed=True)] == [grids[0].path]


def test_a_place_where_nothing_was_reported_still_stands_in_the_breakdown(grids):
    plan("周巡", grids=[grids[0]])
    made = report(asked(by=By.GRID))
    assert add_patrols(made) is True
    assert made.groups[grids[0].path].of(PATROLLED.code) == Value(0, 5)
    of_one_category = report(
        Asked(since=MARCH[0], until=MARCH[1], as_of=at(date(2026, 4, 1)), region=CITY, category="06")
    )
    assert add_patrols(of_one_category) is False
    assert of_one_category.whole.of(PATROLLED.code) == Value()


@pytest.mark.parametrize("seed", range(4))
def test_any_days_counted_again_from_the_export_are_the_same(seed, grids, walker, tmp_path):
    random = Random(seed)
    county = Region.objects.get(path="/".join(grids[0].path.split("/")[:2]) + "/")
    for number in range(6):
        begun = date(2026, 1, 20) + timedelta(days=random.randrange(50))
        plan(
            f"计划{number}", cadence=random.choice(["day", "week", "month"]), times=random.randint(1, 2), since=begun,
            until=random.choice([None, begun + timedelta(days=random.randrange(1, 60))]),
            set_at=at(begun - timedelta(days=random.randrange(20))),
            **random.choice([{"region": county}, {"grids": random.sample(grids, 4)}]),
        )  # fmt: skip
    for grid, offset in {(random.randrange(len(grids)), random.randrange(90)) for _ in range(400)}:
        day = date(2026, 1, 25) + timedelta(days=offset)
        visit(grids[grid], day, user=walker, arrived=at(day, random.uniform(8, 80)))
    file = tmp_path / "patrols.csv"
    call_command("export_patrols", str(file))
    counted = 0
    for _ in range(8):
        since = date(2026, 1, 25) + timedelta(days=random.randrange(50))
        wanted = asked(since, since + timedelta(days=random.randrange(40)), as_of=at(since, random.uniform(100, 1500)),
                       region=random.choice([CITY, county.path, grids[0].path]))  # fmt: skip
        again = counts(
            read(str(file)), first=pd.Timestamp(wanted.since), last=pd.Timestamp(wanted.until),
            as_of=pd.Timestamp(wanted.as_of), region=wanted.region,
        )  # fmt: skip
        assert Value(*again) == found(wanted).whole, wanted
        counted += again[1]
    assert counted > 0


def test_the_command_line_counts_and_the_export_names_nobody(grids, walker, tmp_path):
    plan("周巡", grids=[grids[0]])
    visit(grids[0], date(2026, 3, 4), user=walker)
    visit(grids[0], date(2026, 3, 12), user=walker, arrived=at(date(2026, 4, 6)))
    file = tmp_path / "patrols.csv"
    call_command("export_patrols", str(file), "--as-of", "2026-04-01T00:00:00+08:00")
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3  # without what arrived later
    command = [sys.executable, "-m", "data.evaluation.recount_patrols", str(file), "--from", "2026-03-01", "--to",
               "2026-03-31", "--as-of", "2026-04-01T00:00:00+08:00"]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    ours = found(asked()).whole
    assert json.loads(done.stdout) == [ours.hits, ours.of, percent(ours.hits, ours.of)] == [1, 5, "20.00"]
    head = file.read_text(encoding="utf-8").splitlines()[0]
    assert not {"user", "name", "officer"} & set(head.split(","))
    with pytest.raises(CommandError, match="with its zone"):
        call_command("export_patrols", str(file), "--as-of", "yesterday")
    with pytest.raises(CommandError, match="can't be written"):
        call_command("export_patrols", str(tmp_path / "nowhere" / "patrols.csv"))
