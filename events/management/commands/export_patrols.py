"""manage.py export_patrols FILE: patrol plans and check-ins as CSV, for whoever wants to count the coverage again."""

from datetime import datetime
from typing import TextIO

from typing_extensions import override

from events.evaluation.export_patrols import write_patrols
from events.management.export import Export


class Command(Export):
    help = "Write patrol plans and check-ins as CSV, without names; `python -m data.evaluation.recount_patrols` counts."

    @override
    def write(self, out: TextIO, *, as_of: datetime) -> int:
        return write_patrols(out, as_of=as_of)
