"""Who may see an event, and who may take which step. Deny by default; every answer says its reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.guards import Obstacle, Standing, obstacle, ruled
from events.models import Event, Source, Task, TaskKind, TaskState
from events.sight import Scope, Sight
from events.workflow import TRANSITIONS, Relation, State, Step, Transition, transition
from grid.models import OrganisationKind, Role
from grid.policy import OVERSEERS, Access, Duty, outermost, within

MACHINE = "hotline"
WATCH = "system"  # the house's own watch over allowances
CLASS_DEVICE = "90"
_BY_ORGANISATION = (Role.DEPT_CLERK, Role.DEPT_LEAD, Role.CHECKER)


@dataclass(frozen=True)
class Decision:
    """Whether, and if so as whom; if not, why not."""

    allowed: bool
    duty: Duty | None = None
    obstacle: Obstacle | None = None
    reason: str | Promise = ""


def sight_of(access: Access) -> Sight:
    """What these posts let one see of events."""
    overseeing = access.having(*OVERSEERS, Role.GRID_LEAD)
    in_centres = [
        duty
        for duty in access.having(*OVERSEERS)
        if duty.organisation_kind == OrganisationKind.CENTRE and duty.role != Role.AUDITOR
    ]
    walked = access.having(Role.GRID_OFFICER)
    return Sight(
        paths=outermost(duty.path for duty in overseeing),
        centres=_ids(duty.organisation for duty in in_centres),
        members=_ids(duty.organisation for duty in access.having(*_BY_ORGANISATION)),
        keepers=_ids(duty.organisation for duty in access.having(Role.OM_ENGINEER)),
        grids=_ids(duty.grid for duty in walked if duty.grid is not None),
        user=access.user if walked or access.has(Role.CHECKER) else None,
    )


def _ids(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(numbers)))


def scope_of(event: Event) -> Scope:
    """What decides who sees this event."""
    return Scope(
        path=event.path,
        grid=event.grid_id,
        holder=event.holder_id,
        passed=tuple(event.passed),
        parties=tuple(event.parties),
        workers=tuple(event.workers),
        reporter=event.reporter_id,
        restricted=event.restricted,
        device=event.category is not None and event.category.major == CLASS_DEVICE,
    )


def visible_events(access: Access) -> Q:
    """The events that these posts let one see, for lists and counts."""
    return visible_to(sight_of(access))


def visible_to(sight: Sight) -> Q:
    """`Sight.sees` as a condition on events: the same rule."""
    works = Q(holder__in=sight.centres) | Q(parties__overlap=list(sight.members))
    if sight.keepers:
        works |= Q(parties__overlap=list(sight.keepers), category__major=CLASS_DEVICE)
    if sight.user is not None:
        works |= Q(workers__contains=[sight.user]) | Q(reporter=sight.user, grid__in=sight.grids)
    looks = Q(grid__in=sight.grids) | Q(passed__overlap=list(sight.centres)) | within(sight.paths)
    return works | (Q(restricted=False) & looks)


def standing_of(event: Event, tasks: Iterable[Task]) -> Standing:
    """What the guards look at."""
    lead = next((task for task in tasks if _in_hand(task, TaskKind.LEAD)), None)
    return Standing(
        level=event.level,
        placed=event.grid_id is not None,
        from_public=event.source == Source.HOTLINE,
        urgent=event.urgent,
        restricted=event.restricted,
        returns=event.returns,
        extensions=event.extensions,
        asked=event.asked,
        due_at=event.stage_due_at,
        return_until=lead.return_until if lead else None,
        ended_at=event.ended_at,
    )


def may(access: Access, step: Step, event: Event, tasks: Iterable[Task], *, now: datetime) -> Decision:
    """Whether somebody may take `step` on `event` at `now`, and by which of their posts. `tasks` are the event's own.

    Sight is not asked here: a step is only ever offered on what was found through `visible_events`.
    """
    row = transition(step)
    if State(event.state) not in row.sources:
        return Decision(False, reason=_("The event is no longer where this step starts."))
    kept = tuple(tasks)
    standing = standing_of(event, kept)
    for duty in access.duties:
        if any(role == duty.role and _stands(relation, access, duty, event, kept) for role, relation in row.actors):
            found = obstacle(step, standing, now)
            return Decision(False, obstacle=found, reason=_WHY_NOT[found]) if found else Decision(True, duty=duty)
    if step == Step.DISPATCH and ruled(standing):
        return Decision(False, reason=_("It has been returned three times: the shift lead decides who answers for it."))
    return Decision(False, reason=_("This step is for another post."))


_WHY_NOT: dict[Obstacle, str | Promise] = {
    Obstacle.NOT_FROM_PUBLIC: _("Our own staff saw it: it needs no verification. Accept it, or do not."),
    Obstacle.PLACE_NEEDED: _("Put the event on the map first."),
    Obstacle.RULED: _("The shift lead has decided for good that it is yours, after the third return."),
    Obstacle.RETURN_TOO_LATE: _("The time in which it could be returned is over. Handle it, or ask the dispatcher."),
    Obstacle.NO_LEVEL_ABOVE: _("The city's centre holds it: there is no level above."),
    Obstacle.NO_LEVEL_BELOW: _("A village's centre holds it: there is no level below."),
    Obstacle.ASKED_ALREADY: _("An application waits for an answer already."),
    Obstacle.EXTENDED_OFTEN_ENOUGH: _("It has been extended twice, which is the most."),
    Obstacle.DEADLINE_PASSED: _("The deadline has passed: more time can only be asked for before it."),
    Obstacle.NOTHING_ASKED: _("There is no application to answer."),
    Obstacle.REOPEN_TOO_LATE: _("It ended more than 30 days ago. Take it as a new report."),
    Obstacle.RESTRICTED: _("It is kept within the case: only organisations with a task in it read it."),
    Obstacle.URGENT_ALREADY: _("It is urgent already."),
}


def may_report(access: Access, *, grid: int | None, path: str) -> Decision:
    """Whether somebody may report something in this grid: its officer, or an acceptor of a centre in its region."""
    for duty in access.duties:
        if duty.role == Role.ACCEPTOR and path.startswith(duty.path):
            return Decision(True, duty=duty)
        if duty.role == Role.GRID_OFFICER and duty.grid == grid:
            return Decision(True, duty=duty)
    if access.has(Role.GRID_OFFICER):
        return Decision(False, reason=_("This place lies in a grid that is not yours. Its own officer can report it."))
    if access.has(Role.ACCEPTOR):
        return Decision(False, reason=_("This place lies outside the region of your post."))
    return Decision(False, reason=_("Reporting is for grid officers and acceptors."))


def allowed_steps(
    access: Access, event: Event, tasks: Iterable[Task], *, now: datetime
) -> tuple[Transition, ...]:  # fmt: skip
    """The rows of the workflow that somebody may take on `event` at `now`, in the table's order.

    Solving on the spot is left out: it comes with the report, never after it.
    """
    kept = tuple(tasks)
    return tuple(
        row
        for row in TRANSITIONS
        if row.step != Step.SELF_RESOLVE
        and State(event.state) in row.sources
        and may(access, row.step, event, kept, now=now).allowed
    )


def _stands(relation: Relation, access: Access, duty: Duty, event: Event, tasks: tuple[Task, ...]) -> bool:
    return _RELATIONS[relation](access, duty, event, tasks)


def _walks(_access: Access, duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    return event.grid_id is not None and duty.grid == event.grid_id


def _over_ground(_access: Access, duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    return bool(event.path) and event.path.startswith(duty.path)


def _holds(_access: Access, duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    return duty.organisation == event.holder_id


def _routine(_access: Access, duty: Duty, event: Event, tasks: tuple[Task, ...]) -> bool:
    return duty.organisation == event.holder_id and not ruled(standing_of(event, tasks))


def _ruling(_access: Access, duty: Duty, event: Event, tasks: tuple[Task, ...]) -> bool:
    return duty.organisation == event.holder_id and ruled(standing_of(event, tasks))


def _above(access: Access, duty: Duty, event: Event, tasks: tuple[Task, ...]) -> bool:
    return _holds(access, duty, event, tasks) or _over_ground(access, duty, event, tasks)


def _leads(_access: Access, duty: Duty, _event: Event, tasks: tuple[Task, ...]) -> bool:
    return any(_in_hand(task, TaskKind.LEAD) and task.organisation_id == duty.organisation for task in tasks)


def _verifies(access: Access, duty: Duty, event: Event, tasks: tuple[Task, ...]) -> bool:
    """The person asked, or whoever walks the grid by now."""
    asked = [task for task in tasks if _in_hand(task, TaskKind.VERIFY)]
    return any(task.user_id == access.user for task in asked) or (bool(asked) and _walks(access, duty, event, tasks))


def _in_case(access: Access, duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    if duty.organisation in {*event.passed, *event.parties}:
        return True
    return access.user is not None and (access.user in event.workers or access.user == event.reporter_id)


def _answers_a_ticket(_access: Access, _duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    return event.tickets.exists()  # only asked of the hotline: people's lists cost nothing more


def _always(_access: Access, _duty: Duty, _event: Event, _tasks: tuple[Task, ...]) -> bool:
    return True  # the watch over its allowances


_RELATIONS: dict[Relation, Callable[[Access, Duty, Event, tuple[Task, ...]], bool]] = {
    Relation.GRID: _walks,
    Relation.GROUND: _over_ground,
    Relation.HOLDER: _holds,
    Relation.ROUTINE: _routine,
    Relation.RULING: _ruling,
    Relation.ABOVE: _above,
    Relation.LEAD: _leads,
    Relation.VERIFY: _verifies,
    Relation.CHECK: lambda access, duty, _event, tasks: _holds_check(access, duty, tasks),
    Relation.CASE: _in_case,
    Relation.TICKET: _answers_a_ticket,
    Relation.CLOCK: _always,
}


def _in_hand(task: Task, kind: TaskKind) -> bool:
    return task.kind == kind and task.ended_at is None


def _holds_check(access: Access, duty: Duty, tasks: tuple[Task, ...]) -> bool:
    """The person asked, or any checker of the holding centre (who stands in when that person has left or is away).

    Never one who signed, worked on or finished it.
    """
    if access.user in handlers(tasks):
        return False
    for task in tasks:
        if not _in_hand(task, TaskKind.CHECK):
            continue
        if task.user_id is not None and task.user_id == access.user:
            return True
        return duty.role == Role.CHECKER and task.organisation_id == duty.organisation
    return False


def handlers(tasks: Iterable[Task]) -> set[int | None]:
    """Everybody who signed, worked on or finished it: none of them may check it.

    Who took a task back or dispatched it anew had no hand in the work.
    """
    leads = [task for task in tasks if task.kind == TaskKind.LEAD]
    ended = {task.ended_by_id for task in leads if task.state in (TaskState.FINISHED, TaskState.RETURNED)}
    return {task.signed_by_id for task in leads} | ended
