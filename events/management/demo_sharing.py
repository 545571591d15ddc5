"""Who takes the steps of joint work in the demo's week, and with which words."""

import random

from data.demo import remarks
from events.management.demo_cast import Cast
from events.models import Event, Task
from events.services import deeds
from events.services.deeds import Deed
from events.services.routing import sharing
from events.workflow import Step
from grid.models import Role
from grid.policy import Access

SHARING = {Step.ADD_JOINT, Step.RECALL_JOINT, Step.JOINT_SIGN, Step.JOINT_FINISH, Step.JOINT_RETURN}

Act = tuple[Access, Deed]


class Sharing:
    """Dispatches to several, and what becomes of their shares: the first that has not gone so far goes on."""

    def __init__(self, dice: random.Random, cast: Cast) -> None:
        self._dice, self._cast = dice, cast

    def act(self, step: Step, event: Event, answering: list[int]) -> Act:
        """Who takes `step` on the event as it stands; `answering` are those who may be dispatched to, best first."""
        dispatcher = self._cast.at(Role.DISPATCHER, event.holder_id)
        if step is Step.DISPATCH:
            lead, *others = answering
            joint = self._others(event, others)
            return dispatcher, deeds.Dispatch(organisation=lead, joint=joint, text=self._dice.choice(remarks.SHARES))
        if step is Step.ADD_JOINT:
            others = [one for one in answering if one != event.lead_id]
            return dispatcher, deeds.AddJoint(joint=self._others(event, others)[:1])
        shares = sharing(event)
        if step is Step.RECALL_JOINT:
            text = self._dice.choice(remarks.RECALLS)
            return dispatcher, deeds.RecallJoint(joint=(shares[-1].organisation_id,), text=text)
        return self._own(step, shares)

    def _others(self, event: Event, answering: list[int]) -> tuple[int, ...]:
        """Two departments; the centre itself leaves it to them."""
        return tuple(one for one in answering if one != event.holder_id)[:2]

    def _own(self, step: Step, shares: list[Task]) -> Act:
        """A joint organisation's clerk, for its own share."""
        if step is Step.JOINT_SIGN:
            waiting = next(one for one in shares if one.signed_at is None)
            return self._clerk(waiting), deeds.JointSign()
        if step is Step.JOINT_RETURN:
            return self._clerk(shares[-1]), deeds.JointReturn(text=self._dice.choice(remarks.NOT_OURS))
        signed = next(one for one in shares if one.signed_at is not None)
        return self._clerk(signed), deeds.JointFinish(text=self._dice.choice(remarks.SHARES_DONE))

    def _clerk(self, share: Task) -> Access:
        return self._cast.at(Role.DEPT_CLERK, share.organisation_id)
