"""An officer's rounds: checked in on the spot, without a signal too; and the coverage that the desk reads."""

import pytest
from playwright.sync_api import expect

from tests.browser.screen import PHONE
from tests.visitors import inside
from tests.walks.route import OFFICER

pytestmark = pytest.mark.browser


def test_checked_in_without_a_signal_and_sent_with_one(people, window):
    officer = people(OFFICER)
    first, second = (grid["code"] for grid in officer.ask("patrol")["own"][:2])
    phone = window(OFFICER, PHONE, permissions=["geolocation"])
    page = phone.go("/patrol#/", ".pround")
    phone.settle()
    assert not phone.violations()
    phone.picture("patrol-rounds")
    rows = page.locator(".pround")

    lng, lat = inside(officer, second)  # in the neighbouring grid
    phone.context.set_geolocation({"longitude": lng, "latitude": lat, "accuracy": 8})
    rows.nth(0).get_by_role("button", name="签到").click()
    expect(rows.nth(0)).to_contain_text("您现在位于")
    expect(rows.nth(0).get_by_role("button", name="重新签到")).to_be_visible()

    lng, lat = inside(officer, first)
    phone.context.set_geolocation({"longitude": lng, "latitude": lat, "accuracy": 8})
    phone.context.set_offline(True)
    rows.nth(0).get_by_role("button", name="重新签到").click()
    expect(rows.nth(0)).to_contain_text("待有信号后上传")
    phone.picture("patrol-offline")
    assert all(grid["checked_in_at"] is None for grid in officer.ask("patrol")["own"])
    phone.context.set_offline(False)
    expect(page.locator(".pround", has_text="待有信号后上传")).to_have_count(0)
    expect(page.locator(".pround", has_text="已签到")).to_have_count(1)
    own = {grid["code"]: grid for grid in officer.ask("patrol")["own"]}
    assert own[first]["checked_in_at"] is not None
    assert own[second]["checked_in_at"] is None
    assert own[first]["status"] == "visited"
    # The browser tells of the check-in that was refused, and of each attempt without a line, the last one late.
    phone.faults = [fault for fault in phone.faults if "/patrol/check-ins" not in fault]
    kept = page.evaluate(
        """() => new Promise((done) => { const open = indexedDB.open('wangge-patrol');
           open.onsuccess = () => { const all = open.result.transaction('checkins').objectStore('checkins').getAll();
             all.onsuccess = () => done(all.result.map((one) => one.place)); }; })"""
    )
    assert kept
    assert set(kept) == {None}  # the phone, too, has forgotten where it was


def test_coverage_from_the_county_down_to_the_grids(window):
    desk = window("ziyang.dispatch")
    page = desk.go("/coverage", ".coverage-bar")
    desk.settle()
    assert not desk.violations()
    desk.picture("coverage")
    expect(page.locator(".register")).to_contain_text("巡查覆盖率＝按期已巡网格数÷应巡网格数")
    page.locator(".coverage-name .linkbtn").first.click()
    expect(page.locator(".coverage-way [aria-current]")).not_to_have_text("资阳区")
    page.locator(".coverage-name .linkbtn").first.click()
    expect(page.locator(".coverage-name .linkbtn")).to_have_count(0)  # grids: nothing lies below them
    page.get_by_role("button", name="全部有计划的").click()
    expect(page.locator(".coverage-grids tbody tr").first).to_contain_text("网格")
    page.go_back()
    expect(page.locator(".coverage-name .linkbtn").first).to_be_visible()


def test_coverage_on_a_phone(window):
    lead = window("damatou.lead", PHONE)
    page = lead.go("/patrol#/", ".num")
    expect(page.locator("main")).to_contain_text("巡查情况")
    page.get_by_role("link", name="查看全部巡查覆盖").click()
    page.wait_for_selector(".coverage-bar")
    lead.settle()
    assert not lead.violations()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    lead.picture("coverage-phone")
