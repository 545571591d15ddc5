"""The workflow table, both ways: every listed move works, every unlisted one fails."""

from hypothesis import given
from hypothesis import strategies as st

from events.workflow import (
    ENDED,
    OPEN,
    STAGE_OF,
    TRANSITIONS,
    Relation,
    Stage,
    State,
    Step,
    fold,
    steps_from,
    target,
    transition,
)
from grid.models import Role

# Written by hand from the domain's own table, so that a slip in the code's table shows.
BY_HAND = {
    ("report", None): "reported",
    ("place", "reported"): "reported", ("place", "verifying"): "verifying", ("place", "accepted"): "accepted",
    ("recategorise", "reported"): "reported", ("recategorise", "verifying"): "verifying",
    ("recategorise", "accepted"): "accepted",
    ("amend", "reported"): "reported", ("amend", "verifying"): "verifying", ("amend", "accepted"): "accepted",
    ("self_resolve", "reported"): "self_closed",
    ("request_verify", "reported"): "verifying",
    ("confirm", "verifying"): "accepted",
    ("refute", "verifying"): "rejected",
    ("cannot_tell", "verifying"): "reported",
    ("accept", "reported"): "accepted",
    ("reject", "reported"): "rejected",
    ("dispatch", "accepted"): "dispatched",
    ("sign", "dispatched"): "handling",
    ("return", "dispatched"): "accepted", ("return", "handling"): "accepted",
    ("redispatch", "dispatched"): "dispatched", ("redispatch", "handling"): "dispatched",
    ("add_joint", "dispatched"): "dispatched", ("add_joint", "handling"): "handling",
    ("recall_joint", "dispatched"): "dispatched", ("recall_joint", "handling"): "handling",
    ("joint_sign", "dispatched"): "dispatched", ("joint_sign", "handling"): "handling",
    ("joint_finish", "dispatched"): "dispatched", ("joint_finish", "handling"): "handling",
    ("joint_return", "dispatched"): "dispatched", ("joint_return", "handling"): "handling",
    ("escalate", "reported"): "reported", ("escalate", "accepted"): "reported", ("escalate", "handling"): "reported",
    ("assign_down", "accepted"): "reported",
    ("request_extension", "handling"): "handling",
    ("grant_extension", "handling"): "handling", ("refuse_extension", "handling"): "handling",
    ("ask_suspension", "handling"): "handling", ("refuse_suspension", "handling"): "handling",
    ("approve_suspension", "handling"): "suspended",
    ("resume", "suspended"): "handling",
    ("finish", "handling"): "pending_check",
    ("pass_check", "pending_check"): "pending_close",
    ("fail_check", "pending_check"): "handling",
    ("close", "pending_close"): "closed",
    ("reopen", "closed"): "accepted", ("reopen", "self_closed"): "accepted", ("reopen", "rejected"): "accepted",
    ("withdraw", "reported"): "voided", ("withdraw", "verifying"): "voided", ("withdraw", "accepted"): "voided",
    ("void", "reported"): "voided",
    ("hand_over", "verifying"): "verifying", ("hand_over", "pending_check"): "pending_check",
}  # fmt: skip
STAYING = ("reported", "verifying", "accepted", "dispatched", "handling", "suspended", "pending_check", "pending_close")
for state in STAYING:
    BY_HAND["force_close", state] = "closed"
    BY_HAND["merge", state] = "merged"
    for beside in ("take_in", "let_go", "urge", "supervise", "instruct", "copy_to", "mark_urgent", "note", "supplement",
                   "revisit"):  # fmt: skip
        BY_HAND[beside, state] = state
for state in ("closed", "self_closed", "rejected"):  # the hotline asks when it is over, too
    BY_HAND["revisit", state] = state
for state in (*STAYING, "closed", "self_closed", "rejected", "merged", "voided"):
    BY_HAND["redact", state] = state
COUNTING = ("appeal", "correct", "dismiss", "restore")
for state in (*STAYING, "closed", "self_closed", "rejected", "merged"):  # a void event counts for nothing
    for about_the_count in COUNTING:
        BY_HAND[about_the_count, state] = state

