"""Worklists: what waits for this reader, in views with counts."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import repeat
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value, Window
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event, Task
from events.policy import allowed_steps, visible_events
from events.selectors import ordering, rows, search, snapshot
from events.selectors.fieldtasks import TOLD, FieldTask, task_in_hand
from events.selectors.narrowing import Narrowing, narrowed
from events.selectors.rows import EventRow
from events.selectors.savedviews import SavedRow, code_of, listed, narrowing_of, saved_row
from events.selectors.shares import OwnShare, own_share
from events.selectors.views import View, ended_this_week, own_reports, views_of
from grid.policy import Access
from grid.refusals import Invalid
from grid.selectors.planned import MOMENT, NUMBER, NUMBERS, PLANS, Planned, among

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

    `since`: of what was searched for everywhere only what was reported from then on was looked at.
    """

    rows: list[WorkRow]
    total: int
    next: str | None
    views: list[ViewRow]
    since: datetime | None = None


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a view, narrowed by filters. `cursor` is the `next` of the page before, `before` the `since`
    of a search, which goes on from there."""

    view: str = ""
    region: str = ""
    state: str = ""
    category: str = ""
    text: str = ""
    sort: str = ""  # the view's own, else by time left
    before: datetime | None = None
    cursor: str = ""
    limit: int = PAGE


@dataclass(frozen=True)
class _Listed:
    """A view in somebody's list: one of the house, or one that is kept, which narrows one of the house."""

    code: str
    view: View
    narrowing: Narrowing
    saved: SavedRow | None = None

    def row(self, count: int | None) -> ViewRow:
        """As a page shows it."""
        if self.saved is None:
            return ViewRow(self.code, self.view.group, self.view.label(), count, self.view.mark)
        group = self.saved.shared or "own"
        return ViewRow(self.code, group, self.saved.name, count, self.view.mark, self.saved)


def worklist(access: Access, wanted: Wanted) -> Worklist:
    """One page. Raises Invalid for an unknown view, state, order or cursor, and for words that can't be searched for.

    The counts of all views, those that people keep without words included, are one query.
    """
    views = _views(access)
    counts = _counts(access, views)
    offset, limit = _offset(wanted.cursor), max(1, min(wanted.limit, 200))
    page, total, since = _read(access, views, wanted, offset, limit)
    lines, tasks = snapshot.rows_of(event.pk for event in page), _tasks_of(page)
    now = timezone.now()
    return Worklist(
        rows=[_work_row(access, event, lines[event.pk], tasks.get(event.pk, []), now) for event in page],
        total=total,
        next=str(offset + limit) if offset + limit < total else None,
        views=[view.row(counts.get(view.code)) for view in views],
        since=since,
    )


def rows_in_grid(access: Access, grid: str) -> list[EventRow]:
    """Open events in the grid with this code that this reader may see."""
    found = Event.objects.filter(visible_events(access), grid__code=grid, ended_at__isnull=True)
    return [rows.row(event) for event in rows.with_relations(found).order_by("stage_due_at", "pk")[:200]]


def _views(access: Access) -> list[_Listed]:
    """Those of the house, then those that people keep and whose own view this reader has. One query."""
    known = views_of(access)
    kept = listed(access) if access.duties else []
    return [
        *(_Listed(code, view, Narrowing()) for code, view in known.items()),
        *(
            _Listed(code_of(one.pk), known[one.view], narrowing_of(one), saved_row(access, one))
            for one in kept
            if one.view in known
        ),
    ]


def _counts(access: Access, views: list[_Listed]) -> dict[str, int]:
    """How many events each holds, by code, of those that don't search. One query."""
    counted = tuple((view.code, view.view, view.narrowing) for view in views if not view.narrowing.text)
    rows = _counting(_anybody(access), counted, timezone.localdate()).rows(timezone.now(), access.user)
    return dict(zip([code for code, *_ in counted], rows[0] if rows else repeat(0), strict=False))


def _anybody(access: Access) -> Access:
    """Somebody on the same posts: the plans are theirs in common, the user is a blank in them."""
    return replace(access, user=access.user and NUMBER, name="", address=None, request_id="")


