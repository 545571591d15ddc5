"""One at a time on a state directory."""

from __future__ import annotations

import fcntl
import os

from deploy.files import read_text
from deploy.places import State


class RefusedError(RuntimeError):
    """The installation can't be started as asked; the message says why and what to do."""


class Lock:
    """Held while one supervisor runs on a state directory. Raises RefusedError when another one does."""

    def __init__(self, state: State) -> None:
        self._path = state.root / "supervisor.lock"

    def __enter__(self) -> None:
        """Take the lock, or say which process has it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = read_text(self._path).strip() or "unknown"
            raise RefusedError(f"{self._path.parent} is in use by process {holder}; stop that one first") from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def __exit__(self, *_: object) -> None:
        """Give the lock back."""
        self._file.truncate(0)
        self._file.close()
