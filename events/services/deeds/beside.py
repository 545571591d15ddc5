"""Deeds beside the course of things: they change no state."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from events.models import Supervision
from events.services.deeds.base import Deed
from events.workflow import Step
from grid.refusals import Invalid


@dataclass(frozen=True)
class Urge(Deed):
    """Press for it."""

    step = Step.URGE


@dataclass(frozen=True)
class Supervise(Deed):
    """Press for it from above; `level` is how hard."""

    step = Step.SUPERVISE
    level: str = Supervision.NORMAL.value
    stage: str = ""  # whose allowance has run out, when the watch says so
    share: float = 0.0  # how much of it is used, 1 being all
    task: int | None = None  # the joint share whose allowance it is

    def check(self) -> None:
        """A level of the list."""
        super().check()
        if self.level not in Supervision.values:
            raise Invalid("level-needed", _("Choose how it is supervised."), field="level")


@dataclass(frozen=True)
class Instruct(Deed):
    """A leader's instruction: everybody in the case reads it."""

    step = Step.INSTRUCT
    least = 1
    words = _("Write something.")


@dataclass(frozen=True)
class CopyTo(Deed):
    """Let another organisation read it, for its information."""

    step = Step.COPY_TO
    organisation: int = 0


@dataclass(frozen=True)
class MarkUrgent(Deed):
    """From now on the urgent allowances hold."""

    step = Step.MARK_URGENT


@dataclass(frozen=True)
class Note(Deed):
    """Say something about it."""

    step = Step.NOTE
    least = 1
    words = _("Write something.")


@dataclass(frozen=True)
class HandOver(Deed):
    """The task on the spot is overdue: ask the grid lead too."""

    step = Step.HAND_OVER
