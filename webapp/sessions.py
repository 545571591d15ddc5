"""Sessions in the database, each knowing whose it is, so that they can be listed and ended.

A session ends two hours after it was last used, and twelve hours after its sign-in whatever is done with it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from gis_layers.video.tickets import browser_binding as binding
from grid.models import UserSession

__all__ = ["SessionStore", "binding"]

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
_USE_COUNTS_AFTER = timedelta(minutes=2)  # a use is written down at most this often


class SessionStore(DatabaseStore):
    """Django's database store over `grid.UserSession`, with the two limits of age."""

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

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]
        if row is not None:
            _note_use(row)
        return row


def _expiry(started_at: datetime, now: datetime) -> datetime:
    return min(now + IDLE, started_at + ABSOLUTE)


def _note_use(row: UserSession) -> None:
    """Put the end off, but not for every request."""
    expiry = _expiry(row.started_at, timezone.now())
    if expiry - row.expire_date > _USE_COUNTS_AFTER:
        UserSession.objects.filter(pk=row.pk).update(expire_date=expiry)
