"""From an address in words to places on the map, each with a score and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import cos, exp, radians, sin

import shapely

from grid import addresses as words
from grid.addresses import House, Shift
from grid.likeness import (
    CITY_OTHER,
    FINENESS,
    NEAR_M,
    REGION_NAMED,
    REGION_OTHER,
    REGION_UNNAMED,
    UNEXPLAINED,
    Candidate,
    Doubt,
    ranked,
)
from grid.paths import parent_path
from grid.selectors.gazetteer import Gazetteer, gazetteer
from grid.selectors.readings import Reading, Said, readings, said
from grid.selectors.roads import METRES_PER_DEGREE, Meeting, Numbered, apart_m, meetings, numbers_at

LEVELS = {"city": "city", "county": "county", "town": "township", "township": "township", "village": "village",
          "water": "water"}  # fmt: skip
SHORTEST_ALONE = 4
"""A name of fewer characters says too little without a region beside it."""

MOST_ROADS = 12
INSIDE = 0.6
"""What a name counts that is only part of a longer one which stands there whole."""

NEAR_BONUS, NEAR_SCALE_M = 0.04, 5_000.0


@dataclass(frozen=True, slots=True)
class Matched:
    """What an address may mean, best first; `elsewhere` is the name of another city or county that it holds."""

    candidates: tuple[Candidate, ...]
    elsewhere: str

    @property
    def sure(self) -> Candidate | None:
        """The one place that it means, where that is beyond doubt."""
        return next((one for one in self.candidates[:1] if one.sure), None)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a reading would put something, before it is judged."""

    reading: Reading
    name: str
    fineness: str
    lng: float
    lat: float
    reach_m: float
    paths: tuple[str, ...]
    start: int
    end: int
    doubts: tuple[Doubt, ...] = ()


def match_address(*, text: str, near: tuple[float, float] | None = None, limit: int = 8) -> Matched:
    """The places that an address, or part of a name, may mean: at most `limit`, best first. Two to four queries.

    `near` (WGS-84 degrees) breaks ties towards what lies near; it never makes anything sure. Never raises for a text,
    keeps none of it, and looks at its first 120 characters only.
    """
    names = gazetteer()
    of = said(text, names)
    found = readings(of, names) if of.text else []
    foreign = words.elsewhere(of.text, province=names.province, known=names.known)
    spots = [*_crossings(found, of, names), *_others(found, names)]
    whole = _whole_spans(spots)
    judged = [_judged(spot, of, names, foreign, inside=_inside(spot, whole)) for spot in spots]
    return Matched(ranked(_favoured(judged, near), limit=limit), foreign)


def _favoured(candidates: Sequence[Candidate], near: tuple[float, float] | None) -> list[Candidate]:
    """Nearer ones first among equals."""
    if near is None:
        return list(candidates)
    return [
        replace(one, bonus=NEAR_BONUS * exp(-apart_m(near, (one.lng, one.lat)) / NEAR_SCALE_M)) for one in candidates
    ]


def _others(found: Sequence[Reading], names: Gazetteer) -> list[_Spot]:
    """Every reading but crossings; roads with their house numbers."""
    roads = [(one, words.house_at(one.text, one.span.start, one.span.end)) for one in found if one.row.kind == "road"]
    numbers = numbers_at([(one.row.id, house.number) for one, house in roads if house])
    spots = [_on_road(one, house, numbers.get(one.row.id), names) for one, house in roads]
    return [*spots, *(_place(one) for one in found if one.row.kind != "road")]


def _place(one: Reading) -> _Spot:
    row = one.row
    fineness = LEVELS.get(row.kind, "place") if row.code or row.kind == "water" else "place"
    wide = (Doubt.TOO_WIDE,) if row.reach_m > NEAR_M or fineness != "place" else ()
    return _Spot(one, row.name, fineness, row.lng, row.lat, row.reach_m, row.paths, one.span.start, one.span.end, wide)


def _on_road(one: Reading, house: House | None, place: Numbered | None, names: Gazetteer) -> _Spot:
    row, span = one.row, one.span
    bare = _Spot(one, row.name, "road", row.lng, row.lat, row.reach_m, row.paths, span.start, span.end)
    if house is None:
        return replace(bare, doubts=(Doubt.TOO_WIDE,))
    begin, end = min(span.start, house.start), max(span.end, house.end)
    numbered = replace(
        bare, name=f"{row.name}{house.number}号" if place and place.known else row.name, start=begin, end=end
    )
    if place is None:
        return replace(numbered, fineness="unnumbered", doubts=(Doubt.NO_NUMBER,))
    return replace(
        numbered, fineness="number" if place.known else "sparse", lng=place.lng, lat=place.lat, reach_m=place.within_m,
        paths=_paths_near(names, place.lng, place.lat), doubts=() if place.known else (Doubt.NUMBER_UNKNOWN,),
    )  # fmt: skip


def _paths_near(names: Gazetteer, lng: float, lat: float) -> tuple[str, ...]:
    """The paths of the villages at a point or within 100 m of it: roads are where regions end."""
    index = names.index
    near = index.tree.query(shapely.Point(lng, lat), predicate="dwithin", distance=100.0 / METRES_PER_DEGREE)
    return tuple(sorted({parent_path(index.leaves[number].path) for number in near.tolist()}))


