"""The stage of the permission matrix: one reader for every role, and something planted at every kind of place.

The readers stand around one grid of the small city: its officer, its village's lead, its township's centre, one
department of its county. What is planted lies in that grid, elsewhere in the township, in the next township, in the
other county, with another department, in the restricted class. `permissions.yaml` says who may read what of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import connections, transaction
from django.utils import timezone
from psycopg import sql

from deploy.template import owner_connection
from events.hotline import intake
from events.models import Caller, Event, Evidence, OutboxMessage, Source, Ticket
from events.services import deeds
from events.services.report import take_ticket
from events.workflow import State
from gis_layers.models import Channel, ChannelSource, Component, Device, PlaybackSession, Site
from grid import fields, strict_yaml
from grid.models import EventGrant, GrantState, Grid, Organisation, Role, User
from tests.conftest import KEPT
from tests.factories import SANYI_GRID, access_for, brought_to, organisation, reported, step, user_with
from tests.factories.lending import lent
from tests.http.doors import Browser

EXPECTED: dict[str, Any] = strict_yaml.loads((Path(__file__).parent / "permissions.yaml").read_text(encoding="utf-8"))
READERS = (*(role.value for role in Role), "nobody")
STEPPERS = (*(role.value for role in Role), *EXPECTED["above"])
CENTRE, COUNTY = "centre-430902005000", "dept-430902000000"
OWN, OTHER, FAR = f"{COUNTY}-chengguan_zhujian", f"{COUNTY}-nongshui_huanbao", "dept-430903000000-chengguan_zhujian"
CANARY_HOST, CANARY_WORD, CANARY_USER = "canary-camera-host.invalid", "canary-Pa55word", "canary-login"
CANARY_NAME, CANARY_PHONE = "欧阳金丝雀", "13912345678"

# Where each planted event lies, what it is about, who leads it.
PLANTED = {
    "own_grid": (SANYI_GRID, "06-001", OWN),
    "own_township": ("430902005001002", "07-001", OTHER),
    "other_township": ("430902102201001", "06-001", OWN),
    "other_county": ("430903001002001", "06-001", FAR),
    "class_09": (SANYI_GRID, "09-001", f"{COUNTY}-minzheng_sifa"),
    "returned": ("430902102201002", "06-001", OWN),
    "device": ("430902102201003", "90-001", OWN),
    "lent_to_read": ("430902102201002", "10-001", OTHER),
    "lent_to_join": ("430902102201002", "10-002", OTHER),
}
# A channel for each place: one that the register has, or one of those that `_plant_sites` adds.
PLACES = {
    "own_grid": SANYI_GRID, "own_township": "430902005001002", "other_township": "430902102201001",
    "other_county": "430903001002001",
}  # fmt: skip


@dataclass
class Stage:
    """Who is there, and what. Beside the readers there are those who only matter to steps: `above` in the table."""

    database: str
    users: dict[str, User] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    devices: dict[str, int] = field(default_factory=dict)
    messages: dict[str, OutboxMessage] = field(default_factory=dict)
    _browsers: dict[str, Browser] = field(default_factory=dict)
    sharings: dict[str, EventGrant] = field(default_factory=dict)
    session: str = ""  # the playback session of somebody who is none of the readers

    def browser(self, reader: str, *, fresh: bool = False) -> Browser:
        """The reader's browser (`nobody` has no session); a fresh one for what changes a session or a cookie."""
        if fresh:
            return Browser(self.users.get(reader), raises=False)
        if reader not in self._browsers:
            self._browsers[reader] = Browser(self.users.get(reader), raises=False)
        return self._browsers[reader]

    def channel(self, place: str) -> str:
        return str(self.sites[place].channels.get(number=1).code)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def set_up(database: str, folder: Path) -> Iterator[Stage]:
    """The stage, committed; gone afterwards. Photos and tiles are kept below `folder`."""
    (folder / "tiles").mkdir()
    with mock.patch.multiple(settings, MEDIA_ROOT=folder / "media", TILE_ROOT=folder / "tiles"):
        stage = Stage(database)
        try:
            _engage(stage)
            _plant_events(stage)
            _plant_sites(stage)
            _plant_components()
            _plant_devices(stage)
            _plant_grants(stage)
            for reader in (*STEPPERS, "nobody"):
                stage.browser(reader)
            yield stage
        finally:
            connections.close_all()
            _clear(stage)


def _engage(stage: Stage) -> None:
    for reader, post in {**EXPECTED["posts"], **EXPECTED["above"]}.items():
        role = next(role.value for role in Role if reader.endswith(role.value))
        stage.users[reader] = user_with(role, post["of"], region=post.get("region"), grid=post.get("grid"))


def _plant_events(stage: Stage) -> None:
    colleague = user_with("grid_officer", CENTRE, grid=SANYI_GRID)
    for name, (grid, category, lead) in PLANTED.items():
        code = Grid.objects.get(code=grid)
        officer = colleague if name == "class_09" else (stage.users["grid_officer"] if name == "own_grid" else None)
        event = brought_to(reported(category=category, grid=code.code, officer=officer), State.ACCEPTED)
        dispatcher = access_for(user_with("dispatcher", event.holder))
        step(event, deeds.Dispatch(organisation=organisation(lead).pk), dispatcher)
        clerk = access_for(user_with("dept_clerk", lead))
        if name == "returned":
            event = step(event, deeds.Return(text="这不是我们单位的职责"), clerk)
        else:
            event = step(event, deeds.Sign(), clerk)
        Event.objects.filter(pk=event.pk).update(address=f"canary address of {name}")
        event.refresh_from_db()
        stage.events[name] = event
        stage.photos[name] = Evidence.objects.select_related("photo").get(event=event).photo.sha256
    stage.events["unplaced"] = _ticket_without_place()
    for name in ("own_grid", "other_county"):
        event = stage.events[name]
        ticket = Ticket.objects.create(order_no=f"order-{name}", event=event, callback_number=1)
        Caller.objects.create(ticket=ticket, name=fields.seal(CANARY_NAME), phone=fields.seal(CANARY_PHONE))
        stage.messages[name] = OutboxMessage.objects.create(
            ticket=ticket, event=event, number=1, step="sign", version=event.version
        )


