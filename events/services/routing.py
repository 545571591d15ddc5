"""Which organisation holds a new event, and which should answer for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Category, Event, Source, Task, TaskKind
from events.models.calendar import working_calendar
from events.selectors import lending, previews
from events.selectors.responsibility import Suggestion, suggest
from events.sla import Calendar
from events.workflow import Step
from grid.models import Level, Organisation, OrganisationKind
from grid.paths import paths_down_to
from grid.refusals import Unavailable
from grid.selectors.planned import PLANS, TEXT, TEXTS, Planned, among

_RANK = {Level.CITY.value: 0, Level.COUNTY.value: 1, Level.TOWNSHIP.value: 2, Level.VILLAGE.value: 3}


class Part(StrEnum):
    """What an organisation is suggested as."""

    LEAD = "lead"
    JOINT = "joint"
    NONE = ""


@dataclass(frozen=True)
class Candidate:
    """An organisation that may be dispatched to; `reason` says why it is suggested, `role` as what."""

    organisation: Organisation
    suggested: bool  # to lead
    reason: str
    role: Part = Part.NONE


@dataclass(frozen=True)
class Offer(Candidate):
    """One that a step may give the event, or a copy of it, to; `effect` says what follows for the clock."""

    sign_due: datetime | None = None  # by when it would have to have signed
    effect: str = ""
    shares: bool = False  # has a joint share of it in hand


@dataclass(frozen=True)
class Choice:
    """Whom the holder may dispatch an event to, and who should answer for it: the two need not meet."""

    candidates: tuple[Candidate, ...]
    suggestion: Suggestion

    @property
    def lead(self) -> Organisation | None:
        """Who should answer, where the holder may dispatch to it."""
        return next((one.organisation for one in self.candidates if one.suggested), None)


def holder_for(*, path: str, category: Category | None, source: str) -> Organisation:
    """The centre that holds a new event.

    An officer's report: the village's centre where it has one, else the township's; a category of a higher least level
    (class 04: the county) goes to the centre of that level; a hotline ticket, and what has no place yet, to the
    city's. Raises Unavailable when the ground has no such centre.
    """
    if source == Source.HOTLINE or not path:
        return centre_of_the_city()
    lowest: str = category.min_level if category else Level.VILLAGE
    fitting = [centre for centre in _centres_above(path) if _RANK[centre.level] <= _RANK[lowest]]
    if not fitting:
        raise _no_centre()
    return max(fitting, key=lambda centre: _RANK[centre.level])


def centre_of_the_city() -> Organisation:
    """The city's own centre, with its region. One query. Raises Unavailable where none is set up."""
    centre = _centres_of.first(Level.CITY.value)
    if centre is None:
        raise _no_centre()
    return centre


def _no_centre() -> Unavailable:
    return Unavailable("no-centre", _("No command centre is set up for this place. Tell the administrator."))


def _centres() -> QuerySet[Organisation]:
    centres = Organisation.objects.filter(kind=OrganisationKind.CENTRE)
    return centres.select_related("region").defer("region__boundary").order_by("pk")


_centres_of = Planned[Organisation](lambda level: _centres().filter(level=level), TEXT)
_centres_in = Planned[Organisation](lambda paths: _centres().filter(region__path__in=among(paths)), TEXTS)


def level_of_report(*, path: str, category: str) -> str:
    """The level of the centre that would hold an officer's report of a category (by code) in the grid of `path`."""
    known = Category.objects.filter(code=category, active=True).first()
    return holder_for(path=path, category=known, source=Source.OFFICER).level


def centre_above(event: Event) -> Organisation:
    """The centre of the next level above the one that holds the event; the policy has made sure that there is one.

    A village's centre passes up to its township, a township's to its county, a county's to the city. Raises
    Unavailable when the ground has no such centre.
    """
    fitting = [one for one in _centres_above(event.holder.region.path) if _RANK[one.level] < _RANK[event.holder.level]]
    if not fitting:
        raise Unavailable("no-centre", _("No command centre is set up above this one. Tell the administrator."))
    return max(fitting, key=lambda centre: _RANK[centre.level])


def centres_over(event: Event) -> tuple[Organisation, ...]:
    """The centres of the ground where an event lies, the city's to the nearest: those whose supervisors it is under."""
    return tuple(_centres_above(event.path or event.holder.region.path))


def centres_below(event: Event) -> list[Organisation]:
    """The centres below the one that holds the event, of the ground where it lies, the nearest level first."""
    fitting = [one for one in _centres_above(event.path) if _RANK[one.level] > _RANK[event.holder.level]]
    return sorted(fitting, key=lambda centre: _RANK[centre.level])


def readers(event: Event) -> list[Organisation]:
    """Whom a copy may go to: whom it could be dispatched to, the centres above and below; not who is in it already."""
    known = {*event.parties, *event.passed}
    centres = _centres_above(event.path or event.holder.region.path)
    found = {one.pk: one for one in [*centres, *(row.organisation for row in candidates(event))]}
    return [one for one in found.values() if one.pk not in known]


def _centres_above(path: str) -> list[Organisation]:
    return _centres_in.rows(paths_down_to(path))


