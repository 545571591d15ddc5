"""What the platform asks of any media gateway, ours or one that a site already runs.

An adapter for another gateway (go2rtc, MediaMTX, ZLMediaKit) is a class with these methods. It states in
`capabilities` what that gateway can't do; the playback service shows this to administrators and refuses to use a
gateway that can neither hide the camera's address nor revoke a running picture.
"""

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PlayRequest:
    """A decision already made and audited: this session of this user may open this channel from this browser.

    `binding` is `tickets.browser_binding` of the session cookie's value, `now` is unix seconds.
    """

    session_id: UUID
    user_id: str
    channel_code: str
    binding: str
    now: float


@dataclass(frozen=True, slots=True)
class PlayUrl:
    """Where the browser opens the picture: a path on the page's own origin, good until `expires_at` (unix seconds)."""

    path: str
    kind: Literal["fmp4-websocket", "hls", "webrtc"]
    expires_at: int


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a gateway can promise."""

    single_use: bool
    bound_to_browser: bool
    recheck: bool
    revoke: bool
    hides_address: bool
    codecs: frozenset[str]


class StreamGateway(Protocol):
    """A media gateway, as services see it: synchronous, and safe to call inside a transaction."""

    @property
    def capabilities(self) -> Capabilities:
        """What this gateway can promise."""

    def open(self, request: PlayRequest) -> PlayUrl:
        """Answer the URL at which the browser may play; opens no connection to the camera by itself."""

    def revoke(self, *, session_id: UUID) -> None:
        """Cut one picture within 10 s, and make its unused ticket worthless."""

    def revoke_browser_session(self, *, binding: str) -> None:
        """Cut every picture of one browser session within 10 s (logout, disabled account)."""
