"""Deeds of the work: in hand, more time, on hold, done, checked."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from events.services.deeds.base import Deed, GivenPoint
from events.workflow import Step
from grid.refusals import Invalid

MOST_EXTENSION = 90.0  # units of the handle clock, at once


@dataclass(frozen=True)
class Sign(Deed):
    """Take it in hand."""

    step = Step.SIGN


@dataclass(frozen=True)
class RequestExtension(Deed):
    """Ask for more time: so many hours or days of the clock that the work is measured on."""

    step = Step.REQUEST_EXTENSION
    words = _("Say in at least 5 characters what the time is needed for.")
    amount: float = 0.0  # in units of the handle clock

    def check(self) -> None:
        """An amount within reason, and a reason."""
        if not 0 < self.amount <= MOST_EXTENSION:
            raise Invalid("amount-needed", _("Say how much more time is needed."), field="amount")
        super().check()


@dataclass(frozen=True)
class GrantExtension(Deed):
    """Give the time that was asked for."""

    step = Step.GRANT_EXTENSION


@dataclass(frozen=True)
class RefuseExtension(Deed):
    """The deadline stays."""

    step = Step.REFUSE_EXTENSION
    words = _("Say why in at least 5 characters; who asked reads it.")


@dataclass(frozen=True)
class AskSuspension(Deed):
    """Ask to put it on hold until a day on which it is looked at again."""

    step = Step.ASK_SUSPENSION
    words = _("Say in at least 5 characters what hinders the work.")
    until: date | None = None

    def check(self) -> None:
        """A day and a reason are needed."""
        if self.until is None:
            raise Invalid("until-needed", _("Choose the day on which it is looked at again."), field="until")
        super().check()


@dataclass(frozen=True)
class ApproveSuspension(Deed):
    """Put it on hold: its clock stands still until it is resumed."""

    step = Step.APPROVE_SUSPENSION


@dataclass(frozen=True)
class RefuseSuspension(Deed):
    """The work goes on."""

    step = Step.REFUSE_SUSPENSION
    words = _("Say why in at least 5 characters; who asked reads it.")


@dataclass(frozen=True)
class Resume(Deed):
    """Go on with the work: its clock runs again."""

    step = Step.RESUME


@dataclass(frozen=True)
class Finish(Deed):
    """The work is done: what was done, and a photo of it."""

    step = Step.FINISH
    words = _("Say what was done, in at least 5 characters.")
    picture = _("Add a photo taken after the work.")


@dataclass(frozen=True)
class PassCheck(Deed):
    """Seen on the spot: it is put right."""

    step = Step.PASS_CHECK
    picture = _("Add a photo taken on the spot.")
    far_reason: str = ""
    point: GivenPoint | None = None  # where the checker stands, for photos that don't say


@dataclass(frozen=True)
class FailCheck(Deed):
    """Seen on the spot: it is not put right."""

    step = Step.FAIL_CHECK
    words = _("Say what is still wrong, in at least 5 characters.")
    picture = _("Add a photo taken on the spot.")
    far_reason: str = ""
    point: GivenPoint | None = None
