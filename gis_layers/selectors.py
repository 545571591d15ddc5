"""Reads of sites and channels, already cut to what the reader may see; and of the base map's waters."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import GEOSGeometry, Point
from django.contrib.gis.measure import D
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_layers.models import BaseFeature, Channel, Component, ComponentState, Device, Grant, Site
from gis_layers.policy import grants_to, may_ever_watch, visible_sites
from grid.coordinates import bearing
from grid.models import Organisation
from grid.policy import Access, visible_regions, within
from grid.refusals import NotFound
from grid.selectors import place_label

NEAREST = 20
FARTHEST_M = 2000


@dataclass(frozen=True)
class KnownDevice:
    """A device of the register, and where it stands (WGS-84 degrees), if that is known."""

    id: int
    code: str
    name: str
    address: str
    lng: float | None
    lat: float | None


def device(*, source: str, code: str) -> KnownDevice | None:
    """The device that a system knows under this code; None: it isn't in the register. One query."""
    found = Device.objects.filter(source=source, code=code).only("code", "name", "address", "point").first()
    if found is None:
        return None
    lng, lat = (found.point.x, found.point.y) if found.point else (None, None)
    return KnownDevice(found.pk, found.code, found.name, found.address, lng, lat)


@dataclass(frozen=True)
class ChannelOption:
    """A channel of a site, and whether the reader may watch it."""

    code: str
    number: int
    name: str
    azimuth: float
    view_angle: float
    range_m: float
    state: str
    state_since: datetime | None
    playable: bool
    reason: str


@dataclass(frozen=True)
class SiteRow:
    """A site with its channels. Degrees, WGS-84."""

    code: str
    name: str
    site_class: str
    class_label: str
    owner: str
    owner_public: bool
    mounting: str
    height_m: float | None
    state: str
    lng: float
    lat: float
    channels: list[ChannelOption]


@dataclass(frozen=True)
class NearChannel:
    """A channel seen from a place: metres away, in which direction (degrees from north), and whether it looks at it."""

    code: str
    name: str
    site: str
    site_name: str
    site_class: str
    owner: str
    owner_public: bool
    lng: float
    lat: float
    distance_m: float
    bearing: float
    covers: bool
    azimuth: float
    view_angle: float
    range_m: float
    state: str
    state_since: datetime | None
    playable: bool
    reason: str


@dataclass(frozen=True)
class Nearby:
    """Channels around a place: those that look at it first, then by distance; `total` counts all in reach."""

    metres: int
    total: int
    covering: int
    channels: list[NearChannel]


def channels_near(access: Access, *, lng: float, lat: float, metres: int) -> Nearby:
    """The nearest 20 channels within `metres` (at most 2,000) of a WGS-84 point that this reader may see."""
    metres = max(1, min(metres, FARTHEST_M))
    place = Point(lng, lat, srid=4326)
    sites = (
        _visible(access)
        .filter(point__dwithin=(place, D(m=metres)))
        .annotate(distance=Distance("point", place))
        .prefetch_related("channels")
    )
    grants = grants_to(access, now=timezone.now())
    found = [row for site in sites for row in _near(access, site, (lng, lat), grants)]
    found.sort(key=lambda row: (not row.covers, row.distance_m, row.code))
    return Nearby(
        metres=metres,
        total=len(found),
        covering=sum(row.covers for row in found),
        channels=found[:NEAREST],
    )


def site(access: Access, code: str) -> SiteRow:
    """One site. Raises NotFound."""
    found = _visible(access).filter(code=code).prefetch_related("channels").first()
    if found is None:
        raise _no_site()
    return _row(access, found, grants_to(access, now=timezone.now()))


def site_by_id(access: Access, number: int) -> SiteRow:
    """The same, by the feature id that tiles carry. Raises NotFound."""
    found = _visible(access).filter(pk=number).prefetch_related("channels").first()
    if found is None:
        raise _no_site()
    return _row(access, found, grants_to(access, now=timezone.now()))


def sites_in_grid(access: Access, grid: str) -> list[SiteRow]:
    """The sites in the grid with this code that this reader may see."""
    grants = grants_to(access, now=timezone.now())
    found = _visible(access).filter(grid__code=grid).prefetch_related("channels")
    return [_row(access, one, grants) for one in found]


def channel(access: Access, code: str) -> Channel:
    """A channel of a site that this reader may see. Raises NotFound."""
    sites = Site.objects.filter(visible_sites(access))
    found = Channel.objects.select_related("site__owner").filter(code=code, site__in=sites).first()
    if found is None:
        raise NotFound("no-such-channel", _("There is no such channel, or not for your post."))
    return found


def _visible(access: Access) -> QuerySet[Site]:
    return Site.objects.filter(visible_sites(access)).select_related("owner")


def _no_site() -> NotFound:
    return NotFound("no-such-site", _("There is no such site, or not for your post."))


def _row(access: Access, one: Site, grants: tuple[Grant, ...]) -> SiteRow:
    decision = may_ever_watch(access, one, grants)
    return SiteRow(
        code=one.code,
        name=one.name,
        site_class=one.site_class,
        class_label=one.get_site_class_display(),
        owner=one.owner.short_name,
        owner_public=one.owner.public,
        mounting=one.mounting,
        height_m=one.height_m,
        state=one.state,
        lng=one.point.x,
        lat=one.point.y,
        channels=[
            _option(stream, allowed=decision.allowed, reason=str(decision.reason)) for stream in one.channels.all()
        ],
    )


