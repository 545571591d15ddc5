"""The trail over HTTP: for auditors, of their ground, and reading it leaves a row. Promise 41."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone, translation

from grid.models import AuditEntry, Organisation, Post, Role
from grid.policy import Access
from grid.services import audit
from tests.http.pages import browser, build, sign_in, somebody
from webapp.api import trail_words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _client_build(tmp_path, settings):
    settings.CLIENT_MANIFEST = build(tmp_path)


def _reader(*roles: str):
    reader = browser()
    user = somebody(*roles)
    sign_in(reader, user.username)
    return reader, user


def _note(subject: str, *, kind: str = "event", organisation: int | None = None, user: int | None = None) -> None:
    audit.record(
        access=Access(user=user, name="", duties=(), address="192.0.2.5"), action="test.note", kind=kind,
        subject=subject, organisation=organisation,
    )  # fmt: skip


@pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDITOR])
def test_nobody_but_auditors_reads_it(role):
    reader, _ = _reader(role)
    answer = reader.get("/api/v1/audit")
    assert (answer.status_code, answer.json()["code"]) == (403, "auditors-only")
    assert answer["Content-Type"] == "application/problem+json"


def test_without_a_session_there_is_nothing():
    assert browser().get("/api/v1/audit").status_code == 401


def test_newest_first_filtered_and_paged():
    reader, auditor = _reader(Role.AUDITOR)
    for number in range(120):
        _note(f"EV{number}")
    _note("clip", kind="playback", user=auditor.pk)
    seen, cursor = [], ""
    while True:
        page = reader.get("/api/v1/audit", {"kind": "event", "cursor": cursor}).json()
        seen += [row["subject"] for row in page["rows"]]
        assert len(page["rows"]) <= 50
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"EV{number}" for number in reversed(range(120))]
    (row,) = reader.get("/api/v1/audit", {"kind": "playback"}).json()["rows"]
    assert set(row) == {
        "id", "at", "actor", "organisation", "action", "action_label", "subject_kind", "subject_label", "subject",
        "result", "result_label", "address", "detail",
    }  # fmt: skip
    assert (row["subject"], row["actor"], row["address"]) == ("clip", auditor.name, "192.0.2.5")
    assert [r["subject"] for r in reader.get("/api/v1/audit", {"subject": "EV7"}).json()["rows"]] == ["EV7"]
    named = reader.get("/api/v1/audit", {"actor": auditor.username}).json()["rows"]
    assert {r["actor"] for r in named} == {auditor.name}


def test_reading_is_recorded_with_what_was_asked():
    reader, auditor = _reader(Role.AUDITOR)
    reader.get("/api/v1/audit", {"subject": "EV7"})
    entry = AuditEntry.objects.get(action="audit.read")
    assert (entry.actor, entry.detail) == (auditor, {"subject": "EV7"})
    (row,) = reader.get("/api/v1/audit", {"kind": "audit"}).json()["rows"]
    assert row["detail"] == {"subject": "EV7"}


@pytest.mark.parametrize(
    "query",
    [{"cursor": "-1"}, {"cursor": "1 OR 1=1"}, {"cursor": "9" * 19}, {"kind": "x" * 33}, {"kind": "a\x00b"},
     {"subject": "\x00"}, {"action": "x" * 49}, {"since": "yesterday"}, {"until": "9999-12-31"}],
)  # fmt: skip
def test_what_it_does_not_know_is_refused(query):
    reader, _ = _reader(Role.AUDITOR)
    answer = reader.get("/api/v1/audit", query)
    refused = 400 if "\x00" in "".join(query.values()) else 422
    assert (answer.status_code, answer["Content-Type"]) == (refused, "application/problem+json")
    assert not AuditEntry.objects.filter(action="audit.read").exists()


def test_filters_are_values_not_sql():
    reader, _ = _reader(Role.AUDITOR)
    _note("EV1")
    for text in ("' OR '1'='1", "%", "EV_", "EV1'--", "\\"):
        assert reader.get("/api/v1/audit", {"subject": text}).json()["rows"] == [], text


def test_a_county_auditor_reads_the_county():
    reader, auditor = _reader(Role.AUDITOR)
    counties = list(Organisation.objects.filter(kind="centre", level="county").order_by("code")[:2])
    Post.objects.filter(user=auditor).update(organisation=counties[0])
    other = somebody()
    Post.objects.create(user=other, role=Role.DISPATCHER, organisation=counties[1])
    _note("mine", organisation=counties[0].pk)
    _note("theirs", organisation=counties[1].pk)
    _note("theirs too", user=other.pk)
    _note("nobody's")
    subjects = {row["subject"] for row in reader.get("/api/v1/audit").json()["rows"]}
    assert "mine" in subjects
    assert subjects.isdisjoint({"theirs", "theirs too", "nobody's"})


def test_the_rows_of_a_taken_back_deed_are_not_there():
    with transaction.atomic():
        _note("never")
        transaction.set_rollback(True)
    assert not AuditEntry.objects.filter(subject="never").exists()


HOUSE = Path(__file__).resolve().parents[2]


def _written(pattern: str) -> set[str]:
    """What the source of the house writes by this pattern."""
    files = [path for floor in ("grid", "gis_layers", "events", "webapp") for path in (HOUSE / floor).rglob("*.py")]
    kept = (path for path in files if "node_modules" not in path.parts)
    return {code for path in kept for code in re.findall(pattern, path.read_text(encoding="utf-8"))}


def test_every_code_that_is_recorded_has_words_in_chinese():
    actions = _written(r'action="([a-z][\w.-]+)"') - {"store_true"} | _written(r'"(playback\.[a-z]+)"')
    assert {"session.sign-in", "playback.open", "photo.keep", "playback.revoke"} <= actions
    assert actions - set(trail_words.ACTIONS) == set()
    assert _written(r'audit\.record\((?:[^()]|\([^()]*\))*?kind="(\w+)"') - set(trail_words.KINDS) == set()
    with translation.override("zh-hans"):
        words = [label for _, label in trail_words.actions()]
        words += [str(label) for label in (*trail_words.KINDS.values(), *trail_words.RESULTS.values())]
    assert [word for word in words if not re.search("[\u4e00-\u9fff]", word)] == []


def test_codes_come_with_words_and_machines_with_names():
    reader, _ = _reader(Role.AUDITOR)
    nobody = Access(user=None, name="", duties=())
    audit.record(access=nobody, action="event.pass_check", kind="event", subject="EV1", detail={"machine": "hotline"})
    audit.record(access=nobody, action="load_ground", kind="ground", subject="4309")
    audit.record(access=nobody, action="session.sign-in", kind="account", subject="x", result="locked")
    answer = reader.get("/api/v1/audit", headers={"Accept-Language": "zh-hans"}).json()
    told = {row["action"]: row for row in answer["rows"]}
    assert told["event.pass_check"]["action_label"] == "事件：核查通过"
    assert told["event.pass_check"]["actor"] == "12345热线"
    assert (told["load_ground"]["actor"], told["load_ground"]["result_label"]) == ("系统", "成功")
    refused = next(row for row in answer["rows"] if row["result"] == "locked")
    assert (refused["actor"], refused["result_label"]) == ("未登录", "已锁定")
    assert {"value": "session.sign-in", "label": "登录"} in answer["actions"]


def test_by_action_and_by_days():
    reader, _ = _reader(Role.AUDITOR)
    _note("today")
    today = timezone.localdate()
    asked = {"action": "test.note", "since": today.isoformat(), "until": today.isoformat()}
    assert [row["subject"] for row in reader.get("/api/v1/audit", asked).json()["rows"]] == ["today"]
    entry = AuditEntry.objects.filter(action="audit.read").latest("pk")
    assert entry.detail == asked
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
    for outside in ({"since": tomorrow.isoformat()}, {"until": yesterday.isoformat()}, {"action": "test.other"}):
        assert reader.get("/api/v1/audit", {**asked, **outside}).json()["rows"] == [], outside
