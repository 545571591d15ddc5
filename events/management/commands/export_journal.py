"""manage.py export_journal FILE: the journal as CSV, for whoever wants to count the indicators again."""

from datetime import datetime
from typing import TextIO

from typing_extensions import override

from events.evaluation.export import write_journal
from events.management.export import Export


class Command(Export):
    help = "Write the journal as CSV, without free text and names; `python -m data.evaluation.recount` counts it again."

    @override
    def write(self, out: TextIO, *, as_of: datetime) -> int:
        return write_journal(out, as_of=as_of)
