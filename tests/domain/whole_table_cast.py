"""The ground of the random walks, who is there, and how an event begins on it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from events.hotline import intake, machines
from events.models import Alarm, Category, Event, Sender, Ticket
from events.services import deeds
from events.services.report import Alarmed, report, take_alarm, take_ticket
from grid.coordinates import Crs
from grid.models import Grid, Organisation, Post, Role
from grid.policy import Access, Duty, visible_regions
from tests.domain.whole_table import ROWS, Actor, Desk, Place, Told
from tests.domain.whole_table_effects import Ground, Kind, categorise, put
from tests.factories import SANYI_GRID, access_for, photo_of, user_with

START = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday
CITY, COUNTY, TOWN, VILLAGE = (f"centre-{code}" for code in
                               ("430900000000", "430902000000", "430902005000", "430902005001"))  # fmt: skip
OTHER_COUNTY = "centre-430903000000"
DEPARTMENT, OTHER_DEPARTMENT = "dept-430902000000-chengguan_zhujian", "dept-430902000000-nongshui_huanbao"
CITY_DEPARTMENT, FAR_DEPARTMENT = "dept-430900000000-chengguan", "dept-430903000000-chengguan_zhujian"
VILLAGE_GRID, FAR_GRID, UNWALKED_GRID = "430902005001002", "430903001001001", "430902005002002"
GRIDS = (SANYI_GRID, VILLAGE_GRID, FAR_GRID, UNWALKED_GRID)
KINDS = ("06-003", "06-001", "04-001", "09-001", "10-001")
CENTRES = ("acceptor", "dispatcher", "shift_lead", "checker", "supervisor", "leader")
# Who is there besides the six of each centre; the last ones hold several posts.
OTHERS: tuple[tuple[tuple[str, str], ...], ...] = (
    *((("dept_clerk", one),) for one in (DEPARTMENT, DEPARTMENT, OTHER_DEPARTMENT, CITY_DEPARTMENT, FAR_DEPARTMENT,
                                         TOWN, VILLAGE, COUNTY, CITY)),
    *((("dept_lead", one),) for one in (DEPARTMENT, OTHER_DEPARTMENT, CITY_DEPARTMENT, TOWN)),
    (("grid_lead", TOWN),), (("auditor", COUNTY),), (("om_engineer", DEPARTMENT),),
    *(((role, CITY),) for role in ("integrator", "sysadmin", "secadmin")),
    *(((role, OTHER_COUNTY),) for role in ("acceptor", "dispatcher", "shift_lead", "supervisor")),
    (("grid_officer", SANYI_GRID),), (("grid_officer", SANYI_GRID),), (("grid_officer", VILLAGE_GRID),),
    (("grid_officer", FAR_GRID),),
    (("dept_clerk", TOWN), ("checker", TOWN)),
    (("grid_officer", SANYI_GRID), ("dept_clerk", TOWN)),
    (("acceptor", TOWN), ("dispatcher", TOWN), ("shift_lead", TOWN), ("checker", TOWN)),
    (("dept_clerk", DEPARTMENT), ("dept_lead", DEPARTMENT), ("checker", COUNTY)),
)  # fmt: skip
WAYS = ("officer", "officer", "village officer", "county's own", "kept", "acceptor", "ticket", "ticket", "bare ticket",
        "secret ticket", "solved", "alarm")  # fmt: skip
ROLES = (*(role.value for role in Role), "hotline", "system", "source")
KNOCKS = [(role, step) for step in ROWS for role in ROLES]


@dataclass
class World:
    """The ground, who is there, and what has been tried on it so far."""

    places: list[Place]
    grounds: dict[str, Ground]
    kinds: dict[str, Kind]
    categories: dict[str, Category]
    people: list[tuple[Actor, Access]]
    pictures: dict[int | None, str]
    knocks: int = 0
    standing: Any = None  # the event's rows after the last step
    trail: list[str] = field(default_factory=list)  # what this walk has done
    turns: Counter[str] = field(default_factory=Counter)
    tried: set[tuple[str, str]] = field(default_factory=set)
    taken: set[tuple[str, str]] = field(default_factory=set)

    def picture(self, access: Access) -> tuple[str, ...]:
        """A photo that this person has uploaded; a machine has none."""
        return (self.pictures[access.user],) if access.user in self.pictures else ()

    def next_knock(self) -> tuple[str, str]:
        """The next role and step in turn."""
        self.knocks += 1
        return KNOCKS[self.knocks % len(KNOCKS)]

    def start_over(self, at: int) -> None:
        """The knocks of a walk follow from its own beginning."""
        self.knocks = at
        self.turns.clear()

    def next_of(self, role: str) -> tuple[Actor, Access]:
        """Those with a role in turn, for steps that are merely tried."""
        found = [one for one in self.people if any(desk.role == role for desk in one[0].desks)]
        self.turns[role] += 1
        return found[self.turns[role] % len(found)]


def _place(one: Organisation) -> Place:
    return Place(one.pk, one.kind == "centre", one.level, one.region.path)


def engaged() -> World:
    """Everybody at their posts, since before the walks begin, each with a photo to show."""
    known = {one.code: one for one in Organisation.objects.exclude(kind="unit").select_related("region")}
    places = {code: _place(one) for code, one in known.items()}
    grids = {one.code: one for one in Grid.objects.filter(code__in=GRIDS)}
    posts = [*(((role, at),) for at in (CITY, COUNTY, TOWN, VILLAGE) for role in CENTRES), *OTHERS]
    people = [_engage(held, places, grids) for held in posts]
    Post.objects.update(since=START - timedelta(days=400))
    walkers = {code: frozenset(actor.user for actor, _ in people if actor.user is not None
                               and any(desk.grid == grid.pk for desk in actor.desks))
               for code, grid in grids.items()}  # fmt: skip
    categories = {one.code: one for one in Category.objects.filter(code__in=(*KINDS, "01-001"))}
    return World(
        places=list(places.values()),
        grounds={code: Ground(grid.pk, grid.path, walkers[code]) for code, grid in grids.items()},
        kinds={code: Kind(code, one.urgent) for code, one in categories.items()},
        categories=categories,
        people=[
            *people,
            _machine("hotline", intake.hotline(), places[CITY]),
            _machine("source", machines.at_the_city(role="source", name="alarm"), places[CITY]),
            _watch(known[CITY], places[CITY]),
        ],
        pictures={access.user: photo_of(access).sha256 for _, access in people if visible_regions(access)},
    )


def _engage(
    held: tuple[tuple[str, str], ...], places: dict[str, Place], grids: dict[str, Grid]
) -> tuple[Actor, Access]:
    user, desks = None, []
    for role, where in held:
        grid = grids.get(where)
        at = TOWN if grid else where
        region = "430902005002" if role == "grid_lead" else None
        user = user_with(role, at, grid=where if grid else None, region=region, user=user)
        path = grid.path if grid else places[at].path + ("430902005002/" if region else "")
        desks.append(Desk(role, places[at], path, grid.pk if grid else None))
    assert user is not None
    return Actor(" + ".join(f"{role} of {where}" for role, where in held), user.pk, tuple(desks)), access_for(user)


def _machine(name: str, access: Access, city: Place) -> tuple[Actor, Access]:
    return Actor(name, None, (Desk(name, city, city.path),)), access


def _watch(centre: Organisation, city: Place) -> tuple[Actor, Access]:
    duty = Duty("system", centre.pk, centre.short_name, centre.kind, centre.level, True, city.path, None, "")
    return _machine("system", Access(user=None, name="system", duties=(duty,)), city)


# How an event begins


def begin(world: World, way: str, now: datetime) -> Told:
    """A new event by one of the ways, through its door."""
    if "ticket" in way:
        return _ticket(world, way, now)
    if way == "alarm":
        return _alarm(world, now)
    grid = {"village officer": VILLAGE_GRID, "acceptor": UNWALKED_GRID}.get(way, SANYI_GRID)
    code = {"county's own": "04-001", "kept": "09-001", "solved": "01-001", "acceptor": "06-003"}.get(way, "06-003")
    role, at = ("acceptor", None) if way == "acceptor" else ("grid_officer", world.grounds[grid].pk)
    actor, access = next(one for one in world.people for desk in one[0].desks
                         if desk.role == role and desk.grid == at and _of(desk, TOWN, world))  # fmt: skip
    own = deeds.SelfResolution("已经清扫干净", world.picture(access)) if way == "solved" else None
    middle = Grid.objects.get(code=grid).boundary.point_on_surface
    sent = deeds.Report(
        client_id=uuid4(), category=code, point=deeds.GivenPoint(middle.x, middle.y, Crs.WGS84), text="路口有一处问题",
        photos=world.picture(access), self_resolution=own,
    )  # fmt: skip
    no = report(access=access, report=sent, now=now).row["no"]
    level = {"village officer": "village", "county's own": "county"}.get(way, "township")
    told = _told(world, Event.objects.get(no=no), level, code, grid)
    told.reporter = actor.user
    if own:
        told.state, told.version, told.ended_at = "self_closed", 2, now
    return told


def _of(desk: Desk, code: str, world: World) -> bool:
    return desk.at.path == next(one.path for one in world.places if one.pk == Organisation.objects.get(code=code).pk)


def _ticket(world: World, way: str, now: datetime) -> Told:
    placed = way != "bare ticket"
    middle = Grid.objects.get(code=SANYI_GRID).boundary.point_on_surface
    access = intake.hotline()
    ticket = Ticket(order_no=str(uuid4()), want_callback=True, secret=way == "secret ticket")
    event = take_ticket(
        access=access, duty=access.duties[0], ticket=ticket, text="来电反映", category="06-003" if placed else None,
        point=deeds.GivenPoint(middle.x, middle.y, Crs.WGS84) if placed else None, address="", urgent=False, now=now,
    )  # fmt: skip
    told = _told(world, event, "city", "06-003" if placed else None, SANYI_GRID if placed else None)
    told.from_hotline, told.tickets = True, 1
    told.secret = told.restricted = way == "secret ticket"
    return told


def _alarm(world: World, now: datetime) -> Told:
    middle = Grid.objects.get(code=SANYI_GRID).boundary.point_on_surface
    access = machines.at_the_city(role="source", name="alarm")
    alarmed = Alarmed(
        text="一键报警按钮被按下", category="06-003", urgent=False, address="三益街口", about={"source": "alarm"},
        point=deeds.GivenPoint(middle.x, middle.y, Crs.WGS84),
    )  # fmt: skip
    event = take_alarm(access=access, duty=access.duties[0], alarmed=alarmed, now=now)
    sender, _ = Sender.objects.get_or_create(code="alarm", defaults={"kind": "source", "name": "报警柱"})
    Alarm.objects.create(
        sender=sender, message_id=str(uuid4()), body_sha256="0" * 64, kind="sos", occurred_at=now, event=event,
        status=201, answer={},
    )  # fmt: skip
    told = _told(world, event, "township", "06-003", SANYI_GRID)
    told.from_source = True
    return told


def _told(world: World, event: Event, level: str, code: str | None, grid: str | None) -> Told:
    holder = next(one for one in world.places if one.pk == event.holder_id)
    assert (holder.centre, holder.level) == (True, level)
    told = Told("reported", holder, from_hotline=False, category=None, grid=None, path="", reporter=None)
    told.no, told.passed = event.no, {holder.pk}
    told.leads = tuple((actor.user, desk.path) for actor, _ in world.people for desk in actor.desks
                       if desk.role == "grid_lead" and actor.user is not None)  # fmt: skip
    if code:
        categorise(told, world.kinds[code])
        told.kinds_urgency = told.urgent
    if grid:
        put(told, world.grounds[grid])
    return told
