"""Looking at one event: who looks at a case that is kept within its organisations is written down first."""

from events.selectors import cards
from events.selectors.cardrows import EventCard
from grid.policy import Access
from grid.services import audit


def view(*, access: Access, no: str) -> EventCard:
    """The card of event `no`. Of a restricted one the audit's row comes before the card: no row, no card.

    Raises NotFound.
    """
    event = cards.find(access, no)
    if event.restricted:
        audit.record(
            access=access, action="restricted.view", kind="event", subject=event.no, organisation=event.holder_id
        )
    return cards.card_after(access, event)
