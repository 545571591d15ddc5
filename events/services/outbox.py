"""What must leave the house: queued in the transaction of the step that it tells of, tried until it arrives or is dead.

Delivery is at least once. An attempt is claimed by a lease, made outside any transaction, and written down; a worker
that is killed in between leaves a lease that runs out, and the message goes out again under the same id.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs

from events.models import DeliveryAttempt, Event, OutboxMessage
from events.selectors.deliveries import MOST_AT_ONCE, READERS, Span, answerable, found_in
from events.services import senders
from events.workflow import Step
from grid.models import Level, OrganisationKind
from grid.policy import Access, Duty
from grid.refusals import Forbidden, Invalid, NotFound
from grid.selectors.prepared import prepared_cursor
from grid.services import audit

# Seconds before each attempt, as the Standard Webhooks specification recommends: 75 hours and 35 minutes in all.
SCHEDULE = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
JITTER = 0.1  # a pause is up to this share longer, never shorter: the whole schedule keeps its 72 hours
LONGEST_WISH = 86_400  # seconds that a receiver's Retry-After may put an attempt off
LEASE = timedelta(seconds=60)
GONE = 410
_NUMBERED = """
    UPDATE events_ticket SET callback_number = callback_number + 1
    WHERE event_id = %(event)s AND want_callback AND (%(came_with)s::bigint IS NULL OR came_with_id = %(came_with)s)
    RETURNING id, callback_number
"""
JOB = "events.deliver"


@dataclass(frozen=True)
class Outcome:
    """What an attempt brought: the HTTP status (None: no answer), the time it took, the answer's first characters."""

    code: int | None
    milliseconds: int
    answer: str = ""
    error: str = ""
    retry_after: int | None = None  # seconds, if the receiver asked for it

    @property
    def arrived(self) -> bool:
        """Any 2xx; a redirect is a failure."""
        return self.code is not None and 200 <= self.code < 300


def queue(*, event: Event, step: Step, now: datetime, came_with: Event | None = None) -> None:
    """One callback per ticket that wants one, with a number that rises; a worker is woken when this commits.

    `came_with`: only to the tickets that this event brought when it was merged.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_NUMBERED, {"event": event.pk, "came_with": came_with.pk if came_with else None})
        numbered = sorted(cursor.fetchall())
    for ticket, number in numbered:
        message = OutboxMessage.objects.create(
            ticket_id=ticket, event=event, number=number, step=step, version=event.version, created_at=now, next_at=now
        )
        _wake(message.pk)


def attempt(
    *,
    message: UUID,
    now: Callable[[], datetime],
    render: Callable[[OutboxMessage], bytes],
    send: Callable[[OutboxMessage, bytes], Outcome],
    by_hand: bool = False,
) -> OutboxMessage | None:
    """Try to deliver one message if it is due (or `by_hand`); the message afterwards, None if nothing was to do."""
    claimed = _claim(message, now(), render, by_hand=by_hand)
    if claimed is None or claimed.body is None:
        return None
    outcome = send(claimed, bytes(claimed.body))
    return _write_down(message, outcome, now(), by_hand=by_hand)


def due(*, now: datetime) -> list[UUID]:
    """The messages that should be tried now: those whose worker died among them. None while the endpoint is closed."""
    if senders.is_closed(senders.HOTLINE):
        return []
    pending = OutboxMessage.objects.filter(state=OutboxMessage.State.PENDING, next_at__lte=now)
    return list(pending.order_by("next_at").values_list("pk", flat=True)[:500])


def resend(*, access: Access, message: UUID) -> None:
    """Put one message on its way again at once, with the same id and bytes; audited.

    Raises NotFound for one that isn't this reader's to answer for.
    """
    with transaction.atomic():
        found = OutboxMessage.objects.select_related("event").filter(answerable(access), pk=message).first()
        if found is None:
            raise NotFound("no-such-delivery", _("There is no such delivery, or not for your post."))
        detail = {"event": found.event.no, "number": found.number}
        audit.record(
            access=access, action="delivery.resend", kind="delivery", subject=message,
            organisation=found.event.holder_id, detail=detail,
        )  # fmt: skip
        _wake(message, by_hand=True)


def resend_many(*, access: Access, span: Span) -> int:
    """Put every message of a span on its way again at once, each with its own id and bytes; how many. Audited.

    Raises Invalid for an empty span or more than MOST_AT_ONCE.
    """
    with transaction.atomic():
        numbers = list(found_in(access, span).order_by("created_at").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if not numbers:
            raise Invalid("nothing-to-send", _("No delivery of yours lies in this span and state."), field="since")
        if len(numbers) > MOST_AT_ONCE:
            detail = _("More than %d deliveries: choose a shorter span.") % MOST_AT_ONCE
            raise Invalid("too-many-deliveries", detail, field="since")
        detail_ = {"since": span.since.isoformat(), "until": span.until.isoformat(), "state": span.state}
        audit.record(
            access=access, action="delivery.resend_many", kind="delivery", subject=f"{len(numbers)} deliveries",
            organisation=access.duties[0].organisation, detail={**detail_, "count": len(numbers)},
        )  # fmt: skip
        for number in numbers:
            _wake(number, by_hand=True)
    return len(numbers)


def open_endpoint(*, access: Access, now: datetime) -> int:
    """Call the hotline's endpoint again; what waited meanwhile is due at once. How many wait. Audited.

    Raises Forbidden, Conflict when it is open.
    """
    duty = next((duty for duty in access.duties if may_open(duty)), None)
    if duty is None:
        raise Forbidden("endpoint-not-yours", _("The city centre's shift lead opens the endpoint again."))
    with transaction.atomic():
        senders.open_again(access=access, code=senders.HOTLINE, organisation=duty.organisation)
        waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.PENDING)
        return waiting.update(next_at=now)


def may_open(duty: Duty) -> bool:
    """Whether whoever holds this post may open the hotline's endpoint again."""
    return duty.role in READERS and duty.level == Level.CITY and duty.organisation_kind == OrganisationKind.CENTRE


