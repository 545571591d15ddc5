"""One event goes through a shift and nobody touches a mouse: reported, accepted, dispatched, done, checked, closed."""

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard
from tests.browser.screen import PHONE, Screen, file
from tests.visitors import picture
from tests.walks.route import CLERK, OFFICER, category, own_grid

pytestmark = pytest.mark.browser


def report(phone: Screen, *, name: str, point: tuple[float, float]) -> str:
    """From the first screen to a delivered report; its number."""
    keys, page = Keyboard(phone), phone.go("/patrol#/", ".fab")
    keys.attach(".fab input", file(picture(point=point)))
    keys.enter(".chip", "全部类别")
    keys.to("dialog[open] input")
    keys.type(name)
    keys.enter("dialog[open] .chip", name)
    keys.to(".pform > label.field input")
    keys.type("路口有坑，雨天积水")
    page.locator(".placeline", has_text="米").wait_for()
    phone.picture("keys-report")
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/events")) as sent:
        keys.enter(".pact button", "上报")
    no = str(sent.value.json()["no"])
    page.locator(".standing", has_text=f"已送达 {no}").wait_for()
    return no


def take_and_send(desk: Screen, no: str) -> None:
    """At the dispatch centre: found by its number, accepted, dispatched to whom the rules name."""
    keys, page = Keyboard(desk), desk.go("/map?view=to_accept", ".queue-head")
    desk.live()
    keys.press("Control+k")
    keys.type(no)
    expect(page.locator(".search-list [role=option]")).to_contain_text(no)
    keys.press("Enter")
    expect(page.locator(".card-head")).to_contain_text(no)
    keys.step("a")
    keys.step("d")
    expect(page.locator(".step-form option:checked")).to_contain_text("建议")
    desk.picture("keys-dispatch")
    keys.send()
    expect(page.locator(".card-head .badge").first).to_contain_text("待签收")


def do_the_work(clerk: Screen, no: str) -> None:
    """In the worklist: what the bell says is opened, signed, finished with a photo and a sentence."""
    keys, page = Keyboard(clerk), clerk.go("/work?view=todo", ".worktable")
    clerk.live()
    keys.enter(".notice-bell button")
    keys.to(".notice-line", no)
    clerk.picture("keys-notices")
    keys.press("Enter")
    page.locator(".case").wait_for()
    keys.step("s")
    clerk.state("处置中")
    keys.step("f")
    keys.attach(".step-form input[type=file]", file(picture(fixed=True)))
    page.locator(".step-form .photo img").wait_for()
    keys.to(".step-form textarea")
    keys.type("路面已经修补，现场已清理")
    keys.send()
    clerk.state("待核查")


def check(phone: Screen, no: str, *, name: str, point: tuple[float, float]) -> None:
    """The officer's task, from the first screen."""
    keys, page = Keyboard(phone), phone.go("/patrol#/", ".kpi")
    page.reload()
    page.locator(".ptask", has_text=name).first.wait_for()
    keys.to(".pbell")
    keys.press("Enter")
    keys.enter(".notice-line", no)
    page.locator(".checkform").wait_for()
    keys.attach(".checkform input[type=file]", file(picture(point=point, fixed=True)))
    page.locator(".checkform .shot img").wait_for()
    phone.picture("keys-check")
    keys.enter(".checkform button", "核查通过")
    page.locator(".checkform").wait_for(state="detached")


def close_and_hand_over(lead: Screen, no: str) -> None:
    """The shift lead finds it in the worklist, closes it, and leaves a word to the next shift."""
    keys, page = Keyboard(lead), lead.go("/work", ".workmain")
    lead.live()
    keys.press("/")
    keys.type(no)
    keys.press("Enter")
    expect(page.locator(".worktable tbody tr")).to_have_count(1)
    keys.press("Tab")
    keys.step("c")
    keys.to(".step-form textarea")
    keys.type("已经办结")
    keys.send()
    lead.go("/shifts", ".shifts-head .btn-primary")
    keys.enter(".shifts-head .btn-primary")
    keys.to(".shifts textarea")
    keys.press("Control+a")
    keys.type("夜里有雨，注意积水路段。")
    keys.enter(".shifts form button[type=submit]")
    expect(page.locator(".shifts .panel").first).to_contain_text("注意积水路段")
    lead.picture("keys-shifts")


def test_a_shift_by_keyboard(people, window):
    officer = people(OFFICER)
    _grid, point = own_grid(officer)
    name = next(one["name"] for one in officer.ask("categories") if one["code"] == category(officer))
    place = {"longitude": point[0], "latitude": point[1], "accuracy": 8}
    phone = window(OFFICER, PHONE, geolocation=place, permissions=["geolocation"])
    no = report(phone, name=name, point=point)
    take_and_send(window("damatou.desk"), no)
    do_the_work(window(CLERK), no)
    check(phone, no, name=name, point=point)
    close_and_hand_over(window("damatou.shift"), no)
    assert officer.card(no)["state"] == "closed"
