"""Ending sign-ins: the session's row, the streams that hang on it; its sockets notice within seconds by themselves."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import Signal
from django.utils import timezone

from grid.models import User, UserSession
from grid.policy import Access
from grid.services import audit
from webapp.sessions import binding

# Sent in the ending transaction with `binding` (the sha256 of the session's key): whoever hangs something on a session
# ends it here.
session_ended = Signal()


def live_sessions(user: int | None) -> QuerySet[UserSession]:
    """The sessions of a user that can still be used, newest first."""
    return UserSession.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-started_at")


def end(*, access: Access, sessions: Iterable[UserSession], action: str) -> int:
    """End these sessions, and write one audit row for each; how many there were."""
    ended = 0
    with transaction.atomic():
        for row in sessions:
            tie = binding(row.session_key)
            audit.record(access=access, action=action, kind="session", subject=tie[:16], detail={"user": row.user_id})
            row.delete()
            session_ended.send(sender=UserSession, binding=tie)
            ended += 1
    return ended


def account_saved(*, instance: User, **_signal: Any) -> None:
    """A disabled account keeps no session (a receiver of the user model's post_save)."""
    if not instance.is_active:
        nobody = Access(user=None, name="", duties=())
        end(access=nobody, sessions=UserSession.objects.filter(user=instance), action="session.end-disabled")
