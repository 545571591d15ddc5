"""Messages of the hotline in: at least once and in any order, each applied once and answered alike for ever."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.hotline import payloads, signature
from events.hotline.payloads import Message
from events.models import Caller, Category, Event, HotlineMessage, Source, StateLabel, Ticket
from events.policy import MACHINE
from events.services import deeds
from events.services.advance import advance
from events.services.report import take_ticket
from events.workflow import ENDED, State, Step, transition
from grid import fields, strict_json
from grid.models import Level, Organisation, OrganisationKind
from grid.policy import Access, Duty
from grid.refusals import Conflict, Invalid, Unavailable

WAITS = 202  # the answer to a message whose order has not come yet


@dataclass(frozen=True)
class Answer:
    """What the hotline is told: an HTTP status, and our number with the state."""

    status: int
    body: dict[str, Any]


def take(
    *, body: bytes, headers: Mapping[str, str], secrets: Sequence[str], address: str | None, request_id: str
) -> Answer:
    """Take one signed message. The same id with the same body, however newly signed, is answered as before.

    Raises signature.Unsigned, Invalid (a body that can't be taken), Conflict (the id stood over another body),
    Unavailable (no ground or no centre is set up). Nothing is written then.
    """
    message_id = signature.verify(body=body, headers=headers, secrets=secrets)
    digest = hashlib.sha256(body).hexdigest()
    known = _known(message_id, digest)
    if known is not None:
        return known
    message = _parsed(body, message_id)
    with transaction.atomic():
        return _apply_once(message, digest, hotline(address=address, request_id=request_id))


def hotline(*, address: str | None = None, request_id: str = "") -> Access:
    """The hotline as somebody at our doors: at the city's centre, without an account. Raises Unavailable."""
    centre = (
        Organisation.objects.filter(kind=OrganisationKind.CENTRE, level=Level.CITY)
        .select_related("region")
        .defer("region__boundary")
        .first()
    )
    if centre is None:
        raise Unavailable("no-centre", _("No command centre is set up for this place. Tell the administrator."))
    duty = Duty(
        role=MACHINE, organisation=centre.pk, organisation_name=centre.short_name, organisation_kind=centre.kind,
        level=centre.level, public=True, path=centre.region.path, grid=None, grid_path="",
    )  # fmt: skip
    return Access(user=None, name="12345", duties=(duty,), address=address, request_id=request_id)


def _parsed(body: bytes, message_id: str) -> Message:
    try:
        message = payloads.parse(strict_json.loads(body))
    except strict_json.NotJson as error:
        raise Invalid("not-json", _("The body can't be read: %s") % error) from None
    if message.message_id != message_id:
        raise Invalid("message-id-differs", _("message_id must equal the header webhook-id."), field="message_id")
    return message


def _known(message_id: str, digest: str) -> Answer | None:
    """The answer given to this id before, if it was. Raises Conflict when that was another body."""
    kept = HotlineMessage.objects.filter(pk=message_id).first()
    if kept is None:
        return None
    if kept.body_sha256 != digest:
        raise Conflict("message-id-used", _("This message id stood over another body. Take a new id."))
    return Answer(kept.status, kept.answer)


def _apply_once(message: Message, digest: str, access: Access) -> Answer:
    """Apply and keep a message; one that came twice at once is answered as the other was."""
    _wait_for_turn(f"message {message.message_id}")
    known = _known(message.message_id, digest)
    if known is not None:
        return known
    _wait_for_turn(f"order {message.order_no}")
    now = timezone.now()
    ticket, _made = Ticket.objects.get_or_create(order_no=message.order_no)
    answer = _apply(message, ticket, access, now)
    HotlineMessage.objects.create(
        message_id=message.message_id, ticket=ticket, kind=message.kind, body_sha256=digest, received_at=now,
        applied_at=None if answer.status == WAITS else now, status=answer.status, answer=answer.body,
        payload=message.without_caller(),
    )  # fmt: skip
    return answer


def _wait_for_turn(what: str) -> None:
    """Until this transaction ends, others about the same wait here; those about anything else don't."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('hotline ' || %s, 0))", [what])


def _apply(message: Message, ticket: Ticket, access: Access, now: datetime) -> Answer:
    if message.kind == "new":
        return _new(message, ticket, access, now)
    if ticket.event is None:
        return Answer(WAITS, {"order_no": ticket.order_no, "event_no": None, "state": None, "applied": False})
    return _told(ticket, applied=_later(message.kind, message.content, ticket, access, now))


def _new(message: Message, ticket: Ticket, access: Access, now: datetime) -> Answer:
    if ticket.event is not None:
        return _told(ticket, applied=False)
    ticket.order_type, ticket.channel = message.order_type, message.channel
    ticket.accepted_at, ticket.reply_deadline = message.accept_time, message.reply_deadline
    ticket.want_callback, ticket.secret = message.want_callback, message.secret
    ticket.attachments = list(message.attachments)
    take_ticket(
        access=access, duty=access.duties[0], ticket=ticket, text=message.content, category=_code(message.categories),
        point=message.point, address=message.address, urgent=message.urgent, now=now,
    )  # fmt: skip
    if message.caller or message.caller_phone:
        Caller.objects.create(ticket=ticket, name=fields.seal(message.caller), phone=fields.seal(message.caller_phone))
    _apply_waiting(ticket, access, now)
    return _told(ticket, applied=True, status=201)


def _code(named: Sequence[str]) -> str | None:
    """The code of the first category that we have by code or name; else the first as it was named, to be refused."""
    found = Category.objects.filter(Q(name__in=named) | Q(code__in=named), active=True).order_by("code")
    codes = {key: code for code, name in found.values_list("code", "name") for key in (name, code)}
    return next((codes[name] for name in named if name in codes), named[0] if named else None)


def _later(kind: str, words: str, ticket: Ticket, access: Access, now: datetime) -> bool:
    """Apply what came after `new` to an event as it stands; whether it could be: an ended event is left as it is."""
    event = _answering(ticket)
    if State(event.state) in ENDED:
        return False
    advance(access=access, no=event.no, version=event.version, deed=_deed(kind, words, event), now=now)
    return True


def _answering(ticket: Ticket) -> Event:
    """The event that answers a ticket, locked: the one that it has moved to, if a merge was under way meanwhile."""
    while True:
        event = Event.objects.select_for_update().get(pk=Ticket.objects.values("event").get(pk=ticket.pk)["event"])
        if Ticket.objects.filter(pk=ticket.pk, event=event).exists():
            return event


def _deed(kind: str, words: str, event: Event) -> deeds.Deed:
    """An urge, a withdrawal where the work has not begun and nobody else waits for it, or a note: the work goes on."""
    if kind == "urge":
        return deeds.Urge(text=words)
    if kind == "withdraw" and State(event.state) in transition(Step.WITHDRAW).sources and _nobody_else(event):
        return deeds.Withdraw(text=words)
    if kind == "withdraw":
        return deeds.Note(text=words or _("The hotline withdrew its ticket; the work goes on."))
    return deeds.Note(text=words)


def _nobody_else(event: Event) -> bool:
    """Whether one ticket alone told of it: nobody of ours, and no other event that was merged into it."""
    return event.source == Source.HOTLINE and event.taken_in == 0 and event.tickets.count() == 1


def _apply_waiting(ticket: Ticket, access: Access, now: datetime) -> None:
    """What had come before its `new`, in the order of arrival."""
    if ticket.event is None:
        return
    waiting = HotlineMessage.objects.filter(ticket=ticket, applied_at__isnull=True)
    for kept in waiting.order_by("received_at", "message_id"):
        _later(kept.kind, kept.payload["content"], ticket, access, now)
        kept.applied_at = now
        kept.save(update_fields=["applied_at"])


def _told(ticket: Ticket, *, applied: bool, status: int = 200) -> Answer:
    event = Event.objects.get(tickets=ticket)
    label = str(StateLabel(event.state).label)
    body = {
        "order_no": ticket.order_no, "event_no": event.no, "state": event.state, "state_label": label,
        "applied": applied,
    }  # fmt: skip
    return Answer(status, body)
