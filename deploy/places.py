"""Where a running installation keeps its things: one state directory, and the checkout it runs from."""

from __future__ import annotations

import getpass
import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ROOT_STATE = Path("/var/lib/wangge")
SERVICE_USER = "wangge"
POSTGRES_USER = "postgres"
SOCKET_PATH_LIMIT = 107
_LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


@dataclass(frozen=True)
class State:
    """The layout below one state directory. Every path is absolute; nothing is created by reading it."""

    root: Path

    @property
    def cluster(self) -> Path:
        """Data directory of the private PostgreSQL cluster."""
        return self.root / "pg"

    @property
    def run(self) -> Path:
        """Sockets and pid files; owned by the service user."""
        return self.root / "run"

    @property
    def database_sockets(self) -> Path:
        """Directory of PostgreSQL's socket: below `run`, or a short one under /tmp where that would be too long."""
        inside = self.run / "pg"
        if len(str(inside / _LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return inside
        digest = hashlib.sha256(str(self.root).encode()).hexdigest()[:12]
        return Path("/tmp") / f"wangge-{digest}"  # noqa: S108  # nosec B108 # its owner is checked when made

    @property
    def keys(self) -> Path:
        """Secrets made at the first start, one file each, mode 0600."""
        return self.root / "keys"

    @property
    def media(self) -> Path:
        """Photos and other uploads."""
        return self.root / "media"

    @property
    def tiles(self) -> Path:
        """Ready-made vector tiles, gzipped."""
        return self.root / "tiles"

    @property
    def static(self) -> Path:
        """Collected static files, served by nginx."""
        return self.root / "static"

    @property
    def demo(self) -> Path:
        """The demo prefecture's ground, clips and accounts."""
        return self.root / "demo"

    @property
    def log(self) -> Path:
        """Log files of the supervisor and of PostgreSQL."""
        return self.root / "log"

    @property
    def nginx(self) -> Path:
        """nginx's rendered configuration and error pages; not writable by the services where started as root."""
        return self.root / "nginx"

    @property
    def build(self) -> Path:
        """What the client's build writes; read by collectstatic."""
        return self.root / "build"

    @property
    def stamps(self) -> Path:
        """Marks of finished set-up steps, so that a second start skips them."""
        return self.root / "stamps"


def is_root() -> bool:
    """Whether this process may create users and bind any port."""
    return os.geteuid() == 0


def default_state() -> State:
    """WANGGE_STATE where set, else /var/lib/wangge as root, else `var` in the checkout."""
    named = os.environ.get("WANGGE_STATE")
    if named:
        return State(Path(named).resolve())
    return State(ROOT_STATE if is_root() else CHECKOUT / "var")


def current_user() -> str:
    """Name of the operating-system user that runs this process."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return getpass.getuser()


def service_user() -> str:
    """The ordinary user whom web, worker, gateway and simulators run as."""
    return SERVICE_USER if is_root() else current_user()


def cluster_user() -> str:
    """The operating-system user who owns the private cluster; PostgreSQL refuses to run as root."""
    return POSTGRES_USER if is_root() else current_user()


def user_exists(name: str) -> bool:
    """Whether the operating system knows that user."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def make_directory(path: Path, *, owner: str, mode: int, group: str | None = None) -> None:
    """Create `path` with its parents; set owner and group (as root; the owner's own by default) and mode of the last.

    Raises PermissionError where the folder exists and belongs to somebody else whom we may not replace.
    """
    path.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        raise PermissionError(f"{path} is a symbolic link; remove it and start again")
    if is_root():
        os.chown(path, pwd.getpwnam(owner).pw_uid, pwd.getpwnam(group or owner).pw_gid)
    elif path.stat().st_uid != os.geteuid():
        raise PermissionError(f"{path} belongs to another user; remove it, or set WANGGE_STATE to a folder of your own")
    path.chmod(mode)


def make_state(state: State) -> None:
    """Create every folder of the state directory with its owner; safe to repeat.

    As root, folders whose contents root itself reads as instructions (nginx's configuration, stamps) stay root's.
    Raises ValueError where the sockets' paths would be too long for the kernel.
    """
    if len(str(state.run / "gateway.sock")) > SOCKET_PATH_LIMIT:
        raise ValueError(f"{state.root} is too long for socket paths; set WANGGE_STATE to a shorter folder")
    service, me = service_user(), current_user()
    make_directory(state.root, owner=me, mode=0o755)
    # Passable for PostgreSQL, whose socket is inside, and for nobody else: the services' sockets trust who connects.
    make_directory(state.run, owner=service, mode=0o710, group=cluster_user())
    for folder in (state.keys, state.media, state.tiles, state.static, state.demo, state.log):
        make_directory(folder, owner=service, mode=0o700 if folder == state.keys else 0o755)
    for folder in (state.nginx, state.stamps, state.build):
        make_directory(folder, owner=me, mode=0o755)
