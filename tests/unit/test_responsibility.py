"""Who answers: the precedence, by example and by property."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.responsibility import REACH_M, Claim, Part, Question, Verdict, Via, decide, fits, weigh

DAY = date(2026, 3, 2)
LEVELS = ("city", "county", "township", "village")
ASKED = Question(category="06-001", level="township", on=DAY, kinds=frozenset({"manhole"}))

NUMBERS = st.integers(1, 50)
levels = st.frozensets(st.sampled_from(LEVELS), max_size=3)
days = st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3))


@st.composite
def claim(draw, number=NUMBERS):
    since = draw(days)
    return Claim(
        number=draw(number),
        category=draw(st.sampled_from(["", "06", "06-001", "06-002", "07"])),
        depth=draw(st.sampled_from([None, 1, 2, 3, 4])),
        lead=draw(st.integers(1, 3)),
        levels=draw(levels),
        joint=tuple(draw(st.sets(st.integers(1, 4), max_size=2))),
        since=since,
        until=draw(st.none() | days.filter(lambda one: one >= since)),
    )


claims = st.lists(claim(), max_size=8, unique_by=lambda one: one.number)
parts = st.lists(
    st.builds(
        Part,
        code=st.integers(1, 50).map(str),
        kind=st.sampled_from(["manhole", "lamp"]),
        owner=st.integers(1, 3),
        distance_m=st.sampled_from([1.0, 4.0, 29.9, 30.0, 30.1, 55.0]),
        in_use=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda one: one.code,
)


def rule(number: int, *, lead: int = 1, category: str = "", depth: int | None = 1, **more) -> Claim:
    return Claim(number=number, category=category, depth=depth, lead=lead, **more)


def test_the_owner_of_the_nearest_component_comes_before_every_rule():
    near, far = Part("A", "manhole", 7, 4.0), Part("B", "manhole", 8, 20.0)
    answer = decide(ASKED, [far, near], [rule(1, depth=None, category="06-001")])
    assert (answer.via, answer.lead, answer.reference, answer.distance_m) == (Via.COMPONENT, 7, "A", 4.0)


@pytest.mark.parametrize(
    "part",
    [
        Part("A", "lamp", 7, 4.0),
        Part("A", "manhole", 7, REACH_M + 0.01),
        Part("A", "manhole", 7, 4.0, in_use=False),
    ],
)
def test_another_kind_one_too_far_and_one_that_was_removed_answer_for_nothing(part):
    assert decide(ASKED, [part], [rule(5, lead=3)]).reference == "5"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"depth": None}, {"depth": 4, "category": "06-001", "levels": frozenset({"township"})}),
        ({"depth": 3}, {"depth": 2, "category": "06-001"}),
        ({"category": "06-001"}, {"category": "06", "levels": frozenset({"township"})}),
        ({"category": "06"}, {"category": ""}),
        ({"levels": frozenset({"township", "village"})}, {}),
    ],
    ids=["area", "deeper region", "small class", "large class", "level"],
)
def test_the_more_specific_comes_first(first, second):
    for one, other in ((1, 2), (2, 1)):
        answer = decide(ASKED, [], [rule(one, lead=1, **first), rule(other, lead=2, **second)])
        assert (answer.lead, answer.reference) == (1, str(one))


def test_two_best_with_different_leads_are_no_answer_and_are_named():
    answer = decide(ASKED, [], [rule(12, lead=2), rule(3, lead=1), rule(9, lead=1)])
    assert (answer.via, answer.lead, answer.rivals) == (Via.NONE, None, ("3", "9", "12"))
    near = decide(ASKED, [Part("B", "manhole", 2, 4.0), Part("A", "manhole", 1, 4.0)], [rule(1)])
    assert (near.lead, near.rivals) == (None, ("A", "B"))


def test_two_best_that_agree_answer_together():
    answer = decide(ASKED, [], [rule(12, lead=2, joint=(5, 2)), rule(3, lead=2, joint=(4,))])
    assert (answer.lead, answer.reference, answer.joint, answer.rivals) == (2, "3", (4, 5), ())


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (DAY, DAY, True), (DAY, None, True), (DAY + timedelta(days=1), None, False),
        (DAY - timedelta(days=9), DAY - timedelta(days=1), False),
    ],
)  # fmt: skip
def test_the_first_and_the_last_day_count(since, until, holds):
    assert (decide(ASKED, [], [rule(1, since=since, until=until)]).lead is not None) == holds


def test_why_each_did_or_did_not_win():
    found = weigh(
        ASKED,
        [Part("far", "manhole", 1, 31.0), Part("lamp", "lamp", 1, 2.0)],
        [
            rule(1, category="06-001"), rule(2), rule(3, category="07"), rule(4, levels=frozenset({"city"})),
            rule(5, since=DAY + timedelta(days=1)), rule(6, until=DAY - timedelta(days=1)), rule(7, category="06-001"),
        ],
    )  # fmt: skip
    said = {getattr(one.item, "code", getattr(one.item, "number", None)): one.verdict for one in found.considered}
    assert said == {
        "far": Verdict.TOO_FAR, "lamp": Verdict.OTHER_KIND, 1: Verdict.WINS, 7: Verdict.AGREES,
        2: Verdict.LESS_SPECIFIC, 3: Verdict.OTHER_CATEGORY, 4: Verdict.OTHER_LEVEL, 5: Verdict.NOT_YET,
        6: Verdict.NO_LONGER,
    }  # fmt: skip


def test_a_rule_with_the_number_of_a_component_does_not_win_by_it():
    found = weigh(ASKED, [Part("1", "manhole", 1, 3.0)], [rule(1)])
    assert [one.verdict for one in found.considered] == [Verdict.WINS, Verdict.LESS_SPECIFIC]


@given(parts, claims, st.randoms())
def test_the_order_in_which_they_come_makes_no_difference(near, rules, dice):
    expected = weigh(ASKED, near, rules)
    dice.shuffle(near)
    dice.shuffle(rules)
    assert weigh(ASKED, near, rules) == expected
    assert decide(ASKED, near, rules) == expected.answer


@given(parts, claims)
def test_exactly_one_wins_or_none_does(near, rules):
    found = weigh(ASKED, near, rules)
    verdicts = [one.verdict for one in found.considered]
    assert len(verdicts) == len(near) + len(rules)
    assert verdicts.count(Verdict.WINS) == (found.answer.lead is not None)
    assert verdicts.count(Verdict.CONTRADICTS) == len(found.answer.rivals) != 1
    assert (found.answer.via is Via.NONE) == (found.answer.lead is None)


def _apt(one: Claim) -> bool:
    return fits(one, ASKED.category, ASKED.level) and one.since <= DAY and (one.until is None or one.until >= DAY)


@given(claims)
def test_what_answers_holds_on_the_day_for_the_category_and_the_level(rules):
    answer = decide(ASKED, [], rules)
    named = {answer.reference, *answer.rivals} - {""}
    assert all(_apt(one) for one in rules if str(one.number) in named)
    assert bool(named) == any(map(_apt, rules))


@given(claims, claim(number=st.integers(51, 60)))
def test_a_less_specific_rule_more_never_changes_the_answer(rules, more):
    before = decide(ASKED, [], rules)
    after = weigh(ASKED, [], [*rules, more])
    (verdict,) = (one.verdict for one in after.considered if one.item == more)
    if verdict not in (Verdict.WINS, Verdict.AGREES, Verdict.CONTRADICTS):
        assert after.answer == before
    if verdict is Verdict.LESS_SPECIFIC:
        assert before.lead is not None or before.rivals