def _option(stream: Channel, *, allowed: bool, reason: str) -> ChannelOption:
    return ChannelOption(
        stream.code, stream.number, stream.name, stream.azimuth, stream.view_angle, stream.range_m, stream.state,
        stream.state_since, allowed, reason,
    )  # fmt: skip


def _near(access: Access, one: Site, place: tuple[float, float], grants: tuple[Grant, ...]) -> list[NearChannel]:
    decision = may_ever_watch(access, one, grants)
    metres = float(one.distance.m)  # type: ignore[attr-defined]
    towards = bearing((one.point.x, one.point.y), place)
    return [
        NearChannel(
            code=stream.code,
            name=stream.name,
            site=one.code,
            site_name=one.name,
            site_class=one.site_class,
            owner=one.owner.short_name,
            owner_public=one.owner.public,
            lng=one.point.x,
            lat=one.point.y,
            distance_m=round(metres, 1),
            bearing=round(towards, 1),
            covers=looks_at(stream, metres=metres, towards=towards),
            azimuth=stream.azimuth,
            view_angle=stream.view_angle,
            range_m=stream.range_m,
            state=stream.state,
            state_since=stream.state_since,
            playable=decision.allowed,
            reason=str(decision.reason),
        )
        for stream in one.channels.all()
    ]


def looks_at(stream: Channel, *, metres: float, towards: float) -> bool:
    """Whether a place `metres` away in direction `towards` (degrees) lies in a channel's view."""
    aside = abs((towards - stream.azimuth + 180) % 360 - 180)
    return metres <= stream.range_m and aside <= stream.view_angle / 2


def waters(ground: GEOSGeometry) -> list[GEOSGeometry]:
    """Rivers and lakes of the base map near `ground` (any SRID), in EPSG:3857: streams as lines, others as areas."""
    there = ground.transform(3857, clone=True)
    found = BaseFeature.objects.filter(kind="water", shape__bboverlaps=there).order_by("pk")
    return [feature.shape for feature in found]


def count_sites(*, region: str, site_class: str) -> int:
    """How many sites of a class the register has in a region's subtree, for sums that name no site. One query."""
    return Site.objects.filter(path__startswith=region, site_class=site_class).count()


@dataclass(frozen=True)
class ComponentRow:
    """A component: what it is, whose, and where. Degrees, WGS-84."""

    code: str
    kind: str
    kind_label: str
    name: str
    owner: str
    state: str
    state_label: str
    place: str
    lng: float
    lat: float


@dataclass(frozen=True)
class NearComponent:
    """A component seen from a place: metres away, whose it is, and whether it is still there."""

    code: str
    kind: str
    kind_label: str
    name: str
    owner: Organisation
    in_use: bool
    distance_m: float


def components_near(*, lng: float, lat: float, metres: float, kinds: Collection[str] | None) -> list[NearComponent]:
    """The nearest 20 components within `metres` of a WGS-84 point, nearest first. One query.

    Of these kinds and in use; None: of every kind, the removed ones too.
    """
    place = Point(lng, lat, srid=4326)
    found = Component.objects.filter(point__dwithin=(place, D(m=metres))).select_related("owner")
    if kinds is not None:
        found = found.filter(kind__in=kinds, state=ComponentState.IN_USE)
    return [
        NearComponent(
            one.code, one.kind, one.get_kind_display(), one.name, one.owner, one.state == ComponentState.IN_USE,
            float(one.distance.m),
        )
        for one in found.annotate(distance=Distance("point", place)).order_by("distance", "code")[:20]
    ]  # fmt: skip


def component(access: Access, code: str) -> ComponentRow:
    """A component in the regions that one works in, by its code or `id:` and its number. Raises NotFound."""
    kind, colon, number = code.partition(":")
    by_number = colon and kind == "id" and number.isascii() and number.isdigit() and len(number) < 19
    wanted = Component.objects.filter(pk=int(number)) if by_number else Component.objects.filter(code=code)
    found = wanted.filter(within(visible_regions(access))).select_related("owner").first()
    if found is None:
        raise NotFound("no-such-component", _("There is no such component, or not for your post."))
    return ComponentRow(
        code=found.code,
        kind=found.kind,
        kind_label=found.get_kind_display(),
        name=found.name,
        owner=found.owner.short_name,
        state=found.state,
        state_label=found.get_state_display(),
        place=place_label(found.path),
        lng=found.point.x,
        lat=found.point.y,
    )


@dataclass(frozen=True)
class DeviceRow:
    """A device that reports by itself: what it is, whose, and where. Degrees, WGS-84."""

    id: int
    source: str
    code: str
    kind: str
    name: str
    owner: str
    address: str
    place: str
    lng: float
    lat: float


def placed_device(access: Access, number: int) -> DeviceRow:
    """A device in the regions that one works in, by the feature id that tiles carry. Raises NotFound.

    One without a place lies in nobody's region.
    """
    found = Device.objects.filter(within(visible_regions(access)), pk=number).select_related("organisation").first()
    if found is None or found.point is None:
        raise NotFound("no-such-device", _("There is no such device, or not for your post."))
    return DeviceRow(
        id=found.pk, source=found.source, code=found.code, kind=found.kind, name=found.name,
        owner=found.organisation.short_name if found.organisation else "", address=found.address,
        place=place_label(found.path), lng=found.point.x, lat=found.point.y,
    )  # fmt: skip


def standing_of_owner(organisation: int) -> tuple[int, int]:
    """How many sites and how many components that are in place an organisation (by id) owns. Two queries."""
    components = Component.objects.filter(owner=organisation).exclude(state=ComponentState.REMOVED)
    return Site.objects.filter(owner=organisation).count(), components.count()
