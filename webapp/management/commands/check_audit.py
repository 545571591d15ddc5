"""`manage.py check_audit`: is the audit trail as it was written?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from grid.services import audit


class Command(BaseCommand):
    help = "Check every sealed audit row, the chain of seals and the daily anchors; exit with 1 and a list of faults."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = audit.verify()
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            self.stderr.write(f"{len(faults)} fault(s)")
            sys.exit(1)
        self.stdout.write("The audit trail is as it was written.")
