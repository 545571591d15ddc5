"""The hotline's webhook: who is believed, what is taken, and that the same message is answered alike. Promise 11."""

import base64
import hashlib
import hmac
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, connections
from standardwebhooks import Webhook

from deploy.simulators.orders import to_gcj02
from events.hotline import intake
from events.models import Caller, Event, HotlineMessage, JournalEntry, Notice, OutboxMessage, Task, Ticket
from events.workflow import State
from grid.fields import unseal
from grid.models import AuditEntry
from tests.factories.happenings import brought_to
from tests.factories.hotline import (
    ADDRESS,
    IN_SANYI,
    OTHER_SECRET,
    SECRET,
    answered,
    hand_in,
    message,
    packed,
    post,
    signed,
)
from tests.factories.people import SANYI_GRID

WRITTEN = (Event, Ticket, HotlineMessage, JournalEntry, OutboxMessage, Caller, AuditEntry)
_DAY, _LATE, _JUST = timedelta(days=1), timedelta(minutes=5, seconds=5), timedelta(minutes=4, seconds=50)


@pytest.fixture(autouse=True)
def _key(settings):
    settings.HOTLINE_KEYS = [SECRET]


def _rows() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in WRITTEN}


def _headers(change):
    """A mutation of the headers alone."""
    return lambda headers, body: ({**headers, **change(headers)}, body)


def _without(name):
    return lambda headers, body: ({key: value for key, value in headers.items() if key != name}, body)


def _body(change):
    return lambda headers, body: (headers, change(body))


def _at(away):
    return lambda headers, body: (signed(body, headers["webhook-id"], at=datetime.now(UTC) + away), body)


def _signature(make):
    return _headers(lambda headers: {"webhook-signature": make(headers["webhook-signature"])})


def _timestamp(make):
    return _headers(lambda headers: {"webhook-timestamp": make(headers["webhook-timestamp"])})


def _own(make):
    """A signature of our own making over (id, time, body) with (key)."""

    def change(headers, body):
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        value = base64.b64encode(make(key, headers["webhook-id"], headers["webhook-timestamp"], body)).decode()
        return {**headers, "webhook-signature": f"v1,{value}"}, body

    return change


def _hmac(key, text, kind=hashlib.sha256):
    return hmac.new(key, text, kind).digest()


