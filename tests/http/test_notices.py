"""The notice centre: who is told what, who no longer is, what was read, and what it costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event, Notice, NoticeRead
from events.selectors.notices import notices as found
from events.selectors.notices import waiting
from events.services import deeds, notices
from events.services.machine import nobody_but_the_system
from events.workflow import State
from grid.models import Post
from tests.factories import access_for, applied, brought_to, organisation, reported, returned, step, user_with
from tests.http.doors import Browser, problem

pytestmark = pytest.mark.django_db
EMPTY = {"rows": [], "unread": 0, "newest": 0, "next": None}
CENTRE, DEPARTMENT = "centre-430902005000", "dept-430902000000-chengguan_zhujian"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def clerk() -> Browser:
    return Browser(user_with("dept_clerk", DEPARTMENT), raises=False)


def _dispatched(to: str = DEPARTMENT) -> Event:
    event = brought_to(reported(), State.ACCEPTED)
    dispatcher = access_for(user_with("dispatcher", CENTRE))
    return step(event, deeds.Dispatch(organisation=organisation(to).pk), dispatcher)


def _kinds(browser: Browser) -> list[tuple[str, str]]:
    return [(row["step"], row["kind"]) for row in browser.get("notices").json()["rows"]]


def test_work_for_my_organisation_is_told_with_the_journals_words(clerk):
    event = _dispatched()
    page = clerk.get("notices").json()
    (row,) = page["rows"]
    assert (row["no"], row["version"], row["step"], row["kind"], row["unread"]) == (
        event.no, event.version, "dispatch", "given", True,
    )  # fmt: skip
    entry = clerk.get(f"events/{event.no}").json()["journal"][-1]
    assert (row["sentence"], row["text"]) == (entry["sentence"], entry["text"])
    assert (page["unread"], page["next"]) == (1, None)
    assert clerk.get("notices/unread").json() == {"unread": 1, "newest": row["id"]}


def test_others_of_another_organisation_or_role_hear_nothing(clerk):
    _dispatched()
    for role, of in (("dept_clerk", "dept-430902000000-nongshui_huanbao"), ("dept_lead", DEPARTMENT),
                     ("checker", CENTRE), ("auditor", CENTRE), ("secadmin", CENTRE)):  # fmt: skip
        assert Browser(user_with(role, of)).get("notices").json() == EMPTY


def test_a_return_an_application_and_a_mark_reach_those_who_answer(clerk):
    desk = Browser(user_with("dispatcher", CENTRE))
    lead = Browser(user_with("shift_lead", CENTRE))
    leader = Browser(user_with("leader", CENTRE))
    returned(reported())
    assert _kinds(desk) == [("return", "returned")]
    event = applied(brought_to(reported(), State.HANDLING), "suspension")
    assert _kinds(leader) == [("ask_suspension", "asked")]
    step(event, deeds.RefuseSuspension(text="现在还可以处理"), access_for(leader.user))
    waiting = _dispatched()
    deed = deeds.Supervise(level="red", stage="sign", share=1.5)
    step(waiting, deed, nobody_but_the_system(waiting))
    assert _kinds(lead) == [("supervise", "pressed")]
    assert lead.get("notices").json()["rows"][0]["level"] == "red"
    assert [row["step"] for row in clerk.get("notices").json()["rows"] if row["no"] == waiting.no] == [
        "supervise", "dispatch",
    ]  # fmt: skip


def test_the_officer_on_the_spot_and_the_reporter_are_told_as_persons():
    event = brought_to(reported(), State.PENDING_CHECK)
    officer = Browser(event.reporter)
    assert ("finish", "given") in _kinds(officer)
    brought_to(event, State.CLOSED)
    assert _kinds(officer)[0] == ("close", "ended")


def test_nobody_is_told_of_their_own_doing():
    user = user_with("dispatcher", CENTRE)
    user_with("dept_clerk", DEPARTMENT, user=user)
    event = brought_to(reported(), State.ACCEPTED)
    step(event, deeds.Dispatch(organisation=organisation(DEPARTMENT).pk), access_for(user))
    assert Notice.objects.filter(event=event, step="dispatch").exists()
    assert Browser(user).get("notices").json()["rows"] == []


def test_who_has_lost_sight_of_an_event_sees_no_notice_of_it(clerk):
    event = _dispatched()
    assert clerk.get("notices/unread").json()["unread"] == 1
    Event.objects.filter(pk=event.pk).update(parties=[])
    assert clerk.get("notices").json() == EMPTY
    problem(clerk.post("notices/read", {"event": event.no, "version": 3}), 404, "no-such-event")


def test_who_has_left_the_post_hears_nothing_of_it_any_more(clerk):
    _dispatched()
    Post.objects.filter(user=clerk.user).update(until=timezone.now() - timedelta(minutes=1))
    assert Browser(clerk.user).get("notices").json()["rows"] == []


def test_read_is_kept_per_person_and_up_to_a_version(clerk):
    event = _dispatched()
    colleague = Browser(user_with("dept_clerk", DEPARTMENT))
    assert clerk.post("notices/read", {"event": event.no, "version": event.version}).json()["unread"] == 0
    assert [row["unread"] for row in clerk.get("notices").json()["rows"]] == [False]
    assert clerk.get("notices", only_unread="true").json()["rows"] == []
    assert colleague.get("notices/unread").json()["unread"] == 1
    event = step(event, deeds.Urge(text="请尽快办理"), access_for(user_with("dispatcher", CENTRE)))
    assert [row["unread"] for row in clerk.get("notices").json()["rows"]] == [True, False]
    clerk.post("notices/read", {"event": event.no, "version": event.version})
    clerk.post("notices/read", {"event": event.no, "version": 1})  # another page of the same person, late
    assert clerk.get("notices/unread").json()["unread"] == 0
    assert NoticeRead.objects.filter(user=clerk.user).count() == 1


def test_everything_shown_can_be_read_at_once_and_what_came_since_is_new(clerk):
    first, second = _dispatched(), _dispatched()
    shown = clerk.get("notices").json()["rows"][0]["id"]
    step(second, deeds.Urge(text="请尽快办理"), access_for(user_with("dispatcher", CENTRE)))  # nobody has seen this
    assert clerk.post("notices/read", {"up_to": shown}).json()["unread"] == 1
    assert clerk.post("notices/read", {"up_to": 1}).json()["unread"] == 1  # another page, late
    rows = clerk.get("notices").json()["rows"]
    assert [(row["no"], row["unread"]) for row in rows] == [(second.no, True), (second.no, False), (first.no, False)]
    assert clerk.post("notices/read", {"up_to": 2**62}).json() == {"unread": 0, "newest": 0}
    _dispatched()
    assert clerk.get("notices/unread").json()["unread"] == 1  # no mark reaches what is yet to come
    problem(clerk.post("notices/read", {}), 422, "read-what")


def test_what_was_said_of_a_restricted_event_stands_on_its_card_alone(clerk):
    event = step(_dispatched(), deeds.Urge(text="请尽快办理"), access_for(user_with("dispatcher", CENTRE)))
    assert clerk.get("notices").json()["rows"][0]["text"] == "请尽快办理"
    Event.objects.filter(pk=event.pk).update(restricted=True)
    rows = clerk.get("notices").json()["rows"]
    assert rows
    assert [row["text"] for row in rows] == [""] * len(rows)


def test_whoever_an_event_was_taken_from_is_told(clerk):
    event = _dispatched()
    other = organisation("dept-430902000000-nongshui_huanbao")
    step(event, deeds.Redispatch(organisation=other.pk, text="不属于住建"), access_for(user_with("dispatcher", CENTRE)))
    assert _kinds(clerk)[0] == ("redispatch", "given")


def test_an_appeal_reaches_who_decides_and_the_decision_who_appealed():
    event = brought_to(reported(), State.CLOSED)
    lead = Browser(user_with("dept_lead", event.lead))
    county, city = (Browser(user_with("supervisor", f"centre-{code}")) for code in ("430902000000", "430900000000"))
    below, elsewhere = (Browser(user_with("supervisor", code)) for code in (CENTRE, "centre-430903000000"))
    counting = lead.get(f"events/{event.no}/counting").json()
    what = next(one for one in counting["items"] if one["indicator"] == "check_passed")
    asked = {
        "version": counting["version"],
        "indicator": "check_passed",
        "at": what["at"],
        "reason": "暴雨期间全市停工",
    }
    found = lead.post(f"events/{event.no}/appeals", asked).json()
    assert _kinds(county) == _kinds(city) == [("appeal", "asked")]
    assert _kinds(below) == _kinds(elsewhere) == []
    decided = {"version": found["version"], "decision": "dismiss", "reason": "已核实气象部门通报"}
    assert county.post(f"events/{event.no}/appeals/{found['appeals'][0]['id']}", decided).status_code == 200
    assert _kinds(lead)[0] == ("dismiss", "answered")


def test_after_thirty_days_they_fall_away(clerk):
    event = _dispatched()
    now = timezone.now()
    Notice.objects.filter(event=event).update(at=now - timedelta(days=30, minutes=1))
    clerk.post("notices/read", {"event": event.no, "version": event.version})
    assert clerk.get("notices").json()["rows"] == []
    kept = Notice.objects.exclude(event=event).count()
    assert notices.prune(now=now) > 0
    assert Notice.objects.count() == kept
    assert NoticeRead.objects.exists()  # it was read just now
    notices.prune(now=now + timedelta(days=31))
    assert not Notice.objects.exists()
    assert not NoticeRead.objects.exists()


def test_pages_follow_one_another_and_a_cursor_that_is_none_is_refused(clerk, monkeypatch):
    monkeypatch.setattr("events.selectors.notices.PAGE", 2)
    events = [_dispatched() for _ in range(3)]
    first = clerk.get("notices").json()
    second = clerk.get("notices", cursor=first["next"]).json()
    assert [row["no"] for row in (*first["rows"], *second["rows"])] == [event.no for event in reversed(events)]
    assert second["next"] is None
    problem(clerk.get("notices", cursor="x"), 422, "cursor-unknown")


def test_the_count_is_one_query_and_a_page_three_however_many_there_are(clerk):
    access = access_for(clerk.user)

    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as count:
            waiting(access)
        with CaptureQueriesContext(connection) as page:
            found(access)
        return len(count), len(page)

    _dispatched()
    assert asked() == (1, 3)
    for _ in range(4):
        _dispatched()
    assert asked() == (1, 3)


def test_a_step_that_is_told_costs_one_statement_more(monkeypatch):
    event, dispatcher = _dispatched(), access_for(user_with("dispatcher", CENTRE))
    step(event, deeds.Urge(text="请尽快办理"), dispatcher)
    counts = []
    for silent in (True, False):
        with monkeypatch.context() as patch, CaptureQueriesContext(connection) as seen:
            if silent:
                patch.setattr(notices, "addressees", lambda _happened: ())
            step(event, deeds.Urge(text="请尽快办理"), dispatcher)
        counts.append(len(seen))
    assert counts[1] == counts[0] + 1
    assert Notice.objects.filter(event=event, step="urge").count() == 2


def test_a_step_that_fails_leaves_no_notice(monkeypatch):
    event, dispatcher = _dispatched(), access_for(user_with("dispatcher", CENTRE))
    before = Notice.objects.count()
    seen = []

    def broken(**_told: Any) -> None:
        seen.append(Notice.objects.count())
        raise RuntimeError("the last part of a step")

    monkeypatch.setattr("gis_layers.live.publish", broken)
    with pytest.raises(RuntimeError):
        step(event, deeds.Urge(text="请尽快办理"), dispatcher)
    assert seen == [before + 1]  # it was written by then
    assert Notice.objects.count() == before
