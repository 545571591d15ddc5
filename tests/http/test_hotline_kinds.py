"""Supplements, revisits, secret orders, and a hotline that speaks in its own words."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.utils import timezone

from events.hotline import callback
from events.models import Event, HotlineMessage, JournalEntry, OutboxMessage, Ticket
from events.services import senders
from events.workflow import State
from grid.policy import NOBODY
from tests.factories import SANYI_GRID, brought_to, user_with
from tests.factories.hotline import SECRET, answered, hand_in, message, packed, post, signed
from tests.http.doors import Browser

pytestmark = pytest.mark.django_db
PAYLOADS = Path(__file__).resolve().parents[1] / "payloads"
CITY, TOWN = "centre-430900000000", "centre-430902005000"


@pytest.fixture(autouse=True)
def _ready(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.HOTLINE_KEYS = [SECRET]


def _revisited(satisfaction, *, order, **fields):
    return hand_in(message("revisit", order_no=order, satisfaction=satisfaction, **fields)).json()


def _steps():
    return list(JournalEntry.objects.order_by("version").values_list("step", flat=True))


@pytest.mark.parametrize("satisfaction", [1, 2, 3])
def test_a_content_citizen_is_counted_and_nothing_else_changes(satisfaction):
    hand_in(of := message())
    answered(Event.objects.get())
    told = _revisited(satisfaction, order=of["order_no"])
    assert (told["state"], told["applied"], "detail" in told) == ("closed", True, False)
    entry = JournalEntry.objects.latest("version")
    assert (entry.step, entry.payload) == ("revisit", {"order_no": of["order_no"], "satisfaction": satisfaction})
    assert Ticket.objects.get().satisfaction == satisfaction
    body = json.loads(callback.render(OutboxMessage.objects.latest("number")))
    assert (body["satisfaction"], body["result"], body["reply"]) == (
        satisfaction,
        "solved",
        "井盖已经换好，谢谢您的来电。",
    )


def test_an_unhappy_citizen_has_it_taken_up_again():
    hand_in(of := message())
    answered(Event.objects.get())
    told = _revisited(0, order=of["order_no"], content="还是坏的")
    assert (told["state"], told["applied"]) == ("accepted", True)
    assert _steps()[-2:] == ["revisit", "reopen"]
    event = Event.objects.get()
    assert (event.reopens, event.ended_at) == (1, None)
    assert JournalEntry.objects.latest("version").text.body.endswith("还是坏的")
    assert json.loads(callback.render(OutboxMessage.objects.latest("number")))["step"] == "reopen"


def test_after_thirty_days_or_while_the_work_goes_on_it_is_kept_and_said_so():
    hand_in(of := message())
    told = _revisited(0, order=of["order_no"])
    assert (told["state"], told["applied"], bool(told["detail"])) == ("reported", True, True)
    answered(Event.objects.get())
    Event.objects.update(ended_at=timezone.now() - timedelta(days=31))
    told = _revisited(0, order=of["order_no"])
    assert (told["state"], told["applied"]) == ("closed", True)
    assert "30" in told["detail"]
    assert _steps()[-1] == "revisit"
    assert Event.objects.get().reopens == 0


def test_a_rejected_order_without_a_place_can_not_be_taken_up_and_the_answer_says_why():
    hand_in(of := message(lng=None, lat=None, crs=None))
    brought_to(Event.objects.get(), State.REJECTED)
    told = _revisited(0, order=of["order_no"])
    assert (told["state"], told["applied"], bool(told["detail"])) == ("rejected", True, True)
    assert _steps()[-1] == "revisit"


def test_a_revisit_before_its_order_waits_and_counts_then():
    early = hand_in(message("revisit", order_no="YY9", satisfaction=3))
    assert early.status_code == 202
    hand_in(message(order_no="YY9"))
    assert (Ticket.objects.get().satisfaction, _steps()) == (3, ["report", "revisit"])


@pytest.mark.parametrize("value", [4, -1, "2", True, 1.5])
def test_satisfaction_is_one_of_four(value):
    answer = hand_in(message("revisit", satisfaction=value))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "satisfaction")


def test_a_revisit_without_words_or_satisfaction_says_nothing():
    answer = hand_in(message("revisit"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "content")


def test_what_a_supplement_attaches_is_kept_with_the_order():
    hand_in(of := message(attachments=["http://10.0.0.9/1.jpg"]))
    more = ["http://10.0.0.9/1.jpg", "http://10.0.0.9/2.jpg"]
    assert hand_in(message("supplement", order_no=of["order_no"], attachments=more)).json()["applied"]
    assert Ticket.objects.get().attachments == more
    assert JournalEntry.objects.latest("version").payload == {"order_no": of["order_no"], "attachments": more}
    card = Browser(user_with("acceptor", CITY)).get(f"events/{Event.objects.get().no}").json()
    assert card["ticket_rows"][0]["attachments"] == more
    assert card["journal"][-1]["step"] == "supplement"


def test_a_secret_order_is_on_no_list_or_map_but_the_cases_own_and_is_told_of_all_the_same():
    hand_in(message(secret=True, caller="欧阳丽", caller_phone="13912345678"))
    event = Event.objects.get()
    for role, at in (("acceptor", TOWN), ("supervisor", TOWN), ("auditor", CITY), ("grid_officer", TOWN)):
        grid = {"grid": SANYI_GRID} if role == "grid_officer" else {}
        other = Browser(user_with(role, at, **grid))
        assert other.get("events", view="open").json()["total"] == 0
        assert other.get("map/events").json()["rows"] == []
        assert other.get(f"events/{event.no}").status_code == 404
    acceptor = Browser(user_with("acceptor", CITY))
    (ticket,) = acceptor.get(f"events/{event.no}").json()["ticket_rows"]
    assert (ticket["secret"], ticket["caller"]["name"]) == (True, "欧**")
    event = brought_to(event, State.HANDLING)
    clerk = Browser(user_with("dept_clerk", event.lead))
    (ticket,) = clerk.get(f"events/{event.no}").json()["ticket_rows"]
    assert ticket["caller"] is None
    assert OutboxMessage.objects.filter(event=event).count() == 3


def test_a_city_that_speaks_otherwise_is_answered_and_called_back_in_its_own_words():
    """Captured in a foreign city's shape, GCJ-02 and local times; the same file as in the manual."""
    config = yaml.safe_load((PAYLOADS / "other-city.yaml").read_text(encoding="utf-8"))
    senders.load(access=NOBODY, config=config, now=timezone.now())
    body = json.loads((PAYLOADS / "other-city-new.json").read_text(encoding="utf-8"))
    answer = hand_in_raw(body, "msg-0001")
    event = Event.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {"code": 0, "data": {"orderCode": "3209X20261122001", "caseNo": event.no}},
    )
    assert (event.urgent, event.category.name, event.address) == (True, "路灯不亮", "大码头街道三益街12号")
    assert event.given_point["crs"] == "gcj02"
    ticket = Ticket.objects.get()
    assert ticket.reply_deadline.isoformat() == "2026-11-29T10:00:00+00:00"
    assert (ticket.order_type, ticket.secret, ticket.caller is not None) == ("投诉", False, True)
    urge = {"head": {"msgType": "02", "sendTime": "2026-11-23 08:00:00"}, "order": {"orderCode": "3209X20261122001",
            "desc": "市民再次来电"}}  # fmt: skip
    assert hand_in_raw(urge, "msg-0002").json()["code"] == 0
    told = json.loads(callback.render(OutboxMessage.objects.latest("number")))
    assert told["head"] == {"app": "wangge"}
    assert told["order"] | {"handleTime": None} == {
        "orderCode": "3209X20261122001", "caseNo": event.no, "statusCode": "10", "statusName": "待受理", "seq": 1,
        "acceptTime": None, "finishTime": None, "handleTime": None, "dept": None, "replyText": None, "resultCode": None,
    }  # fmt: skip
    body["head"]["msgType"] = "77"
    bad = hand_in_raw(body, "msg-0003")
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "head.msgType")
    assert HotlineMessage.objects.count() == 2


def hand_in_raw(body, number):
    """As it is sent, signed now, under this id."""
    raw = packed(body)
    return post(raw, signed(raw, number))
