"""Keeping no longer than needed who called: some days after an event has ended the caller is removed.

With the caller's own row go the name, the number and any other mobile number from every text of the event, each as a
journalled redaction, and what messages that did nothing had said.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from events.models import Caller, Event, HotlineMessage, JournalEntry, Ticket
from events.personal import without
from events.policy import WATCH
from events.services import deeds
from events.services.advance import advance
from grid.fields import Unsealable, unseal
from grid.policy import Access, Duty

log = logging.getLogger("wangge.retention")
MOST = 500  # tickets in one go; the next run goes on


def purge(*, now: datetime, days: int) -> int:
    """Remove what is personal of events that ended more than `days` ago, 500 orders at most; of how many.

    Killed in between it goes on where it was: an order is done whole, or not at all.
    """
    before = now - timedelta(days=days)
    found = Ticket.objects.filter(event__ended_at__lt=before, purged_at__isnull=True).order_by("event__ended_at")
    done = sum(_purge_or_leave(number, before, now) for number in found.values_list("pk", flat=True)[:MOST])
    orphans = HotlineMessage.objects.filter(ticket__event__isnull=True, received_at__lt=before)
    for message in orphans.exclude(payload__content="")[:MOST]:
        _forget_words(message)
    return done


def _purge_or_leave(number: int, before: datetime, now: datetime) -> int:
    """One that can't be purged keeps no other from it; it is tried again at the next run."""
    try:
        return _purge(number, before, now)
    except OperationalError:
        raise
    except Exception:
        log.exception("what is personal of ticket %d could not be removed", number)
        return 0


@transaction.atomic
def _purge(number: int, before: datetime, now: datetime) -> int:
    events = Event.objects.filter(tickets=number).select_related("holder__region").defer("holder__region__boundary")
    event = events.select_for_update(of=("self",)).first()
    ticket = Ticket.objects.select_for_update().get(pk=number)
    if event is None or event.ended_at is None or event.ended_at >= before or ticket.purged_at is not None:
        return 0  # it was taken up again, or another worker came first
    name, phone = _caller(ticket)
    for entry in JournalEntry.objects.filter(event=event, text__isnull=False).select_related("text"):
        _redact(event, entry, name, phone, now)
    Caller.objects.filter(ticket=ticket).delete()
    for message in HotlineMessage.objects.filter(ticket=ticket):
        _forget_words(message)
    ticket.purged_at = now
    ticket.save(update_fields=["purged_at"])
    return 1


def _caller(ticket: Ticket) -> tuple[str, str]:
    """Name and number; none where they can't be read any more."""
    caller = Caller.objects.filter(ticket=ticket).first()
    try:
        return (unseal(bytes(caller.name)), unseal(bytes(caller.phone))) if caller else ("", "")
    except Unsealable:
        log.error("the caller of ticket %d was sealed with another key; it is removed unread", ticket.pk)
        return "", ""


def _redact(event: Event, entry: JournalEntry, name: str, phone: str, now: datetime) -> None:
    body = entry.text.body if entry.text else ""
    instead = without(body, name=name, phone=phone)
    if instead == body:
        return
    version = Event.objects.values_list("version", flat=True).get(pk=event.pk)
    with translation.override(settings.LANGUAGE_CODE):  # kept with the event, so not in any one reader's language
        why = _("The time for keeping who called is over.")
    deed = deeds.Redact(text=why, entry=entry.version, instead=instead)
    advance(access=_the_house(event), no=event.no, version=version, deed=deed, now=now)


def _forget_words(message: HotlineMessage) -> None:
    if message.payload.get("content"):
        message.payload["content"] = ""
        message.save(update_fields=["payload"])


def _the_house(event: Event) -> Access:
    holder = event.holder
    duty = Duty(
        role=WATCH, organisation=holder.pk, organisation_name=holder.short_name, organisation_kind=holder.kind,
        level=holder.level, public=True, path=holder.region.path, grid=None, grid_path="",
    )  # fmt: skip
    return Access(user=None, name=WATCH, duties=(duty,))
