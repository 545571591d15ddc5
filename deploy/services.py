"""The table of everything that one installation runs, in the order in which it starts and stops."""

from __future__ import annotations

import signal
import sys

from deploy import nginx, places, probes, schema
from deploy.cluster import Cluster, prepare, query, set_up_roles
from deploy.environment import LOOPBACK, Installation, child_environment
from deploy.files import digest_of_contents, digest_of_listing
from deploy.process import Action, Program, Service, Step
from deploy.stamps import Stamp
from deploy.supervisor import Stage

WEB_PROCESSES = 2
SOURCES = ("buttons", "doors")  # the demo's other systems: a mapping beside the simulators and a key for each
_STOP_FRONT, _STOP_WEB, _STOP_WORKER, _STOP_GATEWAY, _STOP_SIMULATORS, _STOP_DATABASE = range(6)
_ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104  # nosec B104 # compared only


def stages(installation: Installation) -> tuple[Stage, ...]:
    """Every stage of a start. Members of one stage run side by side, chains in it one after the other."""
    demo = installation.demo
    cluster = installation.databases.cluster
    own: tuple[Stage, ...] = ()
    if cluster:
        own = ((postgres(cluster),), (Action("roles", lambda: set_up_roles(cluster)),))
    ground, clips = demo_files(installation)
    rows = (
        (
            ground,
            load_ground(installation),
            load_components(installation),
            make_rules(installation),
            *load_sources(installation),
            seed_demo(installation),
        )
        if demo
        else ()
    )
    tables = (migrate(installation), *reference_data(installation), *rows)
    return (
        *own,
        (static_files(installation), tables, *((clips,) if demo else ())),
        (
            *(web(installation, number) for number in range(1, WEB_PROCESSES + 1)),
            worker(installation),
            gateway(installation),
            *(simulators(installation) if demo else ()),
        ),
        (front(installation),),
    )


