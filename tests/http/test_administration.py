"""Three administrations: accounts and posts by pages, never one's own, never two of the three. Promises 27, 32."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from grid.models import SEPARATED, AuditEntry, Post, Role, User, UserSession
from grid.refusals import Conflict
from grid.services import founding
from tests.factories import CITY, DAMATOU, SANYI_GRID, user_with
from tests.http.administration import CENTRE, account
from tests.http.doors import Browser, problem
from webapp.live.standing import changed, standing_of

pytestmark = pytest.mark.django_db
CITY_CENTRE = f"centre-{CITY}"
A = "administration/accounts"


def _as(role: str, of: str = CITY_CENTRE) -> Browser:
    return Browser(user_with(role, of))


def _grant(role: str = "acceptor", organisation: str = CENTRE, **more):
    return {"role": role, "organisation": organisation, **more}


# Accounts


def test_an_account_is_made_without_rights_and_its_password_is_shown_once():
    system = _as("sysadmin")
    answer = system.post(A, {"username": "zhang.san", "name": "张 三", "home": CENTRE})
    assert answer.status_code == 201
    made = answer.json()
    user = User.objects.get(username="zhang.san")
    assert user.check_password(made["password"])
    assert len(made["password"].replace("-", "")) == 16
    assert timedelta(days=2) < user.handed_until - timezone.now() <= timedelta(days=3)
    assert (made["account"]["row"]["posts"], made["account"]["row"]["first_password"]) == ([], True)
    told = system.get(f"{A}/zhang.san").content.decode()
    assert made["password"] not in told
    assert "scrypt" not in told
    assert made["password"] not in str(list(AuditEntry.objects.values_list("detail", flat=True)))
    change = system.get(f"{A}/zhang.san").json()["changes"][0]
    assert (change["action"], change["actor"]) == ("account.create", system.user.name)
    assert [field["new"] for field in change["fields"]] == ["张 三", CENTRE, "是"]


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("username", {"username": "Zhang San"}), ("username", {"username": "z"}), ("username", {"username": "9lives"}),
        ("name", {"name": "  "}), ("name", {"name": "名" * 41}), ("home", {"home": "centre-nowhere"}),
    ],
)  # fmt: skip
def test_what_an_account_can_t_be_is_said_beside_its_field(field, body):
    answer = _as("sysadmin").post(A, {"username": "zhang.san", "name": "张三", "home": CENTRE, **body})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not User.objects.filter(name="张三").exists()


def test_a_name_is_taken_once():
    account("zhang.san")
    answer = _as("sysadmin").post(A, {"username": "zhang.san", "name": "张三", "home": CENTRE})
    body = problem(answer, 409, "username-taken")
    assert body["errors"][0]["field"] == "username"


def test_a_county_s_administrators_keep_the_county_s_accounts():
    county, other = _as("sysadmin", "centre-430903000000"), _as("sysadmin", "centre-430902000000")
    account("zhang.san", posts=())
    assert county.get(f"{A}/zhang.san").status_code == 404
    assert [row["username"] for row in county.get(A, q="zhang").json()["rows"]] == []
    assert [row["username"] for row in other.get(A, q="zhang").json()["rows"]] == ["zhang.san"]
    moved = {"version": other.get(f"{A}/zhang.san").json()["version"], "name": "张三", "home": "centre-430903000000"}
    assert other.post(f"{A}/zhang.san", moved).json()["errors"][0]["field"] == "home"
    assert county.post(A, {"username": "li.si", "name": "李四", "home": CENTRE}).status_code == 422


def test_a_stale_change_is_refused():
    first, second = _as("sysadmin"), _as("sysadmin")
    account("zhang.san")
    version = first.get(f"{A}/zhang.san").json()["version"]
    assert first.post(f"{A}/zhang.san", {"version": version, "name": "张三丰", "home": CENTRE}).status_code == 200
    body = problem(second.post(f"{A}/zhang.san", {"version": version, "name": "张四", "home": CENTRE}), 409, "stale")
    assert body["version"] == first.get(f"{A}/zhang.san").json()["version"]
    assert User.objects.get(username="zhang.san").name == "张三丰"
    fields = first.get(f"{A}/zhang.san").json()["changes"][0]["fields"]
    assert [(field["label"], field["old"], field["new"]) for field in fields] == [("名称", "被管理人", "张三丰")]


def test_disabling_ends_sessions_posts_and_lines():
    system, user = _as("sysadmin"), account("zhang.san", posts=("dispatcher", "acceptor"))
    there = Browser(user)
    key = there.client.cookies["wangge_session"].value
    standing = standing_of(key)
    version = system.get(f"{A}/zhang.san").json()["version"]
    card = system.post(f"{A}/zhang.san/active", {"version": version, "active": False}).json()
    assert (card["row"]["active"], card["row"]["posts"], card["sessions"]) == (False, [], 0)
    assert [post["ended"] for post in card["posts"]] == [True, True]
    assert there.get("me").status_code == 401
    assert standing is not None
    assert changed({key: standing}) == {key: None}
    back = system.post(f"{A}/zhang.san/active", {"version": card["version"], "active": True}).json()
    assert (back["row"]["active"], back["row"]["posts"]) == (True, [])
    actions = [change["action"] for change in back["changes"]]
    assert actions == ["account.enable", "account.disable", "post.end", "post.end"]


def test_a_new_password_ends_what_the_old_one_opened():
    system, user = _as("sysadmin"), account("zhang.san")
    there = Browser(user)
    assert _as("secadmin").post(f"{A}/zhang.san/release", {}).status_code == 200
    password = system.post(f"{A}/zhang.san/password", {}).json()["password"]
    assert there.get("me").status_code == 401
    assert not UserSession.objects.filter(user=user).exists()
    assert User.objects.get(pk=user.pk).check_password(password)


def test_nobody_administers_their_own_account():
    system, security = _as("sysadmin"), _as("secadmin")
    own = system.user.username
    version = system.get(f"{A}/{own}").json()["version"]
    problem(system.post(f"{A}/{own}/active", {"version": version, "active": False}), 403, "own-account")
    problem(system.post(f"{A}/{own}/password", {}), 403, "own-account")
    problem(security.post(f"{A}/{security.user.username}/posts", _grant("leader")), 403, "own-account")
    post = security.user.posts.get().pk
    problem(security.post(f"administration/posts/{post}/end", {}), 403, "own-account")
    problem(security.post(f"{A}/{security.user.username}/factor", {}), 403, "own-account")


def test_the_last_security_administrator_stays():
    system, security = _as("sysadmin"), _as("secadmin")
    version = system.get(f"{A}/{security.user.username}").json()["version"]
    body = {"version": version, "active": False}
    problem(system.post(f"{A}/{security.user.username}/active", body), 409, "last-of-its-kind")
    _as("secadmin")
    assert system.post(f"{A}/{security.user.username}/active", body).status_code == 200


# Posts


def test_a_post_counts_at_once_also_on_a_live_line():
    security, user = _as("secadmin"), account("zhang.san", posts=("dept_clerk",))
    there = Browser(user)
    key = there.client.cookies["wangge_session"].value
    standing = standing_of(key)
    assert there.get("rules").status_code == 403
    card = security.post(f"{A}/zhang.san/posts", _grant("acceptor")).json()
    assert [post["role"] for post in card["row"]["posts"]] == ["dept_clerk", "acceptor"]
    assert there.get("rules").status_code == 200
    heard = changed({key: standing})[key]
    assert heard is not None
    assert heard.audience != standing.audience
    number = next(post["id"] for post in card["posts"] if post["role"] == "acceptor")
    assert security.post(f"administration/posts/{number}/end", {}).status_code == 200
    assert there.get("rules").status_code == 403
    problem(security.post(f"administration/posts/{number}/end", {}), 409, "over-already")
    change = security.get(f"{A}/zhang.san").json()["changes"][1]
    told = {field["label"]: field["new"] for field in change["fields"]}
    assert (change["action"], told["角色"], told["单位"]) == ("post.give", "受理员", CENTRE)


def test_a_post_to_come_does_not_count_yet_and_can_be_taken_back():
    security = _as("secadmin")
    account("zhang.san", posts=())
    first, last = timezone.localdate() + timedelta(days=3), timezone.localdate() + timedelta(days=5)
    card = security.post(f"{A}/zhang.san/posts", _grant(since=first.isoformat(), until=last.isoformat())).json()
    (post,) = card["row"]["posts"]
    assert (post["begun"], post["ended"]) == (False, False)
    saved = Post.objects.get(pk=post["id"])
    assert timezone.localdate(saved.since) == first
    assert timezone.localtime(saved.until).date() == last + timedelta(days=1)
    ended = security.post(f"administration/posts/{post['id']}/end", {}).json()
    assert ended["row"]["posts"] == []
    assert Post.objects.get(pk=post["id"]).until == saved.since


@pytest.mark.parametrize("one", SEPARATED)
@pytest.mark.parametrize("other", SEPARATED)
def test_of_the_three_administrations_nobody_holds_two(one, other):
    security = _as("secadmin")
    user = account("zhang.san", posts=(one,))
    answer = security.post(f"{A}/zhang.san/posts", _grant(other, CITY_CENTRE))
    if one == other:
        assert answer.status_code == 201
        return
    assert problem(answer, 409, "administrations-apart")["errors"][0]["field"] == "role"
    with pytest.raises(IntegrityError, match="post_administrations_apart"), transaction.atomic():
        Post.objects.create(user=user, role=other, organisation=user.home, since=timezone.now())
    Post.objects.filter(user=user).update(until=timezone.now())
    assert security.post(f"{A}/zhang.san/posts", _grant(other, CITY_CENTRE)).status_code == 201


@pytest.mark.parametrize("role", [role for role in Role if role not in SEPARATED])
def test_beside_other_posts_an_administration_may_be_held(role):
    where = "dept-430902000000-chengguan_zhujian" if role in {"dept_lead", "om_engineer"} else CENTRE
    more = {"grid": SANYI_GRID} if role == "grid_officer" else {"region": "430902005002"} if role == "grid_lead" else {}
    account("zhang.san", posts=("sysadmin",))
    assert _as("secadmin").post(f"{A}/zhang.san/posts", _grant(role, where, **more)).status_code == 201


TODAY = timezone.localdate()


@pytest.mark.parametrize(
    ("field", "grant"),
    [
        ("organisation", _grant("dispatcher", "dept-430902000000-chengguan_zhujian")),
        ("organisation", _grant("dept_lead")), ("organisation", _grant(organisation="centre-430903000000")),
        ("organisation", _grant(organisation="nowhere")), ("grid", _grant("grid_officer")),
        ("grid", _grant("grid_officer", grid="430903001002001")), ("grid", _grant(grid=SANYI_GRID)),
        ("region", _grant("grid_lead")), ("region", _grant("grid_lead", region=DAMATOU)),
        ("region", _grant("leader", region="430903000000")), ("region", _grant("auditor", region="430902005002")),
        ("since", _grant(since=(TODAY - timedelta(days=1)).isoformat())),
        ("until", _grant(until=(TODAY - timedelta(days=1)).isoformat())),
        ("until", _grant(until=(TODAY + timedelta(days=5000)).isoformat())),
    ],
)  # fmt: skip
def test_what_a_post_can_t_be_is_said_beside_its_field(field, grant):
    security = _as("secadmin", "centre-430902000000")
    account("zhang.san", posts=())
    for path in ("posts", "posts/preview"):
        answer = security.post(f"{A}/zhang.san/{path}", grant)
        assert answer.status_code == 422, answer.content
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Post.objects.filter(user__username="zhang.san").exists()


def test_the_same_post_twice_is_refused_and_the_preview_says_so():
    security = _as("secadmin")
    account("zhang.san", posts=("acceptor",))
    told = security.post(f"{A}/zhang.san/posts/preview", _grant()).json()
    assert [one["weight"] for one in told] == ["obstacle", "note"]
    problem(security.post(f"{A}/zhang.san/posts", _grant()), 409, "held-already")


def test_the_preview_of_an_end_says_who_is_left_and_what_waits():
    security = _as("secadmin")
    user = user_with("grid_officer", CENTRE, grid=SANYI_GRID)
    post = user.posts.get().pk
    told = security.get(f"administration/posts/{post}/ending").json()
    assert [one["weight"] for one in told] == ["note", "warning"]
    user_with("grid_officer", CENTRE, grid=SANYI_GRID)
    told = security.get(f"administration/posts/{post}/ending").json()
    assert [one["weight"] for one in told] == ["note", "note"]
    assert "另有 1 人" in told[1]["text"]


def test_a_county_s_security_administrator_gives_the_county_s_posts_alone():
    county = _as("secadmin", "centre-430903000000")
    user = user_with("acceptor", CENTRE)
    assert county.get(f"administration/posts/{user.posts.get().pk}/ending").status_code == 404
    assert county.post(f"administration/posts/{user.posts.get().pk}/end", {}).status_code == 404
    assert user.posts.get().until is None
    assert county.get("administration/choices", q=CENTRE).json() == []
    assert county.get(f"administration/choices/{CENTRE}/ground").status_code == 404


def test_lists_take_the_same_queries_however_long(django_assert_num_queries):
    security = _as("secadmin")
    for number in range(60):
        account(f"many.{number:02d}")
    first = security.get(A, q="many.").json()
    assert (len(first["rows"]), first["total"], first["next"]) == (50, 60, "many.49")
    with django_assert_num_queries(6):  # who asks, whose ground, count, rows, posts, factors
        security.get(A, q="many.")
    assert len(security.get(A, q="many.", cursor=first["next"]).json()["rows"]) == 10
    assert security.get(A, q="many.", state="without_post").json()["total"] == 0
    assert security.get(A, q="many.", role="dispatcher").json()["total"] == 60
    with django_assert_num_queries(7):
        security.get(f"{A}/many.01")


# Beginning


def test_the_first_three_are_made_once_by_command(capsys):
    with pytest.raises(Exception, match="三"):
        call_command("first_administrators", "root.one", "root.one", "root.two")
    call_command("first_administrators", "sys.root", "sec.root", "aud.root")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines] == ["sys.root", "sec.root", "aud.root"]
    for name, password in lines:
        user = User.objects.get(username=name)
        assert user.check_password(password)
        assert user.handed_until is not None
    assert list(Post.objects.order_by("pk").values_list("role", flat=True)) == ["sysadmin", "secadmin", "auditor"]
    with pytest.raises(Conflict):
        founding.found(system="a.b.c", security="b.c.d", auditor="c.d.e")
