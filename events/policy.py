"""Who may see an event, and who may take which step. Deny by default; every answer says its reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events import grants
from events.guards import MOST_RETURNS, Obstacle, Standing, obstacle, ruled
from events.models import CLASS_RESTRICTED, Event, Source, Task, TaskKind, TaskState
from events.sight import Opening, Scope, Sight
from events.workflow import OPEN, TRANSITIONS, Relation, State, Step, Transition, transition
from grid.models import Level, Organisation, OrganisationKind, Role
from grid.policy import OVERSEERS, Access, Duty, outermost, within

MACHINE = "hotline"
WATCH = "system"  # the house's own watch over allowances
SOURCE = "source"  # an alarm, a device, a partner's system
MACHINES = (MACHINE, WATCH, SOURCE)
# Asked for elsewhere than in the list of steps.
_OWN_DOORS = (Step.SELF_RESOLVE, Step.REDACT, Step.APPEAL, Step.CORRECT, Step.DISMISS, Step.RESTORE)
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
        user=access.user if walked or access.has(Role.CHECKER, Role.GRID_LEAD) else None,
        openings=grants.openings(access),
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
        category=event.category.code if event.category is not None else "",
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
    for opening in sight.openings:
        looks |= _opened(opening)
    return works | (Q(restricted=False) & looks)


def lent_events(access: Access) -> Q:
    """The events that somebody sees by other organisations' grants alone."""
    opened = Q(pk__in=[])
    for opening in sight_of(access).openings:
        opened |= _opened(opening)
    return Q(restricted=False) & opened & ~visible_events(access.unlent()) if access.lent else opened


def _opened(opening: Opening) -> Q:
    """`Opening.opens` as a condition on events: the same rule."""
    classes = Q(category__code__in=opening.classes) | Q(category__major__in=opening.classes)
    condition = Q(path__startswith=opening.path) & classes
    return condition & Q(parties__contains=[opening.owner]) if opening.owner else condition


def standing_of(event: Event, tasks: Iterable[Task]) -> Standing:
    """What the guards look at."""
    tasks = tuple(tasks)
    lead = next((task for task in tasks if _in_hand(task, TaskKind.LEAD)), None)
    return Standing(
        level=event.level,
        placed=event.grid_id is not None,
        from_public=event.source in (Source.HOTLINE, Source.SOURCE),
        urgent=event.urgent,
        restricted=event.restricted,
        returns=event.returns,
        extensions=event.extensions,
        asked=event.asked,
        due_at=event.stage_due_at,
        return_until=lead.return_until if lead else None,
        ended_at=event.ended_at,
        joint=sum(_in_hand(task, TaskKind.JOINT) for task in tasks),
        dispute=event.category is not None and event.category.major == CLASS_RESTRICTED,
        taken_in=event.taken_in,
        goes_on=_goes_on(event),
    )


def share_of(duty: Duty, tasks: Iterable[Task]) -> Task | None:
    """The joint task in hand of the organisation where somebody is on duty."""
    own = (task for task in tasks if task.organisation_id == duty.organisation)
    return next((task for task in own if _in_hand(task, TaskKind.JOINT)), None)


def _own_standing(standing: Standing, duty: Duty, tasks: tuple[Task, ...]) -> Standing:
    """The same, with the share of whoever steps."""
    share = share_of(duty, tasks) if standing.joint else None
    if share is None:
        return standing
    return replace(standing, share_signed=share.signed_at is not None, share_return_until=share.return_until)


def _goes_on(event: Event) -> bool:
    """Whether the event that it was merged into is open. No query where `rows.with_relations` has brought it."""
    if event.merged_into_id is None:
        return True
    state = getattr(event, "merged_into_state", None)
    return State(state or event.merged_into.state) in OPEN  # type: ignore[union-attr]


def may(access: Access, step: Step, event: Event, tasks: Iterable[Task], *, now: datetime) -> Decision:
    """Whether somebody may take `step` on `event` at `now`, and by which of their posts. `tasks` are the event's own.

    Sight is not asked here: a step is only ever offered on what was found through `visible_events`.
    """
    row = transition(step)
    if State(event.state) not in row.sources:
        return Decision(False, reason=_("The event is no longer where this step starts."))
    kept = tuple(tasks)
    return _from_here(access, row, event, kept, standing_of(event, kept), now)


