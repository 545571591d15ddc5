"""Each message once: what the two doors for messages from outside have in common."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import mapping
from events.mapping import Form, Unfit
from events.services.senders import Known
from grid import strict_json
from grid.refusals import Conflict, Invalid

_WHY = {
    "code": gettext_lazy("%s holds a code that the configuration doesn't name."),
    "time": gettext_lazy("%s holds a time in none of the forms that the configuration names."),
    "number": gettext_lazy("%s must be a number."),
    "truth": gettext_lazy("%s must be true or false."),
    "text": gettext_lazy("%s must be a text."),
    "list": gettext_lazy("%s must be a list."),
}


@dataclass(frozen=True)
class Answer:
    """What a sender is told: an HTTP status, and our number with the state."""

    status: int
    body: dict[str, Any]


def digest_of(body: bytes) -> str:
    """What makes two bodies the same: their bytes."""
    return hashlib.sha256(body).hexdigest()


def stored(kept: Any, digest: str) -> Answer | None:
    """The answer given before, from the row that keeps it. Raises Conflict when that was another body."""
    if kept is None:
        return None
    if kept.body_sha256 != digest:
        raise Conflict("message-id-used", _("This message id stood over another body. Take a new id."))
    return Answer(kept.status, kept.answer)


def wait_for_turn(what: str) -> None:
    """Until this transaction ends, others about the same wait here; those about anything else don't."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('hotline ' || %s, 0))", [what])


def ours(body: bytes, sender: Known, form: Form, message_id: str) -> Any:
    """The body in our own names, as the sender's configuration says; without one, as it came. Raises Invalid.

    Where the configuration doesn't say where the id stands, it is the header's.
    """
    try:
        theirs = strict_json.loads(body)
    except strict_json.NotJson as error:
        raise Invalid("not-json", _("The body can't be read: %s") % error) from None
    if "fields" not in sender.config:
        return theirs
    try:
        found = mapping.inward(sender.config, form, theirs)
    except Unfit as unfit:
        raise Invalid("invalid-fields", str(_WHY[unfit.kind]) % unfit.place, field=unfit.place) from None
    return {"message_id": message_id, **found}


def in_their_names(answer: Answer, sender: Known) -> Answer:
    """The answer as the sender's configuration asks for it."""
    rules = sender.config.get("answer")
    return Answer(answer.status, mapping.outward(rules, answer.body, sender.config)) if rules else answer
