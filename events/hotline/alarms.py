"""Messages of other sources in: alarm buttons, video doors, partners' systems; each applied once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events import mapping
from events.hotline import alarm_payload, machines, signature
from events.hotline.alarm_payload import AlarmMessage
from events.hotline.once import Answer, digest_of, in_their_names, ours, stored, wait_for_turn
from events.models import Alarm, Event, Sender, StateLabel
from events.policy import SOURCE
from events.services import deeds, senders
from events.services.advance import advance
from events.services.report import Alarmed, take_alarm
from events.services.senders import Known
from events.workflow import OPEN
from gis_layers.selectors import KnownDevice, device
from grid.coordinates import Crs
from grid.policy import Access
from grid.refusals import Invalid

REPEAT_MINUTES = 10  # within which the same device's same alarm is the same event, unless its source says otherwise


def take(*, code: str, body: bytes, headers: Mapping[str, str], address: str | None, request_id: str) -> Answer:
    """Take one signed message of the source `code`; the same again is answered as before.

    Raises signature.Unsigned (also for a source that nobody loaded), Invalid, Conflict, Unavailable. Nothing is written
    then.
    """
    sender = senders.known(code, kind=Sender.Kind.SOURCE, now=timezone.now())
    message_id = signature.verify(body=body, headers=headers, secrets=sender.keys if sender else ())
    assert sender is not None  # noqa: S101 - without one there was no key to verify with
    with transaction.atomic():
        wait_for_turn(f"source {code} message {message_id}")
        digest = digest_of(body)
        known = stored(Alarm.objects.filter(sender=sender.pk, message_id=message_id).first(), digest)
        if known is not None:
            return known
        message = _parsed(body, sender, message_id)
        access = machines.at_the_city(role=SOURCE, name=code, address=address, request_id=request_id)
        return _apply_once(message, digest, sender, access)


def _parsed(body: bytes, sender: Known, message_id: str) -> AlarmMessage:
    message = alarm_payload.parse(ours(body, sender, mapping.SOURCE, message_id))
    if message.message_id != message_id:
        raise Invalid("message-id-differs", _("message_id must equal the header webhook-id."), field="message_id")
    if message.source_code not in ("", sender.code):
        detail = _("source_code must be the code in the address: %s.") % sender.code
        raise Invalid("source-differs", detail, field="source_code")
    return message


def _apply_once(message: AlarmMessage, digest: str, sender: Known, access: Access) -> Answer:
    wait_for_turn(f"source {sender.code} device {message.device_code}")
    now = timezone.now()
    found = device(source=sender.code, code=message.device_code) if message.device_code else None
    event = _again(message, sender, now)
    status = 201 if event is None else 200
    event = _report(message, found, sender, access, now) if event is None else _press(event, message, access, now)
    answer = in_their_names(Answer(status, _told(message, event)), sender)
    Alarm.objects.create(
        sender=Sender.objects.get(code=sender.code), message_id=message.message_id, body_sha256=digest,
        device_code=message.device_code,
        device_id=found.id if found else None, kind=message.kind, occurred_at=message.occurred_at, received_at=now,
        event=event, status=status, answer=answer.body,
    )  # fmt: skip
    return answer


def _again(message: AlarmMessage, sender: Known, now: datetime) -> Event | None:
    """The open event that this device's last alarm of this kind is about, if that was only minutes ago."""
    if not message.device_code:
        return None
    since = now - timedelta(minutes=sender.config.get("repeat_minutes", REPEAT_MINUTES))
    alarms = Alarm.objects.filter(
        sender=sender.pk, device_code=message.device_code, kind=message.kind, received_at__gt=since
    )
    last = alarms.order_by("-received_at").first()
    if last is None:
        return None
    return Event.objects.select_for_update().filter(pk=last.event_id, state__in=OPEN).first()


def _press(event: Event, message: AlarmMessage, access: Access, now: datetime) -> Event:
    """The same once more: an urge on the event that is there."""
    deed = deeds.Urge(text=message.content)
    return advance(access=access, no=event.no, version=event.version, deed=deed, now=now)


def _report(
    message: AlarmMessage, found: KnownDevice | None, sender: Known, access: Access, now: datetime
) -> Event:  # fmt: skip
    rule: Mapping[str, Any] = sender.config.get("kinds", {}).get(message.kind, {})
    name = found.name if found else message.device_code
    words = message.content or rule.get("words") or message.kind
    alarmed = Alarmed(
        text=_("%(words)s (%(device)s)") % {"words": words, "device": name} if name else words,
        category=rule.get("category"), urgent=bool(rule.get("urgent")), point=message.point or _standing(found),
        address=message.address or (found.address or found.name if found else ""),
        about={"source": sender.code, "device": message.device_code, "kind": message.kind},
    )  # fmt: skip
    return take_alarm(access=access, duty=access.duties[0], alarmed=alarmed, now=now)


def _standing(found: KnownDevice | None) -> deeds.GivenPoint | None:
    if found is None or found.lng is None or found.lat is None:
        return None
    return deeds.GivenPoint(lng=found.lng, lat=found.lat, crs=Crs.WGS84)


def _told(message: AlarmMessage, event: Event) -> dict[str, Any]:
    return {
        "message_id": message.message_id, "event_no": event.no, "state": event.state,
        "state_label": str(StateLabel(event.state).label), "applied": True,
    }  # fmt: skip
