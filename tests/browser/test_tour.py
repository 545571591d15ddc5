"""Every page, wide and narrow: nothing against WCAG 2.2 AA, no other origin, no error in the console."""

import base64
import time
from dataclasses import dataclass
from uuid import uuid4

import pytest

from grid import totp
from tests.browser.screen import CONSOLE, PHONE, Screen
from tests.product import Product
from tests.visitors import People
from tests.walks.route import OFFICER, category, own_grid
from webapp.pages.catalogue import PAGES

pytestmark = pytest.mark.browser
TABLE = ".register-table tbody tr"
DIALOG = "dialog[open] .dialog-body"
SIZES = pytest.mark.parametrize("size", [CONSOLE, PHONE], ids=["1920", "360"])


@dataclass(frozen=True)
class Place:
    """Where somebody looks: an address, what is to be seen there, and what is opened there first."""

    name: str
    username: str
    path: str
    ready: str
    opens: str = ""
    opened: str = DIALOG


PLACES = (
    Place("work", "ziyang.dispatch", "/work?view=open", ".worktable tbody tr"),
    Place("work-nothing", "ziyang.dispatch", "/work?view=everywhere&q=zzzz", ".workmain .empty"),
    Place("work-keep", "damatou.shift", "/work?view=open&q=zzzz", ".workmain .empty", "button:has-text('保存视图')"),
    Place("notices", "ziyang.chengguan", "/templates", "main h1", ".notice-bell button", ".notice-line"),
    Place("rules", "damatou.desk", "/rules", TABLE),
    Place("coverage", "ziyang.dispatch", "/coverage", ".coverage-bar"),
    Place("sharing", "ziyang.leader", "/sharing?side=given", "main.register"),
    Place("sharing-ask", "damatou.shift", "/sharing", "main h1", ".register-tools .btn-primary"),
    Place("shifts", "ziyang.shift", "/shifts", ".shifts .panel", ".shifts-head .btn-primary", ".shifts form"),
    Place("templates", "ziyang.chengguan", "/templates", "main h1"),
    Place("deliveries", "city.shift", "/deliveries", "main h1"),
    Place("evaluation", "city.leader", "/evaluation", ".rates"),
    Place("evaluation-rows", "city.leader", "/evaluation", ".rates", ".rate .btn-link:enabled", f"{DIALOG} tbody"),
    Place("evaluation-form", "city.leader", "/evaluation?view=form", "main.evaluation table"),
    Place("appeals", "ziyang.supervise", "/evaluation?view=appeals", "main.evaluation :is(table, .empty)"),
    Place("accounts", "sys.admin", "/administration", TABLE),
    Place("accounts-new", "sys.admin", "/administration", TABLE, ".admin-tools .btn-primary"),
    Place("accounts-one", "sec.admin", "/administration?account=damatou.desk", ".account-card"),
    Place("categories", "sys.admin", "/administration?view=categories", TABLE),
    Place("organisations", "sys.admin", "/administration?view=organisations", TABLE),
    Place("calendar", "sys.admin", "/administration?view=calendar", "main.admin table"),
    Place("status", "sys.admin", "/status", "main table"),
    Place("audit", "city.audit", "/audit", "main table"),
    Place("account", "city.leader", "/account", "main h1"),
)


@pytest.fixture(scope="module")
def no(people: People) -> str:
    """An event with something to look at: photo, place, a step taken."""
    officer, desk = people(OFFICER), people("damatou.desk")
    _grid, point = own_grid(officer)
    no = str(officer.report(point=point, category=category(officer)).json()["no"])
    desk.step(no, "accept")
    return no


def look(screen: Screen, name: str) -> None:
    """The page stands: no violation; its picture."""
    screen.settle()
    screen.picture(f"{name}-{screen.page.viewport_size['width']}")  # type: ignore[index]
    violations = screen.violations()
    assert violations == [], f"{name}\n" + "\n".join(violations)
    # The map's page cuts what is beyond its edge: its bar is measured of itself.
    wide = (
        "Math.max(...document.querySelectorAll(':root, .topbar').values().map((it) => it.scrollWidth - it.clientWidth))"
    )
    assert screen.page.evaluate(wide) <= 0, f"{name}: something lies beyond the right edge"


def test_no_page_is_left_out():
    """What the product lists as its pages is looked at here."""
    here = {place.path.split("?")[0].strip("/") for place in PLACES} | {"map", "events", "patrol"}
    assert {page.path for page in PAGES} <= here


