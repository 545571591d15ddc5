"""Walk 1 in browsers: a phone reports, the dispatch centre's open map shows it, five windows bring it to its end."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screen import PHONE, Screen, file
from tests.visitors import in_time, picture
from tests.walks.route import CLERK, OFFICER, category, own_grid

pytestmark = pytest.mark.browser


def report(phone: Screen, *, name: str, point: tuple[float, float]) -> tuple[str, float]:
    """Report through the phone's page; the number, and when the report left the phone (seconds since 1970)."""
    page = phone.go("/patrol", ".fab")
    page.locator(".fab input").set_input_files(file(picture(point=point)))
    page.get_by_role("button", name="全部类别").click()
    page.locator("dialog").get_by_role("textbox").fill(name)
    page.locator("dialog .chip", has_text=name).first.click()
    page.locator(".placeline", has_text="米").wait_for()
    phone.picture("patrol-report")
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/events")) as sent:
        page.get_by_role("button", name="上报", exact=True).click()
    answer = sent.value
    assert answer.status == 201, answer.text()
    line = page.locator(".standing", has_text="已送达").first
    line.wait_for()
    found = re.search(r"EV\d{8}-\d+", line.inner_text())
    assert found, line.inner_text()
    return found[0], answer.request.timing["startTime"] / 1000


def choose(organisation: int) -> object:
    """Fills the dispatch form."""

    def fill(page: Page) -> None:
        page.locator(".step-form select.picklist").select_option(str(organisation))

    return fill


def finish(page: Page) -> None:
    """Fills the form of a finished work."""
    page.locator(".step-form input[type=file]").set_input_files(file(picture(fixed=True)))
    page.locator(".step-form .photo img").wait_for()
    page.locator(".step-form textarea").fill("路面已经修补，现场已清理")


def test_from_the_phone_to_its_end_through_the_pages(product, people, window):
    officer = people(OFFICER)
    _grid, point = own_grid(officer)
    wanted = next(one for one in officer.ask("categories") if one["code"] == category(officer))
    place = {"longitude": point[0], "latitude": point[1], "accuracy": 8}

    desk = window("damatou.desk")
    desk.go("/map?view=to_accept", ".queue-head")
    desk.live()
    before = desk.to_accept()
    phone = window(OFFICER, PHONE, geolocation=place, permissions=["geolocation"])
    no, sent = report(phone, name=wanted["name"], point=point)
    seconds = desk.counted(before + 1) - sent
    assert in_time(seconds, 1.0), f"{seconds:.2f} s from the phone to the open map"

    desk.queue_row(no).click()
    desk.page.locator(".card-head", has_text=no).wait_for()
    desk.settle()
    desk.picture("card")
    desk.step("a")
    desk.page.locator(".steps [aria-keyshortcuts=d]").wait_for()
    clerk_at = people(CLERK).ask("me")["posts"][0]["organisation"]
    desk.step("d", choose(clerk_at))
    desk.page.locator(".card-head .badge", has_text="待签收").wait_for()

    clerk = window(CLERK)
    clerk.go(f"/work?view=open&q={no}", f"a[href='/events/{no}']")
    clerk.page.locator(f"tr:has(a[href='/events/{no}'])").click()
    clerk.step("s")
    clerk.page.locator(".steps [aria-keyshortcuts=f]").wait_for()
    clerk.step("f", finish)
    clerk.page.locator(".step-form").wait_for(state="detached")

    page = phone.go("/patrol#/", ".kpi")
    page.reload()
    page.locator(".ptask", has_text=wanted["name"]).first.wait_for()
    phone.picture("patrol")
    page.goto(f"/patrol#/event/{no}")
    page.locator(".checkform input[type=file]").set_input_files(file(picture(point=point, fixed=True)))
    page.locator(".checkform .shot img").wait_for()
    page.get_by_role("button", name="核查通过").click()
    page.locator(".checkform").wait_for(state="detached")

    desk.go(f"/events/{no}", ".case")
    desk.step("c", lambda form: form.locator(".step-form textarea").fill("已经办结"))
    expect(desk.page.locator(".casetitle .badge", has_text="已结案")).to_be_visible()
    desk.settle()
    desk.picture("case")

    page.goto("/patrol#/mine")
    expect(page.locator(".pitem", has_text=no)).to_contain_text("已结案")
    assert officer.card(no)["state"] == "closed"
