"""Reply templates: words with places for facts that are about the event and never about a person; pure.

A place is a name in braces, `{no}` or `{事件号}`. There is none for who called, who reported, an address or any
other words that somebody wrote.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

_PLACE = re.compile(r"\{([^{}]*)\}")
_BRACE = re.compile(r"[{}]")


class Fact(StrEnum):
    """What may stand in a template."""

    NO = "no"
    CATEGORY = "category"
    PLACE = "place"
    ORGANISATION = "organisation"
    CENTRE = "centre"
    REPORTED = "reported"
    DUE = "due"
    TODAY = "today"


NAMES: Mapping[Fact, str] = {
    Fact.NO: "事件号", Fact.CATEGORY: "类别", Fact.PLACE: "所在地", Fact.ORGANISATION: "责任单位",
    Fact.CENTRE: "受理中心", Fact.REPORTED: "上报日期", Fact.DUE: "办结时限", Fact.TODAY: "今天",
}  # fmt: skip
"""How they are written in Chinese; either name is understood."""

_KNOWN = {name: fact for fact in Fact for name in (fact.value, NAMES[fact])}


def faults(body: str) -> tuple[str, ...]:
    """The names in braces that are no fact, and a brace that stands alone."""
    unknown = [name for name in _PLACE.findall(body) if name not in _KNOWN]
    alone = _BRACE.findall(_PLACE.sub("", body))
    return tuple(dict.fromkeys([f"{{{name}}}" for name in unknown] + alone))


def asked(body: str) -> tuple[Fact, ...]:
    """The facts that a body needs, in its order."""
    return tuple(dict.fromkeys(_KNOWN[name] for name in _PLACE.findall(body) if name in _KNOWN))


def filled(body: str, facts: Mapping[Fact, str]) -> str:
    """The words with the facts in their places; a place that is no fact stays as it is. Facts are never read again."""
    return _PLACE.sub(lambda found: _told(found, facts), body)


def _told(found: re.Match[str], facts: Mapping[Fact, str]) -> str:
    fact = _KNOWN.get(found.group(1))
    return found.group(0) if fact is None else facts.get(fact, "")
