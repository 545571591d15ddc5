"""Organisations as they are administered: where they stand in the work, what a change or closing them would do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Event, Rule, Task, Timer
from gis_layers.selectors import standing_of_owner
from grid.effects import Effect, Weight
from grid.models import EventGrant, Organisation, OrganisationKind, Post, Role
from grid.policy import Access, not_over, waiting_or_holding, within
from grid.refusals import NotFound
from grid.selectors.accounts import administered
from grid.selectors.history import Change, history
from grid.stamp import stamp

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """Which organisations: empty texts ask for all; `after` is the code to go on from."""

    text: str = ""
    kind: str = ""
    closed: bool = False  # closed ones, too
    after: str = ""


@dataclass(frozen=True)
class OrganisationRow:
    """One organisation; `hours` empty: the city's. `id` is its code, as lists go by it."""

    id: str
    code: str
    name: str
    short_name: str
    kind: str
    kind_label: str
    level_label: str
    region: str
    hours: str
    closed_at: datetime | None
    version: str


@dataclass(frozen=True)
class OrganisationPage:
    """Some organisations, how many there are, where the next ones begin (None: there are none)."""

    rows: list[OrganisationRow]
    total: int
    next: str | None


@dataclass(frozen=True)
class OrganisationCard:
    """One organisation, and what was changed of it."""

    row: OrganisationRow
    changes: tuple[Change, ...]


def editable(one: Organisation) -> dict[str, str | None]:
    """What a page may change of it, as JSON knows it."""
    closed = one.closed_at.isoformat() if one.closed_at else None
    return {"name": one.name, "short_name": one.short_name, "hours": one.hours, "closed_at": closed}


def organisation_version(one: Organisation) -> str:
    """How it stands, for whoever saves."""
    return stamp(editable(one))


def organisations(access: Access, wanted: Wanted) -> OrganisationPage:
    """A page by code, of the ground that this system administrator keeps. Two queries."""
    found = _filtered(_kept(access), wanted)
    page = list(found.filter(code__gt=wanted.after).order_by("code")[: PAGE + 1])
    more = page[PAGE - 1].code if len(page) > PAGE else None
    return OrganisationPage(rows=[_row(one) for one in page[:PAGE]], total=found.count(), next=more)


def find_organisation(access: Access, code: str, *, lock: bool = False) -> Organisation:
    """By code. Raises NotFound when there is none, or not where this administrator works."""
    kept = _kept(access)
    found = (kept.select_for_update(of=("self",)) if lock else kept).filter(code=code).first()
    if found is None:
        raise NotFound("no-such-organisation", _("There is no such organisation where you administer."))
    return found


def organisation_card(access: Access, code: str) -> OrganisationCard:
    """One of them. Raises NotFound. Two queries."""
    return OrganisationCard(
        row=_row(find_organisation(access, code)), changes=history(kind="organisation", subjects=[code])
    )


def of_amending(before: dict[str, str | None], one: Organisation) -> tuple[Effect, ...]:
    """What saving an edited organisation, not saved yet, would do. One query at most."""
    return tuple(_amending(before, one))


def of_closing(one: Organisation, *, now: datetime) -> tuple[Effect, ...]:
    """What keeps it from being closed, or that nothing does. Nine queries at most."""
    obstacles = tuple(_obstacles(one, now))
    if obstacles:
        return obstacles
    return (
        Effect(Weight.WARNING, _("Nothing is given to it from now on, and nobody gets a post there.")),
        Effect(Weight.NOTE, _("What it did stays, under its name. It can be opened again.")),
    )


def _amending(before: dict[str, str | None], one: Organisation) -> Iterator[Effect]:
    after = editable(one)
    if before == after:
        yield Effect(Weight.NOTE, _("Nothing is changed."))
    if (before["name"], before["short_name"]) != (after["name"], after["short_name"]):
        yield Effect(Weight.NOTE, _("The new name shows everywhere, on what was done before, too."))
    if before["hours"] != after["hours"]:
        yield Effect(Weight.NOTE, _("What starts from now on counts in the new hours."))
        count = Timer.objects.filter(organisation=one, stopped_at=None).count()
        if count:
            kept = ngettext(
                "%s running allowance keeps its due time until it is counted again.",
                "%s running allowances keep their due times until they are counted again.",
                count,
            )
            yield Effect(Weight.NOTE, kept % count)


def _obstacles(one: Organisation, now: datetime) -> Iterator[Effect]:
    """Each thing that must be moved first, with its number."""
    if one.kind == OrganisationKind.CENTRE:
        yield Effect(Weight.OBSTACLE, _("A command centre goes with its region and can't be closed by itself."))
        return
    today: date = timezone.localdate(now)
    open_events = Event.objects.filter(Q(lead=one) | Q(holder=one), ended_at=None).count()
    joint = Task.objects.filter(organisation=one, kind="joint", ended_at=None).count()
    in_force = Rule.objects.filter(Q(until__isnull=True) | Q(until__gte=today))
    rules = in_force.filter(Q(lead=one) | Q(joint=one)).distinct().count()
    posts = Post.objects.filter(not_over(now), organisation=one).count()
    grants = EventGrant.objects.filter(waiting_or_holding(now), Q(owner=one) | Q(grantee=one)).count()
    sites, components = standing_of_owner(one.pk)
    counted = (
        (open_events, ngettext("%s open event is with it.", "%s open events are with it.", open_events)),
        (joint, ngettext("%s joint share is with it.", "%s joint shares are with it.", joint)),
        (rules, ngettext("%s rule names it.", "%s rules name it.", rules)),
        (posts, ngettext("%s post is held there.", "%s posts are held there.", posts)),
        (grants, ngettext("%s sharing names it.", "%s sharings name it.", grants)),
        (sites, ngettext("%s site is its own.", "%s sites are its own.", sites)),
        (components, ngettext("%s component is its own.", "%s components are its own.", components)),
    )
    for count, words in counted:
        if count:
            yield Effect(Weight.OBSTACLE, _("%s To be moved first.") % (words % count))


def _kept(access: Access) -> QuerySet[Organisation]:
    paths = administered(access, Role.SYSADMIN)
    found = Organisation.objects.filter(within(paths, field="region__path"))
    return found.select_related("region").defer("region__boundary")


def _filtered(found: QuerySet[Organisation], wanted: Wanted) -> QuerySet[Organisation]:
    if wanted.text:
        words = Q(name__icontains=wanted.text) | Q(short_name__icontains=wanted.text)
        found = found.filter(words | Q(code__icontains=wanted.text) | Q(region__name__icontains=wanted.text))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    return found if wanted.closed else found.filter(closed_at=None)


def _row(one: Organisation) -> OrganisationRow:
    return OrganisationRow(
        id=one.code, code=one.code, name=one.name, short_name=one.short_name, kind=one.kind,
        kind_label=one.get_kind_display(), level_label=one.get_level_display(), region=one.region.name,
        hours=one.hours, closed_at=one.closed_at, version=organisation_version(one),
    )  # fmt: skip
