"""manage.py set_hours CODE HOURS: an organisation's own working hours."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.services import calendar
from grid.policy import NOBODY
from grid.refusals import Refusal


class Command(BaseCommand):
    help = (
        "Let an organisation keep its own working hours (08:30-12:00,14:00-17:30; an empty text: the city's); audited."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", help="of the organisation: centre-430902000000")
        parser.add_argument("hours", metavar="HOURS", help="spans of a day, ascending: 08:30-12:00,14:00-17:30")

    def handle(self, *args: Any, code: str, hours: str, **options: Any) -> None:
        try:
            moved = calendar.set_hours(access=NOBODY, code=code, hours=hours)
        except Refusal as refusal:
            raise CommandError(f"nothing was changed: {refusal.detail}") from refusal
        self.stdout.write(f"{code}: {hours.strip() or 'the hours of the city'}{'' if moved else ', as it was'}")
