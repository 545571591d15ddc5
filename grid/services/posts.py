"""Giving and ending posts: the security administrator's, never to itself, never outside its region.

Of the three administrations (system, security, audit) nobody holds two at a time: checked here with words, and by the
database for whatever comes another way.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from grid.models import SEPARATED, Grid, Level, Organisation, OrganisationKind, Post, Region, Role, User
from grid.policy import Access, not_over, within
from grid.refusals import Conflict, Forbidden, Invalid, NotFound
from grid.selectors.accounts import administered, find_account, is_over
from grid.services import audit
from grid.services.accounts import close, refuse_last, take_turns

# Roles of a command centre alone, and those of departments and units alone; the others may be held anywhere.
AT_CENTRES = (Role.GRID_OFFICER, Role.GRID_LEAD, Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD)
AT_DEPARTMENTS = (Role.DEPT_LEAD, Role.OM_ENGINEER)
FARTHEST = timedelta(days=3660)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A post as it is asked for: codes, or empty where there is none. Both days count; an empty first one is now."""

    role: Role
    organisation: str
    region: str = ""
    grid: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Prepared:
    """A post that may be given, not yet saved; and posts that give the same already, at the same time."""

    user: User
    post: Post
    alike: tuple[Post, ...]


def prepare(*, access: Access, username: str, grant: Grant, now: datetime) -> Prepared:
    """What `grant` would save, checked in every way.

    Raises NotFound for the account, Forbidden for one's own, Invalid with the field at fault, Conflict where another
    post stands against it.
    """
    paths = administered(access, Role.SECADMIN)
    user = find_account(access, username, Role.SECADMIN)
    if user.pk == access.user:
        raise Forbidden("own-account", _("Nobody gives posts to themselves. Ask another security administrator."))
    if not user.is_active:
        raise Conflict("disabled-already", _("The account is disabled. The system administrator must enable it first."))
    if user.handed_until is not None:
        detail = _("The account still has the password that was handed out: its owner must set their own first.")
        raise Conflict("first-password", detail)
    organisation = _organisation(paths, grant)
    since, until = _period(grant, now)
    post = Post(
        user=user, role=grant.role, organisation=organisation, region=_region(organisation, grant),
        grid=_grid(organisation, grant), since=since, until=until,
    )  # fmt: skip
    beside = list(_overlapping(user, since, until))
    _refuse_two_administrations(post, beside)
    return Prepared(user, post, tuple(one for one in beside if _same(one, post)))


@transaction.atomic
def give(*, access: Access, username: str, grant: Grant, now: datetime) -> Post:
    """Give a post. Raises what `prepare` raises, and Conflict for one that is held already."""
    User.objects.select_for_update().filter(username=username).first()  # one grant at a time
    ready = prepare(access=access, username=username, grant=grant, now=now)
    if ready.alike:
        detail = _("The account holds this very post at that time already.")
        raise Conflict("held-already", detail, field="role")
    try:
        with transaction.atomic():
            ready.post.save()
    except IntegrityError as error:  # the database's own word on the three administrations
        raise _two_administrations() from error
    post = ready.post
    new = {
        "post": post.pk, "role": post.role, "organisation": post.organisation.code,
        "region": post.region.code if post.region else None, "grid": post.grid.code if post.grid else None,
        "since": post.since.isoformat(), "until": post.until.isoformat() if post.until else None,
    }  # fmt: skip
    audit.record_change(
        access=access, action="post.give", kind="account", subject=username, old={}, new=new,
        organisation=post.organisation_id,
    )  # fmt: skip
    return post


@transaction.atomic
def end(*, access: Access, post: int, now: datetime) -> Post:
    """End a post at once; one that has not begun never will.

    Raises NotFound, Forbidden for one's own, Conflict for one that is over and for the city's last security
    administrator's.
    """
    take_turns()
    found = find_post(access, post, lock=True)
    if found.user_id == access.user:
        raise Forbidden("own-account", _("Nobody ends their own posts. Ask another security administrator."))
    if is_over(found, now):
        raise Conflict("over-already", _("The post is over already."))
    refuse_last(Q(pk=post), now)
    close(access=access, post=found, user=found.user, now=now)
    return found


