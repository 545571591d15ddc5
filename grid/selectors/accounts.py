"""Accounts and their posts as administrators see them: no business data, and only where they administer."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from grid.models import Grid, Organisation, Post, Region, Role, SecondFactor, User, UserSession
from grid.policy import Access, not_over, outermost, within
from grid.refusals import Forbidden, NotFound
from grid.selectors.history import Change, history
from grid.stamp import stamp

PAGE = 50
MOST_GROUND = 2000
KEEPERS = (Role.SYSADMIN, Role.SECADMIN)


@dataclass(frozen=True)
class Wanted:
    """Which accounts: empty texts ask for all. `state`: active, disabled, without_post, first_password."""

    text: str = ""
    state: str = ""
    role: str = ""
    after: str = ""  # the username to go on from


@dataclass(frozen=True)
class PostRow:
    """A post in words. `ended`: it is over, or was taken back before it began; `begun`: it counts already."""

    id: int
    role: str
    role_label: str
    organisation: str
    organisation_code: str
    ground: str  # the region or grid, where it is narrower than the organisation's
    since: datetime
    until: datetime | None
    begun: bool
    ended: bool
    stand_in: bool
    mine_to_end: bool


@dataclass(frozen=True)
class AccountRow:
    """An account, and the posts that count or will."""

    id: str  # the username: what lists go by
    username: str
    name: str
    active: bool
    home: str
    home_code: str
    posts: list[PostRow]
    first_password: bool
    released: bool  # a new password may be handed out although it holds posts
    factor: bool
    last_sign_in: datetime | None


@dataclass(frozen=True)
class AccountPage:
    """Some accounts, how many there are, where the next ones begin (None: there are none)."""

    rows: list[AccountRow]
    total: int
    next: str | None


@dataclass(frozen=True)
class AccountCard:
    """One account whole: every post it ever had, how it stands, and what was changed by whom."""

    row: AccountRow
    version: str
    created_at: datetime
    sessions: int
    own: bool  # the reader's own account: others change it
    posts: list[PostRow]
    changes: tuple[Change, ...]


def administered(access: Access, *roles: Role) -> tuple[str, ...]:
    """The region subtrees over which `access` holds one of these posts (either administrator's when none is named).

    Raises Forbidden for whoever holds none.
    """
    paths = outermost(duty.path for duty in access.having(*(roles or KEEPERS)))
    if not paths:
        raise Forbidden("not-for-your-post", _("This is for administrators alone."))
    return paths


def administered_city(access: Access, *roles: Role) -> None:
    """That `access` holds one of these posts over the whole city, where what it changes holds. Raises Forbidden."""
    if not whole_city(administered(access, *roles)):
        raise Forbidden("city-alone", _("This holds in the whole city: the city's administrator changes it."))


def kept(access: Access, *roles: Role) -> QuerySet[User]:
    """The accounts that these administrators see: of a home or with a post in their region; over the whole city all."""
    paths = administered(access, *roles)
    if whole_city(paths):
        return User.objects.all()
    held = Post.objects.filter(within(paths, field="organisation__region__path"), user=OuterRef("pk"))
    return User.objects.filter(within(paths, field="home__region__path") | Exists(held))


def whole_city(paths: tuple[str, ...]) -> bool:
    """Whether one of these subtrees is all there is."""
    return Region.objects.filter(parent=None, path__in=paths).exists()


def find_account(access: Access, username: str, *roles: Role, lock: bool = False) -> User:
    """The account of this name. Raises NotFound when there is none, or not where this administrator works."""
    accounts = kept(access, *roles).select_related("home")
    if lock:
        accounts = accounts.select_for_update(of=("self",))
    found = accounts.filter(username=username).first()
    if found is None:
        raise NotFound("no-such-account", _("There is no such account where you administer."))
    return found


def find_to_change(access: Access, username: str, role: Role, *, now: datetime) -> User:
    """The account, locked, for who changes it: seen is not kept.

    Raises NotFound, and Forbidden where its home or a post that counts or will lies outside what is administered.
    """
    user = find_account(access, username, role, lock=True)
    paths = administered(access, role)
    if whole_city(paths):
        return user
    here = Q(pk=user.home_id) & within(paths, field="region__path")
    elsewhere = Post.objects.filter(not_over(now), user=user).exclude(within(paths, field="organisation__region__path"))
    if not Organisation.objects.filter(here).exists() or elsewhere.exists():
        detail = _("The account belongs elsewhere, or holds a post there. The city's administrator changes it.")
        raise Forbidden("kept-elsewhere", detail)
    return user


def accounts(access: Access, wanted: Wanted) -> AccountPage:
    """A page of accounts by name. Five queries, whatever their number."""
    now = timezone.now()
    found = _filtered(kept(access), wanted, now)
    total = found.count()
    page = list(found.filter(username__gt=wanted.after).select_related("home").order_by("username")[: PAGE + 1])
    rows = _rows(access, page[:PAGE], now)
    return AccountPage(rows=rows, total=total, next=page[PAGE - 1].username if len(page) > PAGE else None)


def account_card(access: Access, username: str) -> AccountCard:
    """One account. Raises NotFound. Seven queries."""
    now = timezone.now()
    user = find_account(access, username)
    posts = list(_told(Post.objects.filter(user=user)).order_by("-since", "-pk"))
    row = _row(access, user, sorted(posts, key=lambda post: post.pk), user.pk in _factors([user]), now)
    return AccountCard(
        row=row, version=account_version(user), created_at=user.created_at,
        sessions=UserSession.objects.filter(user=user, expire_date__gt=now).count(), own=user.pk == access.user,
        posts=[_post(access, post, now) for post in posts],
        changes=history(kind="account", subjects=[user.username]),
    )  # fmt: skip


def account_version(user: User) -> str:
    """How the account stands: its own fields, not its posts."""
    return stamp({"name": user.name, "home": user.home_id, "active": user.is_active})


def _filtered(found: QuerySet[User], wanted: Wanted, now: datetime) -> QuerySet[User]:
    if wanted.text:
        words = Q(username__icontains=wanted.text) | Q(name__icontains=wanted.text)
        found = found.filter(words | Q(home__name__icontains=wanted.text) | Q(home__short_name__icontains=wanted.text))
    present = Post.objects.filter(not_over(now), user=OuterRef("pk"))
    if wanted.role:
        found = found.filter(Exists(present.filter(role=wanted.role)))
    if wanted.state == "without_post":
        return found.filter(~Exists(present), is_active=True)
    first = Q(handed_until__isnull=False)
    states = {"active": Q(is_active=True), "disabled": Q(is_active=False), "first_password": first}
    return found.filter(states.get(wanted.state, Q()))


def _told(posts: QuerySet[Post]) -> QuerySet[Post]:
    return posts.select_related("organisation__region", "region", "grid").defer(
        "organisation__region__boundary", "region__boundary", "grid__boundary"
    )


def _rows(access: Access, page: list[User], now: datetime) -> list[AccountRow]:
    held: dict[int, list[Post]] = {}
    for post in _told(Post.objects.filter(not_over(now), user__in=page)).order_by("pk"):
        held.setdefault(post.user_id, []).append(post)
    factors = _factors(page)
    return [_row(access, user, held.get(user.pk, []), user.pk in factors, now) for user in page]


def _factors(users: list[User]) -> set[int]:
    found = SecondFactor.objects.filter(user__in=users, confirmed_at__isnull=False)
    return set(found.values_list("user_id", flat=True))


def _row(access: Access, user: User, posts: list[Post], factor: bool, now: datetime) -> AccountRow:
    told = [_post(access, post, now) for post in posts]
    return AccountRow(
        id=user.username, username=user.username, name=user.name, active=user.is_active,
        home=user.home.short_name if user.home else "", home_code=user.home.code if user.home else "",
        posts=[post for post in told if not post.ended], first_password=user.handed_until is not None,
        released=user.released_until is not None and user.released_until > now, factor=factor,
        last_sign_in=user.last_login,
    )  # fmt: skip


def _post(access: Access, post: Post, now: datetime) -> PostRow:
    ended = is_over(post, now)
    mine = post.user_id != access.user and any(
        post.organisation.region.path.startswith(duty.path) for duty in access.having(Role.SECADMIN)
    )
    return PostRow(
        id=post.pk, role=post.role, role_label=post.get_role_display(), organisation=post.organisation.short_name,
        organisation_code=post.organisation.code, ground=_ground(post), since=post.since, until=post.until,
        begun=post.since <= now, ended=ended, stand_in=post.stands_in_for_id is not None,
        mine_to_end=mine and not ended,
    )  # fmt: skip


def is_over(post: Post, now: datetime) -> bool:
    """Whether a post has ended, or was taken back before it began."""
    return post.until is not None and (post.until <= now or post.until == post.since)


def _ground(post: Post) -> str:
    if post.grid is not None:
        return f"{post.grid.name} {post.grid.code}"
    return post.region.name if post.region else ""


@dataclass(frozen=True)
class OrganisationOption:
    """An organisation to choose."""

    code: str
    name: str
    kind: str
    level: str
    path: str


def organisations_for(access: Access, text: str, *, most: int = 20) -> list[OrganisationOption]:
    """Organisations where this administrator works whose name or code holds `text`, by code. Two queries at most."""
    found = Organisation.objects.filter(within(administered(access), field="region__path"), closed_at=None)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(short_name__icontains=text) | Q(code__icontains=text))
    rows = found.values_list("code", "name", "kind", "level", "region__path").order_by("region__path", "code")
    return [OrganisationOption(*row) for row in rows[:most]]


def ground_of(access: Access, code: str, *, grids: bool) -> list[Region] | list[Grid]:
    """The regions below an organisation's own, or the grids of its ground, by path: where a post may be narrower.

    Raises NotFound for an organisation that is not where this administrator works. Three queries at most.
    """
    paths = administered(access)
    found = Organisation.objects.filter(within(paths, field="region__path"), code=code).select_related("region").first()
    if found is None:
        raise NotFound("no-such-organisation", _("There is no such organisation where you administer."))
    if grids:
        leaves = Grid.objects.filter(path__startswith=found.region.path, valid_to=None).only("code", "name")
        return list(leaves.order_by("path")[:MOST_GROUND])
    below = Region.objects.filter(path__startswith=found.region.path).exclude(pk=found.region_id)
    return list(below.only("code", "name").order_by("path")[:MOST_GROUND])
