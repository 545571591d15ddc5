"""Sharing over HTTP: asked, answered, ended; every door of an event opens and closes with it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Caller, Evidence
from events.workflow import State
from grid import fields
from grid.models import EventGrant, Region
from grid.selectors.signed_in import signed_in
from tests.factories import SANYI_GRID, access_for, brought_to, reported, ticketed, user_with
from tests.factories.lending import lent
from tests.factories.people import HESHAN, ZIYANG, organisation
from tests.http.doors import Browser, middle, problem

pytestmark = pytest.mark.django_db
COUNTY, FAR, FAR_COUNTY = f"centre-{ZIYANG}", f"dept-{HESHAN}-chengguan_zhujian", f"centre-{HESHAN}"


def wish(**changed):
    until = timezone.localdate() + timedelta(days=7)
    fields = {
        "owner": organisation(COUNTY).pk, "path": Region.objects.get(code=ZIYANG).path, "classes": ["06"],
        "reason": "沿河联合整治需要掌握情况", "until": until.isoformat(),
    }  # fmt: skip
    return fields | changed


@pytest.fixture
def asker():
    return Browser(user_with("dept_lead", FAR))


@pytest.fixture
def leader():
    return Browser(user_with("leader", COUNTY))


def doors(browser, event):
    """What each of the doors through which an event is seen says of it: True, as soon as it shows."""
    photo = Evidence.objects.filter(event=event).select_related("photo").first().photo.sha256
    page = browser.get("events", view="open").json()
    counts = {view["code"]: view["count"] for view in page["views"]}
    return [
        browser.get(f"events/{event.no}").status_code == 200,
        browser.get(f"photos/{photo}").status_code == 200,
        browser.get(f"photos/{photo}", size="thumb").status_code == 200,
        browser.get(f"events/{event.no}/channels").status_code == 200,
        event.no in [row["no"] for row in page["rows"]],
        page["total"] > 0,
        counts["shared"] > 0,
        event.no in [row["no"] for row in browser.get("events", view="shared").json()["rows"]],
        browser.get("events", view="open", q=event.no).json()["total"] > 0,
        event.no in [row["no"] for row in browser.get("map/events").json()["rows"]],
    ]


def test_every_door_opens_when_it_is_approved_and_closes_when_it_is_ended(asker, leader):
    event = brought_to(reported(), State.HANDLING)
    assert not any(doors(asker, event))
    asked = asker.post("sharing", wish())
    assert asked.status_code == 201, asked.content
    number = asked.json()["id"]
    assert asked.json()["standing"] == "asked"
    assert [act["act"] for act in asked.json()["acts"]] == ["withdraw"]
    assert not any(doors(asker, event))
    waiting = leader.get("sharing", side="waiting").json()
    assert [row["id"] for row in waiting["rows"]] == [number]
    assert [act["act"] for act in waiting["rows"][0]["acts"]] == ["approve", "refuse"]
    assert {side["code"]: side["count"] for side in waiting["sides"]} == {"waiting": 1, "received": 0, "given": 0}
    approved = leader.post(f"sharing/{number}/acts", {"act": "approve", "text": "同意"})
    assert (approved.status_code, approved.json()["standing"]) == (200, "holds")
    assert all(doors(asker, event))
    shared = asker.get(f"events/{event.no}").json()["shared"]
    assert organisation(COUNTY).short_name in shared["words"]
    assert asker.get(f"events/{event.no}").json()["allowed_steps"] == []
    assert leader.post(f"sharing/{number}/acts", {"act": "end"}).json()["standing"] == "ended"
    assert not any(doors(asker, event))


def test_every_door_closes_by_itself_at_the_time_though_nothing_has_run(asker):
    event = brought_to(reported(), State.HANDLING)
    grant = lent(COUNTY, FAR, region=ZIYANG, until=timezone.now() + timedelta(minutes=30))
    assert all(doors(asker, event))
    with time_machine.travel(grant.until - timedelta(milliseconds=1), tick=False):
        assert all(doors(asker, event))
    with time_machine.travel(grant.until, tick=False):
        assert not any(doors(asker, event))
        assert asker.get("sharing", side="received").json()["rows"][0]["standing"] == "lapsed"
    grant.refresh_from_db()
    assert grant.state == "granted"


def test_what_came_too_late_is_told_with_how_it_stands(asker, leader):
    number = asker.post("sharing", wish()).json()["id"]
    leader.post(f"sharing/{number}/acts", {"act": "approve"})
    body = problem(leader.post(f"sharing/{number}/acts", {"act": "approve"}), 409, "grant-holds")
    assert (body["grant"]["standing"], [act["act"] for act in body["grant"]["acts"]]) == ("holds", ["end"])
    problem(asker.post(f"sharing/{number}/acts", {"act": "withdraw"}), 409, "grant-holds")
    taken = asker.post("sharing", wish(classes=["07"])).json()["id"]
    asker.post(f"sharing/{taken}/acts", {"act": "withdraw"})
    body = problem(leader.post(f"sharing/{taken}/acts", {"act": "approve"}), 409, "grant-withdrawn")
    assert body["grant"]["acts"] == []
    problem(asker.post("sharing", wish(owner=organisation(COUNTY).pk, classes=["08"], since="2020-01-01")), 422,
            "since-too-early")  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"classes": []}, "classes", "classes-needed"),
        ({"classes": ["09-001"]}, "classes", "dispute-not-shared"),
        ({"path": "4309/430903/"}, "path", "region-not-the-owners"),
        ({"owner": 999_999}, "owner", "owner-unknown"),
        ({"reason": "看看"}, "reason", "reason-needed"),
        ({"until": "2020-01-01"}, "until", "until-too-early"),
        ({"until": "2999-01-01"}, "until", "until-too-late"),
    ],
)
def test_an_error_stands_beside_its_field(asker, changed, field, code):
    body = problem(asker.post("sharing", wish(**changed)), 422, code)
    assert [error["field"] for error in body["errors"]] == [field]
    assert not EventGrant.objects.exists()


@pytest.mark.parametrize(
    "body",
    [{"path": "x"}, {"path": "%"}, {"classes": ["6"]}, {"classes": "06"}, {"until": "soon"}, {"owner": "1"},
     {"state": "granted"}, {"join": "maybe so"}, {"reason": "\x00" * 9}, {"until": "0001-01-01"}],
)  # fmt: skip
def test_what_does_not_fit_the_schema_is_refused(asker, body):
    assert asker.post("sharing", wish(**body)).status_code == 422
    assert not EventGrant.objects.exists()


def test_the_form_names_whom_one_may_ask_and_never_oneself(asker):
    form = asker.get("sharing/form").json()
    assert [one["id"] for one in form["grantees"]] == [organisation(FAR).pk]
    owners = {one["id"] for one in form["owners"]}
    assert organisation(COUNTY).pk in owners
    assert organisation(FAR).pk not in owners
    assert {one["level"] for one in form["regions"]} == {"city", "county", "township"}


def test_the_number_of_queries_does_not_grow(asker, leader):
    def spent(browser, path, **query):
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(path, **query).status_code == 200
        return len(seen)

    event = reported()
    lent(COUNTY, FAR, region=ZIYANG)
    few = [spent(asker, "sharing", side="received"), spent(asker, "events"), spent(asker, "map/events"),
           spent(asker, f"events/{event.no}")]  # fmt: skip
    assert few[0] <= 5  # who asks, counts, rows, names of categories and of regions
    for number in range(20):
        lent(COUNTY, FAR, region=ZIYANG, classes=("06", f"07-00{number % 5 + 1}"))
    more = [spent(asker, "sharing", side="received"), spent(asker, "events"), spent(asker, "map/events"),
            spent(asker, f"events/{event.no}")]  # fmt: skip
    assert more == few
    assert spent(asker, "sharing/form") <= 3


def test_a_list_goes_on_where_it_left_off(asker):
    for _ in range(53):
        lent(COUNTY, FAR, region=ZIYANG)
    first = asker.get("sharing", side="received").json()
    second = asker.get("sharing", side="received", cursor=first["next"]).json()
    assert (len(first["rows"]), len(second["rows"]), second["next"]) == (50, 3, None)
    assert not {row["id"] for row in first["rows"]} & {row["id"] for row in second["rows"]}
    problem(asker.get("sharing", side="all"), 422, "side-unknown")


def test_the_trail_says_it_in_words(asker, leader):
    asker.post("sharing", wish())
    rows = Browser(user_with("auditor", COUNTY)).get("audit", kind="event_grant").json()["rows"]
    assert [(row["action"], row["detail"]["grantee"]) for row in rows] == [("event_grant.ask", FAR)]
    assert rows[0]["action_label"] != "event_grant.ask"
    assert rows[0]["subject_label"] != "event_grant"


def test_what_comes_with_the_session_is_what_the_posts_give(django_assert_num_queries):
    """One statement brings account, posts and what is lent; the same as asking for each."""
    user = user_with("dept_lead", FAR, user=user_with("leader", FAR_COUNTY))
    user_with("sysadmin", COUNTY, user=user)
    lent(COUNTY, FAR, region=ZIYANG, classes=("06", "07-001"), join=True)
    lent(COUNTY, FAR_COUNTY, region=ZIYANG)
    lent(FAR_COUNTY, COUNTY, region=HESHAN)  # to an organisation whose systems alone one looks after
    lent(COUNTY, FAR, region=ZIYANG, state="asked")
    key = Browser(user).client.session.session_key
    now = timezone.now()
    with django_assert_num_queries(1):
        found = signed_in(session_key=key, now=now)
    assert found is not None
    assert found.access == access_for(user, now=now)
    assert len(found.access.lent) == 2


def test_what_is_lent_is_no_way_to_the_caller_or_the_cameras(asker):
    event = brought_to(ticketed(), State.HANDLING)
    ticket = event.tickets.get()
    Caller.objects.create(ticket=ticket, name=fields.seal("欧阳"), phone=fields.seal("13912345678"))
    asked = {"order_no": ticket.order_no, "reason": "需要回电核实"}
    assert asker.post(f"events/{event.no}/caller", asked).status_code == 404
    lent(COUNTY, FAR, region=ZIYANG, join=True)
    assert asker.get(f"events/{event.no}").status_code == 200
    problem(asker.post(f"events/{event.no}/caller", asked), 403, "caller-not-yours")
    assert Browser(user_with("acceptor", event.holder)).post(f"events/{event.no}/caller", asked).status_code == 200
    assert asker.get(f"events/{event.no}/channels").json()["channels"] == []
    lng, lat = middle()
    draft = {"category": "06-001", "description": "井盖", "point": {"lng": lng, "lat": lat, "crs": "wgs84"}}
    assert asker.post("duplicates", draft).json() == []
    assert asker.get(f"ground/grids/{SANYI_GRID}").status_code == 404
