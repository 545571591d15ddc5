"""What follows for the clocks from a step if it were taken now, and why: said beside the step's form.

Steps that move no clock say nothing. The clock is an argument; nothing here reads the wall's.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.guards import MOST_EXTENSIONS, MOST_RETURNS
from events.models import Application, Event, StateLabel, Task, TaskKind, Timer
from events.models.calendar import with_hours
from events.models.terms import calendar_for, follows_terms, terms_of, used_minutes
from events.policy import handlers
from events.selectors.amounts import amount_in_words
from events.sla import Allowance, Calendar, Clock, Reasons, Terms, add, deadline, reasons, recounted, running
from events.workflow import Stage, Step
from grid.models import Organisation
from grid.selectors import officers_of


@dataclass(frozen=True)
class Outlook:
    """An event as it stands, and when its reader looks: its relations, tasks and timers are at hand."""

    event: Event
    tasks: tuple[Task, ...]
    timers: tuple[Timer, ...]
    calendar: Calendar  # the city's
    now: datetime
    reader: int | None = None
    clerk_of: tuple[int, ...] = ()  # the organisations for which the reader signs

    def running(self, stage: Stage) -> Timer | None:
        """The timer of a stage that was not stopped, if there is one: it runs, or is paused."""
        own = (one for one in self.timers if one.task_id is None)
        return next((one for one in own if one.stage == stage and one.stopped_at is None), None)

    def shares(self) -> list[Task]:
        """The joint shares in hand."""
        return [one for one in self.tasks if one.kind == TaskKind.JOINT and one.ended_at is None]

    def own_share(self) -> Task | None:
        """The one that the reader may sign, finish or hand back."""
        return next((one for one in self.shares() if one.organisation_id in self.clerk_of), None)

    def hours(self, organisation: Organisation | None) -> Calendar:
        """The calendar with an organisation's own hours; without one the city's."""
        return with_hours(self.calendar, organisation.hours) if organisation else self.calendar


@dataclass(frozen=True)
class Preview:
    """When something would be due, and the same in words."""

    due: datetime
    words: str


def effect(step: Step, outlook: Outlook) -> str:
    """What follows from `step` at `outlook.now`, in words; empty when it moves no clock.

    No query, but one to say whom a finished work is checked by, and one for what an application that waits asks for.
    """
    said = _EFFECTS.get(step)
    return said(outlook) if said else ""


def given_to(event: Event, organisation: Organisation, step: Step, *, calendar: Calendar, now: datetime) -> Preview:
    """When `organisation` has to have signed, or as a centre accepted, what `step` would give it `now`. No query."""
    stage = Stage.ACCEPT if step == Step.ASSIGN_DOWN else Stage.SIGN
    return _due(stage, terms_of(event), now, with_hours(calendar, organisation.hours))


def unknown_years(timers: Iterable[Timer], calendar: Calendar) -> tuple[int, ...]:
    """Years that deadlines of running timers were counted over though their holidays are not known, ascending."""
    found: set[int] = set()
    for timer in timers:
        if timer.stopped_at is None and timer.paused_at is None:
            found |= {*reasons(timer.running_since, timer.due_at, Clock(timer.clock), calendar).unknown_years}
    return tuple(sorted(found))


def warning(years: Iterable[int]) -> str:
    """What is to be said of years whose holidays are not known; empty for none."""
    named = ", ".join(map(str, years))
    if not named:
        return ""
    return _("The holidays of %(years)s are not in the calendar: Monday to Friday are counted as working days") % {
        "years": named
    }


# By when it is to be done.
_DUE = {
    Stage.ACCEPT: gettext_lazy("To be accepted by %(when)s"),
    Stage.VERIFY: gettext_lazy("To be verified by %(when)s"),
    Stage.DISPATCH: gettext_lazy("To be dispatched by %(when)s"),
    Stage.SIGN: gettext_lazy("To be signed by %(when)s"),
    Stage.HANDLE: gettext_lazy("To be handled by %(when)s"),
    Stage.CHECK: gettext_lazy("To be checked by %(when)s"),
    Stage.CLOSE: gettext_lazy("To be closed by %(when)s"),
    Stage.WHOLE: gettext_lazy("The whole is due by %(when)s"),
}


def _due(stage: Stage, terms: Terms, now: datetime, calendar: Calendar) -> Preview:
    """The full allowance of a stage, from now."""
    found = deadline(stage, start=now, terms=terms, calendar=calendar)
    why = reasons(now, found.due, found.clock, calendar)
    amount = amount_in_words(Allowance.of_minutes(found.minutes, found.clock))
    return Preview(found.due, _worded(stage, found.due, amount, now, why, begins=why.begins))


def _worded(
    stage: Stage, due: datetime, amount: str, now: datetime, why: Reasons, *, begins: datetime | None = None
) -> str:  # fmt: skip
    """By when, and in brackets how much it is, from when it counts if not from now, and what is left out."""
    details = amount
    if begins is not None and begins > now:
        details = _("%(amount)s, counted from %(start)s") % {"amount": amount, "start": _when(begins, now)}
    if why.days_off:
        off = len(why.days_off)
        left_out = ngettext("%(days)d day off left out", "%(days)d days off left out", off) % {"days": off}
        details = _("%(details)s; %(left_out)s") % {"details": details, "left_out": left_out}
    by = _DUE[stage] % {"when": _when(due, now)}
    return _sentences(_("%(due)s (%(details)s)") % {"due": by, "details": details}, warning(why.unknown_years))


def _sentences(first: str, *more: str) -> str:
    """One after the other, what is empty left out; the last has no full stop."""
    said = first
    for one in more:
        said = _("%(one)s. %(next)s") % {"one": said, "next": one} if said and one else said or one
    return said


def _when(instant: datetime, now: datetime) -> str:
    """Weekday, day and time; the year where it is another."""
    local = timezone.localtime(instant)
    if local.year == timezone.localtime(now).year:
        # Translators: a date and time, in the letters of Django's date filter: Mon 11-23 10:00
        return date_format(local, _("D m-d H:i"))
    # Translators: the same of another year: Mon 2027-01-04 10:00
    return date_format(local, _("D Y-m-d H:i"))


def _entering(stage: Stage) -> Callable[[Outlook], str]:
    """The full allowance of a stage, in the hours of whoever answers for it."""

    def said(outlook: Outlook) -> str:
        event = outlook.event
        calendar = calendar_for(event, stage, outlook.calendar)
        return _due(stage, terms_of(event), outlook.now, calendar).words

    return said


def _elsewhere(stage: Stage) -> Callable[[Outlook], str]:
    """The full allowance, in the city's hours: who it goes to is chosen with the step."""
    return lambda outlook: _due(stage, terms_of(outlook.event), outlook.now, outlook.calendar).words


