"""manage.py first_administrators SYSTEM SECURITY AUDIT: the three people from whom every other account comes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from grid.refusals import Refusal
from grid.services import founding


class Command(BaseCommand):
    help = (
        "Make the accounts of the city's first system, security and audit administrator, three people's; once. Prints "
        "a first password for each, to be handed over: it is kept nowhere, and opens the account for three days."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name in ("system", "security", "audit"):
            parser.add_argument(name, metavar=name.upper(), help="account name, small letters, digits, dots")

    def handle(self, *args: Any, system: str, security: str, audit: str, **options: Any) -> None:
        try:
            made = founding.found(system=system, security=security, auditor=audit)
        except Refusal as refusal:
            raise CommandError(f"nothing was made: {refusal.detail}") from refusal
        for username, password in made:
            self.stdout.write(f"{username:<24} {password}")
