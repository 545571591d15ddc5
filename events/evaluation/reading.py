"""Who may read which report, and the report with words: the one door for pages, exports and the API."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from events.counting.indicators import BY_CODE, INDICATORS, Rate, Value
from events.counting.lives import Life, lives
from events.evaluation.breakdowns import By
from events.evaluation.patrolled import DEPTHS, PATROLLED, add_patrols
from events.evaluation.report import LONGEST_DAYS, Asked, Report, Tally, ranks, report, rows
from events.evaluation.words import (
    BY,
    NOBODY,
    NOWHERE,
    PATROLS_BY_PLACE,
    PATROLS_HAVE_NO_CATEGORY,
    UNMEASURED,
    WORDS,
)
from events.models import Category, CountedFact, Event, Source
from events.policy import visible_events
from events.selectors.entries import entries_of
from events.selectors.rows import UNREAD, place_of
from grid.models import Level, Organisation, Role
from grid.paths import parent_path
from grid.policy import Access, outermost
from grid.refusals import Forbidden, Invalid, NotFound
from grid.selectors import GroundIndex, ground_index

READERS = (Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER, Role.AUDITOR)
PAGE = 50
EARLIEST_YEAR = 2001


@dataclass(frozen=True)
class Wanted:
    """What is asked for, as it came in. `as_of` None: now; `region` empty: all of the reader's own."""

    since: date
    until: date
    as_of: datetime | None = None
    region: str = ""
    category: str = ""
    by: By = By.TOWNSHIP


@dataclass(frozen=True)
class ValueRow:
    """One rate: hits of how many, per cent as a decimal with two places, and whether there is enough to compare."""

    hits: int
    of: int
    percent: str | None
    firm: bool


@dataclass(frozen=True)
class RankedRow(ValueRow):
    """The same with its place among its like, 1 the best; None where it is not ranked."""

    rank: int | None


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator over the whole, beside the period before."""

    code: str
    name: str
    formula: str
    hits_label: str
    of_label: str
    better: str
    behind: str  # what stands behind the number: events or grids
    not_by: str  # why it is not counted by what is asked for; empty: it is
    now: ValueRow
    before: ValueRow


@dataclass(frozen=True)
class GroupRow:
    """One line of the breakdown: values by indicator code."""

    key: str
    label: str
    values: dict[str, RankedRow]


@dataclass(frozen=True)
class TrendRow:
    """One stretch of time, from its start to the next one's: values by indicator code."""

    start: datetime
    values: dict[str, ValueRow]


@dataclass(frozen=True)
class BreakdownRow:
    """A code and what it is called."""

    value: str
    label: str


@dataclass(frozen=True)
class UncountedRow:
    """An indicator that this report does not have, and why."""

    code: str
    name: str
    formula: str
    why: str


@dataclass(frozen=True)
class Reading:
    """The report as people and programs read it."""

    since: date
    until: date
    before_since: date
    before_until: date
    as_of: datetime
    region: str
    region_label: str
    category: str
    by: str
    breakdowns: list[BreakdownRow]
    indicators: list[IndicatorRow]
    uncounted: list[UncountedRow]
    groups: list[GroupRow]
    trend: list[TrendRow]


@dataclass(frozen=True)
class CountedRow:
    """One thing that an indicator counted, with its event as it stood then; `at` put it into the period."""

    no: str
    category: str
    place: str
    lead: str
    at: datetime
    hit: bool
    reported_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    closed_at: datetime | None
    corrected: str  # hit or miss, as an upheld appeal says; empty: as the journal says


@dataclass(frozen=True)
class CountedPage:
    """A page of them, oldest first. `withheld`: counted, but kept within their case, so not shown to this reader."""

    rows: list[CountedRow]
    next: str | None
    total: int
    withheld: int


def read(access: Access, wanted: Wanted) -> Reading:
    """The report for this reader. Twelve queries at most.

    Raises Forbidden for posts that it is not for, NotFound for a region outside the reader's own, Invalid for days that
    are no period or an as-of time to come.
    """
    asked = asked_by(access, wanted)
    made = report(asked)
    rates: list[Rate] = [*INDICATORS, PATROLLED] if add_patrols(made) else [*INDICATORS]
    before = asked.before
    return Reading(
        since=asked.since, until=asked.until, before_since=timezone.localdate(before.start),
        before_until=date.fromordinal(asked.since.toordinal() - 1), as_of=asked.as_of, region=asked.region,
        region_label=region_name(asked.region), category=asked.category, by=asked.by.value,
        breakdowns=[BreakdownRow(by.value, str(label)) for by, label in BY.items()],
        indicators=[_indicator(one, made) for one in rates], uncounted=list(_uncounted(rates)),
        groups=_groups(made, rates),
        trend=[TrendRow(start, _values(INDICATORS, tally)) for start, tally in
               zip(made.buckets, made.trend, strict=True)],
    )  # fmt: skip


