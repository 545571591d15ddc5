"""The self-assessment's form: the golden one, its scores, and what is refused in a city's own file."""

from decimal import Decimal

import pytest
import yaml

from data.evaluation.form import DEFAULT_FILE, FormRefused, FormRow, read_form

# A prefecture's form: what was reached of each row, and the points it was given.
GOLDEN = {
    "funds": ("100", 10), "checkpoints": ("300", 5), "centres": ("100", 10), "class1": ("7243", 5),
    "networked": ("99", 4), "sharing_platform": ("100", 5), "time": ("100", 10), "cost": ("100", 10),
    "data_sharing": ("80", 8), "emergency": ("90", 9), "sustained": ("100", 10), "satisfaction": ("90", 9),
}  # fmt: skip


def test_the_golden_form_has_weights_of_100_and_a_score_of_95():
    form = read_form()
    assert {row.code for row in form.rows} == set(GOLDEN)
    assert sum(row.weight for row in form.rows) == 100
    points = {row.code: row.score(Decimal(GOLDEN[row.code][0])) for row in form.rows}
    assert points == {code: score for code, (_actual, score) in GOLDEN.items()}
    assert sum(points.values()) == 95


@pytest.mark.parametrize(("actual", "score"), [("0", 0), ("-5", 0), ("19.99", 0), ("20", 1), ("99", 4), ("500", 5)])
def test_points_are_whole_and_never_more_than_the_weight(actual, score):
    row = FormRow("x", "a", "b", "c", weight=5, target=Decimal(100), unit="%", source="hand")
    assert row.score(Decimal(actual)) == score


@pytest.mark.parametrize(
    ("change", "fault"),
    [({"weight": 11}, "come to 101, not 100"), ({"code": "centres"}, "stands 2 times"),
     ({"from": "guess"}, "from must"),
     ({"target": 0}, "target must"), ({"weight": True}, "weight must"), ({"third": ""}, "third is missing"),
     ({"code": "Funds!"}, "code must"), ({"extra": 1}, "nothing else")],
)  # fmt: skip
def test_a_form_with_a_fault_is_refused_with_what_is_wrong(tmp_path, change, fault):
    content = yaml.safe_load(DEFAULT_FILE.read_text(encoding="utf-8"))
    content["rows"][0] |= change
    file = tmp_path / "form.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(FormRefused, match=fault):
        read_form(file)


@pytest.mark.parametrize("text", ["rows: [", "[]", "title: x"])
def test_what_is_no_form_is_refused(tmp_path, text):
    file = tmp_path / "form.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FormRefused):
        read_form(file)
