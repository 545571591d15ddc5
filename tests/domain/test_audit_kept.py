"""Nothing of the house removes a row of the trail, however old: six calendar months and as long as there is room.

Promise 42. That the application could not if it wanted is tests/domain/test_audit_seal.py's.
"""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from procrastinate.contrib.django import app

from events.services import retention
from grid.models import AuditEntry
from grid.policy import Access
from grid.selectors.trail import Asked, trail
from grid.services import audit
from tests.conftest import _owner
from tests.factories import CITY, access_for, user_with

AGES = (0, 31, 93, 184, 185, 366, 3660)  # days: six calendar months are at most 184


@pytest.fixture
def old(committed, settings, tmp_path):
    """Rows of every age, as they were written then."""
    settings.ANCHOR_FILE = tmp_path / "anchors.log"
    for days in AGES:
        audit.record(
            access=Access(user=None, name="", duties=(), address="192.0.2.1"), action="session.sign-in",
            kind="account", subject=f"{days} days ago",
        )  # fmt: skip
    with _owner(committed) as owner:
        for days in AGES:
            owner.execute(
                "UPDATE grid_auditentry SET at = now() - make_interval(days => %s) WHERE subject = %s",
                [days, f"{days} days ago"],
            )
    audit.seal()
    return {f"{days} days ago" for days in AGES}


def _periodic():
    """Every job that the worker runs by itself, but those that are coroutines: these keep the jobs' own tables."""
    jobs = [periodic.task for periodic in app.periodic_registry.periodic_tasks.values()]
    assert {"events.forget", "events.retain", "events.seal", "events.tidy", "events.anchor"} <= {
        job.name for job in jobs
    }
    return [job for job in jobs if job.name != "events.tidy"]


def test_no_work_of_the_house_removes_an_old_row(old):
    for job in _periodic():
        job.func(timestamp=0)
    retention.purge(now=timezone.now() + timedelta(days=4000), days=1)
    call_command("seal_audit")
    kept = set(AuditEntry.objects.filter(subject__endswith="days ago").values_list("subject", flat=True))
    assert kept == old


def test_an_auditor_still_reads_them(old):
    reader = access_for(user_with("auditor", f"centre-{CITY}"))
    day = timezone.localdate() - timedelta(days=184)
    found = trail(reader, Asked(since=day, until=day))
    assert [row.subject for row in found.rows] == ["184 days ago"]
    assert old <= {row.subject for row in trail(reader, Asked(kind="account")).rows}
