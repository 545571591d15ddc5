"""Keeping accounts: the system administrator makes, renames and disables them and hands out passwords.

An account has no rights by itself: the security administrator gives posts, takes a second factor away, and releases an
account that holds posts for one new password. So neither enters an account with rights without the other having agreed.
What hangs on sessions is ended by the caller's floor.
"""

import re
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from grid.models import Organisation, Post, Role, SecondFactor, User
from grid.policy import Access, not_over, within
from grid.refusals import Conflict, Forbidden, Invalid
from grid.selectors.accounts import account_version, administered, find_to_change
from grid.services import audit

HANDED_FOR = timedelta(days=3)  # a password that was handed over opens the account this long
RELEASED_FOR = timedelta(hours=24)  # so long after the security administrator agreed one new password may be handed out
OVER_THE_CITY = Q(role=Role.SECADMIN, organisation__region__parent=None, region=None)  # posts of the city's secadmin
LONGEST_NAME = 40
LONGEST_PASSWORD = 256
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,63}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when read aloud
_GROUPS, _GROUP = 4, 4


def create(*, access: Access, username: str, name: str, home: str, now: datetime) -> tuple[User, str]:
    """A new account that belongs to the organisation `home`, and the password to hand over: it is kept nowhere.

    Raises Forbidden, Invalid with the field at fault, Conflict for a name that is taken.
    """
    paths = administered(access, Role.SYSADMIN)
    usable_name(username)
    organisation = _home(paths, home)
    password = first_password()
    user = User(username=username, name=_name(name), home=organisation, handed_until=now + HANDED_FOR)
    user.set_password(password)
    with transaction.atomic():
        _save_new(user)
        new = {"name": user.name, "home": organisation.code, "active": True}
        audit.record_change(
            access=access, action="account.create", kind="account", subject=username, old={}, new=new,
            organisation=organisation.pk,
        )  # fmt: skip
    return user, password


def _save_new(user: User) -> None:
    """The database has the last word on names: two may ask for one at the same time."""
    taken = Conflict("username-taken", _("There is an account of this name already. Choose another."), field="username")
    if User.objects.filter(username=user.username).exists():
        raise taken
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise taken from error


@transaction.atomic
def amend(*, access: Access, username: str, version: str, name: str, home: str, now: datetime) -> User:
    """Another name or home for an account, as it stood at `version`. Raises NotFound, Conflict, Invalid, Forbidden."""
    paths = administered(access, Role.SYSADMIN)
    user = find_to_change(access, username, Role.SYSADMIN, now=now)
    _refuse_stale(user, version)
    old = {"name": user.name, "home": user.home.code if user.home else None}
    organisation = user.home if user.home and user.home.code == home else _home(paths, home)
    user.name, user.home = _name(name), organisation
    user.save(update_fields=["name", "home"])
    new = {"name": user.name, "home": organisation.code}
    if new != old:
        audit.record_change(
            access=access, action="account.amend", kind="account", subject=username, old=old, new=new,
            organisation=organisation.pk,
        )  # fmt: skip
    return user


@transaction.atomic
def disable(*, access: Access, username: str, version: str, now: datetime) -> User:
    """Close an account: its posts end now. Raises Forbidden for one's own, and for the last security administrator's.

    Raises NotFound, and Conflict when it stands otherwise than at `version`.
    """
    take_turns()
    user = _another(access, username, version, now)
    if not user.is_active:
        raise Conflict("disabled-already", _("The account is disabled already."))
    refuse_last(Q(user=user), now)
    open_posts = Post.objects.select_for_update().filter(not_over(now), user=user)
    for post in open_posts.select_related("organisation"):
        close(access=access, post=post, user=user, now=now)
    user.is_active, user.released_until = False, None
    # Without the signal of a saved account, which ends sessions in nobody's name: the caller ends them in `access`'s.
    User.objects.filter(pk=user.pk).update(is_active=False, released_until=None)
    _switched(access, user, active=False)
    return user