def _from_here(
    access: Access, row: Transition, event: Event, tasks: tuple[Task, ...], standing: Standing, now: datetime
) -> Decision:  # fmt: skip
    """Whether somebody may take this step, which starts where the event is."""
    hindered: Decision | None = None
    for duty in access.duties:
        if any(role == duty.role and _stands(relation, access, duty, event, tasks) for role, relation in row.actors):
            found = obstacle(row.step, _own_standing(standing, duty, tasks), now)
            if found is None:
                return Decision(True, duty=duty)
            hindered = hindered or Decision(False, obstacle=found, reason=_WHY_NOT[found])
    if hindered is not None:
        return hindered
    if row.step == Step.DISPATCH and ruled(standing):
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
    Obstacle.JOINT_OPEN: _("Joint organisations have not finished their share: wait, or have it recalled."),
    Obstacle.JOINT_ENOUGH: _("Eight organisations share in it, which is the most at once."),
    Obstacle.NO_JOINT: _("No other organisation has a share in it at present."),
    Obstacle.JOINT_SIGNED: _("Your organisation has signed for its share already."),
    Obstacle.JOINT_UNSIGNED: _("Sign for your organisation's share first."),
    Obstacle.DISPUTE_STAYS: _("A dispute is kept within its own case and is never merged with another."),
    Obstacle.OTHERS_IN_IT: _("Other events were merged into this one. Merge the other event into this one instead."),
    Obstacle.TARGET_ENDED: _("The event that it was merged into has ended, with it for good."),
}


def may_decide(access: Access, event: Event, appellant: Organisation, *, asked_by: int) -> bool:
    """Whether somebody whom `may` lets decide appeals may decide this organisation's, asked for by `asked_by`.

    A supervisor over the organisation's region, without a post there. Nobody is above the city, nor reads
    from above what is kept within its case: there a supervisor or leader of the city, or of the holder, who has no
    post at the organisation; a centre's own appeal is its leader's to decide. Never whoever asked.
    """
    deciding = [duty for duty in access.having(Role.SUPERVISOR, Role.LEADER) if _above(access, duty, event, ())]
    apart = all(duty.organisation != appellant.pk for duty in access.duties)
    return access.user != asked_by and any(_decides(duty, event, appellant, apart=apart) for duty in deciding)


