"""Rules of responsibility as a CSV file: one a line, read and checked whole, and written again.

Columns: category, levels, region, area, area_name, area_kind, lead, joint, since, until, remark. Several levels or
organisations stand with spaces between. An area is WKT in WGS-84 degrees; a rule has a region or an area.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Polygon

from events.models import AreaKind, Category, Rule
from events.responsibility import Claim
from grid.models import Grid, Level, Organisation, Region

COLUMNS = (
    "category", "levels", "region", "area", "area_name", "area_kind", "lead", "joint", "since", "until", "remark"
)  # fmt: skip
REQUIRED = ("category", "lead", "since")


class RulesRefused(Exception):
    """The file can't be taken as it is; `problems` lists everything that is wrong, with its line and what to do."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class RuleRow:
    """One checked line: codes of what is there; a region's code or an area, days in order."""

    line: int
    category: str
    levels: tuple[str, ...]
    region: str
    area: str  # WKT
    area_name: str
    area_kind: str
    lead: str
    joint: tuple[str, ...]
    since: date
    until: date | None
    remark: str


def read_rules(text: str, *, beside: Iterable[Rule] = ()) -> tuple[RuleRow, ...]:
    """The rules of a file. `beside`: the rules that will stand next to them, which they must not contradict.

    Raises RulesRefused with every fault: unknown organisations, regions and categories, days the wrong way round, areas
    outside the city, two rules that contradict one another.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    problems = list(_of_header(reader.fieldnames or ()))
    if problems:
        raise RulesRefused(problems)
    known = _Known.read()
    try:
        rows = [row for row in (_row(line, cells, known, problems) for line, cells in _lines(reader)) if row]
    except csv.Error as error:
        raise RulesRefused([f"line {reader.line_num}: not CSV: {error}; quote what holds commas or quotes"]) from error
    if not rows and not problems:
        problems.append("the file has no rule; write one a line below the header")
    problems += _contradictions(rows, tuple(beside))
    if problems:
        raise RulesRefused(problems)
    return tuple(rows)


def _lines(reader: "csv.DictReader[str]") -> Iterator[tuple[int, dict[str, str]]]:
    for cells in reader:
        yield reader.line_num, {name: (cells.get(name) or "").strip() for name in COLUMNS}


def _of_header(names: Iterable[str]) -> Iterator[str]:
    named = [*names]
    for name in REQUIRED:
        if name not in named:
            yield f"line 1: the column {name} is missing; the header names {', '.join(COLUMNS)}"
    for name in named:
        if name not in COLUMNS:
            yield f"line 1: nobody knows a column {name!r}; the header names {', '.join(COLUMNS)}"


@dataclass(frozen=True)
class _Known:
    """What the lines may name."""

    categories: frozenset[str]
    organisations: frozenset[str]
    regions: frozenset[str]

    @classmethod
    def read(cls) -> "_Known":
        """As it stands in the database."""
        rows = Category.objects.filter(active=True).values_list("code", "major")
        return cls(
            categories=frozenset({"", *(code for row in rows for code in row)}),
            organisations=frozenset(Organisation.objects.values_list("code", flat=True)),
            regions=frozenset(Region.objects.values_list("code", flat=True)),
        )


@dataclass
class _Line:
    """A line while it is checked."""

    number: int
    cells: dict[str, str]
    faults: list[str] = field(default_factory=list)

    def day(self, name: str) -> date | None:
        """A day as 2026-03-02; None where it is empty or can't be read."""
        value = self.cells[name]
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.faults.append(f"{name} {value!r} is no day; write it as 2026-03-02")
            return None


_CHECKS: tuple[Callable[[_Line, _Known], Iterator[str]], ...]


def _row(number: int, cells: dict[str, str], known: _Known, problems: list[str]) -> RuleRow | None:
    line = _Line(number, cells)
    since, until = line.day("since"), line.day("until")
    if not cells["since"]:
        line.faults.append("since is empty; write the first day on which it holds")
    if since and until and until < since:
        line.faults.append(f"it ends on {until}, before it begins on {since}; exchange the days, or mend one")
    for check in _CHECKS:
        line.faults += check(line, known)
    problems += [f"line {number}: {fault}" for fault in line.faults]
    if line.faults or since is None:
        return None
    return RuleRow(
        line=number, category=cells["category"], levels=tuple(sorted(cells["levels"].split())), region=cells["region"],
        area=cells["area"], area_name=cells["area_name"], area_kind=cells["area_kind"], lead=cells["lead"],
        joint=tuple(dict.fromkeys(cells["joint"].split())), since=since, until=until, remark=cells["remark"],
    )  # fmt: skip


def _of_category(line: _Line, known: _Known) -> Iterator[str]:
    code = line.cells["category"]
    if code not in known.categories:
        yield f"category {code!r} matches nothing: it is none in use; take a code like 06-001 or 06, or leave it empty"
    for level in line.cells["levels"].split():
        if level not in Level.values:
            yield f"level {level!r} is none of {', '.join(Level.values)}"


