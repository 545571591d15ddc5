"""A hotline's order through the steps that the straight path has not: verified, refused, voided, reopened, extended."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.hotline import callback, intake
from events.models import Event, OutboxMessage
from events.services import deeds
from events.workflow import State
from tests.factories import SANYI_GRID, brought_to, escalated, photo_of, reported, step, ticketed, user_with
from tests.factories.hotline import SECRET, hand_in, message
from tests.factories.people import access_for
from tests.http.doors import Browser, middle, problem
from tests.http.test_every_step import WHY, act, done, due, lead_of, offered, refused, whole

pytestmark = pytest.mark.django_db
CITY, TOWN = "centre-430900000000", "centre-430902005000"


@pytest.fixture(autouse=True)
def _ready(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.HOTLINE_KEYS = [SECRET]


@pytest.fixture
def officer() -> Browser:
    return Browser(user_with("grid_officer", TOWN, grid=SANYI_GRID))


@pytest.fixture
def desk() -> Browser:
    """An acceptor of the city's centre."""
    return Browser(user_with("acceptor", CITY))


def ordered(**fields: Any) -> Event:
    """An event that came in by the webhook."""
    answer = hand_in(message(**fields))
    assert answer.status_code == 201
    return Event.objects.get(no=answer.json()["event_no"])


def told(event: Event) -> dict[str, Any]:
    """The newest callback about it, as it would leave."""
    body: dict[str, Any] = json.loads(callback.render(OutboxMessage.objects.filter(event=event).latest("number")))
    return body


def test_verified_on_the_spot_and_taken_on(officer, desk):
    event = ordered(categories=["06-003"])
    colleague = Browser(user_with("grid_officer", TOWN, grid="430902005002002"))
    refused(officer, event, "request_verify", 403, "step-not-yours")
    card = done(desk, event, "request_verify", text="请看井盖是否真的破了")
    assert (card["state"], card["stage"]) == ("verifying", "verify")
    assert timedelta(hours=23) < due(event) - timezone.now() <= timedelta(hours=24)
    assert told(event)["step"] == "request_verify"
    assert [row["no"] for row in officer.get("events", view="to_verify").json()["rows"]] == [event.no]
    refused(desk, event, "accept", 409, "step-not-possible")
    refused(desk, event, "confirm", 403, "step-not-yours", photos=[desk.photo()])
    problem(act(colleague, event, "confirm", photos=[colleague.photo()]), 404, "no-such-event")
    found = refused(officer, event, "confirm", 422, "photo-needed")
    assert found["errors"][0]["field"] == "photos"
    card = done(officer, event, "confirm", photos=[officer.photo(point=middle())], text="确实破损")
    assert (card["state"], card["stage"]) == ("accepted", "dispatch")
    assert [(photo["shows"], photo["distance_m"] < 5) for photo in card["photos"]] == [("check", True)]
    body = told(event)
    assert (body["step"], body["status"], body["result"]) == ("confirm", "accepted", None)
    assert body["accepted_at"]
    assert offered(officer, event) == ["note"]
    assert officer.get("events", view="to_verify").json()["total"] == 0


def test_not_so(officer, desk):
    event = ordered()
    done(desk, event, "request_verify")
    photo = officer.photo()
    refused(officer, event, "refute", 422, "text-needed", text="没有", photos=[photo])
    refused(officer, event, "refute", 422, "photo-needed", text="现场井盖完好无损")
    card = done(officer, event, "refute", text="现场井盖完好无损", photos=[photo])
    assert card["state"] == "rejected"
    body = told(event)
    assert (body["result"], body["reason"], body["reply"]) == ("returned", "no_fault", "现场井盖完好无损")
    assert body["rejected_at"]
    assert done(desk, event, "reopen", **WHY)["state"] == "accepted"
    assert told(event)["result"] is None


def test_it_can_not_be_told_and_is_asked_again(officer, desk):
    event = ordered()
    done(desk, event, "request_verify")
    refused(officer, event, "cannot_tell", 422, "text-needed")
    card = done(officer, event, "cannot_tell", text="夜间看不清楚，明天再看")
    assert (card["state"], card["stage"]) == ("reported", "accept")
    done(desk, event, "request_verify")
    assert done(officer, event, "confirm", photos=[officer.photo()])["state"] == "accepted"
    assert [one["state"] for one in officer.get(f"events/{event.no}").json()["tasks"]] == ["finished", "finished"]


def test_the_officer_puts_place_and_category_right_while_verifying(officer, desk):
    event = ordered(categories=["没有这一类"])
    done(desk, event, "request_verify")
    refused(officer, event, "confirm", 422, "category-needed", photos=[officer.photo()])
    lng, lat = middle(SANYI_GRID)
    done(officer, event, "place", point={"lng": lng, "lat": lat, "crs": "wgs84"}, address="三益街12号门前")
    done(officer, event, "recategorise", category="06-003")
    done(officer, event, "confirm", photos=[officer.photo()])
    assert event.category is not None
    assert (event.category.code, event.address, event.state) == ("06-003", "三益街12号门前", "accepted")


