"""What the worker does: deliveries, the audit's seal, and keeping house."""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from events.hotline import callback, signature
from events.models import OutboxMessage
from events.services import lending, notices, outbox, retention, senders, watch
from events.services.outbox import JOB, Outcome
from gis_layers import live
from gis_layers.services import playback
from grid import network
from grid.services import audit

log = logging.getLogger("wangge.worker")
_SECONDS = 15.0  # for one attempt, all of it
_BEFORE_DELIVERIES = 10  # a queue full of slow deliveries keeps no house work waiting
_JOB_HOURS = 7 * 24  # for which finished jobs can be looked up


@app.task(name=JOB, queue="deliveries")
def deliver(message: str, by_hand: bool = False) -> None:
    """One attempt to deliver one message; what comes after it is planned by the outbox."""
    after = outbox.attempt(message=UUID(message), now=timezone.now, render=callback.render, send=send, by_hand=by_hand)
    if after is not None and after.state == OutboxMessage.State.DEAD and not by_hand:
        log.error("delivery %s of order %s is dead after %d attempts", message, after.ticket_id, after.attempts_made)


def send(message: OutboxMessage, body: bytes) -> Outcome:
    """One signed POST to the hotline's callback address; never raises for what the other side does."""
    now = timezone.now()
    sender = senders.hotline(now=now)
    signed = signature.sign(message_id=str(message.pk), body=body, at=now, secrets=sender.keys)
    headers = {"Content-Type": "application/json", "User-Agent": "wangge", **signed}
    started = time.monotonic()
    try:
        answer = network.post(senders.callback_url(sender), body=body, headers=headers, timeout=_SECONDS)
    except (network.AddressRefused, network.ConnectionFailed) as error:
        return Outcome(code=None, milliseconds=round((time.monotonic() - started) * 1000), error=str(error))
    return Outcome(
        code=answer.status,
        milliseconds=answer.milliseconds,
        answer=answer.head,
        retry_after=seconds_asked_for(answer.headers, now=timezone.now()),
    )


def seconds_asked_for(headers: Mapping[str, str], *, now: datetime) -> int | None:
    """What a receiver's Retry-After asks for (RFC 9110, 10.2.3: seconds, or a date); None without one, or nonsense."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), outbox.LONGEST_WISH)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0, round((until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()))


@app.periodic(cron="* * * * *")
@app.task(name="events.sweep", queue="house", queueing_lock="events.sweep", priority=_BEFORE_DELIVERIES)
def sweep(timestamp: int) -> None:
    """Every minute: messages that are due and that no job is waiting for, because their worker died."""
    for message in outbox.due(now=timezone.now()):
        try:
            deliver.configure(queueing_lock=f"{JOB} {message}").defer(message=str(message))
        except AlreadyEnqueued:
            continue


@app.periodic(cron="* * * * * */15")
@app.task(name="events.watch", queue="house", queueing_lock="events.watch", priority=_BEFORE_DELIVERIES)
def watch_allowances(timestamp: int) -> None:
    """Every 15 seconds: events whose allowances have run out are supervised by themselves."""
    if said := watch.tick():
        log.info("%d allowances have run out", said)


@app.periodic(cron="* * * * *")
@app.task(name="events.seal", queue="house", queueing_lock="events.seal", priority=_BEFORE_DELIVERIES)
def seal(timestamp: int) -> None:
    """Every minute: the audit rows of finished transactions into a seal."""
    audit.seal()


@app.periodic(cron="* * * * *")
@app.task(name="events.forget", queue="house", queueing_lock="events.forget", priority=_BEFORE_DELIVERIES)
def forget(timestamp: int) -> None:
    """Every minute: updates that every screen has seen, views that nobody may have any more, tickets nobody used."""
    live.prune()
    playback.cut_unentitled()
    playback.forget_unused(now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="events.lapse", queue="house", queueing_lock="events.lapse", priority=_BEFORE_DELIVERIES)
def lapse(timestamp: int) -> None:
    """Every minute: grants between organisations that ran out are written into the audit trail; they have stopped
    opening anything before, by themselves."""
    if over := lending.note_lapsed():
        log.info("%d grants or requests have run out", over)


@app.periodic(cron="5 0 * * *")
@app.task(name="events.anchor", queue="house", queueing_lock="events.anchor")
def anchor(timestamp: int) -> None:
    """Every day: the chain's last digest, written where the database's owner can't reach."""
    audit.anchor(today=timezone.localdate())


@app.periodic(cron="*/10 1-4 * * *")
@app.task(name="events.retain", queue="house", queueing_lock="events.retain")
def retain(timestamp: int) -> None:
    """At night: who called about events that ended long ago is removed, with what they had said of themselves; so are
    notices of a month ago."""
    if purged := retention.purge(now=timezone.now(), days=settings.CALLER_DAYS):
        log.info("who called is removed from %d orders", purged)
    notices.prune(now=timezone.now())


@app.periodic(cron="25 3 * * *")
@app.task(name="events.tidy", queue="house", queueing_lock="events.tidy")
async def tidy(timestamp: int) -> None:
    """Every night: jobs that ended a week ago; what was delivered stands in the outbox, not here."""
    await app.job_manager.delete_old_jobs(nb_hours=_JOB_HOURS, include_failed=True)
