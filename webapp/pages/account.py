"""Signing in and out, and one's own account: which posts, which sessions, ending them."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grid.models import User, UserSession
from grid.policy import NOBODY, Access
from grid.services import audit, factors
from webapp import endings
from webapp.middleware import client_address
from webapp.pages.catalogue import home_of, labels, menu
from webapp.pages.doors import signed_in
from webapp.pages.signing import destination, password_was_right
from webapp.sessions import binding

LOCKED_SECONDS = int(settings.AXES_COOLOFF_TIME * 3600)


class SignIn(forms.Form):
    """What the sign-in page asks."""

    username = forms.CharField(max_length=64, error_messages={"required": gettext_lazy("Enter your account name.")})
    password = forms.CharField(
        max_length=256, strip=False, error_messages={"required": gettext_lazy("Enter your password.")}
    )


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page. Whether an account exists can't be learnt from it: words and tries left are the same."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(destination(_wanted(request)))
    if request.method != "POST":
        return _form(request, errors={})
    form = SignIn(request.POST)
    if not form.is_valid():
        return _form(request, errors={name: str(texts[0]) for name, texts in form.errors.items()}, status=422)
    name, password = form.cleaned_data["username"], form.cleaned_data["password"]
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        return _failed(request, name)
    return _admit(request, user)


@require_POST
@signed_in
def sign_out(request: HttpRequest, access: Access) -> HttpResponse:
    """End this session, its sockets and its streams."""
    own = UserSession.objects.filter(session_key=request.session.session_key)
    endings.end(access=access, sessions=own, action="session.sign-out")
    logout(request)
    return HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL)


@require_safe
@signed_in
def account(request: HttpRequest, access: Access) -> HttpResponse:
    """Whose account this is, its posts, and where it is signed in."""
    here = request.session.session_key
    sessions = [
        {
            "handle": binding(row.session_key)[:16],
            "here": row.session_key == here,
            "address": row.address,
            "agent": row.agent,
            "since": row.started_at,
            "until": row.expire_date,
        }
        for row in endings.live_sessions(request.user.pk)
    ]
    posts = [{"role": labels([duty.role])[0], "organisation": duty.organisation_name} for duty in access.duties]
    context = {
        "name": access.name or request.user.get_username(),
        "username": request.user.get_username(),
        "posts": posts,
        "sessions": sessions,
        "others": len(sessions) - 1,
        "factor": isinstance(request.user, User) and factors.has_factor(request.user),
        "menu": menu(access),
        "home": home_of(access),
    }
    return render(request, "account.html", context)


@require_POST
@signed_in
def end_sessions(request: HttpRequest, access: Access) -> HttpResponse:
    """End one of one's other sessions (`session`, its handle), or all of them (`session=others`)."""
    which = request.POST.get("session", "")
    chosen = [
        row
        for row in endings.live_sessions(request.user.pk).exclude(session_key=request.session.session_key)
        if which == "others" or binding(row.session_key)[:16] == which
    ]
    endings.end(access=access, sessions=chosen, action="session.end")
    return HttpResponseRedirect("/account")


def locked_out(request: HttpRequest, _original: HttpResponse | None, _credentials: dict[str, Any]) -> HttpResponse:
    """The answer after too many failures, in the same words for accounts that exist and that don't."""
    minutes = LOCKED_SECONDS // 60
    response = render(request, "locked.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(LOCKED_SECONDS)
    return response


def _admit(request: HttpRequest, user: User) -> HttpResponse:
    """On with a right password; one that was handed over and lay about too long is none any more."""
    if user.handed_until is not None and user.handed_until <= timezone.now():
        audit.record(
            access=_stranger(request), action="session.sign-in", kind="account", subject=user.username,
            result="failed", detail={"reason": "first password expired"},
        )  # fmt: skip
        words = _("This first password is too old. Ask the system administrator for another.")
        return _form(request, errors={"password": words}, status=401)
    return password_was_right(request, user, wanted=_wanted(request))


def _failed(request: HttpRequest, name: str) -> HttpResponse:
    locked = bool(getattr(request, "axes_locked_out", False))
    _note_failure(request, name, locked=locked)
    left = max(0, settings.AXES_FAILURE_LIMIT - AxesProxyHandler.get_failures(request, {"username": name}))
    message = ngettext(
        "Account or password is wrong. %(count)s try left.", "Account or password is wrong. %(count)s tries left.", left
    ) % {"count": left}
    return _form(request, errors={"password": message}, status=401)


def _note_failure(request: HttpRequest, name: str, *, locked: bool) -> None:
    """Names that no account has are not kept: people type passwords into the wrong field."""
    known = User.objects.filter(username=name).exists()
    audit.record(
        access=_stranger(request),
        action="session.sign-in",
        kind="account",
        subject=name if known else "",
        result="locked" if locked else "failed",
        detail={} if known else {"reason": "no such account"},
    )


def _stranger(request: HttpRequest) -> Access:
    return NOBODY.coming_from(address=client_address(request), request_id=getattr(request, "id", ""))


def _form(request: HttpRequest, *, errors: dict[str, str], status: int = 200) -> HttpResponse:
    context = {
        "errors": errors,
        "username": request.POST.get("username", "")[:64],
        "next": _wanted(request),
        "title": _("Sign in"),
    }
    return render(request, "login.html", context, status=status)


def _wanted(request: HttpRequest) -> str:
    return request.POST.get("next") or request.GET.get("next") or ""
