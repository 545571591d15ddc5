"""manage.py recount_facts: what indicators count, made anew from the journal, or only checked against it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.services import facts


class Command(BaseCommand):
    help = "Make the facts that indicators count anew from the journal; nobody may take steps meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail where they are not the journal's"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if not check:
            self.stdout.write(f"{facts.rebuild()} facts")
            return
        wrong = facts.differing()
        if wrong:
            shown = ", ".join(map(str, wrong[:20]))
            raise CommandError(
                f"{len(wrong)} events count otherwise than their journal says, by id: {shown}; "
                "run recount_facts without --check while nobody works"
            )
        self.stdout.write("all facts are what the journal says")
