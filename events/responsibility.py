"""Who answers for an event: the precedence of components and rules, pure.

The owner of the nearest component within 30 metres answers, where the category names kinds of components. Else a rule
whose area covers the place; else a rule of the deepest region. Among these a 小类 comes before its 大类 and that before
all categories, and a rule for levels of the holder before one for any. Of two best with different leads neither wins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

REACH_M = 30.0
"""How far the nearest component may lie from the place, in metres."""


class Via(StrEnum):
    """By what it was answered."""

    COMPONENT = "component"
    AREA = "area"
    RULE = "rule"
    NONE = "none"


class Verdict(StrEnum):
    """What became of something that was considered."""

    WINS = "wins"
    AGREES = "agrees"  # as good as the one that wins, and of the same mind
    CONTRADICTS = "contradicts"  # as good as another one with a different lead: neither wins
    LESS_SPECIFIC = "less_specific"
    FARTHER = "farther"
    TOO_FAR = "too_far"
    OTHER_KIND = "other_kind"
    REMOVED = "removed"
    OTHER_CATEGORY = "other_category"
    OTHER_LEVEL = "other_level"
    NOT_YET = "not_yet"
    NO_LONGER = "no_longer"


@dataclass(frozen=True)
class Question:
    """What is asked: the category, the level of the holder, the day; `kinds` of components that the category names."""

    category: str  # 06-001
    level: str
    on: date
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Part:
    """A component near the place: its owner, and how far it is, in metres."""

    code: str
    kind: str
    owner: int
    distance_m: float
    in_use: bool = True


@dataclass(frozen=True)
class Claim:
    """A rule whose ground covers the place. `depth` is that of its region, the city's 1; None: it has an area."""

    number: int
    category: str  # 06-001, 06, or empty: all
    depth: int | None
    lead: int
    levels: frozenset[str] = frozenset()  # empty: any
    joint: tuple[int, ...] = ()
    since: date = date.min
    until: date | None = None  # the last day


@dataclass(frozen=True)
class Answer:
    """Who answers, by what. No lead: nothing answers, or `rivals` (codes or numbers, sorted) contradict one another."""

    via: Via = Via.NONE
    lead: int | None = None
    joint: tuple[int, ...] = ()
    reference: str = ""  # the component's code, or the rule's number
    distance_m: float | None = None
    rivals: tuple[str, ...] = ()
    between: Via = Via.NONE  # what the rivals are


@dataclass(frozen=True)
class Considered:
    """One component or rule, and what became of it."""

    item: Part | Claim
    verdict: Verdict


@dataclass(frozen=True)
class Weighed:
    """The answer, and all that was considered, the most specific first."""

    answer: Answer
    considered: tuple[Considered, ...]


def decide(question: Question, parts: Iterable[Part], claims: Iterable[Claim]) -> Answer:
    """Who answers. The order in which parts and claims come makes no difference."""
    near, best = _foremost(question, parts, claims)
    return _of_parts(near) if near else _of_claims(best)


def weigh(question: Question, parts: Iterable[Part], claims: Iterable[Claim]) -> Weighed:
    """The same answer, with why each part and claim did or did not win."""
    listed = sorted(parts, key=lambda one: (one.distance_m, one.code))
    ranked = sorted(claims, key=lambda one: (_rank(one), one.number))
    near, best = _foremost(question, listed, ranked)
    of_part = {part.code: _among(near, number) for number, part in enumerate(near)}
    of_claim = {} if near else {claim.number: _among(best, number) for number, claim in enumerate(best)}
    seen = [
        Considered(one, _unfit(question, one) or of_part.get(one.code, Verdict.FARTHER)) for one in listed
    ] + [
        Considered(one, _inapt(question, one) or of_claim.get(one.number, Verdict.LESS_SPECIFIC)) for one in ranked
    ]  # fmt: skip
    return Weighed(answer=_of_parts(near) if near else _of_claims(best), considered=tuple(seen))


def fits(claim: Claim, category: str, level: str) -> bool:
    """Whether a rule is about a category held at a level, whatever the day."""
    return category.startswith(claim.category) and (not claim.levels or level in claim.levels)


def _unfit(question: Question, part: Part) -> Verdict | None:
    if part.kind not in question.kinds:
        return Verdict.OTHER_KIND
    if not part.in_use:
        return Verdict.REMOVED
    return Verdict.TOO_FAR if part.distance_m > REACH_M else None


def _inapt(question: Question, claim: Claim) -> Verdict | None:
    if not question.category.startswith(claim.category):
        return Verdict.OTHER_CATEGORY
    if question.on < claim.since:
        return Verdict.NOT_YET
    if claim.until is not None and question.on > claim.until:
        return Verdict.NO_LONGER
    return None if fits(claim, question.category, question.level) else Verdict.OTHER_LEVEL


def _rank(claim: Claim) -> tuple[int, int, int, int]:
    """What comes first: areas, deeper regions, longer categories, rules for certain levels."""
    place = (0, 0) if claim.depth is None else (1, -claim.depth)
    return (*place, -len(claim.category), 0 if claim.levels else 1)


def _best(claims: Sequence[Claim]) -> list[Claim]:
    first = min(map(_rank, claims), default=None)
    return sorted((claim for claim in claims if _rank(claim) == first), key=lambda claim: claim.number)


def _nearest(parts: Sequence[Part]) -> list[Part]:
    first = min((part.distance_m for part in parts), default=None)
    return sorted((part for part in parts if part.distance_m == first), key=lambda part: part.code)


def _of_parts(best: Sequence[Part]) -> Answer:
    first = best[0]
    if any(part.owner != first.owner for part in best):
        return Answer(rivals=tuple(part.code for part in best), between=Via.COMPONENT)
    return Answer(Via.COMPONENT, first.owner, reference=first.code, distance_m=first.distance_m)


def _of_claims(best: Sequence[Claim]) -> Answer:
    if not best:
        return Answer()
    first = best[0]
    via = Via.AREA if first.depth is None else Via.RULE
    if any(claim.lead != first.lead for claim in best):
        return Answer(rivals=tuple(str(claim.number) for claim in best), between=via)
    joint = tuple(sorted({one for claim in best for one in claim.joint} - {first.lead}))
    return Answer(via, first.lead, joint=joint, reference=str(first.number))


def _foremost(
    question: Question, parts: Iterable[Part], claims: Iterable[Claim]
) -> tuple[list[Part], list[Claim]]:  # fmt: skip
    """The nearest parts that are fit, and the best claims that are apt: one of each, or several that are as good."""
    near = _nearest([part for part in parts if _unfit(question, part) is None])
    return near, _best([claim for claim in claims if _inapt(question, claim) is None])


def _among(best: Sequence[Part] | Sequence[Claim], number: int) -> Verdict:
    """What becomes of one of the best: they contradict one another, or the first wins and the others agree."""
    if len({one.owner if isinstance(one, Part) else one.lead for one in best}) > 1:
        return Verdict.CONTRADICTS
    return Verdict.AGREES if number else Verdict.WINS
