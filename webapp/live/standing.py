"""Who is on a line, and whether that still holds. Everything here reads the database: call it from a thread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from gis_layers.live import Audience, audience_of
from grid.models import EventGrant, Post, Revision, User, UserSession
from grid.policy import WITHOUT_BUSINESS_DATA, holding, not_over
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
    """Per user whatever its sight follows from: the revision of rights, the password, the posts that hold now, and what
    is lent to their organisations now: a grant that runs out changes them by itself."""
    now = timezone.now()
    kept = sorted(set(users))
    rights = _rights()
    signs: dict[int, tuple[Any, ...]] = {
        pk: (rights, password) for pk, password in User.objects.filter(pk__in=kept).values_list("pk", "password")
    }
    posts = (
        Post.objects.filter(not_over(now), user__in=kept, since__lte=now)
        .order_by("pk")
        .annotate(lent=ArraySubquery(_lent_to_the_post(now)))
        .values_list("user_id", "role", "organisation_id", "region_id", "grid_id", "lent")
    )
    for user, role, *post, lent in posts:
        told = () if role in WITHOUT_BUSINESS_DATA else tuple(lent)
        signs[user] = (*signs.get(user, ()), (role, *post, told))
    return signs


def _lent_to_the_post(now: datetime) -> QuerySet[EventGrant, Any]:
    held = EventGrant.objects.filter(holding(now), grantee=OuterRef("organisation_id"))
    return held.order_by("pk").values("pk")


def _rights() -> int | None:
    return Revision.objects.filter(name="rights").values_list("value", flat=True).first()
