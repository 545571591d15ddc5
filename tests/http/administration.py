"""How the matrix asks the doors of administration: about an account of the readers' township, made each time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from events.selectors.organisations import organisation_version
from grid import fields
from grid.models import Organisation, Post, SecondFactor, User
from grid.selectors.accounts import account_version
from tests.http.doors import Browser

CENTRE = "centre-430902005000"
GRANT = {"role": "acceptor", "organisation": CENTRE}


def account(name: str = "matrix.account", *, posts: tuple[str, ...] = ("dispatcher",)) -> User:
    """Somebody at the township's centre, with these posts there."""
    home = Organisation.objects.get(code=CENTRE)
    user = User(username=name, name="被管理人", home=home)
    user.set_unusable_password()
    user.save()
    for role in posts:
        Post.objects.create(user=user, role=role, organisation=home, since=timezone.now())
    return user


def _about(ask: Callable[[Browser, User], Any]) -> Callable[[Any, Browser, str], Any]:
    return lambda _stage, browser, _place: ask(browser, account())


def _forget(browser: Browser, user: User) -> Any:
    SecondFactor.objects.create(user=user, secret=fields.seal("00" * 20), confirmed_at=timezone.now())
    return browser.post(f"administration/accounts/{user.username}/factor", {})


def _hand(browser: Browser, user: User) -> Any:
    User.objects.filter(pk=user.pk).update(released_until=timezone.now() + timedelta(hours=1))
    return browser.post(f"administration/accounts/{user.username}/password", {})


_ACCOUNT = "administration/accounts/matrix.account"
_NEW = {"username": "matrix.new", "name": "新人", "home": CENTRE}
_CATEGORIES, _DAY = "administration/categories", "administration/calendar/2999-12-31"
_KIND = {"kind": "rest", "name": "x"}
EDITED: dict[str, Any] = {
    "name": "井盖缺损", "keywords": ["井盖"], "handle_amount": 2, "handle_clock": "urgent_hour", "urgent": True,
    "self_resolvable": False, "auto_dispatch": False, "min_level": "village", "active": True,
}  # fmt: skip
_BODY = f"administration/organisations/{CENTRE}"
_NAMES = {"name": "大码头街道指挥中心", "short_name": "大码头"}


def _amend_body(browser: Browser) -> Any:
    version = organisation_version(Organisation.objects.get(code=CENTRE))
    return browser.post(_BODY, {**_NAMES, "version": version})


def _open_body(browser: Browser) -> Any:
    """A closed one, opened again: nothing is in the way of that."""
    Organisation.objects.filter(code=CENTRE).update(closed_at=timezone.now())
    version = organisation_version(Organisation.objects.get(code=CENTRE))
    return browser.post(f"{_BODY}/closed", {"version": version, "closed": False})


ADMINISTERED: dict[str, Callable[[Any, Browser, str], Any]] = {
    "POST /api/v1/administration/accounts": lambda s, b, p: b.post("administration/accounts", _NEW),
    "GET /api/v1/administration/accounts/{}": _about(lambda b, _u: b.get(_ACCOUNT)),
    "POST /api/v1/administration/accounts/{}": _about(
        lambda b, u: b.post(_ACCOUNT, {"version": account_version(u), "name": "改名", "home": CENTRE})
    ),
    "POST /api/v1/administration/accounts/{}/active": _about(
        lambda b, u: b.post(f"{_ACCOUNT}/active", {"version": account_version(u), "active": False})
    ),
    "POST /api/v1/administration/accounts/{}/password": _about(_hand),
    "POST /api/v1/administration/accounts/{}/release": _about(lambda b, _u: b.post(f"{_ACCOUNT}/release", {})),
    "POST /api/v1/administration/accounts/{}/factor": _about(_forget),
    "POST /api/v1/administration/accounts/{}/posts": _about(lambda b, _u: b.post(f"{_ACCOUNT}/posts", GRANT)),
    "POST /api/v1/administration/accounts/{}/posts/preview": _about(
        lambda b, _u: b.post(f"{_ACCOUNT}/posts/preview", GRANT)
    ),
    "GET /api/v1/administration/posts/{}/ending": _about(
        lambda b, u: b.get(f"administration/posts/{u.posts.get().pk}/ending")
    ),
    "POST /api/v1/administration/posts/{}/end": _about(
        lambda b, u: b.post(f"administration/posts/{u.posts.get().pk}/end", {})
    ),
    "GET /api/v1/administration/choices/{}/ground": lambda s, b, p: b.get(f"administration/choices/{CENTRE}/ground"),
    "POST /api/v1/administration/categories": lambda s, b, p: b.post(_CATEGORIES, {**EDITED, "code": "06-080"}),
    "GET /api/v1/administration/categories/{}": lambda s, b, p: b.get(f"{_CATEGORIES}/06-001"),
    "POST /api/v1/administration/categories/{}/preview": lambda s, b, p: b.post(
        f"{_CATEGORIES}/06-001/preview", EDITED
    ),
    "POST /api/v1/administration/categories/{}": lambda s, b, p: b.post(
        f"{_CATEGORIES}/06-001", {**EDITED, "version": "0" * 16}
    ),
    "POST /api/v1/administration/calendar/{}/preview": lambda s, b, p: b.post(f"{_DAY}/preview", _KIND),
    "POST /api/v1/administration/calendar/{}": lambda s, b, p: b.post(_DAY, {**_KIND, "version": "0" * 16}),
    "GET /api/v1/administration/organisations/{}": lambda s, b, p: b.get(_BODY),
    "POST /api/v1/administration/organisations/{}/preview": lambda s, b, p: b.post(f"{_BODY}/preview", _NAMES),
    "POST /api/v1/administration/organisations/{}": lambda s, b, p: _amend_body(b),
    "GET /api/v1/administration/organisations/{}/closing": lambda s, b, p: b.get(f"{_BODY}/closing"),
    "POST /api/v1/administration/organisations/{}/closed": lambda s, b, p: _open_body(b),
}