@lru_cache(maxsize=PLANS)
def _counting(
    reader: Access, views: tuple[tuple[str, View, Narrowing], ...], _today: date
) -> Planned[tuple[int, ...]]:  # fmt: skip
    """A single row: the count of each. Written anew each day: it says about when the week began."""

    def make(*_blanks: Any) -> QuerySet[Event, tuple[int, ...]]:
        recent = Q(ended_at__isnull=True) | ended_this_week() | own_reports(reader)
        counts = {code: Count("pk", filter=view.condition(reader) & narrowed(kept)) for code, view, kept in views}
        found = Event.objects.filter(visible_events(reader)).filter(recent)
        return found.annotate(all=Value(1)).values("all").annotate(**counts).values_list(*counts)

    return Planned(make, MOMENT, NUMBER, sparing=True)


def _read(
    access: Access, views: list[_Listed], wanted: Wanted, offset: int, limit: int
) -> tuple[list[Any], int, datetime | None]:  # fmt: skip
    """The page that was asked for, how many there are in all, and how far back was looked."""
    if wanted.view == EVERYWHERE:
        return _everywhere(access, wanted, offset, limit)
    view = _chosen(views, wanted.view)
    sort = wanted.sort or (view.saved.sort if view.saved else ordering.LEFT)
    of = (_anybody(access), view.view, view.narrowing, _narrowing(wanted), sort, timezone.localdate())
    paging = _paging.__wrapped__ if wanted.text or offset else _paging  # what hardly anybody asks twice is not kept
    page = paging(*of, offset, limit).rows(timezone.now(), access.user)
    first = page or (offset and paging(*of, 0, 1).rows(timezone.now(), access.user))
    return page, first[0].of if first else 0, None


@lru_cache(maxsize=PLANS)
def _paging(
    reader: Access, view: View, kept: Narrowing, asked: Narrowing, sort: str, _today: date, offset: int, limit: int
) -> Planned[Any]:  # fmt: skip
    def make(*_blanks: Any) -> QuerySet[Event]:
        held = Event.objects.filter(visible_events(reader)).filter(view.condition(reader) & narrowed(kept))
        return _page(reader, held.filter(narrowed(asked)), sort)[offset : offset + limit]

    return Planned(make, MOMENT, NUMBER, sparing=True)


def _everywhere(
    access: Access, wanted: Wanted, offset: int, limit: int
) -> tuple[list[Any], int, datetime | None]:  # fmt: skip
    with search.in_time():
        visible = Event.objects.filter(visible_events(access))
        others = narrowed(replace(_narrowing(wanted), text=""))
        found = search.everywhere(visible, wanted.text, others=others, before=wanted.before)
        ordered = _page(access, found.events, wanted.sort or ordering.LEFT)
        page: list[Any] = list(ordered[offset : offset + limit])
        first: Any = page or (offset and ordered[:1])
        return page, first[0].of if first else 0, found.since


def _page(access: Access, found: QuerySet[Event], sort: str) -> QuerySet[Event]:
    """In order, with what the policy looks at beside an event's own columns, and how many there are in all."""
    ordered = ordering.ordered(access, found, sort).select_related("category")
    return ordered.annotate(merged_into_state=F("merged_into__state"), of=Window(Count("*")))


def _narrowing(wanted: Wanted) -> Narrowing:
    return Narrowing(region=wanted.region, state=wanted.state, category=wanted.category, text=wanted.text)


def _chosen(views: list[_Listed], code: str) -> _Listed:
    if not code:
        return views[0]
    for view in views:
        if view.code == code:
            return view
    raise Invalid("view-unknown", _("There is no such view for your post."), field="view")


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 7:
        raise Invalid("cursor-unknown", _("Take the cursor from the page before."), field="cursor")
    return int(cursor)


_tasks = Planned[Task](
    lambda events: Task.objects.filter(event__in=among(events)).select_related(*TOLD).order_by("pk"), NUMBERS
)


def _tasks_of(page: list[Event]) -> dict[int, list[Task]]:
    tasks: dict[int, list[Task]] = {}
    for task in _tasks.rows([event.pk for event in page]):
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
