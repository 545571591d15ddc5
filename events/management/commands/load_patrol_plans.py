"""manage.py load_patrol_plans FILE.csv: which grids are to be visited how often."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from data.patrol import COLUMNS, PlansRefused, read
from events.services.patrols import set_plans
from grid.policy import NOBODY
from grid.refusals import Invalid


class Command(BaseCommand):
    help = f"Load patrol plans from a CSV file ({','.join(COLUMNS)}), all or nothing; see docs/operations/patrols.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            rows = read(file)
            changed = set_plans(access=NOBODY, rows=rows)
        except FileNotFoundError as error:
            raise CommandError(f"there is no file {file}") from error
        except PlansRefused as refused:
            raise CommandError(f"nothing was loaded:\n{refused}") from refused
        except Invalid as refused:
            raise CommandError(f"nothing was loaded:\n{refused.detail}") from refused
        self.stdout.write(f"{len(rows)} plans, {changed} of them new or with another end")
