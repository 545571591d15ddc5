"""The weeks before the demo's own: what an installation has that took its journal over from before, so that evaluation
shows whole months. Only events that have ended, written at once: with journal and facts, without photos and tasks."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from data.demo.troubles import TROUBLES
from events.counting.facts import known
from events.counting.lives import Entry
from events.management.demo_cast import Cast
from events.models import Category, Event, JournalEntry, Source
from events.models.calendar import working_calendar
from events.services import facts
from events.services.report import number_of
from events.sla import Allowance, Calendar, Clock, Terms, add
from events.workflow import STAGE_OF, Stage, State, Step
from grid.models import Grid, Level, Organisation, OrganisationKind, Role

_GRIDS = 600  # in so many grids something happened
A_DAY = 24  # events of a working day; half of it on others
WEEK = 7  # days before today that the demo's own week may touch
_ON_THE_SPOT, _NOT_ACCEPTED, _RETURNED, _FAILED, _LATE, _CALLED = 0.22, 0.06, 0.05, 0.06, 0.13, 0.14
_ANSWERS = (0, 1, 2, 2, 2, 2, 3, 3, 3)
_WHO = {
    Step.ACCEPT: (Role.ACCEPTOR, "holder"), Step.REJECT: (Role.ACCEPTOR, "holder"),
    Step.DISPATCH: (Role.DISPATCHER, "holder"), Step.CLOSE: (Role.ACCEPTOR, "holder"),
    Step.SIGN: (Role.DEPT_CLERK, "lead"), Step.RETURN: (Role.DEPT_CLERK, "lead"),
    Step.FINISH: (Role.DEPT_CLERK, "lead"),
}  # fmt: skip


@dataclass(frozen=True)
class _Ground:
    """A grid and who answers in it."""

    grid: Grid
    holder: Organisation
    leads: dict[str, int]  # department by function


@transaction.atomic
def fill(*, seed: int, now: datetime) -> int:
    """Write the whole months before the demo's week, from the first of the last one on; how many events there are."""
    dice = random.Random(seed)  # noqa: S311 - play, not secrets
    writer = _Writer(dice, now)
    stories = [story for day in _days(now) for story in writer.day(day)]
    Event.objects.bulk_create(event for event, _ in stories)
    JournalEntry.objects.bulk_create(row for event, entries in stories for row in writer.rows(event, entries))
    facts.add({event.pk: list(known(entries)) for event, entries in stories})
    return len(stories)


def _days(now: datetime) -> Iterator[date]:
    """From the first of the month before the last day, up to the week that is played through the doors."""
    last = timezone.localdate(now) - timedelta(days=WEEK)
    day = (timezone.localdate(now).replace(day=1) - timedelta(days=1)).replace(day=1)
    while day < last:
        yield day
        day += timedelta(days=1)


