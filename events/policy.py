"""Who may see an event, and who may take which step. Deny by default; every answer says its reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.models import Event, Task, TaskKind
from events.sight import Scope, Sight
from events.workflow import TRANSITIONS, Relation, State, Step, Transition, transition
from grid.models import OrganisationKind, Role
from grid.policy import OVERSEERS, Access, Duty, outermost, within

MACHINE = "hotline"
CLASS_DEVICE = "90"
_BY_ORGANISATION = (Role.DEPT_CLERK, Role.DEPT_LEAD, Role.CHECKER)
_WITH_A_REPORT = (Step.SELF_RESOLVE,)  # taken together with the report alone, never offered on an event


@dataclass(frozen=True)
class Decision:
    """Whether, and if so as whom; if not, why not."""

    allowed: bool
    duty: Duty | None = None
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
    """`Sight.sees` as a condition on events: the same rule, for lists and counts."""
    sight = sight_of(access)
    works = Q(holder__in=sight.centres) | Q(parties__overlap=list(sight.members))
    if sight.keepers:
        works |= Q(parties__overlap=list(sight.keepers), category__major=CLASS_DEVICE)
    if sight.user is not None:
        works |= Q(workers__contains=[sight.user]) | Q(reporter=sight.user, grid__in=sight.grids)
    looks = Q(grid__in=sight.grids) | Q(passed__overlap=list(sight.centres)) | within(sight.paths)
    return works | (Q(restricted=False) & looks)


def may(access: Access, step: Step, event: Event, tasks: Iterable[Task]) -> Decision:
    """Whether somebody may take `step` on `event` now, and by which of their posts. `tasks` are the event's own.

    Sight is not asked here: a step is only ever offered on what was found through `visible_events`.
    """
    row = transition(step)
    if State(event.state) not in row.sources:
        return Decision(False, reason=_("The event is no longer where this step starts."))
    kept = tuple(tasks)
    for duty in access.duties:
        if any(role == duty.role and _stands(relation, access, duty, event, kept) for role, relation in row.actors):
            return Decision(True, duty=duty)
    return Decision(False, reason=_("This step is for another post."))


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


def allowed_steps(access: Access, event: Event, tasks: Iterable[Task]) -> tuple[Transition, ...]:
    """The rows of the workflow that somebody may take on `event` now, in the table's order.

    Solving on the spot is left out: it comes with the report, never after it.
    """
    kept = tuple(tasks)
    return tuple(
        row
        for row in TRANSITIONS
        if row.step != Step.SELF_RESOLVE
        and State(event.state) in row.sources
        and may(access, row.step, event, kept).allowed
    )


def _stands(relation: Relation, access: Access, duty: Duty, event: Event, tasks: tuple[Task, ...]) -> bool:
    match relation:
        case Relation.GRID:
            return event.grid_id is not None and duty.grid == event.grid_id
        case Relation.GROUND:
            return bool(event.path) and event.path.startswith(duty.path)
        case Relation.HOLDER:
            return duty.organisation == event.holder_id
        case Relation.LEAD:
            return any(_in_hand(task, TaskKind.LEAD) and task.organisation_id == duty.organisation for task in tasks)
        case Relation.CHECK:
            return _holds_check(access, duty, tasks)
        case _:  # CASE: whoever reads it and works; TICKET: the machine whose ticket it is
            return True


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
    """Everybody who signed, worked on or finished it: none of them may check it."""
    return {person for task in tasks if task.kind == TaskKind.LEAD for person in (task.signed_by_id, task.ended_by_id)}
