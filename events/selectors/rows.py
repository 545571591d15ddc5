"""An event as lists, maps and the live feed show it: one line, without free text or anything personal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from events.models import Event, Source, StateLabel, Ticket
from events.workflow import STAGE_OF, State
from grid.models import Grid


@dataclass(frozen=True)
class CategoryRow:
    """A category by code and name."""

    code: str
    name: str


@dataclass(frozen=True)
class EventRow:
    """One line of a list, one mark on the map. Times are aware; degrees are WGS-84."""

    id: int
    no: str
    version: int
    state: str
    state_label: str
    category: CategoryRow | None
    urgent: bool
    restricted: bool
    source: str
    source_label: str
    lng: float | None
    lat: float | None
    path: str
    grid: str | None
    place: str
    address: str
    holder: str
    lead: str | None
    reported_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    stage: str | None
    stage_due_at: datetime | None
    stage_near_at: datetime | None
    returns: int
    reworks: int
    urges: int
    reopens: int
    tickets: int
    supervision: str
    asked: str  # extension or suspension, while one waits for an answer
    joint: int  # joint shares in hand
    joint_returned: int  # handed back, and nobody named instead yet
    merged_into: str | None  # the number of the event that goes on for it
    taken_in: int  # how many are merged into it


# Boundaries along the way: kilobytes a row that no line shows.
UNREAD = ("grid__boundary", "grid__region__boundary", "grid__region__parent__boundary")


def with_relations(events: QuerySet[Event]) -> QuerySet[Event]:
    """Everything that `row` needs, in one query."""
    tickets = Ticket.objects.filter(event=OuterRef("pk")).order_by().values("event").annotate(count=Count("pk"))
    related = events.select_related("category", "holder", "lead", "grid__region__parent").defer(*UNREAD)
    return related.annotate(
        ticket_count=Coalesce(Subquery(tickets.values("count")), 0), merged_into_no=F("merged_into__no"),
        merged_into_state=F("merged_into__state"),
    )  # fmt: skip


def row(event: Event) -> EventRow:
    """The line of an event; one that comes from `with_relations` costs no query."""
    category = event.category
    stage = STAGE_OF.get(State(event.state))
    return EventRow(
        id=event.pk,
        no=event.no,
        version=event.version,
        state=event.state,
        state_label=str(StateLabel(event.state).label),
        category=CategoryRow(category.code, category.name) if category else None,
        urgent=event.urgent,
        restricted=event.restricted,
        source=event.source,
        source_label=str(Source(event.source).label),
        lng=event.point.x if event.point else None,
        lat=event.point.y if event.point else None,
        path=event.path,
        grid=event.grid.code if event.grid else None,
        place=place_of(event.grid) if event.grid else "",
        address=event.address,
        holder=event.holder.short_name,
        lead=event.lead.short_name if event.lead else None,
        reported_at=event.reported_at,
        ended_at=event.ended_at,
        due_at=event.due_at,
        stage=stage.value if stage else None,
        stage_due_at=event.stage_due_at,
        stage_near_at=event.stage_near_at,
        returns=event.returns,
        reworks=event.reworks,
        urges=event.urges,
        reopens=event.reopens,
        tickets=_tickets(event),
        supervision=event.supervision,
        asked=event.asked,
        joint=event.joint,
        joint_returned=event.joint_returned,
        merged_into=_merged_into(event),
        taken_in=event.taken_in,
    )


def place_of(grid: Grid) -> str:
    """Township, village and grid, as people say it."""
    village = grid.region
    township = f"{village.parent.name} " if village.parent else ""
    return f"{township}{village.name} {_('Grid %s') % grid.code[-3:]}"


def as_json(line: EventRow) -> dict[str, Any]:
    """As the feed keeps and sends it: times in ISO 8601."""
    category = line.category
    values = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in vars(line).items()}
    return values | {"category": vars(category) if category else None}


def _merged_into(event: Event) -> str | None:
    """The number of the event that goes on for it: as `with_relations` has read it, else asked."""
    if event.merged_into_id is None:
        return None
    return getattr(event, "merged_into_no", None) or event.merged_into.no  # type: ignore[union-attr]


def _tickets(event: Event) -> int:
    """How many hotline tickets it answers: as `with_relations` counted, else asked."""
    counted = getattr(event, "ticket_count", None)
    return event.tickets.count() if counted is None else int(counted)
