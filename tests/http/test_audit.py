"""The trail over HTTP: for auditors, of their ground, and reading it leaves a row. Promise 41."""

import pytest
from django.db import transaction

from grid.models import AuditEntry, Organisation, Post, Role
from grid.policy import Access
from grid.services import audit
from tests.http.pages import browser, build, sign_in, somebody

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
        "id", "at", "actor", "organisation", "action", "subject_kind", "subject", "result", "address", "detail",
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
     {"subject": "\x00"}],
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
