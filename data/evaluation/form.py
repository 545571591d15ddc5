"""The yearly self-assessment form: read from its file, checked whole, and scored."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import ROUND_FLOOR, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DEFAULT_FILE = Path(__file__).with_name("selfassessment.yaml")
TOTAL = 100  # what the weights come to
_SOURCE = re.compile(r"hand|register\.(checkpoints|class1|centres)|journal\.[a-z_]+")


class FormRefused(Exception):
    """The file can't be taken as it is; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class FormRow:
    """One row: three levels of names, weight in points, target in `unit`, where the actual figure comes from."""

    code: str
    first: str
    second: str
    third: str
    weight: int
    target: Decimal
    unit: str
    source: str

    def score(self, actual: Decimal) -> int:
        """The whole points of weight x actual / target, from 0 to the weight."""
        points = (Decimal(self.weight) * actual / self.target).to_integral_value(ROUND_FLOOR)
        return max(0, min(self.weight, int(points)))


@dataclass(frozen=True)
class Form:
    """The whole form."""

    title: str
    rows: tuple[FormRow, ...]

    def row(self, code: str) -> FormRow | None:
        """By code; None where there is none."""
        return next((row for row in self.rows if row.code == code), None)


@cache
def read_form(path: Path = DEFAULT_FILE) -> Form:
    """The form of the file. Raises FormRefused with every fault found, and FileNotFoundError."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FormRefused((f"not a YAML file in UTF-8: {error}",)) from error
    if not isinstance(content, dict) or set(content) != {"title", "rows"} or not isinstance(content["rows"], list):
        raise FormRefused(("the file must be one mapping with `title` and `rows`, a list",))
    problems = [f"row {number}: {fault}" for number, row in enumerate(content["rows"], 1) for fault in _faults(row)]
    if not problems:
        problems += _whole(content["rows"])
    if problems:
        raise FormRefused(tuple(problems))
    return Form(title=str(content["title"]), rows=tuple(_row(row) for row in content["rows"]))


def _faults(row: Any) -> Iterator[str]:
    keys = {field.name for field in fields(FormRow)} - {"source"} | {"from"}
    if not isinstance(row, dict) or set(row) != keys:
        yield f"must have {', '.join(sorted(keys))} and nothing else"
        return
    if not (isinstance(row["code"], str) and re.fullmatch(r"[a-z][a-z0-9_]{0,31}", row["code"])):
        yield f"code must be small letters, digits and _, not {row['code']!r}"
    yield from (f"{name} is missing" for name in ("first", "second", "third") if not str(row[name] or "").strip())
    yield from _number_faults(row)
    if not _SOURCE.fullmatch(str(row["from"])):
        yield f"from must be hand, register.… or journal.…, not {row['from']!r}"


def _number_faults(row: dict[str, Any]) -> Iterator[str]:
    for name in ("weight", "target"):
        if isinstance(row[name], bool) or not isinstance(row[name], int | float) or row[name] <= 0:
            yield f"{name} must be a number above 0, not {row[name]!r}"


def _whole(rows: list[dict[str, Any]]) -> Iterator[str]:
    for code, times in Counter(row["code"] for row in rows).items():
        if times > 1:
            yield f"code {code} stands {times} times"
    weights = sum(row["weight"] for row in rows)
    if weights != TOTAL:
        yield f"the weights come to {weights}, not {TOTAL}"


def _row(row: dict[str, Any]) -> FormRow:
    return FormRow(
        code=row["code"], first=row["first"], second=row["second"], third=row["third"], weight=int(row["weight"]),
        target=Decimal(str(row["target"])), unit=str(row["unit"]), source=row["from"],
    )  # fmt: skip
