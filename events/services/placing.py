"""Placing what came with words instead of a point: by its address, where that means one place beyond doubt."""

from typing import Any

from events.models import Event
from events.services import deeds
from events.services.effects import put
from grid.coordinates import Crs
from grid.likeness import Candidate
from grid.refusals import Refusal
from grid.selectors import match_address


def place_by_address(event: Event, payload: dict[str, Any]) -> None:
    """Put a new, not yet placed event where its address means, if that is sure; the journal's payload says how.

    An address that is not sure leaves the event as it was: it waits for a person, who is offered the candidates.
    """
    found = match_address(text=event.address).sure if event.address else None
    if found is None:
        return
    try:
        put(event, deeds.GivenPoint(lng=found.lng, lat=found.lat, crs=Crs.WGS84, accuracy_m=max(found.reach_m, 10.0)))
    except Refusal:  # a distance in the address may lead out of the city
        return
    event.given_point = None  # nobody gave one
    payload["matched"] = kept(found)


def kept(found: Candidate) -> dict[str, Any]:
    """How an event was placed, as the journal keeps it: by which place, with which score; not a word of the address."""
    return {"place": found.name, "kind": found.kind, "score": found.score}
