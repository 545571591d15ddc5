"""What the worker does: deliveries, the audit's seal, and keeping house."""

import logging
import time
from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from events.hotline import callback, signature
from events.models import OutboxMessage
from events.services import outbox
from events.services.outbox import JOB, Outcome
from gis_layers import live
from gis_layers.services import playback
from grid import network
from grid.services import audit

log = logging.getLogger("wangge.worker")
_SECONDS = 15.0  # for one attempt, all of it


@app.task(name=JOB, queue="deliveries")
def deliver(message: str, by_hand: bool = False) -> None:
    """One attempt to deliver one message; what comes after it is planned by the outbox."""
    after = outbox.attempt(message=UUID(message), now=timezone.now, render=callback.render, send=_send, by_hand=by_hand)
    if after is not None and after.state == OutboxMessage.State.DEAD:
        log.error("delivery %s of order %s is dead after %d attempts", message, after.ticket_id, after.attempts_made)


def _send(message: OutboxMessage, body: bytes) -> Outcome:
    headers = signature.sign(message_id=str(message.pk), body=body, at=timezone.now(), secret=settings.HOTLINE_KEYS[0])
    started = time.monotonic()
    try:
        answer = network.post(
            settings.HOTLINE_URL, body=body, headers={"Content-Type": "application/json", **headers}, timeout=_SECONDS
        )
    except (network.AddressRefused, network.ConnectionFailed) as error:
        return Outcome(code=None, milliseconds=round((time.monotonic() - started) * 1000), error=str(error))
    return Outcome(
        code=answer.status, milliseconds=answer.milliseconds, answer=answer.head, retry_after=_seconds(answer.headers)
    )


def _seconds(headers: Mapping[str, str]) -> int | None:
    """What a receiver's Retry-After asks for, in seconds; a date (or nonsense) counts as none."""
    text = headers.get("retry-after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


@app.periodic(cron="* * * * *")
@app.task(name="events.sweep", queue="house", queueing_lock="events.sweep")
def sweep(timestamp: int) -> None:
    """Every minute: messages whose worker died, rows to seal, updates and tickets that nobody needs any more."""
    now = timezone.now()
    for message in outbox.due(now=now):
        deliver.defer(message=str(message))
    audit.seal()
    live.prune()
    playback.forget_unused(now=now)


@app.periodic(cron="5 0 * * *")
@app.task(name="events.anchor", queue="house", queueing_lock="events.anchor")
def anchor(timestamp: int) -> None:
    """Every day: the chain's last digest, written where the database's owner can't reach."""
    audit.anchor(today=timezone.localdate())
