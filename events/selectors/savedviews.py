"""Views that people keep: a view of the house, narrowed and ordered, as one's own or shared by an organisation."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from events.models import SavedView
from events.selectors.narrowing import Narrowing
from grid.models import Role
from grid.policy import WITHOUT_BUSINESS_DATA, Access
from grid.selectors.planned import NUMBER, NUMBERS, Planned, among

EDITORS = (Role.SHIFT_LEAD, Role.DEPT_LEAD, Role.LEADER)
"""Who decides what an organisation shares at the desk: its views and the words that it uses again."""

PREFIX = "saved-"


@dataclass(frozen=True)
class SavedRow:
    """What a saved view is made of; `shared` names its organisation and is empty for one's own."""

    id: int
    name: str
    organisation: int | None
    shared: str
    may_change: bool
    view: str
    region: str
    state: str
    category: str
    q: str
    sort: str


def code_of(number: int) -> str:
    """How the worklist calls a saved view."""
    return f"{PREFIX}{number}"


def organisations_of(access: Access) -> dict[int, str]:
    """The organisations whose shared things one works with, by name."""
    return {
        duty.organisation: duty.organisation_name for duty in access.duties if duty.role not in WITHOUT_BUSINESS_DATA
    }


def edited_by(access: Access) -> dict[int, str]:
    """The organisations whose shared things one may change, by name."""
    return {duty.organisation: duty.organisation_name for duty in access.having(*EDITORS)}


def saved_views(access: Access) -> QuerySet[SavedView]:
    """One's own, then those of one's organisations, by name."""
    return _kept_by(access.user, [*organisations_of(access)])


def listed(access: Access) -> list[SavedView]:
    """The same, as every list asks for them: without writing the query anew. One query."""
    return _listed.rows(access.user, [*organisations_of(access)])


def _kept_by(user: int | None, organisations: list[int]) -> QuerySet[SavedView]:
    own = Q(owner=user, owner__isnull=False) | Q(organisation__in=among(organisations))
    return SavedView.objects.filter(own).order_by("organisation", "name", "pk")


_listed = Planned[SavedView](_kept_by, NUMBER, NUMBERS)


def saved_row(access: Access, saved: SavedView) -> SavedRow:
    """As a page shows it. No query."""
    shared = saved.organisation_id
    return SavedRow(
        id=saved.pk,
        name=saved.name,
        organisation=shared,
        shared=organisations_of(access).get(shared, "") if shared else "",
        may_change=shared is None or shared in edited_by(access),
        view=saved.view,
        region=saved.region,
        state=saved.state,
        category=saved.category,
        q=saved.text,
        sort=saved.sort,
    )


def narrowing_of(saved: SavedView) -> Narrowing:
    """What it narrows by."""
    return Narrowing(region=saved.region, state=saved.state, category=saved.category, text=saved.text)
