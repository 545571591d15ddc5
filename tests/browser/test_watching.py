"""Walk 3 in a browser: a click on an event of the map, the cameras around it, and a picture that moves."""

from typing import Any

import pytest

from tests.browser.screen import Screen
from tests.product import Product
from tests.visitors import People
from tests.walks.route import OFFICER, beside_a_camera, category

pytestmark = pytest.mark.browser

FRAMES = (
    "Math.max(0, ...[...document.querySelectorAll('video')].map((v) => v.getVideoPlaybackQuality().totalVideoFrames))"
)


@pytest.fixture
def event(product: Product, people: People) -> dict[str, Any]:
    """A new event beside a camera."""
    desk = people("damatou.desk")
    point = beside_a_camera(product, people(OFFICER))
    answer = desk.report(point=point, category=category(desk))
    assert answer.status_code == 201, answer.text
    return dict(answer.json()) | {"lng": point[0], "lat": point[1]}


def moves(screen: Screen) -> None:
    """Wait until a picture moves."""
    screen.until(f"{FRAMES} > 5")
    before = screen.page.evaluate(FRAMES)
    screen.until(f"{FRAMES} > {before + 10}")


def test_from_a_click_on_the_map_to_a_moving_picture(event, people, window):
    screen = window("ziyang.dispatch")
    page = screen.go(f"/map?at=16.5/{event['lat']:.5f}/{event['lng']:.5f}", ".map-canvas canvas")
    screen.live()
    screen.settle()
    box = page.locator(".map-canvas canvas").bounding_box()
    assert box is not None
    for _ in range(20):  # a mark that isn't drawn yet lets the click through to the grid below
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(1000)
        if "sel=EV" in page.url:
            break
    page.locator(".card-head").wait_for()
    page.locator(".near-row").first.wait_for()
    page.locator(".near-row:has(.keynum:not(.off))").first.click()
    moves(screen)
    assert page.locator(".tile-mark span").first.inner_text().startswith("资阳区")
    screen.settle()
    screen.picture("watching")
    assert screen.violations() == []

    page.locator(".near-row[aria-pressed=true]").first.click()
    page.locator(".dock").wait_for(state="detached")
    opened = people("city.audit").ask("audit", kind="channel", actor="ziyang.dispatch")["rows"]
    assert {"playback.grant", "playback.open"} <= {row["action"] for row in opened}


def test_the_keys_of_the_dispatch_centre(event, people, window):
    screen = window("damatou.desk")
    page = screen.go("/map?view=to_accept", ".queue-row")
    screen.live()
    screen.settle()
    rows = page.locator(".queue-row").count()
    assert rows >= 1
    chosen = "new URL(location.href).searchParams.get('sel')"
    page.keyboard.press("j")
    screen.until(f"{chosen} !== null")
    first = page.evaluate(chosen)
    if rows > 1:
        page.keyboard.press("j")
        screen.until(f"{chosen} !== '{first}'")
        page.keyboard.press("k")
        screen.until(f"{chosen} === '{first}'")

    screen.go(f"/events/{event['no']}", ".case")
    page.locator("dd a[href^='/map?']").click()  # the cameras near it
    page.locator(".near-row").first.wait_for()
    screen.live()
    screen.settle()
    page.keyboard.press("Enter")
    screen.until("Number((new URL(location.href).searchParams.get('at') ?? '0').split('/')[0]) >= 15")
    page.keyboard.press("a")
    page.locator(".steps [aria-keyshortcuts=d]").wait_for()
    assert people("damatou.desk").card(str(event["no"]))["state"] == "accepted"
    page.keyboard.press("d")
    page.locator(".step-form").wait_for()
    page.locator(".step-form select.picklist").wait_for()
    page.keyboard.press("Tab")
    page.locator(".step-form select.picklist").focus()
    page.keyboard.press("Escape")
    page.locator(".step-form").wait_for(state="detached")
    page.keyboard.press("v")
    page.locator(".tile").first.wait_for()
    moves(screen)
    page.keyboard.press("Escape")
    page.locator(".tile").first.wait_for(state="detached")
