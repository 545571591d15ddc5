"""The hand-over of a centre's shift: written by who leaves, taken over by who comes, by name and time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events import personal
from events.models import Event, ShiftEvent, ShiftNote
from events.policy import visible_events
from events.selectors.shifts import latest_of, led_by, shift
from events.services.casesheet import moment
from events.services.papers import Paper
from grid.models import Organisation
from grid.policy import Access
from grid.refusals import Conflict, Forbidden, Invalid, NotFound, Unavailable
from grid.services import audit

LEAST_TEXT, LONGEST_TEXT = 5, 4000
MOST_EVENTS = 50  # named by the writer; what is carried over comes on top
LONGEST_REMARK = 200
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Mention:
    """An event that the next shift must know of, and why."""

    no: str
    remark: str = ""


def write(
    *, access: Access, text: str, mentions: Sequence[Mention] = (), centre: int | None = None,
    now: datetime | None = None,
) -> ShiftNote:  # fmt: skip
    """The note of this person's shift. Open events of the note before are carried over, with their remarks.

    Until somebody takes over, its writer's next note stands in the place of this one. `centre` may be left out by who
    leads one shift only. Raises Forbidden for who leads none, or not this one, Invalid for words or events that can't
    be taken, Conflict while another's note waits to be taken over.
    """
    writer = _leader(access)
    centre = _centre(access, centre)
    _check(text, mentions)
    now = now or timezone.now()
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=centre)  # one note at a time
        before = latest_of(centre)
        waiting = before if before is not None and before.taken_at is None else None
        if waiting is not None and waiting.written_by_id != writer:
            raise _waits(waiting)
        events = _found(access, mentions)
        note = waiting or ShiftNote(centre_id=centre, written_by_id=writer)
        carried = _carried(before, {event.pk for event in events.values()})
        note.text, note.written_at = text.strip(), now
        note.save()
        note.about.all().delete()
        links = [ShiftEvent(note=note, event=events[one.no], remark=one.remark.strip()) for one in mentions]
        ShiftEvent.objects.bulk_create([*links, *(_again(note, link) for link in carried)])
        audit.record(
            access=access, action="shift.write", kind="shift", subject=note.pk, organisation=centre,
            detail={"events": len(links), "carried": len(carried)},
        )  # fmt: skip
    return note


def take_over(*, access: Access, number: int, written_at: datetime, now: datetime | None = None) -> ShiftNote:
    """The next shift has read the note as it was written at `written_at`, and takes over. Raises Forbidden, NotFound,
    Conflict where somebody has, where it was written anew meanwhile, or for the one who wrote it."""
    taker = _leader(access)
    with transaction.atomic():
        note = ShiftNote.objects.select_for_update().filter(pk=number, centre__in=led_by(access)).first()
        if note is None:
            raise NotFound("no-such-note", _("There is no such note, or not for your post."))
        if note.taken_by is not None:
            words = _("%(who)s took over at %(when)s.") % {"who": note.taken_by.name, "when": moment(note.taken_at)}
            raise Conflict("taken-over", words)
        if note.written_by_id == taker:
            raise Conflict("own-note", _("The next shift's lead takes over, not the one who wrote it."))
        if abs(note.written_at - written_at) >= _MILLISECOND:  # what is sent out says moments to the millisecond
            raise Conflict("note-rewritten", _("It was written anew meanwhile. Read it as it stands now."))
        note.taken_by_id, note.taken_at = taker, now or timezone.now()
        note.save(update_fields=["taken_by", "taken_at"])
        audit.record(
            access=access, action="shift.take_over", kind="shift", subject=note.pk, organisation=note.centre_id
        )
    return note


def sheet_of(*, access: Access, number: int) -> Paper:
    """A note on paper, with lines to sign on. Raises Forbidden, NotFound, Unavailable without the font. Audited."""
    from data.paper import Column, FontMissing, Sheet

    row = shift(access, number)
    title = pgettext("shift", "Shift hand-over note")
    try:
        sheet = Sheet(title=title, numbering=pgettext("shift", "Page %(page)s of %(pages)s"))
    except FontMissing as error:
        raise Unavailable("font-missing", _("The Chinese font for PDF files is not installed: %s") % error) from None
    audit.record(access=access, action="shift.print", kind="shift", subject=number)
    named = f"{row.centre} {moment(row.written_at)}"
    sheet.begin(title, subtitle=named, foot=named)
    taken = f"{row.taken_by} {moment(row.taken_at)}".strip()
    sheet.facts([
        (pgettext("shift", "Handed over by"), f"{row.written_by} {moment(row.written_at)}"),
        (pgettext("shift", "Taken over by"), taken or pgettext("shift", "not yet")),
        ("|" + pgettext("shift", "What to know"), row.text),
    ])  # fmt: skip
    if row.events:
        sheet.heading(pgettext("shift", "Events to watch"))
        columns = [
            Column(pgettext("shift", "Event number"), 2.4),
            Column(pgettext("shift", "What"), 2),
            Column(pgettext("shift", "Where"), 4),
            Column(pgettext("shift", "Stands"), 1.6),
            Column(pgettext("shift", "What to mind"), 4),
        ]
        sheet.table(columns, [(one.no, one.category, one.place, one.state_label, one.remark) for one in row.events])
    sheet.signatures(
        [pgettext("shift", "Handed over: "), pgettext("shift", "Taken over: "), pgettext("shift", "Date: ")]
    )
    return Paper(name=f"shift-{number}.pdf", body=sheet.body())


def _leader(access: Access) -> int:
    """Who leads a centre's shift."""
    if not led_by(access) or access.user is None:
        raise Forbidden("shift-leads-only", _("The lead of a centre's shift hands over and takes over."))
    return access.user


