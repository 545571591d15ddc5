"""An order of the hotline that somebody has to look at first: asked at the desk, answered on the officer's phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.screen import PHONE, file
from tests.visitors import inside, picture
from tests.walks.route import OFFICER, own_grid
from tests.walks.test_hotline import NOWHERE, send

pytestmark = pytest.mark.browser


def test_an_order_is_verified_on_the_spot(product, people, window):
    officer, centre = people(OFFICER), people("city.accept")
    grid, _point = own_grid(officer)
    lng, lat = inside(centre, grid)
    no = send(product, instead="", address=NOWHERE)["event_no"]
    centre.step(no, "place", point={"lng": lng, "lat": lat, "crs": "wgs84"})

    desk = window("city.accept")
    desk.go(f"/events/{no}", ".case")
    desk.step("h", lambda form: form.locator(".step-form textarea").fill("看看是否属实，有没有围挡。"))
    expect(desk.page.locator(".casetitle .badge", has_text="待核实")).to_be_visible()

    phone = window(OFFICER, PHONE)
    page = phone.go("/patrol#/", ".kpi")
    page.locator(".ptask", has_text="核实").first.wait_for()
    page.goto(f"/patrol#/event/{no}")
    expect(page.locator(".phone")).to_contain_text("有没有围挡")
    page.get_by_role("button", name="核实属实").click()
    expect(page.locator(".checkform .field-error")).to_contain_text("拍照")
    page.get_by_role("button", name="无法判断").click()
    expect(page.locator(".checkform .field-error")).not_to_contain_text("拍照")
    assert officer.card(no)["state"] == "verifying"

    page.locator(".checkform input[type=file]").set_input_files(file(picture(point=(lng, lat))))
    page.locator(".checkform .shot img").wait_for()
    phone.settle()
    phone.picture("patrol-verify")
    page.get_by_role("button", name="核实属实").click()
    page.locator(".checkform").wait_for(state="detached")
    expect(desk.page.locator(".casetitle .badge", has_text="待派遣")).to_be_visible()


def test_the_rarer_steps_open_from_a_menu(product, people, window):
    centre = people("city.accept")
    no = send(product, instead="", address=NOWHERE)["event_no"]
    grid, _point = own_grid(people(OFFICER))
    lng, lat = inside(centre, grid)
    centre.step(no, "place", point={"lng": lng, "lat": lat, "crs": "wgs84"})
    desk = window("city.accept")
    desk.go(f"/events/{no}", ".case")
    desk.page.get_by_role("button", name="更多").click()
    menu = desk.page.get_by_role("menu")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    desk.settle()
    assert not desk.violations()
    desk.page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    desk.page.keyboard.press("e")
    expect(desk.page.locator(".step-form")).to_be_visible()
