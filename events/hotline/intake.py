"""Messages of the hotline in: at least once and in any order, each applied once and answered alike for ever."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.hotline import payloads, signature
from events.hotline.payloads import Message
from events.models import Caller, Category, Event, HotlineMessage, StateLabel, Ticket
from events.policy import MACHINE
from events.services import deeds
from events.services.advance import advance
from events.services.report import take_ticket
from events.workflow import ENDED, State, Step, transition
from grid import fields, strict_json
from grid.models import Level, Organisation, OrganisationKind
from grid.policy import Access, Duty
from grid.refusals import Conflict, Invalid, Unavailable


@dataclass(frozen=True)
class Answer:
    """What the hotline is told: an HTTP status, and our number with the state."""

    status: int
    body: dict[str, Any]


def take(*, body: bytes, headers: dict[str, str], secrets: list[str], address: str | None, request_id: str) -> Answer:
    """Take one signed message. The same id with the same body, however newly signed, is answered as before.

    Raises signature.Unsigned, Invalid (a body that can't be taken), Conflict (the id stood over another body).
    """
    message_id = signature.verify(body=body, headers=headers, secrets=secrets)
    digest = hashlib.sha256(body).hexdigest()
    known = _known(message_id, digest)
    if known is not None:
        return known
    try:
        message = payloads.parse(strict_json.loads(body))
    except strict_json.NotJson as error:
        raise Invalid("not-json", _("The body can't be read: %s") % error) from None
    if message.message_id != message_id:
        raise Invalid("message-id-differs", _("message_id must equal the header webhook-id."), field="message_id")
    try:
        with transaction.atomic():
            return _apply_once(message, digest, hotline(address=address, request_id=request_id))
    except IntegrityError:
        known = _known(message_id, digest)
        if known is None:
            raise
        return known


def hotline(*, address: str | None = None, request_id: str = "") -> Access:
    """The hotline as somebody at our doors: at the city's centre, without an account. Raises Unavailable."""
    centre = (
        Organisation.objects.filter(kind=OrganisationKind.CENTRE, level=Level.CITY).select_related("region").first()
    )
    if centre is None:
        raise Unavailable("no-centre", _("No command centre is set up for this place. Tell the administrator."))
    duty = Duty(
        role=MACHINE, organisation=centre.pk, organisation_name=centre.short_name, organisation_kind=centre.kind,
        level=centre.level, public=True, path=centre.region.path, grid=None, grid_path="",
    )  # fmt: skip
    return Access(user=None, name="12345", duties=(duty,), address=address, request_id=request_id)


def _known(message_id: str, digest: str) -> Answer | None:
    kept = HotlineMessage.objects.filter(pk=message_id).first()
    if kept is None:
        return None
    if kept.body_sha256 != digest:
        raise Conflict("message-id-used", _("This message id stood over another body. Take a new id."))
    return Answer(kept.status, kept.answer)


def _apply_once(message: Message, digest: str, access: Access) -> Answer:
    now = timezone.now()
    with connection.cursor() as cursor:  # messages of one order wait for each other, those of others don't
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('hotline ' || %s, 0))", [message.order_no])
    ticket, _made = Ticket.objects.get_or_create(order_no=message.order_no)
    kept = HotlineMessage(
        message_id=message.message_id, ticket=ticket, kind=message.kind, body_sha256=digest,
        payload=message.without_caller() | {"content": message.content if message.kind != "new" else ""},
    )  # fmt: skip
    answer = _apply(message, ticket, access, now)
    kept.status, kept.answer = answer.status, answer.body
    kept.applied_at = None if answer.status == 202 else now
    kept.save(force_insert=True)
    if message.kind == "new":
        _apply_waiting(ticket, access, now)
    return answer


def _apply(message: Message, ticket: Ticket, access: Access, now: datetime) -> Answer:
    if message.kind == "new":
        return _new(message, ticket, access, now)
    if ticket.event is None:
        return Answer(202, {"order_no": ticket.order_no, "event_no": None, "state": None, "applied": False})
    return _told(ticket, applied=_later(message.kind, message.content, ticket.event, access, now))


def _new(message: Message, ticket: Ticket, access: Access, now: datetime) -> Answer:
    if ticket.event is not None:
        return _told(ticket, applied=False)
    ticket.order_type, ticket.channel = message.order_type, message.channel
    ticket.accepted_at, ticket.reply_deadline = message.accept_time, message.reply_deadline
    ticket.want_callback, ticket.secret = message.want_callback, message.secret
    ticket.attachments = list(message.attachments)
    take_ticket(
        access=access, duty=access.duties[0], ticket=ticket, text=message.content, category=_code(message.category),
        point=message.point, address=message.address, urgent=message.urgent, now=now,
    )  # fmt: skip
    if message.caller or message.caller_phone:
        Caller.objects.create(ticket=ticket, name=fields.seal(message.caller), phone=fields.seal(message.caller_phone))
    return _told(ticket, applied=True, status=201)


def _code(named: str | None) -> str | None:
    """Our code for a category that the hotline named by code or name; its own words otherwise, kept as unknown."""
    if not named:
        return None
    found = Category.objects.filter(name=named, active=True).values_list("code", flat=True).first()
    return found or named


def _later(kind: str, words: str, event: Event, access: Access, now: datetime) -> bool:
    """Apply an urge or a withdrawal to an event as it stands; whether it could be."""
    event = Event.objects.select_for_update().get(pk=event.pk)
    state = State(event.state)
    if state in ENDED:
        return False
    deed: deeds.Deed = deeds.Urge(text=words[: deeds.LONGEST_TEXT])
    if kind == "withdraw":
        possible = state in transition(Step.WITHDRAW).sources
        reason = words or _("The hotline withdrew its ticket; the work goes on.")
        deed = deeds.Withdraw(text=words) if possible else deeds.Note(text=reason)
    advance(access=access, no=event.no, version=event.version, deed=deed, now=now)
    return True


def _apply_waiting(ticket: Ticket, access: Access, now: datetime) -> None:
    """What had come before its `new`, in the order of arrival."""
    if ticket.event is None:
        return
    for kept in HotlineMessage.objects.filter(ticket=ticket, applied_at__isnull=True).order_by("received_at"):
        _later(kept.kind, str(kept.payload.get("content", "")), ticket.event, access, now)
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
