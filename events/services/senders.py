"""Systems outside: their configuration, their keys, and whether their endpoint may be called."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from events.models import Category, Sender, SenderKey
from grid import fields
from grid.policy import Access
from grid.refusals import Conflict, Invalid, NotFound
from grid.selectors.planned import MOMENT, NUMBER, TEXT, Planned
from grid.services import audit

HOTLINE = "hotline"
KEY_BYTES = 32
_LEAST, _MOST = 24, 64  # bytes of a key, by Standard Webhooks


@dataclass(frozen=True)
class Known:
    """A sender as its messages are taken: the keys that are good now, the newest first, and its configuration."""

    code: str
    pk: int | None
    keys: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    closed_at: datetime | None = None


def hotline(*, now: datetime) -> Known:
    """The 12345 hotline. Until its first key is put into the table, those of the installation's key file are good."""
    found = known(HOTLINE, kind=Sender.Kind.HOTLINE, now=now)
    if found is None:
        return Known(HOTLINE, None, tuple(settings.HOTLINE_KEYS))
    if found.keys or SenderKey.objects.filter(sender=found.pk).exists():
        return found
    return Known(HOTLINE, found.pk, tuple(settings.HOTLINE_KEYS), found.config, found.closed_at)


def known(code: str, *, kind: str, now: datetime) -> Known | None:
    """The sender with this code; None: nobody has loaded one. Two queries."""
    sender = _senders.first(code)
    if sender is None or sender.kind != kind:
        return None
    keys = tuple(fields.unseal(bytes(key.secret)) for key in _keys.rows(sender.pk, now))
    return Known(code, sender.pk, keys, sender.config, sender.closed_at)


def _good_keys(sender: int, now: datetime) -> QuerySet[SenderKey]:
    return SenderKey.objects.filter(Q(until__isnull=True) | Q(until__gt=now), sender=sender, since__lte=now)


_senders = Planned[Sender](lambda code: Sender.objects.filter(code=code), TEXT)
_keys = Planned[SenderKey](_good_keys, NUMBER, MOMENT)


def callback_url(sender: Known) -> str:
    """Where its callbacks go: as its configuration says, else as the installation's settings do."""
    return str(sender.config.get("callback", {}).get("url") or settings.HOTLINE_URL)


def load(*, access: Access, config: Mapping[str, Any], now: datetime) -> bool:
    """Take a configuration that `mapping.faults` finds nothing wrong with; whether anything changed. Audited.

    Raises Invalid for a category that isn't there, Conflict for a code that stands for another kind of sender.
    """
    _want_categories(config)
    with transaction.atomic():
        sender, made = Sender.objects.select_for_update().get_or_create(
            code=config["code"], defaults={"kind": config["kind"], "name": config["name"]}
        )
        if sender.kind != config["kind"]:
            raise Conflict("sender-of-another-kind", _("The code %s stands for another kind of system.") % sender.code)
        if not made and sender.config == config:
            return False
        sender.name, sender.config, sender.loaded_at = config["name"], dict(config), now
        sender.save(update_fields=["name", "config", "loaded_at"])
        audit.record(access=access, action="sender.load", kind="sender", subject=sender.code, detail={"made": made})
    return True


def _want_categories(config: Mapping[str, Any]) -> None:
    codes = {rule["category"]: kind for kind, rule in config.get("kinds", {}).items() if rule.get("category")}
    there = set(Category.objects.filter(code__in=codes, active=True).values_list("code", flat=True))
    for code in sorted(set(codes) - there):
        place = f"kinds.{codes[code]}.category"
        raise Invalid("category-unknown", _("%(place)s: there is no category %(code)s.")
                      % {"place": place, "code": code}, field=place)  # fmt: skip


def rotate(*, access: Access, code: str, overlap: timedelta, now: datetime, secret: str = "") -> str:
    """Give a sender a new key (or `secret`, its own); the old ones stay good for `overlap`. The new key. Audited.

    Nothing is lost: what is signed with either is taken meanwhile, and what leaves carries a signature of each. Raises
    NotFound for a sender that nobody loaded, Invalid for a key that isn't one.
    """
    secret = secret or "whsec_" + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    _want_key(secret)
    with transaction.atomic():
        sender = _locked(code)
        until = now + overlap
        if code == HOTLINE and not sender.keys.exists():
            for old in settings.HOTLINE_KEYS:
                SenderKey.objects.create(sender=sender, secret=fields.seal(old), since=now, until=until)
        SenderKey.objects.filter(Q(until__isnull=True) | Q(until__gt=until), sender=sender).update(until=until)
        key = SenderKey.objects.create(sender=sender, secret=fields.seal(secret), since=now)
        detail = {"key": key.pk, "old_until": until.isoformat()}
        audit.record(access=access, action="sender.rotate", kind="sender", subject=code, detail=detail)
    return secret


def has_key(code: str) -> bool:
    """Whether a key of this sender stands in the table, or the hotline's in its file."""
    in_file = code == HOTLINE and bool(settings.HOTLINE_KEYS)
    return in_file or SenderKey.objects.filter(sender__code=code).exists()


def take_keys(*, access: Access, code: str, secrets: Sequence[str], now: datetime) -> None:
    """The first keys of a sender, the newest first. Audited. Raises Invalid for one that isn't one, NotFound."""
    for secret in reversed(secrets):
        rotate(access=access, code=code, overlap=timedelta(days=1), now=now, secret=secret)


def _locked(code: str) -> Sender:
    if code == HOTLINE:  # it is there from the beginning, with or without a file
        Sender.objects.get_or_create(code=code, defaults={"kind": Sender.Kind.HOTLINE, "name": "12345"})
    sender = Sender.objects.select_for_update().filter(code=code).first()
    if sender is None:
        raise NotFound("no-such-sender", _("There is no system with the code %s; load its file first.") % code)
    return sender


def _want_key(secret: str) -> None:
    try:
        raw = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        raw = b""
    if not secret.startswith("whsec_") or not _LEAST <= len(raw) <= _MOST:
        raise Invalid("key-unusable", _("A key is whsec_ and the base64 of 24 to 64 random bytes."), field="key")


def close(*, code: str, now: datetime) -> None:
    """Its endpoint is gone for good: nothing is sent there until somebody opens it again."""
    _locked(code)
    Sender.objects.filter(code=code, closed_at__isnull=True).update(closed_at=now)


def is_closed(code: str) -> bool:
    """Whether its endpoint is not to be called. One query."""
    return Sender.objects.filter(code=code, closed_at__isnull=False).exists()


def open_again(*, access: Access, code: str, organisation: int | None) -> None:
    """Call its endpoint again from now on. Audited. Raises Conflict when it is open."""
    with transaction.atomic():
        sender = _locked(code)
        if sender.closed_at is None:
            raise Conflict("endpoint-open", _("The endpoint is open already."))
        detail = {"closed_at": sender.closed_at.isoformat()}
        sender.closed_at = None
        sender.save(update_fields=["closed_at"])
        audit.record(
            access=access, action="sender.open", kind="sender", subject=code, organisation=organisation, detail=detail
        )
