"""The texts that go down a line. Pure: knows neither sockets nor the database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Frame:
    """One text frame, and how many bytes it takes on the wire."""

    text: str
    size: int


def _frame(text: str) -> Frame:
    return Frame(text=text, size=len(text.encode()))


def _json(**members: Any) -> Frame:
    return _frame(json.dumps(members, separators=(",", ":")))


def welcome(*, seq: int) -> Frame:
    """The line stands; `seq` is the number that it will have reached once everything missed is here."""
    return _json(type="welcome", seq=seq)


def updates(*, prev: int, seq: int, changes: Sequence[str]) -> Frame:
    """Changes from number `prev` (exclusive) to `seq`; between the two there is nothing else for this reader."""
    return _frame(f'{{"type":"updates","prev":{prev},"seq":{seq},"changes":[{",".join(changes)}]}}')


def tick(*, at: datetime, behind: bool) -> Frame:
    """The line is alive; `behind` says that the server itself can't see what is new."""
    return _json(type="tick", at=at.isoformat(timespec="milliseconds"), behind=behind)


RESYNC = _json(type="resync")
