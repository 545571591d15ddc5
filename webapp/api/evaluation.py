"""Evaluation over HTTP: the indicators of a period as of a time, and the rows behind each number."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from events.evaluation.reading import CountedPage, Reading, Wanted, counted, read
from events.evaluation.report import By
from webapp.api.auth import access

router = Router(tags=["evaluation"])
EARLIEST, LATEST = date(2001, 1, 1), date(2998, 12, 31)  # days that have a year before and after them


class AskedIn(Schema):
    """Which report: days in the installation's time zone, both counted; without `as_of` as it stands now."""

    since: Annotated[date, Field(alias="from", ge=EARLIEST, le=LATEST)]
    until: Annotated[date, Field(alias="to", ge=EARLIEST, le=LATEST)]
    as_of: datetime | None = None
    by: By = By.TOWNSHIP
    region: Annotated[str, Field(max_length=64, pattern=r"^[0-9/]*$")] = ""
    category: Annotated[str, Field(max_length=6, pattern=r"^([0-9]{2}(-[0-9]{3})?)?$")] = ""

    def wanted(self) -> Wanted:
        """As the domain takes it."""
        return Wanted(
            since=self.since, until=self.until, as_of=self.as_of, region=self.region, category=self.category,
            by=self.by,
        )  # fmt: skip


class RowsIn(AskedIn):
    """Which rows of it: of one group (`key` as the report has it; absent: all), all or only what was missed."""

    key: Annotated[str | None, Field(max_length=64, pattern=r"^[0-9a-z/-]*$")] = None
    missed: bool = False
    cursor: Annotated[str, Field(max_length=9, pattern=r"^[0-9]*$")] = ""


@router.get("/indicators", response=Reading, summary="Indicators of a period")
def list_indicators(request: HttpRequest, asked: Query[AskedIn]) -> Reading:
    """Each as hits of how many, beside the period before, by group and over time. Asked again as of the same time, the
    answer is the same.

    Counts are of the reader's regions. Rates are per cent, rounded half up to two decimals.
    """
    return read(access(request), asked.wanted())


@router.get("/indicators/{code}/rows", response=CountedPage, summary="What an indicator counted")
def indicator_rows(request: HttpRequest, code: str, asked: Query[RowsIn]) -> CountedPage:
    """The events behind a number, oldest first, 50 at a time, as far as the reader may see them."""
    return counted(
        access(request), asked.wanted(), code, key=asked.key, missed=asked.missed, cursor=asked.cursor
    )  # fmt: skip
