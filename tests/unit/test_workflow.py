"""The workflow table, both ways: every listed move works, every unlisted one fails."""

from hypothesis import given
from hypothesis import strategies as st

from events.workflow import ENDED, OPEN, STAGE_OF, TRANSITIONS, Relation, State, Step, fold, steps_from, target
from grid.models import Role

# Written by hand from the domain's own table, so that a slip in the code's table shows.
BY_HAND = {
    ("report", None): "reported",
    ("place", "reported"): "reported", ("place", "verifying"): "verifying", ("place", "accepted"): "accepted",
    ("amend", "reported"): "reported", ("amend", "verifying"): "verifying", ("amend", "accepted"): "accepted",
    ("self_resolve", "reported"): "self_closed",
    ("accept", "reported"): "accepted",
    ("reject", "reported"): "rejected",
    ("dispatch", "accepted"): "dispatched",
    ("sign", "dispatched"): "handling",
    ("return", "dispatched"): "accepted", ("return", "handling"): "accepted",
    ("finish", "handling"): "pending_check",
    ("pass_check", "pending_check"): "pending_close",
    ("fail_check", "pending_check"): "handling",
    ("close", "pending_close"): "closed",
    ("withdraw", "reported"): "voided", ("withdraw", "verifying"): "voided", ("withdraw", "accepted"): "voided",
}  # fmt: skip
STAYING = ("reported", "verifying", "accepted", "dispatched", "handling", "suspended", "pending_check", "pending_close")
for state in STAYING:
    BY_HAND["urge", state] = BY_HAND["note", state] = state


def test_the_table_has_every_move_of_the_domain_and_no_other():
    for step in Step:
        for state in (None, *State):
            expected = BY_HAND.get((step.value, state.value if state else None))
            assert target(step, state) == expected, (step, state)


def test_open_and_ended_share_out_all_states():
    assert OPEN.isdisjoint(ENDED)
    assert set(State) == OPEN | ENDED
    assert not any(steps_from(state) for state in ENDED)


def test_every_actor_is_a_role_or_the_hotline_and_every_step_has_one_row():
    assert set(Step) == {row.step for row in TRANSITIONS}
    assert len(TRANSITIONS) == len(Step)
    for row in TRANSITIONS:
        assert row.actors
        for role, relation in row.actors:
            assert role == "hotline" or role in Role.values
            assert (role == "hotline") == (relation is Relation.TICKET)


def test_a_clock_runs_in_every_state_in_which_somebody_must_act():
    waiting = {state for state in OPEN if any(row.target for row in steps_from(state))}
    assert waiting - {State.VERIFYING} == set(STAGE_OF)


@given(st.lists(st.sampled_from(list(Step)), max_size=12))
def test_fold_follows_the_table_or_refuses(steps):
    state = None
    for number, step in enumerate(steps):
        reached = BY_HAND.get((step.value, state))
        if reached is None:
            try:
                fold(steps[: number + 1])
            except ValueError:
                return
            raise AssertionError(f"{step} from {state} went through")
        state = reached
    assert fold(steps) == state
