"""`./run test`: everything that CI does, named checks, cheap ones first; a table at the end.

Run by the virtual environment that deploy/bootstrap.py has made, with a private cluster of its own.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from deploy import cluster as clusters
from deploy import places
from deploy.bootstrap import Progress
from deploy.cluster import Cluster, ClusterError
from deploy.environment import Databases, Installation, child_environment
from deploy.keys import make_keys
from deploy.lock import Lock, RefusedError
from deploy.places import State
from deploy.process import signal_group
from deploy.processes import die_with_parent
from deploy.toolchain import OUR_CODE, Workshop, client_scripts, install_client_packages, node_environment

# Known folders of tests in their order; a folder that is not listed runs after them, so that none is ever forgotten.
# Chaos comes last: what its writers report would fill the lists that browsers look at.
GROUPS = ("architecture", "unit", "domain", "data", "http", "sockets", "video", "deploy", "walks", "browser", "chaos")
CLIENT_SCRIPTS = ("tsc", "lint", "test", "build")
NO_TESTS = 5
LANES = 2
POLL_SECONDS = 0.05
# Groups whose tests disturb no other: each process has its own copy of the database.
SHARED_OUT = ("unit", "domain", "http")
# Groups that only read files.
QUIET = ("architecture",)
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile")


@dataclass(frozen=True)
class Check:
    """One command that must succeed within `seconds`. `browser` and others need the client's build first.

    `quiet`: it keeps one core busy and only reads, so that another may run beside it.
    """

    name: str
    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    seconds: float = 1200
    quiet: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a check ended."""

    name: str
    passed: bool
    seconds: float


def static_checks(environment: Mapping[str, str]) -> tuple[Check, ...]:
    """Format, lint, security, layering, types, migrations, deployment settings."""
    python = sys.executable
    manage = (python, "manage.py")
    commands: dict[str, tuple[str, ...]] = {
        "format": (python, "-m", "ruff", "format", "--check", "."),
        "lint": (python, "-m", "ruff", "check", "."),
        "layers": (str(Path(python).with_name("lint-imports")), "--no-cache"),
        "types": (python, "-m", "mypy", *OUR_CODE, "bench"),
        "security": (python, "-m", "bandit", "-q", "-ll", "-r", *OUR_CODE, "-x", "node_modules,webapp/client"),
        "migrations": (*manage, "makemigrations", "--check", "--dry-run"),
        "settings": (*manage, "check", "--deploy", "--fail-level", "WARNING"),
    }
    secure = {**environment, "WANGGE_ORIGIN": "https://wangge.example"}
    return tuple(
        Check(name, argv, places.CHECKOUT, secure if name == "settings" else environment, quiet=True)
        for name, argv in commands.items()
    )


def client_checks(shop: Workshop, environment: Mapping[str, str]) -> tuple[Check, ...]:
    """The client's types, lint, unit tests and build; what package.json doesn't have is missing from the list."""
    present = client_scripts(shop)
    folder = shop.checkout / "webapp" / "client"
    return tuple(
        Check(f"client-{name}", ("npm", "run", "--silent", name), folder, environment, quiet=True)
        for name in CLIENT_SCRIPTS
        if name in present
    )


def test_groups(tests: Path, environment: Mapping[str, str]) -> tuple[Check, ...]:
    """One pytest run for each folder under tests/ that has tests."""
    present = [path.name for path in sorted(tests.iterdir()) if path.is_dir() and any(path.rglob("test_*.py"))]
    ordered = [name for name in GROUPS if name in present] + [name for name in present if name not in GROUPS]
    argv = (sys.executable, "-m", "pytest", "-ra", "--durations=5", "--durations-min=5")
    return tuple(
        Check(name, (*argv, *_workers(name), f"tests/{name}"), places.CHECKOUT, environment, quiet=name in QUIET)
        for name in ordered
    )


def _workers(name: str) -> tuple[str, ...]:
    return SIDE_BY_SIDE if name in SHARED_OUT else ()


def together(checks: Sequence[Check]) -> list[Check]:
    """The same, with the groups that are shared out as one run: no process waits for the last file of each."""
    shared = [check for check in checks if check.name in SHARED_OUT]
    if len(shared) < 2:
        return list(checks)
    folders = tuple(check.argv[-1] for check in shared)
    one = replace(shared[0], name="+".join(check.name for check in shared), argv=(*shared[0].argv[:-1], *folders))
    return [one if check is shared[0] else check for check in checks if check is shared[0] or check not in shared]


@dataclass(frozen=True)
class Started:
    """A check under way; what it prints goes to `output`, or to where we print."""

    check: Check
    process: subprocess.Popen[bytes]
    began: float
    output: IO[bytes] | None

    def is_over(self) -> bool:
        """Whether it has ended, or has had its time."""
        return self.process.poll() is not None or time.monotonic() - self.began > self.check.seconds

    def end(self) -> Outcome:
        """How it ended, printed where its output was kept; one that still runs is ended with all its children."""
        status = self.process.poll()
        signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.output:
            self.output.seek(0)
            print(self.output.read().decode(errors="replace"), end="", flush=True)
            self.output.close()
        if status is None:
            print(f"{self.check.name}: ended after {self.check.seconds:.0f} s", flush=True)
        if status == NO_TESTS:
            print(f"{self.check.name}: pytest found no test, which counts as a failure", flush=True)
        return Outcome(self.check.name, status == 0, time.monotonic() - self.began)


