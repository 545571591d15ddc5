"""Responsibility over HTTP: the rules, a dry run for any place and category, what they leave open, and components."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from events.selectors import cards, rulecheck, rulelist
from events.selectors.responsibility import Place, Suggestion, suggest
from events.services import routing
from gis_layers.selectors import ComponentRow, component
from grid.coordinates import Crs
from grid.models import Level, Role
from grid.policy import Access
from grid.refusals import Forbidden
from grid.selectors import locate, place_label
from webapp.api.auth import access

router = Router(tags=["responsibility"])
READERS = (Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER, Role.SYSADMIN)
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)

Code = Annotated[str, Field(max_length=6, pattern=r"^([0-9]{2}(-[0-9]{3})?)?$")]
Path = Annotated[str, Field(max_length=80, pattern=r"^([0-9]+/)*$")]
Day = Annotated[date | None, Field(ge=EARLIEST, le=LATEST)]


class SuggestionOut(Schema):
    """Who should answer, by a component, an area, a rule or nothing, and why in words."""

    via: str
    lead: str
    joint: list[str]
    reference: str
    distance_m: float | None
    rivals: list[str]
    words: str


class ConsideredOut(Schema):
    """A component or rule that was considered: `verdict` is its code, `reason` the same in words."""

    kind: str
    reference: str
    name: str
    lead: str
    verdict: str
    reason: str
    distance_m: float | None


class DryRunOut(Schema):
    """Who would answer, for what, where, held at which level, on which day."""

    suggestion: SuggestionOut
    category: str
    category_name: str
    level: str
    level_label: str
    on: date
    place: str
    considered: list[ConsideredOut]


class RuleOut(Schema):
    """A rule in words."""

    id: int
    category: str
    category_name: str
    levels: list[str]
    level_labels: list[str]
    place: str
    path: str
    area_kind: str
    area_label: str
    bbox: tuple[float, float, float, float] | None
    lead: str
    joint: list[str]
    since: date
    until: date | None
    in_force: bool
    remark: str


class RulesOut(Schema):
    """Some rules, how many there are in all, and where the next ones begin."""

    rows: list[RuleOut]
    total: int
    next: str | None


class FindingOut(Schema):
    """Something that nobody answers for (`none`) or two do (`two`), and where. `levels` empty: held at any."""

    problem: str
    category: str
    category_name: str
    levels: list[str]
    level_labels: list[str]
    rivals: list[str]
    place: str
    path: str
    villages: int
    lng: float
    lat: float


class TroubleOut(Schema):
    """A village, and for how many categories nobody answers there, or two do."""

    code: str
    name: str
    path: str
    lng: float
    lat: float
    none: int
    two: int


class CheckOut(Schema):
    """What the rules leave open; `findings` at most 500 of `total`."""

    findings: list[FindingOut]
    total: int
    villages: list[TroubleOut]
    places: int
    categories: int


class RulesIn(Schema):
    """Which rules."""

    q: Annotated[str, Field(max_length=80, pattern=r"^[^\x00]*$")] = ""
    category: Code = ""
    region: Path = ""
    ground: Literal["", "region", "area"] = ""
    in_force: bool = False
    cursor: Annotated[str, Field(max_length=18, pattern=r"^[0-9]*$")] = ""


class DryRunIn(Schema):
    """A place, a category, a day (today), and the level of the centre that holds it (that of an officer's report)."""

    lng: float
    lat: float
    category: Annotated[str, Field(max_length=6, pattern=r"^[0-9]{2}-[0-9]{3}$")]
    crs: Crs = Crs.WGS84
    at: Day = None
    level: Level | None = None


class CheckIn(Schema):
    """Within which region, about which category (a 大类 or 小类), on which day (today)."""

    region: Path = ""
    category: Code = ""
    at: Day = None


MOST_FINDINGS = 500


@router.get("/rules", response=RulesOut, summary="Rules of responsibility")
def list_rules(request: HttpRequest, wanted: Query[RulesIn]) -> rulelist.RulePage:
    """By number, 50 at a time."""
    _reader(request)
    asked = rulelist.Wanted(
        text=wanted.q.strip(), category=wanted.category, region=wanted.region, ground=wanted.ground,
        in_force=wanted.in_force, after=int(wanted.cursor) if wanted.cursor else 0,
    )  # fmt: skip
    return rulelist.rules(asked, on=timezone.localdate())


@router.get("/responsibility", response=DryRunOut, summary="Dry run: who would answer")
def dry_run(request: HttpRequest, asked: Query[DryRunIn]) -> dict[str, Any]:
    """The suggestion, and every rule and component considered, in order, with why it did or did not win."""
    _reader(request)
    found = locate(lng=asked.lng, lat=asked.lat, crs=asked.crs)
    path = found.grid.path
    place = Place(found.lng, found.lat, path)
    level = asked.level.value if asked.level else routing.level_of_report(path=path, category=asked.category)
    told = rulelist.dry_run(place, asked.category, level=level, on=asked.at or timezone.localdate())
    return {
        "suggestion": _told(told.suggestion), "category": told.category, "category_name": told.category_name,
        "level": told.level, "level_label": told.level_label, "on": told.on, "place": place_label(path),
        "considered": told.considered,
    }  # fmt: skip


@router.get("/responsibility/check", response=CheckOut, summary="What the rules leave open")
def check(request: HttpRequest, asked: Query[CheckIn]) -> dict[str, Any]:
    """Places and categories that nobody answers for, or two."""
    _reader(request)
    on = asked.at or timezone.localdate()
    found = rulecheck.check(on=on, within=asked.region, category=asked.category)
    return {
        "findings": [_finding(one) for one in found.findings[:MOST_FINDINGS]],
        "total": len(found.findings),
        "villages": list(found.troubles),
        "places": found.places,
        "categories": found.categories,
    }


@router.get("/events/{no}/responsibility", response=SuggestionOut, summary="Who should answer for an event")
def of_event(request: HttpRequest, no: str) -> dict[str, Any]:
    """As the rules and components say today."""
    return _told(suggest(cards.find(access(request), no), at=timezone.now()))


@router.get("/components/{code}", response=ComponentRow, summary="A component")
def get_component(request: HttpRequest, code: str) -> ComponentRow:
    """By its code, or by `id:` and the feature id that the tiles carry."""
    return component(access(request), code)


def _reader(request: HttpRequest) -> Access:
    who = access(request)
    if not who.has(*READERS):
        raise Forbidden("not-for-your-post", _("The rules of responsibility are for the posts of command centres."))
    return who


def _told(one: Suggestion) -> dict[str, Any]:
    return {
        "via": one.via, "lead": one.lead.short_name if one.lead else "",
        "joint": [helper.short_name for helper in one.joint], "reference": one.reference,
        "distance_m": one.distance_m, "rivals": list(one.rivals), "words": one.words,
    }  # fmt: skip


def _finding(one: rulecheck.Finding) -> dict[str, Any]:
    labels = [str(Level(level).label) for level in one.levels]
    return {
        "problem": one.problem, "category": one.category, "category_name": one.category_name,
        "levels": list(one.levels), "level_labels": labels, "rivals": list(one.rivals), "place": one.place,
        "path": one.path, "villages": one.villages, "lng": one.lng, "lat": one.lat,
    }  # fmt: skip
