"""The desk over HTTP: views that people keep, orders, batches, reply templates, counter-steps."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from events.models import Event, ReplyTemplate, SavedView, Task, TaskKind
from events.services import batch, deeds, savedviews
from events.workflow import State
from grid.models import AuditEntry
from tests.factories import brought_to, merged, organisation, reported, returned, step, user_with
from tests.factories.people import access_for
from tests.http.doors import Browser, problem, standing

pytestmark = pytest.mark.django_db
CENTRE = "centre-430902005000"
DEPARTMENT = "dept-430902000000-chengguan_zhujian"
ROADS = "06-003"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def at(role: str, of: str = CENTRE) -> Browser:
    return Browser(user_with(role, of))


def counts(page: Any) -> dict[str, int]:
    return {view["label"]: view["count"] for view in page.json()["views"] if view["saved"]}


# Views that people keep


def test_a_view_is_kept_counted_shown_changed_and_removed():
    dispatcher = at("dispatcher")
    manhole, lamp = reported(category=ROADS), reported(category="06-002")
    draft = {"name": "路面 · 在办", "view": "open", "category": "06-003", "sort": "-reported"}
    kept = dispatcher.post("views", draft)
    assert kept.status_code == 201
    page = dispatcher.get("events", view=f"saved-{kept.json()['id']}").json()
    assert [row["no"] for row in page["rows"]] == [manhole.no]
    (view,) = [view for view in page["views"] if view["saved"]]
    assert (view["label"], view["group"], view["count"], view["saved"]["sort"]) == (
        "路面 · 在办",
        "own",
        1,
        "-reported",
    )
    changed = dispatcher.post(f"views/{kept.json()['id']}", {**draft, "name": "路灯", "category": "06-002"})
    assert changed.status_code == 200
    page = dispatcher.get("events", view=f"saved-{kept.json()['id']}").json()
    assert [row["no"] for row in page["rows"]] == [lamp.no]
    assert dispatcher.post(f"views/{kept.json()['id']}/remove").status_code == 204
    problem(dispatcher.get("events", view=f"saved-{kept.json()['id']}"), 422, "view-unknown")
    actions = AuditEntry.objects.filter(subject_kind="view").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["view.keep", "view.change", "view.remove"]


def test_a_view_with_words_is_not_counted_and_narrows_further():
    dispatcher = at("dispatcher")
    first, _second = reported(), reported()
    Event.objects.filter(pk=first.pk).update(address="汽车路车站对面")
    number = dispatcher.post("views", {"name": "汽车路", "view": "open", "q": "汽车路"}).json()["id"]
    assert counts(dispatcher.get("events")) == {"汽车路": None}
    assert dispatcher.get("events", view=f"saved-{number}").json()["total"] == 1
    assert dispatcher.get("events", view=f"saved-{number}", state="closed").json()["total"] == 0


def test_a_view_is_in_its_own_order_until_another_is_asked_for():
    dispatcher = at("dispatcher")
    first, second = reported(), reported()
    number = dispatcher.post("views", {"name": "新的在前", "view": "open", "sort": "-reported"}).json()["id"]

    def numbers(**asked: str) -> list[str]:
        return [row["no"] for row in dispatcher.get("events", view=f"saved-{number}", **asked).json()["rows"]]

    assert numbers() == [second.no, first.no]
    assert numbers(sort="reported") == [first.no, second.no]


def test_what_an_organisation_shares_is_seen_by_all_in_it_and_changed_by_its_lead():
    lead, dispatcher, stranger = at("shift_lead"), at("dispatcher"), at("dispatcher", "centre-430902000000")
    centre = organisation(CENTRE).pk
    draft = {"name": "本中心超期", "view": "over", "organisation": centre}
    problem(dispatcher.post("views", draft), 403, "views-not-yours")
    problem(stranger.post("views", draft), 403, "views-not-yours")
    number = lead.post("views", draft).json()["id"]
    (view,) = [view for view in dispatcher.get("events").json()["views"] if view["saved"]]
    assert (view["saved"]["shared"], view["saved"]["may_change"]) == (view["group"], False)
    assert counts(stranger.get("events")) == {}
    problem(dispatcher.post(f"views/{number}", draft), 403, "views-not-yours")
    problem(dispatcher.post(f"views/{number}/remove"), 403, "views-not-yours")
    problem(stranger.post(f"views/{number}/remove"), 404, "no-such-view")
    problem(lead.post(f"views/{number}", {**draft, "organisation": None}), 422, "view-stays")
    assert lead.post(f"views/{number}/remove").status_code == 204


def test_anothers_own_view_is_not_there():
    one, other = at("dispatcher"), at("dispatcher")
    number = one.post("views", {"name": "我的", "view": "open"}).json()["id"]
    assert counts(other.get("events")) == {}
    for path in (f"views/{number}", f"views/{number}/remove"):
        problem(other.post(path, {"name": "我的", "view": "open"}), 404, "no-such-view")
    problem(other.get("events", view=f"saved-{number}"), 422, "view-unknown")


def test_a_shared_view_of_what_a_post_does_not_have_is_left_out():
    lead, checker = at("shift_lead"), at("checker")
    lead.post("views", {"name": "待受理路面", "view": "to_accept", "organisation": organisation(CENTRE).pk})
    assert counts(lead.get("events")) == {"待受理路面": 0}
    assert counts(checker.get("events")) == {}


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [({"q": "王先生 13873700000"}, "personal-data", "name"), ({"name": " "}, "name-needed", "name"),
     ({"name": "一" * 41}, "name-needed", "name"),
     ({"view": "to_check"}, "view-unknown", "view"), ({"view": "everywhere"}, "view-unknown", "view"),
     ({"view": "saved-1"}, "view-unknown", "view"), ({"state": "gone"}, "state-unknown", "state"),
     ({"sort": "luck"}, "sort-unknown", "sort"), ({"q": "路"}, "text-too-short", "q")],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_with_the_field(changed, code, field):
    refused = problem(at("dispatcher").post("views", {"name": "视图", "view": "open"} | changed), 422, code)
    assert refused["errors"][0]["field"] == field
    assert not SavedView.objects.exists()


def test_a_name_is_kept_once_and_views_have_an_end(monkeypatch):
    dispatcher, other = at("dispatcher"), at("dispatcher")
    draft = {"name": "在办", "view": "open"}
    assert dispatcher.post("views", draft).status_code == other.post("views", draft).status_code == 201
    problem(dispatcher.post("views", draft), 409, "name-taken")
    monkeypatch.setattr(savedviews, "MOST", 1)
    problem(dispatcher.post("views", {**draft, "name": "又一个"}), 409, "views-enough")
    assert SavedView.objects.count() == 2


def test_counting_ten_more_views_costs_no_query_more():
    dispatcher = at("dispatcher")
    for _ in range(3):
        reported()
    dispatcher.get("events", view="open")
    with CaptureQueriesContext(connection) as before:
        dispatcher.get("events", view="open")
    for number in range(10):
        words = "路口" if number % 2 else ""
        dispatcher.post("views", {"name": f"视图{number}", "view": "open", "q": words})
    with CaptureQueriesContext(connection) as after:
        page = dispatcher.get("events", view="open")
    assert len(counts(page)) == 10
    assert len(after) == len(before)


# Orders


def test_every_order_is_one_and_any_other_is_refused():
    dispatcher = at("dispatcher")
    late, soon = reported(category=ROADS), brought_to(reported(category=ROADS), State.HANDLING)
    merged(reported(category=ROADS), late)
    sorts = ("due", "-due", "reported", "-reported", "category", "place", "state", "whole", "urgent")
    numbers = {
        sort: [row["no"] for row in dispatcher.get("events", view="open", sort=sort).json()["rows"]] for sort in sorts
    }
    assert all(set(found) == {late.no, soon.no} for found in numbers.values())
    assert numbers["due"] == [late.no, soon.no] == numbers["-due"][::-1] == numbers["reported"]
    assert numbers["-reported"] == [soon.no, late.no]
    assert numbers["state"] == [soon.no, late.no]
    assert numbers["whole"] == [soon.no, late.no]  # which has been accepted
    refused = problem(dispatcher.get("events", view="open", sort="luck"), 422, "sort-unknown")
    assert refused["errors"][0]["field"] == "sort"


# Batches


def body(events: list[Event], step: str, **more: Any) -> dict[str, Any]:
    chosen = more.pop("organisation", None)
    each = [{"no": one.no, "version": one.version} | ({"organisation": chosen} if chosen else {}) for one in events]
    return {"step": step, "events": each} | more


def results(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["result"] for one in answer.json()["outcomes"]]


def test_a_batch_accepts_what_can_be_and_says_why_of_the_rest():
    acceptor = at("acceptor")
    fine, moved, ended = reported(), reported(), brought_to(reported(), State.ACCEPTED)
    far = reported(grid="430903001002001")
    stale = {"no": moved.no, "version": moved.version}
    step(moved, deeds.Note(text="有人先写了一笔"), access_for(user_with("acceptor", CENTRE)))
    sent = body([fine, ended, far], "accept")
    sent["events"].insert(1, stale)
    sent["events"].append({"no": "EV19990101-0001", "version": 1})
    answer = acceptor.post("batches", sent)
    assert results(answer) == ["done", "changed", "changed", "refused", "refused"]
    rows = answer.json()["outcomes"]
    assert [row["no"] for row in rows] == [row["no"] for row in sent["events"]]
    assert [row["code"] for row in rows] == [
        "", "event-moved-on", "step-not-possible", "no-such-event", "no-such-event",
    ]  # fmt: skip
    assert all(row["detail"] for row in rows[1:])
    assert (rows[0]["state"], rows[0]["version"]) == ("accepted", 2)
    assert Event.objects.get(pk=fine.pk).state == State.ACCEPTED
    assert results(acceptor.post("batches", sent))[0] == "changed"  # once more does nothing twice
    assert Event.objects.get(pk=fine.pk).version == 2


def test_a_batch_dispatches_each_to_its_own():
    dispatcher = at("dispatcher")
    events = [brought_to(reported(category=ROADS), State.ACCEPTED) for _ in range(2)]
    plan = dispatcher.post("batches/plan", {"step": "dispatch", "events": [one.no for one in events]}).json()
    assert {one["no"] for one in plan["suggested"]} == {one.no for one in events}
    assert all(one["organisation"] and one["reason"] for one in plan["suggested"])
    offered = {one["id"] for one in plan["organisations"]}
    assert {one["organisation"] for one in plan["suggested"]} <= offered
    other = organisation("dept-430902000000-nongshui_huanbao").pk
    sent = body(events, "dispatch", text="请一并处理")
    sent["events"][0]["organisation"] = plan["suggested"][0]["organisation"]
    sent["events"][1]["organisation"] = other
    assert results(dispatcher.post("batches", sent)) == ["done", "done"]
    leads = [Task.objects.get(event=one, kind=TaskKind.LEAD).organisation_id for one in events]
    assert leads == [plan["suggested"][0]["organisation"], other]


def test_a_batch_copies_and_notes():
    dispatcher = at("dispatcher")
    events = [brought_to(reported(category=ROADS), State.DISPATCHED) for _ in range(2)]
    plan = dispatcher.post("batches/plan", {"step": "copy_to", "events": [one.no for one in events]}).json()
    chosen = plan["organisations"][0]["id"]
    assert plan["suggested"] == []
    assert results(dispatcher.post("batches", body(events, "copy_to", organisation=chosen))) == ["done", "done"]
    for one in events:
        one.refresh_from_db()
        assert chosen in one.parties
    again = dispatcher.post("batches/plan", {"step": "copy_to", "events": [one.no for one in events]}).json()
    assert chosen not in {one["id"] for one in again["organisations"]}
    assert results(dispatcher.post("batches", body(events, "note", text="统一备注"))) == ["done", "done"]
    refused = dispatcher.post("batches", body(events, "note"))
    assert results(refused) == ["refused", "refused"]  # nothing was said: before anything is looked at


@pytest.mark.parametrize(
    ("sent", "code"),
    [({"step": "accept", "events": []}, "batch-size"),
     ({"step": "accept", "events": [{"no": f"EV{n}", "version": 1} for n in range(51)]}, "batch-size"),
     ({"step": "accept", "events": [{"no": "EV1", "version": 1}] * 2}, "named-twice"),
     ({"step": "close", "events": [{"no": "EV1", "version": 1}]}, "step-not-together"),
     ({"step": "fly", "events": [{"no": "EV1", "version": 1}]}, "step-not-together")],
)  # fmt: skip
def test_a_batch_that_cannot_be_one_changes_nothing(sent, code):
    reported()
    before = standing()
    problem(at("acceptor").post("batches", sent), 422, code)
    assert standing() == before


def test_where_the_database_goes_away_the_rest_is_told_too(monkeypatch):
    events = [reported(), reported(), reported()]
    real, calls = batch.advance, []

    def failing(**asked: Any) -> Event:
        calls.append(asked["no"])
        if len(calls) == 2:
            raise OperationalError("gone")
        return real(**asked)

    monkeypatch.setattr(batch, "advance", failing)
    monkeypatch.setattr(batch, "connection", SimpleNamespace(is_usable=lambda: False))
    assert results(at("acceptor").post("batches", body(events, "accept"))) == ["done", "unreached", "unreached"]
    assert calls == [events[0].no, events[1].no]


@pytest.mark.parametrize("error", [OperationalError("deadlock detected"), IntegrityError("twice"), DataError("long")])
def test_one_that_breaks_off_stops_none_of_the_others(monkeypatch, caplog, error):
    events = [reported(), reported(), reported()]
    real = batch.advance

    def failing(**asked: Any) -> Event:
        if asked["no"] == events[1].no:
            raise error
        return real(**asked)

    monkeypatch.setattr(batch, "advance", failing)
    answer = at("acceptor").post("batches", body(events, "accept"))
    assert results(answer) == ["done", "unreached", "done"]
    assert answer.json()["outcomes"][1]["code"] == "step-failed"
    assert events[1].no in caplog.text


def test_what_a_plan_asks_does_not_grow_faster_than_its_events():
    dispatcher = at("dispatcher")
    events = [brought_to(reported(category=ROADS), State.ACCEPTED) for _ in range(4)]

    def asked(chosen: list[Event]) -> int:
        with CaptureQueriesContext(connection) as seen:
            dispatcher.post("batches/plan", {"step": "dispatch", "events": [one.no for one in chosen]})
        return len(seen)

    asked(events[:1])
    one, four = asked(events[:1]), asked(events)
    assert four - one <= 3 * 3


# Reply templates


def template(**changed: Any) -> dict[str, Any]:
    return {
        "organisation": organisation(DEPARTMENT).pk, "step": "finish", "category": "06", "title": "路面已修",
        "body": "{事件号}（{类别}，{place}）已由{责任单位}处理完毕。",
    } | changed  # fmt: skip


def test_a_template_is_written_by_the_lead_and_filled_for_the_clerk():
    lead, clerk = at("dept_lead", DEPARTMENT), at("dept_clerk", DEPARTMENT)
    kept = lead.post("templates", template())
    assert kept.status_code == 201, kept.content
    assert (kept.json()["category_name"], kept.json()["may_change"]) == ("市政设施", True)
    lead.post("templates", template(category="06-003", title="坑洼已补", body="{no}已补"))
    lead.post("templates", template(category="07", title="别的大类"))
    lead.post("templates", template(category="", step="return", title="退回"))
    event = brought_to(reported(category=ROADS), State.HANDLING)
    ready = clerk.get(f"events/{event.no}/templates", step="finish").json()
    assert [one["title"] for one in ready] == ["坑洼已补", "路面已修"]
    place = f"{event.grid.region.parent.name}{event.grid.region.name}"
    assert ready[1]["text"] == f"{event.no}（{event.category.name}，{place}）已由{event.lead.short_name}处理完毕。"
    assert (ready[1]["missing"], clerk.get("templates").json()["rows"][0]["may_change"]) == ([], False)
    problem(clerk.post("templates", template(title="又一")), 403, "templates-not-yours")
    problem(clerk.post(f"templates/{kept.json()['id']}/remove"), 403, "templates-not-yours")
    stranger = at("dept_lead", "dept-430902000000-nongshui_huanbao")
    problem(
        stranger.post(f"templates/{kept.json()['id']}", template(changed_at=kept.json()["changed_at"])),
        404,
        "no-such-template",
    )
    problem(stranger.get(f"events/{event.no}/templates", step="finish"), 404, "no-such-event")
    seen = kept.json()
    changed = lead.post(f"templates/{seen['id']}", template(title="改了名", changed_at=seen["changed_at"]))
    assert changed.json()["title"] == "改了名"
    late = template(title="又改", changed_at=seen["changed_at"])  # another lead, who opened it before that
    told = problem(lead.post(f"templates/{seen['id']}", late), 409, "template-changed")
    assert told["template"]["title"] == "改了名"
    again = late | {"changed_at": told["template"]["changed_at"]}
    assert lead.post(f"templates/{seen['id']}", again).json()["title"] == "又改"
    assert lead.post(f"templates/{kept.json()['id']}/remove").status_code == 204
    assert ReplyTemplate.objects.count() == 3


def test_a_template_whose_facts_an_event_has_not_says_so():
    lead, acceptor = at("shift_lead"), at("acceptor")
    centre = organisation(CENTRE).pk
    lead.post(
        "templates", template(organisation=centre, step="reject", category="", title="不受理", body="{责任单位}{no}")
    )
    (ready,) = acceptor.get(f"events/{reported().no}/templates", step="reject").json()
    assert (ready["text"], len(ready["missing"])) == ("", 1)


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [({"body": "{来电人}"}, "fact-unknown", "body"), ({"body": "{address}"}, "fact-unknown", "body"),
     ({"body": "请致电13912345678"}, "personal-data", "body"), ({"body": " "}, "text-needed", "body"),
     ({"body": "好" * 1001}, "text-needed", "body"), ({"title": ""}, "title-needed", "title"),
     ({"category": "99-999"}, "category-unknown", "category"), ({"step": "sign"}, "step-without-words", "step")],
)  # fmt: skip
def test_what_is_no_template_is_refused_with_the_field(changed, code, field):
    refused = problem(at("dept_lead", DEPARTMENT).post("templates", template(**changed)), 422, code)
    assert refused["errors"][0]["field"] == field
    assert not ReplyTemplate.objects.exists()


def test_a_title_is_taken_once_for_its_step_and_category():
    lead = at("dept_lead", DEPARTMENT)
    assert lead.post("templates", template()).status_code == 201
    problem(lead.post("templates", template()), 409, "title-taken")
    assert lead.post("templates", template(category="07")).status_code == 201


def test_the_register_of_templates_is_a_fixed_number_of_queries():
    lead = at("dept_lead", DEPARTMENT)
    lead.post("templates", template())

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            lead.get("templates")
        return len(seen)

    asked()
    before = asked()
    for number in range(5):
        lead.post("templates", template(title=f"第{number}"))
    assert asked() == before


# Counter-steps


def _undoing(card: dict[str, Any]) -> dict[str, list[str]]:
    return {one["step"]: one["undoes"] for one in card["allowed_steps"] if one["undoes"]}


def test_a_card_says_which_step_takes_which_back():
    dispatcher, acceptor = at("dispatcher"), at("acceptor")
    event, other = brought_to(reported(category=ROADS), State.ACCEPTED), reported(category=ROADS)
    lead = organisation(DEPARTMENT).pk
    sent = {"step": "dispatch", "version": event.version, "organisation": lead}
    card = dispatcher.post(f"events/{event.no}/steps", sent).json()
    assert _undoing(card) == {"redispatch": ["dispatch", "redispatch"]}
    card = acceptor.post(f"events/{other.no}/steps", {"step": "merge", "version": 1, "into": event.no}).json()
    assert _undoing(card) == {"unmerge": ["merge"]}
    assert _undoing(acceptor.get(f"events/{returned(reported(category=ROADS)).no}").json()) == {}
