"""Evaluation over HTTP: the indicators of a period as of a time, and the rows behind each number."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router, Schema
from pydantic import Field

from events.evaluation.assessment import Assessment, assessment, assessment_sheet, enter
from events.evaluation.breakdowns import By
from events.evaluation.form_paper import assessment_paper
from events.evaluation.grids import GridsPage, patrolled_grids
from events.evaluation.paper import paper
from events.evaluation.reading import CountedPage, Reading, Wanted, counted, read
from events.evaluation.sheets import spreadsheet
from grid.policy import Access
from grid.services import audit
from webapp.api.auth import access
from webapp.api.parsing import Body

router = Router(tags=["evaluation"])
EARLIEST, LATEST = date(2001, 1, 1), date(2998, 12, 31)  # days that have a year before and after them

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NONE = "-"
_SHEET = {"description": "OK", "content": {_SPREADSHEET: {"schema": {"type": "string", "format": "binary"}}}}
_PDF = "application/pdf"
_PAPER = {"description": "OK", "content": {_PDF: {"schema": {"type": "string", "format": "binary"}}}}
Year = Annotated[int, Path(ge=EARLIEST.year, le=LATEST.year)]
Region = Annotated[str, Field(max_length=64, pattern=r"^[0-9/]*$")]
Text = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]


class FigureIn(Body):
    """One figure by hand, what shows it, and why it falls short where it does."""

    actual: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
    evidence: Text
    reason: Text = ""
    region: Region = ""


class EvaluationIn(Schema):
    """Which report: days in the installation's time zone, both counted; without `as_of` as it stands now."""

    since: Annotated[date, Field(alias="from", ge=EARLIEST, le=LATEST)]
    until: Annotated[date, Field(alias="to", ge=EARLIEST, le=LATEST)]
    as_of: datetime | None = None
    by: By = By.TOWNSHIP
    region: Region = ""
    category: Annotated[str, Field(max_length=6, pattern=r"^([0-9]{2}(-[0-9]{3})?)?$")] = ""

    def wanted(self) -> Wanted:
        """As the domain takes it."""
        return Wanted(
            since=self.since, until=self.until, as_of=self.as_of, region=self.region, category=self.category,
            by=self.by,
        )  # fmt: skip


class CountedIn(EvaluationIn):
    """Which rows of it: of one group (`key` as the report has it, "-" for what has none; absent: all), all or only what
    was missed."""

    key: Annotated[str | None, Field(max_length=64, pattern=r"^[0-9a-z_/-]*$")] = None
    missed: bool = False
    cursor: Annotated[str, Field(max_length=9, pattern=r"^[0-9]*$")] = ""


@router.get("/indicators", response=Reading, summary="Indicators of a period")
def list_indicators(request: HttpRequest, asked: Query[EvaluationIn]) -> Reading:
    """Each as hits of how many, beside the period before, by group and over time. Asked again as of the same time, the
    answer is the same.

    Counts are of the reader's regions. Rates are per cent, rounded half up to two decimals.
    """
    return read(access(request), asked.wanted())


@router.get("/indicators/{code}/rows", response=CountedPage, summary="What an indicator counted")
def indicator_rows(request: HttpRequest, code: str, asked: Query[CountedIn]) -> CountedPage:
    """The events behind a number, oldest first, 50 at a time, as far as the reader may see them."""
    key = "" if asked.key == NONE else asked.key
    return counted(access(request), asked.wanted(), code, key=key, missed=asked.missed, cursor=asked.cursor)


@router.get("/indicators/patrolled/grids", response=GridsPage, summary="The grids behind the patrol coverage")
def patrolled_indicator_grids(request: HttpRequest, asked: Query[CountedIn]) -> GridsPage:
    """Of one region (`key` as the report by county, township, village or grid has it; absent: all), all that were due
    or only what was missed, the least covered first, 50 at a time."""
    key = "" if asked.key == NONE else asked.key
    return patrolled_grids(access(request), asked.wanted(), key=key, missed=asked.missed, cursor=asked.cursor)


@router.get("/indicators/export", summary="The report as a spreadsheet", openapi_extra={"responses": {200: _SHEET}})
def export_indicators(request: HttpRequest, asked: Query[EvaluationIn]) -> HttpResponse:
    """The indicators with their formulas, and the breakdown (.xlsx). Leaves a row in the audit trail."""
    who = access(request)
    reading = read(who, asked.wanted())
    name = f"indicators-{reading.since}-{reading.until}.xlsx"
    return _file(who, spreadsheet(reading), name, reading.region)


@router.get("/indicators/paper", summary="The report as a PDF", openapi_extra={"responses": {200: _PAPER}})
def export_paper(request: HttpRequest, asked: Query[EvaluationIn]) -> HttpResponse:
    """Rates with their formulas, what fell due over time, and the breakdown. Leaves a row in the audit trail."""
    who = access(request)
    reading = read(who, asked.wanted())
    name = f"indicators-{reading.since}-{reading.until}.pdf"
    return _file(who, paper(reading, made_at=timezone.now()), name, reading.region, _PDF)


@router.get("/assessments/{year}", response=Assessment, summary="The yearly self-assessment")
def get_assessment(request: HttpRequest, year: Year, region: Region = "") -> Assessment:
    """The form: rows from journal and register filled, the others as they were entered by hand."""
    return assessment(access(request), year=year, region=region)


@router.post("/assessments/{year}/rows/{row}", response=Assessment, summary="Enter a figure of the self-assessment")
def enter_figure(request: HttpRequest, year: Year, row: str, body: FigureIn) -> Assessment:
    """By hand, with what shows it; what was entered before is kept. The form afterwards."""
    return enter(
        access(request), year=year, row=row, actual=body.actual, evidence=body.evidence, reason=body.reason,
        region=body.region,
    )  # fmt: skip


@router.get(
    "/assessments/{year}/export", summary="The self-assessment as a spreadsheet",
    openapi_extra={"responses": {200: _SHEET}},
)  # fmt: skip
def export_assessment(request: HttpRequest, year: Year, region: Region = "") -> HttpResponse:
    """The form (.xlsx). Leaves a row in the audit trail."""
    who = access(request)
    made = assessment(who, year=year, region=region)
    return _file(who, assessment_sheet(made), f"self-assessment-{year}.xlsx", made.region)


@router.get(
    "/assessments/{year}/paper", summary="The self-assessment as a PDF", openapi_extra={"responses": {200: _PAPER}}
)
def export_assessment_paper(request: HttpRequest, year: Year, region: Region = "") -> HttpResponse:
    """The form, to be signed. Leaves a row in the audit trail."""
    who = access(request)
    made = assessment(who, year=year, region=region)
    body = assessment_paper(made, made_at=timezone.now())
    return _file(who, body, f"self-assessment-{year}.pdf", made.region, _PDF)


def _file(who: Access, body: bytes, name: str, region: str, content_type: str = _SPREADSHEET) -> HttpResponse:
    with transaction.atomic():
        audit.record(access=who, action="evaluation.export", kind="evaluation", subject=name, detail={"region": region})
    return HttpResponse(
        body, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
