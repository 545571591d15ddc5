"""Checked access to the cells of one row: each bad cell is a problem with a reason, never an exception."""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from data.pipeline.problems import Problem, ProblemKind

E = TypeVar("E", bound=StrEnum)
MAX_TEXT = 200


@dataclass(slots=True)
class Cells:
    """One row's cells; `label` names the row in a problem. A bad cell gives a stand-in of its type."""

    label: str
    values: dict[str, Any]
    problems: list[Problem]

    def refuse(self, kind: ProblemKind, reason: str) -> None:
        """Record a problem of this row."""
        self.problems.append(Problem(kind, self.label, reason))

    def text(self, column: str, pattern: re.Pattern[str] | None = None) -> str:
        """Non-empty text of at most 200 characters that matches `pattern`; whole numbers count as text."""
        value = self.values[column]
        text = "" if value is None else str(value)
        if text.strip() == "":
            kind = ProblemKind.MISSING_NAME if column.endswith("name") else ProblemKind.BAD_VALUE
            self.refuse(kind, f"{column} is empty")
        elif len(text) > MAX_TEXT or text != text.strip() or not text.isprintable():
            self.refuse(ProblemKind.BAD_VALUE, f"{column} is longer than {MAX_TEXT}, padded or not printable")
        elif pattern is not None and pattern.fullmatch(text) is None:
            self.refuse(ProblemKind.BAD_VALUE, f"{column} {text[:40]!r} is not of the form {pattern.pattern}")
        return text

    def code(self, column: str = "code") -> str:
        """A code's text; its form is checked by whoever knows its level."""
        value = self.values[column]
        if value is None or str(value) == "":
            self.refuse(ProblemKind.MALFORMED_CODE, f"{column} is empty")
            return ""
        return str(value)

    def optional_text(self, column: str) -> str | None:
        """Text, or None where the cell is null or empty."""
        value = self.values[column]
        return None if value is None or str(value) == "" else self.text(column)

    def choice(self, column: str, kind: type[E]) -> E:
        """A member of `kind` by its value; the first member stands in where the cell is bad."""
        try:
            return kind(self.values[column])
        except ValueError:
            allowed = ", ".join(member.value for member in kind)
            self.refuse(ProblemKind.BAD_VALUE, f"{column} {str(self.values[column])[:40]!r} is none of {allowed}")
            return next(iter(kind))

    def number(self, column: str, low: float, high: float) -> float:
        """A finite number within [low, high]."""
        value = self.values[column]
        number = math.nan if value is None else float(value)
        if not low <= number <= high:
            self.refuse(ProblemKind.BAD_VALUE, f"{column} {number} is not a number from {low:g} to {high:g}")
            return low
        return number

    def whole(self, column: str, low: int, high: int) -> int:
        """A whole number within [low, high]."""
        number = self.number(column, low, high)
        if number != int(number):
            self.refuse(ProblemKind.BAD_VALUE, f"{column} {number} is not a whole number")
        return int(number)

    def flag(self, column: str) -> bool:
        """True or false; a null is a problem, since nobody may guess whether a site is secret."""
        value = self.values[column]
        if value not in (True, False, 0, 1):
            self.refuse(ProblemKind.BAD_VALUE, f"{column} must be true or false")
            return False
        return bool(value)
