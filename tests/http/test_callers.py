"""Who called: masked, shown once with a reason and a row of audit before it, gone in time; words redacted."""

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from events.models import Caller, Event, FreeText, HotlineMessage, JournalEntry, OutboxMessage, Ticket
from events.services import retention
from events.workflow import State
from grid.models import AuditEntry
from grid.services import audit
from tests.factories import brought_to, user_with
from tests.factories.hotline import SECRET, answered, hand_in, message
from tests.http.doors import Browser, problem

pytestmark = pytest.mark.django_db
NAME, PHONE = "欧阳金丝雀", "13912345678"
CITY = "centre-430900000000"
LATER = timedelta(days=91)


@pytest.fixture(autouse=True)
def _ready(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.HOTLINE_KEYS = [SECRET]


@pytest.fixture
def desk():
    return Browser(user_with("acceptor", CITY), raises=False)


def called(**fields):
    of = message(caller=NAME, caller_phone=PHONE, **fields)
    assert hand_in(of).status_code == 201
    return Event.objects.get(tickets__order_no=of["order_no"]), of["order_no"]


def asked(browser, event, order, reason="需要回电核实地点"):
    return browser.post(f"events/{event.no}/caller", {"order_no": order, "reason": reason})


def test_shown_to_the_acceptor_and_the_leads_clerk_with_a_reason_and_audited(desk):
    event, order = called()
    answer = asked(desk, event, order)
    assert (answer.status_code, answer.json()) == (200, {"name": NAME, "phone": PHONE, "seconds": 60})
    assert answer["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="caller.unmask")
    assert (entry.subject, entry.result, entry.detail) == (
        event.no, "ok", {"order_no": order, "reason": "需要回电核实地点"},
    )  # fmt: skip
    event = brought_to(event, State.HANDLING)
    assert asked(Browser(user_with("dept_clerk", event.lead)), event, order).json()["name"] == NAME
    assert AuditEntry.objects.filter(action="caller.unmask").count() == 2


def test_everybody_else_is_refused_and_that_is_audited_too():
    event, order = called()
    for role in ("dispatcher", "shift_lead", "supervisor", "leader", "auditor"):
        other = Browser(user_with(role, CITY), raises=False)
        answer = asked(other, event, order)
        problem(answer, 403, "caller-not-yours")
        assert NAME not in answer.text
    assert set(AuditEntry.objects.filter(action="caller.unmask").values_list("result", flat=True)) == {"refused"}
    stranger = Browser(user_with("acceptor", "centre-430903000000"), raises=False)
    assert asked(stranger, event, order).status_code in (403, 404)


def test_a_secret_orders_caller_is_the_acceptors_alone(desk):
    event, order = called(secret=True)
    event = brought_to(event, State.HANDLING)
    problem(asked(Browser(user_with("dept_clerk", event.lead), raises=False), event, order), 403, "caller-not-yours")
    assert asked(desk, event, order).status_code == 200


def test_without_a_reason_an_order_or_a_caller_there_is_nothing(desk):
    event, order = called()
    problem(asked(desk, event, order, reason="   看  "), 422, "reason-needed")
    problem(asked(desk, event, "YY-nobody"), 404, "no-such-order")
    Caller.objects.all().delete()
    problem(asked(desk, event, order), 409, "no-caller")


def test_what_can_not_be_audited_is_not_shown(desk, monkeypatch):
    event, order = called()

    def broken(**_):
        raise DatabaseError("the trail can't be written")

    monkeypatch.setattr(audit, "record", broken)
    answer = asked(desk, event, order)
    assert answer.status_code >= 500
    assert NAME not in answer.text
    assert PHONE not in answer.text


# Redaction


def test_the_shift_lead_takes_words_out_and_the_journal_keeps_their_digest():
    event, _ = called(content=f"我是{NAME}，井盖破了")
    words = f"我是{NAME}，井盖破了"
    lead = Browser(user_with("shift_lead", CITY), raises=False)
    body = {"version": event.version, "entry": 1, "instead": "井盖破了", "reason": "含有来电人姓名"}
    assert lead.get(f"events/{event.no}").json()["may_redact"] is True
    card = lead.post(f"events/{event.no}/redactions", body).json()
    assert (card["description"], card["version"]) == ("井盖破了", 2)
    told, redaction = JournalEntry.objects.order_by("version")
    assert told.text_sha256 == hashlib.sha256(words.encode()).hexdigest()
    assert redaction.payload == {
        "entry": 1, "old": told.text_sha256, "new": hashlib.sha256("井盖破了".encode()).hexdigest(),
    }  # fmt: skip
    assert (redaction.text.body, redaction.step) == ("含有来电人姓名", "redact")
    assert not FreeText.objects.filter(body__contains=NAME).exists()
    assert AuditEntry.objects.filter(action="event.redact").exists()
    assert not OutboxMessage.objects.exists()  # the hotline is not told
    stale = problem(lead.post(f"events/{event.no}/redactions", body), 409, "event-moved-on")
    assert (stale["event"]["version"], [entry["version"] for entry in stale["since"]]) == (2, [2])
    for change, code in (({"entry": 9}, "entry-unknown"), ({"instead": " "}, "words-needed"),
                         ({"reason": "短"}, "text-needed")):  # fmt: skip
        problem(lead.post(f"events/{event.no}/redactions", {**body, "version": 2, **change}), 422, code)
    acceptor = Browser(user_with("acceptor", CITY), raises=False)
    assert acceptor.get(f"events/{event.no}").json()["may_redact"] is False
    problem(acceptor.post(f"events/{event.no}/redactions", {**body, "version": 2}), 403, "step-not-yours")


# Retention


def test_after_the_time_for_keeping_it_the_caller_is_gone_from_every_table(desk):
    event, order = called(content=f"我是{NAME}，请回电{PHONE}")
    hand_in(message("urge", order_no=order, content=f"{NAME}再次来电"))
    answered(event)
    hand_in(message("urge", order_no=order, content=f"还是{NAME}"))  # kept without effect
    assert retention.purge(now=timezone.now() + timedelta(days=89), days=90) == 0
    assert retention.purge(now=timezone.now() + LATER, days=90) == 1
    assert not Caller.objects.exists()
    for body in FreeText.objects.values_list("body", flat=True):
        assert NAME not in body
        assert PHONE not in body
    assert all(NAME not in str(kept.payload) for kept in HotlineMessage.objects.all())
    steps = list(JournalEntry.objects.filter(step="redact").values_list("role", "payload__entry"))
    assert steps == [("system", 1), ("system", 2)]
    event.refresh_from_db()
    assert (event.state, Ticket.objects.get().purged_at is not None) == ("closed", True)
    assert retention.purge(now=timezone.now() + LATER, days=90) == 0
    card = desk.get(f"events/{event.no}").json()
    assert (card["ticket_rows"][0]["purged"], card["ticket_rows"][0]["caller"]) == (True, None)


def test_what_was_taken_up_again_is_kept_and_what_never_became_an_order_is_forgotten():
    event, order = called()
    answered(event)
    hand_in(message("revisit", order_no=order, satisfaction=0))
    hand_in(message("urge", order_no="YY-never", content=f"我是{NAME}"))
    assert retention.purge(now=timezone.now() + LATER, days=90) == 0
    assert Caller.objects.count() == 1
    kept = HotlineMessage.objects.get(ticket__order_no="YY-never")
    assert kept.payload["content"] == ""


def test_one_order_that_can_not_be_purged_keeps_no_other_from_it(monkeypatch):
    first, second = called(), called(content=f"{NAME}说路灯不亮")
    for event, _ in (first, second):
        answered(event)
    Event.objects.filter(pk=first[0].pk).update(ended_at=timezone.now() - timedelta(days=1))
    whole = retention._redact

    def broken(event, *rest):
        if event.pk == first[0].pk:
            raise ValueError("broken")
        whole(event, *rest)

    monkeypatch.setattr(retention, "_redact", broken)
    assert retention.purge(now=timezone.now() + LATER, days=90) == 1
    assert Caller.objects.get().ticket.event == first[0]
    monkeypatch.undo()
    assert retention.purge(now=timezone.now() + LATER, days=90) == 1
