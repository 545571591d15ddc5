"""What the commands have in common that write something out as CSV, for whoever wants to count again."""

from abc import ABC, abstractmethod
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from typing_extensions import override


class Export(BaseCommand, ABC):
    """A command with a file and an as-of time; each says what it writes."""

    @abstractmethod
    def write(self, out: TextIO, *, as_of: datetime) -> int:
        """Write the rows up to a time; how many there are."""

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as-of", default="", help="leave out what came later: a time with its zone")

    @override
    def handle(self, *args: Any, file: Path, as_of: str, **options: Any) -> None:
        until = _time_given(as_of) if as_of else timezone.now()
        try:
            with file.open("w", encoding="utf-8", newline="") as out:
                written = self.write(out, as_of=until)
        except OSError as error:
            raise CommandError(f"{file} can't be written: {error.strerror}") from error
        self.stdout.write(f"{written} rows up to {until.isoformat()}")


def _time_given(text: str) -> datetime:
    """What `--as-of` says. Raises CommandError for anything but a time with its zone."""
    found = parse_datetime(text)
    if found is None or timezone.is_naive(found):
        raise CommandError(f"--as-of wants a time with its zone, as 2026-04-01T00:00:00+08:00, not {text!r}")
    return found
