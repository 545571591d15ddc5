"""The one JSON parser: RFC 8259 and nothing more. Promise 43's first gate."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.strict_json import MAX_BYTES, MAX_DEPTH, NotJson, loads

REFUSED = {
    "NaN": b"[NaN]", "Infinity": b"[Infinity]", "-Infinity": b'{"a":-Infinity}', "1e999": b"[1e999]",
    "-1e999": b"[-1e999]",
    "long integer": b"[" + b"9" * 21 + b"]", "repeated key": b'{"a":1,"a":2}',
    "repeated by escape": b'{"a":1,"\\u0061":2}',
    "NUL": b'{"a":"x\\u0000y"}', "NUL in a list": b'{"a":["\\u0000"]}', "NUL in a key": b'{"\\u0000":1}',
    "surrogate": b'{"a":"\\ud800"}', "deep": b"[" * 10_000, "deep and closed": b"[" * 10_000 + b"]" * 10_000,
    "not UTF-8": b'{"a":"\xff"}', "UTF-16": '{"a":1}'.encode("utf-16"), "BOM": b"\xef\xbb\xbf{}", "empty": b"",
    "blank": b" ", "single quotes": b"{'a':1}", "comment": b"{}//x", "trailing comma": b"[1,]", "two": b"{}{}",
    "too big": b'"' + b"x" * MAX_BYTES + b'"', "bare word": b"undefined", "plus": b"[+1]",
    "hex": b"[0x1]", "octal": b"[01]",
    "control": b'["a\nb"]',
}  # fmt: skip


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_a_reason_and_at_once(body):
    began = time.monotonic()
    with pytest.raises(NotJson) as refusal:
        loads(body)
    assert str(refusal.value)
    assert time.monotonic() - began < 0.3


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
@pytest.mark.parametrize("shape", ['["{}"]', '"{}"', '[["{}"]]', '{{"a":[["{}"]]}}', '{{"a":[{{"b":"{}"}}]}}'])
def test_what_no_database_takes_is_refused_wherever_it_stands(text, shape):
    escaped = f"\\u{ord(text):04x}"
    with pytest.raises(NotJson):
        loads(shape.format(escaped).encode())


def test_the_deepest_that_is_taken():
    assert loads(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(NotJson):
        loads(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


_plain = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_plain, inner, max_size=4),
    max_leaves=12,
)


@given(_values)
def test_everything_else_comes_through_unchanged(value):
    import json

    assert loads(json.dumps(value).encode()) == value
    assert loads(json.dumps(value, ensure_ascii=False).encode()) == value
