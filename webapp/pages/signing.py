"""The way from a right password to a session: a code of the second factor, a password of one's own, a factor set up.

Between the steps the browser holds a session without anybody in it, which says who showed a right password and when. It
opens nothing but the next step, for ten minutes; a password changed meanwhile makes it worthless.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from grid.models import User
from grid.policy import NOBODY, Access
from grid.refusals import Invalid
from grid.services import accounts, audit, factors
from webapp.asking import asking
from webapp.middleware import client_address
from webapp.pages import offers
from webapp.sessions import SessionStore, binding

PENDING = "signing"
STEP_ADDRESS = "/login/step"
PATIENCE = timedelta(minutes=10)


def password_was_right(request: HttpRequest, user: User, *, wanted: str) -> HttpResponse:
    """On to the next step, or into a session when there is none."""
    offers.forget(request)
    request.session[PENDING] = {
        "user": user.pk, "sign": user.get_session_auth_hash(), "at": timezone.now().isoformat(),
        "code": False, "wanted": wanted,
    }  # fmt: skip
    return _on(request, user)


@sensitive_post_parameters("code", "new", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest) -> HttpResponse:
    """Whatever is to be done next by whoever has shown a right password; nobody else finds anything here."""
    user = _pending(request)
    if user is None or request.user.is_authenticated:
        return HttpResponseRedirect(settings.LOGIN_URL)
    name = _next(request, user)
    if name is None:
        return _begin(request, user)
    return _ANSWERS[name](request, user) if request.method == "POST" else _page(request, user, name)


def _on(request: HttpRequest, user: User) -> HttpResponse:
    if _next(request, user) is None:
        return _begin(request, user)
    request.session.cycle_key()  # whoever put a key into this browser before has nothing of it
    return HttpResponseRedirect(STEP_ADDRESS)


def _next(request: HttpRequest, user: User) -> str | None:
    """The next step of this sign-in: a code before anything is changed, then what is to be set up."""
    has_factor = factors.has_factor(user)
    if has_factor and not request.session[PENDING]["code"]:
        return "code"
    if user.handed_until is not None:
        return "password"
    wanted = not settings.DEMO and not has_factor and factors.needs_factor(user, now=timezone.now())
    return "factor" if wanted else None


def _pending(request: HttpRequest) -> User | None:
    kept = request.session.get(PENDING)
    if kept is None or timezone.now() - datetime.fromisoformat(kept["at"]) > PATIENCE:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["sign"], user.get_session_auth_hash()):
        return None
    return user


def _take_code(request: HttpRequest, user: User) -> HttpResponse:
    with transaction.atomic():
        factors.take_turns(user)  # before the failures are counted: many guesses at once are no more than one by one
        return _weigh_code(request, user)


def _weigh_code(request: HttpRequest, user: User) -> HttpResponse:
    if not AxesProxyHandler.is_allowed(request, {"username": user.username}):
        return _locked(request)
    if not factors.check(user=user, code=request.POST.get("code", ""), now=timezone.now()):
        return _wrong_code(request, user)
    _note(request, "code", True)
    return _on(request, user)


def _take_factor(request: HttpRequest, user: User) -> HttpResponse:
    access = _as(request, user)
    secret, code = offers.offered(request), request.POST.get("code", "")
    if not factors.confirm(access=access, user=user, secret=secret, code=code, now=timezone.now()):
        if factors.has_factor(user):  # the form was sent twice: the other one set it up
            return HttpResponseRedirect(STEP_ADDRESS)
        words = _("That is no code of this key. Wait for the next one, and check the phone's clock.")
        return _page(request, user, "factor", errors={"code": words}, status=422)
    offers.forget(request)
    _note(request, "code", True)
    return _on(request, user)


def _take_password(request: HttpRequest, user: User) -> HttpResponse:
    new, again = request.POST.get("new", ""), request.POST.get("again", "")
    if new != again:
        words = {"again": _("The two are not the same. Type it again.")}
        return _page(request, user, "password", errors=words, status=422)
    try:
        accounts.set_own_password(access=_as(request, user), user=user, password=new)
    except Invalid as fault:
        return _page(request, user, "password", errors={"new": str(fault.detail)}, status=422)
    _note(request, "sign", user.get_session_auth_hash())
    return _on(request, user)


_ANSWERS: dict[str, Callable[[HttpRequest, User], HttpResponse]] = {
    "code": _take_code, "factor": _take_factor, "password": _take_password,
}  # fmt: skip


def _wrong_code(request: HttpRequest, user: User) -> HttpResponse:
    """A failure like a wrong password: it counts towards the same limit, and is recorded."""
    credentials = {"username": user.username}
    user_login_failed.send(sender=__name__, credentials=credentials, request=request)
    locked = not AxesProxyHandler.is_allowed(request, credentials)
    audit.record(
        access=_as(request, user), action="session.code", kind="account", subject=user.username,
        result="locked" if locked else "failed",
    )  # fmt: skip
    if locked:
        return _locked(request)
    words = _("That is not the present code, or it was used already. Wait for the next one.")
    return _page(request, user, "code", errors={"code": words}, status=401)


def _locked(request: HttpRequest) -> HttpResponse:
    seconds = int(settings.AXES_COOLOFF_TIME * 3600)
    response = render(request, "locked.html", {"minutes": seconds // 60}, status=429)
    response["Retry-After"] = str(seconds)
    request.session.flush()
    return response


def _page(
    request: HttpRequest, user: User, name: str, *, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"errors": errors or {}, "username": user.username, "action": STEP_ADDRESS}
    if name == "factor":
        context |= offers.key_words(request, user)
    return render(request, f"sign_{name}.html", context, status=status)


def _note(request: HttpRequest, name: str, value: Any) -> None:
    request.session[PENDING] = {**request.session[PENDING], name: value}


def _as(request: HttpRequest, user: User) -> Access:
    """The account itself, without any right: it is not signed in yet."""
    here = NOBODY.coming_from(address=client_address(request), request_id=getattr(request, "id", ""))
    return Access(user=user.pk, name=user.name, duties=(), address=here.address, request_id=here.request_id)


def _begin(request: HttpRequest, user: User) -> HttpResponse:
    wanted = destination(request.session.pop(PENDING)["wanted"])
    with transaction.atomic():
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")  # gives the session a new key
        _store(request).begin(address=client_address(request), agent=request.headers.get("User-Agent", ""))
        request.session.save()
        tie = binding(str(request.session.session_key))[:16]
        audit.record(access=asking(request), action="session.sign-in", kind="session", subject=tie)
    return HttpResponseRedirect(wanted)


def destination(wanted: str) -> str:
    """An address of our own to go to after signing in; anything else means the first page."""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return "/"


def _store(request: HttpRequest) -> SessionStore:
    store = request.session
    if not isinstance(store, SessionStore):
        raise ImproperlyConfigured("SESSION_ENGINE must be webapp.sessions")
    return store