def start(check: Check, output: IO[bytes] | None = None) -> Started:
    """Start one check, as a group of processes of its own that ends with us."""
    process = subprocess.Popen(
        check.argv,
        cwd=check.folder,
        env=dict(check.environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    return Started(check, process, time.monotonic(), output)


def run_checks(checks: Sequence[Check], say: Callable[[str], None]) -> Iterator[Outcome]:
    """Run quiet checks two at a time, each printed whole at its end, and then the others alone; how each ended."""
    quiet = deque(check for check in checks if check.quiet)
    alone = deque(check for check in checks if not check.quiet)
    running: list[Started] = []
    try:
        while quiet or alone or running:
            while quiet and len(running) < LANES:
                running.append(start(quiet.popleft(), tempfile.TemporaryFile()))  # noqa: SIM115 - closed by end()
            if alone and not running:
                say(f"==> {alone[0].name}")
                running.append(start(alone.popleft()))
            for one in [one for one in running if one.is_over()]:
                running.remove(one)
                outcome = one.end()
                say(f"<== {outcome.name}: {_word(outcome)} in {outcome.seconds:.1f} s")
                yield outcome
            time.sleep(POLL_SECONDS)
    finally:
        for one in running:
            one.end()


def main(arguments: list[str]) -> int:
    """Run the named checks, or all; 0 when every one passed."""
    parser = argparse.ArgumentParser(prog="./run test")
    parser.add_argument("names", nargs="*", help="checks or groups of tests (default: all)")
    parser.add_argument("--list", action="store_true", help="list the names and stop")
    given = parser.parse_args(arguments)
    say = Progress()
    state = places.default_state()
    # A folder that a plain user made must be passable for PostgreSQL's user; make_state has seen to the modes.
    places.make_state(state)
    make_keys(state)
    shop = Workshop(checkout=places.CHECKOUT, state=state, environment_folder=Path(sys.prefix), say=say)
    client = node_environment(shop)
    with tempfile.TemporaryDirectory(prefix="wangge-product-", dir="/tmp") as product:  # nosec B108 # short: it holds sockets
        # Walks, browser and chaos each start the demo; only the first of them has to fill it.
        environment = test_environment(state) | {"WANGGE_PRODUCT_STATE": product, "PATH": client["PATH"]}
        return choose(given, parser, shop, all_checks(shop, environment, client), client)


def choose(
    given: argparse.Namespace,
    parser: argparse.ArgumentParser,
    shop: Workshop,
    checks: Sequence[Check],
    client: Mapping[str, str],
) -> int:
    """List the checks, or run those that were named; the exit status."""
    if given.list:
        print("\n".join(check.name for check in checks))
        return 0
    unknown = set(given.names) - {check.name for check in checks}
    if unknown:
        parser.error(f"no check named {', '.join(sorted(unknown))}; ./run test --list names them")
    chosen = together([check for check in checks if not given.names or check.name in given.names])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with Lock(shop.state):
            return run_all(chosen, shop, client)
    except RefusedError as error:
        parser.error(str(error))


def all_checks(shop: Workshop, environment: Mapping[str, str], client: Mapping[str, str]) -> tuple[Check, ...]:
    """Every check in its order."""
    return (
        *static_checks(environment),
        *client_checks(shop, client),
        *test_groups(places.CHECKOUT / "tests", environment),
    )


def test_environment(state: State) -> dict[str, str]:
    """What the checks are run with: the addresses of the test cluster for both roles, and no proxy in the way.

    Tests create their databases as the owner and connect as the application's role.
    """
    cluster = Cluster(state)
    databases = Databases(app=cluster.url(clusters.APP_ROLE), owner=cluster.url(clusters.OWNER_ROLE), cluster=cluster)
    installation = Installation(
        state=state, databases=databases, origin="http://127.0.0.1:8080", host="127.0.0.1", port=8080,
        cameras_port=0, hotline_port=0, alarms_port=0, demo=False,
    )  # fmt: skip
    given = child_environment(installation)
    for name in ("WANGGE_CAMERAS", "WANGGE_HOTLINE_URL", "WANGGE_ALARMS_URL"):
        given.pop(name)
    # Tests speak to this machine only, whatever proxy the installers went through.
    return given | {
        "DATABASE_OWNER_URL": str(databases.owner),
        "WANGGE_OUTGOING_CIDRS": "127.0.0.0/8",
        "NO_PROXY": "*",
        "no_proxy": "*",
    }


def run_all(checks: Sequence[Check], shop: Workshop, client: Mapping[str, str]) -> int:
    """Run the checks on a cluster that lives no longer than they do; print the table; 0 when all passed."""
    cluster = Cluster(shop.state)
    outcomes: list[Outcome] = []
    try:
        clusters.start(cluster, with_parent=True)
        if client_scripts(shop):
            install_client_packages(shop, client)
        outcomes.extend(run_checks(checks, shop.say))
    except (ClusterError, subprocess.CalledProcessError) as error:
        print(f"checks: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        clusters.stop(cluster)
        print(summary(outcomes), flush=True)
    return 0 if outcomes and all(outcome.passed for outcome in outcomes) else 1


def summary(outcomes: Iterable[Outcome]) -> str:
    """The table of all checks with times, and the line that counts them."""
    listed = list(outcomes)
    lines = [f"  {outcome.name:<16} {_word(outcome):<7} {outcome.seconds:8.1f} s" for outcome in listed]
    passed = sum(outcome.passed for outcome in listed)
    total = sum(outcome.seconds for outcome in listed)
    return "\n".join(
        ["", *lines, f"  {'total':<24} {total:8.1f} s", f"checks: {passed} passed, {len(listed) - passed} failed"]
    )


def _word(outcome: Outcome) -> str:
    return "ok" if outcome.passed else "FAILED"


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(sys.argv[1:]))
