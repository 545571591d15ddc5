"""Looking at one event: who looks at a case that is kept within its organisations is written down first."""

from events.models import Event
from events.selectors import cards, photos
from events.selectors.cardrows import EventCard
from grid.policy import Access
from grid.services import audit


def view(*, access: Access, no: str) -> EventCard:
    """The card of event `no`. Of a restricted one the audit's row comes before the card: no row, no card.

    Raises NotFound.
    """
    return cards.card_after(access, note(access=access, no=no))


def note(*, access: Access, no: str) -> Event:
    """The event `no`, for a reader to be told something of it: of a restricted one the audit's row comes first.

    Raises NotFound.
    """
    event = cards.find(access, no)
    if event.restricted:
        _record(access, event)
    return event


def photo(*, access: Access, sha256: str) -> str:
    """The kept file of a photo that this reader may see; through a restricted event alone only with the audit's row.

    Raises NotFound.
    """
    shown = photos.shown_to(access, sha256)
    if shown.event is not None and shown.event.restricted:
        _record(access, shown.event)
    return shown.stored


def _record(access: Access, event: Event) -> None:
    audit.record(access=access, action="restricted.view", kind="event", subject=event.no, organisation=event.holder_id)
