"""manage.py export_rules [FILE.csv]: all rules of responsibility as a table that load_rules takes."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from events.services.rulefile import write_rules


class Command(BaseCommand):
    help = "Write all rules of responsibility as CSV, to a file or to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE.csv")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        text = write_rules()
        if file is None:
            self.stdout.write(text, ending="")
            return
        file.write_text(text, encoding="utf-8")
        self.stdout.write(f"{text.count(chr(10)) - 1} lines written to {file}")
