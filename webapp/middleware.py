"""Every request gets an id, is known by the address that our own proxy saw, and speaks the language of its cookie."""

import ipaddress
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def client_address(request: HttpRequest) -> str | None:
    """Where the request came from, as nginx (which replaces the header) says; None when nobody said, or no address."""
    said = request.META.get("HTTP_X_REAL_IP") or request.META.get("REMOTE_ADDR") or ""
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:
        return None


class RequestIdentity:
    """Gives `request.id`, and answers with it as X-Request-ID, so that an error on a screen is found in the log.

    It also drops Accept-Language: the language is what somebody chose (a cookie), or Chinese. A browser's own idea
    would give two people at one console different words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Number the request."""
        request.id = str(uuid.uuid4())  # type: ignore[attr-defined]
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        response = self.get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response
