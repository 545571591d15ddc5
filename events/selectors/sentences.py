"""A journal entry as one plain sentence, as people would tell it."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from events.models import MACHINES, JournalEntry, RejectReason, StepLabel
from events.workflow import Step
from grid.models import Role


def actor(entry: JournalEntry) -> str:
    """Who it was: a person's name, or the machine's."""
    return entry.user.name if entry.user else str(MACHINES.get(entry.role, entry.role))


def role(entry: JournalEntry) -> str:
    """As what."""
    return str(Role(entry.role).label) if entry.role in Role.values else ""


def step(entry: JournalEntry) -> str:
    """The verb."""
    return str(StepLabel(entry.step).label)


def sentence(entry: JournalEntry) -> str:
    """Who did what, in one line."""
    who = " ".join(part for part in (role(entry), actor(entry)) if part)
    special = _SPECIAL.get(Step(entry.step))
    return special(entry, who) if special else _PLAIN[Step(entry.step)]() % {"who": who}


_PLAIN: dict[Step, Callable[[], str]] = {
    Step.REPORT: lambda: _("%(who)s reported it."),
    Step.PLACE: lambda: _("%(who)s put it on the map."),
    Step.AMEND: lambda: _("%(who)s corrected what was reported."),
    Step.SELF_RESOLVE: lambda: _("%(who)s solved it on the spot."),
    Step.ACCEPT: lambda: _("%(who)s accepted it."),
    Step.SIGN: lambda: _("%(who)s signed for it and took it in hand."),
    Step.RETURN: lambda: _("%(who)s returned it."),
    Step.FINISH: lambda: _("%(who)s finished the work; it waits to be checked."),
    Step.PASS_CHECK: lambda: _("%(who)s checked it on the spot: put right."),
    Step.FAIL_CHECK: lambda: _("%(who)s checked it on the spot: to be done again."),
    Step.CLOSE: lambda: _("%(who)s closed it."),
    Step.URGE: lambda: _("%(who)s urged it."),
    Step.WITHDRAW: lambda: _("%(who)s withdrew it."),
    Step.NOTE: lambda: _("%(who)s added a note."),
}


def _rejected(entry: JournalEntry, who: str) -> str:
    code = entry.payload.get("reason")
    reason = str(RejectReason(code).label) if code in RejectReason.values else ""
    return _("%(who)s did not accept it: %(reason)s.") % {"who": who, "reason": reason}


def _dispatched(entry: JournalEntry, who: str) -> str:
    return _("%(who)s dispatched it to %(organisation)s.") % {
        "who": who,
        "organisation": entry.payload.get("name", ""),
    }


_SPECIAL: dict[Step, Callable[[JournalEntry, str], str]] = {Step.REJECT: _rejected, Step.DISPATCH: _dispatched}