def _taken_on(outlook: Outlook) -> str:
    """To be dispatched, and the whole; what already runs of that goes on."""
    return _dispatching(outlook, outlook.running(Stage.WHOLE))


def _dispatching(outlook: Outlook, whole: Timer | None) -> str:
    event, now = outlook.event, outlook.now
    if event.category is None:
        return _("Set the category first: the time allowed follows from it.")
    calendar = outlook.hours(event.holder)
    stage = _due(Stage.DISPATCH, terms_of(event), now, calendar)
    if whole is not None:
        return _sentences(stage.words, _DUE[Stage.WHOLE] % {"when": _when(whole.due_at, now)})
    return _sentences(stage.words, _due(Stage.WHOLE, terms_of(event), now, calendar).words)


def _reopened(outlook: Outlook) -> str:
    return _dispatching(outlook, None)


def _returned(outlook: Outlook) -> str:
    """Until when that can be done."""
    lead = _in_hand(outlook, TaskKind.LEAD)
    if lead is None or lead.return_until is None:
        return ""
    until = _("May be returned until %(when)s") % {"when": _when(lead.return_until, outlook.now)}
    last = _("With the third return the shift lead decides for good")
    return _sentences(until, last if outlook.event.returns + 1 == MOST_RETURNS else "")


def _share_signed(outlook: Outlook) -> str:
    """The allowance to handle, in the hours of the organisation that has the share."""
    share = outlook.own_share()
    if share is None:
        return ""
    return _due(Stage.HANDLE, terms_of(outlook.event), outlook.now, outlook.hours(share.organisation)).words


