"""An account that is disabled on the page loses session, live line and pictures within five seconds. Promise 27.

The line is a real socket of the real web process. That the media gateway was told is heard where it listens; that it
then cuts the picture at once is tests/video/test_live.py's, and of a whole product tests/walks/test_watching.py's.
"""

import json
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.utils import timezone

from gis_layers.models import Channel, PlaybackSession
from gis_layers.services.playback import CHANNEL
from grid.models import Organisation, Role, UserSession
from tests.factories import user_with
from tests.http.doors import Browser
from tests.sockets.conftest import Person
from tests.sockets.test_line import _closed
from webapp.readiness import conninfo
from webapp.sessions import binding

pytestmark = pytest.mark.slow
CITY = "centre-430900000000"
SECONDS = 5


@pytest.fixture
def told(lines_database: str) -> Iterator[psycopg.Connection]:
    """Where the media gateway listens."""
    with psycopg.connect(psycopg.conninfo.make_conninfo(conninfo(), dbname=lines_database), autocommit=True) as line:
        line.execute(f"LISTEN {CHANNEL}")
        yield line


def _playing(person: Person) -> PlaybackSession:
    organisation = Organisation.objects.get(code=CITY)
    return PlaybackSession.objects.create(
        user=person.user, organisation=organisation, channel=Channel.objects.order_by("pk")[0], purpose="例行巡视检查",
        binding=binding(person.session), state="playing", decided_at=timezone.now(), opened_at=timezone.now(),
    )  # fmt: skip


def test_session_line_and_picture_end_with_the_account(server, person, counties, told):
    city = Organisation.objects.get(code=CITY)
    watcher = person((Role.DISPATCHER, counties[0]), organisation=city)
    watcher.user.home = city
    watcher.user.save()
    system = Browser(user_with("sysadmin", CITY))
    view = _playing(watcher)
    path = f"administration/accounts/{watcher.user.username}"
    version = system.get(path).json()["version"]
    with server.open(watcher) as line:
        assert json.loads(line.recv(timeout=5))["type"] == "welcome"
        began = time.monotonic()
        answer = system.post(f"{path}/active", {"version": version, "active": False})
        assert answer.status_code == 200, answer.content
        assert not UserSession.objects.filter(user=watcher.user).exists()
        heard = [json.loads(notice.payload) for notice in told.notifies(timeout=SECONDS, stop_after=1)]
        assert binding(watcher.session) in {one["binding"] for one in heard}
        view.refresh_from_db()
        assert (view.state, view.end_reason) == ("revoked", "session")
        assert _closed(line, within=SECONDS - (time.monotonic() - began)) == 4401
