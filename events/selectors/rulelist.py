"""Rules of responsibility for reading: a list with filters, and a dry run that says why each did or did not win."""

from dataclasses import dataclass
from datetime import date

from django.contrib.gis.db.models import Extent
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Category, Rule
from events.responsibility import Part, Verdict, weigh
from events.selectors.responsibility import (
    Place,
    Read,
    Suggestion,
    answered,
    category_words,
    place_name,
    read,
)
from grid.models import Level
from grid.paths import paths_down_to
from grid.refusals import Invalid

PAGE = 50

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class RuleRow:
    """One rule in words. `bbox`: its area's west, south, east, north in WGS-84 degrees; None for a region."""

    id: int
    category: str
    category_name: str
    levels: list[str]
    level_labels: list[str]
    place: str
    path: str  # of the region; empty for an area
    area_kind: str
    area_label: str
    bbox: Box | None
    lead: str
    joint: list[str]
    since: date
    until: date | None
    in_force: bool
    remark: str


@dataclass(frozen=True)
class Wanted:
    """Which rules: empty texts ask for all. `category` and `region` (a path): rules of it, above it and
    below it."""

    text: str = ""
    category: str = ""
    region: str = ""
    ground: str = ""  # region or area
    in_force: bool = False
    after: int = 0


@dataclass(frozen=True)
class RulePage:
    """Some rules by number, how many there are, and where the next ones begin (None: there are none)."""

    rows: list[RuleRow]
    total: int
    next: str | None


@dataclass(frozen=True)
class ConsideredRow:
    """One component or rule that was considered, and why it did or did not win."""

    kind: str  # component, area or rule
    reference: str
    name: str
    lead: str
    verdict: str
    reason: str
    distance_m: float | None


@dataclass(frozen=True)
class DryRun:
    """What a dry run says: the suggestion, and all that was considered, the most specific first."""

    suggestion: Suggestion
    category: str
    category_name: str
    level: str
    level_label: str
    on: date
    considered: list[ConsideredRow]


def rules(wanted: Wanted, *, on: date) -> RulePage:
    """A page of rules. Four queries, whatever their number."""
    found = _filtered(wanted, on)
    total = found.count()
    page = list(
        found.filter(pk__gt=wanted.after)
        .select_related("region", "lead")
        .defer("area", "region__boundary")
        .prefetch_related("joint")
        .order_by("pk")[: PAGE + 1]
    )
    boxes = dict(
        Rule.objects.filter(pk__in=[rule.pk for rule in page], area__isnull=False)
        .annotate(box=Extent("area"))
        .values_list("pk", "box")
    )
    categories = list(Category.objects.order_by("code"))
    more = str(page[PAGE - 1].pk) if len(page) > PAGE else None
    return RulePage([_row(rule, categories, boxes.get(rule.pk), on) for rule in page[:PAGE]], total, more)


def _filtered(wanted: Wanted, on: date) -> QuerySet[Rule]:
    found = Rule.objects.all()
    if wanted.text:
        named = Category.objects.filter(Q(name__icontains=wanted.text) | Q(major_name__icontains=wanted.text))
        codes = {code for row in named.values_list("code", "major") for code in row}
        words = Q(category__in=codes) | Q(area_name__icontains=wanted.text) | Q(remark__icontains=wanted.text)
        for field in ("lead__name", "lead__short_name", "region__name"):
            words |= Q(**{f"{field}__icontains": wanted.text})
        found = found.filter(words | Q(pk=_number(wanted.text)))
    if wanted.category:
        above = Q(category__in={"", wanted.category[:2]})
        found = found.filter(above | Q(category__startswith=wanted.category))
    if wanted.region:
        found = found.filter(
            Q(region__path__startswith=wanted.region) | Q(region__path__in=paths_down_to(wanted.region))
        )
    if wanted.ground:
        found = found.filter(area__isnull=wanted.ground == "region")
    if wanted.in_force:
        found = found.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _row(rule: Rule, categories: list[Category], box: Box | None, on: date) -> RuleRow:
    return RuleRow(
        id=rule.pk,
        category=rule.category,
        category_name=category_words(rule.category, categories),
        levels=list(rule.levels),
        level_labels=[str(Level(level).label) for level in Level.values if level in rule.levels],
        place=place_name(rule),
        path=rule.region.path if rule.region else "",
        area_kind=rule.area_kind,
        area_label=rule.get_area_kind_display(),
        bbox=box,
        lead=rule.lead.short_name,
        joint=[one.short_name for one in rule.joint.all()],
        since=rule.since,
        until=rule.until,
        in_force=rule.since <= on and (rule.until is None or on <= rule.until),
        remark=rule.remark,
    )


def dry_run(place: Place, code: str, *, level: str, on: date) -> DryRun:
    """Who would answer for a category at a place, held at `level`, on a day. Four queries at most.

    Raises Invalid for a category that is none in use.
    """
    category = Category.objects.filter(code=code, active=True).first()
    if category is None:
        raise Invalid("category-unknown", _("There is no such category. Choose one of the list."), field="category")
    found = read(place, category, level=level, on=on, whole=True)
    weighed = weigh(found.question, found.parts, found.claims)
    return DryRun(
        suggestion=answered(found, category, weighed.answer),
        category=code,
        category_name=category.name,
        level=level,
        level_label=str(Level(level).label),
        on=on,
        considered=[_considered(found, category, one.item, one.verdict) for one in weighed.considered],
    )


def _considered(found: Read, category: Category, item: object, verdict: Verdict) -> ConsideredRow:
    reason = str(_WHY[verdict])
    if isinstance(item, Part):
        component = next(one for one in found.components if one.code == item.code)
        return ConsideredRow(
            "component", item.code, f"{component.kind_label} {component.name}", component.owner.short_name, verdict,
            reason, round(item.distance_m, 1),
        )  # fmt: skip
    rule = next(one for one in found.rules if one.pk == getattr(item, "number", None))
    name = _("%(category)s in %(place)s") % {
        "category": category_words(rule.category, [category]),
        "place": place_name(rule),
    }
    if rule.levels:
        levels = ", ".join(str(Level(level).label) for level in Level.values if level in rule.levels)
        name = _("%(name)s, held by: %(levels)s") % {"name": name, "levels": levels}
    kind = "area" if rule.region is None else "rule"
    return ConsideredRow(kind, str(rule.pk), name, rule.lead.short_name, verdict, reason, None)


_WHY = {
    Verdict.WINS: gettext_lazy("It answers: nothing more specific does."),
    Verdict.AGREES: gettext_lazy("As specific as the one that answers, and names the same organisation."),
    Verdict.CONTRADICTS: gettext_lazy("As specific as another that names a different organisation: neither answers."),
    Verdict.LESS_SPECIFIC: gettext_lazy("Something more specific answers."),
    Verdict.FARTHER: gettext_lazy("Another component is nearer."),
    Verdict.TOO_FAR: gettext_lazy("More than 30 m from the place."),
    Verdict.OTHER_KIND: gettext_lazy("The category is not about this kind of component."),
    Verdict.REMOVED: gettext_lazy("It was removed."),
    Verdict.OTHER_CATEGORY: gettext_lazy("It is about another category."),
    Verdict.OTHER_LEVEL: gettext_lazy("It is for events that centres of another level hold."),
    Verdict.NOT_YET: gettext_lazy("It does not hold yet on that day."),
    Verdict.NO_LONGER: gettext_lazy("It no longer holds on that day."),
}
