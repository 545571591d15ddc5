"""Templates: facts in braces by either name, nothing else, and no fact is read as a template again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.wording import NAMES, Fact, asked, faults, filled

plain = st.text(alphabet=st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=30)
names = st.sampled_from([*(fact.value for fact in Fact), *NAMES.values()])


def test_either_name_is_understood():
    facts = {Fact.NO: "EV1", Fact.CATEGORY: "井盖缺损"}
    assert filled("{no}（{类别}）已办结，{事件号}", facts) == "EV1（井盖缺损）已办结，EV1"
    assert asked("{no}{类别}{事件号}") == (Fact.NO, Fact.CATEGORY)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [("{caller}", ("{caller}",)), ("{address} {no} {address}", ("{address}",)), ("{", ("{",)), ("a}b", ("}",)),
     ("{{no}}", ("{", "}")), ("{}", ("{}",)), ("{NO}", ("{NO}",)), ("{no.__class__}", ("{no.__class__}",))],
)  # fmt: skip
def test_what_is_no_fact_is_named(body, wrong):
    assert faults(body) == wrong


@given(st.lists(st.tuples(plain, names), max_size=6), plain)
def test_only_the_places_change(parts, end):
    body = "".join(f"{words}{{{name}}}" for words, name in parts) + end
    assert faults(body) == ()
    facts = {fact: f"<{fact.value}>" for fact in Fact}
    expected = "".join(words + facts[asked(f"{{{name}}}")[0]] for words, name in parts) + end
    assert filled(body, facts) == expected


@given(names, plain)
def test_a_fact_that_looks_like_a_place_is_no_place(name, words):
    fact = asked(f"{{{name}}}")[0]
    assert filled(f"{{{name}}}", {fact: f"{{{name}}}{words}"}) == f"{{{name}}}{words}"
