"""Notices of the last thirty days: those addressed to this reader's posts or person, of events that the reader sees."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events.models import Event, JournalEntry, Notice, NoticeRead, StateLabel
from events.noticing import KEPT, Kind, at, kind_of, person
from events.policy import visible_events
from events.selectors import rows, sentences
from events.workflow import Step
from grid.policy import Access
from grid.refusals import Invalid

PAGE = 30
MOST_COUNTED = 100  # more unread ones are said as "99+"


@dataclass(frozen=True)
class NoticeRow:
    """One notice: the journal's sentence and words, and enough of the event to know it again."""

    id: int
    no: str
    version: int
    at: datetime
    kind: str
    kind_label: str
    step: str
    level: str  # yellow or red, of a supervision; else ""
    sentence: str
    text: str
    category: str
    place: str
    state_label: str
    urgent: bool
    unread: bool


@dataclass(frozen=True)
class Waiting:
    """How many notices are unread, counted up to 100, and the newest of them by its id: 0 where there is none."""

    unread: int
    newest: int


@dataclass(frozen=True)
class NoticePage:
    """Some notices, the newest first, what is unread in all as `Waiting` says it, and where the next ones begin."""

    rows: list[NoticeRow]
    unread: int
    newest: int
    next: str | None


def waiting(access: Access, *, now: datetime | None = None) -> Waiting:
    """What waits unread. One query."""
    found = _theirs(access, now or timezone.now()).filter(~_read(access))
    newest = list(found.order_by("-pk").values_list("pk", flat=True)[:MOST_COUNTED])
    return Waiting(unread=len(newest), newest=newest[0] if newest else 0)


def notices(access: Access, *, cursor: str = "", only_unread: bool = False, now: datetime | None = None) -> NoticePage:
    """A page of notices. Three queries, whatever there is. Raises Invalid for a cursor that is none."""
    now = now or timezone.now()
    found = _theirs(access, now).annotate(read=_read(access)).order_by("-pk")
    if only_unread:
        found = found.filter(read=False)
    if cursor:
        found = found.filter(pk__lt=_before(cursor))
    related = found.select_related("event__category", "event__grid__region__parent")
    page = list(related.defer(*(f"event__{name}" for name in rows.UNREAD))[: PAGE + 1])
    shown = page[:PAGE]
    entries, unread = _entries(shown), waiting(access, now=now)
    return NoticePage(
        rows=[_row(one, entries[one.event_id, one.version]) for one in shown if (one.event_id, one.version) in entries],
        unread=unread.unread,
        newest=unread.newest,
        next=str(shown[-1].pk) if len(page) > PAGE else None,
    )


def _theirs(access: Access, now: datetime) -> QuerySet[Notice]:
    """By address, through one index; then cut to what the reader sees by now, and without the reader's own doings."""
    keys = [*person(access.user), *(key for duty in access.duties for key in at(duty.organisation, duty.role))]
    visible = Event.objects.filter(visible_events(access)).values("pk")
    found = Notice.objects.filter(addressees__overlap=keys, at__gte=now - KEPT, event__in=visible)
    return found.filter(Q(by__isnull=True) | ~Q(by=access.user))


def _read(access: Access) -> Exists:
    of_event = Q(event=OuterRef("event"), version__gte=OuterRef("version"))
    return Exists(
        NoticeRead.objects.filter(of_event | Q(event__isnull=True, up_to__gte=OuterRef("pk")), user=access.user)
    )


def _before(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise Invalid("cursor-unknown", _("Take the cursor from the page before."), field="cursor")
    return int(cursor)


def _entries(shown: Sequence[Notice]) -> dict[tuple[int, int], JournalEntry]:
    """The journal's entries that these notices tell of. One query."""
    found = JournalEntry.objects.filter(
        event__in={one.event_id for one in shown}, version__in={one.version for one in shown}
    ).select_related("user", "organisation", "text")
    return {(entry.event_id, entry.version): entry for entry in found}


def _row(one: Notice, entry: JournalEntry) -> NoticeRow:
    event = one.event
    step = Step(one.step)
    kind = kind_of(step)
    level = entry.payload.get("new", "") if one.step == Step.SUPERVISE else ""
    return NoticeRow(
        id=one.pk,
        no=event.no,
        version=one.version,
        at=one.at,
        kind=kind.value,
        kind_label=pgettext("notice", "Closed") if step in _CLOSED else _KINDS[kind](),
        step=one.step,
        level=level if level in ("yellow", "red") else "",
        sentence=sentences.sentence(entry),
        text=entry.text.body
        if entry.text and not event.restricted
        else "",  # of a restricted one only its card says it
        category=event.category.name if event.category else "",
        place=rows.place_of(event.grid) if event.grid else event.address,
        state_label=str(StateLabel(event.state).label),
        urgent=event.urgent,
        unread=not one.read,  # type: ignore[attr-defined]
    )


_CLOSED = (Step.CLOSE, Step.FORCE_CLOSE)  # ended by their work, as against those that came to nothing
_KINDS: dict[Kind, Callable[[], str]] = {
    Kind.GIVEN: lambda: pgettext("notice", "Given"),
    Kind.RETURNED: lambda: pgettext("notice", "Returned"),
    Kind.PRESSED: lambda: pgettext("notice", "Pressed for"),
    Kind.ASKED: lambda: pgettext("notice", "Asked for"),
    Kind.ANSWERED: lambda: pgettext("notice", "Answered"),
    Kind.ENDED: lambda: pgettext("notice", "Ended"),
    Kind.TOLD: lambda: pgettext("notice", "Told"),
}
