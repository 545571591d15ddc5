"""What each step changes besides the state: places, categories, tasks, counters.

Only `advance` calls these, on a locked event.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import CLASS_RESTRICTED, Category, Event, Task, TaskKind, TaskState
from events.policy import handlers
from events.services import clocks, deeds, routing
from events.workflow import Step
from grid.models import Grid
from grid.policy import Access
from grid.refusals import Conflict, Invalid
from grid.selectors import locate, officers_of


@dataclass
class Case:
    """A locked event with its tasks, while one step is being taken."""

    event: Event
    tasks: list[Task]
    access: Access
    now: datetime
    text: str
    payload: dict[str, Any] = field(default_factory=dict)

    def task(self, kind: TaskKind) -> Task:
        """The task of this kind in hand; the policy has made sure that there is one."""
        return next(task for task in self.tasks if task.kind == kind and task.ended_at is None)


def no_effect(_case: Case, _deed: deeds.Deed) -> None:
    """Steps that change nothing but state and clocks."""


def _place(case: Case, deed: deeds.Place) -> None:
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
    grids = Grid.objects.select_related("region__parent")
    grid = grids.defer("boundary", "region__boundary", "region__parent__boundary").get(pk=found.grid.id)
    event.point = Point(found.lng, found.lat, srid=4326)
    event.given_point = {"lng": given.lng, "lat": given.lat, "crs": given.crs.value}
    event.accuracy_m = given.accuracy_m
    event.grid = grid
    event.path = grid.path


def _amend(case: Case, deed: deeds.Amend) -> None:
    event = case.event
    old = _amendable(event)
    if deed.category is not None:
        _change_category(event, deed.category)
    if deed.address is not None:
        event.address = deed.address[:300]
    if deed.urgent is not None:
        event.urgent = deed.urgent or bool(event.category and event.category.urgent)
    new = _amendable(event)
    if (old["category"], old["urgent"]) != (new["category"], new["urgent"]):
        clocks.recount(event=event, now=case.now)
    case.payload["changed"] = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    if deed.description is not None:
        case.payload["described_again"] = True
        case.text = deed.description


def _change_category(event: Event, code: str) -> None:
    if event.category is not None and event.accepted_at is not None:
        raise Invalid("category-fixed", _("The category is fixed once the event is accepted."), field="category")
    if event.category is not None and event.category.urgent:
        event.urgent = False  # what was urgent by the old category need not be by the new one
    set_category(event, code)


def _amendable(event: Event) -> dict[str, Any]:
    """What `amend` may change and the journal shows."""
    category = event.category
    return {"category": category.code if category else None, "address": event.address, "urgent": event.urgent}


def set_category(event: Event, code: str) -> Category:
    """Set an event's category, and what follows from it. Raises Invalid for an unknown or retired code."""
    category = Category.objects.filter(code=code, active=True).first()
    if category is None:
        raise Invalid("category-unknown", _("There is no such category. Choose one of the list."), field="category")
    event.category = category
    event.urgent = event.urgent or category.urgent
    event.restricted = category.major == CLASS_RESTRICTED or is_secret(event)
    return category


def is_secret(event: Event) -> bool:
    """Whether a hotline ticket that it answers is secret: then it is kept within the case, whatever its category."""
    return event.pk is not None and event.tickets.filter(secret=True).exists()


def _accept(case: Case, _deed: deeds.Deed) -> None:
    event = case.event
    if event.category is None:
        raise Invalid(
            "category-needed", _("Set the category first: the time allowed follows from it."), field="category"
        )
    if event.grid is None:
        raise Invalid("place-needed", _("Put the event on the map first: the answering organisation follows from it."))
    event.accepted_at = case.now


def _reject(case: Case, deed: deeds.Reject) -> None:
    case.payload["reason"] = deed.reason


