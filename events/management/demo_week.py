"""A week of the demo: events through the same doors as everybody's, each step at its own time in the past."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import transaction
from django.utils import timezone

from data.demo import troubles
from data.demo.accounts import ACCOUNTS, DAMATOU, HESHAN, ZIYANG
from data.demo.troubles import TROUBLES, Trouble
from events.management import demo_later, demo_shifts, demo_twice
from events.management.demo_acts import Acts
from events.management.demo_cast import Cast, hotline
from events.management.demo_plan import REJECTED, Leg, Mark, Moment, legs_to, moments, share_of
from events.management.demo_turns import TURNS, Turn
from events.models import Category, Event, Ticket
from events.models.calendar import working_calendar
from events.services import deeds, watch
from events.services.advance import advance
from events.services.report import report, take_ticket
from events.sla import Allowance, Clock, Terms
from events.workflow import STAGE_OF, State, Step
from gis_layers.selectors import waters
from grid.coordinates import Crs
from grid.models import Grid, Post, Region
from grid.policy import Access

OPEN = {
    State.REPORTED: 20, State.ACCEPTED: 16, State.DISPATCHED: 14, State.HANDLING: 16, State.PENDING_CHECK: 14,
    State.PENDING_CLOSE: 12,
}  # fmt: skip
ENDED_TODAY, ENDED_EARLIER = 60, 90  # beside the rarer ways, which all ended earlier
UNPLACED = 3  # hotline tickets that wait for a place
STREAM = 12.0  # units of the map's projection on each side of a water that is drawn as a line
WALKED = 0.08  # share of all events for the grid of each officer who signs in
MARKS = (Mark.NORMAL,) * 13 + (Mark.NEAR,) * 4 + (Mark.OVER,) * 3


@dataclass(frozen=True)
class Story:
    """One event of the week: what, where, from whom, and when each step is taken."""

    trouble: Trouble
    grid: int
    hotline: bool
    urgent: bool
    on_the_spot: bool
    reported: datetime
    moments: tuple[Moment, ...]
    shared: bool = False


@transaction.atomic
def fill(*, seed: int, now: datetime) -> tuple[int, int]:
    """Play the week, all or nothing; how many events are open and how many have ended.

    Takes a database with people and without events. The past steps carry the times they would have been taken at; the
    audit trail, which tells what the system did, says that all of it was written now.
    """
    dice = random.Random(seed)  # noqa: S311 - play, not secrets
    planner = _Planner(dice, now)
    stage = _Stage(dice, Cast(now=now))
    stories = sorted(planner.stories(), key=lambda story: story.reported)
    grids = Grid.objects.select_related("region").defer("region__boundary").in_bulk({story.grid for story in stories})
    for story in stories:
        stage.play(story, grids[story.grid], now)
    for number in range(UNPLACED):
        stage.phone(number, now - timedelta(minutes=20 + 37 * number))
    again = sum(demo_twice.play(tell=stage.again, cast=stage.cast, now=now))
    demo_shifts.leave(cast=stage.cast, now=now)
    demo_later.play(cast=stage.cast, now=now)
    open_now = Event.objects.filter(ended_at__isnull=True).count()
    return open_now, len(stories) + UNPLACED + again - open_now


class _Planner:
    """Draws up the week."""

    def __init__(self, dice: random.Random, now: datetime) -> None:
        self._dice, self._now = dice, now
        self._calendar = working_calendar()
        self._categories = Category.objects.in_bulk([trouble.category for trouble in TROUBLES], field_name="code")
        self._grids, self._weights = _places()
        self._watched = list(_walked())

    def stories(self) -> Iterator[Story]:
        """Open ones of every state, those of the rarer ways, then ended ones of today and of the week before."""
        for state, count in OPEN.items():
            for _ in range(count):
                yield self._open(state)
        for turn in TURNS:
            for _ in range(turn.count):
                yield self._turn(turn)
        midnight = timezone.localtime(self._now).replace(hour=0, minute=0, second=0, microsecond=0)
        opening = midnight + timedelta(hours=7)
        start = opening if self._now - opening > timedelta(hours=2) else midnight
        for _ in range(ENDED_TODAY):
            yield self._ended(start + (self._now - start) * self._dice.random())
        for _ in range(ENDED_EARLIER):
            yield self._ended(self._earlier())

    def _earlier(self) -> datetime:
        """Some hour of the days before."""
        midnight = timezone.localtime(self._now).replace(hour=0, minute=0, second=0, microsecond=0)
        day = midnight - timedelta(days=self._dice.randint(1, 6))
        return day + timedelta(hours=self._dice.triangular(7.5, 21, 11))

    def _turn(self, turn: Turn) -> Story:
        """One of the rarer ways: what is open stands as open ones do; what has ended did so on the days before."""
        trouble = self._trouble([one for one in TROUBLES if self._fits(one, turn)])
        terms = self._terms(trouble, urgent=False)
        last = STAGE_OF[turn.legs[-1].state]
        share = self._dice.uniform(0.1, 0.9)
        if turn.open and turn.legs[-1].hours is None:
            share = share_of(self._dice.choice(MARKS), terms.allowance(last), self._dice)
        end = self._now if turn.open else self._earlier()
        grid = self._dice.choice(self._watched) if turn.watched and self._watched else None
        story = self._story(trouble, turn.legs, end, share, terms, from_hotline=turn.told, grid=grid)
        return replace(story, shared=turn.shared)

    def _fits(self, trouble: Trouble, turn: Turn) -> bool:
        """Of the way's own category; else of no least level, so that it can go up and down, and slow where it is."""
        category = self._categories[trouble.category]
        if turn.category:
            return trouble.category == turn.category
        if category.urgent:
            return False
        return not turn.slow or category.handle_clock == Clock.WORK_DAY

    def _open(self, state: State) -> Story:
        trouble = self._trouble()
        terms = self._terms(trouble, urgent=self._dice.random() < 0.06)
        allowance = terms.allowance(STAGE_OF[state])
        share = share_of(self._dice.choice(MARKS), allowance, self._dice)
        legs = legs_to(state, returned=self._dice.random() < 0.06, reworked=self._dice.random() < 0.06)
        return self._story(trouble, legs, self._now, share, terms, from_hotline=self._dice.random() < 0.14)

    def _ended(self, at: datetime) -> Story:
        kind = self._dice.random()
        if kind < 0.3:
            return self._on_the_spot(at)
        trouble = self._trouble()
        terms = self._terms(trouble, urgent=self._dice.random() < 0.04)
        share = self._dice.uniform(0.1, 0.9)
        if kind < 0.37:
            return self._story(trouble, REJECTED, at, share, terms, from_hotline=False)
        legs = legs_to(State.CLOSED, returned=self._dice.random() < 0.06, reworked=self._dice.random() < 0.07)
        return self._story(trouble, legs, at, share, terms, from_hotline=self._dice.random() < 0.1)

    def _on_the_spot(self, at: datetime) -> Story:
        solvable = [trouble for trouble in TROUBLES if self._categories[trouble.category].self_resolvable]
        at = at.replace(microsecond=0)
        return Story(
            trouble=self._trouble(solvable), grid=self._grid(), hotline=False, urgent=False, on_the_spot=True,
            reported=at, moments=(),
        )  # fmt: skip

    def _story(
        self, trouble: Trouble, legs: tuple[Leg, ...], end: datetime, share: float, terms: Terms, *,
        from_hotline: bool, grid: int | None = None,
    ) -> Story:  # fmt: skip
        reported, steps = moments(
            legs=legs,
            end=end.replace(microsecond=0),
            share=share,
            terms=terms,
            calendar=self._calendar,
            dice=self._dice,
        )
        return Story(
            trouble=trouble, grid=grid or self._grid(), hotline=from_hotline, urgent=terms.urgent, on_the_spot=False,
            reported=reported, moments=steps,
        )  # fmt: skip

    def _trouble(self, among: Sequence[Trouble] = TROUBLES) -> Trouble:
        return self._dice.choices(among, [trouble.weight for trouble in among])[0]

    def _terms(self, trouble: Trouble, *, urgent: bool) -> Terms:
        category = self._categories[trouble.category]
        handle = Allowance(category.handle_amount, Clock(category.handle_clock))
        return Terms(urgent=urgent or category.urgent, handle=handle)

    def _grid(self) -> int:
        return self._dice.choices(self._grids, self._weights)[0]


