"""A private PostGIS cluster in the state directory: reachable through its socket only, durable, two roles.

`python -m deploy.cluster start|stop|status|url|owner-url|superuser-url|psql` for developers; the supervisor runs
`Cluster.command()` in the foreground instead.
"""

from __future__ import annotations

import argparse
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy import places
from deploy.database_url import DatabaseURL
from deploy.files import read_text, write_whole
from deploy.logbook import open_log
from deploy.places import State
from deploy.processes import die_with_parent, postgres_in, send, works_in

DATABASE = "wangge"
OWNER_ROLE = "wangge_owner"
APP_ROLE = "wangge_app"
SUPERUSER_ROLE = "postgres"
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
PORT = 5432
READY_SECONDS = 60.0
ORPHAN_SECONDS = 3.0
_VERSIONS = Path("/usr/lib/postgresql")
_SHARED = Path("/usr/share/postgresql")


class ClusterError(RuntimeError):
    """The cluster can't be made, started or reached; the message says what to do."""


@dataclass(frozen=True)
class Cluster:
    """One private cluster below a state directory."""

    state: State

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.state.cluster

    @property
    def sockets(self) -> Path:
        """The directory of the socket."""
        return self.state.database_sockets

    @property
    def log_file(self) -> Path:
        """Where a cluster started by `start` writes its log."""
        return self.state.log / "postgres.log"

    def url(self, role: str, name: str = DATABASE) -> DatabaseURL:
        """The address of a database of this cluster for a role."""
        return DatabaseURL(role=role, name=name, host=str(self.sockets), port=PORT)

    def command(self) -> tuple[str, ...]:
        """The foreground server; to be run as `places.cluster_user()` with any folder it may read as its own."""
        return (str(binaries() / "postgres"), "-D", str(self.data))

    def exists(self) -> bool:
        """Whether initdb has run to its end here."""
        return (self.data / "PG_VERSION").exists()


def binaries() -> Path:
    """Folder of the newest installed PostgreSQL that has PostGIS. Raises ClusterError naming the package."""
    found = [
        path
        for path in _VERSIONS.glob("*/bin")
        if (path / "initdb").exists() and (_SHARED / path.parent.name / "extension" / "postgis.control").exists()
    ]
    if not found:
        raise ClusterError("no PostgreSQL with PostGIS found; install the package postgresql-15-postgis-3")
    return max(found, key=lambda path: int(path.parent.name))


def prepare(cluster: Cluster) -> None:
    """Make folders, data directory and configuration, and clear what a crash left. Safe to repeat.

    Raises ClusterError when the owner can't reach the folder or a server already runs on it.
    """
    owner = places.cluster_user()
    for folder in (cluster.state.root, cluster.state.log, cluster.state.run):
        if not folder.exists():
            places.make_directory(folder, owner=places.current_user(), mode=0o755)
    places.make_directory(cluster.sockets, owner=owner, mode=0o755)
    if not cluster.exists():
        _initialise(cluster)
    places.make_directory(cluster.data, owner=owner, mode=0o700)
    _check_reachable(cluster.data)
    _check_reachable(cluster.sockets)
    _write(cluster.data / "pg_hba.conf", "local all all peer map=wangge\n")
    _write(cluster.data / "pg_ident.conf", _identities())
    clear_after_crash(cluster)


def clear_after_crash(cluster: Cluster) -> None:
    """Remove the lock file of a dead server and end back ends that outlived it.

    A server killed under a parent that never reaps stays a zombie whose pid answers kill(0), and PostgreSQL then
    refuses to start. A back end busy in one long computation doesn't notice that its server died, and holds the memory.
    Raises ClusterError while a live server runs there.
    """
    if pid := running_pid(cluster):
        raise ClusterError(f"a PostgreSQL server (process {pid}) already runs on {cluster.data}")
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    deadline = time.monotonic() + ORPHAN_SECONDS
    while left := postgres_in(cluster.data):
        late = time.monotonic() > deadline
        for pid in left:
            send(pid, signal.SIGKILL if late else signal.SIGQUIT)
        time.sleep(0.05)
        if time.monotonic() > deadline + ORPHAN_SECONDS:
            raise ClusterError(f"processes {left} of a dead server in {cluster.data} can't be ended")


