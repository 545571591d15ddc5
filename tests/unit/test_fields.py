"""Sealed fields: what the database alone can't read, and nobody can change unnoticed."""

import pytest

from grid.fields import Unsealable, mask_name, mask_phone, seal, unseal


@pytest.mark.parametrize("text", ["", "张三", "user:p@ss:wörd", "x" * 10_000])
def test_what_was_sealed_comes_back(text):
    sealed = seal(text)
    assert unseal(sealed) == text
    assert unseal(memoryview(sealed)) == text
    assert seal(text) != sealed
    if text:
        assert text.encode() not in sealed


def test_any_change_is_noticed():
    sealed = seal("secret")
    for position in range(len(sealed)):
        broken = bytearray(sealed)
        broken[position] ^= 1
        with pytest.raises(Unsealable):
            unseal(bytes(broken))
    for cut in (b"", sealed[:5], sealed[:-1], sealed + b"x"):
        with pytest.raises(Unsealable):
            unseal(cut)


def test_another_installation_can_not_read_it(settings):
    sealed = seal("secret")
    settings.FIELD_KEY = b"another key"
    with pytest.raises(Unsealable):
        unseal(sealed)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三丰", "张**"), ("李四", "李*"), ("王", "王*"), ("", ""), (" ", ""), ("买买提·艾力江", "买***")],
)
def test_names_are_masked(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13812345678", "138****5678"), ("0737-4221234", "073****1234"), ("8613812345678", "861******5678"),
     ("4221234", "*****34"), ("110", "***"), ("", ""), ("不详", "")],
)  # fmt: skip
def test_phones_are_masked(phone, shown):
    assert mask_phone(phone) == shown
