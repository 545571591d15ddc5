"""Deeds that merge an event into another that tells of the same thing, and part it again."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from events.services.deeds.base import Deed
from events.workflow import Step
from grid.refusals import Invalid

LONGEST_NUMBER = 24


@dataclass(frozen=True)
class Merge(Deed):
    """It is the same as another event, which answers for both from now on; `into` is that one's number."""

    step = Step.MERGE
    into: str = ""

    @property
    def number(self) -> str:
        """The other event's number, as it is kept."""
        return self.into.strip().upper()

    def check(self) -> None:
        """A number is needed."""
        super().check()
        if not 0 < len(self.number) <= LONGEST_NUMBER:
            raise Invalid(
                "target-needed", _("Choose the event that it is merged into, or type its number."), field="into"
            )


@dataclass(frozen=True)
class Unmerge(Deed):
    """It was not the same: it goes on from where it stood."""

    step = Step.UNMERGE
