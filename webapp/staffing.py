"""Changes of accounts and posts with all that hangs on them: sessions, live lines, live pictures. At once, or not."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from gis_layers.services import playback
from grid.models import Post, User, UserSession
from grid.policy import WITH_SECOND_FACTOR, Access
from grid.services import accounts, factors, posts
from grid.services.posts import Grant
from webapp import endings


@transaction.atomic
def disable(*, access: Access, username: str, version: str, now: datetime) -> User:
    """Close an account: its posts and sessions end, and with them its lines and pictures."""
    user = accounts.disable(access=access, username=username, version=version, now=now)
    _end_sessions(access, user, "session.end-disabled")
    return user


@transaction.atomic
def hand_password(*, access: Access, username: str, now: datetime) -> tuple[User, str]:
    """A new password to hand over; whoever is signed in with the old one is signed out."""
    user, password = accounts.hand_password(access=access, username=username, now=now)
    _end_sessions(access, user, "session.end-password")
    return user, password


@transaction.atomic
def forget_factor(*, access: Access, username: str, now: datetime) -> User:
    """Take a second factor away, and end the sessions that it opened."""
    user = accounts.forget_factor(access=access, username=username, now=now)
    _end_sessions(access, user, "session.end-factor")
    return user


@transaction.atomic
def give(*, access: Access, username: str, grant: Grant, now: datetime) -> Post:
    """Give a post. Whoever is signed in without the second factor that it takes signs in again, and sets one up."""
    post = posts.give(access=access, username=username, grant=grant, now=now)
    if lacks_factor(post.user, post.role):
        _end_sessions(access, post.user, "session.end-factor")
    return post


def end_post(*, access: Access, post: int, now: datetime) -> Post:
    """End a post, for good; then the holder's live pictures that it alone allowed are cut."""
    ended = posts.end(access=access, post=post, now=now)
    playback.cut_unentitled(user=ended.user_id)
    return ended


def lacks_factor(user: User, role: str) -> bool:
    """Whether the role takes a second factor that the account has not set up. A demo takes none."""
    return not settings.DEMO and role in WITH_SECOND_FACTOR and not factors.has_factor(user)


def _end_sessions(access: Access, user: User, action: str) -> None:
    endings.end(access=access, sessions=UserSession.objects.filter(user=user), action=action)
