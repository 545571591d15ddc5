"""Standard Webhooks 1.0.0, both ways, by the specification's own library; several keys at once, so that they rotate."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from standardwebhooks import Webhook, WebhookVerificationError

from grid.refusals import Refusal

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
_OUT_OF_TIME = ("Message timestamp too old", "Message timestamp too new")  # the library's words


class Unsigned(Refusal):
    """The message is not signed by anybody we know, or is too old or from the future."""


def verify(*, body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> str:
    """The id of a genuine message, signed at most five minutes ago or ahead, with any of `secrets`.

    Raises Unsigned: signature-missing (a header is), timestamp-out-of-range, signature-wrong.
    """
    given = {name: headers.get(name, "") for name in HEADERS}
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise Unsigned("signature-missing", _("The header %s is missing.") % missing[0])
    reasons = {_fault(body, given, secret) for secret in secrets}
    if "" in reasons:
        return given["webhook-id"]
    if reasons & set(_OUT_OF_TIME):
        raise Unsigned(
            "timestamp-out-of-range",
            _("webhook-timestamp is more than five minutes away from our clock, which says %s.") % _now(),
        )
    raise Unsigned("signature-wrong", _("No signature in webhook-signature fits this body, id, time and key."))


def sign(*, message_id: str, body: bytes, at: datetime, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers of a message sent at `at`: one signature per key, so that either side may rotate first."""
    moment = at.astimezone(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, moment, body.decode()) for secret in secrets),
    }


def _fault(body: bytes, given: dict[str, str], secret: str) -> str:
    """What the library has against it, "" for nothing."""
    try:
        Webhook(secret).verify(body, given, json_parse=False)
    except WebhookVerificationError as error:
        return str(error)
    except ValueError:  # the library lets malformed base64, lists and encodings through as they come
        return "malformed"
    return ""


def _now() -> str:
    return timezone.now().isoformat(timespec="seconds")
