"""A file of patrol plans, read and checked line by line; what its codes stand for is checked where it is loaded."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

COLUMNS = ("name", "region", "grids", "every", "times", "key_area", "since", "until", "organisation")
MOST_TIMES = {"day": 1, "week": 7, "month": 28}
_EVERY = {"day": "day", "week": "week", "month": "month", "日": "day", "周": "week", "月": "month"}
_YES = {"1": True, "yes": True, "是": True, "0": False, "no": False, "否": False, "": False}
LONGEST_NAME = 80


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """One plan: a region's 12-digit code, or 15-digit codes of grids; so many days of visits per day, week or month."""

    line: int
    name: str
    region: str
    grids: tuple[str, ...]
    every: str
    times: int
    key_area: bool
    since: date
    until: date | None  # the first day on which it no longer holds
    organisation: str


class PlansRefused(Exception):
    """The file can't be taken as it is; `problems` lists everything that is wrong, one line each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read(path: Path) -> tuple[PlanRow, ...]:
    """The plans of a UTF-8 CSV file with the columns COLUMNS, in its order. Raises PlansRefused, FileNotFoundError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = csv.DictReader(stream)
            if tuple(lines.fieldnames or ()) != COLUMNS:
                raise PlansRefused((f"the first line must be {','.join(COLUMNS)}",))
            found = [_row(number, line) for number, line in enumerate(lines, 2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise PlansRefused((f"this is no CSV file in UTF-8: {error}",)) from error
    problems = tuple(problem for _, wrong in found for problem in wrong)
    rows = tuple(row for row, _ in found if row)
    twice = {row.name for row in rows if sum(one.name == row.name for one in rows) > 1}
    problems += tuple(f"{name}: named twice" for name in sorted(twice))
    if problems or not rows:
        raise PlansRefused(problems or ("there is no plan in the file",))
    return rows


def _row(number: int, line: dict[str, str]) -> tuple[PlanRow | None, list[str]]:
    cells = {name: (line.get(name) or "").strip() for name in COLUMNS}
    wrong = [f"line {number}: {problem}" for problem in (*_of_place(cells), *_of_period(cells), *_of_days(cells))]
    if wrong:
        return None, wrong
    return PlanRow(
        line=number, name=cells["name"], region=cells["region"], grids=tuple(cells["grids"].split()),
        every=_EVERY[cells["every"]], times=int(cells["times"] or 1), key_area=_YES[cells["key_area"]],
        since=date.fromisoformat(cells["since"]),
        until=date.fromisoformat(cells["until"]) if cells["until"] else None, organisation=cells["organisation"],
    ), []  # fmt: skip


def _of_place(cells: dict[str, str]) -> list[str]:
    found = []
    if not 0 < len(cells["name"]) <= LONGEST_NAME:
        found.append(f"name: 1 to {LONGEST_NAME} characters")
    if bool(cells["region"]) == bool(cells["grids"]):
        found.append("give a region or grids, one of the two")
    if not cells["organisation"]:
        found.append("organisation: the code of the one that sets the plan")
    return found


def _of_period(cells: dict[str, str]) -> list[str]:
    every, times = _EVERY.get(cells["every"]), cells["times"] or "1"
    if every is None:
        return [f"every: day, week or month, not {cells['every']!r}"]
    if not (times.isascii() and times.isdigit()) or not 1 <= int(times) <= MOST_TIMES[every]:
        return [f"times: 1 to {MOST_TIMES[every]} a {every}, not {times!r}"]
    return [] if cells["key_area"].lower() in _YES else ["key_area: yes or no"]


def _of_days(cells: dict[str, str]) -> list[str]:
    try:
        since = date.fromisoformat(cells["since"])
        until = date.fromisoformat(cells["until"]) if cells["until"] else None
    except ValueError:
        return ["since and until: days like 2026-03-01; until may be empty"]
    return ["until: a day after since"] if until is not None and until <= since else []
