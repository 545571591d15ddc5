"""Every page, wide and narrow: nothing against WCAG 2.2 AA, no other origin, no error in the console."""

import pytest

from tests.browser.screen import CONSOLE, PHONE, Screen
from tests.visitors import People
from tests.walks.route import OFFICER, category, own_grid

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [CONSOLE, PHONE], ids=["1920", "360"])


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
def test_work(window, size):
    screen = window("ziyang.dispatch", size)
    screen.go("/work?view=open", ".worktable tbody tr")
    look(screen, "work")


@SIZES
def test_patrol(window, people, size):
    _grid, point = own_grid(people(OFFICER))
    place = {"longitude": point[0], "latitude": point[1], "accuracy": 8}
    screen = window(OFFICER, size, geolocation=place, permissions=["geolocation"])
    page = screen.go("/patrol", ".fab")
    look(screen, "patrol")
    for screen_name in ("mine", "me"):
        page.goto(f"/patrol#/{screen_name}")
        page.locator(f"nav.tabs a[href='#/{screen_name}'][aria-current=page]").wait_for()
        look(screen, f"patrol-{screen_name}")


@SIZES
def test_deliveries(window, size):
    screen = window("city.shift", size)
    screen.go("/deliveries", "main h1")
    look(screen, "deliveries")


@SIZES
def test_audit(window, size):
    screen = window("city.audit", size)
    screen.go("/audit", "main table")
    look(screen, "audit")


@SIZES
def test_account(window, size):
    screen = window("city.leader", size)
    screen.go("/account", "main h1")
    look(screen, "account")


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
