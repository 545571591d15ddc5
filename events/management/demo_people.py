"""The people of a demo: an officer for every grid, staff at every centre and department, accounts that sign in."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from data.demo.accounts import ACCOUNTS, CITY, HESHAN, PASSWORD, ZIYANG, DemoPost
from data.demo.people import names
from gis_layers.services.sharing import share
from grid.models import Grid, Level, Organisation, OrganisationKind, Post, Region, Role, User
from grid.policy import NOBODY
from grid.services import audit
from grid.services.ground import move_revision

ON_POST_FOR = timedelta(days=400)  # so that past events find their people on post
SHARED_FOR = timedelta(days=365)
SHARING = (
    (f"unit-{ZIYANG}-wuye", f"centre-{ZIYANG}"),
    (f"unit-{ZIYANG}-wuye", f"centre-{CITY}"),
    (f"unit-{HESHAN}-shangchao", f"centre-{HESHAN}"),
)
BATCH = 2000

# Who works at a centre of each level, one tuple a person. Whoever signs for a centre must not check its work.
_STAFF: dict[str, tuple[tuple[Role, ...], ...]] = {
    Level.CITY: (
        (Role.ACCEPTOR,), (Role.DISPATCHER,), (Role.SHIFT_LEAD,), (Role.CHECKER,), (Role.DEPT_CLERK,), (Role.LEADER,),
    ),
    Level.COUNTY: (
        (Role.ACCEPTOR,), (Role.DISPATCHER,), (Role.SHIFT_LEAD,), (Role.CHECKER,), (Role.DEPT_CLERK,), (Role.LEADER,),
        (Role.SUPERVISOR,),
    ),
    Level.TOWNSHIP: (
        (Role.ACCEPTOR, Role.DISPATCHER), (Role.SHIFT_LEAD, Role.CHECKER), (Role.DEPT_CLERK,), (Role.LEADER,),
    ),
    Level.VILLAGE: (
        (Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD), (Role.CHECKER,), (Role.DEPT_CLERK,), (Role.LEADER,),
    ),
}  # fmt: skip


class MissingPlace(Exception):
    """The ground lacks a region or organisation that the demo's people are to work in."""


@dataclass(frozen=True)
class Position:
    """A person to be: the name to sign in with, whether that is possible, and the posts."""

    username: str
    signs_in: bool
    posts: tuple[Post, ...]


@transaction.atomic
def fill(*, seed: int, now: datetime) -> int:
    """Make everybody, all or nothing; how many. Takes a database without people, with ground and organisations.

    Raises MissingPlace where the ground is not one that the demo's accounts fit on.
    """
    since = now - ON_POST_FOR
    positions = list(_positions(since))
    called = names(seed, len(positions))
    shared = make_password(PASSWORD)  # one hash for all: it is the demo's one password, and hashing is slow on purpose
    users = [
        User(
            username=position.username, name=name, created_at=since, home=position.posts[0].organisation,
            password=shared if position.signs_in else make_password(None),
        )
        for position, name in zip(positions, called, strict=True)
    ]  # fmt: skip
    User.objects.bulk_create(users, batch_size=BATCH)
    for user, position in zip(users, positions, strict=True):
        for post in position.posts:
            post.user = user
    Post.objects.bulk_create((post for position in positions for post in position.posts), batch_size=BATCH)
    _share(since, now)
    move_revision(name="rights")
    audit.record(access=NOBODY, action="demo.people", kind="demo", subject="people", detail={"people": len(users)})
    return len(users)


def _share(since: datetime, now: datetime) -> None:
    """What some private owners of the demo's sites let centres watch; public bodies' sites need no grant."""
    named = {code for owner, grantee in SHARING for code in (owner, grantee)}
    found = {row.code: row for row in Organisation.objects.filter(code__in=named).select_related("region")}
    for owner, grantee in SHARING:
        if owner in found and grantee in found:
            share(
                access=NOBODY, owner=found[owner], grantee=found[grantee], path=found[owner].region.path,
                purpose="公共区域安全巡查", since=since, until=now + SHARED_FOR,
            )  # fmt: skip


