"""What takes two administrators, what takes the city's, and that the city keeps one who gives posts. Promise 27."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grid.models import AuditEntry, Post, Role, User
from grid.refusals import Conflict
from grid.services import accounts, founding, posts
from tests.factories import CITY, access_for, organisation, user_with
from tests.http.administration import CENTRE, account
from tests.http.doors import Browser, problem

pytestmark = pytest.mark.django_db
CITY_CENTRE, COUNTY, OTHER = f"centre-{CITY}", "centre-430902000000", "centre-430903000000"
A = "administration/accounts"
GRANT = {"role": "acceptor", "organisation": CENTRE}


def _as(role: str, of: str = CITY_CENTRE) -> Browser:
    return Browser(user_with(role, of))


def test_whoever_has_rights_gets_a_new_password_from_two_administrators_once():
    system, security, user = _as("sysadmin"), _as("secadmin"), account("zhang.san", posts=("acceptor",))
    before = user.password
    problem(system.post(f"{A}/zhang.san/password", {}), 409, "not-released")
    assert User.objects.get(pk=user.pk).password == before
    assert system.post(f"{A}/zhang.san/release", {}).status_code == 403
    assert security.post(f"{A}/zhang.san/release", {}).json()["row"]["released"]
    assert AuditEntry.objects.get(action="account.release").actor_id == security.user.pk
    assert system.post(f"{A}/zhang.san/password", {}).json()["account"]["row"]["released"] is False
    problem(system.post(f"{A}/zhang.san/password", {}), 409, "not-released")


def test_a_release_lasts_a_day_and_without_posts_none_is_needed():
    user, now = account("zhang.san", posts=("leader",)), timezone.now()
    security, system = access_for(user_with("secadmin", CITY_CENTRE)), access_for(user_with("sysadmin", CITY_CENTRE))
    accounts.release(access=security, username=user.username, now=now)
    with pytest.raises(Conflict):
        accounts.hand_password(access=system, username=user.username, now=now + timedelta(hours=25))
    Post.objects.filter(user=user).update(until=now)
    accounts.hand_password(access=system, username=user.username, now=now + timedelta(hours=25))


def test_no_post_for_an_account_whose_password_somebody_else_knows():
    security, user = _as("secadmin"), account("zhang.san", posts=())
    User.objects.filter(pk=user.pk).update(handed_until=timezone.now() - timedelta(days=1))
    problem(security.post(f"{A}/zhang.san/posts/preview", GRANT), 409, "first-password")
    problem(security.post(f"{A}/zhang.san/posts", GRANT), 409, "first-password")
    names = [row["username"] for row in _as("sysadmin").get(A, state="first_password").json()["rows"]]
    assert names == ["zhang.san"]  # also one that was handed out too long ago


def test_a_county_s_administrators_read_who_has_left_and_change_nothing():
    county, user = _as("sysadmin", COUNTY), account("zhang.san", posts=("acceptor",))
    version = county.get(f"{A}/zhang.san").json()["version"]
    away = {"version": version, "active": False}
    Post.objects.create(user=user, role=Role.ACCEPTOR, organisation=organisation(OTHER), since=timezone.now())
    problem(county.post(f"{A}/zhang.san/active", away), 403, "kept-elsewhere")  # a post elsewhere
    Post.objects.filter(organisation=organisation(OTHER)).delete()
    Post.objects.filter(user=user).update(until=timezone.now())
    User.objects.filter(pk=user.pk).update(home=organisation(OTHER))
    card = county.get(f"{A}/zhang.san").json()
    away["version"] = card["version"]
    problem(county.post(f"{A}/zhang.san/active", away), 403, "kept-elsewhere")  # a home elsewhere
    problem(county.post(f"{A}/zhang.san/password", {}), 403, "kept-elsewhere")
    assert _as("sysadmin").post(f"{A}/zhang.san/active", away).status_code == 200


def test_a_post_taken_back_before_it_began_stands_in_nobody_s_way():
    security, user, now = access_for(user_with("secadmin", CITY_CENTRE)), account("zhang.san", posts=()), timezone.now()
    later = now + timedelta(days=5)
    Post.objects.create(user=user, role=Role.SYSADMIN, organisation=organisation(CITY_CENTRE), since=later, until=later)
    grant = posts.Grant(role=Role.AUDITOR, organisation=CITY_CENTRE)
    assert posts.give(access=security, username=user.username, grant=grant, now=now).pk


def test_the_last_security_administrator_s_post_does_not_end():
    one, other = user_with("secadmin", CITY_CENTRE), user_with("secadmin", CITY_CENTRE)
    late = access_for(one)  # who still believes to hold the post that ends meanwhile
    posts.end(access=access_for(other), post=one.posts.get().pk, now=timezone.now())
    with pytest.raises(Conflict) as refused:
        posts.end(access=late, post=other.posts.get().pk, now=timezone.now())
    assert refused.value.code == "last-of-its-kind"
    other.posts.update(until=timezone.now())
    user_with("secadmin", COUNTY)  # a county's is none of the city's
    founding.found(system="sys.root", security="sec.root", auditor="aud.root")


def test_who_disables_ends_the_sessions_in_their_own_name():
    system, user = _as("sysadmin"), account("zhang.san")
    Browser(user)
    version = system.get(f"{A}/zhang.san").json()["version"]
    system.post(f"{A}/zhang.san/active", {"version": version, "active": False})
    ended = AuditEntry.objects.get(action="session.end-disabled")
    assert ended.actor_id == system.user.pk


def test_a_name_taken_meanwhile_is_told_as_one_taken_before(monkeypatch):
    system = _as("sysadmin")
    account("zhang.san")
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda _asked: False)
    answer = system.post(A, {"username": "zhang.san", "name": "张三", "home": CENTRE})
    problem(answer, 409, "username-taken")
