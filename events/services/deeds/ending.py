"""Deeds that end an event, or take it up again."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from events.services.deeds.base import Deed
from events.workflow import Step


@dataclass(frozen=True)
class Close(Deed):
    """End it; `text` is the reply that the hotline hears."""

    step = Step.CLOSE


@dataclass(frozen=True)
class ForceClose(Deed):
    """End it as it is. It never counts as handled on time."""

    step = Step.FORCE_CLOSE
    words = _("Say why in at least 5 characters.")


@dataclass(frozen=True)
class Reopen(Deed):
    """Take it up again."""

    step = Step.REOPEN
    words = _("Say in at least 5 characters why it is taken up again.")


@dataclass(frozen=True)
class Withdraw(Deed):
    """The hotline takes its ticket back."""

    step = Step.WITHDRAW


@dataclass(frozen=True)
class Void(Deed):
    """It was a test or a mistake: out of every count, kept in the journal."""

    step = Step.VOID
    words = _("Say why in at least 5 characters.")
