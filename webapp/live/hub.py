"""One hub per process: woken by the database, reads what is new once, and tells each audience what it may know.

NOTIFY is only the wake-up; the numbered feed is the truth. A lost connection or notification costs time, never an
update: the hub looks by itself every few seconds, and continues from its own number.
"""

import asyncio
import contextlib
import functools
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import psycopg
from django.db import Error as DatabaseError

from gis_layers import live
from webapp.live import frames, standing
from webapp.live.listener import listen
from webapp.live.threads import in_thread
from webapp.live.viewer import CHANGED, SIGNED_OUT, Viewer

COALESCE_SECONDS = 0.2
LOOK_SECONDS = 5.0  # at the latest, also without a wake-up
TICK_SECONDS = 10.0
RECHECK_SECONDS = 2.0
FARTHEST_BEHIND = 2_000  # updates; a reader further back takes a new snapshot
_PAGE = 100  # rows are about a kilobyte: one frame stays well under a reader's limit
_PACE_SECONDS = 0.05  # between the pages of a burst, so that a reader who keeps up is not taken for a slow one

log = logging.getLogger(__name__)


class Hub:
    """The viewers of this process and their common place in the feed."""

    def __init__(self) -> None:
        self.viewers: set[Viewer] = set()
        self.seq = 0
        self._standings: dict[str, standing.Standing] = {}
        self._wake = asyncio.Event()
        self._reading = asyncio.Lock()
        self._ready = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._seen_at = 0.0

    def start(self) -> None:
        """Begin to read the feed; a second call does nothing."""
        if not self._tasks:
            works = (listen(live.CHANNEL, self._wake.set), self._follow(), self._tick(), self._recheck())
            self._tasks = [asyncio.create_task(work) for work in works]

    async def stop(self) -> None:
        """End the hub's own work; its viewers are left to the server."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def ready(self) -> None:
        """Wait until the place in the feed is known."""
        self.start()
        await self._ready.wait()

    def attach(self, viewer: Viewer, known: standing.Standing) -> None:
        """Count the viewer in: its rights are watched; the feed reaches it once it is `caught_up`."""
        kept = self._standings.setdefault(viewer.session, known)
        self.viewers.add(viewer)
        if kept.audience != viewer.audience:  # its rights moved while it was at the door
            viewer.end(CHANGED, last=frames.RESYNC)

    def detach(self, viewer: Viewer) -> None:
        """Forget the viewer."""
        self.viewers.discard(viewer)
        if all(other.session != viewer.session for other in self.viewers):
            self._standings.pop(viewer.session, None)

    async def missed(self, viewer: Viewer) -> list[frames.Frame] | None:
        """The next frames that bring the viewer towards the hub's number; empty when it is there (and
        from then on it is told what comes), None when it must take a new snapshot."""
        if viewer.seq > self.seq:
            await self.look()
        if viewer.seq > self.seq or self.seq - viewer.seq > FARTHEST_BEHIND:
            return None
        if viewer.seq == self.seq:
            viewer.caught_up = True
            return []
        prev, target = viewer.seq, self.seq
        try:
            read = await in_thread(functools.partial(live.since, prev, limit=_PAGE))
        except live.LostPlace:
            return None
        known = [change for change in read if change.seq <= target]
        seq = known[-1].seq if known else target
        viewer.seq = seq
        told = live.seen_by(viewer.audience, known)
        # The last frame goes out also when it says nothing: it tells the reader that it is there.
        return [frames.updates(prev=prev, seq=seq, changes=told)]

    async def look(self) -> None:
        """Number what was committed, and tell everyone everything that is new."""
        async with self._reading:
            await in_thread(live.number)
            while True:
                try:
                    changes = await in_thread(functools.partial(live.since, self.seq, limit=_PAGE))
                except live.LostPlace:
                    await self._begin_again()
                    return
                if not changes:
                    break
                self._tell(changes)
                await asyncio.sleep(_PACE_SECONDS)
            self._seen_at = asyncio.get_running_loop().time()

    def _tell(self, changes: tuple[live.Change, ...]) -> None:
        """One rendering per audience, one frame per place that its viewers are at (nearly always one)."""
        seq = changes[-1].seq
        for audience, viewers in _by_audience(viewer for viewer in self.viewers if viewer.caught_up).items():
            told = live.seen_by(audience, changes)
            if not told:
                continue
            made: dict[int, frames.Frame] = {}
            for viewer in viewers:
                if viewer.seq not in made:
                    made[viewer.seq] = frames.updates(prev=viewer.seq, seq=seq, changes=told)
                viewer.offer(made[viewer.seq])
                viewer.seq = seq
        self.seq = seq

    async def _look_or_begin_again(self) -> None:
        """A change that can't be told (written by another release, say) must not silence all that come after it."""
        try:
            await self.look()
        except (LookupError, TypeError, ValueError):
            log.exception("live: a change could not be told; everybody takes a new snapshot")
            await self._begin_again()

    async def _begin_again(self) -> None:
        """The feed is not the one we knew (a restored database): everybody takes a new snapshot."""
        self.seq = await in_thread(live.snapshot_seq)
        for viewer in tuple(self.viewers):
            viewer.end(CHANGED, last=frames.RESYNC)

    async def _follow(self) -> None:
        await self._find_place()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
            self._wake.clear()
            with _database_troubles("reading the feed"):
                await self._look_or_begin_again()
            await asyncio.sleep(COALESCE_SECONDS)

    async def _find_place(self) -> None:
        while not self._ready.is_set():
            with _database_troubles("finding the feed's place"):
                self.seq = await in_thread(live.number)
                self._ready.set()
            if not self._ready.is_set():
                await asyncio.sleep(1)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            age = asyncio.get_running_loop().time() - self._seen_at
            frame = frames.tick(at=datetime.now(UTC), behind=age > 3 * LOOK_SECONDS)
            for viewer in tuple(self.viewers):
                viewer.offer(frame)

    async def _recheck(self) -> None:
        """Ended sessions, disabled accounts, moved rights: their lines hear of it within seconds, whoever caused it."""
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            if not self._standings:
                continue
            with _database_troubles("asking whether sessions still hold"):
                self._apply(await in_thread(functools.partial(standing.changed, dict(self._standings))))

    def _apply(self, found: dict[str, standing.Standing | None]) -> None:
        for key, now in found.items():
            self._standings.pop(key, None)
            if now is not None:
                self._standings[key] = now
            for viewer in [viewer for viewer in self.viewers if viewer.session == key]:
                if now is None:
                    viewer.end(SIGNED_OUT)
                elif now.audience != viewer.audience:
                    viewer.end(CHANGED, last=frames.RESYNC)


def _by_audience(viewers: Iterable[Viewer]) -> dict[live.Audience, list[Viewer]]:
    groups: dict[live.Audience, list[Viewer]] = defaultdict(list)
    for viewer in viewers:
        groups[viewer.audience].append(viewer)
    return groups


@contextlib.contextmanager
def _database_troubles(doing: str) -> Iterator[None]:
    """A database that is away is no end of the hub: the next look continues from the same number."""
    try:
        yield
    except (DatabaseError, psycopg.Error, OSError) as error:
        log.warning("live: %s failed: %s", doing, type(error).__name__)
