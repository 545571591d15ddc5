"""Taking personal data out of what was said: the words go, the journal and its digest of them stay."""

import hashlib

from django.utils.translation import gettext as _

from events.models import FreeText, JournalEntry
from events.services import deeds
from events.services.effects.base import Case
from grid.refusals import Invalid


def redact(case: Case, deed: deeds.Redact) -> None:
    """Replace the words of one entry. Its `text_sha256` stays that of the words that were said.

    Raises Invalid for an entry that isn't there or said nothing.
    """
    entry = JournalEntry.objects.filter(event=case.event, version=deed.entry).first()
    if entry is None or entry.text_id is None:
        raise Invalid("entry-unknown", _("No entry of this event with this number has words."), field="entry")
    kept = FreeText.objects.select_for_update().get(pk=entry.text_id)
    instead = deed.instead.strip()
    case.payload |= {"entry": deed.entry, "old": kept.sha256, "new": hashlib.sha256(instead.encode()).hexdigest()}
    kept.body, kept.sha256 = instead, case.payload["new"]
    kept.save(update_fields=["body", "sha256"])
