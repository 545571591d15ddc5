"""From a bare Debian 12 to a running demo or a full test run; run by Debian's own Python, standard library only."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

from deploy import packages, places
from deploy.mirror import ensure_service_user, mirror
from deploy.places import State
from deploy.toolchain import (
    Workshop,
    build_client,
    compile_messages,
    compile_program,
    find_node,
    install_python_packages,
    install_tools,
)

USAGE = """\
./run                     set up and run the demo until Ctrl-C
    --port N              port of the one address (8080)
    --host ADDRESS        address to listen on (127.0.0.1)
    --reset               forget all data, keys and logs first
    --without-demo        no demo prefecture, accounts or simulators
./run test [NAME ...]     everything that CI does, or the named checks only (./run test --list)

State lies under var/ (as root: /var/lib/wangge), or where WANGGE_STATE says. DATABASE_URL and DATABASE_OWNER_URL name
a PostGIS of your own to use instead of the private cluster. docs/operations/install.md tells more."""
NO_RIGHTS = 3


class Progress:
    """Lines with the seconds since the start."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, text: str) -> None:
        """Print one line at once."""
        print(f"[{time.monotonic() - self._began:6.1f} s] {text}", flush=True)


def main(arguments: list[str]) -> int:
    """Set up, then become the supervisor or the checks; returns the exit status when that is not reached."""
    if any(argument in {"-h", "--help"} for argument in arguments):
        print(USAGE)
        return 0
    # What is built here is read by another user, whatever our own umask says.
    os.umask(0o022)
    testing = arguments[:1] == ["test"]
    say = Progress()
    try:
        shop = set_up(say, testing=testing)
    except packages.MissingPackagesError as error:
        print(
            f"wangge: {error}\nRun this line as root (or with sudo in front), then ./run again:\n\n{error.line}\n",
            file=sys.stderr,
        )
        return NO_RIGHTS
    except subprocess.CalledProcessError as error:
        print(f"wangge: set-up failed: {error}", file=sys.stderr)
        return 1
    say("set-up done")
    module, rest = ("deploy.checks", arguments[1:]) if testing else ("deploy.up", arguments)
    return become(shop, module, rest)


def become(shop: Workshop, module: str, arguments: list[str]) -> NoReturn:
    """Replace this process by a module of the program in its virtual environment."""
    environment = {**os.environ, "WANGGE_STATE": str(shop.state.root)}
    os.chdir(shop.checkout)
    os.execve(shop.python, [str(shop.python), "-m", module, *arguments], environment)  # noqa: S606 - no shell


def set_up(say: Progress, *, testing: bool) -> Workshop:
    """Packages, user, copy, tools, virtual environment, client, translations; what is up to date is skipped.

    Raises MissingPackagesError, CalledProcessError.
    """
    lists = [packages.RUN_LIST, packages.TEST_LIST] if testing else [packages.RUN_LIST]
    wanted = packages.listed(lists)
    if names := packages.missing(wanted):
        say(f"Debian packages: {' '.join(names)}")
        packages.ensure(wanted)
    state = state_for(testing=testing)
    checkout, environment_folder = _places_of_program(say, state, testing=testing)
    places.make_state(state)
    shop = Workshop(checkout=checkout, state=state, environment_folder=environment_folder, say=say)
    install_tools(shop)
    install_python_packages(shop, "test.txt" if testing else "demo.txt")
    compile_messages(shop)
    compile_program(shop)
    if testing:
        find_node(shop)
    else:
        build_client(shop)
    return shop


def state_for(*, testing: bool) -> State:
    """The state directory; tests have one of their own beside or below it."""
    state = places.default_state()
    if not testing:
        return state
    if places.is_root() and "WANGGE_STATE" not in os.environ:
        return State(Path(f"{state.root}-test"))
    return State(state.root / "test")


def _places_of_program(say: Progress, state: State, *, testing: bool) -> tuple[Path, Path]:
    if not places.is_root():
        return places.CHECKOUT, places.CHECKOUT / (".venv-test" if testing else ".venv")
    if ensure_service_user():
        say(f"system user {places.SERVICE_USER}")
    # The services' user can't read below /root; what root runs must not be writable by that user either.
    places.make_directory(state.root, owner=places.current_user(), mode=0o755)
    if changed := mirror(places.CHECKOUT, state.root / "app"):
        say(f"program copied to {state.root / 'app'}: {changed} files")
    return state.root / "app", state.root / "venv"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
