"""Grants between organisations, as rows: what the doors would leave behind."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from events.models import Event
from events.policy import visible_events
from grid.models import EventGrant, GrantState, Region
from grid.policy import Access
from tests.factories.people import organisation

LEAST = timedelta(microseconds=1)


def sees(access: Access, event: Event) -> bool:
    """Whether a list holds the event for this reader."""
    return Event.objects.filter(visible_events(access), pk=event.pk).exists()


def lent(
    owner: str,
    grantee: str,
    *,
    region: str,
    classes: Iterable[str] = ("06",),
    join: bool = False,
    state: str = GrantState.GRANTED,
    since: datetime | None = None,
    until: datetime | None = None,
    **more: Any,
) -> EventGrant:
    """A grant of `owner` to `grantee`, both by code, in the region with this code; since yesterday, until tomorrow."""
    now = timezone.now()
    return EventGrant.objects.create(
        owner=organisation(owner), grantee=organisation(grantee), path=Region.objects.get(code=region).path,
        classes=sorted(classes), join=join, reason="联合整治需要掌握情况", state=state, asked_at=now,
        since=since or now - timedelta(days=1), until=until or now + timedelta(days=1), **more,
    )  # fmt: skip
