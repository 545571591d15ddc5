"""manage.py export_patrols FILE: patrol plans and check-ins as CSV, for whoever wants to count the coverage again."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from events.evaluation.export_patrols import write_patrols
from events.management.commands.export_journal import time_given


class Command(BaseCommand):
    help = "Write patrol plans and check-ins as CSV, without names; `python -m data.evaluation.recount_patrols` counts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as-of", default="", help="leave out what came later: a time with its zone")

    def handle(self, *args: Any, file: Path, as_of: str, **options: Any) -> None:
        until = time_given(as_of) if as_of else timezone.now()
        try:
            with file.open("w", encoding="utf-8", newline="") as out:
                written = write_patrols(out, as_of=until)
        except OSError as error:
            raise CommandError(f"{file} can't be written: {error.strerror}") from error
        self.stdout.write(f"{written} rows up to {until.isoformat()}")
