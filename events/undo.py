"""Which listed step undoes the last one; pure.

`EXACTLY`: the event stands again where it stood, whatever it was. `AGAINST`: the step that the table has against it,
which leads elsewhere (dispatched to the wrong one, it is dispatched anew). A step in neither stays as it is, and is
answered by the next one. Who may take the counter-step is asked of the policy like any other.
"""

from collections.abc import Mapping

from events.workflow import Step

EXACTLY: Mapping[Step, Step] = {
    Step.MERGE: Step.UNMERGE,
    Step.ADD_JOINT: Step.RECALL_JOINT,
    Step.APPROVE_SUSPENSION: Step.RESUME,
}
AGAINST: Mapping[Step, Step] = {
    Step.DISPATCH: Step.REDISPATCH,
    Step.REDISPATCH: Step.REDISPATCH,
    Step.REJECT: Step.REOPEN,
    Step.CLOSE: Step.REOPEN,
}


def counter(step: Step) -> Step | None:
    """The step that undoes `step`, or None where the table has none."""
    return EXACTLY.get(step) or AGAINST.get(step)


def undone_by(step: Step) -> tuple[Step, ...]:
    """The steps that `step` undoes."""
    return tuple(one for one in Step if counter(one) is step)