def _crossings(found: Sequence[Reading], of: Said, names: Gazetteer) -> list[_Spot]:
    """Where two roads meet that are named one after the other as meeting."""
    roads: dict[tuple[int, int], list[Reading]] = {}
    for one in found:
        if one.row.kind == "road" and one.exact and one.text == of.text:
            roads.setdefault((one.span.start, one.span.end), []).append(one)
    pairs = [
        (roads[first], roads[second])
        for first in roads
        for second in roads
        if words.joined(of.text, first[1], second[0]) and words.meets(of.text, second[1])
    ]
    spots = meetings([({one.row.id for one in a}, {one.row.id for one in b}) for a, b in pairs])
    readings_of = {one.row.id: one for group in roads.values() for one in group}
    return [_crossing(spot, readings_of, names) for spot in spots]


def _crossing(spot: Meeting, readings_of: dict[int, Reading], names: Gazetteer) -> _Spot:
    first, second = readings_of[spot.first], readings_of[spot.second]
    text = first.text
    end = second.span.end + words.length_of_meeting(text, second.span.end)
    return _Spot(
        first, f"{first.row.name}与{second.row.name}交叉口", "crossing", spot.lng, spot.lat, 30.0,
        _paths_near(names, spot.lng, spot.lat), first.span.start, end,
        (Doubt.RIVALS,) if spot.spots > 1 else (),
    )  # fmt: skip


def _whole_spans(spots: Iterable[_Spot]) -> frozenset[tuple[str, int, int]]:
    return frozenset((one.reading.text, one.start, one.end) for one in spots if one.reading.exact)


def _inside(spot: _Spot, whole: frozenset[tuple[str, int, int]]) -> bool:
    """Whether a longer name stands whole around this one."""
    return any(
        text == spot.reading.text and start <= spot.start and spot.end <= end and end - start > spot.end - spot.start
        for text, start, end in whole
    )


def _judged(spot: _Spot, of: Said, names: Gazetteer, foreign: str, *, inside: bool) -> Candidate:
    """A spot with its score and every doubt."""
    one = spot.reading
    moved, far = _moved(spot, words.shift(one.text))
    region, named, other = _region(spot, of, foreign)
    rest = _unexplained(moved, of, names)
    doubts = [*other, *_name_doubts(moved, named), *far, *rest, *spot.doubts]
    score = one.score * region * FINENESS[spot.fineness] * (UNEXPLAINED if rest else 1.0) * (INSIDE if inside else 1.0)
    return Candidate(
        place=one.row.id, name=spot.name, kind=spot.fineness if spot.fineness == "crossing" else one.row.kind,
        code=one.row.code, fineness=spot.fineness, path=one.row.path, lng=moved.lng, lat=moved.lat,
        reach_m=spot.reach_m, score=round(score, 3), named=named, doubts=tuple(dict.fromkeys(doubts)), exact=one.exact,
    )  # fmt: skip


def _moved(spot: _Spot, by: Shift | None) -> tuple[_Spot, tuple[Doubt, ...]]:
    """The spot moved by a distance in a direction; far, or in no direction, it is a guess."""
    if by is None or spot.fineness not in ("place", "number", "crossing"):
        return spot, ()
    if by.bearing is None or by.metres > 2 * NEAR_M:
        return spot, (Doubt.FAR,) if by.metres > 2 * NEAR_M / 3 else ()
    north, east = by.metres * cos(radians(by.bearing)), by.metres * sin(radians(by.bearing))
    lat = spot.lat + north / METRES_PER_DEGREE
    lng = spot.lng + east / (METRES_PER_DEGREE * cos(radians(spot.lat)))
    return replace(spot, lng=lng, lat=lat), (Doubt.FAR,) if by.metres > NEAR_M else ()


def _region(spot: _Spot, of: Said, foreign: str) -> tuple[float, bool, tuple[Doubt, ...]]:
    """The factor for regions, whether one is named around the spot, and the doubt where another one is."""
    if foreign:
        return CITY_OTHER, False, (Doubt.OTHER_CITY,)
    own = spot.reading.text == of.text
    within = [one for one in of.mentions if own and spot.start <= one.start and one.end <= spot.end]
    holding = [one.holds(spot.paths) for one in of.mentions if one not in within or one.holds(spot.paths)]
    if not all(holding):
        return REGION_OTHER, False, (Doubt.OTHER_REGION,)
    wide = [one for one in of.mentions if one.holds(spot.paths) and any(path.count("/") > 1 for path in one.paths)]
    return (REGION_NAMED, True, ()) if wide else (REGION_UNNAMED, False, ())


def _name_doubts(spot: _Spot, named: bool) -> list[Doubt]:
    one = spot.reading
    doubts = [] if one.exact else [Doubt.NAME_DIFFERS]
    if words.goes_on(one.text, spot.end):
        doubts.append(Doubt.GOES_ON)
    if not named and spot.end - spot.start < SHORTEST_ALONE:
        doubts.append(Doubt.SHORT_NAME)
    return doubts


def _unexplained(spot: _Spot, of: Said, names: Gazetteer) -> list[Doubt]:
    """Whether something stands before the name that is neither a region around it nor a small word."""
    before = spot.reading.text[: spot.start]
    for name in names.names_around(spot.paths or (spot.reading.row.path,)):
        before = before.replace(name, " ")
    return [Doubt.UNEXPLAINED] if words.without_small_words(before) else []
