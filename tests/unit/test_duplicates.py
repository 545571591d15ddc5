"""Whether two reports tell of the same: as people say of pairs labelled by hand, and never against common sense."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from events.duplicates import (
    LIKELY,
    SHOWN,
    WEIGHTS,
    Told,
    Why,
    alike,
    bigrams,
    compare,
    kinship,
    nearness,
    recency,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HERE = (112.3077, 28.5836)
COVER, ROAD, DRAIN, RUBBISH, STALL = "06-001", "06-003", "06-008", "01-001", "05-001"


def north(metres: float) -> tuple[float, float]:
    return HERE[0], HERE[1] + metres / 111_195


def told(
    metres: float | None = 0, *, hours: float = 0, kind: str = COVER, text: str = "", address: str = "",
    accuracy: float | None = None,
) -> Told:  # fmt: skip
    point = None if metres is None else north(metres)
    return Told(point, NOON - timedelta(hours=hours), kind, text, address, accuracy)


# what is reported, what there is already, and what somebody says who reads both
PAIRS = [
    ("the same manhole, the officer after the hotline",
     told(text="三益街口井盖破损", address="资阳大道12号"),
     told(38, hours=0.2, text="路口的井盖破了一半", address="资阳大道 12 号门前"), "likely"),
    ("the same manhole, a day later, phones between houses", told(accuracy=20), told(70, hours=24, accuracy=25),
     "likely"),
    ("the same manhole, three days later", told(), told(50, hours=72), "shown"),
    ("another manhole down the street", told(text="井盖缺损"), told(250, hours=30, text="井盖松动有响声"), "not"),
    ("rubbish where a stall stands", told(kind=RUBBISH, text="垃圾成堆"), told(5, kind=STALL, text="流动摊贩占道"),
     "not"),
    ("the same hole in the road, called cover and road", told(text="路面塌了一个坑，井盖旁边"),
     told(12, hours=1, kind=ROAD, text="井盖旁边路面塌了一个坑"), "likely"),
    ("a ticket without a place, the same address and words",
     told(text="井盖破了", address="大码头街道三益街12号"),
     told(None, hours=2, text="井盖破了，有人摔倒", address="大码头三益街12号"), "likely"),
    ("a ticket without a place, of another street", told(address="大码头街道三益街12号"),
     told(None, hours=2, address="会龙山街道十洲路口"), "not"),
    ("a ticket without a category at the same point, the same words", told(kind="", text="井盖破了"),
     told(8, hours=3, text="井盖破了"), "likely"),
    ("the same kind at the other end of the reach", told(), told(290), "not"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "new", "old", "said"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_pairs_come_out_as_people_say(name, new, old, said):
    found = compare(new, old)
    got = "likely" if found.likely else "shown" if found.shown else "not"
    assert got == said, (name, found.score)


def test_the_weights_are_shares_of_one_and_the_thresholds_lie_between():
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert 0 < SHOWN < LIKELY < 1


def test_the_reasons_say_how_far_which_kind_when_and_which_address():
    found = compare(
        told(address="资阳大道12号", text="井盖破损"), told(38, hours=0.2, text="井盖破损了", address="资阳大道 12 号")
    )
    assert found.codes() == ["distance", "category", "earlier", "address", "text"]
    by = {reason.why: reason for reason in found.reasons}
    assert by[Why.DISTANCE].amount == pytest.approx(38, abs=0.5)
    assert by[Why.EARLIER].amount == pytest.approx(12)
    assert by[Why.ADDRESS].words == "资阳大道 12 号"
    assert compare(told(), told(0, hours=-1, kind=ROAD)).codes() == ["distance", "class", "later"]
    assert compare(told(), told(0, kind=STALL)).codes() == ["distance", "earlier"]
    assert compare(told(kind=""), told(None)).codes() == ["earlier"]


def test_bigrams_know_no_blanks_width_case_or_punctuation():
    assert alike("资阳大道 12 号", "资阳大道１２号。") == 1
    assert alike("ABC", "abc") == 1
    assert (alike("", "井盖"), alike("井盖", "路灯")) == (0, 0)
    assert 0 < alike("井盖坏了", "井盖破损") < 1  # which share no three characters
    assert bigrams("井") == {"井"}
    assert bigrams("，。 ") == frozenset()


metres = st.floats(0, 400)
hours = st.floats(0, 24 * 30)
codes = st.sampled_from(["", COVER, ROAD, DRAIN, STALL])
words = st.text("井盖破损路面塌陷资阳大道12号", max_size=12)


@given(metres, metres, hours, codes, codes, words, words)
def test_nearer_never_scores_lower(one, other, late, mine, theirs, said, heard):
    near, far = sorted((one, other))
    subject = told(kind=mine, text=said)
    nearer, farther = (compare(subject, told(at, hours=late, kind=theirs, text=heard)) for at in (near, far))
    assert nearer.score >= farther.score - 1e-9


@given(hours, hours, metres, codes, codes)
def test_closer_in_time_never_scores_lower(one, other, away, mine, theirs):
    soon, late = sorted((one, other))
    sooner, later = (compare(told(kind=mine), told(away, hours=at, kind=theirs)) for at in (soon, late))
    assert sooner.score >= later.score


@given(metres, hours, words)
def test_the_same_kind_scores_more_than_its_class_and_that_more_than_another(away, late, said):
    scores = [compare(told(text=said), told(away, hours=late, kind=kind)).score for kind in (COVER, ROAD, STALL)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


@given(metres, hours, words, words)
def test_words_never_take_away(away, late, said, heard):
    silent = compare(told(), told(away, hours=late)).score
    assert compare(told(text=said), told(away, hours=late, text=heard)).score >= silent


@given(metres, st.floats(0, 200), st.floats(0, 200))
def test_what_devices_say_of_their_inexactness_never_takes_away_and_has_an_end(away, mine, theirs):
    exact, rough = nearness(away), nearness(away, mine, theirs)
    assert exact <= rough <= nearness(max(0.0, away - 50)) + 1e-9


@given(metres, hours, codes, codes, words, words, words, words)
def test_a_score_lies_between_0_and_1_and_is_the_same_from_both_sides(away, late, mine, theirs, a, b, c, d):
    one, other = told(kind=mine, text=a, address=b), told(away, hours=late, kind=theirs, text=c, address=d)
    score = compare(one, other).score
    assert 0 <= score <= 1
    assert compare(other, one).score == pytest.approx(score)


@given(words, words)
def test_likeness_is_symmetric_and_whole_with_itself(one, other):
    assert alike(one, other) == alike(other, one) <= 1
    assume(bigrams(one))
    assert alike(one, one) == 1


def test_what_is_unknown_lies_between_the_same_and_another():
    assert kinship(COVER, COVER) > kinship("", COVER) > kinship(COVER, ROAD) > kinship(COVER, STALL) == 0
    assert recency(24) == 0.5
