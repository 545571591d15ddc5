"""How an event counts, and what is contested of it; the appeals of a region or an organisation."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events.counting.facts import COUNTS_FOR, Kind
from events.evaluation.words import WORDS
from events.models import Appeal, CountedFact, Event, JournalEntry, Task
from events.policy import may, may_decide, visible_events
from events.selectors import rows
from events.workflow import Step
from grid.models import Role
from grid.policy import Access, outermost
from grid.refusals import Invalid, NotFound

PAGE = 50


@dataclass(frozen=True)
class CountedItem:
    """One thing that counts for one indicator now. `counted` False: left out by a correction."""

    indicator: str
    name: str
    at: datetime
    hit: bool
    counted: bool


@dataclass(frozen=True)
class AppealRow:
    """One appeal, with its words and those of its decision."""

    id: int
    no: str
    version: int
    indicator: str
    name: str
    at: datetime
    hit: bool
    organisation: str
    state: str
    state_label: str
    verdict: str
    verdict_label: str
    asked_at: datetime
    asked_by: str
    reason: str
    decided_at: datetime | None
    decided_by: str
    decision: str


@dataclass(frozen=True)
class Counting:
    """How an event counts as it stands, and what was contested of it."""

    no: str
    version: int
    may_appeal: bool
    may_decide: list[int]  # which of the appeals
    items: list[CountedItem]
    appeals: list[AppealRow]


@dataclass(frozen=True)
class AppealPage:
    """A page of appeals, the oldest undecided first."""

    rows: list[AppealRow]
    next: str | None


def counting(access: Access, no: str) -> Counting:
    """How an event that this reader may see counts. Five queries. Raises NotFound."""
    event = rows.with_relations(Event.objects.filter(visible_events(access), no=no)).first()
    if event is None:
        raise NotFound("no-such-event", _("There is no such event, or not for your post."))
    tasks, now = list(Task.objects.filter(event=event)), timezone.now()
    deciding = may(access, Step.CORRECT, event, tasks, now=now).allowed
    contested = list(_related(Appeal.objects.filter(event=event).order_by("-pk")))
    facts = CountedFact.objects.filter(event=event, until__isnull=True).order_by("at", "kind")
    return Counting(
        no=event.no, version=event.version,
        may_appeal=may(access, Step.APPEAL, event, tasks, now=now).allowed,
        may_decide=[kept.pk for kept in contested if deciding and _decides(access, event, kept)],
        items=[item for fact in facts for item in _items(fact)],
        appeals=_rows(contested),
    )  # fmt: skip


def appeals(access: Access, *, undecided: bool = True, cursor: str = "") -> AppealPage:
    """Those that this reader may see: as an overseer of the region, or of their own organisation. Two queries."""
    if cursor and not (cursor.isascii() and cursor.isdigit()):
        raise Invalid("cursor-unknown", _("This page does not exist; begin with the first."), field="cursor")
    found = Appeal.objects.filter(_seen(access))
    found = found.filter(state=Appeal.State.OPEN).order_by("asked_at", "pk") if undecided else found.order_by("-pk")
    start = int(cursor or 0)
    page = _rows(list(_related(found)[start : start + PAGE + 1]))
    return AppealPage(page[:PAGE], str(start + PAGE) if len(page) > PAGE else None)


def _seen(access: Access) -> Q:
    overseeing = access.having(Role.SUPERVISOR, Role.LEADER, Role.AUDITOR)
    paths = outermost(duty.path for duty in overseeing)
    own = [duty.organisation for duty in access.having(Role.DEPT_LEAD, Role.SHIFT_LEAD) if duty.organisation]
    seen = Q(organisation__in=own)
    seen |= Q(event__holder__in=[duty.organisation for duty in overseeing])  # without a place, too
    for path in paths:
        seen |= Q(event__path__startswith=path)
    return seen & Q(event__in=Event.objects.filter(visible_events(access)))


def _items(fact: CountedFact) -> list[CountedItem]:
    return [
        CountedItem(
            indicator=code, name=str(WORDS[code].name), at=fact.at, hit=bool(fact.hits >> place & 1),
            counted=bool(fact.counted >> place & 1),
        )
        for place, code in enumerate(COUNTS_FOR[Kind(fact.kind)])
    ]  # fmt: skip


def _decides(access: Access, event: Event, kept: Appeal) -> bool:
    return may_decide(access, event, kept.organisation, asked_by=kept.asked_by_id)


def _related(found: QuerySet[Appeal]) -> QuerySet[Appeal]:
    beside = ("event", "organisation__region", "asked_by", "decided_by")
    return found.select_related(*beside).defer("organisation__region__boundary")


def _rows(kept: list[Appeal]) -> list[AppealRow]:
    said = _words(kept)
    return [_row(one, said) for one in kept]


def _words(kept: list[Appeal]) -> dict[tuple[int, int], str]:
    """What was said with entries, by event and version."""
    wanted = Q()
    for one in kept:
        wanted |= Q(event=one.event_id, version__in=[one.asked_version, one.decided_version or one.asked_version])
    entries = JournalEntry.objects.filter(wanted, text__isnull=False) if kept else JournalEntry.objects.none()
    return {(event, version): body for event, version, body in entries.values_list("event_id", "version", "text__body")}


def _row(one: Appeal, said: dict[tuple[int, int], str]) -> AppealRow:
    return AppealRow(
        id=one.pk, no=one.event.no, version=one.event.version, indicator=one.indicator,
        name=str(WORDS[one.indicator].name), at=one.at, hit=one.hit, organisation=one.organisation.short_name,
        state=one.state, state_label=str(one.get_state_display()), verdict=one.verdict,
        verdict_label=str(one.get_verdict_display()), asked_at=one.asked_at, asked_by=one.asked_by.name,
        reason=said.get((one.event_id, one.asked_version), ""), decided_at=one.decided_at,
        decided_by=one.decided_by.name if one.decided_by else "",
        decision=said.get((one.event_id, one.decided_version or 0), ""),
    )  # fmt: skip
