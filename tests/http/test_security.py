"""What every page answers with, whom it lets in, and what it never says. Promises 29, 47, 48."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from grid.models import Role
from tests.http.pages import ENTRIES, browser, build, sign_in, somebody
from webapp.pages.catalogue import PAGES
from webapp.templatetags.client import ClientNotBuilt, client

pytestmark = pytest.mark.django_db
PATHS = [f"/{page.path}" if page.entry != "case" else "/events/EV20261121-0001" for page in PAGES]


@pytest.fixture(autouse=True)
def _client_build(tmp_path, settings):
    settings.CLIENT_MANIFEST = build(tmp_path)


def _reader(*roles: str) -> Client:
    reader = browser()
    sign_in(reader, somebody(*roles).username)
    return reader


@pytest.mark.parametrize("role", Role)
def test_each_page_is_for_its_posts_and_says_for_which(role):
    reader = _reader(role)
    for page, path in zip(PAGES, PATHS, strict=True):
        answer = reader.get(path)
        text = answer.content.decode()
        if role in page.roles:
            assert answer.status_code == 200, path
            assert f'data-entry="{page.entry}"' in text
        else:
            assert answer.status_code == 403, path
            assert 'id="app"' not in text
            assert all(str(Role(needed).label) in text for needed in page.roles)


def test_nobody_gets_a_page_without_signing_in():
    for path in [*PATHS, "/", "/account"]:
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login"), path


def test_a_post_that_is_over_or_not_yet_begun_opens_nothing():
    from django.utils import timezone

    from grid.models import Post

    reader = browser()
    user = somebody(Role.DISPATCHER)
    sign_in(reader, user.username)
    Post.objects.filter(user=user).update(until=timezone.now())
    assert reader.get("/map").status_code == 403
    Post.objects.filter(user=user).update(until=None, since=timezone.now() + timedelta(days=1))
    assert reader.get("/map").status_code == 403


@pytest.mark.parametrize("path", ["/login", "/map", "/account", "/audit", "/no-such-page", "/healthz"])
def test_every_answer_carries_the_rules_of_the_house(path):
    answer = _reader(Role.DISPATCHER).get(path)
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if part.strip())
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])


@pytest.mark.parametrize("path", ["/login", "/map", "/patrol", "/account", "/no-such-page", "/audit"])
def test_no_page_needs_what_the_policy_forbids_or_another_origin(path):
    text = _reader(Role.GRID_OFFICER).get(path).content.decode()
    if path == "/login":
        text = browser().get(path).content.decode()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script, script
    assert not re.search(r"(?:src|href|action)=\"(?:[a-z]+:)?//", text)


def test_a_shell_loads_its_own_entry_and_the_words_of_its_language():
    reader = _reader(Role.DISPATCHER)
    text = reader.get("/map").content.decode()
    assert '<html lang="zh-Hans" data-theme="dark">' in text
    assert '<script type="module" src="/static/client/assets/map-1.js"></script>' in text
    assert text.index("assets/s-1.css") < text.index("assets/map-1.css")
    assert '<link rel="modulepreload" href="/static/client/assets/shared-1.js">' in text
    words = re.search(r'<script src="(/i18n/zh-hans\.js\?v=[0-9a-f]{12})">', text)
    assert words
    catalogue = reader.get(words[1])
    assert catalogue["Content-Type"].startswith("text/javascript")
    assert "immutable" in catalogue["Cache-Control"]
    assert "immutable" not in reader.get("/i18n/zh-hans.js?v=old")["Cache-Control"]
    assert reader.get("/i18n/xx.js").status_code == 404
    assert "wangge_csrf" in reader.cookies
    assert "no-store" in reader.get("/map")["Cache-Control"]
    assert 'data-size="phone"' in _reader(Role.GRID_OFFICER).get("/patrol").content.decode()


def test_chinese_unless_somebody_chose_otherwise():
    reader = browser(HTTP_ACCEPT_LANGUAGE="en-US,en;q=0.9")
    text = reader.get("/login").content.decode()
    assert "<h1>登录</h1>" in text
    token = reader.cookies["wangge_csrf"].value
    answer = reader.post("/i18n/language", {"language": "en", "next": "/login", "csrfmiddlewaretoken": token})
    assert answer["Location"] == "/login"
    text = reader.get("/login").content.decode()
    assert "<h1>Sign in</h1>" in text
    assert '<html lang="en"' in text
    assert reader.post("/i18n/language", {"language": "en"}).status_code == 403
    away = reader.post("/i18n/language", {"language": "en", "next": "//evil.example", "csrfmiddlewaretoken": token})
    assert away["Location"] == "/"


def test_a_theme_is_one_of_two_words():
    reader = browser()
    reader.cookies["wangge_theme"] = "dark"
    assert 'data-theme="dark"' in reader.get("/login").content.decode()
    reader.cookies["wangge_theme"] = '"><script>'
    text = reader.get("/login").content.decode()
    assert 'data-theme="light"' in text
    assert "<script>" not in text


def test_text_from_outside_is_text():
    reader = browser()
    text = reader.get("/login?next=%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E").content.decode()
    assert "<img" not in text
    answer = sign_in(reader, '"><script>alert(1)</script>', "x")
    assert "<script>alert" not in answer.content.decode()
    missing = Client().get("/<script>alert(1)</script>")
    assert missing.status_code == 404
    assert "<script>alert" not in missing.content.decode()


def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs():
    page = Client().get("/nothing")
    assert page.status_code == 404
    assert "这个地址没有内容" in page.content.decode()
    problem = Client().get("/api/v1/nothing")
    assert problem.status_code == 404
    assert problem["Content-Type"] == "application/problem+json"
    assert problem.json()["type"] == "/problems/not-found"


def test_our_own_fault_shows_its_number_and_nothing_else(monkeypatch):
    from webapp.pages import account

    def broken(*_args, **_kwargs):
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(account, "_form", broken)
    answer = Client(raise_request_exception=False).get("/login")
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()
    assert b"hunter2" not in answer.content
    assert b"Traceback" not in answer.content


def test_a_missing_build_is_named(settings, tmp_path):
    settings.CLIENT_MANIFEST = tmp_path / "nowhere" / "manifest.json"
    with pytest.raises(ClientNotBuilt, match="run build"):
        client("map")
    assert client("map", optional=True) == ""
    settings.CLIENT_MANIFEST = build(tmp_path)
    with pytest.raises(ClientNotBuilt, match="no entry other"):
        client("other")
    for entry in ENTRIES:
        assert f"assets/{entry}-1.js" in client(entry)


def test_the_service_worker_reaches_the_whole_origin():
    worker = Client().get("/sw.js")
    assert (worker.status_code, worker["Cache-Control"]) == (200, "no-cache")
    assert worker["Content-Type"].startswith("text/javascript")
    assert Client().get("/patrol.webmanifest").json()["start_url"] == "/patrol"


@pytest.mark.parametrize(
    "path", ["/events/..%2f..%2fetc", "/events/a%00b", "/events/'%20or%201=1", "/%2e%2e/x", "/i18n/../x.js"]
)
def test_strange_paths_are_not_there(path):
    assert _reader(Role.DISPATCHER).get(path).status_code in {400, 404}


def test_a_forged_address_is_no_address():
    answer = Client(HTTP_X_REAL_IP="<script>").get("/login")
    assert answer.status_code == 200
    reader = browser(HTTP_X_REAL_IP="not-an-address")
    assert sign_in(reader, somebody(Role.DISPATCHER).username).status_code == 302
