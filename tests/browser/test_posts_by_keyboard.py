"""What each post does beside the way of one event, by keys alone: many at once, a decision, a number, an account."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard
from tests.browser.screen import Screen, file
from tests.visitors import People, picture
from tests.walks.route import CLERK, OFFICER, category, own_grid

pytestmark = pytest.mark.browser
DESK = "damatou.desk"
DIALOG = "dialog[open]"


def reported(people: People, *, places: int = 1) -> list[str]:
    """New events of the officer's grid; their numbers."""
    officer = people(OFFICER)
    _grid, point = own_grid(officer)
    return [str(officer.report(point=point, category=category(officer)).json()["no"]) for _ in range(places)]


def at_work(people: People, no: str, *, signs: bool = True) -> int:
    """Accepted and dispatched to the clerk's organisation, and signed there; the organisation."""
    desk, clerk = people(DESK), people(CLERK)
    own = int(clerk.ask("me")["posts"][0]["organisation"])
    if desk.card(no)["state"] == "reported":
        desk.step(no, "accept")
    desk.step(no, "dispatch", organisation=own, text="请尽快处理")
    if signs:
        clerk.step(no, "sign")
    return own


def finished(people: People, no: str) -> None:
    """The work is done and waits to be checked."""
    clerk = people(CLERK)
    clerk.step(no, "finish", text="路面已经修补", photos=[clerk.photo(picture(fixed=True))])


def states(people: People, numbers: list[str]) -> set[str]:
    """Where they stand."""
    return {str(people(DESK).card(no)["state"]) for no in numbers}


def test_several_are_accepted_dispatched_and_one_is_returned(people, window):
    numbers = reported(people, places=2)
    desk = window(DESK)
    keys, page = Keyboard(desk), desk.go("/work?view=to_accept&sort=-reported", ".worktable tbody tr")
    desk.live()
    keys.press("x", "Shift+j")
    expect(page.locator(".batch")).to_contain_text("已选 2")
    page.locator(".batch [aria-keyshortcuts=a]").wait_for()
    keys.press("a")
    expect(page.locator(".toasts")).to_contain_text("2")
    assert states(people, numbers) == {"accepted"}

    desk.go("/work?view=to_dispatch&sort=-reported", ".worktable tbody tr")
    desk.live()
    keys.press("x", "Shift+j")
    page.locator(".batch [aria-keyshortcuts=d]").wait_for()
    keys.press("d")
    expect(page.locator(f"{DIALOG} select option:checked")).to_contain_text("按责任规则")
    desk.picture("keys-batch")
    keys.to(f"{DIALOG} textarea")
    keys.type("请尽快处理")
    keys.press("Control+Enter")
    expect(page.locator(".toasts")).to_contain_text("2")
    assert states(people, numbers) == {"dispatched"}

    clerk = window(CLERK)
    keys, page = Keyboard(clerk), clerk.go("/work?view=todo", ".worktable tbody tr")
    clerk.live()
    keys.press("/")
    keys.type(numbers[0])
    keys.press("Enter")
    expect(page.locator(".worktable tbody tr")).to_have_count(1)
    keys.press("Tab")
    keys.step("b")
    keys.to(".step-form textarea")
    keys.type("这条路归市里管")
    keys.send()
    assert people(DESK).card(numbers[0])["state"] == "accepted"


def test_what_is_returned_again_and_again_the_shift_lead_decides(people, window):
    (no,) = reported(people)
    for _ in range(3):
        at_work(people, no, signs=False)
        people(CLERK).step(no, "return", text="不归我们管")
        if not any(step["step"] == "dispatch" for step in people(DESK).card(no)["allowed_steps"]):
            break
    lead = window("damatou.shift")
    keys, page = Keyboard(lead), lead.go(f"/work?no={no}", ".worktable tbody tr[aria-current=true]")
    lead.live()
    keys.press("Enter")
    page.locator(".case").wait_for()
    keys.step("d")
    page.locator(".step-form select.picklist").wait_for()
    keys.to(".step-form select.picklist")
    keys.choose("城市管理和住房建设局", ".picklist")
    keys.to(".step-form textarea")
    keys.type("按职责清单由城管住建局办理")
    lead.picture("keys-ruling")
    keys.send()
    lead.state("待签收")


def test_a_checker_lets_it_pass(people, window):
    (no,) = reported(people)
    at_work(people, no)
    finished(people, no)
    checker = window("damatou.check")
    keys, page = Keyboard(checker), checker.go(f"/work?view=todo&no={no}", ".worktable tbody tr[aria-current=true]")
    checker.live()
    keys.step("p")
    page.locator(".step-form").wait_for()
    _grid, point = own_grid(people(OFFICER))
    keys.attach(".step-form input[type=file]", file(picture(point=point, fixed=True)))
    page.locator(".step-form .photo img").wait_for()
    keys.send()
    assert people(DESK).card(no)["state"] == "pending_close"


