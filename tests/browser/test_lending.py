"""One organisation asks another for events, whose leader approves on a phone: by keys alone, without a fault."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screen import PHONE

pytestmark = pytest.mark.browser
DIALOG = "dialog[open]"


def walk_to(page: Page, selector: str) -> None:
    """By the tabulator alone."""
    for _ in range(40):
        if page.evaluate("(wanted) => document.activeElement?.matches(wanted) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keys to {selector}")


def test_asked_on_the_console_and_approved_on_a_phone(window):
    screen = window("damatou.shift")
    page = screen.go("/sharing?side=received", ".register-tools .btn-primary")
    walk_to(page, ".register-tools .btn-primary")
    page.keyboard.press("Enter")
    page.locator(f"{DIALOG} select").first.wait_for()
    send = page.locator(f"{DIALOG} .dialog-foot .btn-primary")
    send.press("Enter")
    expect(page.locator(f"{DIALOG} .field-error")).to_have_count(4)  # where, whose, which, what for
    assert screen.violations() == []
    page.get_by_label("共享区域").focus()
    for _ in range(2):  # the city, then the first county
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("共享单位").locator("option:checked")).to_contain_text("资阳区")
    page.get_by_label("事件类别").focus()
    page.keyboard.type("05-002")
    page.keyboard.press("Tab")
    expect(page.locator(f"{DIALOG} .sharing-chosen li")).to_have_count(1)
    page.locator(f"{DIALOG} textarea").fill("夜市周边联合整治，需要掌握全区情况")
    screen.picture("sharing-ask")
    assert screen.violations() == []
    send.press("Enter")
    first = page.locator(".sharing-card").first
    expect(first).to_contain_text("待答复")
    screen.picture("sharing-received")

    phone = window("ziyang.leader", PHONE)
    page = phone.go("/sharing", ".sharing-card")
    card = page.locator(".sharing-card", has_text="夜市周边联合整治").first
    expect(card).to_contain_text("无照经营")
    phone.picture("sharing-phone")
    assert phone.violations() == []
    card.get_by_role("button", name="同意", exact=True).press("Enter")
    page.locator(f"{DIALOG} textarea").fill("同意")
    page.locator(f"{DIALOG} .dialog-foot .btn-primary").press("Enter")
    expect(card).to_have_count(0)
    page = phone.go("/sharing?side=given", ".sharing-card")
    given = page.locator(".sharing-card", has_text="夜市周边联合整治").first
    expect(given).to_contain_text("生效中")
    given.get_by_role("button", name="立即终止").press("Enter")
    page.locator(f"{DIALOG} .dialog-foot .btn-primary").press("Enter")
    expect(given).to_contain_text("提前终止")
    assert phone.violations() == []
