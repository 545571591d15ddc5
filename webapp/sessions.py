"""Sessions in the database, each knowing whose it is, so that they can be listed and ended.

A session ends two hours after it was last used, and twelve hours after its sign-in whatever is done with it. The
statement that reads it brings account and posts along: `behind`, which lives as long as one request.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from gis_layers.video.tickets import browser_binding as binding
from grid.models import UserSession
from grid.selectors.signed_in import SignedIn, signed_in

__all__ = ["SessionStore", "binding"]

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
_USE_COUNTS_AFTER = timedelta(minutes=2)  # a use is written down at most this often


class SessionStore(DatabaseStore):
    """Django's database store over `grid.UserSession`, with the two limits of age.

    `behind` is what came with the session when it was read; None until then, and for one that is new or over. Ask
    `webapp.asking` for who it is: only there it is held against the session's own words.
    """

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.behind: SignedIn | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        """The table."""
        return UserSession

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row to save, with its owner beside the opaque data."""
        now = timezone.now()
        began = data.setdefault("began", now.isoformat())
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.address = data.get("address")
        row.agent = str(data.get("agent", ""))[:200]
        row.started_at = datetime.fromisoformat(began)
        row.expire_date = _expiry(row.started_at, now)
        return row

    def begin(self, *, address: str | None, agent: str) -> None:
        """Start the clocks of a sign-in, and note from where it came."""
        self["began"] = timezone.now().isoformat()
        self["address"] = address
        self["agent"] = agent[:200]

    def get_expiry_age(self, **options: Any) -> int:
        """Seconds that the browser may keep the cookie: what is left of the twelve hours."""
        began = self.get("began")
        if began is None:
            return int(ABSOLUTE.total_seconds())
        left = datetime.fromisoformat(began) + ABSOLUTE - timezone.now()
        return max(0, int(left.total_seconds()))

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing for one that is over, or never was. One query, rarely a second."""
        key = str(self.session_key)
        self.behind = signed_in(session_key=key, now=timezone.now()) if key.isascii() and key.isalnum() else None
        if self.behind is None:
            self._session_key = None
            return {}
        _note_use(key, self.behind)
        words: dict[str, Any] = self.decode(self.behind.words)
        return words


def _expiry(started_at: datetime, now: datetime) -> datetime:
    return min(now + IDLE, started_at + ABSOLUTE)


def _note_use(session_key: str, found: SignedIn) -> None:
    """Put the end off, but not for every request."""
    expiry = _expiry(found.started_at, timezone.now())
    if expiry - found.expires_at > _USE_COUNTS_AFTER:
        UserSession.objects.filter(pk=session_key).update(expire_date=expiry)