WRONG = "v1," + base64.b64encode(b"0" * 32).decode()
MUTATIONS = {
    "id left out": _without("webhook-id"),
    "time left out": _without("webhook-timestamp"),
    "signature left out": _without("webhook-signature"),
    "id empty": _headers(lambda _: {"webhook-id": ""}),
    "time empty": _timestamp(lambda _: ""),
    "signature empty": _signature(lambda _: ""),
    "another id": _headers(lambda _: {"webhook-id": "hl-other"}),
    "id with a tail": _headers(lambda headers: {"webhook-id": headers["webhook-id"] + "0"}),
    "id in capitals": _headers(lambda headers: {"webhook-id": headers["webhook-id"].upper()}),
    "a letter of the body": _body(lambda body: body.replace(b"YY2026", b"YY2027")),
    "a blank after the body": _body(lambda body: body + b" "),
    "a line after the body": _body(lambda body: body + b"\n"),
    "body formatted again": _body(lambda body: json.dumps(json.loads(body), indent=1).encode()),
    "body cut": _body(lambda body: body[:-2]),
    "no body": _body(lambda _: b""),
    "a mark before the body": _body(lambda body: b"\xef\xbb\xbf" + body),
    "body is not UTF-8": _body(lambda body: body + b"\xff\xfe"),
    "a second later": _timestamp(lambda time: str(int(time) + 1)),
    "a second earlier": _timestamp(lambda time: str(int(time) - 1)),
    "time in milliseconds": _timestamp(lambda time: time + "000"),
    "time in words": _timestamp(lambda _: "now"),
    "time is nan": _timestamp(lambda _: "nan"),
    "time is inf": _timestamp(lambda _: "inf"),
    "time is huge": _timestamp(lambda _: "9" * 30),
    "time is negative": _timestamp(lambda time: "-" + time),
    "too old, well signed": _at(-_LATE),
    "a day old, well signed": _at(-_DAY),
    "too new, well signed": _at(_LATE),
    "a day ahead, well signed": _at(_DAY),
    "another key": lambda headers, body: (signed(body, headers["webhook-id"], secret=OTHER_SECRET), body),
    "no version": _signature(lambda value: value.removeprefix("v1,")),
    "version 2": _signature(lambda value: value.replace("v1,", "v2,")),
    "the asymmetric version": _signature(lambda value: value.replace("v1,", "v1a,")),
    "another separator": _signature(lambda value: value.replace(",", "=")),
    "two commas": _signature(lambda value: value.replace(",", ",,")),
    "hexadecimal": _own(lambda key, number, time, body: _hmac(key, f"{number}.{time}.".encode() + body).hex().encode()),
    "cut by a byte": _own(lambda key, number, time, body: _hmac(key, f"{number}.{time}.".encode() + body)[:-1]),
    "SHA-1": _own(lambda key, number, time, body: _hmac(key, f"{number}.{time}.".encode() + body, hashlib.sha1)),
    "of the body alone": _own(lambda key, number, time, body: _hmac(key, body)),
    "without the time": _own(lambda key, number, time, body: _hmac(key, f"{number}.".encode() + body)),
    "with the key's text": _own(
        lambda key, number, time, body: _hmac(SECRET.encode(), f"{number}.{time}.".encode() + body)
    ),
    "no base64": _signature(lambda _: "v1,!!!!"),
    "half of base64": _signature(lambda value: value[:-3]),
    "letters beyond ASCII": _signature(lambda _: "v1,签名"),
    "nothing but the version": _signature(lambda _: "v1,"),
    "several wrong ones": _signature(lambda _: f"{WRONG} {WRONG}"),
    "nonsense before the right one": _signature(lambda value: f"nonsense {value}"),
    # These are genuine, and must be taken: a check that refuses everything would pass the others.
    "as it was sent": lambda headers, body: (headers, body),
    "a wrong one before the right one": _signature(lambda value: f"{WRONG} {value}"),
    "a wrong one after the right one": _signature(lambda value: f"{value} {WRONG}"),
    "another version before the right one": _signature(lambda value: f"v1a,AAAA {value}"),
    "nearly too old": _at(-_JUST),
    "nearly too new": _at(_JUST),
    "a fraction of a second": _timestamp(lambda time: time + ".25"),
    "our own signature": _own(lambda key, number, time, body: _hmac(key, f"{number}.{time}.".encode() + body)),
}
GENUINE = 8


def _oracle_accepts(headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(SECRET).verify(body, headers)
    except Exception:
        return False
    return True


@pytest.mark.django_db
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutated_message_is_taken_exactly_when_the_specifications_library_takes_it(name):
    of = message()
    body = packed(of)
    headers, changed = MUTATIONS[name](signed(body, of["message_id"]), body)
    before = _rows()
    answer = post(changed, headers)
    if _oracle_accepts(headers, changed):
        assert answer.status_code == 201
        assert Event.objects.count() == 1
    else:
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"].removeprefix("/problems/") in {
            "signature-missing", "signature-wrong", "timestamp-out-of-range",
        }  # fmt: skip
        assert _rows() == before


def test_the_mutations_are_of_both_sorts():
    of = message()
    body = packed(of)
    verdicts = [_oracle_accepts(*change(signed(body, of["message_id"]), body)) for change in MUTATIONS.values()]
    assert verdicts.count(True) == GENUINE
    assert verdicts.count(False) >= 40


@pytest.mark.django_db
def test_the_time_is_told_apart_from_the_key():
    of = message()
    body = packed(of)
    old = post(body, signed(body, of["message_id"], at=datetime.now(UTC) - _LATE)).json()
    assert old["code"] == "timestamp-out-of-range"
    assert f"{datetime.now(UTC):%Y-%m-%dT%H:%M}"[:13] in old["detail"]
    assert hand_in(of, secret=OTHER_SECRET).json()["code"] == "signature-wrong"


