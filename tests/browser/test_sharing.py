"""One lead and two joint organisations: dispatched by keys alone, each share signed and finished on its own."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screen import PHONE
from tests.visitors import picture
from tests.walks.route import CLERK, OFFICER, category, own_grid

pytestmark = pytest.mark.browser
FIRE, WATER = "ziyang.yingji", "ziyang.nongshui"
JOINT = ".step-form .field:has(.ticklist) input[type=text]"


def walk_to(page: Page, selector: str) -> None:
    """By the tabulator alone."""
    for _ in range(20):
        if page.evaluate("(wanted) => document.activeElement?.matches(wanted) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keys to {selector}")


def test_two_share_in_what_one_leads(people, window):
    officer, desk, lead = people(OFFICER), people("damatou.desk"), people(CLERK)
    _grid, point = own_grid(officer)
    no = str(officer.report(point=point, category=category(officer)).json()["no"])
    desk.step(no, "accept")

    screen = window("damatou.desk")
    page = screen.go(f"/events/{no}", ".case")
    screen.live()
    page.keyboard.press("d")
    page.locator(".ticklist label").first.wait_for()
    walk_to(page, JOINT)
    page.keyboard.type("消防")
    expect(page.locator(".ticklist label")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.type("水利")
    expect(page.locator(".ticklist label")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    chosen = page.locator(".chosen li")
    expect(chosen).to_have_count(2)
    expect(chosen.first).to_contain_text("前签收")
    screen.settle()
    screen.picture("dispatch-jointly")
    assert screen.violations() == []
    page.keyboard.press("Control+Enter")
    screen.state("待签收")
    tasks = page.locator(".tasks > li")
    expect(tasks).to_have_count(3)
    expect(page.locator(".casetitle")).to_contain_text("协办 2")

    clerk = window(FIRE)
    page = clerk.go(f"/work?view=todo&no={no}", ".worktable tbody tr[aria-current=true]")
    clerk.live()
    row = page.locator(".worktable tbody tr", has_text=no.removeprefix("EV"))
    expect(row.locator(".cell-flags")).to_contain_text("协办")
    expect(page.locator(".prev .steps")).to_contain_text("协办签收")
    page.keyboard.press("s")
    expect(page.locator(".prev .steps")).to_contain_text("协办完成")
    clerk.picture("work-jointly")

    assert lead.step(no, "sign")["state"] == "handling"
    after = lead.photo(picture(fixed=True))
    refused = lead.post(
        f"events/{no}/steps",
        {"step": "finish", "version": lead.card(no)["version"], "text": "路面已经修补", "photos": [after]},
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "joint-open")

    expect(page.locator(".prev .timeline")).to_contain_text("开始处置")  # the page has heard of the lead's step
    page.keyboard.press("f")
    page.locator(".step-form textarea").fill("消防通道已经清开。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toasts")).to_contain_text("已协办完成")  # and with it the event leaves what is to be done
    clerk.go(f"/events/{no}", ".case")
    expect(page.locator(".tasks")).to_contain_text("消防通道已经清开。")
    water = people(WATER)
    water.step(no, "joint_return", text="这里没有我们的设施")
    expect(screen.page.locator(".casetitle")).to_contain_text("协办回退 1")
    assert lead.step(no, "finish", text="路面已经修补", photos=[after])["state"] == "pending_check"

    phone = window(WATER, PHONE)
    phone.go(f"/events/{no}", ".case")
    phone.settle()
    phone.picture("case-jointly-360")
    assert phone.violations() == []
    expect(phone.page.locator(".tasks")).to_contain_text("这里没有我们的设施")
