"""Sharing between organisations as those read it whom it concerns: what was asked for, granted and ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from events.grants import ASKERS, READERS, Act, Standing, may, shown_by, standing_of
from events.models import Category, Event
from events.policy import scope_of, sight_of
from grid.models import EventGrant, GrantState, Level, Organisation, OrganisationKind, User
from grid.paths import paths_down_to
from grid.policy import Access, holding
from grid.refusals import Forbidden, Invalid, NotFound
from grid.selectors import region_labels, regions_below

PAGE = 50
SIDES = ("waiting", "received", "given")


@dataclass(frozen=True)
class ClassRow:
    """A 大类 or 小类 by code and name."""

    code: str
    name: str


@dataclass(frozen=True)
class ActRow:
    """Something that this reader may do about a grant now; `reason_needed`: not without words."""

    act: str
    label: str
    reason_needed: bool


@dataclass(frozen=True)
class GrantRow:
    """A grant or a request for one. `side`: given by one of the reader's organisations, or received by it."""

    id: int
    side: str
    owner: str
    grantee: str
    place: str
    path: str
    classes: list[ClassRow]
    join: bool
    reason: str
    since: datetime
    until: datetime
    standing: str
    standing_label: str
    asked_by: str
    asked_at: datetime
    answered_by: str
    answered_at: datetime | None
    answer: str
    ended_by: str
    ended_at: datetime | None
    ending: str
    acts: list[ActRow]


@dataclass(frozen=True)
class SideRow:
    """One of the lists, and how many rows it has."""

    code: str
    count: int


@dataclass(frozen=True)
class GrantPage:
    """A page of one list, newest first. `may_ask`: this reader speaks for an organisation."""

    rows: list[GrantRow]
    next: str | None
    sides: list[SideRow]
    may_ask: bool


@dataclass(frozen=True)
class PartyRow:
    """An organisation to choose, and the region that it works in."""

    id: int
    name: str
    kind: str
    level: str
    path: str


@dataclass(frozen=True)
class PlaceRow:
    """A region to choose."""

    path: str
    name: str
    level: str


@dataclass(frozen=True)
class AskForm:
    """What a request may name: for whom one may ask, whom, and where."""

    grantees: list[PartyRow]
    owners: list[PartyRow]
    regions: list[PlaceRow]


@dataclass(frozen=True)
class SharedView:
    """Why a reader sees an event that its own posts would not show: by whose grant, until when, and in words."""

    grant: int
    by: str
    until: datetime
    join: bool
    words: str


_LABELS: dict[Standing, str | Promise] = {
    Standing.ASKED: gettext_lazy("Awaiting an answer"),
    Standing.COMING: gettext_lazy("Approved, not begun"),
    Standing.HOLDS: pgettext_lazy("sharing", "In force"),
    Standing.REFUSED: pgettext_lazy("sharing", "Refused"),
    Standing.WITHDRAWN: pgettext_lazy("sharing", "Taken back"),
    Standing.ENDED: pgettext_lazy("sharing", "Ended early"),
    Standing.LAPSED: pgettext_lazy("sharing", "Run out"),
}
_ACTS: dict[Act, str | Promise] = {
    Act.APPROVE: pgettext_lazy("sharing", "Approve"),
    Act.REFUSE: pgettext_lazy("sharing", "Refuse"),
    Act.WITHDRAW: pgettext_lazy("sharing", "Take back"),
    Act.END: pgettext_lazy("sharing", "End now"),
}


def find(access: Access, number: int, *, lock: bool = False) -> EventGrant:
    """The grant with this number, if one of the reader's organisations gives or has it. Raises NotFound."""
    found = _related(_visible(access).filter(pk=number))
    grant = (found.select_for_update(of=("self",)) if lock else found).first()
    if grant is None:
        raise NotFound("no-such-grant", _("There is no such sharing, or not for your post."))
    return grant


def grants(access: Access, *, side: str, before: int | None = None, now: datetime | None = None) -> GrantPage:
    """One list, 50 at a time: `waiting` for an answer of one's own organisation, `received` and `given`. Four queries.

    Raises Forbidden for who reads for no organisation, Invalid for an unknown list.
    """
    at = now or timezone.now()
    own = _own(access)
    if not own:
        raise Forbidden("not-for-your-post", _("Sharing is for those who work with events in an organisation."))
    sides = {
        "waiting": Q(owner__in=own, state=GrantState.ASKED, until__gt=at),
        "received": Q(grantee__in=own),
        "given": Q(owner__in=own) & ~Q(state=GrantState.ASKED, until__gt=at),
    }
    if side not in sides:
        raise Invalid("side-unknown", _("There is no such list."), field="side")
    counts = EventGrant.objects.filter(Q(owner__in=own) | Q(grantee__in=own)).aggregate(
        **{code: Count("pk", filter=condition) for code, condition in sides.items()}
    )
    rows = EventGrant.objects.filter(sides[side])
    found = list(_related(rows if before is None else rows.filter(pk__lt=before)).order_by("-pk")[: PAGE + 1])
    words = _Words(_class_names(), region_labels(grant.path for grant in found))
    return GrantPage(
        rows=[_row(access, grant, at, words) for grant in found[:PAGE]],
        next=str(found[PAGE - 1].pk) if len(found) > PAGE else None,
        sides=[SideRow(code, counts[code]) for code in SIDES],
        may_ask=access.has(*ASKERS),
    )


