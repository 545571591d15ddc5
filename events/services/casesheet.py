"""What stands on an event's handling sheet 事件办理单, from its card. Asks nothing of the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events.models import Evidence, Supervision
from events.selectors.cardrows import EventCard, JournalItem, PhotoRow, TicketRow, TimerRow
from events.selectors.shares import TaskRow
from events.services import photos

if TYPE_CHECKING:
    from data.paper import Picture, Sheet

MOST_PICTURES = 12  # on one sheet, the newest; the others are counted


@dataclass(frozen=True)
class Printed:
    """Who had it made, and when: it stands at the foot of every page."""

    by: str
    at: datetime


def drawn(cards: Iterable[EventCard], stored: dict[tuple[int, str], str], printed: Printed) -> bytes:
    """The sheets of these cards as one PDF; `stored` names the kept file of a photo by event and digest.

    Raises data.paper.FontMissing.
    """
    from data.paper import Sheet

    kept = list(cards)
    title = pgettext("sheet", "Event handling sheet")
    sheet = Sheet(
        title=f"{title} {kept[0].no}" if len(kept) == 1 else title,
        numbering=pgettext("sheet", "Page %(page)s of %(pages)s"), made_at=printed.at,
    )  # fmt: skip
    made = pgettext("sheet", "Printed by %(who)s, %(when)s") % {"who": printed.by, "when": moment(printed.at)}
    caution = pgettext("sheet", "For work only; keep it safe")
    for card in kept:
        sheet.begin(title, subtitle=card.no, foot=" · ".join((card.no, made, caution)))
        _case(sheet, card, stored)
    return sheet.body()


def moment(at: datetime | None) -> str:
    """A time to the minute, by the clocks on the walls here; empty for none."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def _case(sheet: "Sheet", card: EventCard, stored: dict[tuple[int, str], str]) -> None:
    sheet.facts(_facts(card))
    _tickets(sheet, card.ticket_rows)
    _tasks(sheet, card.tasks)
    _timers(sheet, card.timers)
    _journal(sheet, card.journal)
    _pictures(sheet, card, stored)
    sheet.signatures(
        [pgettext("sheet", "Handled by: "), pgettext("sheet", "Responsible: "), pgettext("sheet", "Date: ")]
    )


def _facts(card: EventCard) -> list[tuple[str, str]]:
    category = f"{card.category.code} {card.category.name}" if card.category else pgettext("sheet", "No category yet")
    spot = f"{card.lng:.5f}, {card.lat:.5f}" if card.lng is not None and card.lat is not None else ""
    found = [
        (pgettext("sheet", "State"), card.state_label),
        (pgettext("sheet", "Category"), category),
        (pgettext("sheet", "Reported"), moment(card.reported_at)),
        (pgettext("sheet", "Source"), " ".join(dict.fromkeys((card.source_label, card.reporter)))),
        (pgettext("sheet", "Grid"), card.place or pgettext("sheet", "not placed")),
        (pgettext("sheet", "Position"), spot),
        ("|" + pgettext("sheet", "Address"), card.address),
        ("|" + pgettext("sheet", "What was reported"), card.description),
        (pgettext("sheet", "Held by"), card.holder),
        (pgettext("sheet", "Lead organisation"), card.lead or ""),
        (pgettext("sheet", "Due in all"), moment(card.due_at)),
        (pgettext("sheet", "Ended"), moment(card.ended_at)),
        (pgettext("sheet", "Supervision"), str(Supervision(card.supervision).label)),
        (pgettext("sheet", "Remarks"), _remarks(card)),
    ]
    return [*found, ("|" + pgettext("sheet", "Merged into"), card.merged_into)] if card.merged_into else found


def _remarks(card: EventCard) -> str:
    told = [
        (card.urgent, pgettext("sheet", "Urgent")),
        (card.restricted, pgettext("sheet", "Restricted")),
        (card.returns, pgettext("sheet", "returned %d times") % card.returns),
        (card.reworks, pgettext("sheet", "done again %d times") % card.reworks),
        (card.urges, pgettext("sheet", "urged %d times") % card.urges),
        (card.reopens, pgettext("sheet", "reopened %d times") % card.reopens),
        (card.taken_in, pgettext("sheet", "%d merged into it") % card.taken_in),
    ]
    return _(", ").join(words for counts, words in told if counts)


def _tickets(sheet: "Sheet", tickets: Sequence[TicketRow]) -> None:
    from data.paper import Column

    if not tickets:
        return
    sheet.heading(pgettext("sheet", "Hotline tickets"))
    columns = [
        Column(pgettext("sheet", "Order number"), 3),
        Column(pgettext("sheet", "Kind"), 1.4),
        Column(pgettext("sheet", "Caller"), 3),
        Column(pgettext("sheet", "Reply by"), 2.4),
        Column(pgettext("sheet", "Satisfaction"), 1.6),
    ]
    rows = [
        (ticket.order_no, ticket.order_type, _caller(ticket), moment(ticket.reply_deadline), ticket.satisfaction)
        for ticket in tickets
    ]
    sheet.table(columns, rows)


