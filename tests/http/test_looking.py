"""Who looks at a case that is kept within its organisations is written down before it is shown. Promise 41."""

import pytest
from django.db import DatabaseError

from grid.models import AuditEntry
from grid.services import audit
from tests.factories import reported, user_with
from tests.http.doors import Browser

pytestmark = pytest.mark.django_db
DISPUTE, ROAD = "09-001", "06-003"
ELSEWHERE = "centre-430903000000"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def looks(no):
    return list(AuditEntry.objects.filter(action="restricted.view", subject=no))


def test_every_look_at_a_restricted_case_leaves_one_row_and_an_ordinary_event_leaves_none():
    kept, open_to_all = reported(category=DISPUTE), reported(category=ROAD)
    user = user_with("acceptor", kept.holder)
    desk = Browser(user)
    for _ in range(2):
        assert desk.get(f"events/{kept.no}").json()["restricted"] is True
    assert desk.get(f"events/{open_to_all.no}").status_code == 200
    rows = looks(kept.no)
    assert [(row.actor_id, row.organisation_id, row.subject_kind, row.result) for row in rows] == [
        (user.pk, kept.holder_id, "event", "ok")
    ] * 2
    assert all(row.address and row.request_id for row in rows), "from where, in which request"
    assert looks(open_to_all.no) == []


def test_who_may_not_see_it_has_seen_nothing():
    kept = reported(category=DISPUTE)
    assert Browser(user_with("shift_lead", ELSEWHERE)).get(f"events/{kept.no}").status_code == 404
    assert looks(kept.no) == []


def test_what_can_not_be_written_down_is_not_shown(monkeypatch):
    kept = reported(category=DISPUTE)
    desk = Browser(user_with("acceptor", kept.holder), raises=False)

    def broken(**_):
        raise DatabaseError("the trail can't be written")

    monkeypatch.setattr(audit, "record", broken)
    answer = desk.get(f"events/{kept.no}")
    assert answer.status_code >= 500
    assert kept.no not in answer.text
