"""Worklists: what waits for this reader, in views with counts."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.utils import timezone
from django.utils.translation import gettext as _

from events.grants import READERS
from events.guards import MOST_RETURNS
from events.models import Event, SavedView, Task, TaskKind, TaskState
from events.policy import allowed_steps, lent_events, visible_events
from events.selectors import ordering, rows, search, snapshot
from events.selectors.fieldtasks import TOLD, FieldTask, task_in_hand
from events.selectors.narrowing import Narrowing, narrowed
from events.selectors.rows import EventRow
from events.selectors.savedviews import SavedRow, code_of, narrowing_of, saved_row, saved_views
from events.selectors.shares import OwnShare, late, own_share, sharing
from events.workflow import ENDED, State
from grid.models import Role
from grid.policy import Access, within
from grid.refusals import Invalid

PAGE = 50
EVERYWHERE = "everywhere"
"""Asked for as a view: whatever fits of all that the reader sees, open or ended long ago; not counted."""


@dataclass(frozen=True)
class WorkRow(EventRow):
    """A line with the codes of the steps that this reader may take on it, the reader's own joint share in it, and the
    task on the spot in hand."""

    allowed: list[str]
    share: OwnShare | None
    task: FieldTask | None


@dataclass(frozen=True)
class ViewRow:
    """A view of the worklist; `mark` is the shape shown beside its count. None is counted of one that searches for
    words: that would search at every reading of every list."""

    code: str
    group: str
    label: str
    count: int | None
    mark: str | None
    saved: SavedRow | None = None  # of one that somebody keeps


@dataclass(frozen=True)
class Worklist:
    """One page of a view, the total behind it, and every view that this reader has.

    `newest`: what was searched for everywhere is too common, and these are the newest that fit.
    """

    rows: list[WorkRow]
    total: int
    next: str | None
    views: list[ViewRow]
    newest: bool = False


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a view, narrowed by filters; `cursor` is the `next` of the page before."""

    view: str = ""
    region: str = ""
    state: str = ""
    category: str = ""
    text: str = ""
    sort: str = ""  # the view's own, else by time left
    cursor: str = ""
    limit: int = PAGE


@dataclass(frozen=True)
class _View:
    code: str
    group: str
    label: Callable[[], str]
    condition: Callable[[Access], Q]
    roles: tuple[str, ...] = ()
    mark: str | None = None
    saved: SavedRow | None = None

    @property
    def searches(self) -> bool:
        """Whether it was kept with words to look for."""
        return self.saved is not None and bool(self.saved.q)


def worklist(access: Access, wanted: Wanted) -> Worklist:
    """One page. Raises Invalid for an unknown view, state, order or cursor, and for words that can't be searched for.

    The counts of all views, those that people keep without words included, are one query.
    """
    views = [*_views_of(access), *_saved_views(access)]
    visible = Event.objects.filter(visible_events(access))
    recent = Q(ended_at__isnull=True) | Q(ended_at__gte=timezone.now() - timedelta(days=7)) | Q(reporter=access.user)
    counted = [view for view in views if not view.searches]
    counts = visible.filter(recent).aggregate(**{view.code: _count(view.condition(access)) for view in counted})
    offset = _offset(wanted.cursor)
    limit = max(1, min(wanted.limit, 200))
    sort = wanted.sort or _own_sort(views, wanted.view)
    with search.in_time() if wanted.view == EVERYWHERE else nullcontext():
        found, newest = _found(access, visible, views, wanted)
        page, total = _page(ordering.ordered(access, found, sort), offset, limit)
    lines, tasks = snapshot.rows_of(event.pk for event in page), _tasks_of(page)
    now = timezone.now()
    return Worklist(
        rows=[_work_row(access, event, lines[event.pk], tasks.get(event.pk, []), now) for event in page],
        total=total,
        next=str(offset + limit) if offset + limit < total else None,
        views=[
            ViewRow(view.code, view.group, view.label(), counts.get(view.code), view.mark, view.saved) for view in views
        ],
        newest=newest,
    )


def view_codes(access: Access) -> tuple[str, ...]:
    """The views of the house that this reader has, the first one first."""
    return tuple(view.code for view in _views_of(access))


