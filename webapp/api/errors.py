"""Every error of the API is RFC 9457 problem+json with a stable type; this is the only place that makes them."""

from http import HTTPStatus

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, ValidationError

from grid import refusals
from webapp.problems import problem

_STATUS: tuple[tuple[type[refusals.Refusal], int], ...] = (
    (refusals.Invalid, 422),
    (refusals.NotFound, 404),
    (refusals.Forbidden, 403),
    (refusals.Conflict, 409),
    (refusals.Unavailable, 503),
)


def refused(request: HttpRequest, refusal: refusals.Refusal) -> HttpResponse:
    """A domain refusal as a problem."""
    status = next(status for kind, status in _STATUS if isinstance(refusal, kind))
    detail = str(refusal.detail)
    errors = [{"field": refusal.field, "message": detail}] if refusal.field else None
    return problem(request, status, refusal.code, detail, errors=errors, extra=refusal.extra)


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A body or query that doesn't fit its schema."""
    errors = [
        {"field": ".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0]), "message": item["msg"]}
        for item in error.errors[:20]
    ]
    detail = _("Some fields can't be taken as they are; see errors.")
    return problem(request, 422, "invalid-fields", detail, errors=errors)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a missing or foreign CSRF token: a problem for programs, a page for people."""
    if "text/html" in request.headers.get("Accept", ""):
        return render(request, "csrf.html", status=403)
    return problem(request, 403, "csrf", _("This request did not come from one of our own pages. Reload the page."))


def not_signed_in(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """No session."""
    return problem(request, 401, "not-signed-in", _("Sign in first."))


def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework itself refuses: a body, for the reason that our parser gave; with 403 a CSRF token."""
    if isinstance(error.__cause__, refusals.Refusal):
        return refused(request, error.__cause__)
    if error.status_code == HTTPStatus.FORBIDDEN:
        return csrf_failure(request)
    return problem(request, error.status_code, "bad-request", str(error))


def not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    """No such address or thing."""
    return problem(request, 404, "not-found", _("There is nothing here, or not for your post."))


def database_gone(request: HttpRequest, _error: OperationalError) -> HttpResponse:
    """The database does not answer: nothing was taken, the sender should try again."""
    response = problem(request, 503, "database-away", _("The database does not answer. Nothing was lost; try again."))
    response["Retry-After"] = "2"
    return response
