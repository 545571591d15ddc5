"""Why a picture ended: the words that a viewer's screen, the audit and the metrics share."""

from typing import Final, Literal

Reason = Literal[
    "unauthorised",
    "not_found",
    "timeout",
    "silent",
    "codec",
    "refused",
    "revoked",
    "busy",
    "offline",
    "slow",
    "error",
]

CLOSE_CODES: Final[dict[Reason, int]] = {
    "unauthorised": 4401,
    "refused": 4403,
    "not_found": 4404,
    "timeout": 4408,
    "revoked": 4410,
    "slow": 4413,
    "codec": 4415,
    "silent": 4420,
    "busy": 4429,
    "error": 4500,
    "offline": 4503,
}


class UpstreamFailed(Exception):
    """The camera's side of a stream ended.

    `detail` is shown to viewers, so it never holds an address, a user name or anything that the camera sent as text.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Reason = reason
        self.detail = detail
