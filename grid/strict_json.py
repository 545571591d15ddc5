"""The one JSON parser for everything that comes in: RFC 8259, nothing more.

Python's own accepts NaN, Infinity, numbers that overflow and repeated keys, and says nothing of depth; a database then
refuses a NUL, or a lone surrogate breaks the answer. All of that is refused here, with its reason.
"""

import json
import math
from typing import Any, NoReturn

MAX_BYTES = 1_048_576
MAX_DEPTH = 24


class NotJson(ValueError):
    """The body can't be taken; the message says why."""


def loads(body: bytes, *, max_bytes: int = MAX_BYTES) -> Any:
    """The value of a JSON text in UTF-8. Raises NotJson."""
    if len(body) > max_bytes:
        raise NotJson(f"the body is larger than {max_bytes} bytes")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"the body is not UTF-8 at byte {error.start}") from None
    _check_depth(text)
    try:
        value = json.loads(
            text, parse_constant=_no_constant, parse_float=_finite, parse_int=_bounded, object_pairs_hook=_once
        )
    except json.JSONDecodeError as error:
        raise NotJson(f"not JSON: {error.msg} at line {error.lineno} column {error.colno}") from None
    _check_texts(value)
    return value


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the recursive parser sees it (brackets in strings only make this stricter)."""
    depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise NotJson(f"nested deeper than {MAX_DEPTH} levels")
        elif character in "]}":
            depth -= 1


def _no_constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is not a JSON number")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise NotJson(f"the number {digits[:20]} is out of range")
    return value


def _bounded(digits: str) -> int:
    if len(digits) > 20:
        raise NotJson(f"the number {digits[:20]}… is out of range")
    return int(digits)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key, value in pairs:
        if key in row:
            raise NotJson(f"the key {key[:40]!a} stands twice")
        row[key] = value
    return row


def _check_texts(value: Any) -> None:
    """Every text wherever it stands: alone, in a list, in a list of lists, as a key."""
    if isinstance(value, str):
        _storable(value)
    elif isinstance(value, list):
        for item in value:
            _check_texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _storable(key)
            _check_texts(item)


def _storable(text: str) -> None:
    if "\x00" in text:
        raise NotJson("a text holds the character NUL")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotJson("a text holds half a surrogate pair") from None
