"""Reference data over HTTP: the category list with its allowances, and the days of the working calendar."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from events.selectors import catalogue as reading
from events.selectors import workdays as days
from events.services import catalogue, workdays
from events.sla import Clock
from grid.models import Level, Role
from grid.selectors.accounts import administered, administered_city
from webapp.api.administration_words import ChangeOut, EffectOut, changes_told, effects_told
from webapp.api.auth import access
from webapp.api.parsing import Body

router = Router(tags=["administration"])

Plain = r"^[^\x00]*$"
Version = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Code = Annotated[str, Field(max_length=6, pattern=r"^[0-9]{2}-[0-9]{3}$")]
Year = Annotated[int, Field(ge=2000, le=2999)]


class CategoryRowOut(Schema):
    """A 小类 as it is administered; `version` names how it stands."""

    code: str
    name: str
    major: str
    major_name: str
    keywords: list[str]
    handle_amount: float
    handle_clock: str
    handle: str
    urgent: bool
    self_resolvable: bool
    auto_dispatch: bool
    min_level: str
    restricted: bool
    active: bool
    open: int | None
    version: str


class CategoryCardOut(Schema):
    """One 小类, and what became of it."""

    row: CategoryRowOut
    changes: list[ChangeOut]


class EditedIn(Body):
    """A 小类 as it is to be."""

    name: Annotated[str, Field(max_length=200, pattern=Plain)]
    keywords: Annotated[tuple[Annotated[str, Field(max_length=80, pattern=Plain)], ...], Field(max_length=50)]
    handle_amount: Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
    handle_clock: Clock
    urgent: bool
    self_resolvable: bool
    auto_dispatch: bool
    min_level: Level
    active: bool

    def edited(self) -> catalogue.Edited:
        """As the door takes it."""
        return catalogue.Edited(
            name=self.name, keywords=self.keywords, handle_amount=self.handle_amount,
            handle_clock=self.handle_clock, urgent=self.urgent,
            self_resolvable=self.self_resolvable, auto_dispatch=self.auto_dispatch, min_level=self.min_level,
            active=self.active,
        )  # fmt: skip


class CategoryIn(EditedIn):
    """The same, of a category as it stood at `version`."""

    version: Version


class NewCategoryIn(EditedIn):
    """A 小类 of the city's own."""

    code: Annotated[str, Field(max_length=20, pattern=Plain)]


class DayOut(Schema):
    """A day on which `Monday to Friday` does not hold."""

    id: str
    date: date
    working: bool
    name: str


class YearOut(Schema):
    """A year of the calendar; `version` names how it stands, `years` are those whose holidays are known."""

    year: int
    years: list[int]
    days: list[DayOut]
    version: str
    changes: list[ChangeOut]


class YearIn(Schema):
    """Which year; this one where none is named."""

    year: Year | None = None


class DayIn(Body):
    """Work, rest, or as its weekday says; and why."""

    kind: Literal["work", "rest", "usual"]
    name: Annotated[str, Field(max_length=200, pattern=Plain)] = ""


class DaySavedIn(DayIn):
    """The same, of a year as it stood at `version`."""

    version: Version


@router.get("/administration/categories", response=list[CategoryRowOut], summary="The category list")
def list_categories(request: HttpRequest) -> list[reading.CategoryRow]:
    """Every 小类 by code, retired ones too."""
    return reading.catalogue(access(request))


@router.post("/administration/categories", response={201: CategoryCardOut}, summary="Add a category of one's own")
def add_category(request: HttpRequest, body: NewCategoryIn) -> tuple[int, dict[str, Any]]:
    """A number from 080 on."""
    made = catalogue.add(access=access(request), code=body.code, edited=body.edited())
    return 201, _category(request, made.code)


@router.get("/administration/categories/{code}", response=CategoryCardOut, summary="A category")
def get_category(request: HttpRequest, code: Code) -> dict[str, Any]:
    """With what was changed by whom."""
    return _category(request, code)


@router.post("/administration/categories/{code}/preview", response=list[EffectOut], summary="What a change would do")
def preview_category(request: HttpRequest, code: Code, body: EditedIn) -> list[dict[str, str]]:
    """Nothing is saved; what would be refused is refused here, too."""
    administered_city(access(request), Role.SYSADMIN)
    found = reading.find_category(code)
    before = reading.editable(found)
    return effects_told(reading.of_amending(before, catalogue.checked(found, body.edited())))


@router.post("/administration/categories/{code}", response=CategoryCardOut, summary="Change a category")
def amend_category(request: HttpRequest, code: Code, body: CategoryIn) -> dict[str, Any]:
    """Its name, words, allowance and rules; events taken on already keep what they were promised."""
    catalogue.amend(access=access(request), code=code, version=body.version, edited=body.edited())
    return _category(request, code)


@router.get("/administration/calendar", response=YearOut, summary="A year of the working calendar")
def get_year(request: HttpRequest, asked: Query[YearIn]) -> dict[str, Any]:
    """Holidays and make-up days."""
    administered(access(request), Role.SYSADMIN)
    return _year(asked.year or timezone.localdate().year)


@router.post("/administration/calendar/{day}/preview", response=list[EffectOut], summary="What another day would do")
def preview_day(request: HttpRequest, day: date, body: DayIn) -> list[dict[str, str]]:
    """Nothing is saved; what would be refused is refused here, too."""
    administered_city(access(request), Role.SYSADMIN)
    workdays.checked(day=day, kind=body.kind, name=body.name, today=timezone.localdate())
    return effects_told(days.of_setting(day=day, kind=body.kind))


@router.post("/administration/calendar/{day}", response=YearOut, summary="Make a day one of work or rest")
def set_day(request: HttpRequest, day: date, body: DaySavedIn) -> dict[str, Any]:
    """From now on; clocks that already run keep their deadlines."""
    workdays.set_day(
        access=access(request), day=day, kind=body.kind, name=body.name, version=body.version,
        today=timezone.localdate(),
    )  # fmt: skip
    return _year(day.year)


def _category(request: HttpRequest, code: str) -> dict[str, Any]:
    card = reading.category_card(access(request), code)
    return {"row": card.row, "changes": changes_told(card.changes)}


def _year(year: int) -> dict[str, Any]:
    found = days.year_of(year)
    return {**vars(found), "changes": changes_told(found.changes)}