def counted(
    access: Access, wanted: Wanted, code: str, *, key: str | None = None, missed: bool = False, cursor: str = ""
) -> CountedPage:
    """What one indicator counted, of those events that the reader may see: in one group, or only what it missed.

    Raises as `read` does, and NotFound for an unknown indicator.
    """
    asked = asked_by(access, wanted)
    if code not in BY_CODE:
        raise NotFound("no-indicator", _("There is no such indicator."))
    found = rows(asked, code, key=key, missed=missed)
    shown = found.filter(event__in=Event.objects.filter(visible_events(access)))
    start, total = offset_of(cursor), shown.count()
    page = list(shown[start : start + PAGE])
    return CountedPage(
        rows=_told(page, code, asked.as_of), next=str(start + PAGE) if total > start + PAGE else None, total=total,
        withheld=found.count() - total,
    )  # fmt: skip


def asked_by(access: Access, wanted: Wanted) -> Asked:
    """What is asked for, once it is known that this reader may. Raises as `read` does."""
    own = outermost(duty.path for duty in access.having(*READERS))
    if not own:
        raise Forbidden(
            "not-your-page", _("Evaluation is for shift leads, supervisors, leaders and auditors."),
        )  # fmt: skip
    region = wanted.region or own[0]
    index = ground_index()
    if not region.startswith(own) or not (region in index.node_by_path or region in index.leaf_by_path):
        raise NotFound("no-region", _("There is no such region, or not for your post."), field="region")
    now = timezone.now()
    _check(wanted, now)
    return Asked(
        since=wanted.since, until=wanted.until, as_of=wanted.as_of or now, region=region,
        root=not parent_path(region), category=wanted.category, by=wanted.by,
    )  # fmt: skip


def _check(wanted: Wanted, now: datetime) -> None:
    days = (wanted.until - wanted.since).days + 1
    if days < 1:
        raise Invalid("period-upside-down", _("The last day comes before the first."), field="to")
    if days > LONGEST_DAYS:
        raise Invalid("period-too-long", _("Ask for a year at most."), field="to")
    if wanted.as_of is not None:
        _check_as_of(wanted.as_of, now)


def _check_as_of(as_of: datetime, now: datetime) -> None:
    if timezone.is_naive(as_of):
        raise Invalid("as-of-without-zone", _("Say the time zone of the as-of time."), field="as_of")
    if as_of.year < EARLIEST_YEAR:
        raise Invalid("as-of-too-early", _("There was no journal then: choose a later as-of time."), field="as_of")
    if as_of > now:
        raise Invalid("as-of-to-come", _("Nobody knows yet how it will stand then: choose a time gone by."),
                      field="as_of")  # fmt: skip


def offset_of(cursor: str) -> int:
    """Where a page begins. Raises Invalid for a cursor that no page gave."""
    if cursor and not (cursor.isascii() and cursor.isdigit()):
        raise Invalid("cursor-unknown", _("This page does not exist; begin with the first."), field="cursor")
    return int(cursor or 0)


def _value(found: Value) -> ValueRow:
    rate = found.percent
    return ValueRow(found.hits, found.of, None if rate is None else str(rate), found.firm)


def _values(rates: Iterable[Rate], tally: Tally) -> dict[str, ValueRow]:
    return {one.code: _value(tally.of(one.code)) for one in rates}


def _uncounted(rates: Collection[Rate]) -> Iterator[UncountedRow]:
    if PATROLLED not in rates:
        words = WORDS[PATROLLED.code]
        yield UncountedRow(PATROLLED.code, str(words.name), str(words.formula), str(PATROLS_HAVE_NO_CATEGORY))
    yield from (UncountedRow(one.code, str(one.name), str(one.formula), str(one.why)) for one in UNMEASURED)


def _indicator(one: Rate, made: Report) -> IndicatorRow:
    words, of_grids = WORDS[one.code], one == PATROLLED
    return IndicatorRow(
        code=one.code, name=str(words.name), formula=str(words.formula), hits_label=str(words.hits),
        of_label=str(words.of), better=one.better.value, behind="grids" if of_grids else "events",
        not_by=str(PATROLS_BY_PLACE) if of_grids and made.asked.by not in DEPTHS else "",
        now=_value(made.whole.of(one.code)), before=_value(made.before.of(one.code)),
    )  # fmt: skip