def find_post(access: Access, post: int, *, lock: bool = False) -> Post:
    """The post of this number. Raises NotFound when there is none, or not where this administrator works."""
    paths = administered(access, Role.SECADMIN)
    posts = Post.objects.select_related("user", "organisation", "grid", "region").defer(
        "grid__boundary", "region__boundary"
    )
    if lock:
        posts = posts.select_for_update(of=("self",))
    found = posts.filter(within(paths, field="organisation__region__path"), pk=post).first()
    if found is None:
        raise NotFound("no-such-post", _("There is no such post where you administer."))
    return found


def _organisation(paths: tuple[str, ...], grant: Grant) -> Organisation:
    found = (
        Organisation.objects.filter(within(paths, field="region__path"), code=grant.organisation, closed_at=None)
        .select_related("region")
        .first()
    )
    if found is None:
        detail = _("There is no such organisation where you administer. Choose one of the list.")
        raise Invalid("no-such-organisation", detail, field="organisation")
    centre = found.kind == OrganisationKind.CENTRE
    if grant.role in AT_CENTRES and not centre:
        raise Invalid("not-at-such", _("This role is held at a command centre."), field="organisation")
    if grant.role in AT_DEPARTMENTS and centre:
        raise Invalid("not-at-such", _("This role is held at a department or unit."), field="organisation")
    return found


def _region(organisation: Organisation, grant: Grant) -> Region | None:
    if not grant.region:
        if grant.role == Role.GRID_LEAD:
            raise Invalid("region-missing", _("A grid lead leads a village: say which."), field="region")
        return None
    found = Region.objects.filter(code=grant.region, path__startswith=organisation.region.path).first()
    if found is None:
        raise Invalid("no-such-region", _("There is no such region below this organisation's."), field="region")
    if grant.role in SEPARATED or grant.role == Role.GRID_OFFICER:
        raise Invalid("region-unfit", _("This post has no region of its own."), field="region")
    if grant.role == Role.GRID_LEAD and found.level != Level.VILLAGE:
        raise Invalid("region-unfit", _("A grid lead leads a village: choose one."), field="region")
    return found


def _grid(organisation: Organisation, grant: Grant) -> Grid | None:
    officer = grant.role == Role.GRID_OFFICER
    if not grant.grid:
        if officer:
            raise Invalid("grid-missing", _("A grid officer walks a grid: say which."), field="grid")
        return None
    if not officer:
        raise Invalid("grid-unfit", _("Only grid officers have a grid."), field="grid")
    found = Grid.objects.filter(code=grant.grid, path__startswith=organisation.region.path, valid_to=None).first()
    if found is None:
        raise Invalid("no-such-grid", _("There is no such grid below this organisation's region."), field="grid")
    return found


def _period(grant: Grant, now: datetime) -> tuple[datetime, datetime | None]:
    """From the first day's midnight, or now when that is today; until the midnight after the last day."""
    today = timezone.localdate(now)
    first = grant.since or today
    if first < today:
        raise Invalid(
            "too-early", _("A post begins today at the earliest: what was done counts as it was."), field="since"
        )
    if first - today > FARTHEST or (grant.until is not None and grant.until - today > FARTHEST):
        raise Invalid("too-late", _("A day within ten years, please."), field="until" if grant.until else "since")
    if grant.until is not None and grant.until < first:
        raise Invalid("days-crossed", _("The last day lies before the first one."), field="until")
    since = now if first == today else _midnight(first)
    return since, None if grant.until is None else _midnight(grant.until + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _overlapping(user: User, since: datetime, until: datetime | None) -> list[Post]:
    held = Post.objects.filter(not_over(since), user=user).select_related("organisation")
    return list(held if until is None else held.filter(since__lt=until))


def _refuse_two_administrations(post: Post, beside: list[Post]) -> None:
    if post.role in SEPARATED and any(one.role in SEPARATED and one.role != post.role for one in beside):
        raise _two_administrations()


def _two_administrations() -> Conflict:
    detail = _("System, security and audit administration are three people's: nobody holds two of them at a time.")
    return Conflict("administrations-apart", detail, field="role")


def _same(one: Post, other: Post) -> bool:
    return (one.role, one.organisation_id, one.region_id, one.grid_id) == (
        other.role, other.organisation_id, other.region_id, other.grid_id,
    )  # fmt: skip
