"""The views of the worklist that the house has: who has each, and which events it holds, as a condition."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, Q, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from events.grants import READERS
from events.guards import MOST_RETURNS
from events.models import Task, TaskKind, TaskState
from events.policy import lent_events
from events.selectors.shares import late, sharing
from events.workflow import ENDED, State
from grid.models import Role
from grid.policy import Access, within
from grid.selectors.planned import MOMENT


@dataclass(frozen=True)
class View:
    """A view of the house. What it holds reads `MOMENT` where it means the present: it becomes a part of a plan."""

    code: str
    group: str
    label: Callable[[], str]
    holds: Callable[[Access], Q]
    roles: tuple[str, ...] = ()
    mark: str | None = None
    past: bool = False  # holds what has ended, too

    def condition(self, access: Access) -> Q:
        """The events that it holds. That they are open is said even where it follows: by that they are found, however
        long the history has become."""
        return self.holds(access) if self.past else _OPEN & self.holds(access)


def views_of(access: Access) -> dict[str, View]:
    """The views that this reader has, by code, the first one first."""
    return {view.code: view for view in VIEWS if not view.roles or access.has(*view.roles)}


def ended_this_week() -> Q:
    """Ended within the seven days before the present."""
    return _within("ended_at", timedelta(days=7))


def own_reports(access: Access) -> Q:
    """What one reported oneself within a year; older ones are found by searching everywhere."""
    return Q(reporter=access.user) & _within("reported_at", timedelta(days=365))


def _within(field: str, time: timedelta) -> Q:
    """Not longer than `time` before the present. About when that begins is said, too, by the clock of now: a plan for
    any present would know nothing of how few these are."""
    begins = ExpressionWrapper(Value(MOMENT) - time, output_field=DateTimeField())
    about = timezone.now() - time - timedelta(days=1)
    return Q(**{f"{field}__gte": begins, f"{field}__gt": about})


def _held(access: Access, *roles: str) -> Q:
    return Q(holder__in=[duty.organisation for duty in access.having(*roles)])


def _leading(access: Access) -> Q:
    tasks = Task.objects.filter(
        event=OuterRef("pk"), kind=TaskKind.LEAD, ended_at__isnull=True,
        organisation__in=[duty.organisation for duty in access.having(Role.DEPT_CLERK, Role.DEPT_LEAD)],
    )  # fmt: skip
    return Q(Exists(tasks))


def _checking(access: Access) -> Q:
    """By the same rule as `events.policy`: never what one signed, worked on or finished oneself."""
    mine = Q(user=access.user)
    if access.has(Role.CHECKER):
        mine |= Q(organisation__in=[duty.organisation for duty in access.having(Role.CHECKER)])
    mine |= _on_the_spot(access)
    return Q(state=State.PENDING_CHECK) & _has_task(mine, TaskKind.CHECK) & ~_handled(access)


def _verifying(access: Access) -> Q:
    return Q(state=State.VERIFYING) & _has_task(Q(user=access.user) | _on_the_spot(access), TaskKind.VERIFY)


def _on_the_spot(access: Access) -> Q:
    """Tasks in grids that one walks by now; as a grid lead, those that were handed over because they were overdue."""
    walked = [duty.grid for duty in access.having(Role.GRID_OFFICER)]
    leads = access.having(Role.GRID_LEAD)
    if not leads:
        return Q(event__grid__in=walked)
    handed = Q(handed_to=access.user) | within((duty.path for duty in leads), field="event__path")
    return Q(event__grid__in=walked) | (Q(handed_at__isnull=False) & handed)


def _handled(access: Access) -> Q:
    done = Q(signed_by=access.user) | Q(ended_by=access.user, state__in=[TaskState.FINISHED, TaskState.RETURNED])
    return Q(Exists(Task.objects.filter(done, event=OuterRef("pk"), kind=TaskKind.LEAD)))


def _has_task(whose: Q, kind: TaskKind) -> Q:
    return Q(Exists(Task.objects.filter(whose, event=OuterRef("pk"), kind=kind, ended_at__isnull=True)))


def _applied(access: Access) -> Q:
    """Applications that wait for this reader's answer."""
    asked = _held(access, Role.DISPATCHER, Role.SHIFT_LEAD) & Q(asked="extension")
    return asked | (_held(access, Role.LEADER) & Q(asked="suspension"))


def _ruled() -> Q:
    return Q(returns__gte=MOST_RETURNS)


def _waiting(access: Access) -> Q:
    """Everything that waits for a step of this reader's own."""
    waiting = Q(pk__in=[])
    for roles, condition in _WAITS:
        if access.has(*roles):
            waiting |= condition(access)
    return waiting


