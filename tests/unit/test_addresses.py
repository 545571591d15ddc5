"""Addresses as text: one spelling, bounded whatever comes in, and small words understood."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grid import addresses
from grid.addresses import LONGEST, bigrams, keys_of_name, keys_of_text, normalise
from grid.likeness import Candidate, Doubt, find, may_stand, name_score, part_score, ranked
from grid.placenames import other_names, stem

HOSTILE = [
    "号" * 10_000,
    "一" * 10_000 + "号",
    "１" * 10_000,
    "东" * 9_999 + "米",
    "市区" * 5_000,
    "﷽" * 10_000,
    " " * 10_000,
    "\x00\ud7ff\u202e" * 3_333,
    "的和与" * 3_333 + "路口",
    "往东1" * 2_500,
]


@given(st.text())
@example("İ一百號")
@example("三十十号一号")
@settings(max_examples=500)
def test_a_spelling_is_final_and_short(text):
    once = normalise(text)
    assert normalise(once) == once
    assert len(once) <= LONGEST


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_of_ten_thousand_characters_is_read_in_no_time(text):
    started = time.perf_counter()
    plain = normalise(text)
    for way in (addresses.shift, addresses.without_small_words, keys_of_text, bigrams, keys_of_name):
        way(plain)
    addresses.elsewhere(plain, province="湖南", known=frozenset({"益阳市"}))
    addresses.house_at(plain, 0, len(plain) // 2)
    addresses.goes_on(plain, len(plain) // 2)
    assert time.perf_counter() - started < 0.25


@pytest.mark.parametrize(
    ("given_", "meant"),
    [
        ("赫山區康富路一百二十八號", "赫山区康富路128号"),
        ("康富路１２８号", "康富路128号"),
        ("五一路九百零五号", "五一路905号"),
        ("三益街社区十二栋", "三益街社区12栋"),
        ("往东五十米", "往东50米"),
        ("金山路，（对面）", "金山路 对面"),
        ("五一路", "五一路"),
        ("二〇三室", "203室"),
        ("Ａ座", "a座"),
    ],
)
def test_one_spelling(given_, meant):
    assert normalise(given_) == meant


@pytest.mark.parametrize(
    ("text", "metres", "bearing"),
    [
        ("往东50米", 50, 90),
        ("西北方向约100米", 100, 315),
        ("里面20米", 20, None),
        ("2公里处", 2000, None),
        ("向南走30米", 30, 180),
    ],
)
def test_distances(text, metres, bearing):
    found = addresses.shift(text)
    assert found is not None
    assert (found.metres, found.bearing) == (metres, bearing)


def test_house_numbers_are_those_of_houses():
    number = lambda text: (house := addresses.house_at(text, 0, 3)) and house.number  # noqa: E731
    assert number("康富路128号") == 128
    assert number("康富路128-2号对面") == 128
    assert number("康富路128") == 128
    assert number("康富路128号门口") == number("康富路128号楼下") == 128
    for other in ("康富路3号楼", "康富路3号门", "康富路50米", "康富路2号线", "康富路口", "康富路"):
        assert number(other) is None
    assert addresses.house_at("128号康富路", 4, 7).number == 128


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("长沙市岳麓区人民路", "长沙市"),
        ("湖北省武汉市", "湖北省"),
        ("岳麓区人民路", "岳麓区"),
        ("双峰县永丰镇", "双峰县"),
        ("湖南省益阳市赫山区", ""),
        ("沅江市人民路", ""),
        ("贺家桥农贸市场", ""),
        ("花园小区", ""),
        ("高新区朝阳街道", ""),
    ],
)
def test_other_cities_are_told_from_markets_and_estates(text, other):
    known = frozenset({"益阳市", "赫山区", "沅江市", "益阳高新区"})
    assert addresses.elsewhere(text, province="湖南", known=known) == other


@given(st.text(alphabet="路街东西资阳", min_size=1, max_size=6), st.text(alphabet="路街号1", max_size=9))
@example("资阳路", "资阳大道")
def test_a_name_that_can_not_stand_in_a_text_has_no_score_there(name, text):
    assert may_stand(name, text) or name_score(name, find(name, text)) == 0


@given(st.text(alphabet="路街东西资阳", min_size=1, max_size=6), st.text(alphabet="路街东西资阳号1", max_size=16))
def test_the_likest_stretch_is_as_near_as_any(name, text):
    span = find(name, text)
    assert span.wrong == min(_edits(name, text[a:b]) for a in range(len(text) + 1) for b in range(a, len(text) + 1))
    assert _edits(name, text[span.start : span.end]) == span.wrong
    assert 0 <= name_score(name, span) <= 1


def _edits(one: str, other: str) -> int:
    """The table of edits, as it stands in textbooks."""
    row = list(range(len(other) + 1))
    for number, sign in enumerate(one, start=1):
        before, row[0] = row[0], number
        for at, letter in enumerate(other, start=1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (sign != letter))
    return row[-1]


def test_one_wrong_character_leaves_a_key_even_of_a_short_name():
    assert set(keys_of_name("资阳路")) & set(keys_of_text("资杨路505号")) == {"资_路"}
    assert part_score("资阳", "资阳路") > part_score("资", "资阳路") == 0


def test_other_names_follow_from_the_official_one():
    assert "南县一中" in other_names("南县第一中学", ["益阳市", "南县"])
    assert "安化汽车总站" in other_names("安化县汽车总站", ["益阳市", "安化县"])
    assert "左家仑村委会" in other_names("左家仑村部", [])
    assert other_names("资江", []) == ()
    assert (stem("兰溪镇"), stem("南县"), stem("三益街社区")) == ("兰溪", "南县", "三益街")


def _candidate(place=1, **change):
    plain = {
        "name": "三益街小学",
        "kind": "school",
        "fineness": "place",
        "path": "1/",
        "lng": 112.3,
        "lat": 28.6,
        "reach_m": 80.0,
        "score": 1.0,
        "named": True,
    }
    return Candidate(place=place, **(plain | change))


def test_sure_is_what_nothing_speaks_against_and_nothing_else_is_near_to():
    far = {"lng": 112.4, "path": "2/"}
    assert ranked([_candidate()], limit=8)[0].sure
    assert ranked([_candidate(), _candidate(2, score=0.8, **far)], limit=8)[0].sure
    rivals = ranked([_candidate(), _candidate(2, score=0.95, **far)], limit=8)[0]
    assert (rivals.sure, rivals.doubts, rivals.rivals) == (False, (Doubt.RIVALS,), 1)
    assert not ranked([_candidate(doubts=(Doubt.GOES_ON,))], limit=8)[0].sure
    assert not ranked([_candidate(score=0.84)], limit=8)[0].sure
    assert len(ranked([_candidate(), _candidate(2)], limit=8)) == 1
    assert ranked([], limit=8) == ranked([_candidate(score=0.1)], limit=8) == ()
