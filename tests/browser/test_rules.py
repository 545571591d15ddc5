"""/rules as a dispatcher uses it: find a rule, try a place by keyboard alone, and see what is left open."""

import pytest
from playwright.sync_api import expect

from tests.browser.screen import PHONE

pytestmark = pytest.mark.browser


def test_a_rule_is_found_a_place_is_tried_and_what_is_open_is_shown(window):
    desk = window("damatou.desk")
    page = desk.go("/rules", ".register-table tbody tr")
    desk.settle()
    assert not desk.violations()
    all_of_them = page.locator(".register-tools [role=status]").inner_text()
    page.get_by_role("textbox").first.fill("市政设施")
    page.keyboard.press("Enter")
    expect(page.locator(".register-tools [role=status]")).not_to_have_text(all_of_them)
    expect(page.locator(".register-table tbody tr").first).to_contain_text("市政设施")
    assert "q=" in page.url
    page.get_by_role("textbox").first.fill("")
    page.keyboard.press("Enter")
    expect(page.locator(".register-tools [role=status]")).to_have_text(all_of_them)

    centre = desk.page.evaluate("fetch('/api/v1/map').then((a) => a.json()).then((m) => m.home.bbox)")
    lng, lat = (centre[0] + centre[2]) / 2, (centre[1] + centre[3]) / 2
    page.goto(f"/rules?view=try&lng={lng:.6f}&lat={lat:.6f}&try=07-001")
    expect(page.locator(".rules-answer .answer-lead")).not_to_be_empty()
    expect(page.locator(".considered li[data-verdict=wins]")).to_have_count(1)
    level = page.get_by_label("受理层级")
    level.focus()
    page.keyboard.press("End")  # the city's centre
    expect(page.locator(".rules-answer")).to_contain_text("市")
    desk.settle()
    assert not desk.violations()
    desk.picture("rules-try")

    page.goto("/rules?view=check")
    page.wait_for_selector(".register")
    desk.settle()
    assert not desk.violations()
    desk.picture("rules-check")


def test_on_a_phone_nothing_lies_beyond_the_edge(window):
    desk = window("damatou.desk", PHONE)
    for view in ("list", "try", "check"):
        page = desk.go(f"/rules?view={view}", "main.register")
        desk.settle()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, view
        desk.picture(f"rules-{view}-phone")