def pause_after(tried: int, *, wish: int | None, luck: float) -> float | None:
    """Seconds until the next attempt after `tried` ones; None: there is none. `luck` is a share from 0 to 1.

    Never shorter than the schedule says, at most JITTER longer; a receiver's `wish` (seconds) puts it off, by
    LONGEST_WISH at most.
    """
    if tried >= len(SCHEDULE):
        return None
    return max(SCHEDULE[tried] * (1 + JITTER * luck), float(min(wish or 0, LONGEST_WISH)))


def _wake(message: UUID, *, by_hand: bool = False, after: int = 0) -> None:
    """A job in the present transaction: rolled back, it never runs."""
    schedule = {"seconds": after} if after else None
    jobs.configure_task(JOB, schedule_in=schedule).defer(message=str(message), by_hand=by_hand)


def _claim(
    number: UUID, now: datetime, render: Callable[[OutboxMessage], bytes], *, by_hand: bool
) -> OutboxMessage | None:
    """Take the message for as long as a lease; render its body if this is the first attempt.

    An attempt by hand takes no lease: what is planned stays as it is.
    """
    with transaction.atomic():
        found = OutboxMessage.objects.select_for_update(of=("self",)).select_related("ticket")
        message = found.filter(pk=number).first()
        if message is None or not (by_hand or _is_due(message, now)):
            return None
        if not by_hand and senders.is_closed(senders.HOTLINE):
            return None
        if message.body is None:
            message.body = render(message)
        if not by_hand:
            message.next_at = now + LEASE
        message.save(update_fields=["body", "next_at"])
    return message


def _is_due(message: OutboxMessage, now: datetime) -> bool:
    return message.state == OutboxMessage.State.PENDING and message.next_at is not None and message.next_at <= now


def _write_down(number: UUID, outcome: Outcome, now: datetime, *, by_hand: bool) -> OutboxMessage:
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update().get(pk=number)
        made = DeliveryAttempt.objects.filter(message=message).aggregate(last=Max("number"))["last"] or 0
        DeliveryAttempt.objects.create(
            message=message, number=made + 1, at=now, code=outcome.code, milliseconds=outcome.milliseconds,
            answer=outcome.answer[:1000], error=outcome.error[:300], by_hand=by_hand,
        )  # fmt: skip
        message.attempts_made = made + 1
        if outcome.arrived:
            _arrived(message, now)
        elif message.state == OutboxMessage.State.PENDING and not by_hand:
            _plan(message, outcome, now)
        message.save()
    return message


def _arrived(message: OutboxMessage, now: datetime) -> None:
    if message.state != OutboxMessage.State.DELIVERED:
        message.delivered_at = now
    message.state = OutboxMessage.State.DELIVERED
    message.next_at = None


def _plan(message: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    """When to try again, or that this was the last time."""
    tried = DeliveryAttempt.objects.filter(message=message, by_hand=False).count()
    if outcome.code == GONE:  # the endpoint, not the message: it waits until somebody opens that again
        senders.close(code=senders.HOTLINE, now=now)
        message.next_at = None
        return
    pause = pause_after(tried, wish=outcome.retry_after, luck=random.random())  # noqa: S311 - keeps no secret
    if pause is None:
        message.state = OutboxMessage.State.DEAD
        message.next_at = None
        return
    message.next_at = now + timedelta(seconds=pause)
    _wake(message.pk, after=max(1, round(pause)))
