"""Who stands behind a request: one statement, asked anew for every request, and never more than Django would allow."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import HASH_SESSION_KEY
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from grid.models import Grid, Organisation, Post, Region, Role, User, UserSession
from grid.policy import access_of
from grid.selectors.signed_in import signed_in
from tests.factories import SANYI_GRID
from tests.http.pages import PASSWORD, browser, build, sign_in, somebody
from webapp.asking import asking, user_of
from webapp.live.standing import changed, standing_of
from webapp.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _client_build(tmp_path, settings):
    settings.CLIENT_MANIFEST = build(tmp_path)


def _signed_in(role: str = Role.DISPATCHER) -> tuple[Client, User, str]:
    client, user = browser(), somebody(role)
    sign_in(client, user.username)
    return client, user, client.cookies["wangge_session"].value


def _request(key: str) -> HttpRequest:
    request = HttpRequest()
    request.session = SessionStore(key)
    request.user = user_of(request)
    return request


def _posts(client: Client) -> list[str]:
    answer = client.get("/api/v1/me")
    return [post["role"] for post in answer.json()["posts"]] if answer.status_code == 200 else [str(answer.status_code)]


@pytest.mark.parametrize("path", ["/", "/map", "/api/v1/me", "/api/v1/categories"])
def test_who_asks_is_one_statement(path):
    client, _user, _key = _signed_in()
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code in {200, 302}
    asked: list[str | None] = [query["sql"] for query in seen.captured_queries]
    assert asked.count(None) == 1  # a prepared statement has no text in Django's log
    assert not any("grid_user" in text or "grid_post" in text for text in asked if text)
    assert len(asked) == (2 if path.endswith("categories") else 1)


def test_a_line_takes_two(django_assert_num_queries):
    _client, user, key = _signed_in()
    with django_assert_num_queries(2):
        standing = standing_of(key)
    assert standing is not None
    assert standing.user == user.pk
    assert changed({key: standing}) == {}


def test_it_is_the_access_that_the_posts_give(django_assert_num_queries):
    _client, user, key = _signed_in()
    now = timezone.now() + timedelta(seconds=1)
    centre = Organisation.objects.filter(kind="centre").order_by("code")[0]
    county = Region.objects.filter(level="county").order_by("code")[0]
    grid = Grid.objects.get(code=SANYI_GRID)
    Post.objects.create(user=user, role=Role.GRID_OFFICER, organisation=centre, grid=grid)
    Post.objects.create(user=user, role=Role.CHECKER, organisation=centre, region=county)
    day = timedelta(days=1)
    for since, until in [(now - 2 * day, now - day), (now + day, None), (now - day, now + day), (now - day, now)]:
        Post.objects.create(user=user, role=Role.LEADER, organisation=centre, since=since, until=until)
    for other in (somebody(Role.LEADER), User.objects.create_user(username="without", name="No post")):
        assert other.pk != user.pk
    with django_assert_num_queries(1):
        found = signed_in(session_key=key, now=now)
    assert found is not None
    assert found.access == access_of(User.objects.get(pk=user.pk), now=now)
    assert [duty.role for duty in found.access.duties] == ["dispatcher", "grid_officer", "checker", "leader"]
    assert vars(found.account).keys() == vars(User.objects.get(pk=user.pk)).keys()
    assert found.account == user


def test_nothing_is_kept_from_one_request_to_the_next():
    client, user, key = _signed_in()
    standing = standing_of(key)
    assert _posts(client) == ["dispatcher"]
    assert standing is not None
    Post.objects.filter(user=user).update(role=Role.LEADER)
    assert _posts(client) == ["leader"]
    assert changed({key: standing})[key] != standing
    Post.objects.filter(user=user).update(until=timezone.now())
    assert _posts(client) == []
    Post.objects.filter(user=user).update(until=None)
    assert _posts(client) == ["leader"]
    user.name = "另一个名字"
    user.save()
    assert client.get("/api/v1/me").json()["name"] == "另一个名字"


@pytest.mark.parametrize("how", ["expired", "deleted", "disabled", "password", "forged words", "another's row"])
def test_what_has_ended_ends_with_the_next_request(how):
    client, user, key = _signed_in()
    assert _posts(client) == ["dispatcher"]
    row = UserSession.objects.filter(session_key=key)
    if how == "expired":
        row.update(expire_date=timezone.now())
    elif how == "deleted":
        row.delete()
    elif how == "disabled":
        User.objects.filter(pk=user.pk).update(is_active=False)  # without the signal that ends its sessions
    elif how == "password":
        user.set_password("another quite long password")
        User.objects.filter(pk=user.pk).update(password=user.password)
    elif how == "forged words":
        row.update(session_data=row.get().session_data[:-1] + "_")
    else:
        gone, _client = somebody(Role.LEADER), browser()
        sign_in(_client, gone.username)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        row.update(session_data=UserSession.objects.get(user=gone).session_data)
    assert standing_of(key) is None
    assert _posts(client) == ["401"]
    assert client.get("/map")["Location"] == "/login?next=%2Fmap"
    assert client.get("/tiles/base/staff/1/0/0/0.mvt").status_code in {401, 404}


def test_the_signed_words_count_and_not_the_copy_beside_them():
    client, user, key = _signed_in()
    other = somebody(Role.LEADER)
    UserSession.objects.filter(session_key=key).update(user=other)
    assert _posts(client) == ["dispatcher"]
    assert asking(_request(key)).user == user.pk
    UserSession.objects.filter(session_key=key).update(user=None)
    assert _posts(client) == ["dispatcher"]
    standing = standing_of(key)
    assert standing is not None
    assert standing.user == user.pk


def test_a_changed_password_ends_the_session_in_the_table_too():
    client, user, key = _signed_in()
    user.set_password("another quite long password")
    user.save()
    assert client.get("/map").status_code == 302
    assert not UserSession.objects.filter(session_key=key).exists()


def test_a_former_secret_of_the_installation_still_signs_in_and_is_replaced(settings):
    client, _user, key = _signed_in()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next one" * 5
    assert _posts(client) == ["dispatcher"]
    assert client.cookies["wangge_session"].value != key
    assert not UserSession.objects.filter(session_key=key).exists()


def test_whoever_signs_in_anew_is_who_they_say_from_then_on():
    client, _user, key = _signed_in()
    request = _request(key)
    assert [duty.role for duty in asking(request).duties] == ["dispatcher"]
    other = somebody(Role.LEADER)
    request.user = other
    assert [duty.role for duty in asking(request).duties] == ["leader"]
    client.post("/logout", {"csrfmiddlewaretoken": client.cookies["wangge_csrf"].value})
    sign_in(client, other.username, PASSWORD)
    assert _posts(client) == ["leader"]


def test_a_use_puts_the_end_off_but_not_for_every_request(django_assert_num_queries):
    client, _user, key = _signed_in()
    before = UserSession.objects.get(pk=key).expire_date
    start = timezone.now()
    with time_machine.travel(start + timedelta(minutes=1), tick=False), django_assert_num_queries(1):
        assert client.get("/").status_code == 302
    assert UserSession.objects.get(pk=key).expire_date == before
    with time_machine.travel(start + timedelta(minutes=5), tick=False), django_assert_num_queries(2):
        assert client.get("/").status_code == 302
    assert UserSession.objects.get(pk=key).expire_date > before


def test_a_session_without_anybody_is_nobody(django_assert_num_queries):
    store = SessionStore()
    store["theme"] = "dark"
    store.create()
    with django_assert_num_queries(1):
        request = _request(str(store.session_key))
        assert asking(request).duties == ()
    assert HASH_SESSION_KEY not in request.session
    assert request.session["theme"] == "dark"
    assert signed_in(session_key="0" * 32, now=timezone.now()) is None


@pytest.mark.parametrize("key", ['"a\\000bcdefghijk"', "é" * 20, "a" * 500, "'; DROP TABLE grid_user; --"])
def test_a_cookie_that_is_no_key_is_nobody_s(key):
    client = browser()
    client.cookies.load({"wangge_session": "x"})
    answer = Client(headers={"cookie": f"wangge_session={key}"}).get("/api/v1/me")
    assert answer.status_code == 401
