"""What steps change until an event is taken on."""

from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from events.models import CLASS_RESTRICTED, Category, Event, TaskKind, TaskState
from events.models.terms import promise
from events.services import clocks, deeds
from events.services.effects.automatic import dispatched_by_itself
from events.services.effects.base import Case
from events.services.effects.officers import ask, officer_of
from grid.models import Grid
from grid.refusals import Conflict, Invalid
from grid.selectors import locate
from grid.selectors.planned import NUMBER, TEXT, Planned

_categories = Planned[Category](lambda code: Category.objects.filter(code=code, active=True), TEXT)
_grids = Planned[Grid](
    lambda grid: (
        Grid.objects.filter(pk=grid)
        .select_related("region__parent")
        .defer("boundary", "region__boundary", "region__parent__boundary")
    ),
    NUMBER,
)


def place(case: Case, deed: deeds.Place) -> None:
    """Put it on the map."""
    if deed.point is None:
        raise Invalid("point-needed", _("Choose the place on the map."), field="point")
    case.payload["old"] = _placed(case.event)
    put(case.event, deed.point)
    if deed.address:
        case.event.address = deed.address[:300]
    case.payload["new"] = _placed(case.event)


def _placed(event: Event) -> dict[str, Any]:
    """Where it is, as the journal keeps it."""
    return {"point": event.given_point, "grid": event.grid.code if event.grid else None, "address": event.address}


def put(event: Event, given: deeds.GivenPoint) -> None:
    """Set an event's place: the point as given is kept beside the WGS-84 one. Raises Invalid outside the city."""
    found = locate(lng=given.lng, lat=given.lat, crs=given.crs)
    (grid,) = _grids.rows(found.grid.id)
    event.point = Point(found.lng, found.lat, srid=4326)
    event.given_point = {"lng": given.lng, "lat": given.lat, "crs": given.crs.value}
    event.accuracy_m = given.accuracy_m
    event.grid = grid
    event.path = grid.path


def recategorise(case: Case, deed: deeds.Recategorise) -> None:
    """Another category; the running allowances that follow from it are set anew."""
    event = case.event
    old, urgent = event.category, event.urgent
    if old is not None and old.code == deed.category:
        raise Invalid("nothing-changed", _("It is under this category already."), field="category")
    if old is not None and old.urgent:
        event.urgent = False  # what was urgent by the old category need not be by the new one
    set_category(event, deed.category)
    clocks.recount(event=event, now=case.now)
    case.payload |= {"old": old.code if old else None, "new": deed.category}
    if event.urgent != urgent:
        case.payload["urgent"] = event.urgent


def amend(case: Case, deed: deeds.Amend) -> None:
    """Correct the words."""
    event = case.event
    if deed.address is not None:
        case.payload["address"] = [event.address, deed.address[:300]]
        event.address = deed.address[:300]
    if deed.description is not None:
        case.payload["described_again"] = True
        case.text = deed.description


def set_category(event: Event, code: str) -> Category:
    """Set an event's category, and what follows from it. Raises Invalid for an unknown or retired code."""
    category = _categories.first(code)
    if category is None:
        raise Invalid("category-unknown", _("There is no such category. Choose one of the list."), field="category")
    event.category = category
    event.urgent = event.urgent or category.urgent
    event.restricted = category.major == CLASS_RESTRICTED or is_secret(event)
    if event.handle_amount is not None:  # taken on already: another promise
        promise(event)
    return category


def is_secret(event: Event) -> bool:
    """Whether a hotline ticket that it answers is secret: then it is kept within the case, whatever its category."""
    return event.pk is not None and event.tickets.filter(secret=True).exists()


def request_verify(case: Case, _deed: deeds.Deed) -> None:
    """A task for whoever walks the grid now."""
    event = case.event
    officer = officer_of(event, case.now, but_not=set())
    if officer is None:
        raise Conflict("no-officer", _("Nobody walks this grid at present. Accept the event, or have somebody posted."))
    ask(case, TaskKind.VERIFY, officer)


def confirm(case: Case, deed: deeds.Confirm) -> None:
    """It is so: verified and taken on in one."""
    if deed.category:
        set_category(case.event, deed.category)
        case.payload["category"] = deed.category
    case.end(case.task(TaskKind.VERIFY), TaskState.FINISHED)
    accept(case, deed)


def verified(case: Case, _deed: deeds.Deed) -> None:
    """It is not so, or can't be told."""
    case.end(case.task(TaskKind.VERIFY), TaskState.FINISHED)


def accept(case: Case, _deed: deeds.Deed) -> None:
    """What the allowance and the lead follow from must be there."""
    want_category_and_place(case.event)
    if case.event.accepted_at is None:
        case.event.accepted_at = case.now
    promise(case.event)
    dispatched_by_itself(case)


def want_category_and_place(event: Event) -> None:
    """Raises Invalid when one is missing."""
    if event.category is None:
        raise Invalid(
            "category-needed", _("Set the category first: the time allowed follows from it."), field="category"
        )
    if event.grid is None:
        raise Invalid("place-needed", _("Put the event on the map first: the answering organisation follows from it."))


def reject(case: Case, deed: deeds.Reject) -> None:
    """For a reason of the list."""
    case.payload["reason"] = deed.reason
