"""What the requests of all steps have in common: the version seen, fields that many carry, and how a 409 is told."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from pydantic import Field

from events.selectors import cards
from events.services import deeds
from events.services.viewing import view
from grid.policy import Access
from grid.refusals import Conflict
from webapp.api.parsing import Body

Text = Annotated[str, Field(max_length=deeds.LONGEST_TEXT)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Photos = Annotated[tuple[Digest, ...], Field(max_length=deeds.MOST_PHOTOS)]
Number = Annotated[int, Field(strict=True, ge=1, le=2**62)]  # of an organisation


class StepIn(Body):
    """Every step names the version of the event that its sender saw."""

    version: Annotated[int, Field(strict=True, ge=1, le=2_000_000_000)]
    device_at: datetime | None = None

    @abstractmethod
    def deed(self) -> deeds.Deed:
        """As the door takes it."""


@contextmanager
def telling_what_changed(who: Access, no: str, version: int) -> Iterator[None]:
    """A Conflict inside carries the event's card as it stands (`event`), and what was done since `version` (`since`):
    each entry's version, time, and sentence as the journal tells it."""
    try:
        yield
    except Conflict as conflict:
        shown = cards.card_json(view(access=who, no=no))
        told = ("version", "at", "sentence", "text")
        newer = [entry for entry in shown["journal"] if entry["version"] > version]
        conflict.extra |= {"event": shown, "since": [{name: entry[name] for name in told} for entry in newer]}
        raise