def _of_organisations(line: _Line, known: _Known) -> Iterator[str]:
    lead, joint = line.cells["lead"], line.cells["joint"].split()
    for code in dict.fromkeys([lead, *joint]):
        if code not in known.organisations:
            yield f"there is no organisation {code!r}; add it first, or name another by its code"
    if lead in joint:
        yield f"{lead} leads and helps at once; take it out of joint"


def _of_place(line: _Line, known: _Known) -> Iterator[str]:
    region, area = line.cells["region"], line.cells["area"]
    if bool(region) == bool(area):
        yield "a rule has either a region or an area; fill one of the two"
    if region and region not in known.regions:
        yield f"there is no region {region!r}; take the 12 digits of one"
    if area:
        yield from _of_area(line)


def _of_area(line: _Line) -> Iterator[str]:
    if not line.cells["area_name"]:
        yield "an area needs an area_name that people know it by"
    if line.cells["area_kind"] not in AreaKind.values:
        yield f"area_kind {line.cells['area_kind']!r} is none of {', '.join(AreaKind.values)}"
    try:
        shape = GEOSGeometry(line.cells["area"], srid=4326)
    except (GEOSException, GDALException, ValueError):
        yield "the area can't be read; write it as WKT, POLYGON ((112.3 28.5, ...)), in degrees"
        return
    if not isinstance(shape, Polygon | MultiPolygon) or shape.empty or not shape.valid:
        yield f"the area is no sound polygon ({shape.valid_reason}); draw it again"
    elif not Grid.objects.filter(valid_to__isnull=True, boundary__intersects=shape).exists():
        yield "the area matches nothing: it lies outside the city; check the order of longitude and latitude"


_CHECKS = (_of_category, _of_organisations, _of_place)


# Contradictions


@dataclass(frozen=True)
class _Named:
    """A rule of the file or of the table, by what it is called here."""

    name: str
    claim: Claim
    ground: str  # the region's code; empty: an area
    lead: str
    shape: GEOSGeometry | None


def _contradictions(rows: Iterable[RuleRow], beside: tuple[Rule, ...]) -> Iterator[str]:
    """Pairs that are about the same, in the same place, at the same time, and name different leads."""
    fresh = [_of_line(number, row) for number, row in enumerate(rows)]
    kept = [_of_rule(rule) for rule in beside]
    alike: dict[tuple[str, str, bool], list[_Named]] = {}
    for one in [*kept, *fresh]:
        alike.setdefault((one.claim.category, one.ground, bool(one.claim.levels)), []).append(one)
    new = {one.name for one in fresh}
    for group in alike.values():
        for place, first in enumerate(group):
            for second in group[place + 1 :]:
                if second.name in new and _contradict(first, second):
                    yield (
                        f"{second.name}: it contradicts {first.name}: both are about the same, and name {second.lead} "
                        f"and {first.lead}; take one out, or part them by days, levels or places"
                    )


def _contradict(one: _Named, other: _Named) -> bool:
    if one.lead == other.lead or not _same_days(one.claim, other.claim):
        return False
    if one.claim.levels and not one.claim.levels & other.claim.levels:
        return False
    if one.shape is None or other.shape is None:
        return True
    return bool(one.shape.intersects(other.shape) and not one.shape.touches(other.shape))


def _same_days(one: Claim, other: Claim) -> bool:
    return one.since <= (other.until or date.max) and other.since <= (one.until or date.max)


def _of_line(number: int, row: RuleRow) -> _Named:
    claim = Claim(number, row.category, None if row.area else 1, 0, frozenset(row.levels), (), row.since, row.until)
    shape = GEOSGeometry(row.area, srid=4326) if row.area else None
    return _Named(f"line {row.line}", claim, row.region, row.lead, shape)


def _of_rule(rule: Rule) -> _Named:
    depth = 1 if rule.region else None
    claim = Claim(rule.pk, rule.category, depth, 0, frozenset(rule.levels), (), rule.since, rule.until)
    return _Named(f"rule {rule.pk}", claim, rule.region.code if rule.region else "", rule.lead.code, rule.area)


def write_rules() -> str:
    """All rules as a file that `read_rules` takes; by number."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    rules = Rule.objects.select_related("region", "lead").defer("region__boundary")
    for rule in rules.prefetch_related("joint").order_by("pk"):
        writer.writerow(
            [
                rule.category, " ".join(rule.levels), rule.region.code if rule.region else "",
                rule.area.wkt if rule.area else "", rule.area_name, rule.area_kind, rule.lead.code,
                " ".join(one.code for one in rule.joint.all()), rule.since, rule.until or "", rule.remark,
            ]
        )  # fmt: skip
    return out.getvalue()
