"""Deeds that say who answers for it: to a department, back, to another, up, down."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from events.services.deeds.base import Deed
from events.services.deeds.sharing import check_joint
from events.workflow import Step


@dataclass(frozen=True)
class Dispatch(Deed):
    """Give it to the organisation that answers for it, and shares in the work to `joint` ones."""

    step = Step.DISPATCH
    organisation: int = 0
    joint: tuple[int, ...] = ()

    def check(self) -> None:
        """Joint organisations are others than the lead, each named once."""
        super().check()
        check_joint(self.joint, lead=self.organisation)


@dataclass(frozen=True)
class Return(Deed):
    """Give it back: it is not ours."""

    step = Step.RETURN
    words = _("Say in at least 5 characters why it is not yours, and whose it is.")


@dataclass(frozen=True)
class Redispatch(Dispatch):
    """Take it from the organisation that has it and give it to another.

    Whoever is named in `joint` and has a share in hand keeps it; the shares of others are taken back.
    """

    step = Step.REDISPATCH
    words = _("Say in at least 5 characters why another organisation answers for it.")


@dataclass(frozen=True)
class Escalate(Deed):
    """Pass it to the centre of the level above."""

    step = Step.ESCALATE
    words = _("Say in at least 5 characters why the level above is needed.")


@dataclass(frozen=True)
class AssignDown(Deed):
    """Pass it to a centre below, of the ground where it lies."""

    step = Step.ASSIGN_DOWN
    organisation: int = 0