def rows_in_grid(access: Access, grid: str) -> list[EventRow]:
    """Open events in the grid with this code that this reader may see."""
    found = Event.objects.filter(visible_events(access), grid__code=grid, ended_at__isnull=True)
    return [rows.row(event) for event in rows.with_relations(found).order_by("stage_due_at", "pk")[:200]]


_UNMERGED = ~Q(state=State.MERGED)  # whose tasks and applications wait until it is parted again


def _count(condition: Q) -> Count:
    return Count("pk", filter=condition)


def _views_of(access: Access) -> list[_View]:
    return [view for view in _VIEWS if not view.roles or access.has(*view.roles)]


def _saved_views(access: Access) -> list[_View]:
    """Those that people keep and whose own view this reader has. One query."""
    known = {view.code: view for view in _views_of(access)}
    found = saved_views(access) if access.duties else SavedView.objects.none()
    return [_saved(access, one, known[one.view]) for one in found if one.view in known]


def _saved(access: Access, saved: SavedView, view: _View) -> _View:
    row, narrow = saved_row(access, saved), narrowed(narrowing_of(saved))
    group = row.shared or "own"
    return _View(
        code_of(saved.pk), group, lambda: saved.name, lambda a: view.condition(a) & narrow, mark=view.mark, saved=row
    )


def _chosen(views: list[_View], code: str) -> _View:
    if not views:
        return _View("none", "", lambda: "", lambda _access: Q(pk__in=[]))
    if not code:
        return views[0]
    for view in views:
        if view.code == code:
            return view
    raise Invalid("view-unknown", _("There is no such view for your post."), field="view")


def _own_sort(views: list[_View], code: str) -> str:
    kept = next((view.saved for view in views if view.code == code), None)
    return kept.sort if kept else ordering.LEFT


def _found(
    access: Access, visible: QuerySet[Event], views: list[_View], wanted: Wanted
) -> tuple[QuerySet[Event], bool]:  # fmt: skip
    """What was asked for, and whether it is only the newest of it."""
    by = Narrowing(region=wanted.region, state=wanted.state, category=wanted.category, text=wanted.text)
    if wanted.view == EVERYWHERE and views:
        found = search.everywhere(visible, wanted.text, others=narrowed(replace(by, text="")))
        return found.events, found.newest
    return visible.filter(_chosen(views, wanted.view).condition(access)).filter(narrowed(by)), False


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 7:
        raise Invalid("cursor-unknown", _("Take the cursor from the page before."), field="cursor")
    return int(cursor)


def _page(ordered: QuerySet[Event], offset: int, limit: int) -> tuple[list[Event], int]:
    """So many from there, bare, and how many there are in all."""
    page: list[Any] = list(_read(ordered).annotate(of=Window(Count("*")))[offset : offset + limit])
    if not page:
        return [], ordered.count() if offset else 0
    return page, page[0].of


def _read(ordered: QuerySet[Event]) -> QuerySet[Event]:
    """With what the policy looks at beside the event's own columns."""
    return ordered.select_related("category").annotate(merged_into_state=F("merged_into__state"))


def _tasks_of(page: list[Event]) -> dict[int, list[Task]]:
    tasks: dict[int, list[Task]] = {}
    found = Task.objects.filter(event__in=page).select_related(*TOLD)
    for task in found.order_by("pk"):
        tasks.setdefault(task.event_id, []).append(task)
    return tasks


def _work_row(access: Access, event: Event, line: EventRow, tasks: list[Task], now: datetime) -> WorkRow:
    # What changed since the page was read stands in the line already: a step from here must be told so.
    fields = {name: getattr(line, name) for name in EventRow.__dataclass_fields__} | {"version": event.version}
    return WorkRow(
        **fields,
        allowed=[row.step.value for row in allowed_steps(access, event, tasks, now=now)],
        share=own_share(access, event, tasks),
        task=task_in_hand(tasks, access.user),
    )


def _held(access: Access, *roles: str) -> Q:
    return Q(holder__in=[duty.organisation for duty in access.having(*roles)])


def _leading(access: Access) -> Q:
    tasks = Task.objects.filter(
        event=OuterRef("pk"), kind=TaskKind.LEAD, ended_at__isnull=True,
        organisation__in=[duty.organisation for duty in access.having(Role.DEPT_CLERK, Role.DEPT_LEAD)],
    )  # fmt: skip
    return Q(Exists(tasks)) & _UNMERGED


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
    return Q(Exists(Task.objects.filter(whose, event=OuterRef("pk"), kind=kind, ended_at__isnull=True))) & _UNMERGED