def _places() -> tuple[list[int], list[float]]:
    """Grids and how often something happens there: more in the two central counties, in town, and where we look."""
    central = tuple(Region.objects.filter(code__in=[ZIYANG, HESHAN]).values_list("path", flat=True))
    shown = tuple(Region.objects.filter(code=DAMATOU).values_list("path", flat=True))
    rows = list(Grid.objects.order_by("code").values_list("pk", "path", "kind"))
    weights = {}
    for pk, path, kind in rows:
        weight = (4.0 if kind == "urban" else 1.0) * (3.0 if central and path.startswith(central) else 1.0)
        weights[pk] = weight * (4.0 if shown and path.startswith(shown) else 1.0)
    once = sum(weights.values()) * WALKED
    for grid in _walked():
        weights[grid] += once
    return list(weights), list(weights.values())


def _walked() -> Iterable[int]:
    """Grids of the officers who sign in."""
    walked = Post.objects.filter(user__username__in=[account.username for account in ACCOUNTS], grid__isnull=False)
    return walked.order_by("pk").values_list("grid__pk", flat=True)


class _Stage:
    """Plays stories through the doors."""

    def __init__(self, dice: random.Random, cast: Cast) -> None:
        self._dice, self.cast = dice, cast
        self._acts = Acts(dice, cast)
        self._hotline, self._machine = hotline()
        self._orders = 0
        self._ground: dict[int, GEOSGeometry] = {}

    def play(self, story: Story, grid: Grid, now: datetime) -> None:
        """One event from its report to its last step; between them the watch says what has run out, when it has."""
        point = self._point(grid)
        event = self._call(story, grid, point) if story.hotline else self._walk(story, grid, point)
        for moment in story.moments:
            event = _watched(event, moment.at)
            access, deed = self._acts.act(moment.step, event, story.trouble, moment.at, shared=story.shared)
            event = advance(access=access, no=event.no, version=event.version, deed=deed, now=moment.at)
        _watched(event, now)

    def phone(self, number: int, at: datetime) -> None:
        """A hotline ticket whose address nobody could place."""
        trouble = TROUBLES[number]
        self._ticket(trouble, self._dice.choice(trouble.reports), None, "老电影院后面那条巷子里", False, at, open_=True)

    def again(self, event: Event, at: datetime) -> Event:
        """The hotline tells of an event that an officer has reported: some metres off, in other words."""
        assert event.point is not None  # noqa: S101 - an officer's has a place
        assert event.category is not None  # noqa: S101 - and a category
        trouble = next(one for one in TROUBLES if one.category == event.category.code)
        text = f"来电反映：{self._dice.choice(trouble.reports)}"
        point = deeds.GivenPoint(event.point.x + 0.00021, event.point.y + 0.00018, Crs.WGS84)
        if event.grid is not None and not event.grid.boundary.contains(Point(point.lng, point.lat, srid=4326)):
            point = deeds.GivenPoint(event.point.x, event.point.y, Crs.WGS84)
        return self._ticket(trouble, text, point, event.address, False, at, open_=True)

    def _walk(self, story: Story, grid: Grid, point: Point) -> Event:
        officer = self.cast.officer(grid.pk)
        taken = story.reported - timedelta(seconds=self._dice.randint(15, 120))
        own = self._solved(story, officer, point) if story.on_the_spot else None
        receipt = report(
            access=officer,
            report=deeds.Report(
                client_id=UUID(int=self._dice.getrandbits(128), version=4), category=story.trouble.category,
                point=deeds.GivenPoint(point.x, point.y, Crs.WGS84, round(self._dice.uniform(3, 18), 1)),
                text=self._dice.choice(story.trouble.reports), address=self._address(grid),
                photos=(self._acts.photo(officer, story.trouble, point, taken, fixed=False),), urgent=story.urgent,
                device_at=story.reported - timedelta(seconds=self._dice.randint(0, 9)), self_resolution=own,
            ),
            now=story.reported,
        )  # fmt: skip
        return Event.objects.get(no=receipt.row["no"])

    def _solved(self, story: Story, officer: Access, point: Point) -> deeds.SelfResolution:
        digest = self._acts.photo(officer, story.trouble, point, story.reported, fixed=True)
        return deeds.SelfResolution(text=self._dice.choice(troubles.SOLVED), photos=(digest,))

    def _call(self, story: Story, grid: Grid, point: Point) -> Event:
        text = f"来电反映：{self._dice.choice(story.trouble.reports)}"
        given = deeds.GivenPoint(point.x, point.y, Crs.WGS84)
        open_ = not story.moments or story.moments[-1].step is not Step.CLOSE
        return self._ticket(story.trouble, text, given, self._address(grid), story.urgent, story.reported, open_=open_)

    def _ticket(
        self, trouble: Trouble, text: str, point: deeds.GivenPoint | None, address: str, urgent: bool, at: datetime,
        *, open_: bool,
    ) -> Event:  # fmt: skip
        self._orders += 1
        ticket = Ticket(
            order_no=f"DEMO{timezone.localtime(at):%Y%m%d}{self._orders:04d}", order_type="投诉", channel="电话",
            accepted_at=at - timedelta(minutes=4), reply_deadline=at + timedelta(days=5), want_callback=open_,
        )  # fmt: skip
        return take_ticket(
            access=self._hotline, duty=self._machine, ticket=ticket, text=text, category=trouble.category, point=point,
            address=address, urgent=urgent, now=at,
        )  # fmt: skip

    def _address(self, grid: Grid) -> str:
        return f"{grid.region.name}{self._dice.choice(troubles.LANDMARKS)}"

    def _point(self, grid: Grid) -> Point:
        """Somewhere in the grid, on dry land where there is some: nobody finds rubbish in the middle of a river."""
        ground = self._dry(grid)
        west, south, east, north = ground.extent
        for _ in range(40):
            point = Point(self._dice.uniform(west, east), self._dice.uniform(south, north), srid=4326)
            if ground.contains(point):
                return point
        return ground.point_on_surface

    def _dry(self, grid: Grid) -> GEOSGeometry:
        """The grid without rivers and lakes, worked out once for each; the whole of it where nothing would be left."""
        if grid.pk not in self._ground:
            dry: GEOSGeometry = grid.boundary
            for water in waters(grid.boundary):
                shape = water if water.dims == 2 else water.buffer(STREAM)
                dry = dry.difference(shape.transform(4326, clone=True))
            self._ground[grid.pk] = grid.boundary if dry.empty else dry
        return self._ground[grid.pk]


def _watched(event: Event, until: datetime) -> Event:
    """The event after the watch has said what had run out until then."""
    return Event.objects.get(pk=event.pk) if watch.catch_up(event=event, until=until) else event