def candidates(event: Event, *, at: datetime | None = None) -> list[Candidate]:
    """Whom the holder may dispatch to, the suggested one first; `at` says for which day (None: today)."""
    return list(choice(event, at=at).candidates)


def choice(
    event: Event, *, at: datetime | None = None, receivers: Sequence[Organisation] | None = None
) -> Choice:  # fmt: skip
    """Whom the holder may dispatch to, and who should answer for it on the day of `at` (None: today).

    A township or village centre: its county's departments, and itself; a county or city centre: departments of its own
    level and below, and itself. Each of them, too: units of that region, and those whose region holds it. Who should
    answer follows from components and rules. Four or five queries, whatever the number of rules; two less with the
    `receivers` of the holder at hand.
    """
    suggestion = suggest(event, at=at or timezone.now())
    rows = [_candidate(one, suggestion) for one in (receivers_of(event.holder) if receivers is None else receivers)]
    return Choice(candidates=tuple(sorted(rows, key=_order)), suggestion=suggestion)


def receivers_of(holder: Organisation) -> list[Organisation]:
    """Whom a centre may dispatch to, itself last. One query where its region is at hand."""
    return [*_receiving(_jurisdiction(holder)).rows(), holder]


@lru_cache(maxsize=PLANS)
def _receiving(root: str) -> Planned[Organisation]:
    """Those within a jurisdiction and around it."""

    def make() -> QuerySet[Organisation]:
        inside = Q(kind__in=[OrganisationKind.DEPARTMENT, OrganisationKind.UNIT], region__path__startswith=root)
        around = Q(kind=OrganisationKind.UNIT, region__path__in=paths_down_to(root))
        open_ones = Organisation.objects.filter(inside | around, closed_at=None)
        return open_ones.select_related("region").defer("region__boundary")

    return Planned(make)


def _candidate(one: Organisation, suggestion: Suggestion) -> Candidate:
    if one == suggestion.lead:
        return Candidate(one, suggested=True, reason=suggestion.words, role=Part.LEAD)
    helps = one in suggestion.joint
    return Candidate(one, suggested=False, reason="", role=Part.JOINT if helps else Part.NONE)


def _order(row: Candidate) -> tuple[bool, bool, bool, int, str]:
    """Who is suggested, then departments and the centre by level and code, then units likewise."""
    one = row.organisation
    return (not row.suggested, row.role != Part.JOINT, one.kind == OrganisationKind.UNIT, _RANK[one.level], one.code)


def offered(event: Event, step: str, *, now: datetime) -> list[Offer]:
    """Whom `step` may give the event, a joint share or a copy of it to at `now`; to recall, who has a share."""
    if step == Step.COPY_TO:
        return [Offer(one, suggested=False, reason="") for one in readers(event)]
    if step == Step.RECALL_JOINT:
        return [Offer(task.organisation, suggested=False, reason="") for task in sharing(event)]
    calendar = working_calendar()
    found = centres_below(event) if step == Step.ASSIGN_DOWN else None
    rows = candidates(event, at=now) if found is None else [Candidate(one, suggested=False, reason="") for one in found]
    if step == Step.ADD_JOINT:
        rows = [*rows, *let_in(event, rows, now=now)]
    has = {task.organisation_id for task in sharing(event)} if event.joint else set()
    left_out = {Step.REDISPATCH: {event.lead_id}, Step.ADD_JOINT: {event.lead_id, *has}}.get(Step(step), set())
    kept = [row for row in rows if row.organisation.pk not in left_out]
    return [_offer(event, row, Step(step), calendar, now, shares=row.organisation.pk in has) for row in kept]


def let_in(event: Event, known: Iterable[Candidate], *, now: datetime) -> list[Candidate]:
    """Who may be given a joint share beside those `known`: organisations that another one's grant lets take part. One
    query."""
    seen = {row.organisation.pk for row in known} | {event.holder_id}
    found = {one.grantee_id: one for one in lending.let_in(event, now=now) if one.grantee_id not in seen}
    reason = _("%(owner)s lets it take part.")
    return [
        Candidate(one.grantee, suggested=False, reason=reason % {"owner": one.owner.short_name})
        for one in found.values()
    ]


def sharing(event: Event) -> list[Task]:
    """The joint shares of an event in hand, with their organisations."""
    tasks = Task.objects.filter(event=event, kind=TaskKind.JOINT, ended_at__isnull=True)
    return list(tasks.select_related("organisation").order_by("pk"))


def _offer(event: Event, row: Candidate, step: Step, calendar: Calendar, now: datetime, *, shares: bool) -> Offer:
    found = previews.given_to(event, row.organisation, step, calendar=calendar, now=now)
    due = None if step == Step.ASSIGN_DOWN else found.due
    return Offer(row.organisation, row.suggested, row.reason, row.role, due, found.words, shares)


def _jurisdiction(holder: Organisation) -> str:
    """The subtree whose departments a centre may dispatch to: its own, or its county's for the two lower levels."""
    path: str = holder.region.path
    if holder.level in (Level.CITY, Level.COUNTY):
        return path
    return "/".join(path.split("/")[:2]) + "/"
