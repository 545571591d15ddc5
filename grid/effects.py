"""What a change would do, told before it is saved."""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """How much one should mind."""

    NOTE = "note"
    WARNING = "warning"
    OBSTACLE = "obstacle"  # as it is, it can't be saved


@dataclass(frozen=True, slots=True)
class Effect:
    """One sentence, in the reader's language."""

    weight: Weight
    text: str
