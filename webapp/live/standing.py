"""Who is on a line, and whether that still holds. Everything here reads the database: call it from a thread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from gis_layers.live import Audience, audience_of
from grid.models import Post, Revision, User, UserSession
from webapp.asking import asking, user_of


@dataclass(frozen=True)
class Standing:
    """What a session may hear, and the signs by which a change of that is noticed without working it all out again."""

    user: int
    audience: Audience
    signs: tuple[Any, ...]


def standing_of(session_key: str) -> Standing | None:
    """The standing of a browser session; None when it is over, the account is disabled or its password was changed.

    Two queries. The rights' number is read first: what moves in between differs from it, and `changed` sees it.
    """
    rights = _rights()
    request = HttpRequest()
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    request.session = session
    request.user = user = user_of(request)
    if not isinstance(user, User) or not user.is_active:
        return None
    found = session.behind
    told = found is not None and found.account == user
    signs = (rights, *found.signs) if told else _signs({user.pk}).get(user.pk, ())
    return Standing(user=user.pk, audience=audience_of(asking(request)), signs=signs)


def changed(known: Mapping[str, Standing]) -> dict[str, Standing | None]:
    """The sessions among `known` that now hear something else (their new standing), or nothing any more (None).

    Three queries for any number of sessions, plus a few for each one whose signs moved.
    """
    alive = set(
        UserSession.objects.filter(
            session_key__in=known, expire_date__gt=timezone.now(), user__is_active=True
        ).values_list("session_key", flat=True)
    )
    signs = _signs({standing.user for standing in known.values()})
    found: dict[str, Standing | None] = {}
    for key, standing in known.items():
        if key not in alive:
            found[key] = None
        elif signs.get(standing.user) != standing.signs:
            found[key] = standing_of(key)
    return found


def _signs(users: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    """Per user whatever its sight follows from: the revision of rights, the password, the posts that hold now."""
    now = timezone.now()
    kept = sorted(set(users))
    rights = _rights()
    signs: dict[int, tuple[Any, ...]] = {
        pk: (rights, password) for pk, password in User.objects.filter(pk__in=kept).values_list("pk", "password")
    }
    posts = (
        Post.objects.filter(Q(until__isnull=True) | Q(until__gt=now), user__in=kept, since__lte=now)
        .order_by("pk")
        .values_list("user_id", "role", "organisation_id", "region_id", "grid_id")
    )
    for user, *post in posts:
        signs[user] = (*signs.get(user, ()), tuple(post))
    return signs


def _rights() -> int | None:
    return Revision.objects.filter(name="rights").values_list("value", flat=True).first()