@pytest.mark.django_db
def test_an_order_becomes_an_event_at_the_citys_centre():
    answer = hand_in(of := message(urgency="urgent", reply_deadline="2026-03-07T18:00:00+08:00"))
    event = Event.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "order_no": of["order_no"],
            "event_no": event.no,
            "state": "reported",
            "state_label": "待受理",
            "applied": True,
        },
    )
    assert (event.source, event.holder.code, event.urgent) == ("hotline", "centre-430900000000", True)
    assert (event.grid.code, event.category.name, event.address) == (SANYI_GRID, "井盖缺损", of["address"])
    assert event.tickets.get().reply_deadline.isoformat() == "2026-03-07T10:00:00+00:00"


@pytest.mark.django_db
def test_the_same_message_newly_signed_gets_the_stored_answer():
    of = message()
    body = packed(of)
    first = post(body, signed(body, of["message_id"], at=datetime.now(UTC) - timedelta(seconds=90)))
    brought_to(Event.objects.get(), State.HANDLING)
    before = _rows()
    again = post(body, signed(body, of["message_id"]))
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert _rows() == before


@pytest.mark.django_db
def test_the_same_id_over_another_body_is_refused():
    hand_in(of := message())
    before = _rows()
    other = hand_in({**of, "content": "路灯不亮"})
    assert (other.status_code, other.json()["code"]) == (409, "message-id-used")
    assert hand_in({**of, "unknown": 1}).status_code == 409
    assert _rows() == before


@pytest.mark.django_db
def test_a_second_new_for_an_order_makes_no_second_event():
    first = hand_in(of := message()).json()
    again = hand_in(message(order_no=of["order_no"]))
    assert (again.status_code, again.json()) == (200, {**first, "applied": False})
    assert Event.objects.count() == 1


def test_one_message_sent_many_times_at_once_is_one_event(committed):
    of, other = message(), message()
    later = message("urge", order_no=of["order_no"])

    def send(which):
        try:
            answer = hand_in(which)
            return which["message_id"], answer.status_code, answer.content
        finally:
            connections.close_all()

    hand_in(of)
    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(send, [other, later] * 16))
    assert {(number, status) for number, status, _ in told} == {(other["message_id"], 201), (later["message_id"], 200)}
    assert len(told) == 2
    assert (Event.objects.count(), Event.objects.get(tickets__order_no=of["order_no"]).urges) == (2, 1)


@pytest.mark.django_db
def test_an_urge_before_its_order_waits_and_is_applied_then():
    urge = message("urge", content="又来电催办", order_no="YY1")
    early = hand_in(urge)
    assert (early.status_code, early.json()) == (
        202, {"order_no": "YY1", "event_no": None, "state": None, "applied": False},
    )  # fmt: skip
    assert not Event.objects.exists()
    answer = hand_in(message(order_no="YY1"))
    event = Event.objects.get()
    assert (answer.status_code, event.urges, event.state) == (201, 1, "reported")
    assert JournalEntry.objects.get(event=event, step="urge").text.body == "又来电催办"
    assert HotlineMessage.objects.get(pk=urge["message_id"]).applied_at is not None
    assert hand_in(urge).status_code == 202  # as it was answered
    assert Event.objects.get().urges == 1


@pytest.mark.django_db
def test_what_came_early_is_applied_in_its_order():
    hand_in(message("urge", order_no="YY1"))
    hand_in(message("withdraw", order_no="YY1", content="不用来了"))
    hand_in(message("supplement", order_no="YY1", content="在北侧"))
    answer = hand_in(message(order_no="YY1"))
    event = Event.objects.get()
    assert (answer.status_code, answer.json()["state"]) == (201, "voided")
    assert [entry.step for entry in JournalEntry.objects.filter(event=event).order_by("version")] == [
        "report", "urge", "withdraw",
    ]  # fmt: skip
    assert not HotlineMessage.objects.filter(applied_at__isnull=True).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reached", "state", "step"),
    [(State.REPORTED, "voided", "withdraw"), (State.ACCEPTED, "voided", "withdraw"),
     (State.DISPATCHED, "dispatched", "note"), (State.PENDING_CHECK, "pending_check", "note")],
)  # fmt: skip
def test_a_withdrawal_ends_what_has_not_begun(reached, state, step):
    hand_in(of := message())
    event = brought_to(Event.objects.get(), reached)
    answer = hand_in(message("withdraw", order_no=of["order_no"]))
    event.refresh_from_db()
    assert (answer.status_code, answer.json()["state"], answer.json()["applied"]) == (200, state, True)
    assert (event.state, JournalEntry.objects.filter(event=event).latest("version").step) == (state, step)