def test_a_supervisor_presses_and_decides_an_appeal(people, window):
    (no,) = reported(people)
    at_work(people, no)
    boss = people("ziyang.chengguan.lead")
    counted = boss.ask(f"events/{no}/counting")
    item = next(one for one in counted["items"] if one["counted"])
    body = {
        "version": counted["version"],
        "indicator": item["indicator"],
        "at": item["at"],
        "reason": "当日停电，无法作业",
    }
    boss.tell(f"events/{no}/appeals", body)

    screen = window("ziyang.supervise")
    keys, page = Keyboard(screen), screen.go("/evaluation?view=appeals", ".register-table tbody tr")
    keys.enter(".register-table a", no)
    page.locator(".case").wait_for()
    screen.live()
    keys.step("u")
    page.locator(".step-form").wait_for()
    keys.to(".step-form select")
    keys.choose("黄牌")
    keys.to(".step-form textarea")
    keys.type("请当日办结")
    keys.send()
    expect(page.locator(".timeline").first).to_contain_text("请当日办结")
    keys.enter("button", "考核统计")
    keys.enter(f"{DIALOG} .appeal button", "裁定")
    keys.to(f"{DIALOG} select")
    keys.choose("剔除")
    keys.to(f"{DIALOG} textarea")
    keys.type("停电属实，予以剔除")
    screen.picture("keys-appeal")
    keys.press("Control+Enter")
    expect(page.locator(f"{DIALOG} .appeal")).to_contain_text("停电属实")


def test_a_leader_reads_the_month_and_says_a_word(product, window):
    screen = window(None)
    keys, page = Keyboard(screen), screen.go("/login?next=/evaluation", "#username")
    keys.to("#username")
    keys.type("ziyang.leader")
    keys.to("#password")
    keys.type(product.passwords["ziyang.leader"])
    keys.press("Enter")
    page.locator(".rates").wait_for()
    keys.enter(".rate-main .btn-link:not([disabled])")
    page.locator(f"{DIALOG} .register-table a").first.wait_for()
    screen.picture("keys-evaluation")
    keys.press("Escape")
    screen.go("/work?view=open", ".worktable tbody tr")
    screen.live()
    keys.press("Enter")
    page.locator(".case").wait_for()
    keys.step("i")
    keys.to(".step-form textarea")
    keys.type("请本周内办结并回访。")
    keys.send()
    expect(page.locator(".timeline").first).to_contain_text("请本周内办结并回访")


def test_an_auditor_finds_who_did_it(people, window):
    (no,) = reported(people)
    screen = window("city.audit")
    keys, page = Keyboard(screen), screen.go("/audit", ".register-table tbody tr")
    keys.to(".audit-tools input[type=text]")
    keys.type(no)
    keys.press("Enter")
    expect(page.locator(".register-table tbody tr").first).to_contain_text(no)
    assert f"subject={no}" in page.url
    keys.enter(".register-table button", "详情")
    expect(page.locator(".attempts-row").first).to_be_visible()


def test_an_account_is_made_its_owner_comes_and_is_given_a_post(window):
    username = f"keys.{uuid4().hex[:8]}"
    screen = window("sys.admin")
    keys, page = Keyboard(screen), screen.go("/administration", ".register-table tbody tr")
    keys.enter(".admin-tools .btn-primary")
    keys.to(f"{DIALOG} input")
    keys.type("何键")
    keys.press("Tab")
    keys.type(username)
    keys.press("Tab")
    keys.type("大码头街道指挥")
    organisation(keys)
    keys.enter(f"{DIALOG} .dialog-foot .btn-primary:not([disabled])")
    password = page.locator("[data-password]").inner_text()
    keys.enter(f"{DIALOG} .dialog-foot .btn-primary")
    expect(page.locator(".account-card")).to_contain_text(username)

    choose_a_password(window(None), username, password)

    screen = window("sec.admin")
    keys, page = Keyboard(screen), screen.go("/administration", ".register-table tbody tr")
    keys.to(".admin-tools input")
    keys.type(username)
    keys.press("Enter")
    expect(page.locator(".register-table tbody tr")).to_have_count(1)
    keys.enter(".register-table .linklike")
    keys.enter(".account-card .btn", "授予")
    keys.to(f"{DIALOG} select")
    keys.choose("受理员")
    screen.picture("keys-grant")
    keys.enter(f"{DIALOG} .dialog-foot .btn-primary:not([disabled])")
    expect(page.locator(".account-card")).to_contain_text("受理员")


def choose_a_password(screen: Screen, username: str, first: str) -> None:
    """The first sign-in: nobody has rights with a password that somebody else knows."""
    keys, page = Keyboard(screen), screen.go("/login", "#username")
    keys.to("#username")
    keys.type(username)
    keys.to("#password")
    keys.type(first)
    keys.press("Enter")
    page.locator("#new").wait_for()
    own = f"wangge {uuid4().hex[:12]}"
    for field in ("#new", "#again"):
        keys.to(field)
        keys.type(own)
    keys.press("Enter")
    page.wait_for_url("**/account")


def organisation(keys: Keyboard) -> None:
    """The first that fits what was typed."""
    expect(keys.page.locator(f"{DIALOG} select option")).not_to_have_count(1)
    keys.press("Tab")
    keys.choose("大码头街道")
