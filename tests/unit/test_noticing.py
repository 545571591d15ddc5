"""Whom a step concerns: every step of the table, said by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.noticing import ON_THE_SPOT, Happening, Kind, addressees, kind_of
from events.workflow import State, Step

HOLDER, LEAD, JOINT, REPORTER = 10, 20, 30, 7
SPOT = {ON_THE_SPOT}
CLERK, BOTH = {"20:dept_clerk"}, {"20:dept_clerk", "20:dept_lead"}
SHARE = {"task": 1, "organisation": JOINT}
# Step, state after it, and what it carries -> who hears of it.
TOLD = [
    (Step.DISPATCH, State.DISPATCHED, {"joint": [SHARE]}, CLERK | {"30:dept_clerk"}),
    (Step.REDISPATCH, State.DISPATCHED, {"recalled": [SHARE], "taken_from_id": 40},
     CLERK | {"30:dept_clerk", "40:dept_clerk"}),
    (Step.ADD_JOINT, State.HANDLING, {"joint": [SHARE]}, {"30:dept_clerk"}),
    (Step.RECALL_JOINT, State.HANDLING, {"recalled": [SHARE]}, {"30:dept_clerk"}),
    (Step.JOINT_FINISH, State.HANDLING, SHARE, CLERK),
    (Step.JOINT_RETURN, State.HANDLING, SHARE, {"10:dispatcher", "10:shift_lead"}),
    (Step.RETURN, State.ACCEPTED, {}, {"10:dispatcher"}),
    (Step.ESCALATE, State.REPORTED, {}, {"10:acceptor"}),
    (Step.ASSIGN_DOWN, State.REPORTED, {}, {"10:acceptor"}),
    (Step.REQUEST_EXTENSION, State.HANDLING, {}, {"10:dispatcher", "10:shift_lead"}),
    (Step.GRANT_EXTENSION, State.HANDLING, {}, BOTH),
    (Step.REFUSE_EXTENSION, State.HANDLING, {}, BOTH),
    (Step.ASK_SUSPENSION, State.HANDLING, {}, {"10:leader"}),
    (Step.APPROVE_SUSPENSION, State.SUSPENDED, {}, BOTH),
    (Step.REFUSE_SUSPENSION, State.HANDLING, {}, BOTH),
    (Step.RESUME, State.HANDLING, {}, CLERK),
    (Step.REQUEST_VERIFY, State.VERIFYING, {}, SPOT),
    (Step.FINISH, State.PENDING_CHECK, {}, SPOT),
    (Step.HAND_OVER, State.PENDING_CHECK, {}, SPOT),
    (Step.FAIL_CHECK, State.HANDLING, {}, BOTH),
    (Step.CANNOT_TELL, State.REPORTED, {}, {"10:acceptor"}),
    (Step.CLOSE, State.CLOSED, {}, {"user:7"}),
    (Step.REJECT, State.REJECTED, {}, {"user:7"}),
    (Step.REFUTE, State.REJECTED, {}, {"user:7"}),
    (Step.VOID, State.VOIDED, {}, {"user:7"}),
    (Step.MERGE, State.MERGED, {}, CLERK | {"user:7"}),
    (Step.FORCE_CLOSE, State.CLOSED, {"recalled": [SHARE]}, CLERK | {"30:dept_clerk", "user:7"}),
    (Step.REOPEN, State.ACCEPTED, {}, {"10:dispatcher"}),
    (Step.URGE, State.HANDLING, {}, CLERK),
    (Step.URGE, State.REPORTED, {}, {"10:acceptor"}),
    (Step.URGE, State.ACCEPTED, {}, {"10:dispatcher"}),
    (Step.URGE, State.PENDING_CHECK, {}, SPOT),
    (Step.URGE, State.PENDING_CLOSE, {}, {"10:acceptor"}),
    (Step.SUPPLEMENT, State.DISPATCHED, {}, CLERK),
    (Step.MARK_URGENT, State.DISPATCHED, {}, CLERK),
    (Step.SUPERVISE, State.HANDLING, {"new": "yellow"}, BOTH | {"10:shift_lead"}),
    (Step.SUPERVISE, State.HANDLING, {"new": "red"}, BOTH | {"10:shift_lead", "10:supervisor"}),
    (Step.SUPERVISE, State.HANDLING, {"new": "red", **SHARE}, {"30:dept_clerk", "30:dept_lead"}),
    (Step.INSTRUCT, State.HANDLING, {}, BOTH | {"10:shift_lead"}),
    (Step.COPY_TO, State.HANDLING, {"organisation": JOINT}, {"30:acceptor", "30:dept_clerk", "30:dept_lead"}),
    (Step.REVISIT, State.CLOSED, {"satisfaction": 0}, {"10:shift_lead"}),
    (Step.REVISIT, State.CLOSED, {"satisfaction": 2}, set()),
    (Step.UNMERGE, State.HANDLING, {}, CLERK | {"user:7"}),
    (Step.UNMERGE, State.ACCEPTED, {}, CLERK | {"10:dispatcher", "user:7"}),
    (Step.APPEAL, State.CLOSED, {"deciders": [50, 60]}, {"50:supervisor", "60:supervisor"}),
    (Step.CORRECT, State.CLOSED, {"appellant": 40}, {"40:dept_lead", "40:shift_lead"}),
    (Step.DISMISS, State.CLOSED, {"appellant": 40}, {"40:dept_lead", "40:shift_lead"}),
    (Step.RESTORE, State.CLOSED, {"appellant": 40}, {"40:dept_lead", "40:shift_lead"}),
    (Step.WITHDRAW, State.VOIDED, {"on_the_spot": [{"user": 7, "organisation": 10}]}, {"user:7"}),
    (Step.WITHDRAW, State.VOIDED, {"on_the_spot": [{"user": None, "organisation": 10}]}, {"10:checker"}),
    (Step.REPORT, State.REPORTED, {}, set()),
]  # fmt: skip
# What goes its ordinary way waits in a worklist, or was done by whoever would hear of it.
SILENT = {
    Step.PLACE, Step.RECATEGORISE, Step.AMEND, Step.SELF_RESOLVE, Step.CONFIRM, Step.ACCEPT, Step.TAKE_IN,
    Step.LET_GO, Step.SIGN, Step.JOINT_SIGN, Step.PASS_CHECK, Step.NOTE, Step.REDACT,
}  # fmt: skip


def _happened(step, state, payload, **own):
    return Happening(step=step, state=state, holder=HOLDER, lead=LEAD, reporter=REPORTER, payload=payload, **own)


@pytest.mark.parametrize(("step", "state", "payload", "expected"), TOLD)
def test_who_hears_of_a_step(step, state, payload, expected):
    assert set(addressees(_happened(step, state, payload))) == expected


def test_every_step_is_said_or_silent():
    assert {row[0] for row in TOLD} | SILENT == set(Step)
    for step in SILENT:
        assert addressees(_happened(step, State.HANDLING, {})) == ()


def test_after_the_third_return_the_shift_lead_hears_of_it():
    assert addressees(_happened(Step.RETURN, State.ACCEPTED, {}, returns=3)) == ("10:shift_lead",)


@pytest.mark.parametrize(
    ("came_from", "expected"), [(State.REPORTED, ("10:acceptor",)), (State.ACCEPTED, ("10:dispatcher",))]
)  # fmt: skip
def test_what_is_withdrawn_is_told_to_whose_move_it_was(came_from, expected):
    withdrawn = Happening(step=Step.WITHDRAW, state=State.VOIDED, holder=HOLDER, came_from=came_from)
    assert addressees(withdrawn) == expected


def test_an_urgent_report_is_the_acceptors_to_hear_of():
    assert addressees(_happened(Step.REPORT, State.REPORTED, {}, urgent=True)) == ("10:acceptor",)


@given(
    step=st.sampled_from(Step), state=st.sampled_from(State), lead=st.none() | st.integers(1, 9),
    reporter=st.none() | st.integers(1, 9), returns=st.integers(0, 5), urgent=st.booleans(),
)  # fmt: skip
def test_whatever_stands_empty_nobody_unknown_is_addressed(step, state, lead, reporter, returns, urgent):
    found = addressees(
        Happening(step=step, state=state, holder=1, lead=lead, reporter=reporter, returns=returns, urgent=urgent)
    )
    assert len(set(found)) == len(found)
    assert not [one for one in found if "None" in one]
    assert kind_of(step) in Kind
