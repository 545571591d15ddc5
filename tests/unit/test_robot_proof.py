"""The proof that the robots' walk ends with can fail: each thing that may have gone wrong is found."""

from dataclasses import replace
from random import Random
from types import SimpleNamespace

import pytest

from tests.walks.robot_proof import Entry, Found, all_faults, fold
from tests.walks.robots import Hands, Pace, Robot, Run, Tally, let_them_work

WAY = (
    Entry(1, "report", "", "reported", 1), Entry(2, "accept", "reported", "accepted", 2),
    Entry(3, "dispatch", "accepted", "dispatched", 3), Entry(4, "force_close", "dispatched", "closed", 4),
)  # fmt: skip
EVENT = Found("EV1", "closed", 4, WAY)


def told(*steps: Entry) -> Tally:
    tally = Tally()
    for one in steps or WAY:
        tally.take("EV1", one.step, one.version, one.after)
    return tally


def test_what_is_as_it_was_said_has_no_fault():
    assert all_faults(told(), {"EV1": EVENT}) == []


def test_what_the_watch_does_by_itself_need_not_have_been_said():
    pressed = replace(WAY[3], version=5)
    journal = (*WAY[:3], Entry(4, "supervise", "dispatched", "dispatched", None), pressed)
    tally = told(*WAY[:3], pressed)
    assert all_faults(tally, {"EV1": replace(EVENT, version=5, journal=journal)}) == []


def test_a_report_solved_at_once_is_told_as_its_second_entry():
    journal = (WAY[0], Entry(2, "self_resolve", "reported", "self_closed", 1))
    tally = Tally()
    tally.take("EV1", "self_resolve", 2, "self_closed")
    assert all_faults(tally, {"EV1": Found("EV1", "self_closed", 2, journal)}) == []


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (None, "EV1: lost"),
        (replace(EVENT, state="handling"), "its journal leads to closed, it is handling"),
        (replace(EVENT, version=5), "its journal has gaps"),
        (replace(EVENT, journal=(*WAY[:3], replace(WAY[3], user=None)), version=5), "its journal has gaps"),
        (replace(EVENT, state="dispatched", version=3, journal=WAY[:3]), "was told as version 4"),
        (replace(EVENT, state="dispatched", version=3, journal=WAY[:3]), "stuck in dispatched"),
    ],
)
def test_each_thing_that_may_go_wrong_is_found(found, fault):
    faults = all_faults(told(), {} if found is None else {"EV1": found})
    assert any(fault in one for one in faults), faults


def test_a_step_that_nobody_was_told_of_and_one_told_twice_are_found():
    assert all_faults(told(*WAY[:1], *WAY[2:]), {"EV1": EVENT}) == ["EV1: nobody was told of accept"]
    assert "EV1: version 2 was acknowledged twice" in all_faults(told(*WAY, WAY[1]), {"EV1": EVENT})


def test_a_move_that_the_table_has_not_is_no_move():
    with pytest.raises(AssertionError, match="sign from reported"):
        fold((WAY[0], Entry(2, "sign", "reported", "handling", 2)))


class Broken(Robot):
    def _work(self) -> int:
        raise RuntimeError("no hands")


def test_a_robot_that_dies_is_noticed():
    run = Run(Pace(10), Tally(), backlog=1, most=1, nap=0.01, hands=Hands())
    person = SimpleNamespace(username="acceptor.1")
    let_them_work([Broken(person, run, None, Random(1))], run, seconds=0.1, patience=0.1)
    assert ["acceptor.1" in one and "no hands" in one for one in run.tally.failed] == [True]
