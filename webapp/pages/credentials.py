"""One's own password and second factor, changed by whoever is signed in."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from grid.models import User
from grid.policy import Access
from grid.refusals import Invalid
from grid.services import accounts, audit, factors
from webapp import endings
from webapp.pages import offers
from webapp.pages.doors import signed_in

PASSWORD_ADDRESS, FACTOR_ADDRESS = "/account/password", "/account/factor"


@sensitive_post_parameters("current", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def password(request: HttpRequest, access: Access) -> HttpResponse:
    """Another password, for whoever knows the present one; every other session ends."""
    user = _own(request)
    if request.method != "POST":
        return _password_page(request, user, {})
    wrong = _wrong(request, access, user)
    if wrong:
        return _password_page(request, user, wrong)
    try:
        accounts.set_own_password(access=access, user=user, password=request.POST.get("new", ""))
    except Invalid as fault:
        return _password_page(request, user, {"new": str(fault.detail)})
    others = endings.live_sessions(user.pk).exclude(session_key=request.session.session_key)
    endings.end(access=access, sessions=others, action="session.end-password")
    update_session_auth_hash(request, user)
    return HttpResponseRedirect("/account")


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def factor(request: HttpRequest, access: Access) -> HttpResponse:
    """Set a second factor up without being made to; one that is in use is shown to nobody again."""
    user = _own(request)
    if factors.has_factor(user):
        return HttpResponseRedirect("/account")
    if request.method != "POST":
        return _factor_page(request, user, {})
    secret, code = offers.offered(request), request.POST.get("code", "")
    if factors.confirm(access=access, user=user, secret=secret, code=code, now=timezone.now()):
        offers.forget(request)
    elif not factors.has_factor(user):
        return _factor_page(request, user, {"code": _("That is no code of this key. Wait for the next one.")})
    return HttpResponseRedirect("/account")


def _own(request: HttpRequest) -> User:
    return User.objects.get(username=request.user.get_username())


def _wrong(request: HttpRequest, access: Access, user: User) -> dict[str, str]:
    """What is wrong with the form. Guessing the present password counts as failing to sign in."""
    if request.POST.get("new", "") != request.POST.get("again", ""):
        return {"again": _("The two are not the same. Type it again.")}
    given = request.POST.get("current", "")
    locked = not AxesProxyHandler.is_allowed(request, {"username": user.username})
    if locked or authenticate(request, username=user.username, password=given) != user:
        result = "locked" if locked else "failed"
        audit.record(access=access, action="account.password", kind="account", subject=user.username, result=result)
        return {"current": _("That is not your present password.")}
    return {}


def _password_page(request: HttpRequest, user: User, errors: dict[str, str]) -> HttpResponse:
    context = {"errors": errors, "username": user.username, "action": PASSWORD_ADDRESS, "current": True}
    return render(request, "sign_password.html", context, status=422 if errors else 200)


def _factor_page(request: HttpRequest, user: User, errors: dict[str, str]) -> HttpResponse:
    context = {"errors": errors, "username": user.username, "action": FACTOR_ADDRESS, **offers.key_words(request, user)}
    return render(request, "sign_factor.html", context, status=422 if errors else 200)