def row_of(access: Access, grant: EventGrant, *, now: datetime | None = None) -> GrantRow:
    """A grant as this reader sees it, with what may be done about it. Two queries."""
    return _row(access, grant, now or timezone.now(), _Words(_class_names(), region_labels([grant.path])))


@dataclass(frozen=True)
class _Words:
    """What codes are called: 大类 and 小类, and regions by their path."""

    classes: dict[str, str]
    places: dict[str, str]


def _row(access: Access, grant: EventGrant, at: datetime, words: _Words) -> GrantRow:
    standing = standing_of(grant, at)
    return GrantRow(
        id=grant.pk,
        side="given" if grant.owner_id in _own(access) else "received",
        owner=grant.owner.short_name,
        grantee=grant.grantee.short_name,
        place=words.places[grant.path],
        path=grant.path,
        classes=[ClassRow(code, words.classes.get(code, code)) for code in grant.classes],
        join=grant.join,
        reason=grant.reason,
        since=grant.since,
        until=grant.until,
        standing=standing.value,
        standing_label=str(_LABELS[standing]),
        asked_by=_name(grant.asked_by),
        asked_at=grant.asked_at,
        answered_by=_name(grant.answered_by),
        answered_at=grant.answered_at,
        answer=grant.answer,
        ended_by=_name(grant.ended_by),
        ended_at=grant.ended_at,
        ending=grant.ending,
        acts=[
            ActRow(act.value, str(label), reason_needed=act is Act.REFUSE)
            for act, label in _ACTS.items()
            if may(access, act, grant, now=at).allowed
        ],
    )


def ask_form(access: Access) -> AskForm:
    """For whom this reader may ask, whom, and where: regions from the city down to townships. Two queries.

    Raises Forbidden for who speaks for no organisation.
    """
    speaking = {duty.organisation for duty in access.having(*ASKERS)}
    if not speaking:
        raise Forbidden("not-for-your-post", _("A shift lead, department lead or leader asks for their organisation."))
    levels = (Level.CITY, Level.COUNTY, Level.TOWNSHIP)
    found = list(
        Organisation.objects.filter(Q(region__level__in=levels) | Q(pk__in=speaking), closed_at=None)
        .select_related("region")
        .defer("region__boundary")
        .order_by("code")
    )
    parties = [_party(one) for one in found]
    regions = [PlaceRow(node.path, node.name, node.level) for node in regions_below("", levels=levels)]
    return AskForm(
        grantees=[one for one in parties if one.id in speaking],
        owners=[one for one in parties if speaking != {one.id}],
        regions=regions,
    )


def shared_view(access: Access, event: Event) -> SharedView | None:
    """Why somebody sees an event, where that is another organisation's grant alone. One query then, else none."""
    if not access.lent or sight_of(access.unlent()).sees(scope_of(event)):
        return None
    lent = shown_by(access, scope_of(event))
    if lent is None:
        return None
    by = Organisation.objects.values_list("short_name", flat=True).get(pk=lent.owner)
    words = _("Shared by %(owner)s until %(until)s; you may take part.") if lent.join else _(
        "Shared by %(owner)s until %(until)s, to read."
    )  # fmt: skip
    last = timezone.localtime(lent.until).strftime("%Y-%m-%d %H:%M")
    return SharedView(lent.grant, by, lent.until, lent.join, words % {"owner": by, "until": last})


def let_in(event: Event, *, now: datetime) -> list[EventGrant]:
    """The grants that let an organisation take part in an event at `now`, with both sides. One query.

    None of what is kept within its case, and none without a place or category: by the rule of `events.grants`.
    """
    if event.restricted or event.category is None or not event.path:
        return []
    centre = Q(owner__kind=OrganisationKind.CENTRE)
    found = EventGrant.objects.filter(
        holding(now), centre | Q(owner__in=event.parties), join=True, path__in=paths_down_to(event.path),
        grantee__closed_at=None, classes__overlap=[event.category.code, event.category.major],
    )  # fmt: skip
    return list(found.select_related("owner", "grantee").order_by("grantee__code", "pk"))


def _own(access: Access) -> set[int]:
    return {duty.organisation for duty in access.having(*READERS)}


def _visible(access: Access) -> QuerySet[EventGrant]:
    own = _own(access)
    return EventGrant.objects.filter(Q(owner__in=own) | Q(grantee__in=own))


def _related(grants: QuerySet[EventGrant]) -> QuerySet[EventGrant]:
    return grants.select_related("owner", "grantee", "asked_by", "answered_by", "ended_by")


def _party(one: Organisation) -> PartyRow:
    return PartyRow(one.pk, one.name, one.kind, one.level, one.region.path)


def _name(user: User | None) -> str:
    return user.name if user else ""


def _class_names() -> dict[str, str]:
    """Of all, also those out of use: a grant may be older."""
    names: dict[str, str] = {}
    rows: Iterable[tuple[str, str, str, str]] = Category.objects.values_list("code", "name", "major", "major_name")
    for code, name, major, major_name in rows:
        names |= {code: name, major: major_name}
    return names
