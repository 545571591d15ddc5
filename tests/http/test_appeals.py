"""Appeals over HTTP: who contests, who decides, what a correction changes, and that it can be taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Appeal, Event, JournalEntry
from events.services import facts
from events.workflow import State
from grid.models import AuditEntry, Role
from tests.factories import brought_to, organisation, reported, ticketed, user_with
from tests.factories.lending import lent
from tests.http.doors import Browser, problem

pytestmark = pytest.mark.django_db
CITY, COUNTY, ELSEWHERE = "centre-430900000000", "centre-430902000000", "centre-430903000000"
CITY_DEPARTMENT = "dept-430900000000-chengguan"
WHY = "暴雨红色预警期间全市停工"


def someone(role: str, of: Any = CITY) -> Browser:
    return Browser(user_with(role, of))


@pytest.fixture
def closed(db) -> Event:
    return brought_to(reported(), State.CLOSED)


def item(body: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in body["items"] if one["indicator"] == code)


def contest(browser: Browser, no: str, code: str = "check_passed", **changes: Any) -> Any:
    body = browser.get(f"events/{no}/counting").json()
    given = {"version": body["version"], "indicator": code, "at": item(body, code)["at"], "reason": WHY}
    return browser.post(f"events/{no}/appeals", given | changes)


def decide(browser: Browser, no: str, decision: str, **changes: Any) -> Any:
    body = browser.get(f"events/{no}/counting").json()
    given = {"version": body["version"], "decision": decision, "reason": "已核实气象部门通报"}
    return browser.post(f"events/{no}/appeals/{body['appeals'][0]['id']}", given | changes)


def rate(browser: Browser, code: str, **more: str) -> tuple[int, int]:
    today = timezone.localdate()
    days = {"from": today.isoformat(), "to": (today + timedelta(days=20)).isoformat()}
    found = browser.get("indicators", **days, **more).json()["indicators"]
    now = next(one["now"] for one in found if one["code"] == code)
    return now["hits"], now["of"]


def test_an_upheld_appeal_changes_the_rate_from_then_on_and_can_be_taken_back(closed):
    lead, supervisor = someone("dept_lead", closed.lead), someone("supervisor")
    assert rate(supervisor, "check_passed") == (1, 1)
    before = timezone.now().isoformat()
    body = contest(lead, closed.no).json()
    assert (body["may_appeal"], body["may_decide"], body["appeals"][0]["state"]) == (True, [], "open")
    assert body["appeals"][0]["reason"] == WHY
    assert rate(supervisor, "check_passed") == (1, 1)

    decided = decide(supervisor, closed.no, "out").json()
    assert (decided["appeals"][0]["state"], decided["appeals"][0]["verdict"]) == ("upheld", "out")
    assert item(decided, "check_passed")["counted"] is False
    assert rate(supervisor, "check_passed") == (0, 0)
    assert rate(supervisor, "check_passed", as_of=before) == (1, 1)
    assert rate(supervisor, "dispatched_right") == (1, 1)  # of one indicator alone

    restored = decide(supervisor, closed.no, "restore").json()
    assert restored["appeals"][0]["state"] == "restored"
    assert rate(supervisor, "check_passed") == (1, 1)
    assert facts.differing() == []
    steps = list(JournalEntry.objects.filter(event=closed).order_by("version").values_list("step", flat=True))
    assert steps[-3:] == ["appeal", "correct", "restore"]
    assert AuditEntry.objects.filter(action__in=["event.appeal", "event.correct", "event.restore"]).count() == 3
    closed.refresh_from_db()
    assert closed.state == State.CLOSED


@pytest.mark.parametrize(("decision", "counts"), [("hit", (1, 1)), ("miss", (0, 1)), ("dismiss", (1, 1))])
def test_what_becomes_of_it(closed, decision, counts):
    supervisor = someone("supervisor")
    contest(someone("dept_lead", closed.lead), closed.no)
    assert decide(supervisor, closed.no, decision).status_code == 200
    assert rate(supervisor, "check_passed") == counts
    problem(decide(supervisor, closed.no, "out"), 409, "appeal-decided")


def test_a_corrected_row_says_so_behind_the_number(closed):
    supervisor = someone("supervisor")
    contest(someone("dept_lead", closed.lead), closed.no)
    decide(supervisor, closed.no, "miss")
    today = timezone.localdate().isoformat()
    page = supervisor.get("indicators/check_passed/rows", **{"from": today, "to": today}).json()
    assert [(row["no"], row["hit"], row["corrected"]) for row in page["rows"]] == [(closed.no, False, "miss")]
    other = supervisor.get("indicators/dispatched_right/rows", **{"from": today, "to": today}).json()
    assert [row["corrected"] for row in other["rows"]] == [""]


@pytest.mark.parametrize("role", Role)
def test_who_appeals_is_a_lead_in_the_case(closed, role):
    place = closed.lead if role.startswith("dept") else closed.holder
    browser = someone(role, place)
    body = {"version": closed.version, "indicator": "acceptance", "at": closed.reported_at.isoformat(), "reason": WHY}
    answer = browser.post(f"events/{closed.no}/appeals", body)
    wanted = {200} if role in {"dept_lead", "shift_lead"} else {403, 404}
    assert answer.status_code in wanted, answer.content


@pytest.mark.parametrize("role", Role)
def test_who_decides_is_a_supervisor_above(closed, role):
    contest(someone("dept_lead", closed.lead), closed.no)
    kept = Appeal.objects.get()
    body = {"version": kept.asked_version, "decision": "out", "reason": "已核实气象部门通报"}
    answer = someone(role).post(f"events/{closed.no}/appeals/{kept.pk}", body)
    assert answer.status_code in ({200} if role == "supervisor" else {403, 404}), answer.content


def test_nobody_decides_what_their_own_organisation_contests(closed):
    contest(someone("shift_lead", closed.holder), closed.no)
    problem(decide(someone("supervisor", closed.holder), closed.no, "out"), 403, "appeal-own")
    both = user_with("supervisor", COUNTY)
    user_with("dept_clerk", closed.holder, user=both)
    problem(decide(Browser(both), closed.no, "out"), 403, "appeal-own")
    assert decide(someone("supervisor", COUNTY), closed.no, "out").status_code == 200
    problem(someone("supervisor", ELSEWHERE).get(f"events/{closed.no}/counting"), 404, "no-such-event")


def test_what_the_citys_centre_contests_a_leader_of_the_city_decides(closed):
    top = organisation(CITY)
    closed.passed = [*closed.passed, top.pk]
    closed.save()
    contest(someone("shift_lead", CITY), closed.no)
    for browser in (someone("supervisor"), someone("supervisor", COUNTY), someone("leader", COUNTY)):
        assert browser.get(f"events/{closed.no}/counting").json()["may_decide"] == []
        problem(decide(browser, closed.no, "out"), 403, "appeal-own")
    leader = someone("leader", CITY)
    entry = JournalEntry.objects.filter(event=closed).latest("version")
    assert (entry.payload["deciders"], entry.payload["decided_by"]) == ([top.pk], ["leader"])
    assert leader.get(f"events/{closed.no}/counting").json()["may_decide"] == [Appeal.objects.get().pk]
    assert decide(leader, closed.no, "out").json()["appeals"][0]["verdict"] == "out"
    assert decide(leader, closed.no, "restore").status_code == 200


def test_a_leader_decides_no_other_appeal(closed):
    contest(someone("dept_lead", closed.lead), closed.no)
    for place in (COUNTY, CITY):
        problem(decide(someone("leader", place), closed.no, "dismiss"), 403, "appeal-own")
    assert someone("supervisor").get(f"events/{closed.no}/counting").json()["may_decide"] == [Appeal.objects.get().pk]


def test_who_decides_looks_over_the_ground_of_whoever_appeals(closed):
    contest(someone("dept_lead", closed.lead), closed.no)
    below, own = someone("supervisor", closed.holder), someone("supervisor", closed.lead)
    for supervisor in (below, own):
        assert supervisor.get(f"events/{closed.no}/counting").json()["may_decide"] == []
        problem(decide(supervisor, closed.no, "out"), 403, "appeal-own")
    for over in (COUNTY, CITY):
        assert len(someone("supervisor", over).get(f"events/{closed.no}/counting").json()["may_decide"]) == 1
    assert decide(someone("supervisor", COUNTY), closed.no, "out").status_code == 200


@pytest.mark.parametrize(
    ("appellant", "deciding", "status"),
    [(CITY, ("supervisor", CITY), 403), (CITY, ("leader", CITY), 200), (CITY, ("supervisor", CITY_DEPARTMENT), 200),
     (CITY, ("leader", COUNTY), 403), (CITY_DEPARTMENT, ("supervisor", CITY), 200),
     (CITY_DEPARTMENT, ("leader", CITY), 200), (CITY_DEPARTMENT, ("supervisor", CITY_DEPARTMENT), 403),
     (CITY_DEPARTMENT, ("supervisor", COUNTY), 403)],
)  # fmt: skip
def test_above_the_city_is_nobody_so_its_own_decide_but_whoever_appeals(closed, appellant, deciding, status):
    passed, parties = [*closed.passed, organisation(CITY).pk], [*closed.parties, organisation(CITY_DEPARTMENT).pk]
    Event.objects.filter(pk=closed.pk).update(passed=passed, parties=parties)
    assert contest(someone("shift_lead" if appellant == CITY else "dept_lead", appellant), closed.no).status_code == 200
    assert decide(someone(*deciding), closed.no, "dismiss").status_code == status


def test_what_is_kept_within_its_case_is_decided_at_its_holder():
    kept = brought_to(reported(category="09-001"), State.CLOSED)
    lead = user_with("shift_lead", kept.holder)
    assert contest(Browser(lead), kept.no).status_code == 200
    user_with("leader", kept.holder, user=lead)
    problem(decide(Browser(lead), kept.no, "dismiss"), 403, "appeal-own")
    problem(decide(someone("supervisor", kept.holder), kept.no, "dismiss"), 403, "appeal-own")
    assert decide(someone("leader", kept.holder), kept.no, "dismiss").status_code == 200


def test_an_appeal_on_what_lies_nowhere_is_in_the_list_of_its_holder():
    order = ticketed(grid=None)
    contest(someone("shift_lead"), order.no, "acceptance")
    assert [row["no"] for row in someone("leader").get("appeals").json()["rows"]] == [order.no]


def test_only_an_organisation_in_the_case_appeals_not_one_that_is_let_in(closed):
    lent(COUNTY, CITY_DEPARTMENT, region="430902000000", classes=["06"], join=True)
    problem(contest(someone("dept_lead", CITY_DEPARTMENT), closed.no), 403, "step-not-yours")
    reporter = user_with("dept_lead", CITY_DEPARTMENT, user=closed.reporter)
    problem(contest(Browser(reporter), closed.no), 403, "step-not-yours")


def test_of_two_corrections_of_the_same_the_later_is_taken_back_first(closed):
    lead, supervisor = someone("dept_lead", closed.lead), someone("supervisor")
    for decision in ("miss", "hit"):
        contest(lead, closed.no)
        assert decide(supervisor, closed.no, decision).status_code == 200
    later, earlier = (one["id"] for one in supervisor.get(f"events/{closed.no}/counting").json()["appeals"])
    body = {"decision": "restore", "reason": "已核实气象部门通报"}
    for number, status in ((earlier, 409), (later, 200), (earlier, 200)):
        version = supervisor.get(f"events/{closed.no}/counting").json()["version"]
        answer = supervisor.post(f"events/{closed.no}/appeals/{number}", body | {"version": version})
        assert answer.status_code == status, answer.content


def test_nothing_is_corrected_to_closed_on_time_and_not_closed(closed):
    lead, supervisor = someone("dept_lead", closed.lead), someone("supervisor")
    contest(lead, closed.no, "closure")
    for decision in ("miss", "out"):
        problem(decide(supervisor, closed.no, decision), 422, "contradictory-correction")
    assert decide(supervisor, closed.no, "hit").status_code == 200
    assert rate(supervisor, "closure_on_time") == rate(supervisor, "closure")


def test_what_can_not_be_contested_is_refused_and_nothing_is_kept(closed):
    lead = someone("dept_lead", closed.lead)
    problem(contest(lead, closed.no, at="2020-01-01T00:00:00Z"), 422, "not-counted")
    problem(contest(lead, closed.no, at="9999-12-31T23:59:59.999999Z"), 422, "not-counted")
    problem(contest(lead, closed.no, at="0001-01-01T00:00:00+14:00"), 422, "not-counted")
    problem(contest(lead, closed.no, indicator="happiness"), 422, "not-counted")
    problem(contest(lead, closed.no, reason="短"), 422, "text-needed")
    problem(contest(lead, closed.no, version=1), 409, "event-moved-on")
    assert not Appeal.objects.exists()
    assert contest(lead, closed.no).status_code == 200
    problem(contest(lead, closed.no), 409, "appeal-open")
    problem(decide(someone("supervisor"), closed.no, "restore"), 409, "appeal-decided")
    problem(decide(someone("supervisor"), closed.no, "perhaps"), 422, "invalid-fields")
    other = brought_to(reported(), State.CLOSED)
    body = {"version": other.version, "decision": "out", "reason": "已核实气象部门通报"}
    problem(someone("supervisor").post(f"events/{other.no}/appeals/{Appeal.objects.get().pk}", body), 422, "no-appeal")


def test_the_list_shows_what_waits_in_the_region_and_of_ones_own(closed):
    lead, supervisor = someone("dept_lead", closed.lead), someone("supervisor")
    contest(lead, closed.no)
    for browser in (lead, supervisor, someone("auditor")):
        assert [row["no"] for row in browser.get("appeals").json()["rows"]] == [closed.no]
    for browser in (someone("supervisor", ELSEWHERE), someone("dispatcher"), someone("dept_clerk", closed.lead)):
        assert browser.get("appeals").json()["rows"] == []
    decide(supervisor, closed.no, "dismiss")
    assert supervisor.get("appeals").json()["rows"] == []
    every = supervisor.get("appeals", undecided=False).json()["rows"]
    assert [(row["state"], row["decision"]) for row in every] == [("dismissed", "已核实气象部门通报")]
    for _ in range(3):
        again = brought_to(reported(), State.CLOSED)
        contest(lead, again.no)
    with CaptureQueriesContext(connection) as queries:
        assert len(supervisor.get("appeals").json()["rows"]) == 3
    assert len(queries) <= 5, [str(one["sql"])[:90] for one in queries]
    with CaptureQueriesContext(connection) as queries:
        supervisor.get(f"events/{closed.no}/counting")
    assert len(queries) <= 8, [str(one["sql"])[:90] for one in queries]
