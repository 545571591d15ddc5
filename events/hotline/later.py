"""What the hotline says of an order after its `new`: urges, supplements, revisits, withdrawals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from events.hotline.payloads import Message
from events.models import Event, Satisfaction, Source, Ticket
from events.services import deeds
from events.services.advance import advance
from events.workflow import ENDED, State, Step, transition
from grid.policy import Access
from grid.refusals import Refusal

_MOST_ATTACHMENTS = 100


@dataclass(frozen=True)
class Later:
    """One message about an order, as far as it can still do something."""

    kind: str
    words: str
    attachments: tuple[str, ...]
    satisfaction: int | None

    @classmethod
    def of(cls, message: Message) -> "Later":
        """From a message that has just come."""
        return cls(message.kind, message.content, message.attachments, message.satisfaction)

    @classmethod
    def kept(cls, kind: str, payload: Mapping[str, Any]) -> "Later":
        """From one that had waited."""
        return cls(kind, payload["content"], tuple(payload.get("attachments", ())), payload.get("satisfaction"))


@dataclass(frozen=True)
class Effect:
    """Whether it did something, and what there is to say of it."""

    applied: bool
    detail: str = ""


def apply(later: Later, ticket: Ticket, access: Access, now: datetime) -> Effect:
    """Apply a message to the event that its ticket answers, as that stands; an ended one is left as it is.

    A citizen who is not satisfied has the event taken up again, where that is still possible.
    """
    event = _locked(ticket)
    _keep_with_ticket(later, ticket)
    deed = _deed(later, ticket.order_no, event)
    if deed is None:
        return Effect(False, _("It has ended; the message is kept with the order."))
    event = advance(access=access, no=event.no, version=event.version, deed=deed, now=now)
    if later.satisfaction == Satisfaction.UNHAPPY:
        return Effect(True, _take_up_again(later, event, access, now))
    return Effect(True)


def _locked(ticket: Ticket) -> Event:
    """The event that the ticket answers once nobody else can move the ticket to another one."""
    while True:
        assert ticket.event_id is not None  # noqa: S101 - the caller has asked
        event = Event.objects.select_for_update().get(pk=ticket.event_id)
        ticket.refresh_from_db()
        if ticket.event_id == event.pk:
            return event


def _keep_with_ticket(later: Later, ticket: Ticket) -> None:
    if later.attachments:
        ticket.attachments = list(dict.fromkeys([*ticket.attachments, *later.attachments]))[:_MOST_ATTACHMENTS]
    if later.satisfaction is not None:
        ticket.satisfaction = later.satisfaction
    ticket.save(update_fields=["attachments", "satisfaction"])


def _deed(later: Later, order_no: str, event: Event) -> deeds.Deed | None:
    """What the message comes to as the event stands; None: nothing."""
    state = State(event.state)
    if state not in transition(Step.REVISIT).sources:
        return None
    if later.kind == "revisit":
        return deeds.Revisit(text=later.words, order_no=order_no, satisfaction=later.satisfaction)
    if state in ENDED:
        return None
    if later.kind == "urge":
        return deeds.Urge(text=later.words)
    if later.kind == "supplement":
        return deeds.Supplement(text=later.words, order_no=order_no, attachments=later.attachments)
    return _withdrawal(later, event)


def _withdrawal(later: Later, event: Event) -> deeds.Deed:
    """It ends what has not been given to anybody, and what nobody else waits for; otherwise it is a note."""
    if State(event.state) in transition(Step.WITHDRAW).sources and _nobody_else(event):
        return deeds.Withdraw(text=later.words)
    return deeds.Note(text=later.words or _("The hotline withdrew its ticket; the work goes on."))


def _nobody_else(event: Event) -> bool:
    """Whether one ticket alone told of it: nobody of ours, and no other event that was merged into it."""
    return event.source == Source.HOTLINE and event.taken_in == 0 and event.tickets.count() == 1


def _take_up_again(later: Later, event: Event, access: Access, now: datetime) -> str:
    """What became of it: a sentence for the hotline."""
    if State(event.state) not in ENDED:
        return _("The work is still going on; what was said is kept with it.")
    words = _("The citizen is not satisfied.")
    text = f"{words} {later.words}"[: deeds.LONGEST_TEXT].strip()
    try:
        advance(access=access, no=event.no, version=event.version, deed=deeds.Reopen(text=text), now=now)
    except Refusal as refusal:
        return str(_("It is not taken up again: %s") % refusal.detail)
    return _("It is taken up again.")
