"""Notices: written with the step that they tell of, read by one person at a time, gone after thirty days."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event, Notice, NoticeRead
from events.noticing import KEPT, ON_THE_SPOT, Happening, addressees
from events.selectors.cards import find
from events.workflow import State, Step
from grid.policy import Access
from grid.refusals import Forbidden
from grid.selectors.prepared import prepared_cursor
from grid.services import audit

# Whoever has the task on the spot: the grid lead it was handed to, the person asked, else the centre's checkers.
_TELL = """
    INSERT INTO events_notice (event_id, version, step, at, by_id, addressees)
    SELECT %(event)s, %(version)s, %(step)s, %(at)s, %(by)s, told FROM (
        SELECT %(addressees)s::text[] || ARRAY(
            SELECT coalesce('user:' || coalesce(handed_to_id, user_id), organisation_id || ':checker')
            FROM events_task
            WHERE %(spot)s AND event_id = %(event)s AND kind IN ('verify', 'check') AND ended_at IS NULL) AS told
    ) AS those WHERE cardinality(told) > 0
"""


def tell(
    *, event: Event, step: Step, by: int | None, payload: dict[str, Any], now: datetime, came_from: State | None = None
) -> None:  # fmt: skip
    """Write the notice of a step just taken, in its transaction; nothing where it concerns nobody. One statement."""
    found = addressees(
        Happening(
            step=step, state=State(event.state), holder=event.holder_id, lead=event.lead_id, reporter=event.reporter_id,
            urgent=event.urgent, returns=event.returns, payload=payload, came_from=came_from,
        )
    )  # fmt: skip
    if not found:
        return
    with prepared_cursor() as cursor:
        cursor.execute(
            _TELL,
            {"event": event.pk, "version": event.version, "step": step.value, "at": now, "by": by,
             "addressees": [one for one in found if one != ON_THE_SPOT], "spot": ON_THE_SPOT in found},
        )  # fmt: skip


def mark_read(*, access: Access, no: str, version: int, now: datetime | None = None) -> None:
    """This person has read the notices of event `no` up to `version`. Raises NotFound, Forbidden for a machine.

    Audited, as far as it was not known.
    """
    reader, event = _reader(access), find(access, no).pk
    with transaction.atomic():
        if _keep(reader, event, version, now or timezone.now()):
            audit.record(access=access, action="notice.read", kind="event", subject=no, detail={"version": version})


def mark_all_read(*, access: Access, up_to: int, now: datetime | None = None) -> None:
    """This person has read every notice up to the one with this id. Raises Forbidden for a machine.

    Audited, as far as it was not known.
    """
    reader = _reader(access)
    with transaction.atomic():
        newest = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        if _keep(reader, None, min(up_to, newest), now or timezone.now()):  # never what is yet to come
            audit.record(access=access, action="notice.read", kind="account", subject=access.name)


def prune(*, now: datetime) -> int:
    """Forget what is older than thirty days, and what was read of it; how many notices went."""
    with transaction.atomic():
        gone, _by_table = Notice.objects.filter(at__lt=now - KEPT).delete()
        NoticeRead.objects.filter(event__isnull=False, at__lt=now - KEPT).delete()
    return gone


def _reader(access: Access) -> int:
    if access.user is None:
        raise Forbidden("not-a-person", _("Sign in first."))
    return access.user


def _keep(user: int, event: int | None, up_to: int, now: datetime) -> bool:
    """Of an event up to a version, else up to a notice; whether that is farther than before. The farthest counts: two
    pages of one person may say so in any order."""
    known = NoticeRead.objects.filter(user=user, event=event)
    name = "version" if event is not None else "up_to"
    before = known.select_for_update().values_list(name, flat=True).first()
    if before is not None:
        known.update(**{name: Greatest(name, up_to)}, at=Greatest("at", now))
        return bool(up_to > before)
    NoticeRead.objects.bulk_create(
        [NoticeRead(user_id=user, event_id=event, **{name: up_to}, at=now)], ignore_conflicts=True
    )
    return True
