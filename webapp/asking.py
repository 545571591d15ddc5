"""Who stands behind a request."""

from functools import partial

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from grid.models import User
from grid.policy import NOBODY, Access, access_of
from grid.selectors.signed_in import SignedIn
from webapp.middleware import client_address
from webapp.sessions import SessionStore

_PASSWORD = "django.contrib.auth.backends.ModelBackend"  # noqa: S105 - the backend that asks for one


class WhoAsks(AuthenticationMiddleware):
    """Gives `request.user`, as Django does: looked up when somebody first asks for it, once for each request."""

    def process_request(self, request: HttpRequest) -> None:
        """Look up nothing yet."""
        super().process_request(request)
        request.user = SimpleLazyObject(partial(user_of, request))  # type: ignore[assignment]


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """Whom the request's session signs in, by Django's rules; no query beside the session's own.

    Only the plain yes is said here: the account that came with the session is the one that its signed words name, is
    active, and the password is still the one of the sign-in. Everything else is asked of Django, which then refuses
    (a changed password ends the session), or says yes for a reason that isn't known here.
    """
    found = _plainly(request)
    if found is None or found.account is None:
        user: User | AnonymousUser = get_user(request)
        return user
    request.access_behind = found.access  # type: ignore[attr-defined]
    return found.account


def _plainly(request: HttpRequest) -> SignedIn | None:
    session = request.session
    named = (session.get(SESSION_KEY), session.get(BACKEND_SESSION_KEY))  # reads the session, and what is behind it
    found = session.behind if isinstance(session, SessionStore) else None
    if found is None or found.account is None or not found.account.is_active:
        return None
    if named != (str(found.account.pk), _PASSWORD):
        return None
    given = session.get(HASH_SESSION_KEY, "")
    return found if constant_time_compare(given, found.account.get_session_auth_hash()) else None


def asking(request: HttpRequest) -> Access:
    """The access of the signed-in user, or of nobody, with the address and id of the request.

    What came with the session serves where it is that user's; one query otherwise (right after signing in).
    """
    user = request.user
    access = _access(request, user) if isinstance(user, User) else NOBODY
    return access.coming_from(address=client_address(request), request_id=getattr(request, "id", ""))


def _access(request: HttpRequest, user: User) -> Access:
    found = getattr(request, "access_behind", NOBODY)
    return found if found.user == user.pk else access_of(user, now=timezone.now())