def _ticket_without_place() -> Event:
    access = intake.hotline()
    with transaction.atomic():
        event = take_ticket(
            access=access, duty=access.duties[0], ticket=Ticket(order_no="order-unplaced"), text="说不清在哪里",
            category=None, point=None, address="canary address of unplaced", urgent=False, now=timezone.now(),
        )  # fmt: skip
    assert event.source == Source.HOTLINE
    return event


def _plant_sites(stage: Stage) -> None:
    for place, grid in PLACES.items():
        stage.sites[place] = Site.objects.filter(grid__code=grid, site_class="class1", secret=False).get()
    stage.sites["secret"] = _site("secret", owner=organisation(CENTRE), secret=True)
    stage.sites["not_shared"] = _site("not_shared", owner=Organisation.objects.get(code="unit-430902000000-wuye"))
    Site.objects.filter(pk=stage.sites["not_shared"].pk).update(site_class="social")
    other = user_with("dispatcher", CENTRE)
    view = PlaybackSession.objects.create(
        user=other, organisation=organisation(CENTRE), channel=stage.sites["own_grid"].channels.get(number=1),
        purpose="值班巡视", binding="0" * 64,
    )  # fmt: skip
    stage.session = str(view.pk)


def _site(name: str, *, owner: Organisation, secret: bool = False) -> Site:
    """A further site in the readers' grid, with one channel whose source holds canaries."""
    grid = Grid.objects.get(code=SANYI_GRID)
    middle = grid.boundary.point_on_surface
    shape = Point(middle.x, middle.y, srid=4326)
    shape.transform(3857)
    site = Site.objects.create(
        code=f"stage-{name}", name=f"stage {name}", site_class="class1", owner=owner, secret=secret, grid=grid,
        path=grid.path, point=Point(middle.x, middle.y, srid=4326), shape=shape, state="online",
    )  # fmt: skip
    channel = Channel.objects.create(
        code=f"4309020000132099{int(secret):04d}", site=site, number=1, name=name, azimuth=0, view_angle=90, range_m=200
    )
    plant_canary(channel)
    return site


def _plant_components() -> None:
    """A component in the grid of each place."""
    for place, code in PLACES.items():
        grid = Grid.objects.get(code=code)
        middle = grid.boundary.point_on_surface
        Component.objects.create(
            code=f"stage-{place}", kind="manhole", name=f"stage {place}", owner=organisation(OWN), grid=grid,
            path=grid.path, point=middle, shape=middle.transform(3857, clone=True),
        )  # fmt: skip


def _plant_devices(stage: Stage) -> None:
    """A device in the grid of each place."""
    for place, code in PLACES.items():
        grid = Grid.objects.get(code=code)
        middle = grid.boundary.point_on_surface
        made = Device.objects.create(
            source="stage", code=f"stage-{place}", kind="button", name=f"stage {place}", grid=grid, path=grid.path,
            point=middle, shape=middle.transform(3857, clone=True),
        )  # fmt: skip
        stage.devices[place] = made.pk


def _plant_grants(stage: Stage) -> None:
    """What the matrix's department may read beside its own, and grants of others."""
    county = "centre-430902000000"
    lent(county, OWN, region="430902000000", classes=("10-001",))
    lent(county, OWN, region="430902000000", classes=("10-002",), join=True)
    stage.sharings["asked_of_us"] = lent(CENTRE, FAR, region="430902005000", state=GrantState.ASKED)
    stage.sharings["lent_to_us"] = lent("centre-430903000000", OWN, region="430903000000", classes=("02",))
    stage.sharings["elsewhere"] = lent("centre-430903000000", FAR, region="430903000000")


def plant_canary(channel: Channel) -> None:
    """A source whose host, path, user and password can be grepped for."""
    ChannelSource.objects.update_or_create(
        channel=channel,
        defaults={
            "host": CANARY_HOST, "port": 554, "stream_path": "/canary-path",
            "credentials": fields.seal(f"{CANARY_USER}:{CANARY_WORD}"),
        },
    )  # fmt: skip


def _clear(stage: Stage) -> None:
    """By the owner: the application can't."""
    with owner_connection(stage.database) as owner:
        found = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        names = [sql.Identifier(name) for (name,) in found if name not in KEPT and not name.startswith("procrastinate")]
        owner.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(names)))
        owner.execute(_UNPLANT)


_UNPLANT = """
    DELETE FROM gis_layers_channelsource USING gis_layers_channel AS channel, gis_layers_site AS site
    WHERE channel_id = channel.id AND channel.site_id = site.id AND site.code LIKE 'stage-%';
    DELETE FROM gis_layers_channel USING gis_layers_site AS site WHERE site_id = site.id AND site.code LIKE 'stage-%';
    DELETE FROM gis_layers_site WHERE code LIKE 'stage-%';
"""
