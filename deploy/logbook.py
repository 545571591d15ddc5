"""One log of everything: each line with its time and the name of who wrote it, on the console and in a file."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TextIO

FILE_NAME = "wangge.log"
ROTATE_BYTES = 50 * 1024 * 1024
NAME_WIDTH = 10
_COLOURS = (36, 33, 35, 32, 34, 96, 93, 95, 92, 94)
# A child's line may carry what a stranger sent: no terminal sequences, no forged line breaks.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029]")
_COLOUR_SEQUENCE = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Logbook:
    """Writes lines to `console` (None: nowhere) and appends them to `path`, which is rotated at 50 MB."""

    path: Path
    console: TextIO | None = None
    _file: BinaryIO | None = None
    _names: list[str] = field(default_factory=list)

    def line(self, name: str, text: str) -> None:
        """Write one line said by `name`. Control characters are shown escaped. Never raises for a closed console."""
        clean = neutral(text)
        now = datetime.now(UTC).astimezone()
        self._append(f"{now.isoformat(timespec='milliseconds')} {name:<{NAME_WIDTH}} {clean}\n".encode())
        self._show(f"{now:%H:%M:%S}", name, clean)

    def close(self) -> None:
        """Close the file; a later line opens it again."""
        if self._file:
            self._file.close()
            self._file = None

    def _append(self, line: bytes) -> None:
        try:
            if self._file is None:
                self._file = open_log(self.path)
            elif self._file.tell() > ROTATE_BYTES:
                self._file.close()
                self.path.replace(self.path.with_suffix(".log.1"))
                self._file = open_log(self.path)
            self._file.write(line)
            self._file.flush()
        except OSError:
            # A full disk must not stop the supervisor: the console still has the line.
            self._file = None

    def _show(self, time: str, name: str, text: str) -> None:
        if self.console is None:
            return
        shown = f"{name:<{NAME_WIDTH}}"
        if self.console.isatty():
            shown = f"\x1b[{self._colour(name)}m{shown}\x1b[0m"
        try:
            self.console.write(f"{time} {shown} {text}\n")
            self.console.flush()
        except (OSError, ValueError):
            self.console = None

    def _colour(self, name: str) -> int:
        if name not in self._names:
            self._names.append(name)
        return _COLOURS[self._names.index(name) % len(_COLOURS)]


def neutral(text: str) -> str:
    """The text with colours removed and every other control character written as \\xNN or \\uNNNN."""
    bare = _COLOUR_SEQUENCE.sub("", text)
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), bare)


def open_log(path: Path) -> BinaryIO:
    """Open a log file for appending, never through a symbolic link. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o640), "ab")


def console() -> TextIO:
    """Standard output, able to write any character whatever the locale says."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    return sys.stdout
