"""The one door for new events: from a phone, a centre, or the hotline."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import ClientKey, Event, Evidence, Photo, Source, Ticket
from events.policy import may_report, scope_of
from events.selectors import rows
from events.services import deeds, evidence, ledger, routing
from events.services.effects import put, set_category
from events.services.placing import place_by_address
from events.workflow import Step
from grid.models import Organisation, Role
from grid.policy import Access, Duty
from grid.refusals import Conflict, Forbidden, Invalid
from grid.selectors.planned import Planned


@dataclass(frozen=True)
class Receipt:
    """What the sender is told: the event's line. `made` is false when this report had already arrived."""

    row: dict[str, Any]
    made: bool


def report(*, access: Access, report: deeds.Report, now: datetime | None = None) -> Receipt:
    """Take a report from a person. The same client id again gives the same receipt, for ever.

    Raises Invalid (what to mend; a place outside the city names the nearest grid), Forbidden (not this person's to
    report), Conflict (the client id was used for another report).
    """
    report.check()
    if access.user is None:
        raise Forbidden("not-a-person", _("Sign in first."))
    digest = _digest(report)
    known = _known(access, report, digest)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _take(access, access.user, report, digest, now or timezone.now())
    except IntegrityError:
        known = _known(access, report, digest)
        if known is None:
            raise
        return known


_keys = Planned[ClientKey](lambda client_id: ClientKey.objects.filter(pk=client_id), UUID(int=0))


def _known(access: Access, report: deeds.Report, digest: str) -> Receipt | None:
    """The receipt given before for this client id, if there is one. Raises Conflict when the report differs."""
    key = _keys.first(report.client_id)
    if key is None:
        return None
    if key.digest != digest or key.user_id != access.user:
        raise Conflict("client-id-used", _("This client id was used for another report. Take a new one."))
    return Receipt(row=key.answer, made=False)


