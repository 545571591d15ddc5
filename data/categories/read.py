"""From the YAML file to checked rows: all faults at once, each naming the row it is in."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from data.categories.rows import CITY_FUNCTIONS, CLOCKS, COMPONENT_KINDS, COUNTY_FUNCTIONS, LEVELS, CategoryRow

DEFAULT_FILE = Path(__file__).with_name("categories.yaml")
LOCAL_FROM = 80  # 小类 numbers from here on are a city's own
LOCAL_MARK = "（自定义）"

_HANDLE = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)([UHD])", re.ASCII)
_SHARED = {
    "department": None, "county_department": None, "min_level": "village", "self_resolvable": False,
    "restricted": False, "urgent": None, "component_kinds": (), "auto_dispatch": None,
}  # fmt: skip
_MAJOR_KEYS = {"code", "name", "categories", *_SHARED}
_KEYS = {"code", "name", "handle", "keywords", *_SHARED}


class CategoriesRefused(Exception):
    """The file can't be taken as it is; `problems` lists everything that is wrong with it, one line each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_categories(path: Path | str = DEFAULT_FILE) -> tuple[CategoryRow, ...]:
    """The rows of the file at `path`, by code.

    Raises CategoriesRefused with every fault found, and FileNotFoundError.
    """
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CategoriesRefused((f"not a YAML file in UTF-8: {error}",)) from error
    if not isinstance(content, dict) or set(content) != {"majors"} or not isinstance(content["majors"], list):
        raise CategoriesRefused(("the file must be one mapping with the single key `majors`, a list",))
    problems: list[str] = []
    rows = [row for number, major in enumerate(content["majors"], 1) for row in _major(major, number, problems)]
    problems += _repeated(rows)
    if not rows and not problems:
        problems.append("the file has no category")
    if problems:
        raise CategoriesRefused(tuple(problems))
    return tuple(sorted(rows, key=lambda row: row.code))


def _major(major: Any, number: int, problems: list[str]) -> Iterator[CategoryRow]:
    found = [f"major {number}: {fault}" for fault in _major_faults(major)]
    problems += found
    if found:
        return
    for position, entry in enumerate(major["categories"], 1):
        row = _category(major, entry, f"{major['code']}, row {position}", problems)
        if row is not None:
            yield row


def _major_faults(major: Any) -> Iterator[str]:
    if not isinstance(major, dict):
        yield "must be a mapping"
        return
    code, categories = major.get("code"), major.get("categories")
    for key in sorted(set(map(str, major)) - _MAJOR_KEYS):
        yield f"unknown key `{key}`"
    if not (isinstance(code, str) and re.fullmatch(r"[0-9]{2}", code)):
        yield f"code must be two digits in quotes, not {code!r}"
    if not _is_word(major.get("name")):
        yield "name is missing"
    if not isinstance(categories, list) or not categories:
        yield "categories must be a list with at least one row"


def _category(major: Mapping[str, Any], entry: Any, where: str, problems: list[str]) -> CategoryRow | None:
    if not isinstance(entry, dict):
        problems.append(f"{where}: must be a mapping")
        return None
    where = f"{where} ({entry.get('code')} {entry.get('name')})"
    shared = {key: entry.get(key, major.get(key, default)) for key, default in _SHARED.items()}
    found = [f"unknown key `{key}`" for key in sorted(set(map(str, entry)) - _KEYS)]
    found += _own_faults(str(major["code"]), str(major["name"]), entry)
    found += [complaint for key, (holds, complaint) in _RULES.items() if not holds(shared[key])]
    problems += [f"{where}: {fault}" for fault in found]
    return None if found else _row(major, entry, shared)


def _own_faults(major: str, major_name: str, entry: Mapping[str, Any]) -> Iterator[str]:
    code, name, keywords = entry.get("code"), entry.get("name"), entry.get("keywords")
    if not (isinstance(code, str) and re.fullmatch(rf"{major}-[0-9]{{3}}", code)):
        yield f"code must be {major}- and three digits, not {code!r}"
    elif int(code[3:]) >= LOCAL_FROM and not f"{name}{major_name}".count(LOCAL_MARK):
        yield f"a local code ({LOCAL_FROM:03d}-999) needs a name that ends in {LOCAL_MARK}"
    if not _is_word(name):
        yield "name is missing"
    matched = _HANDLE.fullmatch(str(entry.get("handle", "")))
    if matched is None or float(matched[1]) <= 0:
        yield f"handle must be an amount above 0 and U, H or D, like 4H or 0.5U, not {entry.get('handle')!r}"
    if not isinstance(keywords, list) or not keywords or not all(_is_word(word) for word in keywords):
        yield "keywords must be a list of words"


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _one_of(words: frozenset[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "department": (_one_of(CITY_FUNCTIONS), f"department must be one of {', '.join(sorted(CITY_FUNCTIONS))}"),
    "county_department": (
        _one_of(COUNTY_FUNCTIONS), f"county_department must be one of {', '.join(sorted(COUNTY_FUNCTIONS))}",
    ),
    "min_level": (_one_of(LEVELS), f"min_level must be one of {', '.join(sorted(LEVELS))}"),
    "self_resolvable": (lambda value: isinstance(value, bool), "self_resolvable must be true or false"),
    "restricted": (lambda value: isinstance(value, bool), "restricted must be true or false"),
    "urgent": (lambda value: value is None or isinstance(value, bool), "urgent must be true or false"),
    "component_kinds": (
        lambda value: isinstance(value, list | tuple) and all(map(_one_of(COMPONENT_KINDS), value)),
        f"component_kinds must be a list of {', '.join(sorted(COMPONENT_KINDS))}",
    ),
    "auto_dispatch": (lambda value: value is None or isinstance(value, bool), "auto_dispatch must be true or false"),
}  # fmt: skip


def _row(major: Mapping[str, Any], entry: Mapping[str, Any], shared: Mapping[str, Any]) -> CategoryRow:
    amount, letter = _HANDLE.fullmatch(entry["handle"]).groups()  # type: ignore[union-attr]
    return CategoryRow(
        code=entry["code"],
        major=major["code"],
        major_name=major["name"],
        name=entry["name"],
        keywords=tuple(entry["keywords"]),
        handle_amount=float(amount),
        handle_clock=CLOCKS[letter],
        urgent=letter == "U" if shared["urgent"] is None else shared["urgent"],
        self_resolvable=shared["self_resolvable"],
        department=shared["department"],
        county_department=shared["county_department"],
        min_level=shared["min_level"],
        restricted=shared["restricted"],
        component_kinds=tuple(shared["component_kinds"]),
        auto_dispatch=shared["auto_dispatch"],
    )


def _repeated(rows: list[CategoryRow]) -> Iterator[str]:
    for code, times in Counter(row.code for row in rows).items():
        if times > 1:
            yield f"code {code} stands {times} times"
    for (major, name), times in Counter((row.major, row.name) for row in rows).items():
        if times > 1:
            yield f"name {name} stands {times} times in {major}"