def is_ready(cluster: Cluster) -> bool:
    """Whether the server takes connections now."""
    # It asks as somebody who is let in: otherwise each question would leave a refusal in the log.
    person = ("-U", SUPERUSER_ROLE, "-d", "postgres")
    probe = (str(binaries() / "pg_isready"), "-q", "-h", str(cluster.sockets), "-p", str(PORT), "-t", "2", *person)
    return subprocess.run(probe, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def running_pid(cluster: Cluster) -> int | None:
    """Process id of the live server on this data directory, or None."""
    first = read_text(cluster.data / "postmaster.pid").split("\n", 1)[0].strip()
    pid = int(first) if first.isdigit() else 0
    return pid if pid and works_in(pid, cluster.data) else None


def execute(
    cluster: Cluster, sql: str, *, database: str = "postgres", role: str = SUPERUSER_ROLE, **values: str
) -> str:
    """Run SQL through psql and return its bare output; `values` stand for :'their_names'.

    Raises ClusterError with the server's words.
    """
    return query(cluster.url(role, database), sql, **values)


def query(url: DatabaseURL, sql: str, **values: str) -> str:
    """The same on any server."""
    variables = [part for name, value in values.items() for part in ("-v", f"{name}={value}")]
    done = subprocess.run(
        [str(binaries() / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *variables, "-f", "-"],
        input=sql,
        env={**os.environ, **url.libpq_environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ClusterError(done.stderr.strip())
    return done.stdout.strip()


def set_up_roles(cluster: Cluster) -> None:
    """Roles, extensions (in template1 too, for test databases) and the application database. Safe to repeat."""
    statements = [
        f"CREATE ROLE {role} LOGIN {extra};"
        for role, extra in ((OWNER_ROLE, "CREATEDB"), (APP_ROLE, ""))
        if not execute(cluster, "SELECT 1 FROM pg_roles WHERE rolname = :'name'", name=role)
    ]
    if statements:
        execute(cluster, "\n".join(statements))
    _equip(cluster, "template1")
    ensure_database(cluster, DATABASE)


def ensure_database(cluster: Cluster, name: str) -> None:
    """Create database `name` with extensions and the application's privileges, if absent; the owner's role owns it."""
    _check_name(name)
    if not execute(cluster, "SELECT 1 FROM pg_database WHERE datname = :'name'", name=name):
        execute(cluster, f"CREATE DATABASE {name} OWNER {OWNER_ROLE} TEMPLATE template1")
        _equip(cluster, name)


def drop_database(cluster: Cluster, name: str) -> None:
    """Drop database `name` with its connections, if it exists."""
    _check_name(name)
    execute(cluster, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def start(cluster: Cluster, *, with_parent: bool = False) -> None:
    """Start the server in the background (developers, tests), wait until it answers, and set up the roles.

    `with_parent`: it stops when this process dies. Raises ClusterError with the end of the log when it doesn't come up.
    """
    if running_pid(cluster) is None:
        prepare(cluster)
        with open_log(cluster.log_file) as log:
            process = subprocess.Popen(
                cluster.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT) if with_parent else None,
                **as_owner(),
            )
        _wait_ready(cluster, process)
    set_up_roles(cluster)


def stop(cluster: Cluster) -> None:
    """Fast stop: running transactions roll back, then a checkpoint. Nothing happens when no server runs."""
    pid = running_pid(cluster)
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + READY_SECONDS
    while running_pid(cluster) is not None:
        if time.monotonic() > deadline:
            raise ClusterError(f"the server {pid} did not stop in {READY_SECONDS:.0f} s")
        time.sleep(0.05)


def as_owner() -> dict[str, Any]:
    """Arguments for subprocess that make a child run as the cluster's owner."""
    if not places.is_root():
        return {"cwd": "/"}
    entry = pwd.getpwnam(places.POSTGRES_USER)
    home = {**os.environ, "HOME": entry.pw_dir, "LANG": "C.UTF-8"}
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/", "env": home}


def _initialise(cluster: Cluster) -> None:
    if cluster.data.exists() and any(cluster.data.iterdir()):
        raise ClusterError(f"{cluster.data} holds other files; remove them, or set WANGGE_STATE to another folder")
    # Made beside its place and renamed, so that a first start that was cut leaves no half a data directory.
    fresh = cluster.data.with_name(cluster.data.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    places.make_directory(fresh, owner=places.cluster_user(), mode=0o700)
    _check_reachable(fresh)
    options = ("-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", "-A", "peer", "-U", SUPERUSER_ROLE)
    initdb = [str(binaries() / "initdb"), "-D", str(fresh), *options]
    done = subprocess.run(initdb, check=False, capture_output=True, text=True, **as_owner())
    if done.returncode:
        raise ClusterError(f"initdb failed: {done.stderr.strip()}")
    written = read_text(fresh / "postgresql.conf")
    _write(fresh / "postgresql.conf", written + "\n" + configuration(cluster))
    if cluster.data.exists():
        cluster.data.rmdir()
    fresh.rename(cluster.data)


def configuration(cluster: Cluster) -> str:
    """The settings appended to postgresql.conf: durable, socket only, UTC, sized by this machine's memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return f"""# wangge: private cluster
listen_addresses = ''
port = {PORT}
unix_socket_directories = '{cluster.sockets}'
unix_socket_permissions = 0777
max_connections = 200
shared_buffers = {max(128, min(1024, memory // 8))}MB
effective_cache_size = {max(256, memory // 2)}MB
work_mem = 16MB
maintenance_work_mem = 256MB
random_page_cost = 1.1
max_wal_size = 2GB
checkpoint_timeout = 10min
wal_compression = lz4
fsync = on
synchronous_commit = on
full_page_writes = on
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_min_duration_statement = 1000
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_lock_waits = on
idle_in_transaction_session_timeout = 60s
"""


def _identities() -> str:
    everything = (OWNER_ROLE, APP_ROLE, SUPERUSER_ROLE)
    pairs = [(user, role) for user in sorted({places.current_user(), places.cluster_user()}) for role in everything]
    if places.service_user() != places.current_user():
        pairs.append((places.service_user(), APP_ROLE))
    return "".join(f"wangge {user} {role}\n" for user, role in pairs)


def _equip(cluster: Cluster, database: str) -> None:
    made = "".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS)
    grants = f"""
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        GRANT USAGE ON SCHEMA public TO {OWNER_ROLE}, {APP_ROLE};
        ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE};
        ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE};
    """
    execute(cluster, "SET client_min_messages = warning;" + made + grants, database=database)


def _wait_ready(cluster: Cluster, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not is_ready(cluster):
        if process.poll() is not None or time.monotonic() > deadline:
            raise ClusterError(
                "PostgreSQL did not start:\n" + "\n".join(read_text(cluster.log_file).splitlines()[-15:])
            )
        time.sleep(0.05)


def _check_reachable(folder: Path) -> None:
    if subprocess.run(["test", "-w", str(folder)], check=False, **as_owner()).returncode:
        raise ClusterError(
            f"user {places.cluster_user()} can't reach {folder}: every folder above it must be passable; "
            "set WANGGE_STATE to a folder such as /var/lib/wangge"
        )


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        raise ClusterError(f"{name!r} is no database name: small letters, digits and underscores, at most 63")


def _write(path: Path, text: str) -> None:
    write_whole(path, text, mode=0o600, owner=places.POSTGRES_USER)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.cluster", description=__doc__)
    parser.add_argument("--state", type=Path, default=None, help="state directory (default: as ./run)")
    commands = ("start", "stop", "status", "url", "owner-url", "superuser-url", "psql")
    parser.add_argument("command", choices=commands)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="arguments of psql")
    return parser


def main(arguments: list[str]) -> int:
    """The command line; returns the exit status."""
    given = _parser().parse_args(arguments)
    cluster = Cluster(State(given.state.resolve()) if given.state else places.default_state())
    roles = {"url": APP_ROLE, "owner-url": OWNER_ROLE, "superuser-url": SUPERUSER_ROLE}
    if given.command in roles:
        print(cluster.url(roles[given.command]))
        return 0
    if given.command == "psql":
        environment = {**os.environ, **cluster.url(SUPERUSER_ROLE).libpq_environment()}
        os.execve(binaries() / "psql", ["psql", *given.rest], environment)  # noqa: S606 - no shell
    return _run_command(given.command, cluster)


def _run_command(command: str, cluster: Cluster) -> int:
    began = time.monotonic()
    if command == "status":
        pid = running_pid(cluster)
        print(f"running, process {pid}" if pid else "stopped")
        return 0 if pid else 3
    {"start": start, "stop": stop}[command](cluster)
    print(f"{command}: done in {time.monotonic() - began:.1f} s; {cluster.url(APP_ROLE)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ClusterError as error:
        sys.exit(f"cluster: {error}")
