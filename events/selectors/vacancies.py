"""What giving or ending a post would mean for the work: told in numbers alone, to whoever sees no business data."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Event, Task
from grid.effects import Effect, Weight
from grid.models import Post, Role
from grid.policy import WITH_SECOND_FACTOR, WITHOUT_BUSINESS_DATA, not_over

_OF_CENTRES = (Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD)
_OF_TASKS = (Role.DEPT_CLERK, Role.DEPT_LEAD)


def of_giving(post: Post, alike: bool, *, now: datetime, lacks_factor: bool) -> tuple[Effect, ...]:
    """What a new post would do. Two queries at most."""
    return tuple(_giving(post, alike, now, lacks_factor))


def of_ending(post: Post, *, now: datetime) -> tuple[Effect, ...]:
    """What ending a post now would leave behind. Three queries at most."""
    return tuple(_ending(post, now))


def _giving(post: Post, alike: bool, now: datetime, lacks_factor: bool) -> Iterator[Effect]:
    if alike:
        yield Effect(Weight.OBSTACLE, _("The account holds this very post at that time already."))
    yield Effect(Weight.NOTE, _period(post, now))
    if post.role in WITHOUT_BUSINESS_DATA:
        yield Effect(Weight.NOTE, _("By it nobody sees events or pictures."))
    if post.grid is not None:
        yield from _colleagues(post, now)
    if lacks_factor:
        text = _("The role takes a second factor: who is signed in signs in again, and sets one up.")
        yield Effect(Weight.WARNING, text)
    elif post.role in WITH_SECOND_FACTOR:
        yield Effect(Weight.NOTE, _("The role takes a second factor at sign-in."))


def _period(post: Post, now: datetime) -> str:
    first = _("at once") if post.since <= now else _("from %s on") % _day(post.since)
    words = {
        "name": post.user.name, "role": post.get_role_display(), "organisation": post.organisation.short_name,
        "first": first,
    }  # fmt: skip
    if post.until is None:
        return _("%(name)s is %(role)s at %(organisation)s, %(first)s, until further notice.") % words
    last = _day(post.until - timedelta(microseconds=1))
    return _("%(name)s is %(role)s at %(organisation)s, %(first)s, up to and including %(last)s.") % {
        **words, "last": last,
    }  # fmt: skip


def _ending(post: Post, now: datetime) -> Iterator[Effect]:
    if post.since > now:
        yield Effect(Weight.NOTE, _("The post has not begun; it never will."))
        return
    yield Effect(Weight.NOTE, _("The post ends at once, also where its holder is signed in."))
    others = _others(post, now).exclude(user=post.user_id).values("user").distinct().count()
    if others:
        words = ngettext("%s other person holds it there.", "%s other persons hold it there.", others) % others
        yield Effect(Weight.NOTE, words)
    elif post.role not in WITHOUT_BUSINESS_DATA:
        yield Effect(Weight.WARNING, _("Nobody else holds it there."))
    yield from _waiting(post, alone=not others)


def _waiting(post: Post, *, alone: bool) -> Iterator[Effect]:
    count = 0
    if post.role == Role.GRID_OFFICER and post.grid_id is not None:
        own = Task.objects.filter(user=post.user_id, ended_at=None, event__grid=post.grid_id)
        count = own.count()
        words = ngettext(
            "%s field task of theirs is open there: whoever walks the grid then may do it.",
            "%s field tasks of theirs are open there: whoever walks the grid then may do them.",
            count,
        )
    elif alone and post.role in _OF_CENTRES:
        count = Event.objects.filter(holder=post.organisation_id, ended_at=None).count()
        words = ngettext("%s open event is held there.", "%s open events are held there.", count)
    elif alone and post.role in _OF_TASKS:
        count = Task.objects.filter(
            organisation=post.organisation_id, kind__in=("lead", "joint"), ended_at=None
        ).count()
        words = ngettext("%s open task is theirs.", "%s open tasks are theirs.", count)
    if count:
        yield Effect(Weight.WARNING if alone else Weight.NOTE, words % count)


def _colleagues(post: Post, now: datetime) -> Iterator[Effect]:
    count = _others(post, now).exclude(user=post.user_id).values("user").distinct().count()
    if count:
        words = ngettext("%s other officer walks this grid.", "%s other officers walk this grid.", count) % count
        yield Effect(Weight.NOTE, words)


def _others(post: Post, now: datetime) -> QuerySet[Post]:
    held = Post.objects.filter(not_over(now), role=post.role, since__lte=now, user__is_active=True)
    return held.filter(grid=post.grid_id) if post.grid_id else held.filter(organisation=post.organisation_id)


def _day(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d")