def _decides(duty: Duty, event: Event, appellant: Organisation, *, apart: bool) -> bool:
    ground = appellant.region.path
    if event.restricted or appellant.region.level == Level.CITY:
        leads = duty.role == Role.LEADER and duty.organisation == appellant.pk
        return (event.restricted or ground == duty.path) and (apart or leads)
    return apart and duty.role == Role.SUPERVISOR and ground.startswith(duty.path)


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

    Solving on the spot is left out: it comes with the report, never after it; so is redacting, asked for at an
    entry, and what is said about how the event counts.
    """
    kept = tuple(tasks)
    standing = standing_of(event, kept)  # once: a worklist asks this fifty times
    rows = _STARTING[State(event.state)]
    return tuple(row for row in rows if _from_here(access, row, event, kept, standing, now).allowed)


_STARTING = {
    state: tuple(row for row in TRANSITIONS if state in row.sources and row.step not in _OWN_DOORS) for state in State
}


def _stands(relation: Relation, access: Access, duty: Duty, event: Event, tasks: tuple[Task, ...]) -> bool:
    return _RELATIONS[relation](access, duty, event, tasks)


def _walks(_access: Access, duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    return event.grid_id is not None and duty.grid == event.grid_id


def _over_ground(_access: Access, duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    return bool(event.path) and event.path.startswith(duty.path)


def _holds(_access: Access, duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    return duty.organisation == event.holder_id


def _routine(_access: Access, duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    return duty.organisation == event.holder_id and event.returns < MOST_RETURNS


def _ruling(_access: Access, duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    return duty.organisation == event.holder_id and event.returns >= MOST_RETURNS


def _above(access: Access, duty: Duty, event: Event, tasks: tuple[Task, ...]) -> bool:
    return _holds(access, duty, event, tasks) or _over_ground(access, duty, event, tasks)


def _leads(_access: Access, duty: Duty, _event: Event, tasks: tuple[Task, ...]) -> bool:
    return any(_in_hand(task, TaskKind.LEAD) and task.organisation_id == duty.organisation for task in tasks)


def _shares(_access: Access, duty: Duty, _event: Event, tasks: tuple[Task, ...]) -> bool:
    return share_of(duty, tasks) is not None


def _verifies(access: Access, duty: Duty, event: Event, tasks: tuple[Task, ...]) -> bool:
    return any(_on_the_spot(access, duty, event, task) for task in tasks if _in_hand(task, TaskKind.VERIFY))


def _on_the_spot(access: Access, duty: Duty, event: Event, task: Task) -> bool:
    """The person asked, or whoever walks the grid by now; the grid lead once it was handed over, and not before."""
    if duty.role == Role.GRID_LEAD:
        handed = task.handed_at is not None
        return handed and (task.handed_to_id == access.user or _over_ground(access, duty, event, ()))
    return (task.user_id is not None and task.user_id == access.user) or _walks(access, duty, event, ())


def _party(_access: Access, duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    return duty.organisation in {*event.passed, *event.parties}


def _in_case(access: Access, duty: Duty, event: Event, tasks: tuple[Task, ...]) -> bool:
    if _party(access, duty, event, tasks):
        return True
    if access.lent and grants.joins(access, duty, scope_of(event)):
        return True
    return access.user is not None and (access.user in event.workers or access.user == event.reporter_id)


def _answers_a_ticket(_access: Access, _duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    return event.tickets.exists()  # only asked of the hotline: people's lists cost nothing more


def _never(_access: Access, _duty: Duty, _event: Event, _tasks: tuple[Task, ...]) -> bool:
    return False  # it comes with the step on the other event, which was asked for there


def _raised_an_alarm(_access: Access, _duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    return event.alarms.exists()  # only asked of sources


def _always(_access: Access, _duty: Duty, _event: Event, _tasks: tuple[Task, ...]) -> bool:
    return True  # the watch over its allowances


def _answers_by_rule(_access: Access, _duty: Duty, event: Event, _tasks: tuple[Task, ...]) -> bool:
    """Until somebody has handed it back: then a person decides."""
    return event.category is not None and event.category.auto_dispatch and not event.returns


_RELATIONS: dict[Relation, Callable[[Access, Duty, Event, tuple[Task, ...]], bool]] = {
    Relation.GRID: _walks,
    Relation.GROUND: _over_ground,
    Relation.HOLDER: _holds,
    Relation.ROUTINE: _routine,
    Relation.RULING: _ruling,
    Relation.ABOVE: _above,
    Relation.LEAD: _leads,
    Relation.JOINT: _shares,
    Relation.VERIFY: _verifies,
    Relation.CHECK: lambda access, duty, event, tasks: _holds_check(access, duty, event, tasks),
    Relation.PARTY: _party,
    Relation.CASE: _in_case,
    Relation.TICKET: _answers_a_ticket,
    Relation.CLOCK: _always,
    Relation.RULE: _answers_by_rule,
    Relation.OTHER: _never,
    Relation.ALARM: _raised_an_alarm,
}


def _in_hand(task: Task, kind: TaskKind) -> bool:
    return task.kind == kind and task.ended_at is None


def _holds_check(access: Access, duty: Duty, event: Event, tasks: tuple[Task, ...]) -> bool:
    """Who is on the spot, or any checker of the holding centre (who stands in when nobody is).

    Never one who signed, worked on or finished it.
    """
    if access.user in handlers(tasks):
        return False
    asked = [task for task in tasks if _in_hand(task, TaskKind.CHECK)]
    if duty.role == Role.CHECKER and any(task.organisation_id == duty.organisation for task in asked):
        return True
    return any(_on_the_spot(access, duty, event, task) for task in asked)


def handlers(tasks: Iterable[Task]) -> set[int | None]:
    """Everybody who signed, worked on or finished it: none of them may check it.

    Who took a task back or dispatched it anew had no hand in the work. A joint share is work like the lead's.
    """
    leads = [task for task in tasks if task.kind in (TaskKind.LEAD, TaskKind.JOINT)]
    ended = {task.ended_by_id for task in leads if task.state in (TaskState.FINISHED, TaskState.RETURNED)}
    return {task.signed_by_id for task in leads} | ended
