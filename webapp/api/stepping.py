"""What the requests of all steps have in common: the version seen, and fields that many carry."""

from abc import abstractmethod
from datetime import datetime
from typing import Annotated

from pydantic import Field

from events.services import deeds
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