_WAITS: tuple[tuple[tuple[str, ...], Callable[[Access], Q]], ...] = (
    ((Role.ACCEPTOR,), lambda a: _held(a, Role.ACCEPTOR) & Q(state__in=[State.REPORTED, State.PENDING_CLOSE])),
    ((Role.SHIFT_LEAD,), lambda a: _held(a, Role.SHIFT_LEAD)
     & (Q(state=State.PENDING_CLOSE) | (Q(state=State.ACCEPTED) & _ruled()))),
    ((Role.DISPATCHER,), lambda a: _held(a, Role.DISPATCHER) & Q(state=State.ACCEPTED) & ~_ruled()),
    ((Role.DISPATCHER, Role.SHIFT_LEAD, Role.LEADER), lambda a: _applied(a)),
    ((Role.DEPT_CLERK,), lambda a: (_leading(a) | sharing(a)) & ~Q(state=State.SUSPENDED)),
    ((Role.CHECKER, Role.GRID_OFFICER, Role.GRID_LEAD), lambda a: _checking(a) | _verifying(a)),
)  # fmt: skip
_WORKED_ON = Q(state__in=[State.DISPATCHED, State.HANDLING])
_ENDED = Q(state__in=sorted(ENDED))
_OPEN = Q(ended_at__isnull=True)
_CENTRE = (Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD)
_CLERK = (Role.DEPT_CLERK, Role.DEPT_LEAD)
_WORKING = (*_CENTRE, Role.LEADER, Role.DEPT_CLERK, Role.CHECKER, Role.GRID_OFFICER, Role.GRID_LEAD)


VIEWS: tuple[View, ...] = (
    View("todo", "mine", lambda: _("Waiting for me"), _waiting, _WORKING),
    View("to_accept", "mine", lambda: _("To accept"),
         lambda a: _held(a, *_CENTRE) & Q(state=State.REPORTED), _CENTRE),
    View("to_place", "mine", lambda: _("To place on the map"),
         lambda a: _held(a, *_CENTRE) & Q(grid__isnull=True), _CENTRE),
    View("to_dispatch", "mine", lambda: _("To dispatch"),
         lambda a: _held(a, *_CENTRE) & Q(state=State.ACCEPTED), _CENTRE),
    View("to_rule", "mine", lambda: _("Returned three times"),
         lambda a: _held(a, Role.SHIFT_LEAD) & Q(state=State.ACCEPTED) & _ruled(), (Role.SHIFT_LEAD,)),
    View("applied", "mine", lambda: _("Applications to answer"), _applied,
         (Role.DISPATCHER, Role.SHIFT_LEAD, Role.LEADER)),
    View("to_close", "mine", lambda: _("To close"),
         lambda a: _held(a, *_CENTRE) & Q(state=State.PENDING_CLOSE), _CENTRE),
    View("to_sign", "mine", lambda: _("To sign"),
         lambda a: (_leading(a) & Q(state=State.DISPATCHED)) | (sharing(a, TaskState.ASSIGNED) & _WORKED_ON), _CLERK),
    View("in_hand", "mine", lambda: _("In hand"),
         lambda a: (_leading(a) & Q(state=State.HANDLING)) | (sharing(a, TaskState.SIGNED) & _WORKED_ON), _CLERK),
    View("suspended", "mine", lambda: _("Suspended"),
         lambda a: (_leading(a) | sharing(a)) & Q(state=State.SUSPENDED), _CLERK),
    View("joint_returned", "mine", lambda: _("Joint share returned"),
         lambda a: _held(a, Role.DISPATCHER, Role.SHIFT_LEAD) & Q(joint_returned__gt=0) & _WORKED_ON,
         (Role.DISPATCHER, Role.SHIFT_LEAD)),
    View("to_verify", "mine", lambda: _("To verify"), _verifying, (Role.GRID_OFFICER, Role.GRID_LEAD)),
    View("to_check", "mine", lambda: _("To check"), _checking,
         (Role.CHECKER, Role.GRID_OFFICER, Role.GRID_LEAD)),
    View("mine", "mine", lambda: _("Reported by me"), own_reports, (Role.GRID_OFFICER,), past=True),
    View("near", "all", lambda: _("Near the deadline"),
         lambda a: Q(stage_near_at__lte=MOMENT, stage_due_at__gt=MOMENT) & ~sharing(a)
         | late(a, now=MOMENT, near=True), (), "near"),
    View("over", "all", lambda: _("Overdue"),
         lambda a: Q(stage_due_at__lte=MOMENT) & ~sharing(a) | late(a, now=MOMENT), (), "over"),
    View("supervised", "all", lambda: _("Supervised"), lambda _access: ~Q(supervision="none")),
    View("rework", "all", lambda: _("Done again"), lambda _access: Q(reworks__gt=0)),
    View("open", "all", lambda: _("All in progress"), lambda _access: Q()),
    View("checking", "all", lambda: _("Being checked"), lambda _access: Q(state=State.PENDING_CHECK)),
    View("shared", "all", lambda: _("Shared with us"), lent_events, READERS),
    View("ended_week", "all", lambda: _("Ended this week"), lambda _access: _ENDED & ended_this_week(), past=True),
)  # fmt: skip
