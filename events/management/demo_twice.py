"""What the demo's week was told of twice: the hotline calls about what an officer has reported already."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Case, IntegerField, Max, QuerySet, Value, When

from events.management.demo_cast import Cast
from events.models import Event, Source
from events.services import deeds
from events.services.advance import advance
from events.workflow import State
from grid.models import Role

MOST = 3
MANHOLE = "06-001"
_IN_WORK = (State.ACCEPTED, State.DISPATCHED, State.HANDLING)
_QUIET = timedelta(minutes=30)  # since the last step of what is told of again


def play(*, tell: Callable[[Event, datetime], Event], cast: Cast, now: datetime) -> tuple[int, int]:
    """Tell of up to three open events once more: how many stay open, how many have ended.

    The first is merged, the second was merged by mistake and parted again, the third waits for somebody to see it.
    """
    found = list(_told_by_officers(now)[:MOST])
    for number, event in enumerate(found):
        again = tell(event, now - timedelta(minutes=24 - 3 * number))
        if number < 2:
            again = _take(again, deeds.Merge(into=event.no), cast, now - timedelta(minutes=12))
        if number == 1:
            _take(again, deeds.Unmerge(text="核对照片后不是同一处，恢复单独办理。"), cast, now - timedelta(minutes=9))
    ended = min(1, len(found))
    return len(found) - ended, ended


def _told_by_officers(now: datetime) -> QuerySet[Event]:
    """Open ones that nothing has happened to for a while, manholes first, the newest first."""
    manhole = Case(When(category__code=MANHOLE, then=Value(0)), default=Value(1), output_field=IntegerField())
    events = Event.objects.filter(state__in=_IN_WORK, source=Source.OFFICER, restricted=False, point__isnull=False)
    quiet = events.annotate(last=Max("journal__at")).filter(last__lt=now - _QUIET)
    return quiet.select_related("category", "grid").order_by(manhole, "-reported_at", "pk")


def _take(event: Event, deed: deeds.Deed, cast: Cast, at: datetime) -> Event:
    acceptor = cast.at(Role.ACCEPTOR, event.holder_id)
    return advance(access=acceptor, no=event.no, version=event.version, deed=deed, now=at)
