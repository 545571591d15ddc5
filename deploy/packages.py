"""Debian's packages: which are missing, and installing them without starting what they bring."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
RUN_LIST = _FOLDER / "packages-run.txt"
TEST_LIST = _FOLDER / "packages-test.txt"
_CREATE_CLUSTER = "/etc/postgresql-common/createcluster.conf"
_POLICY = "/usr/sbin/policy-rc.d"


class MissingPackagesError(RuntimeError):
    """Packages are missing and may not be installed by us; `line` is what somebody with the right has to run."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"these Debian packages are missing: {' '.join(names)}")
        self.line = f"sudo sh -c {shlex.quote(install_script(names))}"


@dataclass(frozen=True)
class Package:
    """A Debian package, and the pattern of a file that shows it (or one that serves as well) is there."""

    name: str
    shown_by: str

    def is_there(self) -> bool:
        """Whether that file exists."""
        return bool(glob(self.shown_by))


def listed(paths: Iterable[Path]) -> tuple[Package, ...]:
    """The packages that the list files name."""
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return tuple(Package(*line.split()) for line in lines if line.strip() and not line.startswith("#"))


def missing(packages: Iterable[Package]) -> tuple[str, ...]:
    """Names of the packages that are not there."""
    return tuple(package.name for package in packages if not package.is_there())


def install_script(names: Sequence[str]) -> str:
    """The shell script that installs packages, to be run as root.

    Debian's PostgreSQL would make and start a cluster `main`, and nginx would take port 80: a configuration file and a
    policy forbid both. The policy is taken away afterwards, and one that was there before is put back.
    """
    folder = os.path.dirname(_CREATE_CLUSTER)
    guard_cluster = (
        f"test -e {_CREATE_CLUSTER} || {{ mkdir -p {folder}; echo create_main_cluster = false > {_CREATE_CLUSTER}; }}"
    )
    guard_services = (
        f"test ! -e {_POLICY} || mv {_POLICY} {_POLICY}.kept; "
        f"restore() {{ rm -f {_POLICY}; test ! -e {_POLICY}.kept || mv {_POLICY}.kept {_POLICY}; }}; "
        "trap restore EXIT; "
        f'printf "#!/bin/sh\\nexit 101\\n" > {_POLICY}; chmod 755 {_POLICY}'
    )
    return "; ".join(
        [
            "set -e",
            "export DEBIAN_FRONTEND=noninteractive",
            guard_cluster,
            guard_services,
            "apt-get -q update",
            f"apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends {' '.join(names)}",
        ]
    )


def ensure(packages: Iterable[Package]) -> tuple[str, ...]:
    """Install what is missing, as root or through sudo; return the names installed.

    Raises MissingPackagesError without the right to, CalledProcessError when apt fails.
    """
    names = missing(packages)
    if not names:
        return ()
    prefix = _privilege()
    if prefix is None:
        raise MissingPackagesError(names)
    subprocess.run([*prefix, "sh", "-c", install_script(names)], check=True, stdout=sys.stderr)
    return names


def _privilege() -> tuple[str, ...] | None:
    if os.geteuid() == 0:
        return ()
    if not shutil.which("sudo"):
        return None
    asked = subprocess.run(["sudo", "-n", "true"], check=False, stderr=subprocess.DEVNULL).returncode == 0
    return ("sudo",) if asked or sys.stdin.isatty() else None
