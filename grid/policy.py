"""Who is asking, and over which ground: the start of every other policy. Deny by default."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, Q

from grid.models import EventGrant, GrantState, OrganisationKind, Post, Role, User


@dataclass(frozen=True)
class Duty:
    """One post as the policies look at it."""

    role: str
    organisation: int
    organisation_name: str
    organisation_kind: str
    level: str  # of the organisation
    public: bool  # the organisation is a public body
    path: str  # region subtree that the post covers
    grid: int | None
    grid_path: str


@dataclass(frozen=True)
class Lent:
    """A grant that held when an access was made: what `owner` lets `grantee` read, and until when."""

    grant: int
    owner: int
    grantee: int
    by_ground: bool  # the owner is a centre: its ground's events; of another organisation, those it has a task in
    path: str  # region subtree
    classes: tuple[str, ...]  # 大类 and 小类
    join: bool  # may take part, too
    until: datetime


@dataclass(frozen=True)
class Access:
    """Somebody at a door: who, with which posts, from where. `nobody` holds no post and may do nothing."""

    user: int | None
    name: str
    duties: tuple[Duty, ...]
    address: str | None = None
    request_id: str = ""
    lent: tuple[Lent, ...] = ()  # to the organisations of the duties, at the moment that the access is of

    def having(self, *roles: str) -> tuple[Duty, ...]:
        """The duties with one of these roles."""
        return tuple(duty for duty in self.duties if duty.role in roles)

    def has(self, *roles: str) -> bool:
        """Whether any duty has one of these roles."""
        return any(duty.role in roles for duty in self.duties)

    def coming_from(self, *, address: str | None, request_id: str) -> "Access":
        """The same somebody, with where the request came from."""
        return replace(self, address=address, request_id=request_id)

    def unlent(self) -> "Access":
        """The same somebody by posts alone, without what other organisations lend."""
        return replace(self, lent=())


NOBODY = Access(user=None, name="", duties=())

# Who reads by region: the others read their own grids, tasks or organisations, or no business data at all.
OVERSEERS = (
    Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD, Role.CHECKER, Role.SUPERVISOR, Role.LEADER, Role.AUDITOR,
)  # fmt: skip
WITHOUT_BUSINESS_DATA = (Role.SYSADMIN, Role.SECADMIN, Role.INTEGRATOR)
# Whose sign-in takes a second factor: dispatching, watching live video, administering.
WITH_SECOND_FACTOR = (
    Role.DISPATCHER, Role.SHIFT_LEAD, Role.SUPERVISOR, Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR,
)  # fmt: skip


def access_of(user: User, *, now: datetime) -> Access:
    """The access that a user's posts give at `now`, and what is lent then; NOBODY for a disabled account. Two queries,
    the second only for who may read business data."""
    if not user.is_active:
        return NOBODY
    held = Post.objects.filter(not_over(now), user=user, since__lte=now).order_by("pk")
    duties = tuple(duty_of(*row) for row in held.values_list(*_DUTY))  # for every request: rows, not objects
    return Access(user=user.pk, name=user.name, duties=duties, lent=_lent_to(duties, now))


def not_over(now: datetime) -> Q:
    """The condition that a post counts at `now` or will; one that was taken back before it began never does."""
    return Q(until__isnull=True) | Q(until__gt=now) & Q(until__gt=F("since"))


def _lent_to(duties: Iterable[Duty], now: datetime) -> tuple[Lent, ...]:
    working = {duty.organisation for duty in duties if duty.role not in WITHOUT_BUSINESS_DATA}
    if not working:
        return ()
    held = EventGrant.objects.filter(holding(now), grantee__in=working).order_by("pk")
    return tuple(lent_of(*row) for row in held.values_list(*_LENT))


def holding(now: datetime) -> Q:
    """The condition that a grant holds at `now`."""
    return Q(state=GrantState.GRANTED, since__lte=now, until__gt=now)


def waiting_or_holding(now: datetime) -> Q:
    """The condition that a grant waits for an answer at `now`, holds, or will."""
    return Q(state__in=(GrantState.ASKED, GrantState.GRANTED), until__gt=now)


_LENT = ("pk", "owner_id", "grantee_id", "owner__kind", "path", "classes", "join", "until")


def lent_of(
    grant: int, owner: int, grantee: int, kind: str, path: str, classes: Iterable[str], join: bool, until: datetime
) -> Lent:  # fmt: skip
    """A grant's columns, in the order of `_LENT`, as the policies look at it."""
    return Lent(
        grant=grant, owner=owner, grantee=grantee, by_ground=kind == OrganisationKind.CENTRE, path=path,
        classes=tuple(classes), join=join, until=until,
    )  # fmt: skip


_DUTY = (
    "role", "organisation_id", "organisation__short_name", "organisation__kind", "organisation__level",
    "organisation__public", "grid_id", "grid__path", "region__path", "organisation__region__path",
)  # fmt: skip


def duty_of(
    role: str, organisation: int, name: str, kind: str, level: str, public: bool, grid: int | None,
    grid_path: str | None, region_path: str | None, organisation_path: str,
) -> Duty:  # fmt: skip
    """A post's columns, in the order of `_DUTY`, as the policies look at it: its grid, else its region, else the
    ground of its organisation."""
    return Duty(
        role=role, organisation=organisation, organisation_name=name, organisation_kind=kind, level=level,
        public=public, path=grid_path or region_path or organisation_path, grid=grid, grid_path=grid_path or "",
    )  # fmt: skip


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that no other of them contains, sorted: the least that says the same ground."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


def visible_regions(access: Access) -> tuple[str, ...]:
    """The region subtrees that staff on these posts work in: the ground of what the map shows them of sites."""
    return outermost(duty.path for duty in access.duties if duty.role not in WITHOUT_BUSINESS_DATA)


def within(paths: Iterable[str], *, field: str = "path") -> Q:
    """The condition that the path column `field` lies in one of the subtrees; of none, nothing does."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{field}__startswith": path})
    return condition
