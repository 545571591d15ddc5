"""The second factor of a sign-in: a secret that a phone's authenticator app holds, too."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from grid import fields, totp
from grid.models import Post, SecondFactor, User
from grid.policy import WITH_SECOND_FACTOR, Access
from grid.services import audit


def has_factor(user: User) -> bool:
    """Whether the account has shown that it holds a second factor. One query."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def needs_factor(user: User, *, now: datetime) -> bool:
    """Whether a post that the account holds, or will, takes a second factor. One query."""
    posts = Post.objects.filter(Q(until__isnull=True) | Q(until__gt=now), user=user, role__in=WITH_SECOND_FACTOR)
    return posts.exists()


def offered_secret(user: User) -> bytes:
    """The secret to put into the app: the same one until a code of it was shown. Two queries at most.

    Raises ValueError for an account that has its factor: it is shown to nobody again.
    """
    found, _made = SecondFactor.objects.get_or_create(
        user=user, defaults={"secret": fields.seal(secrets.token_hex(totp.SECRET_BYTES))}
    )
    if found.confirmed_at is not None:
        raise ValueError("a second factor that is in use is not shown again")
    return _secret(found)


@transaction.atomic
def confirm(*, access: Access, user: User, code: str, now: datetime) -> bool:
    """Whether the code is one of the offered secret; then the factor counts from now on."""
    found = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=True).first()
    if found is None or not _take(found, code, now):
        return False
    found.confirmed_at = now
    found.save(update_fields=["confirmed_at", "last_step"])
    audit.record_change(
        access=access, action="account.factor", kind="account", subject=user.username, old={"factor": False},
        new={"factor": True}, organisation=user.home_id,
    )  # fmt: skip
    return True


@transaction.atomic
def check(*, user: User, code: str, now: datetime) -> bool:
    """Whether the code opens the account now. Each code opens once."""
    found = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    if found is None or not _take(found, code, now):
        return False
    found.save(update_fields=["last_step"])
    return True


def _take(found: SecondFactor, code: str, now: datetime) -> bool:
    step = totp.matching_step(_secret(found), code, now=now.timestamp(), after=found.last_step)
    if step is None:
        return False
    found.last_step = step
    return True


def _secret(found: SecondFactor) -> bytes:
    return bytes.fromhex(fields.unseal(bytes(found.secret)))