def _applied(access: Access) -> Q:
    """Applications that wait for this reader's answer."""
    asked = _held(access, Role.DISPATCHER, Role.SHIFT_LEAD) & Q(asked="extension")
    return (asked | (_held(access, Role.LEADER) & Q(asked="suspension"))) & _UNMERGED


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


def _mine(access: Access) -> Q:
    return Q(reporter=access.user)


_VIEWS: tuple[_View, ...] = (
    _View("todo", "mine", lambda: _("Waiting for me"), _waiting, _WORKING),
    _View("to_accept", "mine", lambda: _("To accept"),
          lambda a: _held(a, *_CENTRE) & Q(state=State.REPORTED), _CENTRE),
    _View("to_place", "mine", lambda: _("To place on the map"),
          lambda a: _held(a, *_CENTRE) & Q(grid__isnull=True) & _OPEN, _CENTRE),
    _View("to_dispatch", "mine", lambda: _("To dispatch"),
          lambda a: _held(a, *_CENTRE) & Q(state=State.ACCEPTED), _CENTRE),
    _View("to_rule", "mine", lambda: _("Returned three times"),
          lambda a: _held(a, Role.SHIFT_LEAD) & Q(state=State.ACCEPTED) & _ruled(), (Role.SHIFT_LEAD,)),
    _View("applied", "mine", lambda: _("Applications to answer"), _applied,
          (Role.DISPATCHER, Role.SHIFT_LEAD, Role.LEADER)),
    _View("to_close", "mine", lambda: _("To close"),
          lambda a: _held(a, *_CENTRE) & Q(state=State.PENDING_CLOSE), _CENTRE),
    _View("to_sign", "mine", lambda: _("To sign"),
          lambda a: (_leading(a) & Q(state=State.DISPATCHED)) | (sharing(a, TaskState.ASSIGNED) & _WORKED_ON), _CLERK),
    _View("in_hand", "mine", lambda: _("In hand"),
          lambda a: (_leading(a) & Q(state=State.HANDLING)) | (sharing(a, TaskState.SIGNED) & _WORKED_ON), _CLERK),
    _View("suspended", "mine", lambda: _("Suspended"),
          lambda a: (_leading(a) | sharing(a)) & Q(state=State.SUSPENDED), _CLERK),
    _View("joint_returned", "mine", lambda: _("Joint share returned"),
          lambda a: _held(a, Role.DISPATCHER, Role.SHIFT_LEAD) & Q(joint_returned__gt=0) & _WORKED_ON,
          (Role.DISPATCHER, Role.SHIFT_LEAD)),
    _View("to_verify", "mine", lambda: _("To verify"), _verifying, (Role.GRID_OFFICER, Role.GRID_LEAD)),
    _View("to_check", "mine", lambda: _("To check"), _checking,
          (Role.CHECKER, Role.GRID_OFFICER, Role.GRID_LEAD)),
    _View("mine", "mine", lambda: _("Reported by me"), _mine, (Role.GRID_OFFICER,)),
    _View("near", "all", lambda: _("Near the deadline"),
          lambda a: _OPEN & (Q(stage_near_at__lte=timezone.now(), stage_due_at__gt=timezone.now()) & ~sharing(a)
                             | late(a, now=timezone.now(), near=True)), (), "near"),
    _View("over", "all", lambda: _("Overdue"),
          lambda a: _OPEN & (Q(stage_due_at__lte=timezone.now()) & ~sharing(a) | late(a, now=timezone.now())),
          (), "over"),
    _View("supervised", "all", lambda: _("Supervised"), lambda a: _OPEN & ~Q(supervision="none")),
    _View("rework", "all", lambda: _("Done again"), lambda a: _OPEN & Q(reworks__gt=0)),
    _View("open", "all", lambda: _("All in progress"), lambda a: _OPEN),
    _View("checking", "all", lambda: _("Being checked"), lambda a: Q(state=State.PENDING_CHECK)),
    _View("shared", "all", lambda: _("Shared with us"), lambda a: _OPEN & lent_events(a), READERS),
    _View("ended_week", "all", lambda: _("Ended this week"),
          lambda a: _ENDED & Q(ended_at__gte=timezone.now() - timedelta(days=7))),
)  # fmt: skip
