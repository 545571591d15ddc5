"""The environment that web, worker, gateway, simulators and set-up commands are started with."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.cluster import APP_ROLE, OWNER_ROLE, Cluster
from deploy.database_url import DatabaseURL, parse
from deploy.places import State

LOOPBACK = "127.0.0.1"
# Values set for another PROJ or GDAL than the wheels' own make them read the wrong tables.
_DROPPED = frozenset(
    {"PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "PYTHONPATH", "PYTHONHOME", "DATABASE_URL", "DATABASE_OWNER_URL"}
)


@dataclass(frozen=True)
class Databases:
    """Where the data is: the application's role, the owner's role, and our own cluster unless one was given."""

    app: DatabaseURL
    owner: DatabaseURL
    cluster: Cluster | None


@dataclass(frozen=True)
class Installation:
    """Everything that the processes of one running installation need to know."""

    state: State
    databases: Databases
    origin: str
    host: str
    port: int
    cameras_port: int
    hotline_port: int
    alarms_port: int
    demo: bool = True


class MissingOwnerError(ValueError):
    """DATABASE_URL is set and DATABASE_OWNER_URL is not, or the other way round."""


def find_databases(state: State, environment: Mapping[str, str]) -> Databases:
    """The given PostGIS where DATABASE_URL and DATABASE_OWNER_URL are set, else a private cluster.

    Raises MissingOwnerError when only one is set, InvalidDatabaseURLError when one can't be read.
    """
    app, owner = environment.get("DATABASE_URL"), environment.get("DATABASE_OWNER_URL")
    if app and owner:
        return Databases(app=parse(app), owner=parse(owner), cluster=None)
    if app or owner:
        raise MissingOwnerError(
            "set both DATABASE_URL (the application's role) and DATABASE_OWNER_URL (the role that owns the tables and "
            "migrates), or neither: then a private cluster is used"
        )
    cluster = Cluster(state)
    return Databases(app=cluster.url(APP_ROLE), owner=cluster.url(OWNER_ROLE), cluster=cluster)


def child_environment(
    installation: Installation, *, base: Mapping[str, str] | None = None, owner: bool = False
) -> dict[str, str]:
    """Environment of one child: `base` (this process's by default) without what misleads it, and our own variables.

    `owner` is for migrations alone: the owner's role then stands in DATABASE_URL too. Nobody else gets that address.
    """
    given = os.environ if base is None else base
    kept = {name: value for name, value in given.items() if name not in _DROPPED}
    databases = installation.databases
    kept |= {
        "WANGGE_STATE": str(installation.state.root),
        "WANGGE_ORIGIN": installation.origin,
        "WANGGE_CAMERAS": f"{LOOPBACK}:{installation.cameras_port}",
        "WANGGE_HOTLINE_URL": f"http://{LOOPBACK}:{installation.hotline_port}/callback",
        "WANGGE_ALARMS_URL": f"http://{LOOPBACK}:{installation.alarms_port}/",
        "DATABASE_URL": str(databases.owner if owner else databases.app),
        "DJANGO_SETTINGS_MODULE": "webapp.settings",
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }
    if owner:
        kept["DATABASE_OWNER_URL"] = str(databases.owner)
    if installation.demo:
        kept["WANGGE_DEMO"] = "1"
        kept.setdefault("WANGGE_OUTGOING_CIDRS", f"{LOOPBACK}/32")
    return kept | wheel_libraries(Path(sysconfig.get_path("platlib")))


def wheel_libraries(site: Path) -> dict[str, str]:
    """GDAL_LIBRARY_PATH and GEOS_LIBRARY_PATH of the libraries inside the wheels under `site`; none: the system's."""
    found = {
        "GDAL_LIBRARY_PATH": sorted(site.glob("pyogrio.libs/libgdal*.so*")),
        "GEOS_LIBRARY_PATH": sorted(site.glob("shapely.libs/libgeos_c*.so*")),
    }
    return {name: str(paths[-1]) for name, paths in found.items() if paths}
