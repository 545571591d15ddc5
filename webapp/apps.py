"""Who is watching: HTTP, pages, sockets, settings, the client."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save


class WebappConfig(AppConfig):
    """The top floor; it has no tables of its own."""

    name = "webapp"

    def ready(self) -> None:
        """Tie streams to sessions, and sessions to accounts."""
        from grid.models import User
        from webapp import endings

        post_save.connect(endings.account_saved, sender=User, dispatch_uid="webapp.account-saved")
        endings.session_ended.connect(_end_streams, dispatch_uid="webapp.session-streams")


def _end_streams(*, binding: str, **_signal: Any) -> None:
    from gis_layers.services.playback import revoke_sessions

    revoke_sessions(binding=binding)
