"""The yearly self-assessment: the form with its figures, those that are counted and those entered by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from data.evaluation.form import FormRow, read_form
from data.evaluation.workbook import Cell, Sheet, workbook
from events.counting.indicators import BY_CODE
from events.evaluation.reading import Wanted, asked_by, region_name
from events.evaluation.report import Asked, report
from events.models import AssessmentEntry
from gis_layers.selectors import count_sites
from grid.models import Organisation, OrganisationKind, Role
from grid.policy import Access, within
from grid.refusals import Forbidden, Invalid, NotFound
from grid.services import audit

ENTERERS = (Role.SUPERVISOR, Role.LEADER)
_MOST = Decimal("1e11")


@dataclass(frozen=True)
class AssessmentRow:
    """One row of the form. `origin`: journal, register, or hand; `actual` and `score` are None while it is missing."""

    code: str
    first: str
    second: str
    third: str
    weight: int
    target: str
    unit: str
    origin: str
    actual: str | None
    score: int | None
    reason: str
    evidence: str
    entered_by: str
    entered_at: datetime | None


@dataclass(frozen=True)
class Assessment:
    """The form of one year and region; `score` adds up what is there, `missing` counts the rows without a figure."""

    title: str
    year: int
    region: str
    region_label: str
    may_enter: bool
    weights: int
    score: int
    missing: int
    rows: list[AssessmentRow]


def assessment(access: Access, *, year: int, region: str = "") -> Assessment:
    """The form as this reader sees it. Raises as `events.evaluation.reading.read` does."""
    asked = asked_by(access, _year(year, region))
    entered = {
        entry.row: entry
        for entry in AssessmentEntry.objects.filter(year=year, region=asked.region)
        .select_related("user").order_by("row", "-pk").distinct("row")
    }  # fmt: skip
    form = read_form()
    counted = _journal(asked, [row.source.partition(".")[2] for row in form.rows if origin_of(row) == "journal"])
    rows = [_row(row, asked, entered.get(row.code), counted) for row in form.rows]
    return Assessment(
        title=form.title, year=year, region=asked.region, region_label=region_name(asked.region),
        may_enter=_may_enter(access, asked.region), weights=sum(row.weight for row in rows),
        score=sum(row.score or 0 for row in rows), missing=sum(row.score is None for row in rows), rows=rows,
    )  # fmt: skip


def enter(
    access: Access, *, year: int, row: str, actual: Decimal, evidence: str, reason: str = "", region: str = ""
) -> Assessment:
    """Enter a figure by hand; what was entered before stays in the table. The form afterwards.

    Raises Forbidden for other posts than supervisors and leaders, NotFound for an unknown row, Invalid for a row that
    is counted, a figure below 0, or without evidence.
    """
    asked = asked_by(access, _year(year, region))
    if access.user is None or not _may_enter(access, asked.region):
        raise Forbidden("not-yours-to-enter", _("Supervisors and leaders of the region enter these figures."))
    found = read_form().row(row)
    if found is None:
        raise NotFound("no-row", _("The form has no such row."))
    if origin_of(found) != "hand":
        raise Invalid("row-is-counted", _("This figure is counted; it can't be entered by hand."), field="actual")
    if not 0 <= actual < _MOST:
        raise Invalid("figure-out-of-range", _("Enter a number from 0 up."), field="actual")
    if len(evidence.strip()) < 2:
        raise Invalid("evidence-needed", _("Say what shows this figure: a document and its number."), field="evidence")
    with transaction.atomic():
        AssessmentEntry.objects.create(
            year=year, region=asked.region, row=row, actual=actual, evidence=evidence.strip(), reason=reason.strip(),
            user_id=access.user,
        )  # fmt: skip
        detail = {"year": year, "region": asked.region, "actual": str(actual)}
        audit.record(access=access, action="assessment.enter", kind="assessment", subject=row, detail=detail)
    return assessment(access, year=year, region=region)


def origin_of(row: FormRow) -> str:
    """Where its figure comes from: journal, register, or hand; hand as long as the journal can't know it."""
    kind, _dot, code = row.source.partition(".")
    known = code in BY_CODE if kind == "journal" else True
    return kind if known else "hand"


def assessment_sheet(made: Assessment) -> bytes:
    """The form as a spreadsheet (.xlsx)."""
    head = (
        _("First level"), _("Second level"), _("Third level"), _("Weight"), _("Target"), _("Actual"), _("Unit"),
        _("Score"), _("Where from"), _("Evidence"), _("Reason for falling short"), _("Entered by"),
    )  # fmt: skip
    rows: list[list[Cell]] = [
        [row.first, row.second, row.third, row.weight, Decimal(row.target), row.actual and Decimal(row.actual),
         row.unit, row.score, str(origins()[row.origin]), row.evidence, row.reason, row.entered_by]
        for row in made.rows
    ]  # fmt: skip
    rows.append([_("Total"), "", "", made.weights, None, None, "", made.score, "", "", "", ""])
    notes = (f"{made.title} {made.year}", made.region_label)
    return workbook([Sheet(title=made.title, notes=notes, head=head, rows=rows)])


def origins() -> dict[str, str]:
    """What people read for where a figure comes from."""
    return {"journal": _("Counted from the journal"), "register": _("Counted from the register"),
            "hand": _("Entered by hand")}  # fmt: skip


def _year(year: int, region: str) -> Wanted:
    return Wanted(since=date(year, 1, 1), until=date(year, 12, 31), region=region)


def _may_enter(access: Access, region: str) -> bool:
    return any(region.startswith(duty.path) for duty in access.having(*ENTERERS))


def _journal(asked: Asked, codes: list[str]) -> dict[str, Decimal | None]:
    """The year's rates; nothing is read where no row needs one."""
    if not codes:
        return {}
    made = report(asked)
    return {code: made.whole.of(code).percent for code in codes}


def _register(kind: str, asked: Asked) -> Decimal:
    return Decimal(_REGISTER[kind](asked.region))


def _centres(region: str) -> int:
    return Organisation.objects.filter(within([region], field="region__path"), kind=OrganisationKind.CENTRE).count()


_REGISTER: dict[str, Callable[[str], int]] = {
    "checkpoints": lambda region: count_sites(region=region, site_class="checkpoint"),
    "class1": lambda region: count_sites(region=region, site_class="class1"),
    "centres": _centres,
}


def _row(
    row: FormRow, asked: Asked, entry: AssessmentEntry | None, counted: dict[str, Decimal | None]
) -> AssessmentRow:
    origin, code = origin_of(row), row.source.partition(".")[2]
    by_hand = entry if origin == "hand" else None
    actual: Decimal | None = by_hand.actual if by_hand else None
    if origin == "journal":
        actual = counted.get(code)
    elif origin == "register":
        actual = _register(code, asked)
    return AssessmentRow(
        code=row.code, first=row.first, second=row.second, third=row.third, weight=row.weight, target=str(row.target),
        unit=row.unit, origin=origin, actual=None if actual is None else str(actual),
        score=None if actual is None else row.score(actual), reason=by_hand.reason if by_hand else "",
        evidence=by_hand.evidence if by_hand else "", entered_by=by_hand.user.name if by_hand else "",
        entered_at=by_hand.at if by_hand else None,
    )  # fmt: skip
