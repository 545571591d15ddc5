"""From another system's field names, codes and times to ours and back, by configuration; pure.

A configuration is what a YAML or JSON file says, as plain values. `faults` names everything that is wrong with one,
each with its place; `inward` turns a body into ours, `outward` ours into theirs. docs/api/mapping.md is the manual.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from events.mapping_check import Fault, faults
from events.mapping_forms import HOTLINE, SOURCE, Form, Type

__all__ = ["HOTLINE", "SOURCE", "Fault", "Form", "Unfit", "faults", "inward", "outward"]

_MISSING = object()
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class Unfit(ValueError):
    """A message that the configuration can't read. `place` is a path in their body, `kind` one of KINDS."""

    KINDS = ("code", "time", "number", "truth", "text", "list")

    def __init__(self, place: str, kind: str) -> None:
        super().__init__(f"{place}: {kind}")
        self.place = place
        self.kind = kind


@dataclass(frozen=True)
class _Times:
    zone: ZoneInfo
    formats: Sequence[str]


def inward(config: Mapping[str, Any], form: Form, body: Any) -> dict[str, Any]:
    """Their body in our names: what isn't there is left out. `config` has no faults. Raises Unfit."""
    rules = config.get("fields")
    if rules is None:
        return dict(body) if isinstance(body, Mapping) else {}
    times = _times(config)
    found = {name: _value(_rule(given), form.fields[name], times, body) for name, given in rules.items()}
    return {name: value for name, value in found.items() if value is not _MISSING}


def outward(rules: Mapping[str, Any], ours: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """Our body in their names and nesting: a rule for each dotted path of theirs. `config` has no faults."""
    zone = _times(config).zone
    made: dict[str, Any] = {}
    for path, given in rules.items():
        _put(made, path.split("."), _told(_rule(given), ours, zone))
    return made


def _rule(given: Any) -> Mapping[str, Any]:
    """The long form of a rule: a bare text is the path."""
    return {"from": given} if isinstance(given, str) else given


def _times(config: Mapping[str, Any]) -> _Times:
    given = config.get("times", {})
    return _Times(ZoneInfo(given.get("zone", "Asia/Shanghai")), given.get("formats", ["iso"]))


def _value(rule: Mapping[str, Any], kind: Type, times: _Times, body: Any) -> Any:
    if "value" in rule:
        return rule["value"]
    paths = [rule["from"]] if isinstance(rule["from"], str) else rule["from"]
    found = [(path, value) for path in paths if (value := _at(body, path)) not in (_MISSING, None, "")]
    if not found:
        return _MISSING
    if kind is Type.LIST:
        return [_text(path, _coded(rule, path, part)) for path, value in found for part in _parts(rule, path, value)]
    path, value = found[0]
    return _READ[kind](path, _coded(rule, path, value), times)


def _at(body: Any, path: str) -> Any:
    """What stands at a dotted path; numbers count into lists."""
    for part in path.split("."):
        if isinstance(body, Mapping):
            body = body.get(part, _MISSING)
        elif isinstance(body, list) and part.isdigit() and int(part) < len(body):
            body = body[int(part)]
        else:
            return _MISSING
    return body


def _parts(rule: Mapping[str, Any], path: str, value: Any) -> Iterator[Any]:
    """A list's members, each at its own path below (`each`); a text apart at `split`."""
    if isinstance(value, str):
        cut = value.split(rule["split"]) if rule.get("split") else [value]
        yield from (part.strip() for part in cut if part.strip())
        return
    if not isinstance(value, list):
        raise Unfit(path, "list")
    for part in value:
        inner = _at(part, rule["each"]) if rule.get("each") else part
        if inner not in (_MISSING, None, ""):
            yield inner


def _coded(rule: Mapping[str, Any], path: str, value: Any) -> Any:
    codes = rule.get("codes")
    if codes is None:
        return value
    key = str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else str(value)
    if key in codes:
        return codes[key]
    if "otherwise" in rule:
        return rule["otherwise"]
    raise Unfit(path, "code")


def _text(path: str, value: Any, _times: _Times | None = None) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unfit(path, "text")
    return str(value)


def _number(path: str, value: Any, _times: _Times) -> float | int:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unfit(path, "number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise Unfit(path, "number") from None
    if not math.isfinite(number):
        raise Unfit(path, "number")
    return int(number) if number.is_integer() else number


def _truth(path: str, value: Any, _times: _Times) -> bool:
    if isinstance(value, list | dict) or (found := _TRUTHS.get(str(value).lower())) is None:
        raise Unfit(path, "truth")
    return found


def _time(path: str, value: Any, times: _Times) -> str:
    for form in times.formats:
        found = _read_time(value, form)
        if found is not None:
            return (found if found.tzinfo else found.replace(tzinfo=times.zone)).isoformat()
    raise Unfit(path, "time")


def _read_time(value: Any, form: str) -> datetime | None:
    """The moment, if `value` is written in this form."""
    try:
        if form in ("unix", "unix_ms"):
            seconds = _number("", value, _Times(ZoneInfo("UTC"), ())) / (1000 if form == "unix_ms" else 1)
            return datetime.fromtimestamp(seconds, UTC)
        if not isinstance(value, str):
            return None
        return datetime.fromisoformat(value) if form == "iso" else datetime.strptime(value, form)  # noqa: DTZ007 - zone follows
    except (ValueError, OverflowError, OSError):
        return None


_READ: dict[Type, Callable[[str, Any, _Times], Any]] = {
    Type.TEXT: _text,
    Type.NUMBER: _number,
    Type.TRUTH: _truth,
    Type.TIME: _time,
}


def _told(rule: Mapping[str, Any], ours: Mapping[str, Any], zone: ZoneInfo) -> Any:
    if "value" in rule:
        return rule["value"]
    value = ours.get(rule["from"])
    if value is not None and "time" in rule:
        return datetime.fromisoformat(value).astimezone(zone).strftime(rule["time"])
    if "codes" in rule and value is not None:
        key = str(value).lower() if isinstance(value, bool) else str(value)
        return rule["codes"].get(key, rule.get("otherwise", value))
    return value


def _put(made: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for part in path[:-1]:
        made = made.setdefault(part, {})
    made[path[-1]] = value
