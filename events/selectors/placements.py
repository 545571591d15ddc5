"""Where an event may be that nobody has placed yet: what its address may mean."""

from events.selectors import cards
from grid.policy import Access
from grid.selectors import Placement, placements


def placements_of(access: Access, no: str) -> list[Placement]:
    """The places that the address of event `no` may mean, best first. Raises NotFound for an event not to be seen."""
    return placements(text=cards.find(access, no).address)
