"""Thirty robot users work the four levels over HTTP at a given rate: nobody meets an error, nothing is lost or stuck.

200 events as part of every test run; WANGGE_LONG=1: 20 steps a second for 10 minutes.
"""

from __future__ import annotations

import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from bench.report import spread_ms, surroundings
from tests.product import Product
from tests.visitors import People, Person, in_time, inside
from tests.walks.robot_choices import EVERYDAY, SUDDEN, Choosing, Hands, albums, reports
from tests.walks.robot_hotline import HotlineRobot
from tests.walks.robot_proof import all_faults, found
from tests.walks.robots import Pace, Reporting, Robot, Run, Tally, let_them_work

pytestmark = pytest.mark.product
LONG = os.environ.get("WANGGE_LONG") == "1"
SEED = 20261122
STEPS_A_SECOND, STEPS_MS, WORKLISTS_MS = 20, 300, 200  # acknowledged; p95
# Where each looks for work; those who only read look at everything in progress.
DESK, READERS = ("todo",), ("open", "over", "ended_week")
ROBOTS: dict[str, tuple[str, ...]] = {
    "city.accept": DESK, "city.dispatch": DESK, "city.shift": ("todo", "to_close"), "city.supervise": READERS,
    "city.leader": ("todo", "applied", "open"), "city.audit": (), "city.check": DESK, "city.chengguan": DESK,
    "city.jiaojing": DESK, "om.engineer": (), "ziyang.accept": DESK, "ziyang.dispatch": DESK,
    "ziyang.shift": ("todo", "to_close"), "ziyang.supervise": READERS, "ziyang.leader": ("todo", "applied"),
    "ziyang.check": DESK, "ziyang.chengguan": DESK, "ziyang.chengguan.lead": ("in_hand", "suspended"),
    "ziyang.yingji": DESK, "ziyang.nongshui": DESK, "damatou.desk": DESK, "damatou.shift": ("todo", "to_close"),
    "damatou.leader": ("todo", "applied"), "damatou.clerk": DESK, "damatou.check": DESK, "damatou.officer": DESK,
    "damatou.lead": ("open",), "heshan.dispatch": DESK, "heshan.chengguan": DESK, "heshan.officer": DESK,
}  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How long, how fast, how many."""

    a_second: float  # asked for; a colleague is quicker now and then
    seconds: float
    events: int
    backlog: int
    nap: float
    patience: float


SIZE = Size(23, 600, 1_000_000, 480, 5, 60) if LONG else Size(26, 300, 200, 60, 3, 45)


def crew(people: People, run: Run) -> list[Robot]:
    """The thirty, each with photos and a place of its own."""
    with ThreadPoolExecutor(2) as pool:  # signing in is slow on purpose
        signed_in = dict(zip(ROBOTS, pool.map(people, ROBOTS), strict=True))
    dice = random.Random(SEED)
    robots = [Robot(one, run, _choosing(one), random.Random(dice.random())) for one in signed_in.values()]
    for one in signed_in.values():
        for post in one.ask("me")["posts"]:
            hands = {"dept_clerk": run.hands.clerks, "acceptor": run.hands.acceptors}.get(post["role"])
            if hands is not None:
                hands.add(post["organisation"])
    return robots


def _choosing(person: Person) -> Choosing:
    name = person.username
    works = ("officer", "clerk", "check", "chengguan", "jiaojing", "yingji", "nongshui", "desk")
    choosing = Choosing(person, ROBOTS[name] or ("",), albums(person) if name.split(".")[1] in works else [])
    if name.endswith(".officer"):
        codes = (*EVERYDAY, *EVERYDAY, *SUDDEN) if name == "damatou.officer" else SUDDEN
        choosing.report = reports(choosing.photos, _place(person), codes, solving=0.3)
    return choosing


def _place(officer: Person) -> tuple[float, float]:
    return inside(officer, officer.ask("me")["grids"][0]["code"])


def figures(run: Run, reporting: Reporting) -> dict[str, object]:
    """What is printed: counts, rates, and how quick the answers were."""
    tally = run.tally
    steps = tally.steps()
    return {
        "robots": len(ROBOTS), "events": tally.reports, "steps": len(tally.said), "kinds_of_steps": len(steps),
        "reporting_s": round(reporting.seconds, 1), "steps_a_second": round(reporting.steps / reporting.seconds, 1),
        "overtaken": tally.overtaken, "by_step": dict(steps.most_common()),
        "latency": {name: spread_ms(each) | {"count": len(each)} for name, each in tally.seconds.items() if each},
        **surroundings(),
    }  # fmt: skip


def test_thirty_robots_work_the_four_levels(product: Product, people: People) -> None:
    run = Run(Pace(SIZE.a_second), Tally(), SIZE.backlog, SIZE.events, SIZE.nap, Hands())
    robots = crew(people, run)
    officers = [one for one in robots if one.person.username.endswith(".officer")]
    hotline = HotlineRobot(product, run, [_place(one.person) for one in officers], random.Random(SEED))
    reporting = let_them_work([*robots, hotline], run, seconds=SIZE.seconds, patience=SIZE.patience)

    tally, told = run.tally, figures(run, reporting)
    print(json.dumps(told, indent=1, ensure_ascii=False))
    assert not tally.failed, tally.failed[:5]
    assert not tally.refused, tally.refused[:5]
    there = found(product.rows, list(tally.states))
    wrong = all_faults(tally, there)
    assert not wrong, wrong[:10]
    assert {level for (level,) in product.rows(
        "SELECT DISTINCT holder.level FROM events_event event JOIN grid_organisation holder"
        " ON holder.id = ANY(event.passed) WHERE event.no = ANY(%s)", list(tally.states),
    )} == {"city", "county", "township", "village"}  # fmt: skip
    assert len(tally.said) > 3 * len(tally.states)
    if LONG:
        _in_time(tally, reporting)
    else:
        assert tally.reports == SIZE.events


def _in_time(tally: Tally, reporting: Reporting) -> None:
    """The rate was held, and the answers came in time; the short form, beside other tests, only prints that."""
    assert reporting.steps >= STEPS_A_SECOND * reporting.seconds, "the rate was not held"
    for name, limit in (("step", STEPS_MS), ("worklist", WORKLISTS_MS)):
        p95 = spread_ms(tally.seconds[name])["p95_ms"]
        assert in_time(p95, limit), f"p95 of {name}s: {p95} ms"