def _dispatch(case: Case, deed: deeds.Dispatch) -> None:
    event = case.event
    offered = {row.organisation.pk: row for row in routing.candidates(event)}
    chosen = offered.get(deed.organisation)
    if chosen is None:
        raise Invalid(
            "organisation-not-offered", _("This centre can't dispatch to that organisation."), field="organisation"
        )
    Task.objects.create(event=event, kind=TaskKind.LEAD, organisation=chosen.organisation, assigned_at=case.now)
    event.lead = chosen.organisation
    event.parties = sorted({*event.parties, chosen.organisation.pk})
    case.payload |= {
        "organisation": chosen.organisation.pk, "name": chosen.organisation.short_name, "suggested": chosen.suggested,
        "reason": chosen.reason,
    }  # fmt: skip


def _sign(case: Case, _deed: deeds.Deed) -> None:
    task = case.task(TaskKind.LEAD)
    task.state = TaskState.SIGNED
    task.signed_at = case.now
    task.signed_by_id = case.access.user
    task.save()


def _return(case: Case, deed: deeds.Return) -> None:
    task = case.task(TaskKind.LEAD)
    last = clocks.last_return(event=case.event, task=task)
    if case.now > last:
        raise Conflict(
            "return-too-late",
            _("It could be returned until %s only. Handle it, or ask the dispatcher.")
            % timezone.localtime(last).strftime("%m-%d %H:%M"),
            extra={"version": case.event.version, "state": case.event.state},
        )
    _end(case, task, TaskState.RETURNED)
    case.event.lead = None
    case.event.returns += 1
    case.payload["organisation"] = task.organisation_id


def _finish(case: Case, _deed: deeds.Deed) -> None:
    lead = case.task(TaskKind.LEAD)
    _end(case, lead, TaskState.FINISHED)
    event = case.event
    checker = _officer_of(event, case.now, but_not=handlers(case.tasks))
    Task.objects.create(
        event=event, kind=TaskKind.CHECK, organisation_id=event.holder_id, user_id=checker, assigned_at=case.now
    )
    if checker is not None:
        event.workers = sorted({*event.workers, checker})
    event.parties = sorted({*event.parties, event.holder_id})


def _officer_of(event: Event, now: datetime, *, but_not: set[int | None]) -> int | None:
    """The officer who walks the event's grid now, for its check; None: a checker of the holding centre does it."""
    if event.grid_id is None:
        return None
    return next((one.user for one in officers_of(grid=event.grid_id, at=now) if one.user not in but_not), None)


def _end(case: Case, task: Task, state: TaskState) -> None:
    task.state = state
    task.ended_at = case.now
    task.ended_by_id = case.access.user
    task.save()


def _pass_check(case: Case, _deed: deeds.Deed) -> None:
    _end(case, case.task(TaskKind.CHECK), TaskState.FINISHED)


def _fail_check(case: Case, _deed: deeds.Deed) -> None:
    """The same lead does it again: a task of its own, already signed, and no new time in which to hand it back."""
    _end(case, case.task(TaskKind.CHECK), TaskState.FINISHED)
    last = next(task for task in reversed(case.tasks) if task.kind == TaskKind.LEAD)
    Task.objects.create(
        event=case.event, kind=TaskKind.LEAD, organisation_id=last.organisation_id, state=TaskState.SIGNED,
        assigned_at=last.assigned_at, signed_at=case.now, signed_by_id=last.signed_by_id,
    )  # fmt: skip
    case.event.reworks += 1


def _close(case: Case, deed: deeds.Close) -> None:
    wanting = case.event.tickets.filter(want_callback=True).exists()
    if wanting and len(deed.text.strip()) < 5:
        raise Invalid(
            "reply-needed", _("The hotline waits for a reply: write it, in at least 5 characters."), field="text"
        )


def _urge(case: Case, _deed: deeds.Deed) -> None:
    case.event.urges += 1


EFFECTS: dict[Step, Callable[[Case, Any], None]] = {
    Step.PLACE: _place,
    Step.AMEND: _amend,
    Step.ACCEPT: _accept,
    Step.REJECT: _reject,
    Step.DISPATCH: _dispatch,
    Step.SIGN: _sign,
    Step.RETURN: _return,
    Step.FINISH: _finish,
    Step.PASS_CHECK: _pass_check,
    Step.FAIL_CHECK: _fail_check,
    Step.CLOSE: _close,
    Step.URGE: _urge,
}
