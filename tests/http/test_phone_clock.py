"""A phone's clock may be days off: what it sends is taken, what it said is told, ours is the truth. Promise 19."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from events.models import Event, Timer
from tests.factories import SANYI_GRID, user_with
from tests.http.doors import Browser, middle

pytestmark = pytest.mark.django_db
CENTRE = "centre-430902005000"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def sent(officer, said):
    lng, lat = middle()
    return officer.post("events", {
        "client_id": str(uuid4()), "category": "06-001", "point": {"lng": lng, "lat": lat, "crs": "wgs84"},
        "description": "人行道井盖破损", "photos": [officer.photo()], "device_at": said.isoformat(),
    })  # fmt: skip


@pytest.mark.parametrize("off", [timedelta(days=-2), timedelta(days=2), timedelta(days=-400)])
def test_a_report_from_a_wrong_clock_is_taken_at_our_time_and_its_own_is_told(off):
    officer, desk = Browser(user_with("grid_officer", CENTRE, grid=SANYI_GRID)), Browser(user_with("acceptor", CENTRE))
    before = timezone.now()
    said = before + off
    answer = sent(officer, said)
    assert answer.status_code == 201
    no = answer.json()["no"]
    event = Event.objects.get(no=no)
    assert before <= event.reported_at <= timezone.now()
    (timer,) = Timer.objects.filter(event=event, stage="accept")
    assert timer.started_at == event.reported_at, "clocks run by ours"
    (entry,) = desk.get(f"events/{no}").json()["journal"]
    assert datetime.fromisoformat(entry["device_at"]) == said.replace(microsecond=said.microsecond // 1000 * 1000)
    assert datetime.fromisoformat(entry["at"]).timestamp() == pytest.approx(event.reported_at.timestamp(), abs=0.01)


def test_a_step_from_a_wrong_clock_moves_no_deadline():
    officer, desk = Browser(user_with("grid_officer", CENTRE, grid=SANYI_GRID)), Browser(user_with("acceptor", CENTRE))
    no = sent(officer, timezone.now()).json()["no"]
    said = timezone.now() - timedelta(days=2)
    card = desk.post(f"events/{no}/steps", {"step": "accept", "version": 1, "device_at": said.isoformat()}).json()
    event = Event.objects.get(no=no)
    assert event.accepted_at is not None
    assert abs(event.accepted_at - timezone.now()) < timedelta(minutes=1)
    assert datetime.fromisoformat(card["journal"][-1]["device_at"]).date() == said.date()
