"""Deeds beside the course of things: they change no state."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from events.models import Satisfaction, Supervision
from events.services.deeds.base import LONGEST_TEXT, Deed
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


@dataclass(frozen=True)
class Supplement(Deed):
    """The hotline has more to say of its order: words, and addresses of what it attached."""

    step = Step.SUPPLEMENT
    order_no: str = ""
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Revisit(Deed):
    """The hotline has called back whoever had called: how satisfied, from 0 (not) to 3, if that was said."""

    step = Step.REVISIT
    order_no: str = ""
    satisfaction: int | None = None

    def check(self) -> None:
        """A degree of the list."""
        super().check()
        if self.satisfaction is not None and self.satisfaction not in Satisfaction.values:
            raise Invalid("satisfaction-unknown", _("Satisfaction is one of 0, 1, 2, 3."), field="satisfaction")


@dataclass(frozen=True)
class Redact(Deed):
    """Put other words into the place of what an entry said, because it held personal data; `text` says why."""

    step = Step.REDACT
    words = _("Say why in at least 5 characters.")
    entry: int = 0  # the event's version after the step that said it
    instead: str = ""

    def check(self) -> None:
        """Something must stand there afterwards: an empty row would look like one that never was."""
        super().check()
        if not self.instead.strip() or len(self.instead) > LONGEST_TEXT:
            detail = _("Write what is to stand there instead, in at most %d characters.") % LONGEST_TEXT
            raise Invalid("words-needed", detail, field="instead")
