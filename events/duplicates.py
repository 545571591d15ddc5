"""How likely two reports tell of the same thing, and why: pure, a score from 0 to 1 and its reasons as data.

Four things speak for it, each from 0 to 1, weighed and added (`WEIGHTS`):

* near: 1 at the same point, 0 from 300 m on. What the two devices say of their own inexactness is taken off the
  distance first, 50 m at most: a phone between houses is out by that much.
* kind: the same category (小类) 1, another of the same class (大类) 0.4; where one has none yet, half.
* recent: halves with every 24 hours between the two reports.
* words: how alike the descriptions or the addresses are, whichever is more: the Dice coefficient of their character
  bigrams. Chinese has no blanks between words, and two characters are most often one word; trigrams find nothing in
  井盖坏了 and 井盖破损.

Where one of the two has no place on the map, the likeness of the addresses stands in for nearness.

The weights and `SHOWN` are our own defaults, no standard's: chosen by hand so that the pairs in
`tests/unit/test_duplicates.py`, labelled by hand, come out as people would say. The same category within 150 m on the
same day is shown, another class at the same point isn't unless the words agree too; `LIKELY` takes the same category
within some 60 m within an hour or two. Nothing here merges anything: people do.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from grid.coordinates import metres_between

REACH_M = 300.0
MOST_SLACK_M = 50.0
HALF_HOURS = 24.0
SAME_CLASS, UNKNOWN_KIND = 0.4, 0.5
ALIKE = 0.4  # from which likeness of words on it is named as a reason
SHOWN, LIKELY = 0.6, 0.75


class Part(StrEnum):
    """What speaks for it."""

    NEAR = "near"
    KIND = "kind"
    RECENT = "recent"
    WORDS = "words"


WEIGHTS = {Part.NEAR: 0.45, Part.KIND: 0.3, Part.RECENT: 0.1, Part.WORDS: 0.15}


class Why(StrEnum):
    """A reason that can be told."""

    DISTANCE = "distance"  # amount: metres
    CATEGORY = "category"
    CLASS = "class"
    EARLIER = "earlier"  # amount: minutes
    LATER = "later"  # amount: minutes
    ADDRESS = "address"  # words: the other's
    TEXT = "text"


@dataclass(frozen=True)
class Told:
    """What is known of a report: degrees WGS-84 (None: no place), metres of inexactness, its category's code or ""."""

    point: tuple[float, float] | None
    at: datetime
    category: str = ""
    text: str = ""
    address: str = ""
    accuracy_m: float | None = None


@dataclass(frozen=True)
class Reason:
    """One reason, with how much or which words."""

    why: Why
    amount: float = 0.0
    words: str = ""


@dataclass(frozen=True)
class Likeness:
    """How alike two reports are, from 0 to 1, and why."""

    score: float
    reasons: tuple[Reason, ...]

    @property
    def shown(self) -> bool:
        """Whether it is worth showing to somebody."""
        return self.score >= SHOWN

    @property
    def likely(self) -> bool:
        """Whether it most likely is the same."""
        return self.score >= LIKELY

    def codes(self) -> list[str]:
        """The reasons without their words."""
        return [reason.why.value for reason in self.reasons]


def compare(one: Told, other: Told) -> Likeness:
    """How alike `other` is to `one`; the reasons are said of `other`. Symmetric but for earlier and later."""
    texts, addresses = alike(one.text, other.text), alike(one.address, other.address)
    metres = None if one.point is None or other.point is None else metres_between(one.point, other.point)
    parts = {
        Part.NEAR: addresses if metres is None else nearness(metres, one.accuracy_m, other.accuracy_m),
        Part.KIND: kinship(one.category, other.category),
        Part.RECENT: recency(abs((other.at - one.at).total_seconds()) / 3600),
        Part.WORDS: texts if metres is None else max(texts, addresses),
    }
    score = sum(WEIGHTS[part] * share for part, share in parts.items())
    return Likeness(min(1.0, score), _reasons(one, other, metres, texts, addresses))


def nearness(metres: float, *accuracies: float | None) -> float:
    """1 at the same point, 0 from 300 m on; the devices' own inexactness (metres) is taken off first, 50 m at most."""
    slack = min(MOST_SLACK_M, sum(one or 0.0 for one in accuracies))
    return max(0.0, 1 - max(0.0, metres - slack) / REACH_M)


def kinship(one: str, other: str) -> float:
    """Of two categories' codes: the same 1, of one class 0.4, otherwise 0; one unknown half."""
    if not one or not other:
        return UNKNOWN_KIND
    if one == other:
        return 1.0
    return SAME_CLASS if _class(one) == _class(other) else 0.0


def recency(hours: float) -> float:
    """Halves with every 24 hours."""
    return float(0.5 ** (hours / HALF_HOURS))


def alike(one: str, other: str) -> float:
    """The Dice coefficient of the character bigrams of two texts; punctuation, blanks, width and case don't count."""
    first, second = bigrams(one), bigrams(other)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters and digits; the one letter of a text of one."""
    kept = "".join(one for one in unicodedata.normalize("NFKC", text).lower() if one.isalnum())
    return frozenset(kept[at : at + 2] for at in range(len(kept) - 1)) or frozenset(kept)


def _class(code: str) -> str:
    return code.split("-")[0]


def _reasons(
    one: Told, other: Told, metres: float | None, texts: float, addresses: float
) -> tuple[Reason, ...]:  # fmt: skip
    found = [] if metres is None else [Reason(Why.DISTANCE, amount=metres)]
    found += _of_kind(one.category, other.category)
    minutes = (other.at - one.at).total_seconds() / 60
    found.append(Reason(Why.EARLIER if minutes <= 0 else Why.LATER, amount=abs(minutes)))
    if addresses >= ALIKE:
        found.append(Reason(Why.ADDRESS, amount=addresses, words=other.address))
    if texts >= ALIKE:
        found.append(Reason(Why.TEXT, amount=texts))
    return tuple(found)


def _of_kind(one: str, other: str) -> list[Reason]:
    share = kinship(one, other)
    if share == 1.0:
        return [Reason(Why.CATEGORY)]
    return [Reason(Why.CLASS)] if share == SAME_CLASS else []
