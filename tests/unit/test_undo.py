"""Which step undoes the last one: always a listed one, possible where that led, and for one of the same roles."""

import pytest

from events import undo
from events.workflow import State, Step, target, transition

UNDOABLE = [step for step in Step if undo.counter(step) is not None]


def _reached(step):
    """Where a step leads from, and to."""
    return [(source, target(step, source, source)) for source in sorted(transition(step).sources)]


def test_by_hand():
    assert {step.value: undo.counter(step).value for step in UNDOABLE} == {
        "merge": "unmerge", "add_joint": "recall_joint", "approve_suspension": "resume", "dispatch": "redispatch",
        "redispatch": "redispatch", "reject": "reopen", "close": "reopen",
    }  # fmt: skip


@pytest.mark.parametrize("step", UNDOABLE)
def test_the_counter_step_is_possible_wherever_the_step_leads(step):
    for source, reached in _reached(step):
        assert target(undo.counter(step), reached, source) is not None, (source, reached)


@pytest.mark.parametrize("step", [step for step in UNDOABLE if step in undo.EXACTLY])
def test_what_is_undone_exactly_stands_where_it_stood(step):
    for source, reached in _reached(step):
        assert target(undo.counter(step), reached, source) == source


@pytest.mark.parametrize("step", UNDOABLE)
def test_somebody_who_may_take_it_may_be_one_who_may_undo_it(step):
    roles = {role for role, _relation in transition(step).actors}
    assert roles & {role for role, _relation in transition(undo.counter(step)).actors}


def test_nothing_is_in_both_lists_and_both_ways_agree():
    assert not set(undo.EXACTLY) & set(undo.AGAINST)
    for step in Step:
        assert all(undo.counter(one) is step for one in undo.undone_by(step))
    assert undo.undone_by(Step.REOPEN) == (Step.REJECT, Step.CLOSE)
    assert undo.undone_by(Step.NOTE) == ()
    assert State.MERGED not in transition(Step.MERGE).sources
