"""Reply templates of an organisation: as they are edited, and filled in for one event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events.models import Category, Event, ReplyTemplate, StepLabel
from events.selectors import cards
from events.selectors.savedviews import edited_by, organisations_of
from events.wording import NAMES, Fact, asked, filled
from events.workflow import Step
from grid.policy import Access

USED_AT = (Step.FINISH, Step.JOINT_FINISH, Step.CLOSE, Step.REJECT, Step.RETURN)
"""The steps whose words are written again and again."""


@dataclass(frozen=True)
class TemplateRow:
    """A template as it is edited."""

    id: int
    organisation: int
    organisation_name: str
    step: str
    step_label: str
    category: str
    category_name: str  # empty: for all
    title: str
    body: str
    changed_at: datetime
    may_change: bool


@dataclass(frozen=True)
class Ready:
    """A template with the facts of one event in it; `missing` names those that the event has not, and then no text."""

    id: int
    title: str
    text: str
    missing: list[str]


@dataclass(frozen=True)
class FactRow:
    """A fact that may stand in a template: how it is written, and what it is."""

    name: str
    label: str


@dataclass(frozen=True)
class Choice:
    """A value to choose, in words."""

    value: str
    label: str


@dataclass(frozen=True)
class Register:
    """The templates of one's organisations, what may stand in them, and for whom one may write them."""

    rows: list[TemplateRow]
    facts: list[FactRow]
    steps: list[Choice]
    organisations: list[Choice]


def register(access: Access) -> Register:
    """All of one's organisations. Two queries."""
    names = category_names()
    return Register(
        rows=[template_row(access, one, names) for one in templates_of(access)],
        facts=[FactRow(_written(fact), fact_label(fact)) for fact in Fact],
        steps=[Choice(step.value, str(StepLabel(step.value).label)) for step in USED_AT],
        organisations=[Choice(str(number), name) for number, name in edited_by(access).items()],
    )


def templates_of(access: Access) -> QuerySet[ReplyTemplate]:
    """Those of the organisations that one works for."""
    return ReplyTemplate.objects.filter(organisation__in=[*organisations_of(access)])


def template_row(access: Access, one: ReplyTemplate, names: Mapping[str, str]) -> TemplateRow:
    """As it is edited; `names` are those of categories, by code. No query."""
    return TemplateRow(
        id=one.pk,
        organisation=one.organisation_id,
        organisation_name=organisations_of(access)[one.organisation_id],
        step=one.step,
        step_label=str(StepLabel(one.step).label),
        category=one.category,
        category_name=names.get(one.category, one.category),
        title=one.title,
        body=one.body,
        changed_at=one.changed_at,
        may_change=one.organisation_id in edited_by(access),
    )


def ready_for(access: Access, no: str, step: str, *, now: datetime) -> list[Ready]:
    """What may be said at `step` of event `no`: what fits its category closest first. Raises NotFound."""
    event = cards.find(access, no)
    code = event.category.code if event.category else ""
    fits = Q(category="") | (Q(category__in=[code, code[:2]]) if code else Q(pk__in=[]))
    found = templates_of(access).filter(fits, step=step)
    facts = facts_of(event, now=now)
    return [_ready(one, facts) for one in sorted(found, key=lambda one: (-len(one.category), one.title))]


def facts_of(event: Event, *, now: datetime) -> dict[Fact, str]:
    """The facts of an event in words; those that it has not are left out. No query with its relations at hand."""
    village = event.grid.region if event.grid else None
    told = {
        Fact.NO: event.no,
        Fact.CATEGORY: event.category.name if event.category else "",
        Fact.PLACE: f"{village.parent.name if village.parent else ''}{village.name}" if village else "",
        Fact.ORGANISATION: event.lead.short_name if event.lead else "",
        Fact.CENTRE: event.holder.short_name,
        Fact.REPORTED: _day(event.reported_at),
        Fact.DUE: _day(event.due_at) if event.due_at else "",
        Fact.TODAY: _day(now),
    }
    return {fact: words for fact, words in told.items() if words}


def fact_label(fact: Fact) -> str:
    """What it is, in words."""
    labels = {
        Fact.NO: _("Event number"), Fact.CATEGORY: _("Category"), Fact.PLACE: _("Township and village"),
        Fact.ORGANISATION: _("Organisation that answers"), Fact.CENTRE: _("Command centre"),
        Fact.REPORTED: _("Day of the report"), Fact.DUE: _("Day by which it is due"), Fact.TODAY: _("Today"),
    }  # fmt: skip
    return labels[fact]


def category_names() -> dict[str, str]:
    """The names of 小类 and 大类 by code. One query."""
    names: dict[str, str] = {}
    for code, name, major, major_name in Category.objects.values_list("code", "name", "major", "major_name"):
        names |= {code: name, major: major_name}
    return names


def _ready(one: ReplyTemplate, facts: Mapping[Fact, str]) -> Ready:
    missing = [fact_label(fact) for fact in asked(one.body) if fact not in facts]
    return Ready(one.pk, one.title, "" if missing else filled(one.body, facts), missing)


def _written(fact: Fact) -> str:
    chinese = (get_language() or "").startswith("zh")
    return f"{{{NAMES[fact] if chinese else fact.value}}}"


def _day(moment: datetime) -> str:
    day = timezone.localtime(moment)
    return f"{day.year}年{day.month}月{day.day}日"
