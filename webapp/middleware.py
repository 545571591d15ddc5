"""Every request gets an id, is known by the address that our own proxy saw, and speaks the language of its cookie."""

import ipaddress
import re
import uuid
from collections.abc import Callable
from urllib.parse import unquote

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from webapp.problems import problem


def client_address(request: HttpRequest) -> str | None:
    """Where the request came from, as nginx (which replaces the header) says; None when nobody said, or no address."""
    said = request.META.get("HTTP_X_REAL_IP") or request.META.get("REMOTE_ADDR") or ""
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:
        return None


_PROXY_ID = re.compile(r"[0-9a-f]{32}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class PlainAddress:
    """Refuses an address with a control character in it: nothing here has such a name, and a database takes no NUL."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """400, or on."""
        if _CONTROL.search(request.path) or _CONTROL.search(unquote(request.META.get("QUERY_STRING", ""))):
            return problem(request, 400, "bad-address", _("The address holds a control character."))
        return self.get_response(request)


class DatabaseAway:
    """Says that the database is away, to programs and people, where a view ran into it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """On."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """503 with Retry-After for a database that doesn't answer; anything else is not ours."""
        if not isinstance(exception, OperationalError):
            return None
        if "text/html" in request.headers.get("Accept", ""):
            response = render(request, "503.html", status=503)
        else:
            words = _("The database does not answer. Nothing was lost; try again.")
            response = problem(request, 503, "database-away", words)
        response["Retry-After"] = "2"
        return response


class RequestIdentity:
    """Gives `request.id`, and answers with it as X-Request-ID, so that an error on a screen is found in the log.

    It also drops Accept-Language: the language is what somebody chose (a cookie), or Chinese. A browser's own idea
    would give two people at one console different words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Number the request."""
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _PROXY_ID.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        response = self.get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response
