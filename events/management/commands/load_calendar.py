"""manage.py load_calendar [YEAR...] [--csv FILE]: holidays and make-up working days."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from data.calendar import CalendarRefused, Day, covered_years, from_csv, from_package
from events.services import calendar

SINCE = 2025  # the first year that is loaded when none is asked for


class Command(BaseCommand):
    help = "Load holidays and make-up working days of the years given (default: all that are known from 2025 on)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("years", nargs="*", type=int, metavar="YEAR")
        parser.add_argument("--csv", type=Path, help="take the days from this file: date,working,name")

    def handle(self, *args: Any, years: list[int], csv: Path | None, **options: Any) -> None:
        try:
            days = _days(years, csv)
        except FileNotFoundError as error:
            raise CommandError(f"there is no file {csv}") from error
        except (CalendarRefused, UnicodeDecodeError) as refused:
            raise CommandError(f"nothing was loaded:\n{refused}") from refused
        held = sorted({day.date.year for day in days})
        moved = calendar.load(days=days, years=held)
        self.stdout.write(f"{len(days)} days of {', '.join(map(str, held))}{'' if moved else ', as they were'}")


def _days(years: list[int], csv: Path | None) -> tuple[Day, ...]:
    if csv is None:
        return from_package(years or [year for year in covered_years() if year >= SINCE])
    days = from_csv(csv)
    stray = sorted({day.date.year for day in days} - set(years)) if years else []
    if stray:
        raise CalendarRefused(tuple(f"{year}: in the file, but not asked for" for year in stray))
    return days
