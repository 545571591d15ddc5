"""Somebody's browser on the running product: a page, and everything that it should not have done."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, FilePayload, Locator, Page, Request, Response

from deploy.places import CHECKOUT
from tests.product import Product
from tests.visitors import Person

CONSOLE, PHONE = (1920, 1080), (360, 740)
FLAGS = [
    "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = CHECKOUT / "webapp" / "client" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What a browser refuses to load or run by the page's policy, and what no script caught, stand in a list of the page.
_WATCH = """window.addEventListener('securitypolicyviolation', (e) =>
  console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));"""
# The moment (milliseconds since 1970) at which the bar first counted so many events to accept.
_COUNT = ".counters .counter:first-child b"
_COUNTED = f"""window.counted = {{}};
new MutationObserver(() => {{
  const count = document.querySelector('{_COUNT}')?.textContent;
  if (count) window.counted[count] ??= performance.timeOrigin + performance.now();
}}).observe(document, {{ subtree: true, childList: true, characterData: true }});"""
PICTURES = "WANGGE_PICTURES"

QUIET, DROPPED = 0.5, 5.0  # seconds without a new request: all is loaded; what has not come by then was dropped


class Screen:
    """A page of one signed-in account (None: nobody) in a window of its own, and its faults."""

    def __init__(
        self, browser: Browser, product: Product, person: Person | None, size: tuple[int, int], **options: Any
    ) -> None:
        self.product = product
        self.faults: list[str] = []
        self._loading: set[Request] = set()
        self._asked_at = time.monotonic()
        self.context = browser.new_context(
            base_url=product.origin, viewport={"width": size[0], "height": size[1]}, locale="zh-CN",
            timezone_id="Asia/Shanghai", has_touch=size == PHONE, reduced_motion="reduce", **options,
        )  # fmt: skip
        self.context.set_default_timeout(20_000)
        if person is not None:
            self.context.add_cookies(
                [{"name": name, "value": value, "url": product.origin} for name, value in person.http.cookies.items()]
            )
        self.context.add_init_script(_WATCH + _COUNTED)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfinished", self._over)
        self.page.on("requestfailed", self._over)
        self.page.on("response", self._response)

    def close(self) -> None:
        """Shut the window."""
        self.context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text} {message.location.get('url', '')}")

    def _request(self, request: Request) -> None:
        self._loading.add(request)
        self._asked_at = time.monotonic()
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(self.product.origin).netloc:
            self.faults.append(f"foreign: {request.url}")

    def _over(self, request: Request) -> None:
        self._loading.discard(request)

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status}: {response.url}")

    def go(self, path: str, ready: str) -> Page:
        """Open a page and wait until what `ready` selects is to be seen."""
        self.page.goto(path)
        self.page.wait_for_selector(ready)
        return self.page

    def live(self) -> None:
        """Wait until the page says that it is live."""
        self.page.wait_for_selector(".light.is-done")

    def until(self, condition: str, argument: Any = None, *, seconds: float = 20) -> None:
        """Ask the page until it says yes. (Playwright's own waiting would need the page to allow `eval`.)"""
        deadline = time.monotonic() + seconds
        while not self.page.evaluate(condition, argument):
            assert time.monotonic() < deadline, f"not within {seconds} s: {condition}"
            self.page.wait_for_timeout(50)

    def settle(self) -> None:
        """Wait until nothing is loaded any more and no skeleton is left.

        Of what a map's worker asked for and dropped the browser sometimes never tells the end: such a request is waited
        for a while only. (Playwright's own waiting for a quiet network would wait for it for ever.)
        """
        self.until("!document.querySelector('.skeleton')")
        while time.monotonic() - self._asked_at < (DROPPED if self._loading else QUIET):
            self.page.wait_for_timeout(50)

    def to_accept(self) -> int:
        """How many events to accept the bar of the map counts."""
        return int(self.page.locator(_COUNT).inner_text())

    def counted(self, number: int) -> float:
        """When the bar first said this number, in seconds since 1970; waits for it."""
        self.until("(number) => window.counted[number] !== undefined", number)
        return float(self.page.evaluate("(number) => window.counted[number]", number)) / 1000

    def queue_row(self, no: str) -> Locator:
        """The row of an event in the list beside the map, which draws only what is in view: scrolled to."""
        row = self.page.locator(f"#queue-{no}")
        queue = self.page.locator(".queue-scroll")
        for top in range(0, int(queue.evaluate("(box) => box.scrollHeight")), 400):
            queue.evaluate("(box, top) => { box.scrollTop = top; }", top)
            self.page.wait_for_timeout(60)
            if row.count():
                break
        return row

    def step(self, key: str, fill: Callable[[Page], None] | None = None) -> None:
        """Take the step with this key by its button; `fill` answers what its form asks."""
        self.page.locator(f".steps [aria-keyshortcuts={key}]").click()
        if fill is not None:
            fill(self.page)
            self.page.locator(".step-form button[type=submit]").click()

    def state(self, label: str) -> None:
        """Wait until the page's badge says this."""
        self.page.locator(".badge", has_text=label).first.wait_for()

    def violations(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA: rule, and the elements. A page that scrolls is shown whole meanwhile:
        what lies half under a bar at its edge is no small target, it scrolls."""
        size = self.page.viewport_size
        assert size is not None
        height = int(self.page.evaluate("document.documentElement.scrollHeight"))
        self.page.set_viewport_size({"width": size["width"], "height": min(max(height, size["height"]), 6000)})
        try:
            return self._violations()
        finally:
            self.page.set_viewport_size(size)

    def _violations(self) -> list[str]:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", RULES)
        return [
            f"{one['id']}: {node['target']} {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
            for one in found["violations"]
            for node in one["nodes"][:5]
        ]

    def picture(self, name: str) -> None:
        """Keep what is to be seen as NAME.jpg in the folder that WANGGE_PICTURES names, if it names one."""
        if folder := os.environ.get(PICTURES):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.wait_for_timeout(2500 if self.page.locator("canvas").count() else 300)  # maps draw on their own
            self.page.screenshot(path=str(Path(folder) / f"{name}.jpg"), type="jpeg", quality=85)


def file(body: bytes, name: str = "photo.jpg") -> FilePayload:
    """A picture as a file input takes it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": body}
