"""Alarm buttons, video doors, partners' systems: one webhook, each in its own words, each press once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.utils import timezone

from events.models import Alarm, Event, JournalEntry, OutboxMessage, Sender
from events.services import senders
from events.workflow import State
from gis_layers.models import Device
from grid.models import AuditEntry
from grid.policy import NOBODY
from grid.refusals import Conflict, Invalid
from tests.factories import SANYI_GRID, brought_to, user_with
from tests.factories.hotline import IN_SANYI, OTHER_SECRET, SECRET, packed
from tests.factories.sources import CONFIG, alarm, button, hand_in_alarm, loaded
from tests.http.doors import Browser
from tests.http.test_every_step import done, offered

PAYLOADS = Path(__file__).resolve().parents[1] / "payloads"
TOWN = "centre-430902005000"


@pytest.mark.django_db
def test_a_press_of_a_known_button_is_an_urgent_event_at_the_centre_of_its_region():
    loaded()
    button()
    answer = hand_in_alarm(of := alarm())
    event = Event.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {"message_id": of["message_id"], "event_no": event.no, "state": "reported", "state_label": "待受理",
         "applied": True},
    )  # fmt: skip
    assert (event.source, event.urgent, event.category.code, event.grid.code) == ("source", True, "08-004", SANYI_GRID)
    assert (event.holder.code, event.address) == (TOWN, "三益街12号")
    entry = JournalEntry.objects.get()
    assert (entry.role, entry.step, entry.text.body) == ("source", "report", "一键报警按钮被按下（三益街口报警柱）")
    assert entry.payload == {"source": "alarm", "device": "BTN-001", "kind": "sos"}
    kept = Alarm.objects.get()
    assert (kept.device.code, kept.event, kept.occurred_at.isoformat()) == (
        "BTN-001", event, "2026-03-02T01:30:00+00:00",
    )  # fmt: skip
    assert AuditEntry.objects.get(action="event.report").detail["machine"] == "source"


@pytest.mark.django_db
def test_it_can_be_verified_and_taken_on_as_any_other(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    loaded()
    button()
    hand_in_alarm(alarm())
    event = Event.objects.get()
    user_with("grid_officer", TOWN, grid=SANYI_GRID)
    acceptor = Browser(user_with("acceptor", TOWN))
    assert {"accept", "request_verify", "reject"} <= set(offered(acceptor, event))
    card = acceptor.get(f"events/{event.no}").json()
    assert (card["source"], card["source_label"]) == ("source", "告警或合作系统")
    assert card["journal"][0]["actor"] == "告警或合作系统"
    assert done(acceptor, event, "request_verify")["state"] == "verifying"
    assert not OutboxMessage.objects.exists()  # nobody waits for callbacks


@pytest.mark.django_db
def test_ten_presses_within_minutes_are_one_event_and_ten_messages():
    loaded()
    button()
    first = hand_in_alarm(alarm()).json()
    for _ in range(9):
        again = hand_in_alarm(alarm())
        assert (again.status_code, again.json()["event_no"]) == (200, first["event_no"])
    event = Event.objects.get()
    assert (event.urges, event.version, Alarm.objects.count()) == (9, 10, 10)
    assert set(JournalEntry.objects.filter(version__gt=1).values_list("step", "role")) == {("urge", "source")}


@pytest.mark.django_db
def test_another_kind_another_button_a_later_hour_or_an_ended_event_is_a_new_event():
    loaded()
    button()
    button("BTN-002")
    hand_in_alarm(alarm())
    hand_in_alarm(alarm(kind="door"))
    hand_in_alarm(alarm(device_code="BTN-002"))
    assert Event.objects.count() == 3
    Alarm.objects.filter(kind="sos", device_code="BTN-001").update(received_at=timezone.now() - timedelta(minutes=11))
    assert hand_in_alarm(alarm()).status_code == 201
    brought_to(Event.objects.latest("pk"), State.VOIDED)
    assert hand_in_alarm(alarm()).status_code == 201
    assert Event.objects.count() == 5


@pytest.mark.django_db
def test_an_unknown_device_without_a_point_waits_to_be_placed_at_the_citys_centre():
    loaded()
    button("BTN-003", grid=None)
    for code, name in (("BTN-999", "BTN-999"), ("BTN-003", "三益街口报警柱")):
        assert hand_in_alarm(alarm(device_code=code)).status_code == 201
        event = Event.objects.latest("pk")
        assert (event.point, event.grid, event.holder.code) == (None, None, "centre-430900000000")
        assert name in JournalEntry.objects.get(event=event).text.body
    acceptor = Browser(user_with("acceptor", "centre-430900000000"))
    assert "place" in offered(acceptor, event)


@pytest.mark.django_db
def test_a_point_of_its_own_goes_before_the_registers_and_a_device_is_not_needed_then():
    loaded()
    button(grid="430902005001002")
    hand_in_alarm(alarm(**IN_SANYI))
    assert Event.objects.latest("pk").grid.code == SANYI_GRID
    hand_in_alarm(alarm(device_code=None, content="井下有人呼救", **IN_SANYI))
    event = Event.objects.latest("pk")
    assert (event.grid.code, JournalEntry.objects.get(event=event).text.body) == (SANYI_GRID, "井下有人呼救")


@pytest.mark.django_db
def test_a_kind_that_nobody_configured_is_taken_and_left_to_the_acceptor():
    loaded()
    button()
    assert hand_in_alarm(alarm(kind="烟感")).status_code == 201
    event = Event.objects.get()
    assert (event.category, event.urgent, event.grid.code) == (None, False, SANYI_GRID)
    assert "烟感" in JournalEntry.objects.get().text.body


@pytest.mark.django_db
def test_the_same_message_again_gets_the_same_answer_and_another_body_none():
    loaded()
    button()
    first = hand_in_alarm(of := alarm())
    assert hand_in_alarm(of).content == first.content
    assert (Event.objects.get().version, Alarm.objects.count()) == (1, 1)
    other = hand_in_alarm({**of, "kind": "door"})
    assert (other.status_code, other.json()["code"]) == (409, "message-id-used")


def test_one_button_pressed_many_times_at_once_is_one_event(committed):
    try:
        loaded()
        button()

        def send(of):
            try:
                return hand_in_alarm(of).status_code
            finally:
                connections.close_all()

        presses = [alarm() for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(send, presses * 3))
        assert set(statuses) == {200, 201}
        assert (Event.objects.count(), Event.objects.get().urges, Alarm.objects.count()) == (1, 7, 8)
    finally:
        connections.close_all()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "field"),
    [({"kind": None}, "kind"), ({"kind": "a\nb"}, "kind"), ({"device_code": None}, "device_code"),
     ({"device_code": "x" * 65}, "device_code"), ({"occurred_at": "gestern"}, "occurred_at"),
     ({"lng": 112.3}, "lat"), ({"priority": 1}, "priority"), ({"source_code": "other"}, "source_code"),
     ({"content": "字" * 2001}, "content")],
)  # fmt: skip
def test_a_field_that_can_not_be_taken_is_named_and_nothing_is_written(fields, field):
    loaded()
    answer = hand_in_alarm(alarm(**fields))
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert (Event.objects.count(), Alarm.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_who_is_not_believed(client):
    loaded()
    for of, code, secret in ((alarm(), "alarm", SECRET), (alarm(), "nobody", OTHER_SECRET)):
        answer = hand_in_alarm(of, code=code, secret=secret)
        assert (answer.status_code, answer.json()["code"]) == (401, "signature-wrong")
    answer = client.post("/api/v1/sources/alarm", data=packed(alarm()), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "signature-missing")
    assert client.get("/api/v1/sources/alarm").status_code == 405
    large = alarm(content="x" * 1_100_000)
    assert hand_in_alarm(large).status_code == 413
    assert hand_in_alarm(alarm(), number="al-other").json()["code"] == "message-id-differs"
    assert not Alarm.objects.exists()


@pytest.mark.django_db
def test_in_its_own_words_by_configuration():
    """A captured message of a video door, as it is sent."""
    call_command("load_source", str(PAYLOADS / "video-door.yaml"), stdout=StringIO(), stderr=StringIO())
    senders.rotate(access=NOBODY, code="doors", overlap=timedelta(0), now=timezone.now(), secret=OTHER_SECRET)
    button("D-3-0102", source="doors")
    body = json.loads((PAYLOADS / "video-door.json").read_text(encoding="utf-8"))
    answer = hand_in_alarm(body, code="doors", number=body["eventId"])
    event = Event.objects.get()
    assert (answer.status_code, answer.json()) == (201, {"errcode": 0, "data": {"caseNo": event.no}})
    assert (event.category.code, event.urgent, event.grid.code) == ("08-001", True, SANYI_GRID)
    assert hand_in_alarm(body, code="doors", number=body["eventId"]).json() == answer.json()
    del body["alarm"]["type"]
    bad = hand_in_alarm(body, code="doors", number="another")
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "kind")
    body["alarm"]["type"], body["alarm"]["time"] = 1, "soon"
    bad = hand_in_alarm(body, code="doors", number="another")
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "alarm.time")


# Loading


def _load(path, text, *arguments):
    path.write_text(text, encoding="utf-8")
    out = StringIO()
    call_command("load_source", str(path), *arguments, stdout=out, stderr=out)
    return out.getvalue()


HEAD = "code: alarm\nname: 一键报警\nkind: source\n"


@pytest.mark.django_db
def test_every_fault_of_a_file_is_named_and_nothing_is_loaded(tmp_path):
    with pytest.raises(CommandError) as refused:
        _load(
            tmp_path / "a.yaml", HEAD + "repeat_minutes: -1\nfields: {kind: a..b}\nkinds: {sos: {urgent: yes please}}\n"
        )
    for place in ("repeat_minutes", "fields.kind.from", "fields.occurred_at", "fields.device_code", "kinds.sos.urgent"):
        assert f"\n{place}: " in str(refused.value), place
    for text in ("code: a\ncode: b\n", "a: [", "- 1\n", ""):
        with pytest.raises(CommandError, match="nothing was loaded"):
            _load(tmp_path / "a.yaml", text)
    with pytest.raises(CommandError, match=r"kinds\.sos\.category.*99-999"):
        _load(tmp_path / "a.yaml", HEAD + 'kinds: {sos: {category: "99-999"}}\n')
    with pytest.raises(CommandError, match="can't be read"):
        call_command("load_source", str(tmp_path / "missing.yaml"))
    assert not Sender.objects.exists()


@pytest.mark.django_db
def test_every_fault_of_a_list_of_devices_is_named_with_its_line(tmp_path):
    devices = tmp_path / "devices.csv"
    devices.write_text(
        "code,kind,name,lng,lat,crs,organisation,address\n"
        "B1,button,一号,112.3077,28.5836,wgs84,,\nB1,button,二号,,,,,\n,button,三号,,,,,\n"
        "B4,button,四号,116.4,39.9,wgs84,,\nB5,button,五号,112.3,28.5,,,\nB6,button,六号,,,,nobody,\n"
        "B7,button,七号,east,28.5,wgs84,,\n"
    )
    with pytest.raises(CommandError) as refused:
        _load(tmp_path / "a.yaml", HEAD, "--devices", str(devices))
    assert [line.split(":")[0] for line in str(refused.value).splitlines()[1:]] == [f"line {n}" for n in range(3, 9)]
    assert (Sender.objects.count(), Device.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_loaded_again_it_is_as_it_was_and_devices_are_brought_up_to_date(tmp_path):
    devices = tmp_path / "devices.csv"
    devices.write_text("code,kind,name\nB1,button,一号\n")
    assert "nothing is wrong" in _load(tmp_path / "a.yaml", HEAD, "--check")
    assert not Sender.objects.exists()
    assert "loaded, 1 devices" in _load(tmp_path / "a.yaml", HEAD, "--devices", str(devices))
    devices.write_text("code,kind,name\nB1,button,新一号\n")
    assert "as it was, 1 devices" in _load(tmp_path / "a.yaml", HEAD, "--devices", str(devices))
    assert (Device.objects.get().name, Sender.objects.get().loaded_at is not None) == ("新一号", True)
    assert AuditEntry.objects.filter(action="sender.load").count() == 1
    with pytest.raises(Conflict):
        senders.load(access=NOBODY, config={"code": "alarm", "name": "x", "kind": "hotline"}, now=timezone.now())
    with pytest.raises(Invalid):
        senders.rotate(access=NOBODY, code="alarm", overlap=timedelta(0), now=timezone.now(), secret="whsec_!")


@pytest.mark.django_db
def test_a_key_is_taken_from_a_file_once_and_stands_sealed(tmp_path):
    (tmp_path / "key").write_text(OTHER_SECRET + "\n")
    for _ in range(2):
        said = _load(tmp_path / "a.yaml", json.dumps(CONFIG), "--key-file", str(tmp_path / "key"))
        assert "no key" not in said
    sender = Sender.objects.get()
    assert sender.keys.count() == 1
    assert OTHER_SECRET.encode() not in bytes(sender.keys.get().secret)
    assert hand_in_alarm(alarm()).status_code == 201