def _centre(access: Access, named: int | None) -> int:
    """The centre that a note is for."""
    centres = led_by(access)
    if named is None and len(centres) > 1:
        raise Invalid("centre-needed", _("Say for which centre: you lead more than one shift."), field="centre")
    if named is not None and named not in centres:
        raise Forbidden("shift-not-yours", _("You do not lead this centre's shift."))
    return centres[0] if named is None else named


def _check(text: str, mentions: Sequence[Mention]) -> None:
    if not LEAST_TEXT <= len(text.strip()) <= LONGEST_TEXT:
        words = _("Say what the next shift must know, in %(least)d to %(most)d characters.")
        raise Invalid("note-text", words % {"least": LEAST_TEXT, "most": LONGEST_TEXT}, field="text")
    if any(personal.without(words) != words for words in (text, *(one.remark for one in mentions))):
        raise Invalid(
            "personal-data", _("A mobile number or an identity number has no place in a shift note."), field="text"
        )
    if len(mentions) > MOST_EVENTS or len({one.no for one in mentions}) < len(mentions):
        words = _("Name every event once, and at most %(most)d.") % {"most": MOST_EVENTS}
        raise Invalid("note-events", words, field="events")


def _found(access: Access, mentions: Sequence[Mention]) -> dict[str, Event]:
    """By number. Raises Invalid for one that is not there for this reader."""
    wanted = [one.no for one in mentions]
    found = {event.no: event for event in Event.objects.filter(visible_events(access), no__in=wanted)}
    unknown = [no for no in wanted if no not in found]
    if unknown:
        words = _("There is no event %(no)s, or not for your post.") % {"no": unknown[0]}
        raise Invalid("note-event-unknown", words, field="events")
    return found


def _carried(before: ShiftNote | None, named: set[int]) -> list[ShiftEvent]:
    """What the note before was about, is still open, and the writer has not named anew.

    Of one's own note that is written anew, only what that one had carried over itself.
    """
    if before is None:
        return []
    links = before.about.filter(event__ended_at__isnull=True).exclude(event__in=named)
    return list(links if before.taken_at is not None else links.filter(carried=True))


def _again(note: ShiftNote, link: ShiftEvent) -> ShiftEvent:
    return ShiftEvent(note=note, event_id=link.event_id, remark=link.remark, carried=True)


def _waits(note: ShiftNote) -> Conflict:
    words = _("The note of %(who)s from %(when)s has not been taken over yet: take it over first.")
    return Conflict("note-waits", words % {"who": note.written_by.name, "when": moment(note.written_at)})
