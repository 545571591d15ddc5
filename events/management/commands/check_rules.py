"""manage.py check_rules: places and categories that nobody answers for, or two; status 1 when there are any."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from events.selectors.rulecheck import Finding, check
from grid.models import Region

MOST = 200


class Command(BaseCommand):
    help = "List places and categories for which the rules of responsibility have no answer, or two; status 1 if any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", default="", metavar="CODE", help="12 digits: within this region only")
        parser.add_argument("--category", default="", metavar="CODE", help="06 or 06-001")

    def handle(self, *args: Any, region: str, category: str, **options: Any) -> None:
        within = Region.objects.filter(code=region).values_list("path", flat=True).first() if region else ""
        if within is None:
            raise CommandError(f"there is no region {region}; take its 12 digits")
        began = time.monotonic()
        found = check(on=timezone.localdate(), within=within, category=category)
        took = time.monotonic() - began
        for finding in found.findings[:MOST]:
            self.stdout.write(_line(finding))
        if len(found.findings) > MOST:
            self.stdout.write(f"and {len(found.findings) - MOST} more")
        self.stdout.write(f"{found.places} villages x {found.categories} categories in {took:.2f} s")
        if found.findings:
            raise CommandError(f"{len(found.findings)} finding(s): nobody answers, or two do")


def _line(finding: Finding) -> str:
    levels = f" held by {', '.join(finding.levels)}" if finding.levels else ""
    rules = f": rules {', '.join(finding.rivals)}" if finding.rivals else ""
    many = f" ({finding.villages} villages)" if finding.villages > 1 else ""
    return f"{finding.problem} {finding.category} in {finding.place}{many}{levels}{rules}"
