"""Walk 2 in browsers: an order without a place comes in live, is put on the map by hand, its callbacks shown."""

import pytest
from playwright.sync_api import expect

from tests.visitors import inside
from tests.walks.route import OFFICER, handle, own_grid
from tests.walks.test_hotline import NOWHERE, send, told

pytestmark = pytest.mark.browser


def test_an_order_is_placed_by_hand_and_answered(product, people, window):
    accepting = people("city.accept")
    grid, _point = own_grid(people(OFFICER))
    lng, lat = inside(accepting, grid)

    centre = window("city.accept")
    centre.go("/work?view=to_place&sort=-reported", ".workmain")
    centre.live()
    answer = send(product, instead="", address=NOWHERE)
    no, order = answer["event_no"], answer["order_no"]
    centre.page.locator(f"a[href='/events/{no}']").first.wait_for()
    centre.page.locator(f"tr:has(a[href='/events/{no}'])").click()
    centre.page.locator(".placing .placemap-here").wait_for()
    centre.settle()
    centre.picture("work-to-place")

    centre.go(f"/map?sel={no}&at=17/{lat:.5f}/{lng:.5f}", ".card-head")
    centre.page.locator(".map-canvas canvas").wait_for()
    centre.settle()
    centre.page.locator(".steps [aria-keyshortcuts=l]").click()
    centre.page.get_by_role("button", name="在地图上点选").click()
    box = centre.page.locator(".map-canvas canvas").bounding_box()
    assert box is not None
    centre.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    centre.page.locator(".step-form button[type=submit]").click()
    centre.page.locator(".step-form").wait_for(state="detached")
    assert accepting.card(no)["grid"] == grid

    centre.step("a")
    centre.page.locator(".card-head .badge", has_text="待派遣").wait_for()
    handle(people, no, dispatcher=people("city.dispatch"), point=(lng, lat))
    centre.go(f"/events/{no}", ".case")
    centre.step("c", lambda form: form.locator(".step-form textarea").fill("已修好，请放心通行。"))
    expect(centre.page.locator(".casetitle .badge", has_text="已结案")).to_be_visible()
    product.wait(lambda: any(one["body"].get("status") == "closed" for one in told(product, order)), 30)

    shift = window("city.shift")
    shift.go("/deliveries", ".register-table")
    expect(shift.page.locator("tr", has_text=order).first).to_contain_text("已送达")
    shift.settle()
    shift.picture("deliveries")
