"""Deeds of joint shares: given to further organisations, taken back, signed, finished, handed back."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from events.guards import MOST_JOINT
from events.services.deeds.base import Deed
from events.workflow import Step
from grid.refusals import Invalid


def check_joint(joint: tuple[int, ...], *, lead: int | None = None) -> None:
    """Raises Invalid for too many, for one named twice, or for the lead among them."""
    if len(joint) > MOST_JOINT:
        raise Invalid("too-many-joint", _("At most %d joint organisations at once.") % MOST_JOINT, field="joint")
    if len(set(joint)) < len(joint):
        raise Invalid("joint-named-twice", _("Name every joint organisation once."), field="joint")
    if lead is not None and lead in joint:
        raise Invalid("lead-not-joint", _("The lead can't share in its own work: choose others."), field="joint")


@dataclass(frozen=True)
class _Named(Deed):
    joint: tuple[int, ...] = ()

    def check(self) -> None:
        """At least one organisation, none twice."""
        super().check()
        check_joint(self.joint)
        if not self.joint:
            raise Invalid("joint-needed", _("Choose at least one organisation."), field="joint")


@dataclass(frozen=True)
class AddJoint(_Named):
    """Have further organisations share in the work."""

    step = Step.ADD_JOINT


@dataclass(frozen=True)
class RecallJoint(_Named):
    """Take their share back: the work goes on without them."""

    step = Step.RECALL_JOINT
    words = _("Say in at least 5 characters why their share is not needed.")


@dataclass(frozen=True)
class JointSign(Deed):
    """Take the own share in hand."""

    step = Step.JOINT_SIGN


@dataclass(frozen=True)
class JointFinish(Deed):
    """The own share is done: what was done; photos where they help."""

    step = Step.JOINT_FINISH
    words = _("Say what was done, in at least 5 characters.")


@dataclass(frozen=True)
class JointReturn(Deed):
    """Hand the own share back: it is not ours."""

    step = Step.JOINT_RETURN
    words = _("Say in at least 5 characters why it is not yours, and whose it is.")