def test_what_can_not_be_verified(desk):
    unplaced = ordered(lng=None, lat=None, crs=None)
    refused(desk, unplaced, "request_verify", 409, "place-needed")
    unwalked = ticketed(grid="430902005002002")
    refused(desk, unwalked, "request_verify", 409, "no-officer")
    ours = escalated(escalated(reported(category="06-003")))
    refused(desk, ours, "request_verify", 409, "not-from-public")


def test_the_hotline_hears_of_more_time_and_of_standing_still():
    event = brought_to(ticketed(category="06-003"), State.HANDLING)
    clerk = Browser(user_with("dept_clerk", lead_of(event)))
    done(clerk, event, "request_extension", amount=1, **WHY)
    assert (told(event)["step"], told(event)["status"]) == ("request_extension", "handling")
    before = whole(event)
    done(Browser(user_with("dispatcher", CITY)), event, "grant_extension")
    assert told(event)["due_at"] == whole(event).isoformat() > before.isoformat()
    head, leader = Browser(user_with("dept_lead", lead_of(event))), Browser(user_with("leader", CITY))
    until = (timezone.localdate() + timedelta(days=5)).isoformat()
    done(head, event, "ask_suspension", until=until, **WHY)
    done(leader, event, "approve_suspension")
    assert (told(event)["status"], told(event)["due_at"]) == ("suspended", None)
    done(leader, event, "resume")
    assert told(event)["due_at"]


def test_the_hotline_does_not_hear_what_the_house_says_to_itself():
    event = brought_to(ticketed(category="06-003"), State.HANDLING)
    before = OutboxMessage.objects.count()
    done(Browser(user_with("supervisor", CITY)), event, "supervise", level="red")
    done(Browser(user_with("leader", CITY)), event, "instruct", text="请限期办结")
    dispatcher = Browser(user_with("dispatcher", CITY))
    other = dispatcher.get(f"events/{event.no}/organisations", step="copy_to").json()[0]["id"]
    done(dispatcher, event, "copy_to", organisation=other)
    assert OutboxMessage.objects.count() == before


def test_closed_by_force_is_not_solved_and_void_is_returned():
    lead = Browser(user_with("shift_lead", CITY))
    forced, void = brought_to(ticketed(), State.HANDLING), ticketed()
    done(lead, forced, "force_close", text="因道路改造不再处理")
    body = told(forced)
    assert (body["result"], body["reply"], bool(body["closed_at"])) == ("not_solved", "因道路改造不再处理", True)
    done(lead, void, "void", text="这是一次测试")
    assert (told(void)["result"], told(void)["reason"]) == ("returned", "test")


def test_reopened_by_the_centre_the_hotline_is_told_and_by_the_hotline_within_thirty_days(desk):
    event = brought_to(ticketed(category="06-003"), State.CLOSED)
    assert told(event)["result"] == "solved"
    done(desk, event, "reopen", text="来电反映又破损了")
    body = told(event)
    assert (body["step"], body["status"], body["result"], body["reply"]) == ("reopen", "accepted", None, None)
    then = timezone.now() - timedelta(days=29)
    mended = brought_to(ticketed(category="06-003", now=then), State.CLOSED, now=then)
    again = step(mended, deeds.Reopen(text="市民回访不满意"), intake.hotline())
    assert (again.state, again.reopens) == ("accepted", 1)


def test_withdrawn_while_it_is_being_verified(officer, desk):
    event = ordered()
    done(desk, event, "request_verify")
    order = event.tickets.get().order_no
    answer = hand_in(message("withdraw", order_no=order))
    assert (answer.status_code, answer.json()["state"]) == (200, "voided")
    assert told(event)["result"] == "withdrawn"
    assert not event.tasks.filter(ended_at__isnull=True).exists()
    refused(officer, event, "confirm", 409, "step-not-possible", photos=[officer.photo()])


def test_a_reply_that_the_hotline_waits_for(desk):
    event = brought_to(ticketed(), State.PENDING_CLOSE)
    found = refused(desk, event, "close", 422, "reply-needed")
    assert found["errors"][0]["field"] == "text"
    assert done(desk, event, "close", text="已经修好，谢谢来电")["state"] == "closed"
    quiet = brought_to(ticketed(want_callback=False), State.PENDING_CLOSE)
    assert done(desk, quiet, "close")["state"] == "closed"


def test_photos_of_a_verification_are_the_officers_own(officer, desk):
    event = ordered()
    done(desk, event, "request_verify")
    others = photo_of(access_for(desk.user)).sha256
    refused(officer, event, "confirm", 422, "photo-unknown", photos=[others])
