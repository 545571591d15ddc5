"""manage.py seed_demo: people, accounts, a plausible week and the weeks before it, in a demo installation only."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from events.management import demo_appeals, demo_desk, demo_lending, demo_month, demo_patrols, demo_people, demo_week
from events.models import Appeal, Event, PatrolPlan
from events.services import categories, rules
from grid.models import EventGrant, Grid, User
from grid.policy import NOBODY

SEED = 430900
BY_ITSELF = ("06-002",)  # 路灯不亮: its owner is known by the lamp


class Command(BaseCommand):
    help = "Fill a demo with people, accounts that sign in (STATE/demo/accounts.json) and a week of events, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same people and events")
        parser.add_argument("--people-only", action="store_true", help="no events")

    def handle(self, *args: Any, seed: int, people_only: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "refused: this is not a demo. The accounts that it makes have a password that everybody knows; "
                "set WANGGE_DEMO=1 only for an installation that holds no real data."
            )
        if not Grid.objects.exists():
            raise CommandError("there is no ground yet: run manage.py load_ground first")
        now = timezone.now()
        self._people(seed, now)
        made = demo_people.write_accounts(accounts_file())
        self.stdout.write(f"{made} accounts sign in; {accounts_file().name} names them")
        if not people_only:
            self._week(seed, now)
            self._patrols(seed, now)
            self._appeals(now)
            self._sharing(now)
            self.stdout.write(f"desks: {demo_desk.fill(now=now)} views and templates")

    def _people(self, seed: int, now: datetime) -> None:
        if User.objects.exists():
            self.stdout.write("people: there already, left as they are")
            return
        began = time.monotonic()
        try:
            made = demo_people.fill(seed=seed, now=now)
        except demo_people.MissingPlace as missing:
            raise CommandError(str(missing)) from missing
        self.stdout.write(f"people: {made} in {time.monotonic() - began:.1f} s")

    def _week(self, seed: int, now: datetime) -> None:
        if Event.objects.exists():
            self.stdout.write("events: there already, left as they are")
            return
        began = time.monotonic()
        rules.make(access=NOBODY, since=timezone.localdate(now - demo_people.ON_POST_FOR))
        remaining, ended = demo_week.fill(seed=seed, now=now)
        categories.set_auto_dispatch(codes=BY_ITSELF, on=True)  # from now on: the week was played by people
        self.stdout.write(f"events: {remaining} open, {ended} ended, in {time.monotonic() - began:.1f} s")
        began = time.monotonic()
        made = demo_month.fill(seed=seed, now=now)
        self.stdout.write(f"the weeks before: {made} events in {time.monotonic() - began:.1f} s")

    def _patrols(self, seed: int, now: datetime) -> None:
        if PatrolPlan.objects.exists():
            self.stdout.write("patrols: there already, left as they are")
            return
        began = time.monotonic()
        made = demo_patrols.fill(seed=seed, now=now)
        self.stdout.write(f"patrols: {made} check-ins in {time.monotonic() - began:.1f} s")

    def _appeals(self, now: datetime) -> None:
        if Appeal.objects.exists():
            self.stdout.write("appeals: there already, left as they are")
            return
        self.stdout.write(f"appeals: {demo_appeals.fill(now=now)}")

    def _sharing(self, now: datetime) -> None:
        if EventGrant.objects.exists():
            self.stdout.write("sharing: there already, left as it is")
            return
        self.stdout.write(f"sharing: {demo_lending.fill(now=now)} grants and requests")


def accounts_file() -> Path:
    """Where the accounts of this installation's demo are written."""
    return Path(settings.STATE) / "demo" / "accounts.json"
