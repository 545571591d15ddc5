"""manage.py rotate_key CODE [--overlap HOURS] [--key KEY]: a new key for a hotline or another source."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from events.services import senders
from grid.policy import NOBODY
from grid.refusals import Refusal


class Command(BaseCommand):
    help = "Make a new key and print it, once; the old ones stay good for the overlap. Audited, takes effect at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", help="hotline, or the code of a loaded source")
        parser.add_argument("--overlap", type=float, default=72, metavar="HOURS", help="both are good (72)")
        parser.add_argument("--key", default="", help="take this key instead of making one: whsec_...")

    def handle(self, *args: Any, code: str, overlap: float, key: str, **options: Any) -> None:
        if not 0 <= overlap <= 24 * 90:
            raise CommandError("nothing was changed: the overlap is 0 to 2160 hours")
        now = timezone.now()
        try:
            secret = senders.rotate(access=NOBODY, code=code, overlap=timedelta(hours=overlap), now=now, secret=key)
        except Refusal as refusal:
            raise CommandError(f"nothing was changed: {refusal.detail}") from refusal
        until = timezone.localtime(now + timedelta(hours=overlap))
        self.stdout.write(secret)
        self.stderr.write(f"The keys before it are good until {until:%Y-%m-%d %H:%M}. This one is not shown again.")
