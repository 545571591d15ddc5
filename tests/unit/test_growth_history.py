"""The history that growth is measured on: both sizes have the same whole last year."""

import pytest

from bench.growth_data import SECONDS_OF_A_YEAR, YEARLY, seconds_apart


@pytest.mark.parametrize("events", [20_000, 120_000, 400_000])
def test_a_short_history_is_thinned_until_it_reaches_back_a_year(events):
    copies = events // 1_000
    assert seconds_apart(seeds=1_000, copies=copies) * copies >= SECONDS_OF_A_YEAR


def test_a_long_one_has_its_events_a_year():
    assert seconds_apart(seeds=1_000, copies=3_000) == 1_000 / YEARLY * SECONDS_OF_A_YEAR
