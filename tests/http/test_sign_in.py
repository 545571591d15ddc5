"""Signing in and out, sessions, lockout. Promises 24, 25, 27."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from grid.models import AuditEntry, Role, User, UserSession
from tests.http.pages import PASSWORD, browser, build, sign_in, somebody
from webapp.endings import session_ended
from webapp.sessions import binding

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _client_build(tmp_path, settings):
    settings.CLIENT_MANIFEST = build(tmp_path)


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.GRID_OFFICER, "/patrol"), (Role.DISPATCHER, "/map"), (Role.DEPT_CLERK, "/work"),
        (Role.AUDITOR, "/audit"), (Role.SYSADMIN, "/administration"), (Role.SECADMIN, "/administration"),
    ],
)  # fmt: skip
def test_everyone_lands_where_their_work_is(role, home):
    client = browser()
    answer = sign_in(client, somebody(role).username)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"] == home
    assert client.get(home).status_code == 200


def test_signing_in_gives_a_new_session_key_and_one_audit_row():
    client = browser()
    user = somebody(Role.DISPATCHER)
    client.cookies["wangge_session"] = "fixated0fixated0fixated0fixated0"
    sign_in(client, user.username)
    key = client.cookies["wangge_session"].value
    assert key != "fixated0fixated0fixated0fixated0"
    row = UserSession.objects.get(session_key=key)
    assert (row.user, row.address) == (user, "127.0.0.1")
    entry = AuditEntry.objects.get(actor=user)
    assert (entry.action, entry.result, entry.address) == ("session.sign-in", "ok", "127.0.0.1")
    assert key not in entry.subject
    cookie = client.cookies["wangge_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_second_sign_in_on_one_browser_never_keeps_the_key():
    client = browser()
    user = somebody(Role.DISPATCHER)
    sign_in(client, user.username)
    first = client.cookies["wangge_session"].value
    token = client.cookies["wangge_csrf"].value
    client.post("/logout", {"csrfmiddlewaretoken": token})
    assert not UserSession.objects.filter(session_key=first).exists()
    sign_in(client, user.username)
    assert client.cookies["wangge_session"].value != first


def test_only_our_own_addresses_follow_a_sign_in():
    user = somebody(Role.DISPATCHER)
    for wanted, given in [
        ("/work?view=todo", "/work?view=todo"), ("https://evil.example/", "/"), ("//evil.example", "/"),
        ("/\\evil.example", "/"), ("javascript:alert(1)", "/"), ("\thttps://evil.example", "/"), ("work", "/"),
    ]:  # fmt: skip
        assert sign_in(browser(), user.username, next=wanted)["Location"] == given, wanted


def test_failures_say_the_same_whether_the_account_exists_or_not():
    user, disabled = somebody(Role.DISPATCHER), somebody(Role.DISPATCHER, active=False)
    seen = []
    for number, (name, password) in enumerate(
        [(user.username, "wrong"), ("nobody-of-this-name", "wrong"), (disabled.username, PASSWORD)]
    ):
        client = browser(REMOTE_ADDR=f"192.0.2.{number}")
        pages = []
        for _ in range(7):
            answer = sign_in(client, name, password)
            text = answer.content.decode().replace(name, "NAME")
            pages.append((answer.status_code, _without_tokens(text)))
        seen.append(pages)
    assert seen[0] == seen[1] == seen[2]
    assert [status for status, _ in seen[0]] == [401] * 4 + [429] * 3
    assert [f"还可以试 {4 - tries} 次" in page for tries, (_, page) in enumerate(seen[0][:4])] == [True] * 4


def _without_tokens(text: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def test_a_locked_account_stays_locked_for_the_right_password_until_the_time_is_over():
    user = somebody(Role.DISPATCHER)
    for number in range(5):
        sign_in(browser(REMOTE_ADDR=f"198.51.100.{number}"), user.username, "wrong")
    answer = sign_in(browser(REMOTE_ADDR="198.51.100.99"), user.username)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert AuditEntry.objects.filter(subject=user.username, result="locked").exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=True):
        assert sign_in(browser(REMOTE_ADDR="198.51.100.99"), user.username).status_code == 302


def test_one_address_is_locked_for_all_names():
    for number in range(5):
        sign_in(browser(REMOTE_ADDR="203.0.113.9"), f"name-{number}", "wrong")
    assert sign_in(browser(REMOTE_ADDR="203.0.113.9"), somebody(Role.LEADER).username).status_code == 429
    assert sign_in(browser(REMOTE_ADDR="203.0.113.10"), somebody(Role.LEADER).username).status_code == 302


def test_a_password_typed_as_a_name_is_not_kept():
    sign_in(browser(), "my-secret-password-by-mistake", "x")
    assert not AuditEntry.objects.filter(subject__contains="secret").exists()
    assert AuditEntry.objects.get(action="session.sign-in").detail == {"reason": "no such account"}


@pytest.mark.parametrize(
    "fields",
    [{"username": "", "password": "x"}, {"username": "x", "password": ""}, {"username": "a\x00b", "password": "x"},
     {"username": "x" * 65, "password": "x"}, {"username": "x", "password": "p" * 257}],
)  # fmt: skip
def test_bad_input_is_answered_on_the_form(fields):
    answer = sign_in(browser(), fields["username"], fields["password"])
    assert answer.status_code == 422
    assert b"aria-invalid" in answer.content


def test_sessions_end_when_idle_and_after_twelve_hours_whatever_is_done():
    client = browser()
    sign_in(client, somebody(Role.DISPATCHER).username)
    start = timezone.now()
    with time_machine.travel(start + timedelta(hours=1, minutes=59), tick=True):
        assert client.get("/map").status_code == 200
    for minutes in range(200, 12 * 60, 100):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=True):
            assert client.get("/map").status_code == 200, minutes
    with time_machine.travel(start + timedelta(hours=12, seconds=1), tick=True):
        assert client.get("/map").status_code == 302
    idle = browser()
    sign_in(idle, somebody(Role.DISPATCHER).username)
    with time_machine.travel(start + timedelta(hours=2, minutes=1), tick=True):
        assert idle.get("/map").status_code == 302


def test_one_sees_and_ends_ones_own_sessions_only():
    user, other = somebody(Role.DISPATCHER), somebody(Role.DISPATCHER)
    here, there, third, stranger = browser(), browser(), browser(), browser()
    sign_in(here, user.username)
    sign_in(there, user.username, HTTP_USER_AGENT="<b>Phone</b>")
    sign_in(third, user.username)
    sign_in(stranger, other.username)
    page = here.get("/account").content.decode()
    keys = [client.cookies["wangge_session"].value for client in (here, there, third, stranger)]
    assert [binding(key)[:16] in page for key in keys] == [False, True, True, False]
    assert not any(key in page for key in keys)
    ended = []
    session_ended.connect(lambda **signal: ended.append(signal["binding"]), weak=False, dispatch_uid="test")
    token = here.cookies["wangge_csrf"].value
    for session in (binding(keys[1])[:16], binding(keys[3])[:16], "", "nonsense"):
        here.post("/account/sessions/end", {"session": session, "csrfmiddlewaretoken": token})
    session_ended.disconnect(dispatch_uid="test")
    assert ended == [binding(keys[1])]
    assert [client.get("/map").status_code for client in (here, there, third, stranger)] == [200, 302, 200, 200]
    here.post("/account/sessions/end", {"session": "others", "csrfmiddlewaretoken": token})
    assert [client.get("/map").status_code for client in (here, third, stranger)] == [200, 302, 200]
    assert AuditEntry.objects.filter(actor=user, action="session.end").count() == 2


def test_a_disabled_account_keeps_no_session():
    user = somebody(Role.DISPATCHER)
    client = browser()
    sign_in(client, user.username)
    user.is_active = False
    user.save()
    assert not UserSession.objects.filter(user=user).exists()
    assert client.get("/map").status_code == 302


def test_signing_out_is_a_post_and_recorded():
    user = somebody(Role.DISPATCHER)
    client = browser()
    sign_in(client, user.username)
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 403  # without the token
    assert client.get("/map").status_code == 200
    assert client.post("/logout", {"csrfmiddlewaretoken": client.cookies["wangge_csrf"].value}).status_code == 302
    assert client.get("/map")["Location"] == "/login?next=%2Fmap"
    assert AuditEntry.objects.filter(actor=user, action="session.sign-out").count() == 1


def test_passwords_are_long_and_not_common():
    for weak in ("short", "elevenchars", "password1234"):
        with pytest.raises(ValidationError):
            validate_password(weak)
    validate_password("x7 " + "long" * 15)
    long = User(username="x", name="x")
    long.set_password("y" * 64)
    assert long.check_password("y" * 64)
    assert not long.check_password("y" * 63)


def test_the_session_table_holds_no_readable_password_or_agent_markup():
    client = Client(HTTP_USER_AGENT="<script>alert(1)</script>" + "x" * 500)
    sign_in(client, somebody(Role.DISPATCHER).username)
    page = client.get("/account").content.decode()
    assert "<script>alert" not in page
    assert len(UserSession.objects.get().agent) <= 200
