"""From a right password to a session: a handed password is changed, a factor set up, a code shown. Promises 24-28."""

import base64
import re
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from grid import fields, totp
from grid.models import AuditEntry, Post, Role, SecondFactor, User, UserSession
from grid.policy import WITH_SECOND_FACTOR
from grid.services import factors
from tests.factories import CITY, user_with
from tests.http.doors import Browser
from tests.http.pages import PASSWORD, browser, build, sign_in, somebody

pytestmark = pytest.mark.django_db
STEP = "/login/step"
NEW = "ein ganz anderes langes Wort"
SECRET = b"12345678901234567890"


@pytest.fixture(autouse=True)
def _no_demo(tmp_path, settings):
    settings.CLIENT_MANIFEST = build(tmp_path)
    settings.DEMO = False


def _send(client: Client, path: str = STEP, **fields_: str):
    token = client.cookies["wangge_csrf"].value
    return client.post(path, {"csrfmiddlewaretoken": token, **fields_})


def _code(secret: bytes = SECRET, *, steps: int = 0) -> str:
    return totp.code_at(secret, int(timezone.now().timestamp() // 30) + steps)


def _factor(user: User) -> SecondFactor:
    return SecondFactor.objects.create(user=user, secret=fields.seal(SECRET.hex()), confirmed_at=timezone.now())


_KEY = re.compile(r'id="key">([A-Z2-7 ]+)<')


def _secret(shown: str) -> bytes:
    return base64.b32decode(shown.replace(" ", ""))


def _shown(client: Client, path: str = STEP) -> bytes:
    return _secret(_KEY.search(client.get(path).content.decode())[1])


def _handed(user: User, *, days: float = 3) -> User:
    user.handed_until = timezone.now() + timedelta(days=days)
    user.save()
    return user


@pytest.mark.parametrize("role", list(Role))
def test_dispatching_watching_and_administering_take_a_second_factor(role):
    client = browser()
    answer = sign_in(client, somebody(role).username)
    assert (answer["Location"] == STEP) == (role in WITH_SECOND_FACTOR)
    assert client.get("/account").status_code == (302 if role in WITH_SECOND_FACTOR else 200)


def test_the_demo_takes_none_and_says_so(settings):
    words = "不使用动态口令"
    assert words not in browser().get("/login").content.decode()
    settings.DEMO = True
    assert words in browser().get("/login").content.decode()
    assert sign_in(browser(), somebody(Role.DISPATCHER).username)["Location"] == "/"


def test_setting_it_up_at_sign_in():
    client, user = browser(), somebody(Role.DISPATCHER)
    sign_in(client, user.username, next="/work?view=todo")
    page = client.get(STEP).content.decode()
    key = _KEY.search(page)
    assert key is not None
    assert client.get(STEP).content.decode().count(key[1]) == 1  # the same one until it was shown to work
    secret = _secret(key[1])
    assert not SecondFactor.objects.filter(user=user).exists()
    assert _send(client, code="000000").status_code == 422
    assert client.get("/account").status_code == 302
    answer = _send(client, code=_code(secret))
    assert (answer.status_code, answer["Location"]) == (302, "/work?view=todo")
    assert client.get("/account").status_code == 200
    assert AuditEntry.objects.filter(actor=user, action="account.factor").count() == 1
    assert secret.hex().encode() not in bytes(SecondFactor.objects.get(user=user).secret)
    assert key[1] not in client.get("/account").content.decode()


def test_a_secret_is_shown_to_one_sign_in_alone():
    """Whoever knew the password before its owner has nothing of the factor that its owner sets up."""
    user = somebody(Role.DISPATCHER)
    first, second = browser(), browser()
    sign_in(first, user.username)
    sign_in(second, user.username)
    looked, owned = _shown(first), _shown(second)
    assert looked != owned
    sign_in(first, user.username)
    assert _shown(first) not in (looked, owned)
    assert _send(second, code=_code(looked)).status_code == 422
    assert _send(second, code=_code(owned))["Location"] == "/"
    assert _send(first, code=_code(looked)).status_code == 401  # no setting up any more: a code of the owner's


def test_a_form_sent_twice_sets_up_one_factor(monkeypatch):
    user = somebody(Role.DISPATCHER)
    client = browser()
    sign_in(client, user.username)
    secret = _shown(client)
    confirm = factors.confirm

    def beaten(**asked):
        assert confirm(**asked)  # by the other of the two
        return confirm(**asked)

    monkeypatch.setattr(factors, "confirm", beaten)
    assert _send(client, code=_code(secret))["Location"] == STEP
    assert 'name="code"' in client.get(STEP).content.decode()


def test_guesses_at_once_are_counted_one_after_another(monkeypatch):
    """The failures are counted under the account's lock: what waited for it sees what came before."""
    user = somebody(Role.DISPATCHER)
    _factor(user)
    clients = [browser(), browser()]
    for client in clients:
        sign_in(client, user.username)
    wait = factors.take_turns

    def overtaken(asked: User) -> None:
        wait(asked)
        monkeypatch.setattr(factors, "take_turns", wait)
        for _number in range(5):
            _send(clients[1], code="000000")

    monkeypatch.setattr(factors, "take_turns", overtaken)
    assert _send(clients[0], code=_code()).status_code == 429


def test_a_code_opens_once_and_then_no_more():
    user = somebody(Role.DISPATCHER)
    _factor(user)
    first, second = browser(), browser()
    sign_in(first, user.username)
    sign_in(second, user.username)
    code = _code()
    assert _send(first, code=code)["Location"] == "/"
    assert _send(second, code=code).status_code == 401
    assert second.get("/account").status_code == 302
    assert _send(second, code=_code(steps=1))["Location"] == "/"


def test_guessing_codes_locks_like_guessing_passwords():
    user = somebody(Role.DISPATCHER)
    _factor(user)
    client = browser()
    sign_in(client, user.username)
    seen = [_send(client, code=f"00000{number}").status_code for number in range(5)]
    assert seen == [401] * 4 + [429]
    assert client.get(STEP)["Location"] == "/login"
    assert sign_in(browser(REMOTE_ADDR="192.0.2.77"), user.username).status_code == 429
    assert AuditEntry.objects.filter(action="session.code", result="locked").exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=True):
        again = browser()
        sign_in(again, user.username)
        assert _send(again, code=_code())["Location"] == "/"


def test_a_right_password_alone_is_no_session_and_does_not_last():
    user = somebody(Role.DISPATCHER)
    _factor(user)
    client = browser()
    sign_in(client, user.username)
    assert not UserSession.objects.filter(user=user).exists()
    assert client.get("/api/v1/me").status_code == 401
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=True):
        assert _send(client, code=_code())["Location"] == "/login"
    user.set_password(NEW)
    user.save()
    assert _send(client, code=_code())["Location"] == "/login"


