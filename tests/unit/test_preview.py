"""The page of a city file: it links nothing, runs no name, and opens in a browser without the network."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
import shapely
from django.core.management import call_command
from django.core.management.base import CommandError
from playwright.sync_api import sync_playwright

from data.demo.small import small_frames
from data.escaping import escaped
from data.pipeline import GroundFrames, GroundRefused, write_ground
from data.preview import Words, preview, write_preview

PAYLOADS = [
    "<img src=x onerror=fired()>", "</script><script>fired()</script>", "${fired()}", "`+fired()+`", "{{ 7 * 191 }}",
    "\"><svg onload=fired()>", "' onmouseover='fired()", "\\u003cimg src=x onerror=fired()\\u003e", "\\`${fired()}",
    "&lt;img src=x onerror=fired()&gt;", "<!--", "]]>", "javascript:fired()", "\u202egnp.<b>x</b>",
    "=cmd|' /C calc'!A0", "{% for x in fired() %}", "</style><script>fired()</script>", "\u2028fired()\u2029",
    "<a href=//other.example>x</a>",
]  # fmt: skip


@pytest.fixture(scope="module")
def frames() -> GroundFrames:
    return small_frames()


@pytest.fixture(scope="module")
def named_badly(frames, tmp_path_factory) -> Path:
    """A file whose regions are all called after one payload or another."""
    path = tmp_path_factory.mktemp("preview") / "bad.gpkg"
    regions = tuple(
        replace(region, name=PAYLOADS[number % len(PAYLOADS)]) for number, region in enumerate(frames.regions)
    )
    write_ground(replace(frames, regions=regions), path)
    return path


def page_of(frames: GroundFrames, path: Path, **words: str) -> str:
    write_ground(frames, path)
    return preview(path, words=Words(title="小城", **words))


@pytest.mark.parametrize("text", PAYLOADS)
def test_escaped_text_has_no_character_that_means_anything(text):
    safe = escaped(text)
    assert not set(re.sub(r"&#\d+;", "", safe)) & set("&<>\"'\\`$")
    assert unescape(safe) == "".join(one for one in text if one.isprintable())


def test_nothing_points_to_another_origin(frames, tmp_path):
    page = page_of(frames, tmp_path / "small.gpkg")
    assert set(re.findall(r"https?://[^\s\"'<>)]+", page)) == {"http://www.w3.org/2000/svg"}  # a name, not an address
    assert not re.findall(r"""(?:src|href|action|data)\s*=\s*["']?(?!data:)[^\s"'>=;,.)]+/""", page.split("<body>")[1])
    assert not re.search(r"<link|<iframe|<img|@import|sourceMappingURL|url\((?!#)", page)
    assert "default-src 'none'" in page
    assert "Vladimir Agafonkin" in page  # the licence travels with the copy


def test_counts_are_those_of_the_file(frames, tmp_path):
    open_sites = [site for site in frames.sites if not site.secret]
    assert len(open_sites) < len(frames.sites), "the small city must have a secret site, or this shows nothing"
    caption = page_of(frames, tmp_path / "small.gpkg").split('id="counties"')[1].split("</table>")[0]
    rows = [re.findall(r'class="n">(\d+)<', row) for row in caption.split("<tr>")[2:]]
    assert rows[-1] == ["8", str(len(frames.grids)), str(len(open_sites))]
    assert [sum(int(row[column]) for row in rows[:-1]) for column in range(3)] == [int(one) for one in rows[-1]]


def test_a_point_on_the_border_of_two_townships_is_counted_once(frames, tmp_path):
    first = min(frames.grids, key=lambda grid: grid.code).shape
    edges = [shapely.intersection(first, grid.shape) for grid in frames.grids if grid.village[:9] != "430902005"]
    corner = next(shapely.get_point(line, 0) for line in edges if line.geom_type == "LineString")
    sites = tuple(replace(site, point=corner, secret=False) for site in frames.sites)
    caption = page_of(replace(frames, sites=sites), tmp_path / "edge.gpkg").split('id="counties"')[1]
    assert f'class="n">{len(sites)}</td></tr></table>' in caption


@pytest.mark.parametrize("gone", ["region", "grid"])
def test_a_file_that_cannot_be_shown_is_refused_with_a_reason(frames, tmp_path, gone):
    import sqlite3

    path = tmp_path / "half.gpkg"
    write_ground(frames, path)
    with sqlite3.connect(path) as file:
        file.execute("DELETE FROM gpkg_contents WHERE table_name = ?", [gone])
        file.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = ?", [gone])
        file.execute(f"DROP TABLE {gone}")
    with pytest.raises(GroundRefused, match=f"missing_layer {gone}"):
        preview(path, words=Words(title="x"))
    (tmp_path / "no.gpkg").write_text("no database")
    with pytest.raises(GroundRefused, match="not_a_geopackage"):
        preview(tmp_path / "no.gpkg", words=Words(title="x"))


def test_the_command_says_what_is_wrong_and_writes_what_is_right(frames, tmp_path, capsys):
    with pytest.raises(CommandError, match="there is no "):
        call_command("preview_ground", tmp_path / "absent.gpkg", tmp_path / "out.html")
    write_ground(frames, tmp_path / "small.gpkg")
    call_command("preview_ground", tmp_path / "small.gpkg", tmp_path / "out.html", title="小城")
    assert "kB" in capsys.readouterr().out
    assert "<title>小城</title>" in (tmp_path / "out.html").read_text()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.browser
def test_in_a_browser_names_are_only_text_and_nothing_is_asked_for(named_badly, tmp_path):
    page_file = tmp_path / "page.html"
    payload = "<img src=x onerror=fired()>`${fired()}"
    write_preview(named_badly, page_file, words=Words(title=payload, township=payload, note=payload))
    said, asked = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.add_init_script("window.shots = 0; window.fired = () => { window.shots += 1; };")
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(page_file.as_uri())
        shapes = page.locator("path.leaflet-interactive")
        assert shapes.count() == 4
        for number in range(4):
            shapes.nth(number).hover()
            assert page.locator(".leaflet-tooltip").count() == 1
            assert payload in page.locator(".leaflet-tooltip").inner_text()
        assert page.title() == payload
        assert page.locator("#caption h1").inner_text() == payload
        assert page.evaluate("window.shots") == 0
        assert page.evaluate("""document.querySelectorAll('img, svg[onload], a[href]:not([href="#"])').length""") == 0
        assert page.pdf(landscape=True, prefer_css_page_size=True).startswith(b"%PDF")
        assert page.evaluate("document.querySelectorAll('.printed').length") == 0
        browser.close()
    assert said == []
    assert asked == [page_file.as_uri()]


@pytest.mark.browser
def test_without_the_escaping_the_same_page_runs_what_a_name_says(named_badly, tmp_path, monkeypatch):
    """The control: with the helper switched off, the same sentinel fires."""
    monkeypatch.setattr("data.preview.escaped", str)
    page_file = tmp_path / "page.html"
    write_preview(named_badly, page_file, words=Words(title="<img src=x onerror=fired()>"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.add_init_script("window.shots = 0; window.fired = () => { window.shots += 1; };")
        page.goto(page_file.as_uri())
        page.wait_for_function("window.shots > 0", timeout=10_000)
        browser.close()
