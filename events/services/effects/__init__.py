"""What each step changes besides the state: places, categories, tasks, clocks, counters.

Only `advance` calls these, on a locked event.
"""

from collections.abc import Callable
from typing import Any

from events.services import deeds
from events.services.effects import (
    appealing,
    beside,
    ending,
    merging,
    officers,
    passing,
    redaction,
    sharing,
    taking,
    working,
)
from events.services.effects.base import Case
from events.services.effects.taking import put, set_category
from events.workflow import Step

__all__ = ["EFFECTS", "Case", "no_effect", "put", "set_category"]


def no_effect(_case: Case, _deed: deeds.Deed) -> None:
    """Steps that change nothing but state and clocks."""


EFFECTS: dict[Step, Callable[[Case, Any], None]] = {
    Step.PLACE: taking.place,
    Step.RECATEGORISE: taking.recategorise,
    Step.AMEND: taking.amend,
    Step.REQUEST_VERIFY: taking.request_verify,
    Step.CONFIRM: taking.confirm,
    Step.REFUTE: taking.verified,
    Step.CANNOT_TELL: taking.verified,
    Step.ACCEPT: taking.accept,
    Step.REJECT: taking.reject,
    Step.MERGE: merging.merge,
    Step.UNMERGE: merging.unmerge,
    Step.DISPATCH: passing.dispatch,
    Step.SIGN: working.sign,
    Step.RETURN: passing.give_back,
    Step.REDISPATCH: passing.redispatch,
    Step.ADD_JOINT: sharing.add_joint,
    Step.RECALL_JOINT: sharing.recall_joint,
    Step.JOINT_SIGN: sharing.joint_sign,
    Step.JOINT_FINISH: sharing.joint_finish,
    Step.JOINT_RETURN: sharing.joint_return,
    Step.ESCALATE: passing.escalate,
    Step.ASSIGN_DOWN: passing.assign_down,
    Step.REQUEST_EXTENSION: working.request_extension,
    Step.GRANT_EXTENSION: working.grant_extension,
    Step.REFUSE_EXTENSION: working.refuse,
    Step.ASK_SUSPENSION: working.ask_suspension,
    Step.APPROVE_SUSPENSION: working.approve_suspension,
    Step.REFUSE_SUSPENSION: working.refuse,
    Step.RESUME: sharing.resume,
    Step.FINISH: working.finish,
    Step.PASS_CHECK: working.pass_check,
    Step.FAIL_CHECK: working.fail_check,
    Step.CLOSE: ending.close,
    Step.FORCE_CLOSE: ending.break_off,
    Step.REOPEN: ending.reopen,
    Step.WITHDRAW: ending.break_off,
    Step.VOID: ending.break_off,
    Step.URGE: beside.urge,
    Step.SUPERVISE: beside.supervise,
    Step.COPY_TO: passing.copy_to,
    Step.MARK_URGENT: beside.mark_urgent,
    Step.HAND_OVER: officers.hand_over,
    Step.SUPPLEMENT: beside.supplement,
    Step.REVISIT: beside.revisit,
    Step.REDACT: redaction.redact,
    Step.APPEAL: appealing.appeal,
    Step.CORRECT: appealing.correct,
    Step.DISMISS: appealing.dismiss,
    Step.RESTORE: appealing.restore,
}
