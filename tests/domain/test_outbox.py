"""What must leave the house: tried until it arrives or is dead, the same bytes every time. Promises 2, 13, 14, 15."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from events import tasks
from events.hotline import callback
from events.models import DeliveryAttempt, Event, OutboxMessage
from events.services import deeds, outbox, routing
from events.services.outbox import LEASE, SCHEDULE, Outcome
from events.workflow import State
from grid.models import AuditEntry, Role
from grid.refusals import NotFound
from tests.factories.happenings import brought_to, step
from tests.factories.hotline import OTHER_SECRET, SECRET, answered, hand_in, message
from tests.factories.people import access_for, user_with
from tests.factories.receivers import deaf_port, receiver
from tests.factories.worker import working

START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
GOOD, BAD = Outcome(code=200, milliseconds=3), Outcome(code=503, milliseconds=3)
CENTRE = "centre-430900000000"


class Killed(BaseException):
    """The worker is gone in the middle of something: nothing after it runs."""


class Line:
    """The hotline at the end of a line, and a clock that the test sets."""

    def __init__(self, *outcomes: Outcome | BaseException, now: datetime = START) -> None:
        self.outcomes = list(outcomes)
        self.now = now
        self.sent: list[tuple[UUID, bytes]] = []

    def send(self, of: OutboxMessage, body: bytes) -> Outcome:
        self.sent.append((of.pk, body))
        outcome = self.outcomes.pop(0) if self.outcomes else GOOD
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def attempt(self, of: OutboxMessage, *, by_hand: bool = False) -> OutboxMessage | None:
        return outbox.attempt(
            message=of.pk, now=lambda: self.now, render=callback.render, send=self.send, by_hand=by_hand
        )


@pytest.fixture(autouse=True)
def _key(settings):
    settings.HOTLINE_KEYS = [SECRET]


def _queued(steps: int = 1, **fields: object) -> list[OutboxMessage]:
    """The callbacks of an order that was urged `steps` times, due since START."""
    order = message(**fields)
    hand_in(order)
    for _ in range(steps):
        hand_in(message("urge", order_no=order["order_no"]))
    told = OutboxMessage.objects.filter(ticket__order_no=order["order_no"])
    told.update(next_at=START)
    return list(told.order_by("number"))


@pytest.mark.django_db
def test_the_schedule_is_the_specifications_and_lasts_three_days():
    (told,) = _queued()
    line = Line(*[BAD] * 20)
    moments = []
    while True:
        told.refresh_from_db()
        if told.next_at is None:
            break
        line.now = told.next_at
        moments.append(line.now)
        assert line.attempt(told) is not None
    assert len(moments) == len(SCHEDULE) == 10
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    for pause, planned in zip(pauses, SCHEDULE[1:], strict=True):
        assert planned <= pause <= planned * 1.1
    assert moments[-1] - moments[0] >= timedelta(hours=72)
    assert (told.state, told.attempts_made, told.delivered_at) == ("dead", 10, None)
    assert len({body for _, body in line.sent}) == 1
    assert {number for number, _ in line.sent} == {told.pk}
    assert [(one.number, one.code) for one in told.attempts.order_by("number")] == [(n, 503) for n in range(1, 11)]


@pytest.mark.django_db
def test_after_a_day_without_the_hotline_everything_arrives_and_tells_the_whole_state():
    orders = [_queued(3) for _ in range(4)]
    messages = [one for order in orders for one in order]
    line = Line()
    line.outcomes = [Outcome(code=None, milliseconds=1, error="connect")] * 10_000
    back = START + timedelta(hours=24)
    for _ in range(1000):
        waiting = OutboxMessage.objects.filter(state="pending").order_by("next_at", "number").first()
        if waiting is None:
            break
        line.now = max(line.now, waiting.next_at)
        if line.now >= back:
            line.outcomes = []
        line.attempt(waiting)
    assert line.now - START < timedelta(hours=60)
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"delivered"}
    for order in orders:
        bodies = [json.loads(bytes(OutboxMessage.objects.get(pk=one.pk).body or b"")) for one in order]
        assert [body["number"] for body in bodies] == [1, 2, 3]
        assert {body["order_no"] for body in bodies} == {order[0].ticket.order_no}
        assert all(body["status"] == "reported" and body["reported_at"] for body in bodies)
    assert len({number for number, _ in line.sent}) == len(messages)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("outcome", "state", "pause"),
    [(Outcome(200, 1), "delivered", None), (Outcome(204, 1), "delivered", None), (Outcome(299, 1), "delivered", None),
     (Outcome(301, 1), "pending", 5), (Outcome(302, 1), "pending", 5), (Outcome(304, 1), "pending", 5),
     (Outcome(400, 1), "pending", 5), (Outcome(404, 1), "pending", 5), (Outcome(410, 1), "pending", None),
     (Outcome(429, 1, retry_after=90), "pending", 90), (Outcome(429, 1, retry_after=1), "pending", 5),
     (Outcome(503, 1, retry_after=9_999_999), "pending", 86_400), (Outcome(500, 1), "pending", 5),
     (Outcome(None, 1, error="timeout"), "pending", 5), (Outcome(None, 1, error="connect"), "pending", 5)],
)  # fmt: skip
def test_what_each_outcome_leads_to(outcome, state, pause):
    (told,) = _queued()
    after = Line(outcome).attempt(told)
    assert (after.state, after.attempts_made) == (state, 1)
    if pause is None:
        assert after.next_at is None
    else:
        assert pause <= (after.next_at - START).total_seconds() <= max(pause, 5 * 1.1)
    assert (after.delivered_at == START) == (state == "delivered")


@pytest.mark.django_db
def test_nothing_is_sent_before_its_time_or_after_it_arrived():
    (told,) = _queued()
    early = Line(now=START - timedelta(seconds=1))
    assert (early.attempt(told), early.sent) == (None, [])
    line = Line()
    assert line.attempt(told).state == "delivered"
    assert line.attempt(told) is None
    assert len(line.sent) == 1
    assert Line().attempt(OutboxMessage(pk=UUID(int=7))) is None


@pytest.mark.django_db
def test_a_worker_killed_in_the_middle_leaves_a_message_that_goes_out_again():
    (told,) = _queued()
    line = Line(Killed())
    with pytest.raises(Killed):
        line.attempt(told)
    assert outbox.due(now=START + LEASE - timedelta(seconds=1)) == []
    assert line.attempt(told) is None  # another worker leaves it alone while the lease runs
    line.now = START + LEASE
    assert outbox.due(now=line.now) == [told.pk]
    hand_in(message("urge", order_no=told.ticket.order_no))  # the event moves on in between
    assert line.attempt(told).state == "delivered"
    assert line.sent[0] == line.sent[1]
    assert DeliveryAttempt.objects.filter(message=told).count() == 1


@pytest.mark.django_db
def test_a_step_that_is_rolled_back_tells_nobody():
    (told,) = _queued()
    before = _jobs()  # a job that another test committed may still be there
    with transaction.atomic():
        hand_in(message("urge", order_no=told.ticket.order_no))
        assert (OutboxMessage.objects.count(), _jobs()) == (2, before + 1)
        transaction.set_rollback(True)
    assert (OutboxMessage.objects.count(), _jobs()) == (1, before)


def _jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [outbox.JOB])
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_sent_again_by_hand_it_has_the_same_id_and_bytes():
    (told,) = _queued()
    line = Line(Outcome(410, 1))
    line.attempt(told)
    lead = access_for(user_with(Role.SHIFT_LEAD, CENTRE))
    outbox.resend(access=lead, message=told.pk)
    assert AuditEntry.objects.filter(action="delivery.resend", subject=str(told.pk), actor=lead.user).count() == 1
    line.now = START + timedelta(days=9)
    after = line.attempt(told, by_hand=True)
    assert (after.state, after.delivered_at, after.attempts_made) == ("delivered", line.now, 2)
    assert line.sent[0] == line.sent[1]
    line.attempt(told, by_hand=True)  # what has arrived may be sent again as well
    assert (after.delivered_at, len(line.sent)) == (line.now, 3)
    assert list(told.attempts.order_by("number").values_list("by_hand", flat=True)) == [False, True, True]


@pytest.mark.django_db
def test_only_who_answers_for_it_sends_it_again():
    (told,) = _queued()
    jobs = _jobs()
    for organisation, role in (("centre-430902000000", Role.SHIFT_LEAD), (CENTRE, Role.ACCEPTOR)):
        with pytest.raises(NotFound):
            outbox.resend(access=access_for(user_with(role, organisation)), message=told.pk)
    assert not AuditEntry.objects.filter(action="delivery.resend").exists()
    assert _jobs() == jobs


@pytest.mark.django_db
def test_an_attempt_by_hand_that_fails_leaves_the_plan_as_it_was():
    (told,) = _queued()
    line = Line(BAD, BAD, BAD)
    planned = line.attempt(told).next_at
    line.now = START + timedelta(seconds=1)
    after = line.attempt(told, by_hand=True)
    assert (after.state, after.next_at, after.attempts_made) == ("pending", planned, 2)
    line.now = planned
    later = line.attempt(told)
    assert later.next_at - planned >= timedelta(seconds=SCHEDULE[2])  # the second of the plan, not the third


@pytest.mark.django_db
def test_numbers_rise_and_each_body_tells_the_ticket_as_it_stands():
    hand_in(order := message(urgency="urgent"))
    event = answered(Event.objects.get())
    told = list(OutboxMessage.objects.order_by("number"))
    assert [one.number for one in told] == list(range(1, 7))
    assert [one.step for one in told] == ["accept", "dispatch", "sign", "finish", "pass_check", "close"]
    body = json.loads(callback.render(told[-1]))
    assert (body["order_no"], body["event_no"], body["number"]) == (order["order_no"], event.no, 6)
    assert (body["status"], body["status_text"], body["result"]) == ("closed", "已结案", "solved")
    assert (body["reply"], body["category"], body["lead"]) == (
        "井盖已经换好，谢谢您的来电。", "06-001", event.lead.name,
    )  # fmt: skip
    assert all(body[name] for name in ("reported_at", "accepted_at", "dispatched_at", "signed_at", "closed_at"))
    assert (body["rejected_at"], body["withdrawn_at"], body["reason"]) == (None, None, None)
    assert body["message_id"] == str(told[-1].pk)


@pytest.mark.django_db
def test_a_refusal_and_a_withdrawal_are_told():
    hand_in(message())
    event = Event.objects.get()
    acceptor = access_for(user_with(Role.ACCEPTOR, event.holder))
    step(event, deeds.Reject(reason="duplicate", text="与另一工单重复"), acceptor)
    body = json.loads(callback.render(OutboxMessage.objects.get()))
    assert (body["result"], body["reason"], body["reply"]) == ("returned", "duplicate", "与另一工单重复")
    hand_in(other := message())
    hand_in(message("withdraw", order_no=other["order_no"]))
    body = json.loads(callback.render(OutboxMessage.objects.get(ticket__order_no=other["order_no"])))
    assert (body["result"], bool(body["withdrawn_at"])) == ("withdrawn", True)


@pytest.mark.django_db
def test_what_the_house_says_to_itself_is_not_told():
    hand_in(message())
    event = Event.objects.get()
    centre = event.holder
    step(event, deeds.Supervise(level="normal"), access_for(user_with(Role.SUPERVISOR, centre)))
    step(event, deeds.Instruct(text="请尽快处理"), access_for(user_with(Role.LEADER, centre)))
    copied = next(one.pk for one in routing.readers(event))
    step(event, deeds.CopyTo(organisation=copied), access_for(user_with(Role.DISPATCHER, centre)))
    assert not OutboxMessage.objects.exists()
    step(event, deeds.Urge(), access_for(user_with(Role.DISPATCHER, centre)))
    assert [one.step for one in OutboxMessage.objects.all()] == ["urge"]


@pytest.mark.django_db
def test_who_wants_no_callback_gets_none():
    hand_in(message(want_callback=False))
    brought_to(Event.objects.get(), State.HANDLING)
    assert not OutboxMessage.objects.exists()


def _sent_to(url: str, settings) -> tuple[OutboxMessage, Outcome]:
    (told,) = _queued()
    settings.HOTLINE_URL = url
    told.body = callback.render(told)
    return told, tasks.send(told, bytes(told.body))


@pytest.mark.django_db
def test_over_a_real_socket_the_specifications_library_accepts_the_signature(settings):
    settings.HOTLINE_KEYS = [SECRET, OTHER_SECRET]
    with receiver() as end:
        told, outcome = _sent_to(end.url, settings)
    (got,) = end.got
    assert (outcome.code, outcome.answer, outcome.error, outcome.arrived) == (200, "ok\n", "", True)
    assert (got.path, got.headers["content-type"]) == ("/callback", "application/json")
    assert got.headers["webhook-id"] == str(told.pk) == json.loads(got.body)["message_id"]
    for secret in (SECRET, OTHER_SECRET):
        Webhook(secret).verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_bm9ib2R5IGhhcyB0aGlzIGtleQ==").verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(got.body + b" ", got.headers)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "headers", "wish"),
    [(301, {"Location": "/elsewhere"}, None), (410, {}, None), (500, {}, None), (429, {"Retry-After": "120"}, 120),
     (503, {"Retry-After": "soon"}, None), (503, {"Retry-After": "-5"}, None),
     (429, {"Retry-After": "9" * 40}, 86_400)],
)  # fmt: skip
def test_over_a_real_socket_every_status_is_what_it_is(settings, status, headers, wish):
    with receiver() as end:
        end.answers.append((status, headers))
        _, outcome = _sent_to(end.url, settings)
    assert (outcome.code, outcome.retry_after, outcome.arrived) == (status, wish, False)
    assert len(end.got) == 1  # a redirect is not followed


def test_retry_after_may_be_a_date():
    now = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    for said, seconds in (
        ("Mon, 02 Mar 2026 01:32:00 GMT", 120), ("Mon, 02 Mar 2026 01:00:00 GMT", 0), ("Mon, 32 Mar", None), ("", None),
    ):  # fmt: skip
        assert tasks.seconds_asked_for({"retry-after": said}, now=now) == seconds, said
    assert tasks.seconds_asked_for({}, now=now) is None


@pytest.mark.django_db
def test_a_refused_a_mute_and_a_forbidden_address_are_failures_with_their_reason(settings, monkeypatch):
    _, refused = _sent_to(f"http://127.0.0.1:{deaf_port()}/callback", settings)
    monkeypatch.setattr(tasks, "_SECONDS", 0.4)
    with receiver() as end:
        end.open.clear()
        _, mute = _sent_to(end.url, settings)
    settings.OUTGOING_CIDRS = ["192.0.2.0/24"]
    _, forbidden = _sent_to("http://127.0.0.1:9/callback", settings)
    _, unset = _sent_to("", settings)
    assert (refused.code, refused.error) == (None, "connect")
    assert (mute.code, mute.error) == (None, "timeout")
    assert 300 < mute.milliseconds < 5_000
    assert "OUTGOING_CIDRS" in forbidden.error
    assert (forbidden.arrived, unset.arrived, bool(unset.error)) == (False, False, True)


def test_the_sweep_gives_a_forgotten_message_one_job_and_not_two(committed):
    (told,) = _queued()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    tasks.sweep(timestamp=0)
    tasks.sweep(timestamp=60)
    assert _jobs() == 1
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    OutboxMessage.objects.filter(pk=told.pk).update(next_at=timezone.now() + timedelta(hours=1))
    tasks.sweep(timestamp=120)
    assert _jobs() == 0


def test_a_worker_process_killed_mid_delivery_sends_the_same_again(committed, settings, tmp_path):
    """The real worker, a real SIGKILL, a real socket."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    hand_in(order := message())
    hand_in(message("urge", order_no=order["order_no"]))
    with receiver() as end:
        end.open.clear()
        with working(committed, settings, tmp_path, hotline=end.url):
            assert end.came.wait(40), "the worker sent nothing"
        end.open.set()
        told = OutboxMessage.objects.get()
        assert (told.state, told.attempts_made) == ("pending", 0)
        settings.HOTLINE_URL = end.url
        line = Line(now=timezone.now() + LEASE)
        after = outbox.attempt(message=told.pk, now=lambda: line.now, render=callback.render, send=tasks.send)
    assert after.state == "delivered"
    first, second = end.got
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    for got in end.got:
        Webhook(SECRET).verify(got.body, got.headers)
