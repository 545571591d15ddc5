"""Deliveries as those see them who answer for them: the shift leads of the centre that holds the event."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from events.models import OutboxMessage
from grid.models import Role
from grid.policy import Access
from grid.refusals import Invalid, NotFound

PAGE = 50
READERS = (Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER)


@dataclass(frozen=True)
class AttemptRow:
    """One try."""

    number: int
    at: datetime
    code: int | None
    milliseconds: int
    answer: str
    error: str
    by_hand: bool


@dataclass(frozen=True)
class DeliveryRow:
    """One message out, with every attempt."""

    id: UUID
    order_no: str
    event_no: str
    number: int
    step: str
    state: str
    state_label: str
    created_at: datetime
    next_at: datetime | None
    delivered_at: datetime | None
    attempts: list[AttemptRow]


@dataclass(frozen=True)
class DeliveryPage:
    """A page of them, newest first; `counts` by state."""

    rows: list[DeliveryRow]
    next: str | None
    counts: dict[str, int]


def visible(access: Access) -> Q:
    """Messages about events that one's centre holds."""
    return Q(event__holder__in=[duty.organisation for duty in access.having(*READERS)])


def deliveries(access: Access, *, state: str = "", cursor: str = "") -> DeliveryPage:
    """Newest first. Raises Invalid for an unknown state or cursor. 3 queries."""
    found = OutboxMessage.objects.filter(visible(access))
    counted = dict(found.order_by().values_list("state").annotate(count=Count("pk")))
    counts = {name: counted.get(name, 0) for name in OutboxMessage.State.values}
    if state:
        if state not in OutboxMessage.State.values:
            raise Invalid("state-unknown", _("There is no such state."), field="state")
        found = found.filter(state=state)
    offset = _offset(cursor)
    page = list(_with_attempts(found)[offset : offset + PAGE + 1])
    more = str(offset + PAGE) if len(page) > PAGE else None
    return DeliveryPage(rows=[_row(message) for message in page[:PAGE]], next=more, counts=counts)


def delivery(access: Access, number: UUID) -> DeliveryRow:
    """One of them. Raises NotFound."""
    message = _with_attempts(OutboxMessage.objects.filter(visible(access), pk=number)).first()
    if message is None:
        raise NotFound("no-such-delivery", _("There is no such delivery, or not for your post."))
    return _row(message)


def _with_attempts(found: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
    return found.select_related("ticket", "event").prefetch_related("attempts").order_by("-created_at", "-number")


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 7):
        raise Invalid("cursor-unknown", _("Take the cursor from the page before."), field="cursor")
    return int(cursor)


def _row(message: OutboxMessage) -> DeliveryRow:
    attempts = sorted(message.attempts.all(), key=lambda one: one.number)
    return DeliveryRow(
        id=message.pk, order_no=message.ticket.order_no, event_no=message.event.no, number=message.number,
        step=message.step, state=message.state, state_label=message.get_state_display(),
        created_at=message.created_at, next_at=message.next_at, delivered_at=message.delivered_at,
        attempts=[
            AttemptRow(one.number, one.at, one.code, one.milliseconds, one.answer, one.error, one.by_hand)
            for one in attempts
        ],
    )  # fmt: skip