def postgres(cluster: Cluster) -> Service:
    """The private cluster, in the foreground; its leftovers are cleared before each start."""
    return Service(
        Program(
            name="postgres",
            argv=cluster.command(),
            environment={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            user=places.cluster_user(),
        ),
        prepare=lambda: prepare(cluster),
        ready=probes.database(cluster),
        stop_signal=signal.SIGINT,
        stop_seconds=60,
        kill_signal=signal.SIGQUIT,
        death_signal=signal.SIGINT,
        stop_order=_STOP_DATABASE,
    )


def migrate(installation: Installation) -> Step:
    """The migrations, as the owner of the tables; skipped while code and tables are as the last ones left them."""
    stamp = Stamp(installation.state.stamps, "schema")
    owner = installation.databases.owner
    return Step(
        Program(
            name="migrate",
            argv=(sys.executable, "manage.py", "migrate", "--noinput", "-v", "1"),
            environment=child_environment(installation, owner=True),
            folder=places.CHECKOUT,
        ),
        needed=lambda: not schema.is_as_migrated(stamp.value, places.CHECKOUT, owner),
        done=lambda: stamp.set(schema.digest(places.CHECKOUT, owner)),
    )


def reference_data(installation: Installation) -> tuple[Step, Step]:
    """The product's own categories and calendar into tables that are empty: a city's own lists are never replaced."""
    return (
        Step(
            _python(installation, "categories", "manage.py", "load_categories"),
            needed=lambda: is_empty(installation, "events_category"),
        ),
        Step(
            _python(installation, "calendar", "manage.py", "load_calendar"),
            needed=lambda: is_empty(installation, "events_calendarday"),
        ),
    )


def static_files(installation: Installation) -> tuple[Step, Step]:
    """Collect the client's build and the assets for nginx and zip them; skipped while they are the same."""
    state = installation.state
    stamp = Stamp(state.stamps, "static")
    sources = (state.build, places.CHECKOUT / "webapp" / "assets")

    def changed() -> bool:
        return not stamp.is_current(digest_of_listing(sources))

    collect = _python(installation, "static", "manage.py", "collectstatic", "--noinput", "-v", "0")
    zip_ = _python(installation, "zip", "-m", "deploy.static_files", str(state.static))
    return (
        Step(collect, needed=changed),
        Step(zip_, needed=changed, done=lambda: stamp.set(digest_of_listing(sources))),
    )


def demo_files(installation: Installation) -> tuple[Step, Step]:
    """The demo prefecture's ground as a GeoPackage (while a database waits for it), and its simulated cameras' clips.

    Both are made again when the code that makes them has changed.
    """
    folder = installation.state.demo
    ground, fresh, clips = folder / "demo.gpkg", folder / "demo-new.gpkg", folder / "clips"
    ground_code = digest_of_contents([places.CHECKOUT / "data" / "demo"])
    clips_code = digest_of_contents(places.CHECKOUT / "deploy/simulators" / name for name in ("clips.py", "scenes.py"))
    stamps = installation.state.stamps
    ground_stamp, clips_stamp = Stamp(stamps, "ground"), Stamp(stamps, "clips")

    def is_ground_needed() -> bool:
        fresh.unlink(missing_ok=True)
        return is_empty(installation, "grid_grid") and not (ground.exists() and ground_stamp.is_current(ground_code))

    def put_ground() -> None:
        fresh.replace(ground)
        ground_stamp.set(ground_code)

    return (
        Step(
            _python(installation, "ground", "-m", "data.demo.build", str(fresh)),
            needed=is_ground_needed,
            done=put_ground,
        ),
        Step(
            _python(installation, "clips", "-m", "deploy.simulators.clips", str(clips)),
            needed=lambda: not (clips.exists() and clips_stamp.is_current(clips_code)),
            done=lambda: clips_stamp.set(clips_code),
        ),
    )


def load_ground(installation: Installation) -> Step:
    """The demo prefecture's ground into a database that has none."""
    ground = str(installation.state.demo / "demo.gpkg")
    return Step(
        _python(installation, "load", "manage.py", "load_ground", ground),
        needed=lambda: is_empty(installation, "grid_grid"),
        done=lambda: schema.analyse(installation.databases.owner),
    )


def load_components(installation: Installation) -> Step:
    """The components of the demo prefecture's streets, which lie in the same file, into a database that is new."""
    ground = str(installation.state.demo / "demo.gpkg")
    return Step(
        _python(installation, "components", "manage.py", "load_components", ground),
        needed=lambda: not _is_seeded(installation) and is_empty(installation, "gis_layers_component"),
    )


def load_sources(installation: Installation) -> tuple[Step, ...]:
    """How the demo's alarm buttons and video doors speak, their keys and devices, where the database knows none of
    them yet: an older demo, too, as its simulators run there."""
    ground = str(installation.state.demo / "demo.gpkg")

    def step(code: str) -> Step:
        file = str(places.CHECKOUT / "deploy" / "simulators" / f"{code}.yaml")
        key = str(installation.state.keys / f"{code}_secret")
        return Step(
            _python(installation, code, "manage.py", "load_source", file, "--devices", ground, "--key-file", key),
            needed=lambda: _is_unknown_sender(installation, code),
        )

    return tuple(step(code) for code in SOURCES)


def make_rules(installation: Installation) -> Step:
    """Rules of responsibility for the demo, from its categories and departments; a city loads its own."""
    return Step(
        _python(installation, "rules", "manage.py", "make_rules", "--since", "2020-01-01"),
        needed=lambda: is_empty(installation, "events_rule"),
    )


def seed_demo(installation: Installation) -> Step:
    """People, cameras and events of the demo, once for each database."""
    stamp, place = _seeded(installation)
    return Step(
        _python(installation, "seed", "manage.py", "seed_demo"),
        needed=lambda: not stamp.is_current(place),
        done=lambda: stamp.set(place),
    )


def _seeded(installation: Installation) -> tuple[Stamp, str]:
    """Where it is noted that the demo was seeded, and what that says of this database."""
    database = installation.databases.app
    return Stamp(installation.state.stamps, "seeded"), f"{database.host} {database.port} {database.name}"


def _is_seeded(installation: Installation) -> bool:
    stamp, place = _seeded(installation)
    return stamp.is_current(place)


def is_empty(installation: Installation, table: str) -> bool:
    """Whether a table has no row. Raises ClusterError with the server's words when it can't be asked."""
    found = query(installation.databases.owner, 'SELECT NOT EXISTS (SELECT 1 FROM :"name")', name=table)
    return found == "t"


def _is_unknown_sender(installation: Installation, code: str) -> bool:
    asked = "SELECT NOT EXISTS (SELECT 1 FROM events_sender WHERE code = :'code')"
    return query(installation.databases.owner, asked, code=code) == "t"


def web(installation: Installation, number: int) -> Service:
    """One web process on a Unix socket of its own; what nginx says about the client's address is believed."""
    socket = installation.state.run / f"web-{number}.sock"
    uvicorn = (
        "-m", "uvicorn", "webapp.asgi:application", "--uds", str(socket),
        "--loop", "uvloop", "--http", "httptools", "--ws", "websockets-sansio", "--ws-max-size", "262144",
        "--ws-per-message-deflate", "false",
        "--no-access-log", "--no-server-header", "--log-level", "warning", "--timeout-graceful-shutdown", "5",
        "--proxy-headers", "--forwarded-allow-ips", "*",
    )  # fmt: skip
    return Service(
        _python(installation, f"web-{number}", *uvicorn),
        ready=probes.http_over_socket(socket, "/readyz"),
        prepare=lambda: socket.unlink(missing_ok=True),
        stop_order=_STOP_WEB,
    )


def worker(installation: Installation) -> Service:
    """The one that works off the jobs; a job that is running gets 8 seconds to end."""
    return Service(_python(installation, "worker", "manage.py", "work"), stop_order=_STOP_WORKER, stop_seconds=12)


def gateway(installation: Installation) -> Service:
    """The media gateway."""
    socket = installation.state.run / "gateway.sock"
    return Service(
        _python(installation, "gateway", "manage.py", "media_gateway"),
        ready=probes.http_over_socket(socket, "/gateway/healthz"),
        prepare=lambda: socket.unlink(missing_ok=True),
        stop_order=_STOP_GATEWAY,
    )


def simulators(installation: Installation) -> tuple[Service, ...]:
    """The demo's cameras, its hotline, and its alarm buttons and video doors, on loopback."""
    clips = str(installation.state.demo / "clips")
    listen = f"{LOOPBACK}:{installation.cameras_port}"
    cameras = ("-m", "deploy.simulators.cameras", "--clips", clips, "--listen", listen)
    return (
        Service(
            _python(installation, "cameras", *cameras),
            ready=probes.port_open(LOOPBACK, installation.cameras_port),
            stop_order=_STOP_SIMULATORS,
        ),
        Service(
            _python(installation, "hotline", "-m", "deploy.simulators.hotline"),
            ready=probes.port_open(LOOPBACK, installation.hotline_port),
            stop_order=_STOP_SIMULATORS,
        ),
        Service(
            _python(installation, "alarms", "-m", "deploy.simulators.alarms"),
            ready=probes.port_open(LOOPBACK, installation.alarms_port),
            stop_order=_STOP_SIMULATORS,
        ),
    )


def front(installation: Installation) -> Service:
    """nginx; workers that a killed master left holding the port are ended with its process group."""
    host = LOOPBACK if installation.host in _ANY_ADDRESS else installation.host
    return Service(
        Program(
            name="nginx",
            argv=nginx.command(installation.state),
            environment={"LANG": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/bin"},
            redact=nginx.QUERY,
        ),
        ready=probes.http(host, installation.port, "/healthz"),
        stop_signal=signal.SIGQUIT,
        stop_seconds=5,
        death_signal=signal.SIGTERM,  # its master ends its workers, and waits for no connection
        stop_order=_STOP_FRONT,
    )


def _python(installation: Installation, name: str, *arguments: str) -> Program:
    return Program(
        name=name,
        argv=(sys.executable, *arguments),
        environment=child_environment(installation),
        user=places.service_user(),
        folder=places.CHECKOUT,
    )