def _groups(made: Report, rates: Collection[Rate]) -> list[GroupRow]:
    """In the order of their keys, what has none last."""
    places = {one.code: ranks(made, one) for one in rates}
    names = labels(made.asked.by, made.groups)
    return [
        GroupRow(
            key=key, label=names[key],
            values={
                code: RankedRow(**vars(value), rank=places[code].get(key))
                for code, value in _values(rates, made.groups[key]).items()
            },
        )
        for key in sorted(made.groups, key=lambda key: (not key, key))
    ]  # fmt: skip


def labels(by: By, keys: Collection[str]) -> dict[str, str]:
    """What each group is called. One query at most, beside the ground in memory."""
    named = _NAMES.get(by, region_names)({key for key in keys if key})
    nothing = str(NOBODY.get(by, NOWHERE))
    return {key: named.get(key, key) if key else nothing for key in keys}


def _organisations(keys: Iterable[str]) -> dict[str, str]:
    found = Organisation.objects.filter(pk__in=[int(key) for key in keys])
    return {str(number): name for number, name in found.values_list("pk", "short_name")}


def _posts(keys: Iterable[str]) -> dict[str, str]:
    """ "大码头街道 受理员" by "acceptor/17"."""
    parts = {key: key.partition("/") for key in keys}
    names = _organisations({number for _role, _slash, number in parts.values()})
    return {key: f"{names.get(number, number)} {Role(role).label}" for key, (role, _slash, number) in parts.items()}


def _majors(keys: Iterable[str]) -> dict[str, str]:
    found = Category.objects.filter(major__in=list(keys)).order_by("major").distinct("major")
    return {major: f"{major} {name}" for major, name in found.values_list("major", "major_name")}


def _categories(keys: Iterable[str]) -> dict[str, str]:
    found = Category.objects.filter(code__in=list(keys))
    return {code: f"{code} {name}" for code, name in found.values_list("code", "name")}


def _sources(_keys: Iterable[str]) -> dict[str, str]:
    return {str(value): str(label) for value, label in Source.choices}


_NAMES = {
    By.LEAD: _organisations, By.CENTRE: _organisations, By.POST: _posts, By.MAJOR: _majors, By.CATEGORY: _categories,
    By.SOURCE: _sources,
}  # fmt: skip


def region_name(path: str) -> str:
    """What people call a region or grid, by its path."""
    return _region_name(ground_index(), path)


def region_names(paths: Iterable[str]) -> dict[str, str]:
    """ "赫山区", "大码头街道 三益街社区", "大码头街道 三益街社区 网格001". The ground is asked for once."""
    index = ground_index()
    return {path: _region_name(index, path) for path in paths}


def _region_name(index: GroundIndex, path: str) -> str:
    leaf = index.leaf_by_path.get(path)
    if leaf is not None:
        return f"{_region_name(index, parent_path(path))} {_('Grid %s') % leaf.code[-3:]}"
    node = index.node_by_path.get(path)
    if node is None:
        return path
    above = index.node_by_path.get(parent_path(path)) if node.level == Level.VILLAGE else None
    return f"{above.name} {node.name}" if above else node.name


def _told(page: list[CountedFact], code: str, as_of: datetime) -> list[CountedRow]:
    numbers = {fact.event_id for fact in page}
    related = Event.objects.filter(pk__in=numbers).select_related("category", "grid__region__parent").defer(*UNREAD)
    events = {event.pk: event for event in related}
    found = {life.event: life for life in lives(entries_of(numbers, as_of=as_of), as_of=as_of)}
    leads = _organisations({str(fact.lead) for fact in page if fact.lead})
    return [_row(fact, code, events[fact.event_id], found[fact.event_id], leads) for fact in page]


def _row(fact: CountedFact, code: str, event: Event, life: Life, leads: dict[str, str]) -> CountedRow:
    return CountedRow(
        no=event.no, category=event.category.name if event.category else "",
        place=place_of(event.grid) if event.grid else "", lead=leads.get(str(fact.lead), ""), at=fact.at,
        hit=bool(fact.hits >> BY_CODE[code].place & 1), reported_at=life.reported_at, due_at=life.due_at,
        finished_at=life.finished_at, closed_at=life.closed_at, corrected=life.corrections.get((code, fact.at), ""),
    )  # fmt: skip
