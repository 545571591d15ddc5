"""Writing rules of responsibility: from the category list's departments, and from a checked file, all or nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction

from events.models import Category, Rule
from events.services.rulefile import RuleRow
from grid.models import Level, Organisation, OrganisationKind, Region
from grid.policy import Access
from grid.services import audit

BATCH = 500
# Who holds what a county's department answers for; what the city's centre holds, its own departments answer for.
BELOW_THE_CITY = (Level.COUNTY.value, Level.TOWNSHIP.value, Level.VILLAGE.value)
_LEVELS = {Level.CITY: (), Level.COUNTY: BELOW_THE_CITY}


@dataclass(frozen=True)
class _Template:
    """A rule to be: a 大类 or 小类 in a region, and the department that answers."""

    category: str
    region: int
    levels: tuple[str, ...]
    lead: int


@transaction.atomic
def make(*, access: Access, since: date) -> int:
    """A rule for each 大类, and each 小类 that differs from it, in each region whose department answers; how many.

    Only where there is none for that category, region and those levels: what a city has written stays.
    """
    present = {
        (rule.category, rule.region_id, tuple(rule.levels)) for rule in Rule.objects.filter(region__isnull=False)
    }
    wanted = [one for one in _templates() if (one.category, one.region, one.levels) not in present]
    Rule.objects.bulk_create(
        [
            Rule(category=one.category, region_id=one.region, levels=list(one.levels), lead_id=one.lead, since=since)
            for one in wanted
        ],
        batch_size=BATCH,
    )
    if wanted:
        audit.record(access=access, action="make_rules", kind="rules", subject="", detail={"made": len(wanted)})
    return len(wanted)


def _templates() -> Iterator[_Template]:
    categories = list(Category.objects.filter(active=True).order_by("code"))
    found = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT).order_by("region__path", "code")
    departments: dict[int, dict[str, Organisation]] = {}
    for one in found:
        departments.setdefault(one.region_id, {}).setdefault(one.function, one)
    for region, answering in departments.items():
        yield from _of_region(region, answering, categories)


def _of_region(region: int, answering: dict[str, Organisation], categories: list[Category]) -> Iterator[_Template]:
    """The 大类 rule names whoever answers for most of its 小类."""
    level = Level(next(iter(answering.values())).level)
    majors: dict[str, list[tuple[str, Organisation]]] = {}
    for one in categories:
        lead = answering.get(one.department if level == Level.CITY else one.county_department)
        if lead is not None:
            majors.setdefault(one.major, []).append((one.code, lead))
    whole = Counter(one.major for one in categories)
    for major, rows in majors.items():
        most = Counter(lead.pk for _, lead in rows).most_common(1)[0][0]
        levels = tuple(_LEVELS.get(level, ()))
        if len(rows) == whole[major]:
            yield _Template(major, region, levels, most)
        for code, lead in rows:
            if lead.pk != most or len(rows) != whole[major]:
                yield _Template(code, region, levels, lead.pk)


@transaction.atomic
def load(*, access: Access, rows: Sequence[RuleRow], replace: bool = False) -> int:
    """Add the rules of a checked file, in its order; how many. `replace`: instead of all that are there.

    What was there stays as it was when anything fails.
    """
    if replace:
        Rule.objects.select_for_update().all()
        Rule.joint.through.objects.all().delete()
        Rule.objects.all().delete()
    organisations = dict(Organisation.objects.values_list("code", "pk"))
    regions = dict(Region.objects.values_list("code", "pk"))
    made = Rule.objects.bulk_create(
        [
            Rule(
                category=row.category, levels=list(row.levels), region_id=regions[row.region] if row.region else None,
                area=_area(row.area), area_name=row.area_name, area_kind=row.area_kind,
                lead_id=organisations[row.lead], since=row.since, until=row.until, remark=row.remark,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )  # fmt: skip
    Rule.joint.through.objects.bulk_create(_helpers(made, rows, organisations), batch_size=BATCH)
    audit.record(
        access=access, action="load_rules", kind="rules", subject="", detail={"added": len(made), "replaced": replace}
    )
    return len(made)


def _area(text: str) -> MultiPolygon | None:
    if not text:
        return None
    shape = GEOSGeometry(text, srid=4326)
    return shape if isinstance(shape, MultiPolygon) else MultiPolygon(shape, srid=4326)


def _helpers(made: Iterable[Rule], rows: Sequence[RuleRow], organisations: dict[str, int]) -> Iterator[Any]:
    for rule, row in zip(made, rows, strict=True):
        for code in row.joint:
            yield Rule.joint.through(rule_id=rule.pk, organisation_id=organisations[code])
