"""Deeds about how an event counts: contested, and decided."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from events.counting.lives import Verdict
from events.services.deeds.base import Deed
from events.workflow import Step
from grid.refusals import Invalid


@dataclass(frozen=True)
class Appeal(Deed):
    """Contest how the thing of the moment `at` counts for `indicator`; `text` says why."""

    step = Step.APPEAL
    words = _("Say why in at least 5 characters.")
    indicator: str = ""
    at: datetime = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Correct(Deed):
    """Uphold an appeal: it counts as `verdict` says."""

    step = Step.CORRECT
    words = _("Say why in at least 5 characters.")
    appeal: int = 0
    verdict: str = ""

    def check(self) -> None:
        """A verdict of the list."""
        super().check()
        if self.verdict not in {one.value for one in Verdict}:
            raise Invalid("verdict-needed", _("Choose how it is to count."), field="verdict")


@dataclass(frozen=True)
class Dismiss(Deed):
    """Dismiss an appeal: it counts as it did."""

    step = Step.DISMISS
    words = _("Say why in at least 5 characters.")
    appeal: int = 0


@dataclass(frozen=True)
class Restore(Deed):
    """Take a correction back: it counts as the journal says."""

    step = Step.RESTORE
    words = _("Say why in at least 5 characters.")
    appeal: int = 0
