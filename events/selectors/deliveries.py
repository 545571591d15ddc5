"""Deliveries as those see them who answer for them: the shift leads of the centre that holds the event."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from events.models import OutboxMessage, Sender
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


MOST_AT_ONCE = 500
SEERS = (*READERS, Role.INTEGRATOR, Role.SYSADMIN)


@dataclass(frozen=True)
class Span:
    """Deliveries made from `since` until before `until`, in one state."""

    since: datetime
    until: datetime
    state: str


@dataclass(frozen=True)
class EndpointRow:
    """How it stands with the other side. `behind` orders whose hotline doesn't know the last of them, given up."""

    closed_at: datetime | None
    waiting: int
    oldest_waiting: datetime | None
    dead: int
    behind: int
    may_open: bool


def answerable(access: Access) -> Q:
    """Messages about events that one's centre holds: these one may send again."""
    return Q(event__holder__in=[duty.organisation for duty in access.having(*READERS)])


def visible(access: Access) -> Q:
    """Those, and a machine account's: what its centre has ever held; a system administrator sees the states of all."""
    own = answerable(access)
    machines = [duty.organisation for duty in access.having(Role.INTEGRATOR)]
    if machines:
        own |= Q(event__passed__overlap=machines)
    if not reads_content(access) and access.has(Role.SYSADMIN):
        return Q(pk__isnull=False)
    return own


def reads_content(access: Access) -> bool:
    """Whether more than the states."""
    return access.has(*READERS, Role.INTEGRATOR)


def found_in(access: Access, span: Span) -> QuerySet[OutboxMessage]:
    """The messages of a span that one may send again. Raises Invalid for a span that can't be."""
    if span.state not in OutboxMessage.State.values:
        raise Invalid("state-unknown", _("There is no such state."), field="state")
    if span.since >= span.until:
        raise Invalid("span-empty", _("The span ends before it begins."), field="until")
    return OutboxMessage.objects.filter(
        answerable(access), state=span.state, created_at__gte=span.since, created_at__lt=span.until
    )


def endpoint(access: Access, *, may_open: bool) -> EndpointRow:
    """How it stands with the hotline's endpoint, as far as the reader sees its messages. Three queries."""
    found = OutboxMessage.objects.filter(visible(access))
    closed = Sender.objects.filter(code="hotline").values_list("closed_at", flat=True).first()
    counted = found.aggregate(
        waiting=Count("pk", filter=Q(state=OutboxMessage.State.PENDING)),
        oldest=Min("created_at", filter=Q(state=OutboxMessage.State.PENDING)),
        dead=Count("pk", filter=Q(state=OutboxMessage.State.DEAD)),
    )
    later = OutboxMessage.objects.filter(
        ticket=OuterRef("ticket"), number__gt=OuterRef("number"), state=OutboxMessage.State.DELIVERED
    )
    behind = found.filter(~Exists(later), state=OutboxMessage.State.DEAD).aggregate(n=Count("ticket", distinct=True))
    return EndpointRow(
        closed_at=closed, waiting=counted["waiting"], oldest_waiting=counted["oldest"], dead=counted["dead"],
        behind=behind["n"], may_open=may_open and closed is not None,
    )  # fmt: skip


def deliveries(access: Access, *, state: str = "", text: str = "", cursor: str = "") -> DeliveryPage:
    """Newest first; `text` is an order's or event's number, or the end of one. 3 queries.

    Raises Invalid for an unknown state or cursor.
    """
    found = OutboxMessage.objects.filter(visible(access))
    counted = dict(found.order_by().values_list("state").annotate(count=Count("pk")))
    counts = {name: counted.get(name, 0) for name in OutboxMessage.State.values}
    if state:
        if state not in OutboxMessage.State.values:
            raise Invalid("state-unknown", _("There is no such state."), field="state")
        found = found.filter(state=state)
    if text.strip() and reads_content(access):
        named = text.strip()
        found = found.filter(Q(ticket__order_no__iendswith=named) | Q(event__no__iendswith=named))
    offset = _offset(cursor)
    page = list(_with_attempts(found)[offset : offset + PAGE + 1])
    more = str(offset + PAGE) if len(page) > PAGE else None
    whole = reads_content(access)
    return DeliveryPage(rows=[_row(message, whole=whole) for message in page[:PAGE]], next=more, counts=counts)


def delivery(access: Access, number: UUID) -> DeliveryRow:
    """One of them. Raises NotFound."""
    message = _with_attempts(OutboxMessage.objects.filter(visible(access), pk=number)).first()
    if message is None:
        raise NotFound("no-such-delivery", _("There is no such delivery, or not for your post."))
    return _row(message, whole=reads_content(access))


def _with_attempts(found: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
    return found.select_related("ticket", "event").prefetch_related("attempts").order_by("-created_at", "-number")


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 7):
        raise Invalid("cursor-unknown", _("Take the cursor from the page before."), field="cursor")
    return int(cursor)


def _row(message: OutboxMessage, *, whole: bool) -> DeliveryRow:
    """With what it is about and what was answered (`whole`), or the states alone."""
    attempts = sorted(message.attempts.all(), key=lambda one: one.number)
    return DeliveryRow(
        id=message.pk, order_no=message.ticket.order_no if whole else "",
        event_no=message.event.no if whole else "", number=message.number,
        step=message.step if whole else "", state=message.state, state_label=message.get_state_display(),
        created_at=message.created_at, next_at=message.next_at, delivered_at=message.delivered_at,
        attempts=[
            AttemptRow(
                one.number, one.at, one.code, one.milliseconds, one.answer if whole else "", one.error, one.by_hand
            )
            for one in attempts
        ],
    )  # fmt: skip
