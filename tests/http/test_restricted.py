"""Every other way to read of a restricted case is written down like its card."""

import pytest

from events.models import Evidence
from grid.models import AuditEntry, User
from tests.factories import reported, user_with
from tests.http.doors import Browser

pytestmark = pytest.mark.django_db


def _looks(no):
    return AuditEntry.objects.filter(action="restricted.view", subject=no).count()


def test_a_refused_step_a_photo_and_the_counting_are_looks(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    kept, road = reported(category="09-001"), reported(category="06-003")
    desk = Browser(user_with("acceptor", kept.holder))
    for number, event in enumerate((road, kept)):
        stale = {"step": "accept", "version": event.version + 1}
        answer = desk.post(f"events/{event.no}/steps", stale)
        assert (answer.status_code, answer.json()["event"]["no"]) == (409, event.no)
        assert _looks(event.no) == number
        assert desk.get(f"events/{event.no}/counting").status_code == 200
        assert _looks(event.no) == 2 * number
        shown = Evidence.objects.filter(event=event).select_related("photo").first()
        other = User.objects.exclude(pk=desk.user.pk).first()
        type(shown.photo).objects.filter(pk=shown.photo.pk).update(uploader=other, sha256=f"{number}" * 64)
        assert desk.get(f"photos/{str(number) * 64}").status_code == 200
        assert _looks(event.no) == 3 * number
