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
_INSTALL = _FOLDER / "install.sh"


class MissingPackagesError(RuntimeError):
    """Packages are missing and may not be installed by us; `line` is what somebody with the right has to run."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"these Debian packages are missing: {' '.join(names)}")
        self.line = f"sh -c {shlex.quote(install_script(names))}"


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
    """The shell script that installs packages, in one line, to be run as root: deploy/install.sh with their names."""
    lines = _INSTALL.read_text(encoding="utf-8").splitlines()
    return "; ".join(line for line in lines if not line.startswith("#")).replace("@NAMES@", " ".join(names))


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
