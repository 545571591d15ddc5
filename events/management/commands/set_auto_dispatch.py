"""manage.py set_auto_dispatch CODE... on|off: whether the system dispatches events of a category by itself."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.services import categories
from grid.refusals import Invalid


class Command(BaseCommand):
    help = "Let the system dispatch events of these categories by itself when the answer is unique, or no longer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="+", metavar="CODE", help="a category like 06-001")
        parser.add_argument("switch", choices=("on", "off"))

    def handle(self, *args: Any, codes: list[str], switch: str, **options: Any) -> None:
        try:
            changed = categories.set_auto_dispatch(codes=codes, on=switch == "on")
        except Invalid as refused:
            raise CommandError(f"{refused.detail} Nothing was changed.") from None
        self.stdout.write(f"{changed} changed; {', '.join(codes)}: {switch}")