@pytest.mark.django_db
@pytest.mark.parametrize("reached", [State.REPORTED, State.VERIFYING, State.ACCEPTED])
def test_a_withdrawal_is_told_to_whose_move_it_was(reached):
    hand_in(of := message())
    event = brought_to(Event.objects.get(), reached)
    sent = Task.objects.filter(event=event, kind="verify", ended_at__isnull=True).first()
    hand_in(message("withdraw", order_no=of["order_no"]))
    expected = {
        State.REPORTED: f"{event.holder_id}:acceptor",
        State.VERIFYING: f"user:{sent.user_id}" if sent else "",
        State.ACCEPTED: f"{event.holder_id}:dispatcher",
    }
    assert Notice.objects.get(event=event, step="withdraw").addressees == [expected[reached]]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["urge", "withdraw", "supplement"])
def test_on_an_ended_event_a_message_is_kept_and_changes_nothing(kind):
    hand_in(of := message())
    event = answered(Event.objects.get())
    answer = hand_in(message(kind, order_no=of["order_no"], content="回访"))
    assert (answer.status_code, answer.json()["state"], answer.json()["applied"]) == (200, "closed", False)
    assert Event.objects.get().version == event.version
    assert Ticket.objects.get().messages.get(kind=kind).payload["content"] == "回访"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["supplement", "revisit"])
def test_more_words_are_a_step_of_their_own_and_stand_once(kind):
    hand_in(of := message())
    hand_in(message(kind, order_no=of["order_no"], content="位置在路的北侧"))
    entry = JournalEntry.objects.latest("version")
    assert (entry.step, entry.text.body, entry.payload["order_no"]) == (kind, "位置在路的北侧", of["order_no"])
    assert _tables_with("位置在路的北侧") == {"events_freetext"}


@pytest.mark.django_db
@pytest.mark.parametrize("named", [["没有这一类"], ["99-999"], []])
def test_an_unknown_category_is_left_to_the_acceptor(named):
    assert hand_in(message(categories=named)).status_code == 201
    event = Event.objects.get()
    assert (event.category, event.grid.code) == (None, SANYI_GRID)
    assert HotlineMessage.objects.get().payload["categories"] == named


@pytest.mark.django_db
@pytest.mark.parametrize("named", [["06-001"], ["市政设施", "井盖缺损"], ["没有这一类", "06-001"]])
def test_a_category_is_known_by_name_or_code(named):
    hand_in(message(categories=named))
    assert Event.objects.get().category.code == "06-001"


@pytest.mark.django_db
@pytest.mark.parametrize("point", [{"lng": 116.4, "lat": 39.9}, {"lng": None, "lat": None, "crs": None}])
def test_without_a_place_in_the_city_it_waits_to_be_placed(point):
    assert hand_in(message(**{**IN_SANYI, **point})).status_code == 201
    event = Event.objects.get()
    assert (event.point, event.grid, event.path, event.state) == (None, None, "", "reported")
    assert event.holder.code == "centre-430900000000"


@pytest.mark.django_db
def test_gcj02_is_converted_and_the_point_kept_as_given():
    lng, lat = to_gcj02(IN_SANYI["lng"], IN_SANYI["lat"])  # the simulator's own formula; some 650 m away
    given = {"lng": lng, "lat": lat, "crs": "gcj02"}
    hand_in(message(**given))
    event = Event.objects.get()
    assert (event.given_point, event.grid.code) == (given, SANYI_GRID)
    assert event.point.x == pytest.approx(IN_SANYI["lng"], abs=2e-5)
    assert event.point.y == pytest.approx(IN_SANYI["lat"], abs=2e-5)


