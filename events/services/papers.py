"""Cases on paper: the handling sheets 事件办理单 of up to 50 events in one PDF, as their reader sees them. Audited."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event
from events.selectors import cards, worklist
from events.selectors.cardrows import EventCard
from events.selectors.photos import stored_of
from events.selectors.worklist import Wanted
from events.services import casesheet
from grid.policy import Access
from grid.refusals import Invalid, Unavailable
from grid.services import audit

MOST_SHEETS = 50  # in one file


@dataclass(frozen=True)
class Paper:
    """A PDF file: its name and its bytes."""

    name: str
    body: bytes


def sheet_of(*, access: Access, no: str, now: datetime | None = None) -> Paper:
    """The handling sheet of event `no`. Raises NotFound, and Unavailable where the font is not installed."""
    return sheets_of(access=access, numbers=(no,), now=now)


def sheets_of(*, access: Access, numbers: Sequence[str], now: datetime | None = None) -> Paper:
    """The handling sheets of these events, one after the other, in one file; an audit row for each.

    Who called stands on it as masked as on the reader's screen. Raises Invalid for none or more than 50, NotFound
    where one of them is not for this reader (then there is no file at all), Unavailable without the font.
    """
    wanted = tuple(dict.fromkeys(numbers))
    if not 1 <= len(wanted) <= MOST_SHEETS:
        raise Invalid(
            "sheets-number", _("Choose between 1 and %(most)d events.") % {"most": MOST_SHEETS}, field="events"
        )
    now = now or timezone.now()
    shown = [cards.card(access, no, now=now) for no in wanted]
    stored = stored_of(card.id for card in shown)
    printed = casesheet.Printed(by=_whom(access), at=now)
    body = _drawn(shown, stored, printed)
    holders = dict(Event.objects.filter(pk__in=[card.id for card in shown]).values_list("pk", "holder"))
    with transaction.atomic():
        for card in shown:
            audit.record(
                access=access, action="sheet.print", kind="event", subject=card.no, organisation=holders[card.id],
                detail={"version": card.version, "sheets": len(shown)},
            )  # fmt: skip
    return Paper(name=_name(wanted, now), body=body)


def sheets_of_list(*, access: Access, wanted: Wanted, now: datetime | None = None) -> Paper:
    """The same for a worklist: every event of the view and filters `wanted`, in its order.

    Raises Invalid for a list that is empty or longer than 50, and as `worklist` does.
    """
    found = worklist.worklist(access, replace(wanted, cursor="", limit=MOST_SHEETS))
    if found.total > MOST_SHEETS:
        words = _("The list holds %(total)d events, and at most %(most)d go into one file: narrow it, or tick some.")
        raise Invalid("sheets-number", words % {"total": found.total, "most": MOST_SHEETS}, field="filter")
    return sheets_of(access=access, numbers=[row.no for row in found.rows], now=now)


def _whom(access: Access) -> str:
    names = dict.fromkeys(duty.organisation_name for duty in access.duties)
    return " ".join(part for part in (access.name, next(iter(names), "")) if part)


def _name(numbers: Sequence[str], now: datetime) -> str:
    """Of letters and digits alone: it goes into a header."""
    if len(numbers) == 1:
        return f"{numbers[0]}.pdf"
    return f"events-{timezone.localtime(now):%Y%m%d-%H%M%S}-{len(numbers)}.pdf"


def _drawn(shown: Sequence[EventCard], stored: dict[tuple[int, str], str], printed: casesheet.Printed) -> bytes:
    from data.paper import FontMissing  # a second to import: only where paper is made

    try:
        return casesheet.drawn(shown, stored, printed)
    except FontMissing as error:
        raise Unavailable("font-missing", _("The Chinese font for PDF files is not installed: %s") % error) from None
