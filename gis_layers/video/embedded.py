"""The embedded gateway as the platform sees it: tickets out, revocations announced."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from uuid import UUID

from gis_layers.video.protocol import Capabilities, PlayRequest, PlayUrl
from gis_layers.video.tickets import issue

_CAPABILITIES: Final = Capabilities(
    single_use=True,
    bound_to_browser=True,
    recheck=True,
    revoke=True,
    hides_address=True,
    codecs=frozenset({"h264", "h265"}),
)


@dataclass(frozen=True, slots=True)
class Revocation:
    """One picture (`session_id`) or all pictures of one browser session (`binding`) must end."""

    session_id: UUID | None = None
    binding: str | None = None


class EmbeddedGateway:
    """StreamGateway for `MediaGateway`, which runs as its own process.

    `announce` carries a revocation to that process (a NOTIFY in the running transaction, or a call); `lifetime` is
    the ticket's, in seconds.
    """

    def __init__(self, *, key: bytes, announce: Callable[[Revocation], None], lifetime: float = 60) -> None:
        self._key = key
        self._announce = announce
        self._lifetime = lifetime

    @property
    def capabilities(self) -> Capabilities:
        """Everything that the protocol asks for; H.265 plays only in browsers that can decode it."""
        return _CAPABILITIES

    def open(self, request: PlayRequest) -> PlayUrl:
        """Sign a ticket for this browser: no connection is made, so this can't be held up by a camera."""
        token = issue(
            key=self._key,
            session_id=request.session_id,
            user_id=request.user_id,
            channel_code=request.channel_code,
            binding=request.binding,
            now=request.now,
            lifetime=self._lifetime,
        )
        return PlayUrl(
            path=f"/live/{quote(request.channel_code, safe='')}?ticket={token}",
            kind="fmp4-websocket",
            expires_at=int(request.now + self._lifetime),
        )

    def revoke(self, *, session_id: UUID) -> None:
        """Announce that one picture must end."""
        self._announce(Revocation(session_id=session_id))

    def revoke_browser_session(self, *, binding: str) -> None:
        """Announce that all pictures of one browser session must end."""
        self._announce(Revocation(binding=binding))
