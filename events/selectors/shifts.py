"""Shift notes as people of a centre read them; of the events in them, those that the reader sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from events.models import Event, ShiftEvent, ShiftNote
from events.policy import visible_events
from events.selectors import snapshot
from events.selectors.rows import EventRow
from grid.models import Role
from grid.policy import Access
from grid.refusals import Forbidden, Invalid, NotFound

READERS = (Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER)
PAGE = 20


@dataclass(frozen=True)
class ShiftEventRow:
    """An event that a note is about, as it stands now."""

    no: str
    category: str
    place: str
    state_label: str
    ended: bool
    remark: str
    carried: bool


@dataclass(frozen=True)
class ShiftNoteRow:
    """A note. `taken_by` is empty until somebody takes over; `may_take` and `may_change` are about this reader."""

    id: int
    centre: str
    centre_id: int
    text: str
    written_by: str
    written_at: datetime
    taken_by: str
    taken_at: datetime | None
    events: list[ShiftEventRow]
    may_take: bool
    may_change: bool


@dataclass(frozen=True)
class Desk:
    """A centre whose shift this reader leads. A new note may be written unless another's waits to be taken over;
    `waiting` is the id of one's own that waits and may be written anew; `carries` comes over into what is written."""

    id: int
    name: str
    may_write: bool
    waiting: int | None
    carries: list[ShiftEventRow]


@dataclass(frozen=True)
class ShiftPage:
    """Notes, the newest first; with the first page the centres whose shift this reader leads."""

    rows: list[ShiftNoteRow]
    next: str | None
    desks: list[Desk]


def shifts(access: Access, *, cursor: str = "") -> ShiftPage:
    """A page of the notes of this reader's centres. Six queries, and three more for each further centre led.

    Raises Forbidden for who does not work in a centre's shift, Invalid for a cursor that is none.
    """
    found = _readable(access)
    if cursor:
        found = found.filter(pk__lt=_before(cursor))
    page = list(found[: PAGE + 1])
    latest = {centre: latest_of(centre) for centre in led_by(access)} if not cursor else {}
    shown = _told(access, [*page[:PAGE], *(note for note in latest.values() if note is not None)])
    return ShiftPage(
        rows=[_row(access, note, shown) for note in page[:PAGE]],
        next=str(page[PAGE - 1].pk) if len(page) > PAGE else None,
        desks=[_desk(access, centre, note, shown) for centre, note in latest.items()],
    )


def shift(access: Access, number: int) -> ShiftNoteRow:
    """One note. Raises Forbidden, NotFound."""
    note = _readable(access).filter(pk=number).first()
    if note is None:
        raise NotFound("no-such-note", _("There is no such note, or not for your post."))
    return _row(access, note, _told(access, [note]))


def led_by(access: Access) -> list[int]:
    """The centres whose shift this reader leads."""
    return list(dict.fromkeys(duty.organisation for duty in access.having(Role.SHIFT_LEAD)))


def latest_of(centre: int) -> ShiftNote | None:
    """The newest note of a centre, with what it is about."""
    return _whole(ShiftNote.objects.filter(centre=centre)).first()


def _readable(access: Access) -> QuerySet[ShiftNote]:
    duties = access.having(*READERS)
    if not duties:
        raise Forbidden("shifts-not-yours", _("Shift notes are for those who work in a centre's shift."))
    return _whole(ShiftNote.objects.filter(centre__in={duty.organisation for duty in duties}))


def _whole(found: QuerySet[ShiftNote]) -> QuerySet[ShiftNote]:
    about = Prefetch("about", queryset=ShiftEvent.objects.order_by("pk"))
    return found.select_related("centre", "written_by", "taken_by").prefetch_related(about).order_by("-pk")


def _before(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise Invalid("cursor-unknown", _("Take the cursor from the page before."), field="cursor")
    return int(cursor)


def _told(access: Access, notes: Iterable[ShiftNote]) -> dict[int, list[ShiftEventRow]]:
    """By note, the events in it that the reader sees. Two queries."""
    kept = list(notes)
    wanted = {link.event_id for note in kept for link in note.about.all()}
    visible = Event.objects.filter(visible_events(access), pk__in=wanted).values_list("pk", flat=True)
    lines = snapshot.rows_of(visible) if wanted else {}
    told: dict[int, list[ShiftEventRow]] = {}
    for note in kept:
        links = [link for link in note.about.all() if link.event_id in lines]
        told[note.pk] = [_event(link, lines[link.event_id]) for link in links]
    return told


def _event(link: ShiftEvent, line: EventRow) -> ShiftEventRow:
    return ShiftEventRow(
        no=line.no, category=line.category.name if line.category else "", place=line.place or line.address,
        state_label=line.state_label, ended=line.ended_at is not None, remark=link.remark, carried=link.carried,
    )  # fmt: skip


def _desk(access: Access, centre: int, latest: ShiftNote | None, told: dict[int, list[ShiftEventRow]]) -> Desk:
    name = next(duty.organisation_name for duty in access.duties if duty.organisation == centre)
    waits = latest is not None and latest.taken_at is None
    own = latest is not None and latest.written_by_id == access.user
    links = [row for row in told.get(latest.pk, []) if not row.ended] if latest else []
    return Desk(
        id=centre,
        name=name,
        may_write=own or not waits,
        waiting=latest.pk if latest is not None and waits and own else None,
        carries=[row for row in links if row.carried] if waits else links,
    )


def _row(access: Access, note: ShiftNote, told: dict[int, list[ShiftEventRow]]) -> ShiftNoteRow:
    waits = note.taken_at is None and note.centre_id in led_by(access)
    return ShiftNoteRow(
        id=note.pk,
        centre=note.centre.short_name,
        centre_id=note.centre_id,
        text=note.text,
        written_by=note.written_by.name,
        written_at=note.written_at,
        taken_by=note.taken_by.name if note.taken_by else "",
        taken_at=note.taken_at,
        events=told[note.pk],
        may_take=waits and note.written_by_id != access.user,
        may_change=waits and note.written_by_id == access.user,
    )