BAD = {
    "order_no": ["", None, 5, "y" * 65, "a\nb", "a\u2028b"],
    "message_id": ["", None, "x" * 129],
    "type": ["", None, "reopen", 1, ["new"]],
    "occurred_at": [
        "",
        None,
        "yesterday",
        "2026-03-02T09:30:00",
        "2026-13-02T09:30:00Z",
        "0001-01-01T00:00:00+14:00",
        5,
    ],
    "content": ["", None, "   ", "字" * 2001, {"a": 1}],
    "order_type": ["求" * 17],
    "caller": ["王" * 65, "a\x1bb"],
    "caller_phone": ["1" * 33, 13800000000],
    "address": ["大" * 301],
    "lng": ["112.3", True, None],
    "lat": ["28.5", [28.5], None],
    "crs": ["epsg4326", None, 4326],
    "categories": ["井盖", [1], ["a"] * 21],
    "attachments": [["x" * 501]],
    "secret": ["yes", 1],
    "want_callback": ["no", 0],
    "urgency": ["high", 1],
    "reply_deadline": ["soon", "2026-03-02"],
    "priority": [1],
}


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BAD.items() for value in values])
def test_a_field_that_cannot_be_taken_is_named_and_nothing_is_written(field, value):
    of = message(**{field: value})
    body = packed(of)
    before = _rows()
    answer = post(body, signed(body, str(of.get("message_id") or "hl-x")))
    assert answer.status_code == 422, answer.content
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert _rows() == before


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b"[]", b"{", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 40 + b"]" * 40, b'"\\ud800"'])
def test_what_is_no_message_at_all_is_refused(body):
    before = _rows()
    answer = post(body, signed(body, "hl-x"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-fields" if body == b"[]" else "not-json")
    assert _rows() == before


@pytest.mark.django_db
def test_the_id_in_the_body_is_the_one_that_was_signed():
    body = packed(message())
    answer = post(body, signed(body, "hl-another"))
    assert (answer.status_code, answer.json()["code"]) == (422, "message-id-differs")


@pytest.mark.django_db
def test_other_methods_and_large_bodies_are_refused(client):
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (405, "POST", "method-not-allowed")
    large = packed(message(content="x" * 1_100_000))
    assert post(large, signed(large, "hl-x")).status_code == 413


@pytest.mark.django_db
def test_while_the_database_is_away_the_sender_is_asked_to_come_again(monkeypatch):
    def away(**_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(intake, "take", away)
    answer = hand_in(message())
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert int(answer["Retry-After"]) > 0


@pytest.mark.django_db
def test_two_keys_verify_while_they_rotate(settings):
    settings.HOTLINE_KEYS = [OTHER_SECRET, SECRET]
    assert hand_in(message()).status_code == 201
    assert hand_in(message(), secret=OTHER_SECRET).status_code == 201
    settings.HOTLINE_KEYS = [OTHER_SECRET]
    assert hand_in(message()).status_code == 401
    settings.HOTLINE_KEYS = []
    assert hand_in(message()).status_code == 401


def _tables_with(text: str) -> set[str]:
    """The tables where some row holds `text`, as text or in the bytes of a binary column."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        found = set()
        for table in tables:
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{table}" AS kept WHERE kept::text LIKE %s OR kept::text LIKE %s)',  # noqa: S608 - names from the catalogue
                [f"%{text}%", f"%{text.encode().hex()}%"],
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found


@pytest.mark.django_db
def test_the_caller_is_sealed_and_stands_nowhere_else(caplog):
    caplog.set_level(logging.DEBUG)
    name, phone, words = "欧阳金丝雀", "12000077123", "井盖坏了七七七"
    of = message(caller=name, caller_phone=phone, content=words)
    answer = hand_in(of)
    hand_in(message("urge", order_no=of["order_no"], caller=name, caller_phone=phone))
    hand_in(message("supplement", order_no="YYEARLY", caller=name, caller_phone=phone, content="早到"))
    hand_in({**of, "message_id": "hl-refused", "lng": "x"})
    answered(Event.objects.get())
    caller = Caller.objects.get()
    assert (unseal(bytes(caller.name)), unseal(bytes(caller.phone))) == (name, phone)
    assert _tables_with(name) == _tables_with(phone) == set()
    assert _tables_with(words) == {"events_freetext"}  # the search finds what is there
    assert name not in caplog.text
    assert phone not in caplog.text
    assert phone not in answer.content.decode()
