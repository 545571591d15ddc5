"""The same manhole told of twice: merged and parted again by keyboard; the phone says before sending what is there."""

import pytest
from playwright.sync_api import expect

from tests.browser.screen import PHONE, file
from tests.visitors import inside, picture
from tests.walks.route import OFFICER, own_grid
from tests.walks.test_hotline import NOWHERE, send

pytestmark = pytest.mark.browser


def test_two_orders_are_merged_and_parted_by_keyboard(product, people, window):
    first, second = send(product)["event_no"], send(product)["event_no"]
    desk = window("city.accept")
    page = desk.go(f"/events/{second}", ".duplicates .candidate")
    expect(page.locator(".duplicates")).to_contain_text(first)
    desk.settle()
    assert not desk.violations()
    desk.picture("duplicates")
    page.keyboard.press("m")
    page.locator(".step-form .candidate").first.wait_for()
    page.keyboard.type(first)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".casetitle .badge", has_text=f"已并入 {first}")).to_be_visible()
    assert people("city.accept").card(first)["taken_in"] == 1
    desk.settle()
    assert not desk.violations()
    page.keyboard.press("z")
    page.locator(".step-form").wait_for()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".casetitle .badge", has_text="待受理")).to_be_visible()
    assert people("city.accept").card(first)["taken_in"] == 0


def test_the_phone_shows_what_is_there_already_and_lets_the_officer_drop_the_report(product, people, window):
    officer, centre = people(OFFICER), people("city.accept")
    grid, (lng, lat) = own_grid(officer)
    no = send(product, instead="", address=NOWHERE)["event_no"]
    lng, lat = inside(centre, grid)
    centre.step(no, "place", point={"lng": lng, "lat": lat, "crs": "wgs84"})
    phone = window(
        OFFICER, PHONE, permissions=["geolocation"], geolocation={"longitude": lng, "latitude": lat, "accuracy": 10}
    )
    page = phone.go("/patrol#/", ".kpi")
    page.locator("input[type=file]").first.set_input_files(file(picture(point=(lng, lat))))
    page.get_by_role("button", name="全部类别").click()
    page.locator("dialog input").first.fill("井盖")
    page.locator("dialog button.chip", has_text="井盖").first.click()
    near = page.locator(".nearby")
    expect(near).to_contain_text(no)
    phone.settle()
    assert not phone.violations()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    phone.picture("patrol-nearby")
    page.on("dialog", lambda asked: asked.accept())
    near.get_by_role("button", name="是同一件").click()
    page.locator(".kpi").first.wait_for()
