"""The hotline's endpoint: closed by a 410, opened by hand, spans sent again, and a mute one that blocks no intake."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from events import tasks
from events.hotline import callback
from events.models import Event, OutboxMessage, Sender
from events.services import outbox
from events.services.outbox import Outcome
from grid.models import AuditEntry
from tests.factories.hotline import SECRET, hand_in, message
from tests.factories.people import user_with
from tests.factories.receivers import receiver
from tests.http.doors import Browser, problem

CITY = "centre-430900000000"


@pytest.fixture(autouse=True)
def _key(settings):
    settings.HOTLINE_KEYS = [SECRET]


def _told(steps=1):
    order = message()
    hand_in(order)
    for _ in range(steps):
        hand_in(message("urge", order_no=order["order_no"]))
    return list(OutboxMessage.objects.filter(ticket__order_no=order["order_no"]).order_by("number"))


def _attempt(of, outcome, *, now=timezone.now, by_hand=False):
    return outbox.attempt(
        message=of.pk, now=now, render=callback.render, send=lambda *_: outcome, by_hand=by_hand
    )  # fmt: skip


def _lead(at=CITY, role="shift_lead"):
    return Browser(user_with(role, at), raises=False)


@pytest.mark.django_db
def test_gone_for_good_closes_the_whole_endpoint_until_somebody_opens_it():
    first, second = _told(2)
    assert _attempt(first, Outcome(410, 1)).state == "pending"
    lead = _lead()
    page = lead.get("deliveries/endpoint").json()
    assert (bool(page["closed_at"]), page["waiting"], page["dead"], page["may_open"]) == (True, 2, 0, True)
    assert outbox.due(now=timezone.now()) == []
    assert _attempt(second, Outcome(200, 1)) is None  # nothing is sent there
    third = _told()[0]  # intake goes on, and what comes up waits
    assert outbox.due(now=timezone.now()) == []
    other = _lead("centre-430902000000")
    assert other.get("deliveries/endpoint").json()["may_open"] is False
    problem(other.post("deliveries/endpoint/open", {}), 403, "endpoint-not-yours")
    assert lead.post("deliveries/endpoint/open", {}).json() == {"waiting": 3}
    entry = AuditEntry.objects.get(action="sender.open")
    assert (entry.actor_id, entry.subject) == (lead.user.pk, "hotline")
    problem(lead.post("deliveries/endpoint/open", {}), 409, "endpoint-open")
    assert set(outbox.due(now=timezone.now())) == {first.pk, second.pk, third.pk}
    for one in (first, second, third):
        assert _attempt(one, Outcome(200, 1)).state == "delivered"
    assert Sender.objects.get().closed_at is None


@pytest.mark.django_db
def test_by_hand_one_can_be_tried_while_it_is_closed():
    (told,) = _told()
    _attempt(told, Outcome(410, 1))
    assert _attempt(told, Outcome(200, 1), by_hand=True).state == "delivered"


@pytest.mark.django_db
def test_a_dead_one_alarms_until_a_later_one_of_its_order_has_arrived():
    first, second = _told(2)
    OutboxMessage.objects.filter(pk=first.pk).update(state="dead", next_at=None)
    lead = _lead()
    page = lead.get("deliveries/endpoint").json()
    assert (page["dead"], page["behind"], page["waiting"]) == (1, 1, 1)
    assert page["oldest_waiting"]
    _attempt(second, Outcome(200, 1))  # a dead one blocks nobody
    page = lead.get("deliveries/endpoint").json()
    assert (page["dead"], page["behind"]) == (1, 0)
    assert _lead("centre-430902000000").get("deliveries/endpoint").json()["dead"] == 0


@pytest.mark.django_db
def test_a_span_is_counted_first_and_sent_again_then():
    told = [*_told(3), *_told(2)]
    numbers = [one.pk for one in told]
    OutboxMessage.objects.filter(pk__in=numbers[:4]).update(state="dead", next_at=None)
    lead = _lead()
    span = {
        "since": (timezone.now() - timedelta(hours=1)).isoformat(), "until": timezone.now().isoformat(),
        "state": "dead",
    }  # fmt: skip
    assert lead.get("deliveries/span", **span).json() == {"count": 4, "most": 500}
    assert lead.post("deliveries/resend", span).json() == {"count": 4, "most": 500}
    entry = AuditEntry.objects.get(action="delivery.resend_many")
    assert (entry.detail["count"], entry.detail["state"]) == (4, "dead")
    assert _waking(by_hand=True) == set(map(str, numbers[:4]))
    other = _lead("centre-430902000000")
    assert other.get("deliveries/span", **span).json()["count"] == 0
    problem(other.post("deliveries/resend", span), 422, "nothing-to-send")
    problem(lead.post("deliveries/resend", {**span, "until": span["since"]}), 422, "span-empty")
    problem(lead.post("deliveries/resend", {**span, "state": "lost"}), 422, "invalid-fields")
    problem(_lead(role="integrator").post("deliveries/resend", span), 403, "not-your-page")


def _waking(*, by_hand):
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT args->>'message' FROM procrastinate_jobs WHERE args->>'by_hand' = %s", [str(by_hand).lower()]
        )
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
def test_a_span_is_bounded(monkeypatch):
    _told(3)
    monkeypatch.setattr(outbox, "MOST_AT_ONCE", 2)
    span = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z", "state": "pending"}
    problem(_lead().post("deliveries/resend", span), 422, "too-many-deliveries")
    assert not AuditEntry.objects.filter(action="delivery.resend_many").exists()


@pytest.mark.django_db
def test_the_integrator_reads_its_own_and_the_system_administrator_states_alone():
    (told,) = _told()
    _attempt(told, Outcome(500, 3, answer="order_no unknown"))
    (own,) = _lead(role="integrator").get("deliveries").json()["rows"]
    assert (own["order_no"], own["attempts"][0]["answer"]) == (told.ticket.order_no, "order_no unknown")
    (bare,) = _lead(role="sysadmin").get("deliveries").json()["rows"]
    assert (bare["order_no"], bare["event_no"], bare["step"], bare["attempts"][0]["answer"]) == ("", "", "", "")
    assert (bare["state"], bare["attempts"][0]["code"]) == ("pending", 500)
    assert _lead(role="integrator").get("deliveries", q=told.ticket.order_no[-4:]).json()["rows"] != []
    assert _lead(role="integrator").get("deliveries", q="nothing").json()["rows"] == []


def test_an_endpoint_that_never_answers_blocks_no_intake(committed, settings):
    """Eight deliveries hang; meanwhile orders are taken, each within the second that the hotline is promised."""
    settings.OUTGOING_CIDRS = ["127.0.0.0/8"]
    try:
        waiting = _told(8)
        with receiver() as end:
            settings.HOTLINE_URL = end.url
            end.open.clear()
            senders = [threading.Thread(target=_deliver, args=(one.pk,)) for one in waiting]
            for thread in senders:
                thread.start()
            assert end.came.wait(10)
            taken = []
            for _ in range(20):
                began = time.monotonic()
                of = message()
                assert hand_in(of).status_code == 201
                assert hand_in(message("urge", order_no=of["order_no"])).status_code == 200
                taken.append((time.monotonic() - began) / 2)
            later = waiting[0].ticket.order_no  # on the very order whose callbacks hang, too
            assert hand_in(message("urge", order_no=later)).status_code == 200
            assert all(thread.is_alive() for thread in senders)
            end.open.set()
            for thread in senders:
                thread.join(30)
        assert max(taken) < 1
        assert Event.objects.count() == 21
        states = OutboxMessage.objects.filter(pk__in=[one.pk for one in waiting]).values_list("state", flat=True)
        assert set(states) == {"delivered"}
    finally:
        connections.close_all()


def _deliver(number):
    try:
        tasks.deliver(message=str(number))
    finally:
        connections.close_all()