# Who, by the same table. `routine` and `ruling` are the holder's before and after the third return.
WHO = {
    "report": {("grid_officer", "grid"), ("acceptor", "ground"), ("hotline", "ticket"), ("source", "alarm")},
    "self_resolve": {("grid_officer", "grid")},
    "confirm": {("grid_officer", "verify"), ("grid_lead", "verify")},
    "accept": {("acceptor", "holder")},
    "merge": {("acceptor", "holder"), ("dispatcher", "holder")},
    "unmerge": {("acceptor", "holder"), ("dispatcher", "holder")},
    "take_in": {("acceptor", "other"), ("dispatcher", "other")},
    "let_go": {("acceptor", "other"), ("dispatcher", "other")},
    "dispatch": {("dispatcher", "routine"), ("shift_lead", "ruling"), ("system", "rule")},
    "sign": {("dept_clerk", "lead")},
    "return": {("dept_clerk", "lead")},
    "redispatch": {("dispatcher", "routine"), ("shift_lead", "holder")},
    "add_joint": {("dispatcher", "holder"), ("shift_lead", "holder")},
    "recall_joint": {("dispatcher", "holder"), ("shift_lead", "holder")},
    "joint_sign": {("dept_clerk", "joint")},
    "joint_finish": {("dept_clerk", "joint")},
    "joint_return": {("dept_clerk", "joint")},
    "escalate": {("acceptor", "holder"), ("grid_lead", "ground")},
    "assign_down": {("dispatcher", "holder")},
    "request_extension": {("dept_clerk", "lead")},
    "grant_extension": {("dispatcher", "holder"), ("shift_lead", "holder")},
    "refuse_extension": {("dispatcher", "holder"), ("shift_lead", "holder")},
    "ask_suspension": {("dept_lead", "lead")},
    "approve_suspension": {("leader", "holder")},
    "refuse_suspension": {("leader", "holder")},
    "finish": {("dept_clerk", "lead")},
    "pass_check": {("grid_officer", "check"), ("checker", "check"), ("grid_lead", "check")},
    "fail_check": {("grid_officer", "check"), ("checker", "check"), ("grid_lead", "check")},
    "close": {("acceptor", "holder"), ("shift_lead", "holder")},
    "force_close": {("shift_lead", "holder")},
    "reopen": {("acceptor", "holder"), ("hotline", "ticket")},
    "withdraw": {("hotline", "ticket")},
    "void": {("shift_lead", "holder")},
    "urge": {("dispatcher", "holder"), ("hotline", "ticket"), ("source", "alarm")},
    "supplement": {("hotline", "ticket")},
    "revisit": {("hotline", "ticket")},
    "redact": {("shift_lead", "holder"), ("system", "clock")},
    "supervise": {("supervisor", "above"), ("system", "clock")},
    "instruct": {("leader", "above")},
    "copy_to": {("dispatcher", "holder")},
    "mark_urgent": {("acceptor", "holder")},
    "hand_over": {("system", "clock")},
    "appeal": {("dept_lead", "party"), ("shift_lead", "party")},
    "correct": {("supervisor", "above"), ("leader", "above")},
    "dismiss": {("supervisor", "above"), ("leader", "above")},
    "restore": {("supervisor", "above"), ("leader", "above")},
}


def test_the_table_has_every_move_of_the_domain_and_no_other():
    for step in Step:
        for state in (None, *State):
            expected = BY_HAND.get((step.value, state.value if state else None))
            assert target(step, state) == expected, (step, state)


def test_parting_leads_back_to_where_it_was_merged_and_from_nowhere_else():
    for before in OPEN:
        assert target(Step.UNMERGE, State.MERGED, before) == before
        assert all(target(Step.UNMERGE, state, before) is None for state in (None, *set(State) - {State.MERGED}))


def test_who_takes_a_step_is_who_the_domain_names():
    for step, actors in WHO.items():
        assert transition(Step(step)).actors == actors, step


def test_open_and_ended_share_out_all_states_and_only_a_reopening_leaves_an_end():
    assert OPEN.isdisjoint(ENDED)
    assert set(State) == OPEN | ENDED
    beside = {Step.REVISIT, Step.REDACT, *map(Step, COUNTING)}
    assert {row.step for state in ENDED for row in steps_from(state)} - beside == {Step.REOPEN, Step.UNMERGE}
    assert {row.step for row in steps_from(State.VOIDED)} == {Step.REDACT}
    assert {row.step for row in steps_from(State.MERGED)} == {Step.UNMERGE, Step.REDACT, *map(Step, COUNTING)}


def test_every_actor_is_a_role_or_a_machine_and_every_step_has_one_row():
    machines = {"hotline": {Relation.TICKET}, "system": {Relation.CLOCK, Relation.RULE}, "source": {Relation.ALARM}}
    theirs = set().union(*machines.values())
    assert set(Step) == {row.step for row in TRANSITIONS}
    assert len(TRANSITIONS) == len(Step)
    for row in TRANSITIONS:
        assert row.actors
        for role, relation in row.actors:
            assert role in machines or role in Role.values
            assert (role in machines) == (relation in theirs)
            assert relation in machines.get(role, {relation})


def test_a_clock_of_its_own_runs_in_every_open_state():
    assert set(STAGE_OF) == OPEN
    assert len(set(STAGE_OF.values())) == len(STAGE_OF)
    assert set(Stage) - set(STAGE_OF.values()) == {Stage.WHOLE}


@given(st.sampled_from(sorted(OPEN)))
def test_from_every_open_state_an_end_can_be_reached(state):
    reached = {state}
    for _ in State:
        reached |= {target(row.step, one) for one in reached for row in steps_from(one)}
    assert reached & ENDED


@given(st.lists(st.sampled_from(list(Step)), max_size=12))
def test_fold_follows_the_table_or_refuses(steps):
    state = before = None
    for number, step in enumerate(steps):
        reached = before if (step, state) == ("unmerge", "merged") else BY_HAND.get((step.value, state))
        before = state if step == "merge" else before
        if reached is None:
            try:
                fold(steps[: number + 1])
            except ValueError:
                return
            raise AssertionError(f"{step} from {state} went through")
        state = reached
    assert fold(steps) == state
