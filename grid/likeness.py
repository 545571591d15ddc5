"""How well a place fits an address, and whether that is enough to place something without asking anybody. Pure.

The score of a candidate is a product, from 0 to 1:

    name      1 where the name stands there as it is; 0.87 another name in use; else 1 - 1.2 x (characters wrong,
              missing or in excess / length of the name); a longer name of which the text is a part: 0.55 to 0.8
    region    1 where the address names a region that it lies in; 0.95 where none is named; 0.35 where another one is
              named; 0.2 where another city is
    fineness  1 for a place, a house number found, a crossing; 0.75 a number between doors too far apart; 0.7 a number
              that isn't known; 0.65 a road without a number; 0.6 a village; 0.5 a township; 0.4 a county, a water
    rest      0.9 where something before the name stays unexplained, or the name seems to go on

A candidate is sure when nothing speaks against it (`Doubt`), its score is at least `SURE`, and every other candidate
more than `NEAR_M` away is at least `MARGIN` below.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

SURE = 0.85
MARGIN = 0.12
NEAR_M = 150.0
"""How far from the true place a point may be (metres) and still send people to the right spot."""

LEAST = 0.3
"""Candidates below are not worth showing."""

FINENESS = {
    "place": 1.0, "number": 1.0, "crossing": 1.0, "sparse": 0.75, "unnumbered": 0.7, "road": 0.65, "village": 0.6,
    "township": 0.5, "county": 0.4, "city": 0.3, "water": 0.4,
}  # fmt: skip
REGION_NAMED, REGION_UNNAMED, REGION_OTHER, CITY_OTHER = 1.0, 0.95, 0.35, 0.2
UNEXPLAINED = 0.9
ALIAS = 0.87
WRONG_SIGN = 1.2
LEAST_NAME = 0.5


class Doubt(StrEnum):
    """What keeps a candidate from being sure; the first is said first."""

    OTHER_CITY = "other_city"
    OTHER_REGION = "other_region"
    NAME_DIFFERS = "name_differs"
    GOES_ON = "goes_on"
    UNEXPLAINED = "unexplained"
    TOO_WIDE = "too_wide"
    NO_NUMBER = "no_number"
    NUMBER_UNKNOWN = "number_unknown"
    FAR = "far"
    SHORT_NAME = "short_name"
    RIVALS = "rivals"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a name stands in a text, and with how many characters wrong, missing or in excess."""

    start: int
    end: int
    wrong: int


def find(name: str, text: str) -> Span:
    """The stretch of a text that is nearest to a name by single-character edits.

    Of equals the last, and of those that end there the shortest. One step per character of the text (Myers 1999).
    """
    at = text.rfind(name)
    if at >= 0:
        return Span(at, at + len(name), 0)
    wrong, end = len(name), 0
    for place, edits in enumerate(_edits(name, text, anywhere=True), start=1):
        if edits <= wrong:
            wrong, end = edits, place
    backwards = _edits(name[::-1], text[:end][::-1], anywhere=False)
    length = next((size for size, edits in enumerate(backwards, start=1) if edits == wrong), 0)
    return Span(end - length, end, wrong)


def _edits(name: str, text: str, *, anywhere: bool) -> Iterator[int]:
    """After each character of the text the fewest edits between the name and what ends there.

    That may begin `anywhere`, or else begins with the text. Columns of the table of edits as bits of two numbers.
    """
    whole, last = (1 << len(name)) - 1, 1 << (len(name) - 1)
    places: dict[str, int] = {}
    for row, letter in enumerate(name):
        places[letter] = places.get(letter, 0) | 1 << row
    up, down, edits = whole, 0, len(name)
    for sign in text:
        same = places.get(sign, 0)
        level = same | down
        across = (((same & up) + up) ^ up) | same
        right_up, right_down = down | ~(across | up), up & across
        edits += bool(right_up & last) - bool(right_down & last)
        right_up = right_up << 1 | (not anywhere)
        up = (right_down << 1 | ~(level | right_up)) & whole
        down = right_up & level & whole
        yield edits


def name_score(name: str, span: Span) -> float:
    """How much of a name is there: 1 for all of it, 0 for too little to speak of it."""
    if span.wrong == 0:
        return 1.0
    score = 1.0 - WRONG_SIGN * span.wrong / len(name)
    return score if score >= LEAST_NAME else 0.0


def may_stand(name: str, text: str) -> bool:
    """Whether so many of a name's characters are in a text that `find` may find enough of it; quicker than finding."""
    missing = sum(letter not in text for letter in name)  # each of them costs an edit at least
    return name_score(name, Span(0, 0, missing)) > 0.0


def part_score(part: str, name: str) -> float:
    """How much a text that is only part of a name says of it: what somebody types who hasn't finished."""
    if len(part) < 2 or part not in name:
        return 0.0
    return 0.55 + 0.25 * len(part) / len(name)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that an address may mean: a point (WGS-84 degrees), `reach_m` how far around it the place may be.

    `kind` is the place's own, `fineness` one of FINENESS; `doubts` say what speaks against it; `named` that the address
    names a region around it.
    """

    place: int
    name: str
    kind: str
    fineness: str
    path: str
    lng: float
    lat: float
    reach_m: float
    score: float
    named: bool
    doubts: tuple[Doubt, ...] = ()
    rivals: int = 0
    sure: bool = False
    exact: bool = False
    code: str = ""  # of a region
    bonus: float = 0.0  # for lying near the asker: orders, and says nothing of the address


def metres(a: Candidate, b: Candidate) -> float:
    """Great-circle distance between two candidates by the haversine formula, in metres."""
    up, along = radians(b.lat - a.lat), radians(b.lng - a.lng)
    half = sin(up / 2) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(along / 2) ** 2
    return 2 * 6_371_008.8 * asin(min(1.0, sqrt(half)))


def ranked(candidates: Sequence[Candidate], *, limit: int) -> tuple[Candidate, ...]:
    """The best first, each spot once, and the first of them sure where nothing speaks against it."""
    order = sorted(candidates, key=lambda one: (-one.score - one.bonus, len(one.doubts), one.name, one.path, one.place))
    kept: list[Candidate] = []
    for one in order:
        if one.score >= LEAST and not any(_same_spot(one, other) for other in kept):
            kept.append(one)
    if not kept:
        return ()
    return (settled(kept[0], kept[1:]), *kept[1:limit])


def _same_spot(one: Candidate, other: Candidate) -> bool:
    return one.place == other.place or (one.name == other.name and metres(one, other) <= NEAR_M)


def settled(first: Candidate, others: Sequence[Candidate]) -> Candidate:
    """The first candidate, sure or with what keeps it from that."""
    doubts = list(first.doubts)
    rivals = [one for one in others if one.score > first.score - MARGIN and metres(first, one) > NEAR_M]
    if rivals:
        doubts.append(Doubt.RIVALS)
    sure = not doubts and first.score >= SURE
    return replace(first, doubts=tuple(doubts), rivals=len(rivals), sure=sure)
