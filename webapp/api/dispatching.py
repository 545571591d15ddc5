"""The requests of steps that give an event to several: one lead, and joint organisations."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import override

from events.guards import MOST_JOINT
from events.services import deeds
from webapp.api.stepping import Number, StepIn, Text


class DispatchIn(StepIn):
    """Give it to the organisation that answers for it, and shares in the work to joint ones."""

    step: Literal["dispatch", "redispatch"]
    organisation: Number
    joint: Annotated[tuple[Number, ...], Field(max_length=MOST_JOINT)] = ()
    text: Text = ""

    @override
    def deed(self) -> deeds.Deed:
        kind = deeds.Dispatch if self.step == "dispatch" else deeds.Redispatch
        return kind(text=self.text, organisation=self.organisation, joint=self.joint)


class JointIn(StepIn):
    """Give joint organisations a share, or take it back."""

    step: Literal["add_joint", "recall_joint"]
    joint: Annotated[tuple[Number, ...], Field(min_length=1, max_length=MOST_JOINT)]
    text: Text = ""

    @override
    def deed(self) -> deeds.Deed:
        kind = deeds.AddJoint if self.step == "add_joint" else deeds.RecallJoint
        return kind(text=self.text, joint=self.joint)
