"""How people sign in here: in one step, as in the demo, but where a test is about the second factor and says so."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _in_one_step(settings: Any) -> None:
    settings.DEMO = True
