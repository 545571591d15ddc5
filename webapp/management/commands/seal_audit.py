"""`manage.py seal_audit`: what the worker does by itself, by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from grid.services import audit


class Command(BaseCommand):
    help = "Seal the audit rows written since the last seal; with --anchor, also write the day's anchor."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        sealed = audit.seal()
        self.stdout.write(f"sealed {len(sealed.entries)} row(s)" if sealed else "nothing to seal")
        if options["anchor"]:
            self.stdout.write(audit.anchor(today=timezone.localdate()) or "no seal to anchor")
