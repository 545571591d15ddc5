"""Reading the audit trail: newest first, of the ground that an auditor answers for."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from grid.models import AuditEntry, Post, Region, Role
from grid.policy import Access, outermost, within

PAGE = 50


@dataclass(frozen=True)
class Asked:
    """Which rows: empty texts ask for all; `before` is the id to go on from."""

    kind: str = ""
    subject: str = ""
    actor: str = ""  # account name
    action: str = ""
    since: date | None = None  # first and last day, both counted
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class TrailRow:
    """One audit row as it is shown."""

    id: int
    at: datetime
    actor: str
    organisation: str
    action: str
    subject_kind: str
    subject: str
    result: str
    address: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class TrailPage:
    """Some rows, and where the next ones begin (None: there are none)."""

    rows: list[TrailRow]
    next: str | None


def trail(access: Access, asked: Asked) -> TrailPage:
    """A page of the trail. Whoever is no auditor gets nothing. One or two queries."""
    rows = _visible(access).select_related("actor", "organisation").order_by("-pk")
    exact = {
        "subject_kind": asked.kind, "subject": asked.subject, "actor__username": asked.actor, "action": asked.action,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in exact.items() if value}, **_days(asked))
    if asked.before is not None:
        rows = rows.filter(pk__lt=asked.before)
    found = list(rows[: PAGE + 1])
    more = str(found[PAGE - 1].pk) if len(found) > PAGE else None
    return TrailPage(rows=[_row(entry) for entry in found[:PAGE]], next=more)


def _days(asked: Asked) -> dict[str, datetime]:
    """The bounds of the days asked for, by the clocks on the walls here."""
    wanted: dict[str, datetime] = {}
    if asked.since:
        wanted["at__gte"] = timezone.make_aware(datetime.combine(asked.since, time.min))
    if asked.until:
        wanted["at__lt"] = timezone.make_aware(datetime.combine(asked.until + timedelta(days=1), time.min))
    return wanted


def _visible(access: Access) -> QuerySet[AuditEntry]:
    """Over the whole city: everything. Elsewhere: deeds for organisations there, and of people with a post there."""
    paths = outermost(duty.path for duty in access.having(Role.AUDITOR))
    if Region.objects.filter(parent=None, path__in=paths).exists():
        return AuditEntry.objects.all()
    people = Post.objects.filter(within(paths, field="organisation__region__path")).values("user")
    return AuditEntry.objects.filter(within(paths, field="organisation__region__path") | Q(actor__in=people))


def _row(entry: AuditEntry) -> TrailRow:
    return TrailRow(
        id=entry.pk,
        at=entry.at,
        actor=entry.actor.name if entry.actor else "",
        organisation=entry.organisation.short_name if entry.organisation else "",
        action=entry.action,
        subject_kind=entry.subject_kind,
        subject=entry.subject,
        result=entry.result,
        address=entry.address or "",
        detail=entry.detail,
    )
