"""The running product, its people, and a real Chromium (Debian's)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.screen import CONSOLE, FLAGS, Screen
from tests.product import Product, product_of
from tests.visitors import People

Open = Callable[..., Screen]
expect.set_options(timeout=15_000)  # on two busy cores; what never comes still fails


@pytest.fixture(scope="session")
def product(request: pytest.FixtureRequest) -> Product:
    return product_of(request.config)


@pytest.fixture(scope="session")
def people(product: Product) -> People:
    return People(product)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def window(browser: Browser, product: Product, people: People) -> Iterator[Open]:
    """Opens windows: `window("damatou.desk")`. At the end none of them may have a fault."""
    opened: list[Screen] = []

    def open_window(username: str | None, size: tuple[int, int] = CONSOLE, **options: Any) -> Screen:
        screen = Screen(browser, product, people(username) if username else None, size, **options)
        opened.append(screen)
        return screen

    yield open_window
    faults = [fault for screen in opened for fault in screen.faults]
    for screen in opened:
        screen.close()
    assert not faults, "\n".join(faults)