class _Writer:
    """Makes up one event after the other."""

    def __init__(self, dice: random.Random, now: datetime) -> None:
        self._dice, self._now = dice, now
        self._cast = Cast(now=now)
        self._calendar: Calendar = working_calendar()
        weights = {trouble.category: trouble.weight for trouble in TROUBLES}
        self._categories = [row for row in Category.objects.filter(code__in=weights) if row.min_level == Level.VILLAGE]
        self._weights = [weights[row.code] for row in self._categories]
        self._grounds = _grounds(dice, self._cast)

    def day(self, day: date) -> Iterator[tuple[Event, list[Entry]]]:
        """The events reported on a day that have ended by now."""
        many = A_DAY if self._calendar.works(day) else A_DAY // 2
        midnight = datetime.combine(day, datetime.min.time(), timezone.get_default_timezone())
        for _ in range(many if self._grounds else 0):
            at = midnight + timedelta(hours=self._dice.triangular(7.5, 20, 10), seconds=self._dice.random())
            made = self._story(at)
            if made[1][-1].at < self._now - timedelta(days=1):
                yield made

    def _story(self, at: datetime) -> tuple[Event, list[Entry]]:
        category = self._dice.choices(self._categories, self._weights)[0]
        ground = self._dice.choice(self._grounds)
        called = self._dice.random() < _CALLED
        terms = Terms(urgent=category.urgent, handle=Allowance(category.handle_amount, Clock(category.handle_clock)))
        first = Entry(
            event=0, version=1, at=at, step=Step.REPORT, to_state=State.REPORTED,
            source=Source.HOTLINE if called else Source.OFFICER, category=category.code, path=ground.grid.path,
            holder=ground.holder.pk, lead=None, due_at=None, stage_due_at=self._due(at, terms, Stage.ACCEPT),
        )  # fmt: skip
        entries = _Walk(self._dice, terms, self._calendar, ground.leads.get(category.county_department)).told(
            first, may_resolve=category.self_resolvable and not called
        )
        return self._event(ground, category, entries), entries

    def _due(self, at: datetime, terms: Terms, stage: Stage) -> datetime:
        allowance = terms.allowance(stage)
        return add(at, allowance.minutes, allowance.clock, self._calendar)

    def _event(self, ground: _Ground, category: Category, entries: list[Entry]) -> Event:
        first, last = entries[0], entries[-1]
        ended = next(entry.at for entry in reversed(entries) if entry.step != Step.REVISIT)
        parties = sorted({entry.lead for entry in entries if entry.lead is not None})
        accepted = next((entry.at for entry in entries if entry.step == Step.ACCEPT), None)
        officer = self._cast.officer(ground.grid.pk).user
        return Event(
            no=number_of(timezone.localdate(first.at)), version=last.version, state=last.to_state, source=first.source,
            category=category, urgent=category.urgent, point=ground.grid.boundary.point_on_surface, grid=ground.grid,
            path=ground.grid.path, holder=ground.holder, level=ground.holder.level, passed=[ground.holder.pk],
            parties=parties, lead_id=last.lead, reporter_id=officer if first.source == Source.OFFICER else None,
            reported_at=first.at, accepted_at=accepted, ended_at=ended, due_at=last.due_at,
            returns=sum(entry.step == Step.RETURN for entry in entries),
            reworks=sum(entry.step == Step.FAIL_CHECK for entry in entries),
        )  # fmt: skip

    def rows(self, event: Event, entries: list[Entry]) -> Iterator[JournalEntry]:
        """The entries as the journal has them."""
        for before, entry in zip([None, *entries], entries, strict=False):
            yield self._row(event, entry, before.to_state if before else "")

    def _row(self, event: Event, entry: Entry, came_from: str) -> JournalEntry:
        role, user, organisation = self._actor(event, Step(entry.step), entry)
        payload: dict[str, str | int] = {"reason": entry.reason} if entry.reason else {}
        if entry.satisfaction is not None:
            payload["satisfaction"] = entry.satisfaction
        return JournalEntry(
            at=entry.at, event=event, version=entry.version, step=entry.step, to_state=entry.to_state, role=role,
            from_state=came_from, user_id=user, organisation_id=organisation, payload=payload, source=entry.source,
            category_code=entry.category, path=entry.path, holder_id=entry.holder, lead_id=entry.lead,
            due_at=entry.due_at, stage_due_at=entry.stage_due_at, urgent=event.urgent,
        )  # fmt: skip

    def _actor(self, event: Event, step: Step, entry: Entry) -> tuple[str, int | None, int | None]:
        if step == Step.REVISIT or (step == Step.REPORT and entry.source == Source.HOTLINE):
            return "hotline", None, None
        if step not in _WHO:  # on the spot: reported, solved, checked
            return Role.GRID_OFFICER, self._cast.officer(event.grid_id or 0).user, event.holder_id
        role, whose = _WHO[step]
        organisation = event.holder_id if whose == "holder" else entry.lead or event.lead_id or event.holder_id
        return role, self._cast.at(role, organisation).user, organisation


