"""What may be the same as a report: events that this reader may see, near it or alike in words, with the reasons."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians
from typing import Protocol

from django.contrib.gis.db.models import PointField
from django.contrib.gis.geos import Point, Polygon
from django.db.models import F, FloatField, Func, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.duplicates import REACH_M, SHOWN, WEIGHTS, Likeness, Part, Reason, Told, Why, bigrams, compare
from events.models import CLASS_RESTRICTED, Event, JournalEntry
from events.policy import visible_events
from events.selectors import rows
from events.selectors.rows import EventRow
from events.workflow import State, Step
from grid.coordinates import Crs
from grid.policy import Access
from grid.selectors.location import settled

MOST = 10
ENDED_WITHIN = timedelta(hours=72)
NEAREST, NEWEST = 60, 500  # looked at at most: by distance, by time
_LAT_M = 111_195.0  # metres in a degree of latitude, on the sphere that distances are reckoned on
_LEFT_OUT = (State.MERGED, State.VOIDED)


class Spot(Protocol):
    """A place as somebody gave it: degrees in `crs`, and how exact it claims to be (metres)."""

    @property
    def lng(self) -> float:
        """Longitude."""

    @property
    def lat(self) -> float:
        """Latitude."""

    @property
    def crs(self) -> Crs:
        """In which system."""

    @property
    def accuracy_m(self) -> float | None:
        """None: it doesn't say."""


@dataclass(frozen=True)
class Draft:
    """A report that is not one yet: its place as it was given, a category's code or ""."""

    category: str = ""
    point: Spot | None = None
    text: str = ""
    address: str = ""


@dataclass(frozen=True)
class Candidate:
    """An event that may be the same. `hindrance` says why it can't be merged into ("": it can)."""

    event: EventRow
    score: float
    likely: bool
    reasons: list[str]
    hindrance: str


class _Away(Func):
    """Degrees between two points, in the order that a GiST index gives by itself."""

    template = "%(expressions)s"
    arg_joiner = " <-> "
    output_field = FloatField()


def of_draft(access: Access, draft: Draft, *, now: datetime | None = None) -> list[Candidate]:
    """What may be the same as a report that is being written. Four queries at most, however many events there are.

    Nothing for a dispute. Raises Invalid for a point that can't be a place.
    """
    if draft.category.startswith(CLASS_RESTRICTED):
        return []
    at = now or timezone.now()
    spot = draft.point
    point = settled(lng=spot.lng, lat=spot.lat, crs=spot.crs) if spot else None
    told = Told(point, at, draft.category, draft.text, draft.address, spot.accuracy_m if spot else None)
    return _candidates(access, told, Event.objects.all(), at, restricted=False)


def of_event(access: Access, event: Event, *, now: datetime | None = None) -> list[Candidate]:
    """What may be the same as an event. Five queries at most; none for a dispute, and none once it has ended."""
    if event.ended_at is not None or (event.category and event.category.major == CLASS_RESTRICTED):
        return []
    told = _told(event, _descriptions([event.pk]))
    others = Event.objects.exclude(pk=event.pk)
    return _candidates(access, told, others, now or timezone.now(), restricted=event.restricted)


def likeness(one: Event, other: Event) -> Likeness:
    """How alike two events are, `other` seen from `one`. One query."""
    texts = _descriptions([one.pk, other.pk])
    return compare(_told(one, texts), _told(other, texts))


def _candidates(
    access: Access, told: Told, events: QuerySet[Event], now: datetime, *, restricted: bool
) -> list[Candidate]:  # fmt: skip
    seen = rows.with_relations(events.filter(visible_events(access.unlent())).exclude(category__major=CLASS_RESTRICTED))
    found = [*_around(told, seen, now), *_elsewhere(told, seen)]
    texts = _descriptions([event.pk for event in found])
    compared = [(compare(told, _told(event, texts)), event) for event in found]
    best = sorted((one for one in compared if one[0].shown), key=lambda one: (-one[0].score, one[1].pk))
    return [_candidate(alike, event, restricted=restricted) for alike, event in best[:MOST]]


