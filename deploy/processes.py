"""Processes of this machine: which PostgreSQL processes work in a data directory, and ending with one's parent."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """What a child calls between fork and exec: the kernel then sends it `number` when this process dies."""
    parent = os.getpid()

    def ask() -> None:
        # subprocess changes the user before it calls this; a change afterwards would clear the wish.
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def works_in(pid: int, folder: Path) -> bool:
    """Whether the process lives (a zombie does not) and `folder` is its working directory."""
    return is_alive(pid) and _working_directory(pid) == folder


def postgres_in(folder: Path) -> list[int]:
    """Process ids of every live PostgreSQL process of a data directory, server and back ends."""
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if _name(pid) == "postgres" and works_in(pid, folder)]


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal; nothing happens when the process is gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def is_alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rsplit(")", 1)[1].split()[0] not in {"Z", "X"}


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _working_directory(pid: int) -> Path | None:
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd"))
    except OSError:
        return None