class _Walk:
    """One event's way, step by step, each at its own time."""

    def __init__(self, dice: random.Random, terms: Terms, calendar: Calendar, lead: int | None) -> None:
        self._dice, self._terms, self._calendar, self._lead = dice, terms, calendar, lead
        self._entries: list[Entry] = []

    def told(self, first: Entry, *, may_resolve: bool) -> list[Entry]:
        """The whole of it."""
        self._entries = [first]
        chance = self._dice.random()
        if may_resolve and chance < _ON_THE_SPOT:
            self._step(Step.SELF_RESOLVE, State.SELF_CLOSED, first.at + timedelta(seconds=1))
        elif self._lead is None or chance > 1 - _NOT_ACCEPTED:
            self._step(Step.REJECT, State.REJECTED, self._after(Stage.ACCEPT), reason="no_fault")
        else:
            self._handled()
        if first.source == Source.HOTLINE:
            self._step(Step.REVISIT, State(self._last.to_state), self._last.at + timedelta(hours=20),
                       satisfaction=self._dice.choice(_ANSWERS))  # fmt: skip
        return self._entries

    def _handled(self) -> None:
        accepted = self._after(Stage.ACCEPT)
        due = accepted
        for stage in (Stage.DISPATCH, Stage.SIGN, Stage.HANDLE):
            due = self._due(due, stage)
        self._step(Step.ACCEPT, State.ACCEPTED, accepted, due_at=due)
        self._given()
        if self._dice.random() < _RETURNED:
            self._step(Step.RETURN, State.ACCEPTED, self._after(Stage.SIGN), lead=None)
            self._given()
        self._step(Step.SIGN, State.HANDLING, self._after(Stage.SIGN))
        late = self._dice.random() < _LATE
        self._step(Step.FINISH, State.PENDING_CHECK, self._after(Stage.HANDLE, late=late))
        if self._dice.random() < _FAILED:
            self._step(Step.FAIL_CHECK, State.HANDLING, self._after(Stage.CHECK))
            self._step(Step.FINISH, State.PENDING_CHECK, self._after(Stage.HANDLE))
        self._step(Step.PASS_CHECK, State.PENDING_CLOSE, self._after(Stage.CHECK))
        self._step(Step.CLOSE, State.CLOSED, self._after(Stage.CLOSE))

    def _given(self) -> None:
        self._step(Step.DISPATCH, State.DISPATCHED, self._after(Stage.DISPATCH), lead=self._lead)

    @property
    def _last(self) -> Entry:
        return self._entries[-1]

    def _step(self, step: Step, state: State, at: datetime, **changes: Any) -> None:
        stage = STAGE_OF.get(state)
        facts = {"reason": "", "satisfaction": None, "stage_due_at": self._due(at, stage) if stage else None} | changes
        last = self._last
        self._entries.append(last._replace(version=last.version + 1, at=at, step=step, to_state=state, **facts))

    def _after(self, stage: Stage, *, late: bool = False) -> datetime:
        """When a stage that began with the last entry is over: within its allowance, or well after it."""
        allowance = self._terms.allowance(stage)
        share = self._dice.uniform(1.2, 2.2) if late else self._dice.triangular(0.05, 1.03, 0.4)
        return add(self._last.at, share * allowance.minutes, allowance.clock, self._calendar)

    def _due(self, at: datetime, stage: Stage) -> datetime:
        allowance = self._terms.allowance(stage)
        return add(at, allowance.minutes, allowance.clock, self._calendar)


def _grounds(dice: random.Random, cast: Cast) -> list[_Ground]:
    """Some grids of every township, with the centre that holds what is reported there and the county's departments."""
    whole = Organisation.objects.filter(kind=OrganisationKind.CENTRE).select_related("region")
    centres = {one.region.path: one for one in whole.defer("region__boundary")}
    departments: dict[str, dict[str, int]] = {}
    found = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT, region__level=Level.COUNTY)
    for pk, code, path in found.values_list("pk", "code", "region__path"):
        if cast.has(Role.DEPT_CLERK, pk):
            departments.setdefault(path, {})[code.rpartition("-")[2]] = pk
    grids = list(Grid.objects.order_by("path").values_list("pk", "path"))
    chosen = dice.sample(grids, min(_GRIDS, len(grids)))
    places = Grid.objects.select_related("region").defer("region__boundary").in_bulk([pk for pk, _ in chosen])
    made = []
    for pk, path in chosen:
        parts = path.split("/")
        paths = ["/".join(parts[:depth]) + "/" for depth in (4, 3)]
        holder = next((centres[one] for one in paths if one in centres and _staffed(cast, centres[one].pk)), None)
        leads = departments.get("/".join(parts[:2]) + "/", {})
        if holder is not None and cast.walks(pk):
            made.append(_Ground(places[pk], holder, leads))
    return made


def _staffed(cast: Cast, centre: int) -> bool:
    return cast.has(Role.ACCEPTOR, centre) and cast.has(Role.DISPATCHER, centre)
