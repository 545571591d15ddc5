"""manage.py load_calendar [YEAR...] [--csv FILE] [--check]: holidays and make-up working days."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from data.calendar import CalendarRefused, Day, covered_years, from_csv, from_package
from events.services import calendar

SINCE = 2025  # the first year that is loaded when none is asked for


class Command(BaseCommand):
    help = "Load holidays and make-up working days of the years given (default: all that are known from 2025 on)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("years", nargs="*", type=int, metavar="YEAR")
        parser.add_argument("--csv", type=Path, help="take the days from this file: date,working,name")
        parser.add_argument(
            "--check",
            action="store_true",
            help="load nothing; status 1 when this year, or from 1 December on the next, is missing",
        )

    def handle(self, *args: Any, years: list[int], csv: Path | None, check: bool, **options: Any) -> None:
        if check:
            self._check()
        else:
            self._load(years, csv)
            self._say(_missing())

    def _check(self) -> None:
        covered = calendar.covered_years()
        self.stdout.write(f"covered: {', '.join(map(str, covered)) or 'no year'}")
        if missing := _missing():
            raise CommandError(_warning(missing))

    def _say(self, missing: tuple[int, ...]) -> None:
        if missing:
            self.stderr.write(_warning(missing))

    def _load(self, years: list[int], csv: Path | None) -> None:
        try:
            days = _days(years, csv)
        except FileNotFoundError as error:
            raise CommandError(f"there is no file {csv}") from error
        except (CalendarRefused, UnicodeDecodeError) as refused:
            raise CommandError(f"nothing was loaded:\n{refused}") from refused
        held = sorted({day.date.year for day in days})
        moved = calendar.load(days=days, years=held)
        self.stdout.write(f"{len(days)} days of {', '.join(map(str, held))}{'' if moved else ', as they were'}")


def _missing() -> tuple[int, ...]:
    return calendar.missing_years(today=timezone.localdate())


def _warning(missing: tuple[int, ...]) -> str:
    named = ", ".join(map(str, missing))
    return (
        f"the holidays of {named} are missing: deadlines there count Monday to Friday as working days. "
        "Load them: docs/operations/calendar.md"
    )


def _days(years: list[int], csv: Path | None) -> tuple[Day, ...]:
    if csv is None:
        return from_package(years or [year for year in covered_years() if year >= SINCE])
    days = from_csv(csv)
    stray = sorted({day.date.year for day in days} - set(years)) if years else []
    if stray:
        raise CalendarRefused(tuple(f"{year}: in the file, but not asked for" for year in stray))
    return days
