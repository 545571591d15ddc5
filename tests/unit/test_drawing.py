"""Bars of what fell due: what corrections left out of one count never reaches over another."""

import re

from events.evaluation.drawing import HEIGHT, Bar, drawn


def test_no_bar_is_taller_than_what_fell_due():
    picture = drawn([Bar("1", due=4, closed=6, on_time=9), Bar("2", due=8, closed=2, on_time=5)]).decode()
    tall = [float(one) for one in re.findall(r'<rect [^>]*height="([0-9.]+)"', picture)]
    assert len(tall) == 3  # the first all green, the second green and red
    assert max(tall) <= HEIGHT
    assert all(float(one) >= 0 for one in re.findall(r'<rect [^>]*y="(-?[0-9.]+)"', picture))
