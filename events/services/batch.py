"""One step for several events: each through the one door, by its own version, in a transaction of its own.

Every event is answered for: done, refused with its reason, changed meanwhile, or not reached. One that is refused stops
none of the others, and sending a batch once more does nothing twice: what was done has another version by then.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import Error, InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event, StateLabel
from events.policy import visible_events
from events.selectors import rows
from events.services import deeds, routing
from events.services.advance import advance
from events.services.deeds import Deed
from events.workflow import Step
from grid.models import Organisation
from grid.policy import Access
from grid.refusals import Conflict, Invalid, Refusal

log = logging.getLogger(__name__)

MOST = 50
AWAY = "database-away"  # nothing further is tried


class Result(StrEnum):
    """What became of one event of a batch."""

    DONE = "done"
    REFUSED = "refused"
    CHANGED = "changed"
    UNREACHED = "unreached"


@dataclass(frozen=True)
class Item:
    """One event, as its sender saw it, and whom this one is for where it is given to somebody."""

    no: str
    version: int
    organisation: int | None = None
    joint: tuple[int, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of it; `detail` says why not, `code` the same for programs. After a step: version and state."""

    no: str
    result: Result
    code: str = ""
    detail: str = ""
    version: int | None = None
    state: str = ""
    state_label: str = ""


@dataclass(frozen=True)
class Offered:
    """An organisation that all events of a batch may be given to."""

    id: int
    name: str


@dataclass(frozen=True)
class Suggested:
    """Whom the rules name for one event, and why; none (with the words that say why) where they name nobody."""

    no: str
    organisation: int | None
    name: str
    joint: tuple[int, ...]
    reason: str


@dataclass(frozen=True)
class Plan:
    """Whom the events of a batch may be given to: all alike, and each by the rules. Unseen events are left out."""

    organisations: list[Offered]
    suggested: list[Suggested]


_DEEDS: Mapping[Step, Callable[[Item, str], Deed]] = {
    Step.ACCEPT: lambda _item, text: deeds.Accept(text=text),
    Step.SIGN: lambda _item, text: deeds.Sign(text=text),
    Step.JOINT_SIGN: lambda _item, text: deeds.JointSign(text=text),
    Step.DISPATCH: lambda item, text: deeds.Dispatch(text=text, organisation=item.organisation or 0, joint=item.joint),
    Step.COPY_TO: lambda item, text: deeds.CopyTo(text=text, organisation=item.organisation or 0),
    Step.NOTE: lambda _item, text: deeds.Note(text=text),
    Step.URGE: lambda _item, text: deeds.Urge(text=text),
}
STEPS = tuple(step.value for step in _DEEDS)


def take_all(
    *, access: Access, step: str, items: Sequence[Item], text: str = "", now: datetime | None = None
) -> list[Outcome]:
    """Take `step` on every event, in the order given; what became of each, in that order.

    Raises Invalid for no event, for more than `MOST`, for one named twice, and for a step that isn't one of `STEPS`.
    """
    chosen = _step(step)
    _check(items)
    outcomes: list[Outcome] = []
    for item in items:
        outcome = _taken(access, item, _DEEDS[chosen](item, text), now)
        outcomes.append(outcome)
        if outcome.code == AWAY:
            break
    return outcomes + [_unreached(item) for item in items[len(outcomes) :]]


def plan(*, access: Access, step: str, numbers: Sequence[str], now: datetime | None = None) -> Plan:
    """Whom these events may be given to by `step` (dispatch, copy_to). At most four queries for each of them.

    Raises Invalid as `take_all` does.
    """
    chosen = _step(step)
    _check([Item(no, 1) for no in numbers])
    found = rows.with_relations(Event.objects.filter(visible_events(access), no__in=list(numbers)))
    events = list(found.select_related("holder__region").defer(*rows.UNREAD, "holder__region__boundary").order_by("pk"))
    if chosen is Step.COPY_TO:
        return Plan(_in_common([routing.readers(event) for event in events]), [])
    receivers = {event.holder_id: routing.receivers_of(event.holder) for event in _one_of_each_holder(events)}
    at = now or timezone.now()
    choices = [(event, routing.choice(event, at=at, receivers=receivers[event.holder_id])) for event in events]
    return Plan(_in_common([*receivers.values()]), [_suggested(event, choice) for event, choice in choices])


def _one_of_each_holder(events: Sequence[Event]) -> list[Event]:
    return [*{event.holder_id: event for event in events}.values()]


def _in_common(offers: Sequence[Sequence[Organisation]]) -> list[Offered]:
    """Those that every event may be given to, in the first one's order."""
    if not offers:
        return []
    first, *others = offers
    known = [{one.pk for one in other} for other in others]
    return [Offered(one.pk, one.short_name) for one in first if all(one.pk in ids for ids in known)]


def _suggested(event: Event, choice: routing.Choice) -> Suggested:
    lead = choice.lead
    joint = tuple(one.organisation.pk for one in choice.candidates if one.role == routing.Part.JOINT)
    if lead is None:
        return Suggested(event.no, None, "", (), choice.suggestion.words)
    return Suggested(event.no, lead.pk, lead.short_name, joint, choice.suggestion.words)


def _step(code: str) -> Step:
    if code not in STEPS:
        raise Invalid("step-not-together", _("This step is taken one by one."), field="step")
    return Step(code)


def _check(items: Sequence[Item]) -> None:
    if not 0 < len(items) <= MOST:
        raise Invalid("batch-size", _("Choose between 1 and %d events.") % MOST, field="events")
    if len({item.no for item in items}) < len(items):
        raise Invalid("named-twice", _("Name every event once."), field="events")


def _taken(access: Access, item: Item, deed: Deed, now: datetime | None) -> Outcome:
    try:
        event = advance(access=access, no=item.no, version=item.version, deed=deed, now=now)
    except Refusal as refusal:
        result = Result.CHANGED if isinstance(refusal, Conflict) else Result.REFUSED
        return Outcome(item.no, result, refusal.code, str(refusal.detail))
    except Error as error:
        log.exception("a step of a batch failed on %s", item.no)
        return _unknown(item) if not _away(error) else _unreached(item)
    return Outcome(
        item.no, Result.DONE, version=event.version, state=event.state, state_label=str(StateLabel(event.state).label)
    )


def _away(error: Error) -> bool:
    """Whether the database itself is gone, rather than this one step broken off, as by a deadlock."""
    return isinstance(error, OperationalError | InterfaceError) and not connection.is_usable()


def _unreached(item: Item) -> Outcome:
    words = _("The database did not answer: it is not known whether it was done. Look at the event, then try again.")
    return Outcome(item.no, Result.UNREACHED, AWAY, words)


def _unknown(item: Item) -> Outcome:
    words = _("It went wrong: it is not known whether it was done. Look at the event.")
    return Outcome(item.no, Result.UNREACHED, "step-failed", words)
