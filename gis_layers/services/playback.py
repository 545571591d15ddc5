"""Live pictures: decide, write it down, then open. The camera's address is told to the gateway alone, per stream."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_layers import selectors
from gis_layers.models import Channel, ChannelSource, PlaybackSession
from gis_layers.policy import Purpose, grants_to, may_watch
from gis_layers.video.embedded import EmbeddedGateway, Revocation
from gis_layers.video.protocol import PlayRequest, StreamGateway
from gis_layers.video.tickets import browser_binding
from gis_layers.video.upstream import Upstream
from grid import fields
from grid.models import UserSession
from grid.policy import Access, access_of
from grid.refusals import Forbidden, Invalid, NotFound, Unavailable
from grid.services import audit

CHANNEL = "playback"  # of NOTIFY: revocations, as JSON
LONGEST = timedelta(hours=13)  # longer than any browser session lives
UNDER_WAY = (PlaybackSession.Result.GRANTED, PlaybackSession.Result.PLAYING)


@dataclass(frozen=True)
class Opened:
    """A permitted view: where to connect once within a minute, and the text that lies over the picture."""

    session: UUID
    url: str
    watermark: str


@dataclass(frozen=True)
class Admission:
    """What the gateway is told when a ticket is spent."""

    upstream: Upstream
    session: UUID
    watermark: str
    user: int


class Spent(Exception):
    """The ticket was used before, or its session is over."""


@cache
def gateway() -> StreamGateway:
    """The gateway that this installation plays through."""
    return EmbeddedGateway(key=settings.TICKET_KEY, announce=_announce)


def open_view(*, access: Access, channel: str, purpose: Purpose, binding: str) -> Opened:
    """Decide, write the session and its audit row, and only then hand out a ticket.

    `binding` ties it to the browser session. Raises NotFound, Invalid (no purpose), Forbidden (with the reason; the
    refusal is audited too).
    """
    if access.user is None:
        raise Forbidden("not-a-person", _("Sign in first."))
    found = selectors.channel(access, channel)
    now = timezone.now()
    decision = may_watch(access, found, purpose, grants_to(access, now=now))
    if not decision.allowed or decision.duty is None:
        audit.record(
            access=access, action="playback.refuse", kind="channel", subject=channel, result="refused",
            detail={"event": purpose.event_no, "purpose": purpose.words},
        )  # fmt: skip
        if not purpose.stated:
            raise Invalid("purpose-needed", decision.reason, field="purpose")
        raise Forbidden("may-not-watch", decision.reason)
    with transaction.atomic():
        session = PlaybackSession.objects.create(
            user_id=access.user, organisation_id=decision.duty.organisation, channel=found, binding=binding,
            event_no=purpose.event_no, purpose=purpose.words.strip(), decided_at=now,
        )  # fmt: skip
        _record(access, session, "playback.grant")
    play = gateway().open(
        PlayRequest(
            session_id=session.pk, user_id=str(access.user), channel_code=found.code, binding=binding,
            now=now.timestamp(),
        )
    )  # fmt: skip
    return Opened(session=session.pk, url=play.path, watermark=_watermark(access.name, decision.duty.organisation_name))


def admit(*, session: UUID, user: str, channel: str, binding: str, address: str | None) -> Admission:
    """Spend a ticket, from the gateway: once, with the rights as they are now, the audit row before the first byte.

    Raises Spent, Forbidden, NotFound (no such camera any more), Unavailable (it has no source).
    """
    with transaction.atomic():
        row = (
            PlaybackSession.objects.select_for_update(of=("self",))
            .select_related("user", "organisation", "channel__site__owner")
            .filter(pk=session, user_id=user, channel__code=channel, binding=binding)
            .first()
        )
        if row is None or row.state != PlaybackSession.Result.GRANTED:
            raise Spent
        access = access_of(row.user, now=timezone.now()).coming_from(address=address, request_id="")
        upstream = _upstream(row.channel)
        allowed = upstream is not None and _standing(access, row)
        if allowed:
            row.state = PlaybackSession.Result.PLAYING
            row.opened_at = timezone.now()
            row.save(update_fields=["state", "opened_at"])
        else:
            _end(row, PlaybackSession.Result.FAILED, "no-source" if upstream is None else "rights")
        _record(access, row, "playback.open" if allowed else "playback.refuse", refused=not allowed)
    if upstream is None:
        raise Unavailable("no-source", _("This channel has no stream set up. Tell its owner."))
    if not allowed:
        raise Forbidden("may-not-watch", _("Your right to watch this has ended."))
    return Admission(
        upstream=upstream,
        session=row.pk,
        watermark=_watermark(row.user.name, row.organisation.short_name),
        user=row.user_id,
    )


def still_allowed(session: UUID) -> bool:
    """Whether a view that plays may go on: asked by the gateway every few minutes."""
    row = (
        PlaybackSession.objects.select_related("user", "channel__site__owner")
        .filter(pk=session, state=PlaybackSession.Result.PLAYING)
        .first()
    )
    return row is not None and _standing(access_of(row.user, now=timezone.now()), row)


def ended(*, session: UUID, reason: str, seconds: float, sent: int) -> None:
    """A view is over, says the gateway: why, after how many seconds and bytes. A revoked one stays revoked."""
    with transaction.atomic():
        row = PlaybackSession.objects.select_for_update().filter(pk=session).first()
        if row is None or row.state not in (*UNDER_WAY, PlaybackSession.Result.REVOKED):
            return
        if row.state != PlaybackSession.Result.REVOKED:
            _end(row, PlaybackSession.Result.ENDED, reason)
        access = Access(user=row.user_id, name="", duties=())
        audit.record(
            access=access, action="playback.end", kind="channel", subject=row.channel.code,
            organisation=row.organisation_id,
            detail={"session": str(session), "reason": reason, "seconds": round(seconds, 1), "bytes": sent},
        )  # fmt: skip


def close_view(*, access: Access, session: UUID) -> None:
    """The viewer is done. Raises NotFound for another's session."""
    if access.user is None or not PlaybackSession.objects.filter(pk=session, user_id=access.user).exists():
        raise NotFound("no-such-session", _("There is no such playback session of yours."))
    with transaction.atomic():  # a ticket that was not used yet is worth nothing any more; of others the gateway tells
        unused = PlaybackSession.objects.select_for_update(of=("self",)).select_related("channel")
        row = unused.filter(pk=session, state=PlaybackSession.Result.GRANTED).first()
        if row is not None:
            _end(row, PlaybackSession.Result.ENDED, "left")
            _record(access, row, "playback.end")
        gateway().revoke(session_id=session)