def _digest(report: deeds.Report) -> str:
    """What makes two reports the same: their fields and the photos' digests, not how they travelled."""
    own = report.self_resolution
    fields = [
        report.category, report.point.lng, report.point.lat, report.point.crs.value, report.text, report.address,
        list(report.photos), report.urgent, [own.text, list(own.photos)] if own else None,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def _take(access: Access, user: int, report: deeds.Report, digest: str, now: datetime) -> Receipt:
    event = Event(source=Source.OFFICER, reporter_id=user, reported_at=now, urgent=report.urgent)
    category = set_category(event, report.category)
    put(event, report.point)
    event.address = report.address
    decision = may_report(access, grid=event.grid_id, path=event.path)
    if not decision.allowed or decision.duty is None:
        raise Forbidden("report-not-yours", decision.reason)
    duty = decision.duty
    if duty.role == Role.ACCEPTOR:
        event.source = Source.CENTRE
    before = _photos(access, report.photos, event, Evidence.Shows.BEFORE)
    if duty.role == Role.GRID_OFFICER and not before:
        raise Invalid("photo-needed", _("Add a photo of what is wrong."), field="photos")
    _hold(event, routing.holder_for(path=event.path, category=category, source=event.source), now)
    author = ledger.Author(access=access, duty=duty, now=now, device_at=report.device_at)
    ledger.open_entry(event=event, author=author, said=ledger.Said(text=report.text.strip(), photos=before))
    if report.self_resolution is not None:
        _solve(event, author, report.self_resolution)
    answer = rows.as_json(rows.row(event))
    ClientKey.objects.create(id=report.client_id, user_id=user, digest=digest, event=event, answer=answer)
    return Receipt(row=answer, made=True)


def take_ticket(
    *, access: Access, duty: Duty, ticket: Ticket, text: str, category: str | None, point: deeds.GivenPoint | None,
    address: str, urgent: bool, now: datetime,
) -> Event:  # fmt: skip
    """Take what the hotline handed in, in the caller's transaction, and tie its ticket to the new event.

    Without a point it is placed by its address where that is sure. One outside the city leaves it without a place; an
    unknown category is left out.
    """
    event = Event(source=Source.HOTLINE, reported_at=now, urgent=urgent, address=address[:300])
    payload: dict[str, Any] = {}
    if category:
        _try(lambda: set_category(event, category), payload, "category")
    if point:
        _try(lambda: put(event, point), payload, "point")
    else:
        place_by_address(event, payload)
    event.restricted = event.restricted or ticket.secret
    _hold(event, routing.holder_for(path=event.path, category=event.category, source=event.source), now)
    author = ledger.Author(access=access, duty=duty, now=now)
    ledger.open_entry(event=event, author=author, said=ledger.Said(text=text.strip(), payload=payload), ticket=ticket)
    return event


@dataclass(frozen=True)
class Alarmed:
    """What a source says: words, where, of which category, and what the journal keeps about it."""

    text: str
    category: str | None
    urgent: bool
    point: deeds.GivenPoint | None
    address: str
    about: dict[str, Any]


def take_alarm(*, access: Access, duty: Duty, alarmed: Alarmed, now: datetime) -> Event:
    """Take what an alarm, a device or a partner's system says, in the caller's transaction.

    The centre of its region holds it; without a place that is known the city's, where it waits to be placed.
    """
    event = Event(source=Source.SOURCE, reported_at=now, urgent=alarmed.urgent, address=alarmed.address[:300])
    payload = dict(alarmed.about)
    code, point = alarmed.category, alarmed.point
    if code:
        _try(lambda: set_category(event, code), payload, "category")
    if point:
        _try(lambda: put(event, point), payload, "point")
    _hold(event, routing.holder_for(path=event.path, category=event.category, source=event.source), now)
    author = ledger.Author(access=access, duty=duty, now=now)
    ledger.open_entry(event=event, author=author, said=ledger.Said(text=alarmed.text.strip(), payload=payload))
    return event


def _try(change: Any, payload: dict[str, Any], name: str) -> None:
    """Apply what a ticket says if it can be; if not, keep why, for the acceptor to put right."""
    try:
        change()
    except Invalid as refusal:
        payload[name] = {"refused": refusal.code, "detail": str(refusal.detail)}


def _hold(event: Event, holder: Organisation, now: datetime) -> None:
    event.holder = holder
    event.level = holder.level
    event.passed = [holder.pk]
    event.no = number_of(timezone.localdate(now))


def _solve(event: Event, author: ledger.Author, own: deeds.SelfResolution) -> None:
    """Solved on the spot, in the same transaction: a second step with photos taken after it."""
    if event.category is None or not event.category.self_resolvable:
        raise Invalid(
            "not-self-resolvable", _("This category can't be closed on the spot. Report it instead."), field="category"
        )
    if author.duty.role != Role.GRID_OFFICER:
        raise Forbidden("step-not-yours", _("Only the grid's officer closes on the spot."))
    after = _photos(author.access, own.photos, event, Evidence.Shows.AFTER)
    if not after:
        raise Invalid("photo-needed", _("Add a photo taken after the work."), field="self_resolve.photos")
    seen = scope_of(event)
    said = ledger.Said(text=own.text.strip(), photos=after)
    ledger.step_entry(event=event, step=Step.SELF_RESOLVE, seen=seen, author=author, said=said)


def _photos(
    access: Access, digests: tuple[str, ...], event: Event, shows: Evidence.Shows
) -> tuple[tuple[Photo, str, float | None], ...]:
    found = evidence.own_photos(access, digests)
    return tuple((photo, shows.value, evidence.metres_from(event, photo)) for photo in found)


_bases: dict[date, int] = {}


def number_of(day: date) -> str:
    """The next number of a day: EV, the date, four digits or more. Numbers never repeat; a rollback leaves a gap."""
    with connection.cursor() as cursor:
        base = _bases.get(day)
        if base is None:
            cursor.execute(
                "INSERT INTO events_numberbase (day, base) "
                "SELECT %s, CASE WHEN is_called THEN last_value ELSE 0 END FROM event_number_seq "
                "ON CONFLICT (day) DO UPDATE SET base = events_numberbase.base RETURNING base",
                [day],
            )
            base = int(cursor.fetchone()[0])
            kept = base
            transaction.on_commit(lambda: _bases.setdefault(day, kept))
        cursor.execute("SELECT nextval('event_number_seq')")
        number = int(cursor.fetchone()[0]) - base
    return f"EV{day:%Y%m%d}-{number:04d}"
