"""manage.py demo_accounts: who may sign in to this demo, with which password."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.management.commands.seed_demo import accounts_file


class Command(BaseCommand):
    help = "List the demo's accounts: name to sign in with, password, what they are for."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            accounts = json.loads(accounts_file().read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise CommandError("there are no demo accounts yet: run manage.py seed_demo") from error
        for account in accounts:
            self.stdout.write(f"{account['username']:<18} {account['password']:<18} {account['title']}")