def test_nobody_gets_far_without_a_password():
    client = browser()
    client.get("/login")
    assert client.get(STEP)["Location"] == "/login"
    assert _send(client, code="000000")["Location"] == "/login"


def test_the_key_of_the_browser_changes_on_the_way():
    user = somebody(Role.DISPATCHER)
    _factor(user)
    client = browser()
    sign_in(client, user.username)
    before = client.cookies["wangge_session"].value
    _send(client, code=_code())
    after = client.cookies["wangge_session"].value
    assert before != after
    assert not UserSession.objects.filter(session_key=before).exists()


# A password that was handed over


def test_a_handed_password_opens_its_own_change_alone():
    user = _handed(somebody(Role.DEPT_CLERK))
    client = browser()
    assert sign_in(client, user.username)["Location"] == STEP
    assert client.get("/api/v1/me").status_code == 401
    for new, again, fault in [
        ("short", "short", "new"), ("password1234", "password1234", "new"), (PASSWORD, PASSWORD, "new"),
        (NEW, NEW + "!", "again"), (user.username + "12", user.username + "12", "new"), ("x" * 257, "x" * 257, "new"),
    ]:  # fmt: skip
        answer = _send(client, new=new, again=again)
        assert answer.status_code == 422, new
        assert f'id="{fault}-error"' in answer.content.decode(), new
    assert _send(client, new=NEW, again=NEW)["Location"] == "/"
    assert client.get("/api/v1/me").status_code == 200
    user.refresh_from_db()
    assert (user.check_password(NEW), user.handed_until) == (True, None)
    assert sign_in(browser(), user.username, NEW)["Location"] == "/"
    assert sign_in(browser(REMOTE_ADDR="192.0.2.5"), user.username).status_code == 401


def test_a_handed_password_lasts_three_days():
    answer = sign_in(browser(), _handed(somebody(Role.DEPT_CLERK), days=-0.01).username)
    assert answer.status_code == 401
    assert "初始密码已过期" in answer.content.decode()
    told = AuditEntry.objects.get(action="session.sign-in")
    assert (told.result, told.detail) == ("failed", {"reason": "first password expired"})


