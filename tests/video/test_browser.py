"""The client's own player in a real Chromium, through the gateway, from a simulated camera.

Debian: chromium. The client's packages must be installed (`npm ci` in webapp/client): its TypeScript compiler turns
player.ts into what the page loads.
"""

import asyncio
import json
import re
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from gis_layers.video.upstream import Upstream
from tests.video.harness import BRISK, CHANNEL, COOKIE, COOKIE_NAME, Running, running, until

pytestmark = pytest.mark.browser

CLIENT = Path(__file__).resolve().parents[2] / "webapp" / "client"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGE = """<!doctype html><meta charset="utf-8"><title>player</title><video id="v" width="640" height="360"></video>
<script type="module">
import { LivePlayer, OpenRefused } from "/player.js";
window.states = [];
window.opened = 0;
const open = async () => {
  window.opened += 1;
  const answer = await fetch("/open");
  if (!answer.ok) throw new OpenRefused("refused", "no");
  return answer.json();
};
window.player = new LivePlayer(document.getElementById("v"), open, (state) => window.states.push(state));
window.begun = performance.now();
document.getElementById("v").requestVideoFrameCallback(() => { window.first = performance.now() - window.begun; });
window.player.start();
</script>"""


@pytest.fixture(scope="session")
def player_script(tmp_path_factory: pytest.TempPathFactory) -> str:
    compiler = CLIENT / "node_modules" / ".bin" / "tsc"
    assert compiler.exists(), "install the client's packages first: npm ci in webapp/client"
    out = tmp_path_factory.mktemp("player")
    source = str(CLIENT / "src" / "map" / "player.ts")
    subprocess.run(
        [str(compiler), "--strict", "--target", "es2022", "--module", "esnext", "--lib", "es2022,dom,dom.iterable",
         "--rewriteRelativeImportExtensions", "--outDir", str(out), source],
        check=True, cwd=out,
    )  # fmt: skip
    # One script for the test's page: the player with the module that it imports before it.
    imported = (out / "bytes.js").read_text(encoding="utf-8").replace("export function", "function")
    player = (out / "player.js").read_text(encoding="utf-8")
    return imported + re.sub(r'^import .*"./bytes.js";$', "", player, flags=re.MULTILINE)


class Site:
    """The page's own origin: the page, the player, a session cookie, and tickets."""

    def __init__(self, script: str) -> None:
        self.live: Running | None = None
        self.refuses = False
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, kind, text = site.answer(self.path, script)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Set-Cookie", f"{COOKIE_NAME}={COOKIE}; HttpOnly; SameSite=Lax")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, path: str, script: str) -> tuple[int, str, str]:
        if path == "/player.js":
            return 200, "text/javascript", script
        if path == "/open" and self.live is not None:
            url = f"ws://127.0.0.1:{self.live.port}/live/{CHANNEL}?ticket={self.live.ticket()}"
            return (403 if self.refuses else 200), "application/json", json.dumps({"url": url})
        return 200, "text/html", PAGE


@pytest.fixture
def site(player_script: str) -> Iterator[Site]:
    site = Site(player_script)
    thread = threading.Thread(target=site.server.serve_forever, daemon=True)
    thread.start()
    yield site
    site.server.shutdown()


@asynccontextmanager
async def opened(site: Site, upstream: Upstream) -> AsyncIterator[tuple[Page, Running]]:
    async with async_playwright() as playwright, running(upstream, limits=BRISK, origin=site.origin) as live:
        site.live = live
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = await browser.new_page()
        await page.goto(site.origin)
        yield page, live
        await browser.close()


FRAMES = "document.getElementById('v').getVideoPlaybackQuality().totalVideoFrames"


async def frames(page: Page) -> int:
    return int(await page.evaluate(FRAMES))


async def state(page: Page) -> dict[str, Any]:
    return dict(await page.evaluate("window.states.at(-1)"))


async def wait_for(page: Page, condition: str, seconds: float = 20) -> None:
    await page.wait_for_function(condition, timeout=seconds * 1000, polling=50)


