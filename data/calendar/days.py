"""Days on which `Monday to Friday` does not hold, read and checked."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

COLUMNS = ("date", "working", "name")
_WORKING = {"1": True, "true": True, "yes": True, "班": True, "0": False, "false": False, "no": False, "休": False}


@dataclass(frozen=True, kw_only=True)
class Day:
    """A holiday (working False) or a make-up working day (working True)."""

    date: date
    working: bool
    name: str  # of the holiday it belongs to


class CalendarRefused(Exception):
    """The days can't be taken as they are; `problems` lists everything that is wrong, one line each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def covered_years() -> tuple[int, ...]:
    """The years that the package knows, ascending."""
    from chinese_calendar.constants import holidays

    return tuple(sorted({day.year for day in holidays}))


def from_package(years: Iterable[int]) -> tuple[Day, ...]:
    """The days of `years`, ascending, from the package `chinesecalendar`.

    Raises CalendarRefused for a year that it does not cover.
    """
    from chinese_calendar.constants import Holiday, holidays, workdays

    wanted, known = set(years), set(covered_years())
    if wanted - known:
        raise CalendarRefused(
            tuple(
                f"{year}: the package covers {min(known)} to {max(known)}; give that year as a CSV file"
                for year in sorted(wanted - known)
            )
        )
    chinese = {str(kind.value): str(kind.chinese) for kind in Holiday}
    return tuple(
        Day(date=day, working=working, name=chinese[str(name)])
        for day, name, working in sorted(
            [(day, name, False) for day, name in holidays.items()]
            + [(day, name, True) for day, name in workdays.items()]
        )
        if day.year in wanted
    )


def from_csv(path: Path | str) -> tuple[Day, ...]:
    """The days of a UTF-8 file with the columns date (2027-02-06), working (1 or 0, 班 or 休) and name, ascending.

    Raises CalendarRefused with every fault found, each naming its line, and FileNotFoundError.
    """
    with Path(path).open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise CalendarRefused((f"the first line must be {','.join(COLUMNS)}",))
        problems: list[str] = []
        days = list(_read(reader, problems))
    for day, line in _repeated(days):
        problems.append(f"line {line}: {day} stands twice")
    if not days and not problems:
        problems.append("the file has no day")
    if problems:
        raise CalendarRefused(tuple(problems))
    return tuple(sorted((day for day, _ in days), key=lambda day: day.date))


def _read(reader: "csv.DictReader[str]", problems: list[str]) -> Iterator[tuple[Day, int]]:
    for row in reader:
        line = reader.line_num
        working = _WORKING.get((row["working"] or "").strip().lower())
        if working is None:
            problems.append(f"line {line}: working must be 1 or 0 (班 or 休), not {row['working']!r}")
            continue
        try:
            day = date.fromisoformat((row["date"] or "").strip())
        except ValueError:
            problems.append(f"line {line}: date must be written like 2027-02-06, not {row['date']!r}")
            continue
        yield Day(date=day, working=working, name=(row["name"] or "").strip()), line


def _repeated(days: list[tuple[Day, int]]) -> Iterator[tuple[date, int]]:
    seen: set[date] = set()
    for day, line in days:
        if day.date in seen:
            yield day.date, line
        seen.add(day.date)
