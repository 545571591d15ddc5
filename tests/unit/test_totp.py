"""One-time codes against the vectors of the standards, and never twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid import totp

KEY = b"12345678901234567890"
# RFC 6238, appendix B (SHA-1), the last six of its eight digits.
VECTORS = [
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
    (20000000000, "353130"),
]  # fmt: skip


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_codes_are_those_of_the_standard(seconds, code):
    assert totp.code_at(KEY, seconds // 30) == code
    assert totp.matching_step(KEY, code, now=seconds, after=0) == seconds // 30
    assert totp.matching_step(KEY, f"{code[:3]} {code[3:]}", now=seconds, after=0) == seconds // 30


def test_counters_are_those_of_rfc_4226():
    found = [totp.code_at(KEY, step) for step in range(4)]
    assert found == ["755224", "287082", "359152", "969429"]
    with pytest.raises(ValueError, match="1970"):
        totp.code_at(KEY, -1)


@given(secret=st.binary(min_size=16, max_size=64), now=st.floats(0, 4e9), drift=st.integers(-4, 4))
def test_half_a_minute_off_is_forgiven_and_nothing_more(secret, now, drift):
    step = int(now // 30) + drift
    if step < 0:
        return
    found = totp.matching_step(secret, totp.code_at(secret, step), now=now, after=-1)
    if abs(drift) <= 1:
        assert found is not None
        assert abs(found - int(now // 30)) <= 1
    else:
        assert found is None or totp.code_at(secret, found) == totp.code_at(secret, step)


@given(now=st.integers(60, 10**9), drift=st.integers(-1, 1))
def test_a_code_is_spent_with_its_step_and_all_before(now, drift):
    step = now // 30 + drift
    found = totp.matching_step(KEY, totp.code_at(KEY, step), now=now, after=step)
    assert found is None or found > step


@pytest.mark.parametrize("code", ["", "28708", "2870822", "２８７０８２", "abcdef", "287082\x00"])
def test_what_is_no_code_is_none(code):
    assert totp.matching_step(KEY, code, now=59, after=0) is None


def test_the_key_is_told_as_apps_take_it():
    assert totp.readable(KEY) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    told = totp.address(KEY, account="zhang san", issuer="Wangge")
    assert told == "otpauth://totp/Wangge:zhang%20san?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Wangge"