def _share_finished(outlook: Outlook) -> str:
    """Who else is still at it."""
    own = outlook.own_share()
    others = [one.organisation.short_name for one in outlook.shares() if one != own]
    if not others:
        return _("No other joint share is open then: the lead can finish the event")
    return _("Still open then: the share of %(joint)s") % {"joint": _(", ").join(others)}


def _share_returned(outlook: Outlook) -> str:
    share = outlook.own_share()
    if share is None or share.return_until is None:
        return ""
    until = _("May be returned until %(when)s") % {"when": _when(share.return_until, outlook.now)}
    return _sentences(until, _("The event stays with its lead; the dispatcher is told"))


def _extension_asked(outlook: Outlook) -> str:
    event = outlook.event
    if event.stage_due_at is None:
        return ""
    left = MOST_EXTENSIONS - event.extensions
    until = _("Can be asked for until %(when)s") % {"when": _when(event.stage_due_at, outlook.now)}
    often = ngettext("%(left)d extension is left", "%(left)d extensions are left", left) % {"left": left}
    return _sentences(until, often)


def _extended(outlook: Outlook) -> str:
    """The new deadline, counted on from the old one."""
    timer, waiting = outlook.running(Stage.HANDLE), _waiting(outlook)
    if timer is None or waiting is None or waiting.minutes is None:
        return ""
    clock, calendar = Clock(timer.clock), outlook.hours(timer.organisation)
    due = add(timer.due_at, waiting.minutes, clock, calendar)
    why = reasons(timer.due_at, due, clock, calendar)
    amount = _("%(amount)s more") % {"amount": amount_in_words(Allowance.of_minutes(waiting.minutes, clock))}
    return _worded(Stage.HANDLE, due, amount, outlook.now, why)


def _suspended(outlook: Outlook) -> str:
    timer, waiting = outlook.running(Stage.HANDLE), _waiting(outlook)
    if timer is None or waiting is None or waiting.until is None:
        return ""
    still = _("Its clock stands still until it is resumed, looked at again by %(when)s") % {
        "when": _when(waiting.until, outlook.now)
    }
    return _sentences(still, _left(timer, outlook))


def _resumed(outlook: Outlook) -> str:
    """What was left when it stood still is left now."""
    timer, now = outlook.running(Stage.HANDLE), outlook.now
    if timer is None:
        return ""
    if timer.used_min >= timer.allowance_min:
        return _left(timer, outlook)
    clock, calendar = Clock(timer.clock), outlook.hours(timer.organisation)
    found = running(clock, timer.allowance_min, now, calendar, used=timer.used_min)
    why = reasons(now, found.due, clock, calendar)
    left = Allowance.of_minutes(timer.allowance_min - timer.used_min, clock)
    amount = _("%(amount)s left") % {"amount": amount_in_words(left)}
    return _worded(Stage.HANDLE, found.due, amount, now, why, begins=why.begins)


def _left(timer: Timer, outlook: Outlook) -> str:
    calendar = outlook.hours(timer.organisation)
    left = timer.allowance_min - used_minutes(timer=timer, now=outlook.now, calendar=calendar)
    if left <= 0:
        return _("The time for the work is used up: it was due by %(when)s") % {
            "when": _when(timer.due_at, outlook.now)
        }
    amount = amount_in_words(Allowance.of_minutes(left, Clock(timer.clock)))
    return _("Of the time for the work %(amount)s are left") % {"amount": amount}


def _finished(outlook: Outlook) -> str:
    """Until when it is checked, and by whom: the grid's officer, else the centre's checkers."""
    event = outlook.event
    due = _due(Stage.CHECK, terms_of(event), outlook.now, outlook.hours(event.holder)).words
    barred = handlers(outlook.tasks) | {outlook.reader}
    walking = officers_of(grid=event.grid_id, at=outlook.now) if event.grid_id is not None else ()
    name = next((one.name for one in walking if one.user not in barred), None)
    if name is not None:
        return _sentences(due, _("%(name)s, who walks the grid, is asked to check it") % {"name": name})
    asked = _("A checker of %(organisation)s is asked to check it") % {"organisation": event.holder.short_name}
    return _sentences(due, asked)


