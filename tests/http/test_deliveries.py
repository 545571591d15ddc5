"""Deliveries: who sees which, every attempt, and sending one again. Promise 14."""

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Event, OutboxMessage
from events.selectors.deliveries import READERS, SEERS
from events.services import deeds, outbox
from events.services.outbox import Outcome
from events.workflow import State
from grid.models import AuditEntry, Organisation, Post, Role, User
from tests.factories.happenings import brought_to, reported, step
from tests.factories.hotline import SECRET, hand_in, message
from tests.factories.people import access_for, user_with
from tests.http.ground import signed_in

pytestmark = pytest.mark.django_db
CITY, COUNTY = "centre-430900000000", "centre-430902000000"


@pytest.fixture(autouse=True)
def _key(settings):
    settings.HOTLINE_KEYS = [SECRET]


def _told(steps: int = 1) -> list[OutboxMessage]:
    """An order that was urged `steps` times, each of which the hotline is told."""
    order = message()
    hand_in(order)
    for _ in range(steps):
        hand_in(message("urge", order_no=order["order_no"]))
    return list(OutboxMessage.objects.filter(ticket__order_no=order["order_no"]).order_by("number"))


def _attempt(of: OutboxMessage, outcome: Outcome, *, by_hand: bool = False) -> None:
    outbox.attempt(
        message=of.pk, now=timezone.now, render=lambda _: b"{}", send=lambda *_: outcome, by_hand=by_hand
    )  # fmt: skip


def _someone(role: str, organisation: str) -> Client:
    user = user_with(role, organisation)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_shift_lead_of_the_holding_centre_sees_every_attempt():
    first, second = _told(2)
    _attempt(first, Outcome(code=500, milliseconds=12, answer="<b>kaputt</b>"))
    _attempt(second, Outcome(code=204, milliseconds=7))
    page = _someone(Role.SHIFT_LEAD, CITY).get("/api/v1/deliveries").json()
    assert page["counts"] == {"pending": 1, "delivered": 1, "dead": 0}
    assert page["next"] is None
    newest, oldest = page["rows"]
    assert [row["number"] for row in page["rows"]] == [2, 1]
    assert (newest["state"], newest["state_label"], newest["next_at"]) == ("delivered", "已送达", None)
    assert newest["delivered_at"] is not None
    (tried,) = oldest["attempts"]
    assert (tried["number"], tried["code"], tried["milliseconds"], tried["answer"], tried["by_hand"]) == (
        1, 500, 12, "<b>kaputt</b>", False,
    )  # fmt: skip
    assert (oldest["event_no"], oldest["order_no"]) == (Event.objects.get().no, first.ticket.order_no)


def test_filtered_by_state_and_paged():
    _told(55)
    lead = _someone(Role.SHIFT_LEAD, CITY)
    page = lead.get("/api/v1/deliveries", {"state": "pending"}).json()
    rest = lead.get("/api/v1/deliveries", {"state": "pending", "cursor": page["next"]}).json()
    numbers = [row["number"] for row in page["rows"] + rest["rows"]]
    assert (sorted(numbers), rest["next"]) == (list(range(1, 56)), None)
    assert lead.get("/api/v1/deliveries", {"state": "dead"}).json()["rows"] == []
    for query in ({"state": "lost"}, {"cursor": "-1"}, {"cursor": "1 OR 1=1"}, {"cursor": "x" * 13}):
        assert lead.get("/api/v1/deliveries", query).status_code == 422, query


def test_a_page_takes_three_queries(django_assert_max_num_queries):
    _told(20)
    lead = access_for(user_with(Role.SHIFT_LEAD, CITY))
    from events.selectors import deliveries

    with django_assert_max_num_queries(3):
        assert len(deliveries.deliveries(lead).rows) == 20


@pytest.mark.parametrize("role", [role for role in Role if role not in READERS])
def test_no_other_role_sees_or_sends(role):
    (told,) = _told()
    reader = _someone(role, CITY)
    asked = [] if role in SEERS else [reader.get("/api/v1/deliveries"), reader.get("/api/v1/deliveries/endpoint")]
    for answer in (
        *asked, reader.post(f"/api/v1/deliveries/{told.pk}/resend"), reader.post("/api/v1/deliveries/endpoint/open"),
    ):  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-page")
    assert not AuditEntry.objects.filter(action="delivery.resend").exists()


def test_the_shift_lead_of_another_centre_sees_nothing_and_finds_nothing():
    (told,) = _told()
    lead = _someone(Role.SHIFT_LEAD, COUNTY)
    page = lead.get("/api/v1/deliveries").json()
    assert (page["rows"], page["counts"]) == ([], {"pending": 0, "delivered": 0, "dead": 0})
    assert lead.post(f"/api/v1/deliveries/{told.pk}/resend").status_code == 404
    assert not AuditEntry.objects.filter(action="delivery.resend").exists()


def test_without_a_session_there_is_nothing():
    assert Client().get("/api/v1/deliveries").status_code == 401


def test_a_shift_lead_whose_post_has_ended_sees_nothing():
    _told()
    client = signed_in(Role.SHIFT_LEAD)
    Post.objects.filter(user=User.objects.latest("pk")).update(until=timezone.now())
    assert client.get("/api/v1/deliveries").status_code in (401, 403)


def test_sending_again_is_audited_and_wakes_a_worker():
    (told,) = _told()
    _attempt(told, Outcome(code=410, milliseconds=1))
    answer = _someone(Role.SHIFT_LEAD, CITY).post(f"/api/v1/deliveries/{told.pk}/resend")
    assert (answer.status_code, answer.json()["id"], answer.json()["state"]) == (200, str(told.pk), "pending")
    entry = AuditEntry.objects.get(action="delivery.resend")
    assert (entry.subject, entry.organisation, entry.detail["number"]) == (
        str(told.pk), Organisation.objects.get(code=CITY), 1,
    )  # fmt: skip
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE args->>'message' = %s AND args->>'by_hand' = 'true'",
            [str(told.pk)],
        )
        assert len(cursor.fetchall()) == 1


def test_an_unknown_delivery_is_not_found():
    lead = _someone(Role.SHIFT_LEAD, CITY)
    unknown = "00000000-0000-4000-8000-000000000000"
    assert lead.post(f"/api/v1/deliveries/{unknown}/resend").status_code == 404
    assert lead.post("/api/v1/deliveries/x/resend").status_code == 422


def test_the_csrf_rules_apply():
    (told,) = _told()
    lead = Client(enforce_csrf_checks=True)
    user = user_with(Role.SHIFT_LEAD, CITY)
    lead.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert lead.post(f"/api/v1/deliveries/{told.pk}/resend").status_code == 403


def test_an_officers_own_report_is_told_to_nobody():
    event = brought_to(reported(), State.ACCEPTED)
    step(event, deeds.Note(text="没有工单"), access_for(user_with(Role.DISPATCHER, event.holder)))
    assert not OutboxMessage.objects.exists()