def _around(told: Told, events: QuerySet[Event], now: datetime) -> list[Event]:
    """The nearest within reach, open and ended of late. Two queries; none without a place."""
    if told.point is None:
        return []
    lng, lat = told.point
    high = REACH_M / _LAT_M
    wide = high / max(0.1, cos(radians(lat)))
    box = Polygon.from_bbox((lng - wide, lat - high, lng + wide, lat + high))
    box.srid = 4326
    here = Value(Point(lng, lat, srid=4326), output_field=PointField(srid=4326))
    near = events.filter(point__bboverlaps=box).order_by(_Away(F("point"), here))
    ended = near.filter(ended_at__gte=now - ENDED_WITHIN).exclude(state__in=_LEFT_OUT)
    return [*near.filter(ended_at__isnull=True)[:NEAREST], *ended[:NEAREST]]


def _elsewhere(told: Told, events: QuerySet[Event]) -> list[Event]:
    """Open ones that no distance can be told to, alike in address or words: the newest. One query."""
    if not bigrams(told.address):
        return []
    unplaced = Q(point__isnull=True) if told.point is not None else Q()
    newest = events.filter(unplaced, ended_at__isnull=True).exclude(address="").order_by("-reported_at")[:NEWEST]
    return [event for event in newest if _by_address(told, event)][:NEAREST]


def _by_address(told: Told, event: Event) -> bool:
    """Whether it would be worth showing if the descriptions were the same; they are not read yet."""
    return compare(told, _told(event, {})).score + WEIGHTS[Part.WORDS] >= SHOWN


def _told(event: Event, texts: dict[int, str]) -> Told:
    return Told(
        point=(event.point.x, event.point.y) if event.point else None, at=event.reported_at,
        category=event.category.code if event.category else "", text=texts.get(event.pk, ""), address=event.address,
        accuracy_m=event.accuracy_m,
    )  # fmt: skip


def _descriptions(events: Sequence[int]) -> dict[int, str]:
    """What was reported of each, as last put right. One query; none for none."""
    if not events:
        return {}
    said = JournalEntry.objects.filter(
        Q(step=Step.REPORT) | Q(payload__described_again=True), event__in=events, text__isnull=False
    )  # fmt: skip
    return dict(said.order_by("event", "version").values_list("event", "text__body"))


def _candidate(alike: Likeness, event: Event, *, restricted: bool) -> Candidate:
    return Candidate(
        event=rows.row(event), score=round(alike.score, 2), likely=alike.likely, reasons=worded(alike.reasons),
        hindrance=_hindrance(event, restricted=restricted),
    )  # fmt: skip


def _hindrance(event: Event, *, restricted: bool) -> str:
    if event.ended_at is not None:
        return _("It has ended.")
    if event.restricted != restricted:
        return _("One of the two is kept within its case and the other is not.")
    return ""


def worded(reasons: Iterable[Reason]) -> list[str]:
    """The reasons as people would say them."""
    return [_WORDS[reason.why](reason) for reason in reasons]


def _away(reason: Reason) -> str:
    metres = round(reason.amount)
    return _("at the same place") if metres < 1 else _("%(metres)d m away") % {"metres": metres}


def _ago(reason: Reason) -> str:
    span = _span(reason.amount)
    if not span:
        return _("at the same time")
    words = _("%(span)s earlier") if reason.why == Why.EARLIER else _("%(span)s later")
    return words % {"span": span}


def _span(minutes: float) -> str:
    """Minutes below two hours, hours below two days, then days."""
    if minutes < 1:
        return ""
    if minutes < 120:
        count = round(minutes)
        return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}
    if minutes < 48 * 60:
        count = round(minutes / 60)
        return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}
    count = round(minutes / 1440)
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


_WORDS: dict[Why, Callable[[Reason], str]] = {
    Why.DISTANCE: _away,
    Why.CATEGORY: lambda _reason: _("same category"),
    Why.CLASS: lambda _reason: _("same class"),
    Why.EARLIER: _ago,
    Why.LATER: _ago,
    Why.ADDRESS: lambda reason: _("address alike: %(address)s") % {"address": reason.words},
    Why.TEXT: lambda _reason: _("described alike"),
}
