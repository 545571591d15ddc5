"""The one who is signed in, and the categories that everybody works with."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from events.selectors.categories import CategoryOption, categories
from events.selectors.deliveries import READERS
from gis_layers.policy import WATCHERS
from grid.models import Role
from grid.policy import Access
from grid.refusals import Forbidden
from grid.selectors import ground_index, place_label
from webapp.api.auth import access

router = Router(tags=["people"])

CENTRE = (Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD)


class PostOut(Schema):
    """A post held."""

    role: str
    role_label: str
    organisation: int
    organisation_name: str
    level: str
    path: str


class GridOut(Schema):
    """A grid that one walks."""

    code: str
    name: str
    path: str
    place: str


class CanOut(Schema):
    """Which pages and buttons make sense; every door asks again."""

    report: bool
    watch: bool
    accept: bool
    dispatch: bool
    deliveries: bool
    audit: bool
    overview: bool


class MeOut(Schema):
    """The one who is signed in."""

    username: str
    name: str
    posts: list[PostOut]
    grids: list[GridOut]
    can: CanOut


@router.get("/me", response=MeOut, summary="Who am I")
def me(request: HttpRequest) -> MeOut:
    """Name, posts, own grids, and what these posts are for."""
    who = access(request)
    if who.user is None:
        raise Forbidden("not-a-person", _("Sign in first."))
    return MeOut(
        username=request.user.get_username(),
        name=who.name,
        posts=[
            PostOut(
                role=duty.role, role_label=str(Role(duty.role).label), organisation=duty.organisation,
                organisation_name=duty.organisation_name, level=duty.level, path=duty.path,
            )
            for duty in who.duties
        ],
        grids=_grids(who),
        can=CanOut(
            report=who.has(Role.GRID_OFFICER, Role.ACCEPTOR),
            watch=who.has(*WATCHERS),
            accept=who.has(Role.ACCEPTOR),
            dispatch=who.has(Role.DISPATCHER),
            deliveries=who.has(*READERS),
            audit=who.has(Role.AUDITOR),
            overview=who.has(*CENTRE, Role.SUPERVISOR, Role.LEADER),
        ),
    )  # fmt: skip


def _grids(who: Access) -> list[GridOut]:
    """The grids walked, from the ground in memory."""
    walked = {duty.grid for duty in who.having(Role.GRID_OFFICER)}
    if not walked:
        return []
    return [
        GridOut(code=leaf.code, name=leaf.name, path=leaf.path, place=place_label(leaf.path))
        for leaf in ground_index().leaves
        if leaf.id in walked
    ]


@router.get("/categories", response=list[CategoryOption], summary="Categories")
def list_categories(request: HttpRequest) -> list[CategoryOption]:
    """All that are in use, by code."""
    return categories()
