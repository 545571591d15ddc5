"""Which organisation holds a new event, and which should answer for it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events.models import Category, Event, Source
from events.models.calendar import working_calendar
from events.selectors import previews
from events.sla import Calendar
from events.workflow import Step
from grid.models import Level, Organisation, OrganisationKind
from grid.refusals import Unavailable

_RANK = {Level.CITY.value: 0, Level.COUNTY.value: 1, Level.TOWNSHIP.value: 2, Level.VILLAGE.value: 3}


@dataclass(frozen=True)
class Candidate:
    """An organisation that may be dispatched to; `reason` says why it is suggested."""

    organisation: Organisation
    suggested: bool
    reason: str


@dataclass(frozen=True)
class Offer(Candidate):
    """One that a step may give the event, or a copy of it, to; `effect` says what follows for the clock."""

    sign_due: datetime | None = None  # by when it would have to have signed
    effect: str = ""


def holder_for(*, path: str, category: Category | None, source: str) -> Organisation:
    """The centre that holds a new event.

    An officer's report: the village's centre where it has one, else the township's; a category of a higher least level
    (class 04: the county) goes to the centre of that level; a hotline ticket, and what has no place yet, to the
    city's. Raises Unavailable when the ground has no such centre.
    """
    from_afar = source == Source.HOTLINE or not path
    lowest: str = Level.CITY if from_afar else category.min_level if category else Level.VILLAGE
    centres = _centres_above(path) if path else Organisation.objects.filter(kind=OrganisationKind.CENTRE)
    fitting = [centre for centre in centres if _RANK[centre.level] <= _RANK[lowest]]
    if not fitting:
        raise Unavailable("no-centre", _("No command centre is set up for this place. Tell the administrator."))
    return max(fitting, key=lambda centre: _RANK[centre.level])


def centre_above(event: Event) -> Organisation:
    """The centre of the next level above the one that holds the event; the policy has made sure that there is one.

    A village's centre passes up to its township, a township's to its county, a county's to the city. Raises
    Unavailable when the ground has no such centre.
    """
    fitting = [one for one in _centres_above(event.holder.region.path) if _RANK[one.level] < _RANK[event.holder.level]]
    if not fitting:
        raise Unavailable("no-centre", _("No command centre is set up above this one. Tell the administrator."))
    return max(fitting, key=lambda centre: _RANK[centre.level])


def centres_below(event: Event) -> list[Organisation]:
    """The centres below the one that holds the event, of the ground where it lies, the nearest level first."""
    fitting = [one for one in _centres_above(event.path) if _RANK[one.level] > _RANK[event.holder.level]]
    return sorted(fitting, key=lambda centre: _RANK[centre.level])


def readers(event: Event) -> list[Organisation]:
    """Whom a copy may go to: whom it could be dispatched to, the centres above and below; not who is in it already."""
    known = {*event.parties, *event.passed}
    centres = list(_centres_above(event.path or event.holder.region.path))
    found = {one.pk: one for one in [*centres, *(row.organisation for row in candidates(event))]}
    return [one for one in found.values() if one.pk not in known]


def _centres_above(path: str) -> QuerySet[Organisation]:
    parts = path.rstrip("/").split("/")
    above = ["/".join(parts[: count + 1]) + "/" for count in range(len(parts))]
    centres = Organisation.objects.filter(kind=OrganisationKind.CENTRE, region__path__in=above)
    return centres.select_related("region").defer("region__boundary")


def candidates(event: Event) -> list[Candidate]:
    """Whom the holder may dispatch to, the suggested one first.

    A township or village centre: its county's departments, and itself; a county or city centre: departments of its own
    level and below, and itself. The suggestion is the department of the nearest level that answers for the category.
    """
    holder = event.holder
    root = _jurisdiction(holder)
    departments = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT, region__path__startswith=root)
    departments = departments.select_related("region").defer("region__boundary")
    found = [*departments, holder]
    best = _suggested(event, found)
    rows = [Candidate(one, suggested=one == best, reason=_reason(event, one, best)) for one in found]
    return sorted(rows, key=lambda row: (not row.suggested, _RANK[row.organisation.level], row.organisation.code))


def offered(event: Event, step: str, *, now: datetime) -> list[Offer]:
    """Whom `step` (dispatch, redispatch, assign_down, copy_to) may give the event, or a copy of it, to at `now`."""
    if step == Step.COPY_TO:
        return [Offer(one, suggested=False, reason="") for one in readers(event)]
    calendar = working_calendar()
    found = centres_below(event) if step == Step.ASSIGN_DOWN else None
    rows = candidates(event) if found is None else [Candidate(one, suggested=False, reason="") for one in found]
    return [
        _offer(event, row, Step(step), calendar, now)
        for row in rows
        if step != Step.REDISPATCH or row.organisation.pk != event.lead_id
    ]


def _offer(event: Event, row: Candidate, step: Step, calendar: Calendar, now: datetime) -> Offer:
    found = previews.given_to(event, row.organisation, step, calendar=calendar, now=now)
    due = None if step == Step.ASSIGN_DOWN else found.due
    return Offer(row.organisation, row.suggested, row.reason, due, found.words)


def _jurisdiction(holder: Organisation) -> str:
    """The subtree whose departments a centre may dispatch to: its own, or its county's for the two lower levels."""
    path: str = holder.region.path
    if holder.level in (Level.CITY, Level.COUNTY):
        return path
    return "/".join(path.split("/")[:2]) + "/"


def _suggested(event: Event, found: list[Organisation]) -> Organisation | None:
    """The answering department of the event's own county where there is one, else of the city."""
    if event.category is None:
        return None
    functions = {event.category.department, event.category.county_department}
    fitting = [
        one for one in found if one.function in functions and (not event.path or event.path.startswith(one.region.path))
    ]
    if event.holder.level == Level.CITY:
        fitting.sort(key=lambda one: _RANK[one.level])
    else:
        fitting.sort(key=lambda one: -_RANK[one.level])
    return fitting[0] if fitting else None


def _reason(event: Event, one: Organisation, best: Organisation | None) -> str:
    if one != best or event.category is None:
        return ""
    return _("%(category)s in %(region)s is answered for by %(organisation)s.") % {
        "category": event.category.name,
        "region": one.region.name,
        "organisation": one.short_name,
    }
