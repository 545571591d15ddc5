"""What is wrong with a configuration, all of it, each fault with its place; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from events.mapping_forms import ANSWER, CALLBACK, FORMS, Form, Type

_HEAD = ("code", "name", "kind")
_CODE = "lower-case letters, digits and hyphens, at most 32 of them, beginning with a letter"
_SAMPLE = datetime(2026, 11, 22, 13, 45, 56)  # noqa: DTZ001 - only to be written and read again
_MOST_MINUTES = 1440
_RULE_WORDS = {"from", "value", "codes", "otherwise", "split", "each"}
_TOLD_WORDS = {"from", "value", "codes", "otherwise", "time"}


@dataclass(frozen=True)
class Fault:
    """Something wrong: where, as a dotted path into the file, and what to do."""

    place: str
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"


def faults(config: Any) -> list[Fault]:
    """Everything that is wrong with a configuration; an empty list: it can be used."""
    if not isinstance(config, Mapping):
        return [Fault("file", "it must be a mapping: name: value, line by line")]
    form = FORMS.get(str(config.get("kind")))
    if form is None:
        return [Fault("kind", f"say what it is: {' or '.join(FORMS)}"), *_head(config)]
    return [*_head(config), *_sections(config, form)]


def _head(config: Mapping[str, Any]) -> Iterator[Fault]:
    code = config.get("code")
    if not isinstance(code, str) or not _is_code(code):
        yield Fault("code", f"needed: {_CODE}")
    if not isinstance(config.get("name"), str) or not str(config["name"]).strip():
        yield Fault("name", "needed: what people call it")


def _is_code(text: str) -> bool:
    plain = text.replace("-", "")
    return 0 < len(text) <= 32 and text[0].isalpha() and plain.isascii() and plain.isalnum() and plain == plain.lower()


def _sections(config: Mapping[str, Any], form: Form) -> Iterator[Fault]:
    for name in config:
        if name not in (*_HEAD, *form.sections):
            known = ", ".join((*_HEAD, *form.sections))
            yield Fault(str(name), f"there is no such section; known are {known}")
    yield from _times(config.get("times", {}))
    if "fields" in config:
        yield from _fields(config["fields"], form)
    if "answer" in config:
        yield from _outward("answer", config["answer"], ANSWER, ())
    if "callback" in config:
        yield from _callback(config["callback"])
    yield from _kinds(config.get("kinds", {}))
    yield from _repeat(config.get("repeat_minutes", 0))


def _times(given: Any) -> Iterator[Fault]:
    if not isinstance(given, Mapping):
        yield Fault("times", "a mapping of zone and formats")
        return
    yield from _strangers("times", given, {"zone", "formats"})
    try:
        ZoneInfo(str(given.get("zone", "UTC")))
    except (ValueError, OSError, LookupError):
        yield Fault("times.zone", "no such zone; write it as in Asia/Shanghai")
    formats = given.get("formats", ["iso"])
    if not isinstance(formats, list) or not formats:
        yield Fault("times.formats", "a list of iso, unix, unix_ms or patterns such as %Y-%m-%d %H:%M:%S")
        return
    for number, form in enumerate(formats):
        if not _is_time_format(form):
            yield Fault(f"times.formats.{number}", "it doesn't say a day and a time of day; see docs/api/mapping.md")


def _is_time_format(form: Any) -> bool:
    if form in ("iso", "unix", "unix_ms"):
        return True
    try:
        return isinstance(form, str) and datetime.strptime(_SAMPLE.strftime(form), form).replace(second=56) == _SAMPLE  # noqa: DTZ007 - zone follows
    except ValueError:
        return False


def _fields(given: Any, form: Form) -> Iterator[Fault]:
    if not isinstance(given, Mapping):
        yield Fault("fields", "a mapping of our names to where they stand in a message")
        return
    for name, rule in given.items():
        if name not in form.fields:
            yield Fault(f"fields.{name}", f"there is no field of this name; known are {', '.join(form.fields)}")
        else:
            yield from _rule(f"fields.{name}", rule, form.fields[name], form.values.get(name))
    for group in form.needed:
        if not any(name in given for name in group):
            yield Fault(f"fields.{group[0]}", f"needed: say where {' or '.join(group)} stands")
    together = [name for name in ("lng", "lat", "crs") if name in given]
    if together and len(together) < 3:
        yield Fault(f"fields.{together[0]}", "lng, lat and crs go together: map all three, or none")


def _rule(place: str, rule: Any, kind: Type, values: tuple[str, ...] | None) -> Iterator[Fault]:
    if isinstance(rule, str):
        rule = {"from": rule}
    if not isinstance(rule, Mapping):
        yield Fault(place, "a path in the message, or a mapping with from or value")
        return
    yield from _strangers(place, rule, _RULE_WORDS if kind is Type.LIST else _RULE_WORDS - {"split", "each"})
    if ("from" in rule) == ("value" in rule):
        yield Fault(place, "say either from (a path in the message) or value (always the same)")
    elif "from" in rule:
        yield from _paths(f"{place}.from", rule["from"])
    yield from _codes(place, rule, values)
    if values and "value" in rule and rule["value"] not in values:
        yield Fault(f"{place}.value", f"must be one of {', '.join(values)}")


def _paths(place: str, given: Any) -> Iterator[Fault]:
    paths = given if isinstance(given, list) else [given]
    if not paths or not all(isinstance(path, str) and path and all(path.split(".")) for path in paths):
        yield Fault(place, "a path such as data.order.no, or a list of paths of which the first that is there counts")


def _codes(place: str, rule: Mapping[str, Any], values: tuple[str, ...] | None) -> Iterator[Fault]:
    if "codes" not in rule:
        if "otherwise" in rule:
            yield Fault(f"{place}.otherwise", "without codes there is nothing else")
        return
    codes = rule["codes"]
    if not isinstance(codes, Mapping) or not codes:
        yield Fault(f"{place}.codes", "a mapping of their codes to ours")
        return
    for code, meaning in codes.items():
        if not isinstance(code, str):
            yield Fault(f"{place}.codes.{code}", f'write the code as a text, in quotes: "{code}"')
        yield from _meaning(f"{place}.codes.{code}", meaning, values)
    if "otherwise" in rule:
        yield from _meaning(f"{place}.otherwise", rule["otherwise"], values)


def _meaning(place: str, meaning: Any, values: tuple[str, ...] | None) -> Iterator[Fault]:
    if isinstance(meaning, list | dict) or meaning is None:
        yield Fault(place, "a text, a number, true or false")
    elif values and meaning not in values:
        yield Fault(place, f"must be one of {', '.join(values)}")


def _callback(given: Any) -> Iterator[Fault]:
    if not isinstance(given, Mapping):
        yield Fault("callback", "a mapping of url and fields")
        return
    yield from _strangers("callback", given, {"url", "fields"})
    url = given.get("url", "http://")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")) or len(url) > 500:
        yield Fault("callback.url", "an address that begins with http:// or https://")
    if "fields" in given:
        yield from _outward("callback.fields", given["fields"], CALLBACK, ("order_no", "status"))


def _outward(place: str, given: Any, known: tuple[str, ...], needed: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(given, Mapping) or not given:
        yield Fault(place, "a mapping of their names to ours")
        return
    paths = [str(path) for path in given]
    for path, rule in given.items():
        yield from _told(f"{place}.{path}", {"from": rule} if isinstance(rule, str) else rule, known)
        if not isinstance(path, str) or not all(path.split(".")):
            yield Fault(f"{place}.{path}", "a path such as data.order.no")
        if any(other.startswith(f"{path}.") for other in paths):
            yield Fault(f"{place}.{path}", "it can't be a value and hold others below it")
    told = {rule if isinstance(rule, str) else rule.get("from") for rule in given.values() if _is_rule(rule)}
    for name in needed:
        if name not in told:
            yield Fault(place, f"{name} must be told")


def _is_rule(rule: Any) -> bool:
    return isinstance(rule, str) or (isinstance(rule, Mapping) and isinstance(rule.get("from", ""), str))


def _told(place: str, rule: Any, known: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(rule, Mapping):
        yield Fault(place, "one of our names, or a mapping with from or value")
        return
    yield from _strangers(place, rule, _TOLD_WORDS)
    if ("from" in rule) == ("value" in rule):
        yield Fault(place, "say either from (one of our names) or value (always the same)")
    elif "from" in rule and rule["from"] not in known:
        yield Fault(f"{place}.from", f"there is no field of this name; known are {', '.join(known)}")
    if "time" in rule and not (str(rule.get("from")).endswith("_at") and _is_time_format(rule["time"])):
        yield Fault(f"{place}.time", "a pattern such as %Y-%m-%d %H:%M:%S, for fields that end in _at")
    yield from _codes(place, rule, None)


def _kinds(given: Any) -> Iterator[Fault]:
    if not isinstance(given, Mapping):
        yield Fault("kinds", "a mapping of kinds to category, urgent and words")
        return
    for kind, rule in given.items():
        place = f"kinds.{kind}"
        if not isinstance(rule, Mapping):
            yield Fault(place, "a mapping of category, urgent and words")
            continue
        yield from _strangers(place, rule, {"category", "urgent", "words"})
        if not isinstance(rule.get("category", ""), str):
            yield Fault(f"{place}.category", 'a code of the list of categories, in quotes: "08-010"')
        if not isinstance(rule.get("urgent", False), bool):
            yield Fault(f"{place}.urgent", "true or false")
        if not isinstance(rule.get("words", ""), str) or len(str(rule.get("words", ""))) > 200:
            yield Fault(f"{place}.words", "a text of at most 200 characters")


def _repeat(given: Any) -> Iterator[Fault]:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= _MOST_MINUTES:
        yield Fault("repeat_minutes", f"a whole number of minutes from 0 to {_MOST_MINUTES}")


def _strangers(place: str, given: Mapping[Any, Any], known: set[str]) -> Iterator[Fault]:
    for name in given:
        if name not in known:
            yield Fault(f"{place}.{name}", f"there is no such word here; known are {', '.join(sorted(known))}")
