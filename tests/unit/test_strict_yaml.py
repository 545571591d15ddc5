"""Settings files that people write: a name stands once."""

import pytest
import yaml

from grid import strict_yaml


def test_a_name_that_stands_twice_is_refused_and_a_date_is_a_text():
    assert strict_yaml.loads("a: {b: 2026-11-22}\nc: [1]") == {"a": {"b": "2026-11-22"}, "c": [1]}
    for text in ("a: 1\na: 2", "a:\n  b: 1\n  b: 1"):
        with pytest.raises(yaml.YAMLError, match="stands twice"):
            strict_yaml.loads(text)