def revoke_sessions(binding: str) -> int:
    """Cut every view of a browser session that ends; how many there were. Runs in the caller's transaction."""
    views = list(PlaybackSession.objects.select_for_update().filter(binding=binding, state__in=UNDER_WAY))
    for row in views:
        _revoke(row, "session")
    gateway().revoke_browser_session(binding=binding)
    return len(views)


def cut_unentitled(*, user: int | None = None) -> int:
    """Cut every view whose watcher would be refused now: a post or grant that ended, a session that ran out.

    With `user`, that watcher's alone.
    """
    cut = 0
    playing = PlaybackSession.objects.filter(state=PlaybackSession.Result.PLAYING)
    if user is not None:
        playing = playing.filter(user=user)
    for number in list(playing.values_list("pk", flat=True)):
        if still_allowed(number):
            continue
        with transaction.atomic():
            row = PlaybackSession.objects.select_for_update().filter(pk=number, state__in=UNDER_WAY).first()
            if row is not None:
                _revoke(row, "rights")
                gateway().revoke(session_id=number)
                cut += 1
    return cut


def forget_unused(*, now: datetime) -> int:
    """Mark tickets that nobody used within two minutes as over, and views whose end nobody told; how many."""
    unused = Q(state=PlaybackSession.Result.GRANTED, decided_at__lt=now - timedelta(minutes=2))
    untold = Q(state=PlaybackSession.Result.PLAYING, opened_at__lt=now - LONGEST)
    over = PlaybackSession.objects.filter(unused | untold)
    return over.update(state=PlaybackSession.Result.ENDED, ended_at=now, end_reason="unused")


def _revoke(row: PlaybackSession, reason: str) -> None:
    _end(row, PlaybackSession.Result.REVOKED, reason)
    _record(Access(user=row.user_id, name="", duties=()), row, "playback.revoke")


def _standing(access: Access, row: PlaybackSession) -> bool:
    """Whether the decision would be the same now, and the browser session that asked is still signed in."""
    if not _signed_in(row):
        return False
    try:
        found = selectors.channel(access, row.channel.code)
    except NotFound:
        return False
    purpose = Purpose(event_no=row.event_no, words=row.purpose)
    return may_watch(access, found, purpose, grants_to(access, now=timezone.now())).allowed


def _signed_in(row: PlaybackSession) -> bool:
    keys = UserSession.objects.filter(user_id=row.user_id, expire_date__gt=timezone.now())
    return any(browser_binding(key) == row.binding for key in keys.values_list("session_key", flat=True))


def _end(row: PlaybackSession, state: PlaybackSession.Result, reason: str) -> None:
    row.state = state
    row.ended_at = timezone.now()
    row.end_reason = reason[:24]
    row.save(update_fields=["state", "ended_at", "end_reason"])


def _record(access: Access, row: PlaybackSession, action: str, *, refused: bool = False) -> None:
    audit.record(
        access=access, action=action, kind="channel", subject=row.channel.code, organisation=row.organisation_id,
        result="refused" if refused else "ok",
        detail={"session": str(row.pk), "event": row.event_no, "purpose": row.purpose},
    )  # fmt: skip


def _watermark(name: str, organisation: str) -> str:
    return f"{organisation} {name} {timezone.localtime():%Y-%m-%d %H:%M}"


def _upstream(found: Channel) -> Upstream | None:
    """Where the channel's picture comes from; None when nobody has set that up."""
    source = ChannelSource.objects.filter(channel=found).first()
    if source is None:
        return None
    host, port = source.host, source.port
    if not host:  # the demo's cameras share one address, known only when they have started
        host, _colon, text = settings.CAMERA_ADDRESS.rpartition(":")
        port = int(text or 0)
    credentials = fields.unseal(bytes(source.credentials)) if source.credentials else ""
    username, _colon, password = credentials.partition(":")
    try:
        return Upstream(host=host, port=port, path=source.stream_path, username=username, password=password)
    except ValueError:
        return None


def _announce(revocation: Revocation) -> None:
    text = json.dumps(
        {"session": str(revocation.session_id) if revocation.session_id else None, "binding": revocation.binding}
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, text])
