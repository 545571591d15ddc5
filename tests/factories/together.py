"""Several at once, each in a thread and on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

from grid.refusals import Refusal

HANDS = 10
"""Threads at most; as many as there are works begin at one moment, more take their turn."""


def together(*works: Callable[[], Any]) -> list[Any]:
    """What each gave, or the refusal that it met, in their order."""
    gate = Barrier(len(works)) if len(works) <= HANDS else None

    def one(work: Callable[[], Any]) -> Any:
        try:
            if gate:
                gate.wait()
            return work()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(min(len(works), HANDS)) as pool:
        return list(pool.map(one, works))
