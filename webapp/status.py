"""How the installation stands, for whoever keeps it running: each part, what is out of order, and what waits for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.selectors import deliveries
from grid.models import Role
from grid.policy import Access
from grid.refusals import Forbidden
from webapp import readiness

READERS = (Role.SYSADMIN, Role.SHIFT_LEAD)

_HEARD = "SELECT extract(epoch FROM now() - max(last_heartbeat)) / 60 FROM procrastinate_workers"
_WAITING = """
    SELECT count(*), extract(epoch FROM now() - min(coalesce(job.scheduled_at, made.at))) / 60
    FROM procrastinate_jobs AS job
    LEFT JOIN procrastinate_events AS made ON made.job_id = job.id AND made.type = 'deferred'
    WHERE job.status = 'todo' AND coalesce(job.scheduled_at, now()) <= now()
"""


@dataclass(frozen=True)
class PartRow:
    """One part: `alarm` when somebody has to do something; `words` say how it stands, and then what to do."""

    code: str
    label: str
    alarm: bool
    words: str


@dataclass(frozen=True)
class StatusPage:
    """All parts, the alarms first; `waiting` jobs are due and not begun."""

    at: datetime
    alarms: int
    waiting: int
    parts: list[PartRow]


@dataclass(frozen=True)
class Work:
    """The worker and what waits for it. Minutes; None: no worker is known, nothing waits."""

    heard: float | None
    waiting: int
    oldest: float | None


def status(access: Access) -> StatusPage:
    """Every part as it stands now. Raises Forbidden for whoever doesn't keep it running."""
    if not access.has(*READERS):
        raise Forbidden("status-not-yours", _("The status is for system administrators and shift leads."))
    work = _work()
    parts = sorted(_parts(access, work), key=lambda part: not part.alarm)
    return StatusPage(
        at=timezone.now(), alarms=sum(part.alarm for part in parts), waiting=work.waiting, parts=parts
    )  # fmt: skip


def _parts(access: Access, work: Work) -> Iterator[PartRow]:
    yield _database()
    yield worker_row(work.heard, longest=settings.WORKER_SILENCE_MINUTES)
    yield jobs_row(work, longest=settings.WORKER_SILENCE_MINUTES)
    yield _callbacks(access)


def worker_row(heard: float | None, *, longest: float) -> PartRow:
    """The worker, last heard so many minutes ago (None: never); an alarm after `longest` minutes of silence."""
    alarm = heard is None or heard > longest
    words = _("No worker is known.") if heard is None else _("Last heard %(minutes)d min ago.") % {"minutes": heard}
    if alarm:
        what = _("Deadlines are not watched and nothing is delivered until it runs again; what waits is done then.")
        words = f"{words} {what}"
    return PartRow(code="worker", label=_("Worker"), alarm=alarm, words=words)


def jobs_row(work: Work, *, longest: float) -> PartRow:
    """The jobs that are due: an alarm when the oldest of them has waited for more than `longest` minutes."""
    if work.oldest is None:
        return PartRow(code="jobs", label=_("Jobs"), alarm=False, words=_("None waits."))
    words = ngettext(
        "%(count)d waits, the oldest for %(minutes)d min.", "%(count)d wait, the oldest for %(minutes)d min.",
        work.waiting,
    ) % {"count": work.waiting, "minutes": work.oldest}  # fmt: skip
    return PartRow(code="jobs", label=_("Jobs"), alarm=work.oldest > longest, words=words)


def _database() -> PartRow:
    faults = readiness.faults()
    words = "; ".join(fault.detail for fault in faults) or _("Keeps what it acknowledged; all migrations are applied.")
    return PartRow(code="database", label=_("Database"), alarm=bool(faults), words=words)


def _callbacks(access: Access) -> PartRow:
    told = deliveries.endpoint(access, may_open=False)
    words = [_("%(count)d wait to be sent.") % {"count": told.waiting}]
    if told.closed_at is not None:
        words.append(_("The hotline said that its endpoint is gone: the city centre's shift lead opens it again."))
    if told.behind:
        words.append(_("%(count)d orders were given up on: send them again.") % {"count": told.behind})
    return PartRow(code="callbacks", label=_("Callbacks"), alarm=len(words) > 1, words=" ".join(words))


def _work() -> Work:
    with connection.cursor() as cursor:
        cursor.execute(_HEARD)
        heard = cursor.fetchone()[0]
        cursor.execute(_WAITING)
        waiting, oldest = cursor.fetchone()
    return Work(heard=heard, waiting=waiting, oldest=oldest)
