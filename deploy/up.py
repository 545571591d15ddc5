"""`python -m deploy.up`: the whole installation in the foreground, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deploy import logbook, nginx, places
from deploy.cluster import ClusterError
from deploy.database_url import InvalidDatabaseURLError
from deploy.environment import LOOPBACK, Databases, Installation, MissingOwnerError, find_databases
from deploy.files import read_text, write_whole
from deploy.keys import make_demo_keys, make_keys
from deploy.lock import Lock, RefusedError
from deploy.places import State
from deploy.services import stages
from deploy.supervisor import StartError, Supervisor

DEFAULT_PORT = 8080
# What a fresh start forgets: virtual environment, client and the demo's files are made from the checkout, and stay.
FORGOTTEN = ("pg", "run", "keys", "media", "tiles", "log", "nginx")
_ACCOUNTS = "accounts.json"
# Of the demo's files these are about data: its accounts, and what its other systems sent and were told.
_ABOUT_DATA = (_ACCOUNTS, "hotline.jsonl", "hotline.old.jsonl", "alarms.jsonl", "alarms.old.jsonl")
_SIMULATORS = ("cameras", "hotline", "alarms")


def main(arguments: list[str]) -> int:
    """Run until stopped; the exit status is 0 after an ordered stop, 1 when the start failed, 2 when refused."""
    began = time.monotonic()
    given = _parser().parse_args(arguments)
    state = places.default_state()
    try:
        databases = find_databases(state, os.environ)
        with Lock(state):
            if given.reset:
                reset(state, databases)
            installation = prepare_installation(state, databases, given, os.environ)
            return asyncio.run(_run(installation, began))
    except (RefusedError, MissingOwnerError, InvalidDatabaseURLError, ClusterError, ValueError, OSError) as error:
        print(f"wangge: {error}", file=sys.stderr)
        return 2


def reset(state: State, databases: Databases) -> None:
    """Forget data, keys and logs of this installation. Raises RefusedError where the data is in another's database."""
    if databases.cluster is None:
        raise RefusedError(
            "--reset forgets the private cluster only, and DATABASE_URL names another server: nothing was touched. "
            "Drop and create that database yourself, or unset DATABASE_URL and DATABASE_OWNER_URL"
        )
    for name in FORGOTTEN:
        shutil.rmtree(state.root / name, ignore_errors=True)
    shutil.rmtree(state.database_sockets, ignore_errors=True)
    (state.stamps / "seeded").unlink(missing_ok=True)
    for name in _ABOUT_DATA:
        (state.demo / name).unlink(missing_ok=True)


def prepare_installation(
    state: State, databases: Databases, given: argparse.Namespace, environment: Mapping[str, str]
) -> Installation:
    """Folders, keys, ports and nginx's configuration. Raises RefusedError when the port is taken."""
    _check_port(given.host, given.port)
    places.make_state(state)
    make_keys(state)
    if not given.without_demo:
        make_demo_keys(state)
    ports = simulator_ports(state)
    shown = LOOPBACK if given.host in {"0.0.0.0", "::"} else given.host  # noqa: S104  # nosec B104 # compared only
    origin = environment.get("WANGGE_ORIGIN", "").rstrip("/") or f"http://{_bracketed(shown)}:{given.port}"
    nginx.write(
        nginx.Front(
            state=state,
            host=given.host,
            port=given.port,
            scheme=urlsplit(origin).scheme,
            user=places.service_user(),
            trusted_proxies=tuple(filter(None, environment.get("WANGGE_TRUSTED_PROXIES", "").split(","))),
        )
    )
    return Installation(
        state=state,
        databases=databases,
        origin=origin,
        host=given.host,
        port=given.port,
        cameras_port=ports["cameras"],
        hotline_port=ports["hotline"],
        alarms_port=ports["alarms"],
        demo=not given.without_demo,
    )


def simulator_ports(state: State) -> dict[str, int]:
    """A port for each simulator, by its name: that of the last start where it is free, else a new one."""
    path = state.run / "ports.json"
    kept = _kept_ports(path)
    found: dict[str, int] = {}
    for name in _SIMULATORS:
        port = kept.get(name, 0)
        good = port and port not in found.values() and _is_free(LOOPBACK, port)
        found[name] = port if good else _free_port()
    write_whole(path, json.dumps(found) + "\n", owner=places.service_user())
    return found


def _kept_ports(path: Path) -> dict[str, int]:
    try:
        kept = json.loads(read_text(path) or "{}")
        return {name: int(kept[name]) for name in _SIMULATORS if name in kept}
    except (ValueError, TypeError):
        return {}


async def _run(installation: Installation, began: float) -> int:
    log = logbook.Logbook(installation.state.log / logbook.FILE_NAME, logbook.console())
    supervisor = Supervisor(log=log, pid_folder=installation.state.run)
    supervisor.listen_to_signals()
    write_whole(installation.state.run / "supervisor.pid", f"{os.getpid()}\n")
    try:
        await supervisor.start(stages(installation))
        _announce(log, installation, time.monotonic() - began)
        await supervisor.wait()
        return 0
    except StartError as error:
        for line in str(error).splitlines():
            log.line("wangge", line)
        return 1
    finally:
        log.line("wangge", "stopping ...")
        await supervisor.stop()
        (installation.state.run / "supervisor.pid").unlink(missing_ok=True)
        log.line("wangge", "stopped")
        log.close()


def _announce(log: logbook.Logbook, installation: Installation, seconds: float) -> None:
    log.line("wangge", f"ready in {seconds:.1f} s: {installation.origin}/")
    for username, password, title in accounts(installation.state) if installation.demo else ():
        log.line("wangge", f"    {username:<14} {password:<20} {title}")
    log.line("wangge", "Ctrl-C stops everything in order")


def accounts(state: State) -> tuple[tuple[str, str, str], ...]:
    """User name, password and title of each demo account, as seeding wrote them."""
    try:
        listed = json.loads(read_text(state.demo / _ACCOUNTS) or "[]")
        return tuple((str(one["username"]), str(one["password"]), str(one.get("title", ""))) for one in listed)
    except (ValueError, KeyError, TypeError):
        return ()


def _check_port(host: str, port: int) -> None:
    if not _is_free(host, port):
        raise RefusedError(f"port {port} of {host} is in use or not allowed; choose another one with --port")


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of a start, the same for `./run`, `manage.py up` and `python -m deploy.up`."""
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port of the one address (8080)")
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (127.0.0.1)")
    parser.add_argument("--reset", action="store_true", help="forget all data, keys and logs first")
    parser.add_argument("--without-demo", action="store_true", help="no demo prefecture, accounts or simulators")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run", description="Run Wangge until Ctrl-C.")
    add_arguments(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