def write_accounts(path: Path) -> int:
    """Write who may sign in, with which password and as what, to a file that only its owner reads; how many."""
    users = User.objects.filter(username__in=[account.username for account in ACCOUNTS])
    posts = Post.objects.filter(user__in=users).select_related("user", "organisation", "grid").order_by("pk")
    rows: dict[str, list[Post]] = {}
    for post in posts:
        rows.setdefault(post.user.username, []).append(post)
    content = [_described(account.username, rows[account.username]) for account in ACCOUNTS if account.username in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(content, stream, ensure_ascii=False, indent=1)
    return len(content)


def _described(username: str, posts: Sequence[Post]) -> dict[str, object]:
    roles = "、".join(dict.fromkeys(str(Role(post.role).label) for post in posts))
    first = posts[0]
    place = f"{first.organisation.short_name} {first.grid.name if first.grid else ''}".strip()
    return {
        "username": username,
        "password": PASSWORD,
        "name": first.user.name,
        "title": f"{place} {roles}",
        "posts": [
            {"role": post.role, "organisation": post.organisation.code, "grid": post.grid.code if post.grid else None}
            for post in posts
        ],
    }


def _positions(since: datetime) -> Iterator[Position]:
    ground = _Ground()
    taken: set[int | None] = set()
    for account in ACCOUNTS:
        posts = tuple(found for post in account.posts for found in _demo_posts(ground, post, since))
        taken.update(post.grid_id for post in posts)
        yield Position(account.username, True, posts)
    for grid in ground.grids:
        if grid.pk not in taken:
            post = Post(role=Role.GRID_OFFICER, organisation=ground.centre_of(grid.region), grid=grid, since=since)
            yield Position(f"officer-{grid.code}", False, (post,))
    yield from _leads(ground, since)
    yield from _staff(ground, since)


def _leads(ground: "_Ground", since: datetime) -> Iterator[Position]:
    for village in ground.villages:
        post = Post(role=Role.GRID_LEAD, organisation=ground.centre_of(village), region=village, since=since)
        yield Position(f"lead-{village.code}", False, (post,))


def _staff(ground: "_Ground", since: datetime) -> Iterator[Position]:
    for organisation in ground.organisations.values():
        for number, roles in enumerate(_crew(organisation), 1):
            posts = tuple(Post(role=role, organisation=organisation, since=since) for role in roles)
            yield Position(f"{organisation.code}-{number}", False, posts)


def _crew(organisation: Organisation) -> Iterable[tuple[Role, ...]]:
    if organisation.kind == OrganisationKind.CENTRE:
        return _STAFF[organisation.level]
    return ((Role.DEPT_CLERK,), (Role.DEPT_LEAD,))  # of departments and units alike: both can be dispatched to


class _Ground:
    """Regions, grids and organisations as seeding looks them up."""

    def __init__(self) -> None:
        regions = {region.pk: region for region in Region.objects.defer("boundary")}
        self.villages = [region for region in regions.values() if region.level == Level.VILLAGE]
        self.grids = list(Grid.objects.defer("boundary").order_by("code"))
        for grid in self.grids:
            grid.region = regions[grid.region_id]
        self.organisations = {row.code: row for row in Organisation.objects.order_by("code")}
        for row in self.organisations.values():
            row.region = regions[row.region_id]
        centres = [row for row in self.organisations.values() if row.kind == OrganisationKind.CENTRE]
        self._centres = {row.region_id: row for row in centres}

    def centre_of(self, village: Region) -> Organisation:
        """The village's own centre where it has one, else its township's."""
        found = self._centres.get(village.pk) or self._centres.get(village.parent_id or 0)
        if found is None:
            raise MissingPlace(f"{village.name} ({village.code}) has no centre, nor has its township")
        return found

    def organisation(self, code: str) -> Organisation:
        """By code."""
        if code not in self.organisations:
            raise MissingPlace(f"the ground has no organisation {code}; the demo's accounts need the demo prefecture")
        return self.organisations[code]

    def first_grid(self, organisation: Organisation) -> Grid:
        """The first grid that this centre answers for by itself, else the first of its region."""
        path = organisation.region.path
        within = [grid for grid in self.grids if grid.path.startswith(path)]
        if not within:
            raise MissingPlace(f"{organisation.name} has no grid")
        return next((grid for grid in within if self.centre_of(grid.region) == organisation), within[0])


def _demo_posts(ground: _Ground, post: DemoPost, since: datetime) -> Iterator[Post]:
    """The post itself; and the same in the village of the township's officer, where that has a centre of its own.

    So whoever tries the demo at the township's desk gets what its officer reports.
    """
    organisation = ground.organisation(post.organisation)
    if post.role == Role.GRID_LEAD:
        village = ground.first_grid(organisation).region
        yield Post(role=post.role, organisation=ground.centre_of(village), region=village, since=since)
        return
    if post.role == Role.GRID_OFFICER:
        grid = ground.first_grid(organisation)
        yield Post(role=post.role, organisation=ground.centre_of(grid.region), grid=grid, since=since)
        return
    yield Post(role=post.role, organisation=organisation, since=since)
    if organisation.kind == OrganisationKind.CENTRE and organisation.level == Level.TOWNSHIP:
        centre = ground.centre_of(ground.first_grid(organisation).region)
        if centre != organisation:
            yield Post(role=post.role, organisation=centre, since=since)
