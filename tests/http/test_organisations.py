"""Organisations by page: names, hours, closing, and what stands in the way of that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Rule, Timer
from events.selectors import lending
from events.selectors.organisations import of_closing
from events.services.routing import candidates
from events.workflow import State
from gis_layers.models import Component
from grid.models import Organisation
from tests.factories import CITY, brought_to, organisation, reported, user_with
from tests.factories.lending import lent
from tests.http.doors import Browser, problem

pytestmark = pytest.mark.django_db
WHERE = "administration/organisations"
LEAD = "dept-430902000000-chengguan_zhujian"
WATER = "dept-430902000000-nongshui_huanbao"


@pytest.fixture
def system() -> Browser:
    return Browser(user_with("sysadmin", f"centre-{CITY}"))


def _row(system: Browser, code: str = LEAD) -> dict:
    return system.get(f"{WHERE}/{code}").json()["row"]


def _names(row: dict, **changes) -> dict:
    return {name: row[name] for name in ("name", "short_name", "hours")} | changes


def test_hours_hold_from_now_on_and_the_history_says_who(system):
    event = brought_to(reported(category="06-003"), State.HANDLING)
    before = list(Timer.objects.filter(event=event).values_list("due_at"))
    row = _row(system)
    edited = _names(row, hours="09:00-12:00,13:00-17:00", short_name="资阳城管")
    told = system.post(f"{WHERE}/{LEAD}/preview", edited).json()
    assert [one["weight"] for one in told] == ["note", "note", "note"]
    card = system.post(f"{WHERE}/{LEAD}", {**edited, "version": row["version"]}).json()
    assert (card["row"]["hours"], card["row"]["short_name"]) == ("09:00-12:00,13:00-17:00", "资阳城管")
    assert card["changes"][0]["actor"] == system.user.name
    assert [field["label"] for field in card["changes"][0]["fields"]] == ["简称", "工作时间"]
    assert list(Timer.objects.filter(event=event).values_list("due_at")) == before
    problem(system.post(f"{WHERE}/{LEAD}", {**edited, "version": row["version"]}), 409, "stale")


@pytest.mark.parametrize(
    ("field", "changes"),
    [("name", {"name": " "}), ("short_name", {"short_name": "长" * 21}), ("hours", {"hours": "9-5"}),
     ("hours", {"hours": "14:00-18:00,08:00-12:00"})],
)  # fmt: skip
def test_what_can_t_be_is_said_beside_its_field(system, field, changes):
    row = _row(system)
    for path, more in ((f"{WHERE}/{LEAD}/preview", {}), (f"{WHERE}/{LEAD}", {"version": row["version"]})):
        answer = system.post(path, {**_names(row, **changes), **more})
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert _row(system) == row


def test_what_is_with_it_must_be_moved_before_it_is_closed(system):
    event = brought_to(reported(category="06-003"), State.HANDLING)
    assert event.lead is not None
    lead = event.lead.code
    told = system.get(f"{WHERE}/{lead}/closing").json()
    assert {one["weight"] for one in told} == {"obstacle"}
    assert told[0]["text"] == "有 1 件在办事件。须先行移交。"
    asked = {"version": _row(system, lead)["version"], "closed": True}
    body = problem(system.post(f"{WHERE}/{lead}/closed", asked), 409, "not-empty")
    assert body["effects"] == [one["text"] for one in told]
    assert Organisation.objects.get(code=lead).closed_at is None


def test_closed_it_is_offered_nowhere_until_it_is_opened_again(system):
    event = brought_to(reported(category="06-003"), State.ACCEPTED)
    Rule.joint.through.objects.filter(organisation__code=WATER).delete()
    Rule.objects.filter(lead__code=WATER).delete()
    Component.objects.filter(owner__code=WATER).update(owner=organisation(LEAD))
    assert WATER in {one.organisation.code for one in candidates(event)}
    told = system.get(f"{WHERE}/{WATER}/closing").json()
    assert [one["weight"] for one in told] == ["warning", "note"]
    version = _row(system, WATER)["version"]
    card = system.post(f"{WHERE}/{WATER}/closed", {"version": version, "closed": True}).json()
    assert card["row"]["closed_at"] is not None
    assert WATER not in {one.organisation.code for one in candidates(event)}
    assert WATER not in {one["code"] for one in system.get("administration/choices", q=WATER).json()}
    assert WATER not in {one["code"] for one in system.get(WHERE, q=WATER).json()["rows"]}
    assert WATER in {one["code"] for one in system.get(WHERE, q=WATER, closed=True).json()["rows"]}
    security = Browser(user_with("secadmin", f"centre-{CITY}"))
    clerk = user_with("dept_clerk", LEAD)
    answer = security.post(
        f"administration/accounts/{clerk.username}/posts", {"role": "dept_clerk", "organisation": WATER}
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "organisation")
    system.post(f"{WHERE}/{WATER}/closed", {"version": card["row"]["version"], "closed": False})
    assert WATER in {one.organisation.code for one in candidates(event)}


def test_a_centre_goes_with_its_region(system):
    told = system.get(f"{WHERE}/centre-{CITY}/closing").json()
    assert [one["weight"] for one in told] == ["obstacle"]


def test_a_county_s_keeps_the_county_s(django_assert_num_queries):
    county = Browser(user_with("sysadmin", "centre-430903000000"))
    assert county.get(f"{WHERE}/{LEAD}").status_code == 404
    with django_assert_num_queries(3):
        page = county.get(WHERE, kind="department").json()
    assert page["total"] == len(page["rows"]) > 0
    assert all("430903" in row["code"] for row in page["rows"])


def test_what_is_shared_must_be_over_before_one_of_the_two_is_closed():
    now, centre = timezone.now(), "centre-430902000000"
    one = organisation(WATER)
    for state, since in (("asked", now), ("granted", now + timedelta(hours=1))):
        grant = lent(centre, WATER, region="430902000000", state=state, since=since)
        assert any("共享" in effect.text for effect in of_closing(one, now=now))
        grant.delete()
    lent(centre, WATER, region="430902000000", state="ended")
    assert not any("共享" in effect.text for effect in of_closing(one, now=now))


def test_a_closed_one_is_neither_asked_nor_let_in():
    event = brought_to(reported(category="06-003"), State.HANDLING)
    far = "dept-430903000000-chengguan_zhujian"
    lent("centre-430902000000", far, region="430902000000", join=True)
    leader = Browser(user_with("leader", "centre-430902000000"))
    now = timezone.now()
    assert [one.grantee.code for one in lending.let_in(event, now=now)] == [far]
    assert organisation(far).pk in {one["id"] for one in leader.get("sharing/form").json()["owners"]}
    Organisation.objects.filter(code=far).update(closed_at=now)
    assert lending.let_in(event, now=now) == []
    assert organisation(far).pk not in {one["id"] for one in leader.get("sharing/form").json()["owners"]}
    body = {
        "owner": organisation(far).pk, "path": organisation(far).region.path, "classes": ["06"],
        "reason": "联合整治需要掌握情况", "until": (timezone.localdate() + timedelta(days=3)).isoformat(),
    }  # fmt: skip
    problem(leader.post("sharing", body), 422, "owner-unknown")