def _caller(ticket: TicketRow) -> str:
    """Masked, as on the screen."""
    if ticket.purged:
        return pgettext("sheet", "removed after the time for keeping it")
    return (
        f"{ticket.caller.name} {ticket.caller.phone}".strip()
        if ticket.caller
        else pgettext("sheet", "not for this post")
    )


def _tasks(sheet: "Sheet", tasks: Sequence[TaskRow]) -> None:
    from data.paper import Column

    if not tasks:
        return
    sheet.heading(pgettext("sheet", "Who had it"))
    columns = [
        Column(pgettext("sheet", "Share"), 1),
        Column(pgettext("sheet", "Organisation or person"), 2.6),
        Column(pgettext("sheet", "State"), 1.2),
        Column(pgettext("sheet", "Given"), 1.9),
        Column(pgettext("sheet", "Signed"), 1.9),
        Column(pgettext("sheet", "Ended"), 1.9),
        Column(pgettext("sheet", "Due"), 1.9),
    ]
    rows = [
        (task.kind_label, " ".join(part for part in (task.organisation, task.user) if part), task.state_label,
         moment(task.assigned_at), moment(task.signed_at), moment(task.ended_at), moment(task.due_at))
        for task in tasks
    ]  # fmt: skip
    sheet.table(columns, rows, size=8)


def _timers(sheet: "Sheet", timers: Sequence[TimerRow]) -> None:
    from data.paper import Column

    if not timers:
        return
    sheet.heading(pgettext("sheet", "Time allowed"))
    columns = [
        Column(pgettext("sheet", "Stage"), 1.2),
        Column(pgettext("sheet", "Started"), 2),
        Column(pgettext("sheet", "Allowed (hours)"), 1.5, "R"),
        Column(pgettext("sheet", "Used (hours)"), 1.5, "R"),
        Column(pgettext("sheet", "Due"), 2),
        Column(pgettext("sheet", "Stopped"), 2),
        Column(pgettext("sheet", "Mark"), 1.4),
    ]
    sheet.table(columns, [_timer(timer) for timer in timers], size=8)


def _timer(timer: TimerRow) -> tuple[str, ...]:
    mark = Supervision.RED if timer.red_at else Supervision.YELLOW if timer.yellow_at else None
    stopped = moment(timer.stopped_at) or (
        pgettext("sheet", "paused") if timer.paused_at else pgettext("sheet", "running")
    )
    return (
        timer.label, moment(timer.started_at), f"{timer.allowance_min / 60:.2f}", f"{timer.used_min / 60:.2f}",
        moment(timer.due_at), stopped, str(mark.label) if mark else "",
    )  # fmt: skip


def _journal(sheet: "Sheet", journal: Sequence[JournalItem]) -> None:
    from data.paper import Column

    sheet.heading(pgettext("sheet", "What was done"))
    columns = [
        Column(pgettext("sheet", "No."), 0.9, "R"),
        Column(pgettext("sheet", "Time"), 2.9),
        Column(pgettext("sheet", "Step"), 1.6),
        Column(pgettext("sheet", "Record"), 6.8),
        Column(pgettext("sheet", "Organisation"), 2.4),
    ]
    rows = [
        (str(item.version), f"{timezone.localtime(item.at):%Y-%m-%d %H:%M:%S}", item.step_label, _said(item),
         item.organisation)
        for item in journal
    ]  # fmt: skip
    sheet.table(columns, rows, size=8.5)


def _said(item: JournalItem) -> str:
    photographed = pgettext("sheet", "Photos: %d") % len(item.photos) if item.photos else ""
    return "\n".join(part for part in (item.sentence, item.text, photographed) if part)


def _pictures(sheet: "Sheet", card: EventCard, stored: dict[tuple[int, str], str]) -> None:
    shown = card.photos[-MOST_PICTURES:]
    found = [picture for photo in shown if (picture := _picture(card, photo, stored)) is not None]
    if not card.photos:
        return
    sheet.heading(pgettext("sheet", "Photos"))
    sheet.pictures(found)
    if left := len(card.photos) - len(found):
        sheet.paragraph(pgettext("sheet", "%d more photos are in the system.") % left, dim=True, size=8.5)


def _picture(card: EventCard, photo: PhotoRow, stored: dict[tuple[int, str], str]) -> "Picture | None":
    """The small rendering; None where its file is gone."""
    from data.paper import Picture

    kept = stored.get((card.id, photo.sha256))
    path = photos.path_of(kept, thumb=True) if kept else None
    if path is None or not path.is_file():
        return None
    metres = pgettext("sheet", ", %d m from the place") % photo.distance_m if photo.distance_m is not None else ""
    return Picture(path, f"{_shows(photo.shows)} · {photo.version}{metres}")


def _shows(code: str) -> str:
    words = {
        Evidence.Shows.BEFORE.value: pgettext("sheet", "Before the work"),
        Evidence.Shows.AFTER.value: pgettext("sheet", "After the work"),
        Evidence.Shows.CHECK.value: pgettext("sheet", "At the check"),
    }
    return words.get(code, code)
