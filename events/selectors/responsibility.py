"""Who answers for an event, from the rules and components as they stand: the answer, its words, and why.

`events.responsibility` decides; here is what it decides on, read in a number of queries that doesn't grow with rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.gis.geos import Point
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Category, Event, Rule
from events.responsibility import REACH_M, Answer, Claim, Part, Question, Via, decide
from gis_layers.selectors import NearComponent, components_near
from grid.models import Organisation
from grid.paths import paths_down_to
from grid.selectors.planned import OTHER_TEXTS, PLACE, TEXTS, Planned, among

RELATIONS = ("region", "lead")
UNREAD = ("area", "region__boundary")


@dataclass(frozen=True)
class Place:
    """Where it is asked for: WGS-84 degrees, and the path of the grid."""

    lng: float
    lat: float
    path: str


@dataclass(frozen=True)
class Suggestion:
    """Who should answer, and why in words. Without a lead the words say what is missing or contradicts itself.

    `joint` are those who should help. `rivals` are rules (by number) or components (by code) that contradict.
    """

    via: str
    lead: Organisation | None
    joint: tuple[Organisation, ...]
    reference: str
    distance_m: float | None
    rivals: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Read:
    """What was read for one question: components near the place, and rules whose ground covers it."""

    question: Question
    components: tuple[NearComponent, ...]
    rules: tuple[Rule, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The components, as the rule of precedence looks at them."""
        return tuple(map(part_of, self.components))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The rules, as the rule of precedence looks at them."""
        return tuple(map(claim_of, self.rules))


def suggest(event: Event, *, at: datetime) -> Suggestion:
    """Who should answer for an event on the day of `at`. Three queries at most, whatever the number of rules."""
    if event.category is None or event.point is None:
        return Suggestion(Via.NONE, None, (), "", None, (), "")
    place = Place(event.point.x, event.point.y, event.path)
    found = read(place, event.category, level=event.level, on=timezone.localdate(at))
    return answered(found, event.category, decide(found.question, found.parts, found.claims))


def read(place: Place, category: Category, *, level: str, on: date, whole: bool = False) -> Read:
    """Components and rules for a question. `whole`: those too that can't answer, so that it can be said why."""
    kinds = frozenset(category.component_kinds)
    question = Question(category=category.code, level=level, on=on, kinds=kinds)
    near = tuple(_near(place, None if whole else kinds)) if kinds else ()
    here, about = Point(place.lng, place.lat, srid=4326), ["", category.major, category.code]
    rules = _rules.rows(paths_down_to(place.path), here, about)
    return Read(question, near, tuple(rule for rule in rules if whole or _holds(rule, on)))


def _near(place: Place, kinds: frozenset[str] | None) -> list[NearComponent]:
    """Of these kinds, in use and within reach; None: of any kind and twice as far."""
    metres = REACH_M if kinds is not None else 2 * REACH_M
    return components_near(lng=place.lng, lat=place.lat, metres=metres, kinds=kinds)


def _covering(regions: list[str], _place: object, about: list[str]) -> QuerySet[Rule]:
    """Rules about these categories for one of the regions, or whose area covers the place."""
    here = Q(region__path__in=among(regions)) | Q(area__covers=PLACE)
    found = Rule.objects.filter(here, category__in=among(about))
    return found.select_related(*RELATIONS).prefetch_related("joint").defer(*UNREAD).order_by("pk")


_rules = Planned[Rule](_covering, TEXTS, PLACE, OTHER_TEXTS)


def _holds(rule: Rule, on: date) -> bool:
    return rule.since <= on and (rule.until is None or on <= rule.until)


def part_of(component: NearComponent) -> Part:
    """A component, as the rule of precedence looks at it."""
    return Part(component.code, component.kind, component.owner.pk, component.distance_m, component.in_use)


def claim_of(rule: Rule) -> Claim:
    """A rule, as the rule of precedence looks at it."""
    return Claim(
        number=rule.pk,
        category=rule.category,
        depth=rule.region.path.count("/") if rule.region else None,
        lead=rule.lead_id,
        levels=frozenset(rule.levels),
        joint=tuple(one.pk for one in rule.joint.all()),
        since=rule.since,
        until=rule.until,
    )


def answered(found: Read, category: Category, answer: Answer) -> Suggestion:
    """An answer with its organisations and words. No query."""
    known = {one.owner.pk: one.owner for one in found.components} | {rule.lead_id: rule.lead for rule in found.rules}
    helping = {one.pk: one for rule in found.rules for one in rule.joint.all()}
    return Suggestion(
        via=answer.via,
        lead=known[answer.lead] if answer.lead is not None else None,
        joint=tuple(helping[number] for number in answer.joint),
        reference=answer.reference,
        distance_m=round(answer.distance_m, 1) if answer.distance_m is not None else None,
        rivals=answer.rivals,
        words=_words(found, category, answer),
    )


def _words(found: Read, category: Category, answer: Answer) -> str:
    if answer.via is Via.COMPONENT:
        return component_words(next(one for one in found.components if one.code == answer.reference))
    if answer.via in (Via.AREA, Via.RULE):
        return rule_words(next(one for one in found.rules if str(one.pk) == answer.reference), category)
    if not answer.rivals:
        return _("No rule says who answers for %(category)s here.") % {"category": category.name}
    named = ", ".join(answer.rivals)
    if answer.between is Via.COMPONENT:
        return _("The components %(codes)s are equally near and have different owners.") % {"codes": named}
    return _("The rules %(numbers)s contradict one another: each names another organisation.") % {"numbers": named}


def component_words(component: NearComponent) -> str:
    """Whose it is and how far it lies, in one line."""
    return _("component %(code)s: %(owner)s, %(metres)d m") % {
        "code": component.code,
        "owner": component.owner.short_name,
        "metres": round(component.distance_m),
    }


def rule_words(rule: Rule, category: Category) -> str:
    """What a rule says of a category, in one line."""
    return _("rule %(number)d: %(category)s in %(place)s -> %(lead)s") % {
        "number": rule.pk,
        "category": category_words(rule.category, [category]),
        "place": place_name(rule),
        "lead": rule.lead.short_name,
    }


def category_words(code: str, known: Iterable[Category]) -> str:
    """A rule's category with its name: 小类, 大类, or all of them. Only the code where `known` lacks it."""
    if not code:
        return _("all categories")
    for one in known:
        if one.code == code:
            return f"{code} {one.name}"
        if one.major == code:
            return f"{code} {one.major_name}"
    return code


def place_name(rule: Rule) -> str:
    """The name of a rule's region or area."""
    return rule.region.name if rule.region else rule.area_name