def both(screen: Screen, name: str) -> None:
    """The same page wide and narrow."""
    for width, height in (CONSOLE, PHONE):
        screen.page.set_viewport_size({"width": width, "height": height})
        look(screen, name)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_place(window, place):
    screen = window(place.username)
    page = screen.go(place.path, place.ready)
    if place.opens:
        page.locator(place.opens).first.click()
        page.locator(place.opened).first.wait_for()
    both(screen, place.name)


def test_the_ways_to_sign_in(product: Product, people: People, window):
    """A password of one's own, a second factor set up, its code asked for."""
    username, password = f"tour.{uuid4().hex[:8]}", f"wangge {uuid4().hex[:12]}"
    body = {"username": username, "name": "何新", "home": "centre-430902005000"}
    first = people("sys.admin").tell("administration/accounts", body, status=201)["password"]
    screen = window(None)
    page = screen.go("/login", "#username")

    def sign_in(secret: str) -> None:
        page.fill("#username", username)
        page.fill("#password", secret)
        page.press("#password", "Enter")

    sign_in(first)
    page.locator("#new").wait_for()
    both(screen, "sign-password")
    page.fill("#new", password)
    page.fill("#again", password)
    page.press("#again", "Enter")
    page.wait_for_url("**/account")
    both(screen, "account-without-post")
    screen.go("/account/factor", "#key")
    both(screen, "sign-factor")
    secret = base64.b32decode(page.locator("#key").inner_text().replace(" ", ""))
    page.fill("#code", totp.code_at(secret, int(time.time()) // 30))
    page.press("#code", "Enter")
    page.wait_for_url("**/account")
    screen.go("/account/password", "#current")
    both(screen, "account-password")
    screen.go("/account", "main h1").locator("form[action='/logout'] button").click()
    page.wait_for_url("**/login**")
    sign_in(password)
    page.locator("#code").wait_for()
    both(screen, "sign-code")


@SIZES
def test_sign_in_by_hand(product, window, size):
    screen = window(None, size)
    page = screen.go("/login", "#username")
    look(screen, "login")
    page.fill("#username", "city.leader")
    page.fill("#password", product.passwords["city.leader"])
    page.click("button[type=submit]")
    page.wait_for_url("**/map**")
    page.locator(".queue-head, .tabs").first.wait_for()


@SIZES
def test_map(window, size):
    screen = window("ziyang.dispatch", size)
    screen.go("/map", ".map-page")
    screen.live()
    look(screen, "map")


@SIZES
def test_card(window, size, no):
    screen = window("ziyang.dispatch", size)
    screen.go(f"/map?sel={no}&tab=card", ".card-head")
    look(screen, "card")


@SIZES
def test_grid_card(window, people, size):
    grid, _point = own_grid(people(OFFICER))
    screen = window("ziyang.dispatch", size)
    screen.go(f"/map?grid={grid}&tab=card", ".card-title")
    look(screen, "grid")


@SIZES
def test_case(window, size, no):
    screen = window("damatou.desk", size)
    screen.go(f"/events/{no}", ".case")
    look(screen, "case")


@SIZES
def test_a_case_that_is_not_there(window, size):
    screen = window("damatou.desk", size)
    screen.go("/events/EV20200101-0001", ".empty")
    look(screen, "case-missing")
    assert all("404" in fault for fault in screen.faults), screen.faults
    screen.faults.clear()


@SIZES
def test_patrol(window, people, size):
    _grid, point = own_grid(people(OFFICER))
    place = {"longitude": point[0], "latitude": point[1], "accuracy": 8}
    screen = window(OFFICER, size, geolocation=place, permissions=["geolocation"])
    page = screen.go("/patrol", ".fab")
    look(screen, "patrol")
    for screen_name in ("mine", "me", "notices"):
        page.goto(f"/patrol#/{screen_name}")
        page.locator(f"nav.tabs a[href='#/{screen_name}'][aria-current=page], .notices-head").first.wait_for()
        look(screen, f"patrol-{screen_name}")


@SIZES
def test_the_other_theme(window, size, no):
    """Consoles are dark unless somebody chooses the light."""
    screen = window("damatou.desk", size)
    screen.go(f"/events/{no}", ".case")
    screen.page.evaluate("localStorage.setItem('wangge.theme', 'light')")
    for path, ready in ((f"/events/{no}", ".case"), ("/work?view=open", ".worktable"), ("/map", ".map-page")):
        screen.go(path, ready)
        assert screen.page.locator("html").get_attribute("data-theme") == "light"
        look(screen, "light" + path.split("?")[0].split("/EV")[0].replace("/", "-"))
