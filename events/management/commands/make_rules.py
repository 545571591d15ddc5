"""manage.py make_rules: rules of responsibility from the category list's departments, where there are none yet."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from events.services import rules
from grid.policy import NOBODY


class Command(BaseCommand):
    help = "Make a rule of responsibility for each category and region whose department answers, where none is yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, help="the first day they hold (default: 1 January)")

    def handle(self, *args: Any, since: date | None, **options: Any) -> None:
        first = since or timezone.localdate().replace(month=1, day=1)
        made = rules.make(access=NOBODY, since=first)
        self.stdout.write(f"{made} rules made, holding from {first}; manage.py check_rules says what they leave open")
