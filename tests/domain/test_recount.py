"""The journal's export, counted again by pandas apart from the product's own way, agrees on every indicator."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from data.evaluation.recount import BESIDE, counts, percent, read
from events.counting.indicators import INDICATORS
from events.evaluation.report import Asked, report
from events.models import JournalEntry
from events.workflow import TRANSITIONS, State
from grid.models import Grid, Organisation
from tests.factories import brought_to, reported
from tests.factories.journals import keep, walk

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def _asked(since: date, until: date, as_of: datetime) -> Asked:
    return Asked(since=since, until=until, as_of=as_of, region="4309/", root=True)


def _ours(asked: Asked) -> dict[str, tuple[int, int, str | None]]:
    made = report(asked)
    values = {one.code: made.whole.of(one.code) for one in INDICATORS}
    return {code: (one.hits, one.of, None if one.percent is None else str(one.percent)) for code, one in values.items()}


def _theirs(file: Path, asked: Asked) -> dict[str, tuple[int, int, str | None]]:
    period = asked.period
    found = counts(read(str(file)), start=period.start, end=period.end, as_of=period.as_of)  # type: ignore[arg-type]
    known = {one.code for one in INDICATORS}
    return {code: (*value, percent(*value)) for code, value in found.items() if code in known}


@pytest.mark.parametrize("seed", range(4))
def test_any_week_counted_again_from_the_export_is_the_same(seed, tmp_path):
    random = Random(seed)
    paths = [*Grid.objects.order_by("path").values_list("path", flat=True), ""]
    who = list(Organisation.objects.order_by("pk").values_list("pk", flat=True)[:6])
    keep(entry for number in range(300) for entry in walk(random, number, paths=paths, organisations=who, longest=24))
    file = tmp_path / "journal.csv"
    call_command("export_journal", str(file))
    for _ in range(5):
        since = date(2026, 3, 1) + timedelta(days=random.randrange(45))
        as_of = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=random.uniform(100, 1600))
        asked = _asked(since, since + timedelta(days=6), as_of)
        assert _theirs(file, asked) == _ours(asked), (since, as_of)
    whole = _asked(date(2026, 3, 1), date(2026, 5, 31), datetime(2026, 7, 1, tzinfo=UTC))
    assert _theirs(file, whole) == _ours(whole)
    assert {code for code, (_hits, of, _percent) in _ours(whole).items() if of == 0} <= {"satisfied"}


def test_the_recount_knows_every_step_of_the_table():
    assert {row.step.value for row in TRANSITIONS if row.target is None and not row.back} == BESIDE


def test_what_the_real_doors_wrote_agrees_from_the_command_line(tmp_path):
    for state in (State.CLOSED, State.HANDLING, State.REJECTED, State.VOIDED, State.SUSPENDED):
        brought_to(reported(), state)
    file, today, now = tmp_path / "journal.csv", timezone.localdate(), timezone.now()
    call_command("export_journal", str(file))
    command = [sys.executable, "-m", "data.evaluation.recount", str(file), "--from", today.isoformat(), "--to",
               today.isoformat(), "--as-of", now.isoformat()]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    ours = _ours(_asked(today, today, now))
    theirs = {code: tuple(value) for code, value in json.loads(done.stdout).items() if code in ours}
    assert theirs == ours
    assert ours["acceptance"] == (3, 4, "75.00")


def test_the_export_leaves_out_what_came_later_and_says_nothing_personal(tmp_path):
    brought_to(reported(), State.REJECTED)
    file = tmp_path / "journal.csv"
    call_command("export_journal", str(file))
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) == JournalEntry.objects.count() + 1
    assert "现场没有发现问题" not in text
    call_command("export_journal", str(file), "--as-of", "2020-01-01T00:00:00+08:00")
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1
    for wrong in ("yesterday", "2020-01-01T00:00:00"):
        with pytest.raises(CommandError, match="with its zone"):
            call_command("export_journal", str(file), "--as-of", wrong)
    with pytest.raises(CommandError, match="can't be written"):
        call_command("export_journal", str(tmp_path / "nowhere" / "journal.csv"))
