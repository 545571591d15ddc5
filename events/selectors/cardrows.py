"""What a card consists of: one event with its journal, clocks, tasks and orders, as one reader may know it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.selectors import lending, merges
from events.selectors.forms import AllowedStep
from events.selectors.rows import EventRow
from events.selectors.shares import TaskRow


@dataclass(frozen=True)
class PhotoRow:
    """A photo in an event, and how far from the place it was taken (metres)."""

    sha256: str
    url: str
    thumb: str
    shows: str
    distance_m: float | None
    version: int


@dataclass(frozen=True)
class JournalItem:
    """One step as a plain sentence, with what came with it."""

    version: int
    at: datetime
    device_at: datetime | None
    step: str
    step_label: str
    actor: str
    role_label: str
    organisation: str
    from_state: str
    to_state: str
    sentence: str
    text: str
    photos: list[PhotoRow]
    payload: dict[str, Any]


@dataclass(frozen=True)
class TimerRow:
    """One allowance, run or running; minutes are counted on its own clock.

    `organisation` says whose working hours those are; `yellow_at` and `red_at` when the watch said that it has run out.
    """

    stage: str
    label: str
    clock: str
    organisation: str
    allowance_min: float
    used_min: float
    left_min: float  # never below 0
    started_at: datetime
    due_at: datetime
    paused_at: datetime | None
    stopped_at: datetime | None
    yellow_at: datetime | None
    red_at: datetime | None


@dataclass(frozen=True)
class CallerRow:
    """Who called, masked."""

    name: str
    phone: str


@dataclass(frozen=True)
class TicketRow:
    """A hotline order that this event answers."""

    order_no: str
    order_type: str
    want_callback: bool
    reply_deadline: datetime | None
    secret: bool
    attachments: list[str]
    satisfaction: str  # in words; empty: nobody has asked
    caller: CallerRow | None
    purged: bool  # the time for keeping who called is over


@dataclass(frozen=True)
class SuggestedLead:
    """Who should answer for the event, and why."""

    organisation: int
    name: str
    reason: str


@dataclass(frozen=True)
class MatchedRow:
    """By which place an event was put on the map from its address alone, how surely (0 to 1), and that in words."""

    place: str
    score: float
    words: str


@dataclass(frozen=True)
class EventCard(EventRow):
    """An event with all that its reader may know of it, and the steps that this reader may take."""

    description: str
    reporter: str
    given_point: dict[str, Any] | None
    accuracy_m: float | None
    matched: MatchedRow | None  # placed by its address and by nobody since
    photos: list[PhotoRow]
    journal: list[JournalItem]
    timers: list[TimerRow]
    tasks: list[TaskRow]
    ticket_rows: list[TicketRow]
    allowed_steps: list[AllowedStep]
    seen_by: list[str]
    shared: lending.SharedView | None  # why this reader sees it, where that is another organisation's grant alone
    waits: str  # why the system left it to a dispatcher, though its category is dispatched by itself
    goes_on: merges.GoesOn | None  # of a merged one
    merged: list[merges.TakenIn]  # what was merged into it
    may_redact: bool  # take personal data out of what its entries say
    suggestion: SuggestedLead | None  # for who may dispatch it now
    calendar_warning: str  # empty: the holidays of all years that its running deadlines lie in are known
