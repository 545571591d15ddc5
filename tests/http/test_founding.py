"""Nobody can sign in to an installation before somebody was given an account: there is no default one. Promise 28."""

import pytest
from django.core.management import CommandError, call_command

from grid.models import Post, SecondFactor, User
from tests.http.pages import browser, build, sign_in

GUESSES = ("admin", "root", "wangge", "administrator", "demo", "test", "sysadmin", "city.sys", "guest")


@pytest.fixture(autouse=True)
def _no_demo(tmp_path, settings):
    settings.CLIENT_MANIFEST, settings.DEMO = build(tmp_path), False


def test_after_all_migrations_and_the_citys_data_there_is_no_account_at_all(committed):
    assert not User.objects.exists()
    assert not Post.objects.exists()
    assert not SecondFactor.objects.exists()


@pytest.mark.django_db
def test_no_name_with_the_passwords_that_everybody_tries_opens_anything():
    for number, name in enumerate(GUESSES):
        for password in ("", name, "admin123", "password", "wangge2026"):
            answer = sign_in(browser(REMOTE_ADDR=f"192.0.2.{number + 1}"), name, password)
            assert answer.status_code in {401, 422, 429}


@pytest.mark.django_db
@pytest.mark.parametrize("command", [("seed_demo",), ("seed_demo", "--people-only")])
def test_the_demos_accounts_are_made_in_a_demo_alone(command):
    with pytest.raises(CommandError, match="this is not a demo"):
        call_command(*command)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_first_three_have_passwords_that_nobody_else_has_and_that_must_be_changed(capsys):
    call_command("first_administrators", "wang.sys", "li.sec", "zhao.audit")
    told = [line.split()[-1] for line in capsys.readouterr().out.splitlines() if line.strip()]
    users = list(User.objects.order_by("pk"))
    assert [user.username for user in users] == ["wang.sys", "li.sec", "zhao.audit"]
    assert all(user.handed_until is not None for user in users)
    assert not any(user.is_superuser or user.is_staff for user in users if hasattr(user, "is_superuser"))
    passwords = [word for word in told if any(user.check_password(word) for user in users)]
    assert len(set(passwords)) == len(users)
