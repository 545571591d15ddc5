"""Who asks: the signed-in person's access, on every request of the API."""

from typing import Any

from django.http import HttpRequest
from ninja.security import SessionAuth

from grid.policy import Access
from webapp.asking import asking


class PostAuth(SessionAuth):
    """A session and CSRF token; sets `request.access`."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """The access, or None for nobody."""
        who = asking(request)
        request.access = who  # type: ignore[attr-defined]
        return who if who.user is not None else None


def access(request: HttpRequest) -> Access:
    """What `PostAuth` found."""
    found: Access = request.access  # type: ignore[attr-defined]
    return found
