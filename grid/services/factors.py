"""The second factor of a sign-in: a secret that a phone's authenticator app holds, too."""

import secrets
from datetime import datetime

from django.db import transaction

from grid import fields, totp
from grid.models import Post, SecondFactor, User
from grid.policy import WITH_SECOND_FACTOR, Access, not_over
from grid.services import audit


def has_factor(user: User) -> bool:
    """Whether the account has shown that it holds a second factor. One query."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def needs_factor(user: User, *, now: datetime) -> bool:
    """Whether a post that the account holds, or will, takes a second factor. One query."""
    posts = Post.objects.filter(not_over(now), user=user, role__in=WITH_SECOND_FACTOR)
    return posts.exists()


def new_secret() -> bytes:
    """A secret to put into the app. It is nobody's until a code of it was shown: whoever offers it keeps it so long."""
    return secrets.token_bytes(totp.SECRET_BYTES)


@transaction.atomic
def confirm(*, access: Access, user: User, secret: bytes, code: str, now: datetime) -> bool:
    """Whether the code is one of the offered secret; then this is the account's factor from now on.

    False, too, for an account that has its factor by now: it is not replaced.
    """
    User.objects.select_for_update().get(pk=user.pk)
    step = totp.matching_step(secret, code, now=now.timestamp(), after=0)
    if step is None or has_factor(user):
        return False
    shown = {"secret": fields.seal(secret.hex()), "confirmed_at": now, "last_step": step}
    SecondFactor.objects.update_or_create(user=user, defaults=shown)
    audit.record_change(
        access=access, action="account.factor", kind="account", subject=user.username, old={"factor": False},
        new={"factor": True}, organisation=user.home_id,
    )  # fmt: skip
    return True


def take_turns(user: User) -> None:
    """One code of an account at a time, in the caller's transaction: guesses at once are counted one after another."""
    SecondFactor.objects.select_for_update().filter(user=user).first()


@transaction.atomic
def check(*, user: User, code: str, now: datetime) -> bool:
    """Whether the code opens the account now. Each code opens once."""
    found = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    if found is None:
        return False
    secret = bytes.fromhex(fields.unseal(bytes(found.secret)))
    step = totp.matching_step(secret, code, now=now.timestamp(), after=found.last_step)
    if step is None:
        return False
    found.last_step = step
    found.save(update_fields=["last_step"])
    return True
