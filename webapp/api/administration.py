"""Accounts and posts over HTTP. Who may what: docs/operations/administration.md; every door asks again."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from events.selectors import vacancies
from grid.models import Role
from grid.selectors import accounts as reading
from grid.selectors.accounts import AccountCard, AccountPage, OrganisationOption
from grid.services import accounts, posts
from webapp import staffing
from webapp.api.administration_words import ChangeOut, EffectOut, changes_told, effects_told
from webapp.api.auth import access
from webapp.api.parsing import Body

router = Router(tags=["administration"])
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)

Plain = r"^[^\x00]*$"
Words = Annotated[str, Field(max_length=80, pattern=Plain)]
Code = Annotated[str, Field(max_length=64, pattern=Plain)]
Version = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Number = Annotated[int, Field(ge=1, le=2**62)]
Day = Annotated[date | None, Field(ge=EARLIEST, le=LATEST)]


class PostRowOut(Schema):
    """A post in words."""

    id: int
    role: str
    role_label: str
    organisation: str
    organisation_code: str
    ground: str
    since: datetime
    until: datetime | None
    begun: bool
    ended: bool
    stand_in: bool
    mine_to_end: bool


class AccountRowOut(Schema):
    """An account, with the posts that count or will."""

    id: str
    username: str
    name: str
    active: bool
    home: str
    home_code: str
    posts: list[PostRowOut]
    first_password: bool
    released: bool
    factor: bool
    last_sign_in: datetime | None


class AccountsOut(Schema):
    """Some accounts, how many there are, and where the next ones begin."""

    rows: list[AccountRowOut]
    total: int
    next: str | None


class AccountOut(Schema):
    """One account whole. `version` names how it stands, for whoever changes it."""

    row: AccountRowOut
    version: str
    created_at: datetime
    sessions: int
    own: bool
    posts: list[PostRowOut]
    changes: list[ChangeOut]


class HandedOut(Schema):
    """An account and the password to hand to its owner: shown this once, kept nowhere."""

    account: AccountOut
    password: str
    until: datetime


class ChoiceOut(Schema):
    """An organisation to choose."""

    code: str
    name: str
    kind: str
    level: str
    path: str


class GroundOut(Schema):
    """A region or grid to choose."""

    code: str
    name: str


class AccountsIn(Schema):
    """Which accounts; `state`: active, disabled, without_post, first_password."""

    q: Words = ""
    state: Annotated[str, Field(pattern=r"^(active|disabled|without_post|first_password)?$")] = ""
    role: Annotated[str, Field(max_length=16, pattern=r"^[a-z_]*$")] = ""
    cursor: Code = ""


class NewAccountIn(Body):
    """Who gets an account, and which organisation it belongs to (by code)."""

    username: Annotated[str, Field(max_length=64, pattern=Plain)]
    name: Annotated[str, Field(max_length=200, pattern=Plain)]
    home: Code


class AccountIn(Body):
    """Another name or home."""

    version: Version
    name: Annotated[str, Field(max_length=200, pattern=Plain)]
    home: Code


class SwitchIn(Body):
    """Whether the account may be used."""

    version: Version
    active: bool


class GrantIn(Body):
    """A post: role, organisation, the region or grid where it is narrower, first and last day (both counted)."""

    role: Role
    organisation: Code
    region: Code = ""
    grid: Code = ""
    since: Day = None
    until: Day = None

    def grant(self) -> posts.Grant:
        """As the door takes it."""
        return posts.Grant(
            role=self.role, organisation=self.organisation, region=self.region, grid=self.grid, since=self.since,
            until=self.until,
        )  # fmt: skip


@router.get("/administration/accounts", response=AccountsOut, summary="Accounts")
def list_accounts(request: HttpRequest, asked: Query[AccountsIn]) -> AccountPage:
    """By name, 50 at a time: those that this administrator keeps."""
    wanted = reading.Wanted(text=asked.q.strip(), state=asked.state, role=asked.role, after=asked.cursor)
    return reading.accounts(access(request), wanted)


@router.post("/administration/accounts", response={201: HandedOut}, summary="Make an account")
def make_account(request: HttpRequest, body: NewAccountIn) -> tuple[int, dict[str, Any]]:
    """Without a post, and with a first password that is shown this once."""
    who = access(request)
    user, password = accounts.create(
        access=who, username=body.username, name=body.name, home=body.home, now=timezone.now()
    )
    return 201, {"account": _card(request, user.username), "password": password, "until": user.handed_until}


@router.get("/administration/accounts/{username}", response=AccountOut, summary="An account")
def get_account(request: HttpRequest, username: str) -> dict[str, Any]:
    """With every post it ever had, and what was changed by whom."""
    return _card(request, username)


@router.post("/administration/accounts/{username}", response=AccountOut, summary="Rename or move an account")
def amend_account(request: HttpRequest, username: str, body: AccountIn) -> dict[str, Any]:
    """Its name and home; the account name stays."""
    accounts.amend(
        access=access(request), username=username, version=body.version, name=body.name, home=body.home,
        now=timezone.now(),
    )  # fmt: skip
    return _card(request, username)


@router.post("/administration/accounts/{username}/active", response=AccountOut, summary="Disable or enable")
def switch_account(request: HttpRequest, username: str, body: SwitchIn) -> dict[str, Any]:
    """Disabling ends its sessions and posts at once; enabling brings no post back."""
    who = access(request)
    if body.active:
        accounts.enable(access=who, username=username, version=body.version, now=timezone.now())
    else:
        staffing.disable(access=who, username=username, version=body.version, now=timezone.now())
    return _card(request, username)


@router.post("/administration/accounts/{username}/password", response=HandedOut, summary="Hand out a new password")
def hand_password(request: HttpRequest, username: str) -> dict[str, Any]:
    """For a forgotten one; shown this once. Its sessions end."""
    user, password = staffing.hand_password(access=access(request), username=username, now=timezone.now())
    return {"account": _card(request, username), "password": password, "until": user.handed_until}


@router.post("/administration/accounts/{username}/release", response=AccountOut, summary="Release for a new password")
def release(request: HttpRequest, username: str) -> dict[str, Any]:
    """An account that holds posts gets a new password only after this: one, within 24 hours."""
    accounts.release(access=access(request), username=username, now=timezone.now())
    return _card(request, username)


@router.post("/administration/accounts/{username}/factor", response=AccountOut, summary="Forget a second factor")
def forget_factor(request: HttpRequest, username: str) -> dict[str, Any]:
    """Of a lost phone; its sessions end, and the next sign-in sets another up."""
    staffing.forget_factor(access=access(request), username=username, now=timezone.now())
    return _card(request, username)


@router.post("/administration/accounts/{username}/posts", response={201: AccountOut}, summary="Give a post")
def give_post(request: HttpRequest, username: str, body: GrantIn) -> tuple[int, dict[str, Any]]:
    """Counts from its first day on, also where the account is signed in."""
    staffing.give(access=access(request), username=username, grant=body.grant(), now=timezone.now())
    return 201, _card(request, username)


@router.post(
    "/administration/accounts/{username}/posts/preview", response=list[EffectOut], summary="What a post would do"
)
def preview_post(request: HttpRequest, username: str, body: GrantIn) -> list[dict[str, str]]:
    """Nothing is saved; what would be refused is refused here, too."""
    now = timezone.now()
    ready = posts.prepare(access=access(request), username=username, grant=body.grant(), now=now)
    lacking = staffing.lacks_factor(ready.user, ready.post.role)
    return effects_told(vacancies.of_giving(ready.post, bool(ready.alike), now=now, lacks_factor=lacking))


@router.get("/administration/posts/{post}/ending", response=list[EffectOut], summary="What ending a post would do")
def preview_ending(request: HttpRequest, post: Number) -> list[dict[str, str]]:
    """Who is left, and what waits."""
    return effects_told(vacancies.of_ending(posts.find_post(access(request), post), now=timezone.now()))


@router.post("/administration/posts/{post}/end", response=AccountOut, summary="End a post")
def end_post(request: HttpRequest, post: Number) -> dict[str, Any]:
    """At once, also where its holder is signed in."""
    ended = staffing.end_post(access=access(request), post=post, now=timezone.now())
    return _card(request, ended.user.username)


@router.get("/administration/choices", response=list[ChoiceOut], summary="Organisations to choose")
def list_choices(request: HttpRequest, q: Words = "") -> list[OrganisationOption]:
    """The first 20 where this administrator works whose name or code holds `q`."""
    return reading.organisations_for(access(request), q.strip())


@router.get("/administration/choices/{organisation}/ground", response=list[GroundOut], summary="Ground to choose")
def list_ground(request: HttpRequest, organisation: str, grids: bool = False) -> list[GroundOut]:
    """The regions below an organisation's own, or its grids."""
    found = reading.ground_of(access(request), organisation, grids=grids)
    return [GroundOut(code=one.code, name=one.name) for one in found]


def _card(request: HttpRequest, username: str) -> dict[str, Any]:
    card: AccountCard = reading.account_card(access(request), username)
    return {**vars(card), "changes": changes_told(card.changes)}
