"""A journal entry as one plain sentence, as people would tell it."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from events.models import (
    MACHINES,
    JournalEntry,
    RejectReason,
    Satisfaction,
    StageLabel,
    StepLabel,
    Supervision,
    TaskKind,
)
from events.models.category import Clock
from events.workflow import Step
from grid.models import Role


def actor(entry: JournalEntry) -> str:
    """Who it was: a person's name, or the machine's."""
    return entry.user.name if entry.user else machine(entry.role)


def role(entry: JournalEntry) -> str:
    """As what."""
    return str(Role(entry.role).label) if entry.role in Role.values else ""


def step(entry: JournalEntry) -> str:
    """The verb."""
    return str(StepLabel(entry.step).label)


def verbs() -> dict[str, str]:
    """Every step's verb, by its code."""
    return {code: str(label) for code, label in StepLabel.choices}


def machine(code: str) -> str:
    """A machine's name; the code itself where it has none."""
    return str(MACHINES.get(code, code))


def sentence(entry: JournalEntry) -> str:
    """Who did what, in one line."""
    who = " ".join(part for part in (role(entry), actor(entry)) if part)
    special = _SPECIAL.get(Step(entry.step))
    return special(entry, who) if special else _PLAIN[Step(entry.step)]() % {"who": who}


_PLAIN: dict[Step, Callable[[], str]] = {
    Step.REPORT: lambda: _("%(who)s reported it."),
    Step.PLACE: lambda: _("%(who)s put it on the map."),
    Step.RECATEGORISE: lambda: _("%(who)s changed its category."),
    Step.AMEND: lambda: _("%(who)s corrected what was reported."),
    Step.SELF_RESOLVE: lambda: _("%(who)s solved it on the spot."),
    Step.REQUEST_VERIFY: lambda: _("%(who)s asked the grid's officer to verify it."),
    Step.CONFIRM: lambda: _("%(who)s confirmed it on the spot."),
    Step.REFUTE: lambda: _("%(who)s looked on the spot: it is not so."),
    Step.CANNOT_TELL: lambda: _("%(who)s looked on the spot and could not tell."),
    Step.ACCEPT: lambda: _("%(who)s accepted it."),
    Step.SIGN: lambda: _("%(who)s signed for it and took it in hand."),
    Step.RETURN: lambda: _("%(who)s returned it."),
    Step.GRANT_EXTENSION: lambda: _("%(who)s granted the extension."),
    Step.REFUSE_EXTENSION: lambda: _("%(who)s refused the extension."),
    Step.REFUSE_SUSPENSION: lambda: _("%(who)s refused to suspend it."),
    Step.RESUME: lambda: _("%(who)s resumed it; its clock runs again."),
    Step.FINISH: lambda: _("%(who)s finished the work; it waits to be checked."),
    Step.PASS_CHECK: lambda: _("%(who)s checked it on the spot: put right."),
    Step.FAIL_CHECK: lambda: _("%(who)s checked it on the spot: to be done again."),
    Step.CLOSE: lambda: _("%(who)s closed it."),
    Step.FORCE_CLOSE: lambda: _("%(who)s closed it by force."),
    Step.REOPEN: lambda: _("%(who)s took it up again."),
    Step.VOID: lambda: _("%(who)s declared it void."),
    Step.URGE: lambda: _("%(who)s urged it."),
    Step.WITHDRAW: lambda: _("%(who)s withdrew it."),
    Step.INSTRUCT: lambda: _("%(who)s gave an instruction."),
    Step.MARK_URGENT: lambda: _("%(who)s marked it urgent."),
    Step.NOTE: lambda: _("%(who)s added a note."),
    Step.SUPPLEMENT: lambda: _("%(who)s added to its order."),
    Step.APPEAL: lambda: _("%(who)s appealed against how it counts."),
    Step.CORRECT: lambda: _("%(who)s upheld the appeal: it counts otherwise from now on."),
    Step.DISMISS: lambda: _("%(who)s dismissed the appeal: it counts as it did."),
    Step.RESTORE: lambda: _("%(who)s took the correction back: it counts as the journal says."),
}


def _reported(entry: JournalEntry, who: str) -> str:
    """A ticket that was placed by its address says so, so that whoever accepts it knows to look."""
    matched = entry.payload.get("matched")
    plain = _PLAIN[Step.REPORT]() % {"who": who}
    if not isinstance(matched, dict):
        return plain
    return plain + " " + placed_by(matched)


def placed_by(matched: dict[str, Any]) -> str:
    """How an event got its place from its address."""
    return _("Placed by its address: %(place)s, score %(score).2f.") % {
        "place": matched.get("place", ""), "score": matched.get("score", 0.0),
    }  # fmt: skip


def _rejected(entry: JournalEntry, who: str) -> str:
    code = entry.payload.get("reason")
    reason = str(RejectReason(code).label) if code in RejectReason.values else ""
    return _("%(who)s did not accept it: %(reason)s.") % {"who": who, "reason": reason}


def _to(words: Callable[[], str]) -> Callable[[JournalEntry, str], str]:
    """A sentence that names an organisation."""
    return lambda entry, who: (
        words()
        % {
            "who": who,
            "organisation": entry.payload.get("name", ""),
            "former": entry.payload.get("taken_from", ""),
            "joint": _sharing(entry),
        }
    )


def _jointly(words: Callable[[], str], shared: Callable[[], str]) -> Callable[[JournalEntry, str], str]:
    """A sentence that names the lead, and after it whom the work is shared with."""

    return lambda entry, who: _to(shared if {"joint", "kept"} & set(entry.payload) else words)(entry, who)