def _urgent(outlook: Outlook) -> str:
    """The allowances that get shorter; what stays is said of the stage alone."""
    event, now = outlook.event, outlook.now
    terms = replace(terms_of(event), urgent=True)
    said = [
        moved
        for timer in sorted(outlook.timers, key=lambda one: (one.task_id is not None, one.stage == Stage.WHOLE))
        if timer.stopped_at is None and follows_terms(event, timer) and (moved := _moved(timer, terms, outlook))
    ]
    if said:
        return _sentences(*said)
    if event.stage_due_at is None:
        return ""
    return _("The deadline of this stage stays: %(when)s") % {"when": _when(event.stage_due_at, now)}


def _moved(timer: Timer, terms: Terms, outlook: Outlook) -> str:
    calendar = outlook.hours(timer.organisation)
    found = recounted(
        stage=timer.stage, started=timer.started_at, due=timer.due_at, now=outlook.now, terms=terms, calendar=calendar
    )  # fmt: skip
    if found is None:
        return ""
    why = reasons(found.started, found.due, found.clock, calendar)
    amount = amount_in_words(Allowance.of_minutes(found.minutes, found.clock))
    begins = max(found.started, why.begins)
    words = _worded(Stage(timer.stage), found.due, amount, outlook.now, why, begins=begins)
    if timer.task_id is None or timer.organisation is None:
        return words
    return _("%(organisation)s: %(effect)s") % {"organisation": timer.organisation.short_name, "effect": words}


def _merged(_outlook: Outlook) -> str:
    return _("Its clocks stand still; its reporter and its tickets get the answer of the other event")


def _parted(outlook: Outlook) -> str:
    """Where it goes back to; what was left then is left now."""
    state = outlook.event.merged_from
    label = StateLabel(state).label if state in StateLabel.values else state
    return _("It goes back to: %(state)s, with the time that was left") % {"state": label}


def _waiting(outlook: Outlook) -> Application | None:
    if not outlook.event.asked:
        return None
    return Application.objects.filter(event=outlook.event, state=Application.State.ASKED).first()


def _in_hand(outlook: Outlook, kind: TaskKind) -> Task | None:
    return next((task for task in outlook.tasks if task.kind == kind and task.ended_at is None), None)


_EFFECTS: dict[Step, Callable[[Outlook], str]] = {
    Step.REQUEST_VERIFY: _entering(Stage.VERIFY),
    Step.CONFIRM: _taken_on,
    Step.CANNOT_TELL: _entering(Stage.ACCEPT),
    Step.ACCEPT: _taken_on,
    Step.DISPATCH: _elsewhere(Stage.SIGN),
    Step.SIGN: _entering(Stage.HANDLE),
    Step.RETURN: _returned,
    Step.REDISPATCH: _elsewhere(Stage.SIGN),
    Step.ESCALATE: _elsewhere(Stage.ACCEPT),
    Step.ASSIGN_DOWN: _elsewhere(Stage.ACCEPT),
    Step.ADD_JOINT: _elsewhere(Stage.SIGN),
    Step.JOINT_SIGN: _share_signed,
    Step.JOINT_FINISH: _share_finished,
    Step.JOINT_RETURN: _share_returned,
    Step.REQUEST_EXTENSION: _extension_asked,
    Step.GRANT_EXTENSION: _extended,
    Step.APPROVE_SUSPENSION: _suspended,
    Step.RESUME: _resumed,
    Step.FINISH: _finished,
    Step.PASS_CHECK: _entering(Stage.CLOSE),
    Step.FAIL_CHECK: _entering(Stage.HANDLE),
    Step.REOPEN: _reopened,
    Step.MARK_URGENT: _urgent,
    Step.MERGE: _merged,
    Step.UNMERGE: _parted,
}