@transaction.atomic
def enable(*, access: Access, username: str, version: str, now: datetime) -> User:
    """Open a disabled account again, without posts. Raises NotFound, Conflict, Forbidden for one's own."""
    user = _another(access, username, version, now)
    if user.is_active:
        raise Conflict("enabled-already", _("The account is enabled already."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    _switched(access, user, active=True)
    return user


@transaction.atomic
def release(*, access: Access, username: str, now: datetime) -> User:
    """The security administrator's leave to hand out one new password within 24 hours. Raises NotFound, Forbidden.

    Raises Conflict for a disabled account, and for one without posts, which needs no leave.
    """
    user = find_to_change(access, username, Role.SECADMIN, now=now)
    _refuse_own(access, user)
    if not user.is_active:
        raise Conflict("disabled-already", _("The account is disabled. Enable it first."))
    if not _holds_posts(user, now):
        raise Conflict("no-post", _("The account holds no post: a new password needs nobody's leave."))
    user.released_until = now + RELEASED_FOR
    user.save(update_fields=["released_until"])
    audit.record_change(
        access=access, action="account.release", kind="account", subject=username, old={},
        new={"released_until": user.released_until.isoformat()}, organisation=user.home_id,
    )  # fmt: skip
    return user


@transaction.atomic
def hand_password(*, access: Access, username: str, now: datetime) -> tuple[User, str]:
    """A new password for a forgotten one, to hand over once; the old one is worth nothing. Raises NotFound, Forbidden.

    Its owner must set another within three days. Raises Conflict for an account that holds posts and was not released
    for it: the leave is used up by this.
    """
    user = find_to_change(access, username, Role.SYSADMIN, now=now)
    _refuse_own(access, user)
    if not user.is_active:
        raise Conflict("disabled-already", _("The account is disabled. Enable it first."))
    _refuse_unreleased(user, now)
    password = first_password()
    user.set_password(password)
    user.handed_until, user.released_until = now + HANDED_FOR, None
    user.save(update_fields=["password", "handed_until", "released_until"])
    audit.record_change(
        access=access, action="account.hand-password", kind="account", subject=username, old={},
        new={"handed_until": user.handed_until.isoformat()}, organisation=user.home_id,
    )  # fmt: skip
    return user, password


@transaction.atomic
def forget_factor(*, access: Access, username: str, now: datetime) -> User:
    """Take the second factor of a lost phone away: the next sign-in sets up another. Raises NotFound, Forbidden."""
    user = find_to_change(access, username, Role.SECADMIN, now=now)
    _refuse_own(access, user)
    if not SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists():
        raise Conflict("no-factor", _("The account has no second factor."))
    SecondFactor.objects.filter(user=user).delete()
    audit.record_change(
        access=access, action="account.forget-factor", kind="account", subject=username, old={"factor": True},
        new={"factor": False}, organisation=user.home_id,
    )  # fmt: skip
    return user


@transaction.atomic
def set_own_password(*, access: Access, user: User, password: str) -> None:
    """One's own new password. Raises Invalid with every rule that it breaks; the old one is no new one."""
    fault = password_fault(user, password)
    if fault:
        raise Invalid("password-unfit", fault, field="new")
    user.set_password(password)
    user.handed_until = None
    user.save(update_fields=["password", "handed_until"])
    audit.record(access=access, action="account.password", kind="account", subject=user.username)


def password_fault(user: User, password: str) -> str:
    """What is wrong with a new password of this user, in words; empty when nothing is."""
    if len(password) > LONGEST_PASSWORD:
        return _("A password has %s characters at most.") % LONGEST_PASSWORD
    try:
        validate_password(password, user)
    except ValidationError as error:
        return " ".join(str(text) for text in error.messages)
    return _("That is the password you have. Choose another.") if user.check_password(password) else ""


def usable_name(username: str) -> str:
    """The name, where it can be an account's. Raises Invalid."""
    if not _USERNAME.fullmatch(username):
        detail = _("An account name has 3 to 64 small letters, digits, dots, dashes or underscores, a letter first.")
        raise Invalid("username-unfit", detail, field="username")
    return username


def close(*, access: Access, post: Post, user: User, now: datetime) -> None:
    """End a post `now`; one that has not begun never will. In the caller's transaction, which has locked it."""
    before = post.until
    post.until = max(now, post.since)
    post.save(update_fields=["until"])
    subject = {"post": post.pk, "role": post.role, "organisation": post.organisation.code}
    audit.record_change(
        access=access, action="post.end", kind="account", subject=user.username, organisation=post.organisation_id,
        old={**subject, "until": before.isoformat() if before else None},
        new={**subject, "until": post.until.isoformat()},
    )  # fmt: skip


def _another(access: Access, username: str, version: str, now: datetime) -> User:
    user = find_to_change(access, username, Role.SYSADMIN, now=now)
    _refuse_own(access, user)
    _refuse_stale(user, version)
    return user


def _refuse_own(access: Access, user: User) -> None:
    if user.pk == access.user:
        raise Forbidden("own-account", _("Nobody administers their own account. Ask another administrator."))


def _refuse_stale(user: User, version: str) -> None:
    if account_version(user) != version:
        detail = _("Somebody has changed this account since you looked. See how it stands, then save again.")
        raise Conflict("stale", detail, extra={"version": account_version(user)})


def _holds_posts(user: User, now: datetime) -> bool:
    return Post.objects.filter(not_over(now), user=user).exists()


def _refuse_unreleased(user: User, now: datetime) -> None:
    """Whoever hands a password out could use it: not without the one who gave the rights behind it."""
    released = user.released_until is not None and user.released_until > now
    if not released and _holds_posts(user, now):
        detail = _("The account holds posts: the security administrator must release it for a new password first.")
        raise Conflict("not-released", detail)


def take_turns() -> None:
    """One end of an administration at a time, in the caller's transaction: two at once could each rely on the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('last-administrator'))")


def refuse_last(ending: Q, now: datetime) -> None:
    """Posts are given by the security administrator of the whole city: there must always be one. Raises Conflict.

    `ending` says which posts are about to end; `take_turns` comes first.
    """
    present = Post.objects.filter(not_over(now), OVER_THE_CITY, since__lte=now, user__is_active=True)
    if present.filter(ending).exists() and not present.exclude(ending).exists():
        detail = _("This is the last security administrator of the city. Another must hold the post first.")
        raise Conflict("last-of-its-kind", detail)


def _switched(access: Access, user: User, *, active: bool) -> None:
    action = "account.enable" if active else "account.disable"
    audit.record_change(
        access=access, action=action, kind="account", subject=user.username, old={"active": not active},
        new={"active": active}, organisation=user.home_id,
    )  # fmt: skip


def _home(paths: tuple[str, ...], code: str) -> Organisation:
    found = Organisation.objects.filter(within(paths, field="region__path"), code=code, closed_at=None).first()
    if found is None:
        detail = _("There is no such organisation where you administer. Choose one of the list.")
        raise Invalid("no-such-organisation", detail, field="home")
    return found


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid("name-unfit", _("Enter the person's name, 40 characters at most."), field="name")
    return name


def first_password() -> str:
    """Sixteen letters and digits of 31, in groups to be read aloud: 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _letter in range(_GROUP)) for _group in range(_GROUPS))
