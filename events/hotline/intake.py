"""Messages of the hotline in: at least once and in any order, each applied once and answered alike for ever."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events import mapping
from events.hotline import later, machines, payloads, signature
from events.hotline.later import Later
from events.hotline.once import Answer, digest_of, in_their_names, ours, stored, wait_for_turn
from events.hotline.payloads import Message
from events.models import Caller, Category, Event, HotlineMessage, StateLabel, Ticket
from events.policy import MACHINE
from events.services import senders
from events.services.report import take_ticket
from events.services.senders import Known
from grid import fields
from grid.policy import Access
from grid.refusals import Invalid
from grid.selectors.planned import NUMBER, TEXT, TEXTS, Planned, among

WAITS = 202  # the answer to a message whose order has not come yet


def take(*, body: bytes, headers: Mapping[str, str], address: str | None, request_id: str) -> Answer:
    """Take one signed message. The same id with the same body, however newly signed, is answered as before.

    Raises signature.Unsigned, Invalid (a body that can't be taken), Conflict (the id stood over another body),
    Unavailable (no ground or no centre is set up). Nothing is written then.
    """
    sender = senders.hotline(now=timezone.now())
    message_id = signature.verify(body=body, headers=headers, secrets=sender.keys)
    with transaction.atomic():
        wait_for_turn(f"message {message_id}")  # one that came twice at once is answered as the other was
        digest = digest_of(body)
        known = stored(_messages.first(message_id), digest)
        if known is not None:
            return known
        message = _parsed(body, sender, message_id)
        return _apply_once(message, digest, sender, hotline(address=address, request_id=request_id))


def hotline(*, address: str | None = None, request_id: str = "") -> Access:
    """The hotline as somebody at our doors: at the city's centre, without an account. Raises Unavailable."""
    return machines.at_the_city(role=MACHINE, name="12345", address=address, request_id=request_id)


def _parsed(body: bytes, sender: Known, message_id: str) -> Message:
    message = payloads.parse(ours(body, sender, mapping.HOTLINE, message_id))
    if message.message_id != message_id:
        raise Invalid("message-id-differs", _("message_id must equal the header webhook-id."), field="message_id")
    return message


_messages = Planned[HotlineMessage](lambda number: HotlineMessage.objects.filter(pk=number), TEXT)
_tickets = Planned[Ticket](lambda number: Ticket.objects.filter(order_no=number), TEXT)
_events = Planned[Event](lambda number: Event.objects.filter(pk=number), NUMBER)


def _apply_once(message: Message, digest: str, sender: Known, access: Access) -> Answer:
    """Apply and keep a message that has not come before."""
    wait_for_turn(f"order {message.order_no}")
    now = timezone.now()
    ticket = _tickets.first(message.order_no) or Ticket(order_no=message.order_no)
    answer = _apply(message, ticket, access, now)
    told = in_their_names(answer, sender)
    HotlineMessage.objects.create(
        message_id=message.message_id, ticket=ticket, kind=message.kind, body_sha256=digest, received_at=now,
        applied_at=None if answer.status == WAITS else now, status=answer.status, answer=told.body,
        payload=message.without_caller(said_elsewhere=bool(answer.body["applied"])),
    )  # fmt: skip
    return told


def _apply(message: Message, ticket: Ticket, access: Access, now: datetime) -> Answer:
    if message.kind == "new":
        return _new(message, ticket, access, now)
    if ticket.event_id is None:
        if ticket._state.adding:
            ticket.save()
        return Answer(WAITS, {"order_no": ticket.order_no, "event_no": None, "state": None, "applied": False})
    effect = later.apply(Later.of(message), ticket, access, now)
    return _told(ticket, applied=effect.applied, detail=effect.detail)


def _new(message: Message, ticket: Ticket, access: Access, now: datetime) -> Answer:
    if ticket.event_id is not None:
        return _told(ticket, applied=False)
    _fill(ticket, message)
    unheard_of = ticket._state.adding
    take_ticket(
        access=access, duty=access.duties[0], ticket=ticket, text=message.content, category=_code(message.categories),
        point=message.point, address=message.address, urgent=message.urgent, now=now,
    )  # fmt: skip
    if message.caller or message.caller_phone:
        Caller.objects.create(ticket=ticket, name=fields.seal(message.caller), phone=fields.seal(message.caller_phone))
    if not unheard_of:
        _apply_waiting(ticket, access, now)
    return _told(ticket, applied=True, status=201)


def _fill(ticket: Ticket, message: Message) -> None:
    ticket.order_type, ticket.channel = message.order_type, message.channel
    ticket.accepted_at, ticket.reply_deadline = message.accept_time, message.reply_deadline
    ticket.want_callback, ticket.secret = message.want_callback, message.secret
    ticket.attachments = list(message.attachments)


def _named(names: list[str]) -> QuerySet[Category, tuple[str, str]]:
    found = Category.objects.filter(Q(name__in=among(names)) | Q(code__in=among(names)), active=True)
    return found.order_by("code").values_list("code", "name")


_categories = Planned[tuple[str, str]](_named, TEXTS)


def _code(named: Sequence[str]) -> str | None:
    """The code of the first category that we have by code or name; else the first as it was named, to be refused."""
    codes = {key: code for code, name in _categories.rows(list(named)) for key in (name, code)} if named else {}
    return next((codes[name] for name in named if name in codes), named[0] if named else None)


def _apply_waiting(ticket: Ticket, access: Access, now: datetime) -> None:
    """What had come before its `new`, in the order of arrival."""
    waiting = HotlineMessage.objects.filter(ticket=ticket, applied_at__isnull=True)
    for kept in waiting.order_by("received_at", "message_id"):
        effect = later.apply(Later.kept(kept.kind, kept.payload), ticket, access, now)
        kept.applied_at = now
        if effect.applied:
            kept.payload["content"] = ""  # it stands with the event now
        kept.save(update_fields=["applied_at", "payload"])


def _told(ticket: Ticket, *, applied: bool, status: int = 200, detail: str = "") -> Answer:
    (event,) = _events.rows(ticket.event_id)
    label = str(StateLabel(event.state).label)
    body = {
        "order_no": ticket.order_no, "event_no": event.no, "state": event.state, "state_label": label,
        "applied": applied, **({"detail": detail} if detail else {}),
    }  # fmt: skip
    return Answer(status, body)
