"""What a door answers when it will not do what was asked. Every refusal says why and what to do, and changes nothing.

`code` is stable and for programs; `detail` is translated and for people; `field` names the input at fault.
"""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """Base of all refusals."""

    def __init__(self, code: str, detail: Any, *, field: str = "", extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.field = field
        self.extra = dict(extra or {})


class Invalid(Refusal):
    """The input can't be taken as it is; nothing was changed."""


class NotFound(Refusal):
    """There is no such thing, or not for this reader: the two are not told apart."""


class Forbidden(Refusal):
    """It exists and may be seen, but this may not be done with it by this post."""


class Conflict(Refusal):
    """Somebody was faster, or the state does not allow it any more; `extra` says how it stands now."""


class Unavailable(Refusal):
    """A part that is needed is out of order; try again."""
