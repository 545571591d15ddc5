"""What the supervisor runs, and starting one of them: own session, own user, ended when the supervisor dies."""

from __future__ import annotations

import asyncio
import os
import pwd
import re
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy import places
from deploy.probes import Probe, started
from deploy.processes import die_with_parent


@dataclass(frozen=True)
class Program:
    """An argument list with its surroundings. `user` None: the one who runs the supervisor."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    folder: Path = Path("/")
    redact: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Service:
    """A program that runs until it is stopped, and is started again whenever it ends.

    `prepare` runs before each start (in a thread; it clears what a crash left). Services stop in rising `stop_order`.
    `death_signal` is what it gets when the supervisor itself was killed: nobody is left then who keeps the order or
    counts the seconds, so it has to end by itself, and not wait for a part that is ending beside it.
    """

    program: Program
    ready: Probe = started
    prepare: Callable[[], object] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 8.0
    kill_signal: signal.Signals = signal.SIGKILL
    death_signal: signal.Signals = signal.SIGKILL
    stop_order: int = 0

    @property
    def name(self) -> str:
        """The program's name."""
        return self.program.name


@dataclass(frozen=True)
class Step:
    """A program that runs once while starting, and must succeed: then `done` is called. `needed` False: skipped."""

    program: Program
    needed: Callable[[], bool] = lambda: True
    done: Callable[[], object] = lambda: None

    @property
    def name(self) -> str:
        """The program's name."""
        return self.program.name


@dataclass(frozen=True)
class Action:
    """Something of our own to be done once while starting, in a thread; it raises RuntimeError or OSError to fail."""

    name: str
    call: Callable[[], object]


@dataclass(frozen=True)
class BackOff:
    """Waits before restarts: `first` seconds, doubled up to `longest`, forgotten after `steady` seconds of running."""

    first: float = 0.2
    longest: float = 10.0
    steady: float = 30.0

    def delay(self, failures: int) -> float:
        """Seconds to wait after so many ends in a row (1 is the first)."""
        return float(min(self.longest, self.first * 2 ** min(max(failures, 1) - 1, 30)))


@dataclass(frozen=True)
class Running:
    """A started program: its process, and what it says."""

    process: asyncio.subprocess.Process
    output: asyncio.StreamReader
    pipe: asyncio.BaseTransport


async def spawn(program: Program, *, death_signal: signal.Signals) -> Running:
    """Start a program in a session (so a process group) of its own; its output comes through one pipe.

    The kernel sends it `death_signal` when the supervisor dies. Raises OSError when it can't be started.
    """
    # A pipe of our own: asyncio's would make wait() wait for grandchildren that keep it open.
    reading, writing = os.pipe()
    output = asyncio.StreamReader()
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(output), os.fdopen(reading, "rb", 0)
    )
    try:
        process = await asyncio.create_subprocess_exec(
            *program.argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            env=dict(program.environment),
            cwd=program.folder,
            start_new_session=True,
            umask=0o027,
            preexec_fn=die_with_parent(death_signal),
            **_identity(program.user),
        )
    except BaseException:
        pipe.close()
        raise
    finally:
        os.close(writing)
    return Running(process, output, pipe)


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to the process group led by `pid`; nothing happens when none of it is left."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def _identity(user: str | None) -> dict[str, Any]:
    if user is None or not places.is_root() or user == places.current_user():
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
