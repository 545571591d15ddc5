"""manage.py load_rules FILE.csv [--replace]: rules of responsibility from a table, checked whole, all or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.models import Rule
from events.services import rules
from events.services.rulefile import RulesRefused, read_rules
from grid.policy import NOBODY


class Command(BaseCommand):
    help = "Add the rules of responsibility of a CSV file (docs/operations/rules.md), or replace all by them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv", help="as manage.py export_rules writes it")
        parser.add_argument("--replace", action="store_true", help="take out all rules that are there; numbers go on")

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise CommandError(f"there is no file {file}") from None
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is not in UTF-8 ({error}); save it as CSV UTF-8") from None
        beside = Rule.objects.none() if replace else Rule.objects.select_related("region", "lead")
        try:
            rows = read_rules(text, beside=beside.defer("region__boundary"))
        except RulesRefused as refused:
            for problem in refused.problems:
                self.stderr.write(problem)
            raise CommandError(f"{file}: {len(refused.problems)} problem(s), nothing was loaded") from None
        self.stdout.write(f"{rules.load(access=NOBODY, rows=rows, replace=replace)} rules added")
