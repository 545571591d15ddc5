"""manage.py export_journal FILE: the journal as CSV, for whoever wants to count the indicators again."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from events.evaluation.export import write_journal


class Command(BaseCommand):
    help = "Write the journal as CSV, without free text and names; `python -m data.evaluation.recount` counts it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as-of", default="", help="leave out what came later: a time with its zone")

    def handle(self, *args: Any, file: Path, as_of: str, **options: Any) -> None:
        until = time_given(as_of) if as_of else timezone.now()
        try:
            with file.open("w", encoding="utf-8", newline="") as out:
                written = write_journal(out, as_of=until)
        except OSError as error:
            raise CommandError(f"{file} can't be written: {error.strerror}") from error
        self.stdout.write(f"{written} entries up to {until.isoformat()}")


def time_given(text: str) -> datetime:
    """What `--as-of` says. Raises CommandError for anything but a time with its zone."""
    found = parse_datetime(text)
    if found is None or timezone.is_naive(found):
        raise CommandError(f"--as-of wants a time with its zone, as 2026-04-01T00:00:00+08:00, not {text!r}")
    return found
