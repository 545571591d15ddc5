"""Permitted sessions: asked for, capped, checked again, revoked, and told once when they end."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gis_layers.video.limits import Limits
from gis_layers.video.metrics import Metrics
from gis_layers.video.permits import Authorise, Closed, Permit, PlaybackRefused, Recheck, ViewerInfo
from gis_layers.video.reasons import Reason
from gis_layers.video.tickets import Ticket
from gis_layers.video.viewer import Viewer

logger = logging.getLogger("wangge.video")

_RETRY: Final = 5.0
_CLOSED_TRIES: Final = 3


@dataclass(slots=True, eq=False)
class Session:
    """One ticket's session, from the question to the platform until `closed` was told."""

    ticket: Ticket
    permit: Permit | None = None
    viewer: Viewer | None = None
    revoked: bool = False

    def cut(self) -> None:
        """End the picture now, or as soon as it would begin."""
        self.revoked = True
        if self.viewer is not None:
            self.viewer.finish("revoked", "the right to watch this camera was withdrawn")

    def named(self, session_id: UUID) -> bool:
        """Whether this is the session of that id."""
        return session_id in {self.ticket.session_id, self.permit.session_id if self.permit else None}


class Sessions:
    """All sessions of one gateway process."""

    def __init__(
        self, *, authorise: Authorise, recheck: Recheck, closed: Closed, limits: Limits, metrics: Metrics
    ) -> None:
        self._authorise = authorise
        self._recheck = recheck
        self._closed = closed
        self._limits = limits
        self._metrics = metrics
        self._sessions: set[Session] = set()

    def __len__(self) -> int:
        return len(self._sessions)

    def all(self) -> list[Session]:
        """The sessions at this moment."""
        return list(self._sessions)

    async def ask(self, ticket: Ticket, viewer: ViewerInfo) -> Session:
        """Ask the platform, within the caps. Raises PlaybackRefused; counts the session until `end`."""
        if len(self) >= self._limits.per_gateway:
            raise PlaybackRefused("busy", "the media gateway has no room for another picture")
        session = Session(ticket)
        self._sessions.add(session)
        try:
            session.permit = await self._permit(ticket, viewer)
        except BaseException:
            self._sessions.discard(session)
            raise
        if session.revoked:
            await self.end(session, "revoked")
            raise PlaybackRefused("revoked", "the right to watch this camera was withdrawn")
        if self._pictures_of(session.permit.user_key) > self._limits.per_user:
            await self.end(session, "busy")
            raise PlaybackRefused("busy", f"{self._limits.per_user} pictures at a time are allowed: close one first")
        return session

    async def _permit(self, ticket: Ticket, viewer: ViewerInfo) -> Permit:
        try:
            async with asyncio.timeout(self._limits.authorise):
                return await self._authorise(ticket, viewer)
        except PlaybackRefused:
            raise
        except Exception as error:
            logger.error("authorising a viewer failed: %s", type(error).__name__)
            raise PlaybackRefused("error", "the platform did not say whether this camera may be watched") from None

    def _pictures_of(self, user_key: str) -> int:
        return sum(known.permit is not None and known.permit.user_key == user_key for known in self._sessions)

    def revoke(self, session_id: UUID) -> bool:
        """Cut one session; answers whether there was one."""
        found = [session for session in self._sessions if session.named(session_id)]
        for session in found:
            session.cut()
        return bool(found)

    def revoke_binding(self, binding: str) -> int:
        """Cut all sessions of one browser session; answers how many."""
        found = [session for session in self._sessions if session.ticket.binding == binding]
        for session in found:
            session.cut()
        return len(found)

    async def recheck_for_ever(self, session: Session, permit: Permit, viewer: Viewer) -> None:
        """Ask every `recheck` seconds whether the session may go on; no answer for too long ends it too."""
        loop = asyncio.get_running_loop()
        answered = loop.time()
        pause = self._limits.recheck
        while True:
            await asyncio.sleep(pause)
            try:
                async with asyncio.timeout(self._limits.authorise):
                    allowed = await self._recheck(permit.session_id)
            except Exception as error:
                logger.warning("checking a viewer again failed: %s", type(error).__name__)
                if loop.time() - answered > self._limits.recheck + self._limits.recheck_grace:
                    viewer.finish("error", "the platform did not say whether this camera may still be watched")
                pause = min(_RETRY, self._limits.recheck)
                continue
            answered, pause = loop.time(), self._limits.recheck
            if not allowed:
                session.cut()

    async def end(self, session: Session, reason: str) -> None:
        """Forget the session and tell the platform, once; a platform that is away is told again a little later."""
        if session not in self._sessions or session.permit is None:
            return
        self._sessions.discard(session)
        self._metrics.closed[reason] += 1
        logger.info("picture closed: channel %s, %s", session.ticket.channel_code, reason)
        viewer, session_id = session.viewer, session.permit.session_id
        seconds = asyncio.get_running_loop().time() - viewer.started if viewer else 0.0
        for attempt in range(_CLOSED_TRIES):
            with contextlib.suppress(Exception):
                await self._closed(session_id, reason, seconds, viewer.bytes_sent if viewer else 0)
                return
            await asyncio.sleep(attempt + 1)
        logger.error("the platform was not told that session %s ended (%s)", session_id, reason)


def close_reason(refusal: PlaybackRefused) -> Reason:
    """The refusal's code as a close reason ("ticket" is answered before there is anything to close)."""
    return "refused" if refusal.code == "ticket" else refusal.code