async def test_the_picture_moves_near_the_live_edge(site: Site, camera: Upstream) -> None:
    async with opened(site, camera) as (page, _):
        await wait_for(page, f"{FRAMES} > 20")
        before = await frames(page)
        await asyncio.sleep(3)
        shown = await frames(page) - before
        assert shown > 45, f"only {shown} frames in 3 s"
        now = await state(page)
        assert now["kind"] == "playing"
        assert (now["width"], now["height"], now["watermark"]) == (640, 360, "张三 2026-11-21")
        assert now["latency"] < 1.1
        colours = await page.evaluate(
            """() => { const c = document.createElement('canvas'); c.width = 64; c.height = 36;
            const g = c.getContext('2d'); g.drawImage(document.getElementById('v'), 0, 0, 64, 36);
            const d = g.getImageData(0, 0, 64, 36).data; const s = new Set();
            for (let i = 0; i < d.length; i += 4) s.add((d[i] >> 4) << 8 | (d[i + 1] >> 4) << 4 | d[i + 2] >> 4);
            return s.size; }"""
        )
        assert colours > 20


async def test_a_revocation_is_final_and_blanks_the_picture(site: Site, camera: Upstream) -> None:
    async with opened(site, camera) as (page, live):
        await wait_for(page, f"{FRAMES} > 5")
        (session,) = live.gateway._sessions.all()
        await live.gateway.revoke(session.ticket.session_id)
        await wait_for(page, "window.states.at(-1).kind === 'closed'", 2)
        assert (await state(page))["reason"] == "revoked"
        assert await page.evaluate("document.getElementById('v').videoWidth") == 0
        await asyncio.sleep(2.5)
        assert await page.evaluate("window.opened") == 1


async def test_a_lost_connection_comes_back_with_a_fresh_ticket(site: Site, camera: Upstream) -> None:
    async with opened(site, camera) as (page, live):
        await wait_for(page, f"{FRAMES} > 5")
        (session,) = live.gateway._sessions.all()
        assert session.viewer is not None
        session.viewer._connection.transport.abort()
        await wait_for(page, "window.opened === 2 && window.states.at(-1).kind === 'playing'", 10)
        assert len({ticket.session_id for ticket, _ in live.platform.asked}) == 2
        assert any(s["kind"] == "connecting" for s in await page.evaluate("window.states"))


async def test_a_hidden_tab_lets_the_stream_go_and_comes_back(site: Site, camera: Upstream) -> None:
    async with opened(site, camera) as (page, live):
        await wait_for(page, f"{FRAMES} > 5")
        hide = "(on) => { Object.defineProperty(document, 'hidden', { value: on, configurable: true }); \
                document.dispatchEvent(new Event('visibilitychange')); }"
        await page.evaluate(hide, True)
        await until(lambda: live.gateway.health().viewers == 0)
        assert (await state(page))["kind"] == "paused"
        await page.evaluate(hide, False)
        await wait_for(page, "window.opened === 2 && window.states.at(-1).kind === 'playing'", 10)
        await page.evaluate("window.player.stop()")
        await until(lambda: live.gateway.health().viewers == 0)
        assert (await state(page)) == {"kind": "closed", "reason": "stopped", "detail": ""}


async def test_a_platform_that_refuses_is_not_asked_again(site: Site, camera: Upstream) -> None:
    site.refuses = True
    async with opened(site, camera) as (page, _):
        await wait_for(page, "window.states.at(-1)?.kind === 'closed'")
        assert (await state(page))["reason"] == "refused"


async def test_a_variable_frame_rate_does_not_freeze_the_picture(
    site: Site, camera: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first fragment leaves before its true duration is known: a camera slower than it says must still play."""
    monkeypatch.setattr("deploy.simulators.cameras.CLOCK", 90_000 * 5)
    async with opened(site, camera) as (page, _):
        await wait_for(page, f"{FRAMES} > 3", 15)
        before = await frames(page)
        await asyncio.sleep(3)
        assert await frames(page) - before > 8