def test_the_code_comes_before_the_new_password_and_the_factor_after_it():
    enrolled, fresh = _handed(somebody(Role.DISPATCHER)), _handed(somebody(Role.DISPATCHER))
    _factor(enrolled)
    client = browser()
    sign_in(client, enrolled.username)
    assert 'name="code"' in client.get(STEP).content.decode()
    assert _send(client, new=NEW, again=NEW).status_code == 401  # no way round the code
    assert _send(client, code=_code())["Location"] == STEP
    assert _send(client, new=NEW, again=NEW)["Location"] == "/"
    client = browser()
    sign_in(client, fresh.username)
    assert 'name="new"' in client.get(STEP).content.decode()
    assert _send(client, new=NEW, again=NEW)["Location"] == STEP
    assert 'id="key"' in client.get(STEP).content.decode()


# One's own


def test_one_s_own_password_is_changed_with_the_present_one_and_ends_the_other_sessions():
    user = somebody(Role.DEPT_CLERK)
    here, there = browser(), browser()
    sign_in(here, user.username)
    sign_in(there, user.username)
    assert here.get("/account/password").status_code == 200
    wrong = _send(here, "/account/password", current="wrong", new=NEW, again=NEW)
    assert (wrong.status_code, b'id="current-error"' in wrong.content) == (422, True)
    assert _send(here, "/account/password", current=PASSWORD, new=NEW, again=NEW)["Location"] == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert UserSession.objects.filter(user=user).count() == 1


def test_guessing_the_present_password_locks_too():
    user = somebody(Role.DEPT_CLERK)
    client = browser()
    sign_in(client, user.username)
    for _ in range(5):
        _send(client, "/account/password", current="wrong", new=NEW, again=NEW)
    assert _send(client, "/account/password", current=PASSWORD, new=NEW, again=NEW).status_code != 302
    told = AuditEntry.objects.filter(action="account.password", actor=user, subject=user.username).order_by("pk")
    assert [one.result for one in told] == ["failed"] * 5 + ["locked"]
    assert not User.objects.get(pk=user.pk).check_password(NEW)


def _attempts() -> str:
    return "".join(f"{row.get_data}{row.post_data}" for row in AccessAttempt.objects.all())


def test_what_was_typed_wrong_is_kept_nowhere():
    user = somebody(Role.DISPATCHER)
    _factor(user)
    client = browser()
    sign_in(client, user.username)
    _send(client, code="135790")
    rows = _attempts()
    _send(client, code=_code())
    _send(client, "/account/password", current="almost what it is", new=NEW, again=NEW)
    rows += _attempts()
    assert "code=" in rows
    assert "current=" in rows
    assert not [word for word in (NEW, "135790", "almost") if word in rows]


def test_a_factor_of_one_s_own_choice_is_asked_for_then(settings):
    settings.DEMO = True
    user = somebody(Role.DEPT_CLERK)
    client = browser()
    sign_in(client, user.username)
    secret = _shown(client, "/account/factor")
    assert _send(client, "/account/factor", code="000000").status_code == 422
    assert _send(client, "/account/factor", code=_code(secret))["Location"] == "/account"
    assert client.get("/account/factor")["Location"] == "/account"
    assert sign_in(browser(), user.username)["Location"] == STEP


# Administration


def test_a_lost_phone_is_the_security_administrator_s_and_a_role_that_needs_a_factor_asks_for_it_at_once():
    security = Browser(user_with("secadmin", f"centre-{CITY}"))
    user = somebody(Role.DISPATCHER)
    _factor(user)
    there = Browser(user)
    assert security.post(f"administration/accounts/{user.username}/factor", {}).status_code == 200
    assert there.get("me").status_code == 401
    assert security.post(f"administration/accounts/{user.username}/factor", {}).status_code == 409
    clerk = somebody(Role.DEPT_CLERK)
    there = Browser(clerk)
    grant = {"role": "supervisor", "organisation": f"centre-{CITY}"}
    told = security.post(f"administration/accounts/{clerk.username}/posts/preview", grant).json()
    assert [one["weight"] for one in told] == ["note", "warning"]
    security.post(f"administration/accounts/{clerk.username}/posts", grant)
    assert there.get("me").status_code == 401
    assert sign_in(browser(), clerk.username)["Location"] == STEP
    assert Post.objects.filter(user=clerk).count() == 2
