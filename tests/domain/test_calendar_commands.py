"""Looking after the calendar and working hours from the command line."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from events.models import CalendarDay
from events.models.calendar import working_calendar
from events.services import calendar
from grid.models import AuditEntry, Organisation

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")
CENTRE = "centre-430902000000"


def on(day: str, monkeypatch) -> None:
    now = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=CHINA)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.mark.parametrize(("day", "missing"), [("2026-11-30", ()), ("2026-12-01", (2027,)), ("2027-01-05", (2027,))])
def test_the_next_year_is_missed_from_december_on(day, missing):
    assert calendar.missing_years(today=date.fromisoformat(day)) == missing


def test_check_prints_the_years_and_fails_when_one_is_missing(capsys, monkeypatch):
    on("2026-11-30", monkeypatch)
    call_command("load_calendar", check=True)
    assert capsys.readouterr().out == "covered: 2025, 2026\n"
    on("2026-12-01", monkeypatch)
    with pytest.raises(CommandError, match="holidays of 2027 are missing") as refused:
        call_command("load_calendar", check=True)
    assert refused.value.returncode == 1
    assert CalendarDay.objects.filter(date__year=2027).count() == 0


def test_loading_the_missing_year_by_hand_settles_it(tmp_path, capsys, monkeypatch):
    on("2026-12-02", monkeypatch)
    file = tmp_path / "2027.csv"
    file.write_text("date,working,name\n2027-01-01,休,元旦\n2027-01-09,班,元旦\n", encoding="utf-8")
    call_command("load_calendar", "2026")
    assert "2027 are missing" in capsys.readouterr().err
    call_command("load_calendar", csv=file)
    assert capsys.readouterr().err == ""
    call_command("load_calendar", check=True)
    assert capsys.readouterr().out == "covered: 2025, 2026, 2027\n"
    known = working_calendar()
    assert (known.works(date(2027, 1, 1)), known.works(date(2027, 1, 9))) == (False, True)


def test_an_organisation_keeps_its_own_hours(capsys):
    call_command("set_hours", CENTRE, "08:30-12:00, 14:30-17:30")
    assert Organisation.objects.get(code=CENTRE).hours == "08:30-12:00,14:30-17:30"
    entry = AuditEntry.objects.get(action="organisation.hours")
    assert (entry.subject, entry.detail) == (CENTRE, {"old": "", "new": "08:30-12:00,14:30-17:30"})
    call_command("set_hours", CENTRE, "08:30-12:00,14:30-17:30")
    assert capsys.readouterr().out.endswith("as it was\n")
    assert AuditEntry.objects.filter(action="organisation.hours").count() == 1
    call_command("set_hours", CENTRE, "")
    assert Organisation.objects.get(code=CENTRE).hours == ""


@pytest.mark.parametrize(
    ("code", "hours", "said"),
    [
        (CENTRE, "8-12", "write working hours as"), (CENTRE, "12:00-08:00", "ascending"),
        ("centre-0", "08:00-12:00", "centre-0"),
    ],
)  # fmt: skip
def test_hours_that_make_no_sense_are_refused(code, hours, said):
    with pytest.raises(CommandError, match=said):
        call_command("set_hours", code, hours)
    assert not Organisation.objects.exclude(hours="").exists()
    assert not AuditEntry.objects.filter(action="organisation.hours").exists()
