"""Standard Webhooks 1.0.0, both ways, by the specification's own library; several keys at once, so that they rotate."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from standardwebhooks import Webhook, WebhookVerificationError

from grid.refusals import Refusal

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Unsigned(Refusal):
    """The message is not signed by anybody we know, or is too old or from the future."""


def verify(*, body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> str:
    """The id of a genuine message, at most five minutes old. Raises Unsigned."""
    given = {name: headers.get(name, "") for name in HEADERS}
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise Unsigned("signature-missing", _("The header %s is missing.") % missing[0])
    reason = ""
    for secret in secrets:
        try:
            Webhook(secret).verify(body, given, json_parse=False)
        except WebhookVerificationError as error:
            reason = str(error)
        except ValueError:  # the library lets malformed base64, lists and encodings through as they come
            reason = "Malformed signature"
        else:
            return given["webhook-id"]
    raise Unsigned("signature-wrong", _("The signature does not fit: %s.") % reason)


def sign(*, message_id: str, body: bytes, at: datetime, secret: str) -> dict[str, str]:
    """The three headers of a message sent at `at`."""
    moment = at.astimezone(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, moment, body.decode()),
    }