def _sharing(entry: JournalEntry) -> str:
    """The names of those whose joint share an entry is about: given, kept, or else recalled."""
    payload = entry.payload
    told = [*payload.get("joint", ()), *payload.get("kept", ())] or payload.get("recalled", ())
    # Translators: between the names of organisations
    return _(", ").join(one["name"] for one in told)


def _asked_for_time(entry: JournalEntry, who: str) -> str:
    clock = entry.payload.get("clock", "")
    unit = str(Clock(clock).label) if clock in Clock.values else ""
    return _("%(who)s asked for %(amount)g more %(unit)s.") % {
        "who": who, "amount": entry.payload.get("amount", 0), "unit": unit,
    }  # fmt: skip


def _until(words: Callable[[], str]) -> Callable[[JournalEntry, str], str]:
    """A sentence that names a day."""
    return lambda entry, who: words() % {"who": who, "until": entry.payload.get("until", "")}


def _supervised(entry: JournalEntry, who: str) -> str:
    level = entry.payload.get("new", "")
    label = str(Supervision(level).label) if level in Supervision.values else level
    stage = entry.payload.get("stage", "")
    if stage not in StageLabel.values:
        return _("%(who)s set the supervision: %(level)s.") % {"who": who, "level": label}
    if "task" in entry.payload:
        return _("%(organisation)s, %(stage)s of its joint share: %(percent)d %% of the time is used: %(level)s.") % {
            "organisation": entry.payload.get("name", ""), "stage": str(StageLabel(stage).label),
            "percent": round(entry.payload.get("share", 0) * 100), "level": label,
        }  # fmt: skip
    return _("%(stage)s: %(percent)d %% of the time allowed is used. Supervision: %(level)s.") % {
        "stage": str(StageLabel(stage).label), "percent": round(entry.payload.get("share", 0) * 100), "level": label,
    }  # fmt: skip


def _with(name: str, words: Callable[[], str]) -> Callable[[JournalEntry, str], str]:
    """A sentence that names another event."""
    return lambda entry, who: words() % {"who": who, "no": entry.payload.get(name, "")}


def _handed_over(entry: JournalEntry, _who: str) -> str:
    words = {
        TaskKind.VERIFY.value: lambda: _("The verification is overdue: the grid lead %(name)s was asked to see to it."),
        TaskKind.CHECK.value: lambda: _("The check is overdue: the grid lead %(name)s was asked to see to it."),
    }
    return words[entry.payload["task"]]() % {"name": entry.payload.get("name", "")}


def _revisited(entry: JournalEntry, who: str) -> str:
    degree = entry.payload.get("satisfaction")
    if degree not in Satisfaction.values:
        return _("%(who)s called back and passed on what was said.") % {"who": who}
    return _("%(who)s called back: %(answer)s.") % {"who": who, "answer": str(Satisfaction(degree).label)}


def _redacted(entry: JournalEntry, who: str) -> str:
    words = _("%(who)s redacted the words of entry %(entry)d, which held personal data.")
    return words % {"who": who, "entry": entry.payload.get("entry", 0)}


_SPECIAL: dict[Step, Callable[[JournalEntry, str], str]] = {
    Step.REPORT: _reported,
    Step.REJECT: _rejected,
    Step.DISPATCH: _jointly(
        lambda: _("%(who)s dispatched it to %(organisation)s."),
        lambda: _("%(who)s dispatched it to %(organisation)s, jointly with %(joint)s."),
    ),
    Step.REDISPATCH: _jointly(
        lambda: _("%(who)s took it from %(former)s and dispatched it to %(organisation)s."),
        lambda: _("%(who)s took it from %(former)s and dispatched it to %(organisation)s, jointly with %(joint)s."),
    ),
    Step.ADD_JOINT: _to(lambda: _("%(who)s gave a share in it to %(joint)s.")),
    Step.RECALL_JOINT: _to(lambda: _("%(who)s recalled the share of %(joint)s.")),
    Step.JOINT_SIGN: _to(lambda: _("%(who)s signed for the share of %(organisation)s.")),
    Step.JOINT_FINISH: _to(lambda: _("%(who)s finished the share of %(organisation)s.")),
    Step.JOINT_RETURN: _to(lambda: _("%(who)s returned the share of %(organisation)s.")),
    Step.ESCALATE: _to(lambda: _("%(who)s passed it up to %(organisation)s.")),
    Step.ASSIGN_DOWN: _to(lambda: _("%(who)s passed it down to %(organisation)s.")),
    Step.COPY_TO: _to(lambda: _("%(who)s sent a copy to %(organisation)s.")),
    Step.REQUEST_EXTENSION: _asked_for_time,
    Step.ASK_SUSPENSION: _until(lambda: _("%(who)s asked to suspend it until %(until)s.")),
    Step.APPROVE_SUSPENSION: _until(lambda: _("%(who)s suspended it until %(until)s; its clock stands still.")),
    Step.SUPERVISE: _supervised,
    Step.MERGE: _with("into", lambda: _("%(who)s merged it into %(no)s, which tells of the same thing.")),
    Step.UNMERGE: _with("from", lambda: _("%(who)s undid the merge into %(no)s: it goes on from where it stood.")),
    Step.TAKE_IN: _with("event", lambda: _("%(who)s merged %(no)s into it.")),
    Step.LET_GO: _with("event", lambda: _("%(who)s undid the merge: %(no)s goes its own way again.")),
    Step.HAND_OVER: _handed_over,
    Step.REVISIT: _revisited,
    Step.REDACT: _redacted,
}
