"""Events over HTTP: a whole walk, every refusal on the way, and what each request asks of the database."""

import gzip
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event, JournalEntry, Photo
from events.workflow import State
from gis_layers import live
from gis_layers.models import Update
from grid.models import AuditEntry, Organisation
from tests.factories import SANYI_GRID, brought_to, extended, reported, returned, user_with
from tests.http.doors import API, Browser, middle, problem, standing
from tests.http.routes import unsafe_routes

pytestmark = pytest.mark.django_db
CENTRE = "centre-430902005000"
DEPARTMENT = "dept-430902000000-chengguan_zhujian"
ROADS = "06-003"  # five work days: nothing runs out while a test looks
FAR_DEPARTMENT = "dept-430903000000-chengguan_zhujian"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def officer() -> Browser:
    return Browser(user_with("grid_officer", CENTRE, grid=SANYI_GRID))


@pytest.fixture
def acceptor() -> Browser:
    return Browser(user_with("acceptor", CENTRE))


@pytest.fixture
def dispatcher() -> Browser:
    return Browser(user_with("dispatcher", CENTRE))


@pytest.fixture
def clerk() -> Browser:
    return Browser(user_with("dept_clerk", DEPARTMENT))


def report_body(photos: tuple[str, ...] = (), **changed: Any) -> dict[str, Any]:
    lng, lat = middle()
    return {
        "client_id": str(uuid4()), "category": "06-001", "point": {"lng": lng, "lat": lat, "crs": "wgs84"},
        "description": "人行道井盖破损", "photos": list(photos),
    } | changed  # fmt: skip


def test_a_report_walks_to_its_end(officer, acceptor, dispatcher, clerk):
    body = report_body((officer.photo(point=middle()),), address="马良路与人民路口")
    first = officer.post("events", body)
    assert first.status_code == 201
    again = officer.post("events", body)
    assert (again.status_code, again.json()) == (200, first.json())
    assert Event.objects.count() == JournalEntry.objects.count() == 1
    no = first.json()["no"]
    where = f"events/{no}/steps"

    card = acceptor.post(where, {"step": "accept", "version": 1}).json()
    assert (card["state"], card["version"]) == ("accepted", 2)
    offered = dispatcher.get(f"events/{no}/organisations").json()
    assert (offered[0]["suggested"], [row["suggested"] for row in offered[1:]]) == (True, [False] * (len(offered) - 1))
    assert offered[0]["reason"]
    assert offered[0]["id"] == Organisation.objects.get(code=DEPARTMENT).pk
    sent = {"step": "dispatch", "version": 2, "organisation": offered[0]["id"], "text": "请尽快"}
    card = dispatcher.post(where, sent).json()
    assert (card["state"], card["lead"]) == ("dispatched", "资阳区城管住建局")
    card = clerk.post(where, {"step": "sign", "version": 3}).json()
    offered_now = [step["step"] for step in card["allowed_steps"]]
    assert (card["state"], offered_now) == (
        "handling", ["return", "request_extension", "finish", "note"],
    )  # fmt: skip
    done = {"step": "finish", "version": 4, "text": "已更换井盖", "photos": [clerk.photo()]}
    assert clerk.post(where, done).json()["state"] == "pending_check"

    far = {"step": "pass_check", "version": 5, "photos": [officer.photo(point=(112.9, 28.2))]}
    refused = problem(officer.post(where, far), 422, "check-from-afar")
    assert refused["errors"] == [{"field": "far_reason", "message": refused["detail"]}]
    assert refused["metres"] > 10_000
    assert Event.objects.get(no=no).version == 5
    card = officer.post(where, {**far, "far_reason": "手机定位漂移"}).json()
    assert (card["state"], card["journal"][-1]["payload"]["far_reason"]) == ("pending_close", "手机定位漂移")
    card = acceptor.post(where, {"step": "close", "version": 6, "text": "已办结"}).json()
    assert (card["state"], card["version"], card["stage"]) == ("closed", 7, None)

    taken = [item["step"] for item in card["journal"]]
    assert taken == ["report", "accept", "dispatch", "sign", "finish", "pass_check", "close"]
    assert [item["version"] for item in card["journal"]] == list(range(1, 8))
    assert all(item["sentence"] and item["actor"] for item in card["journal"])
    assert [photo["shows"] for photo in card["photos"]] == ["before", "after", "check"]
    assert card["photos"][0]["distance_m"] < 5
    assert [offer["step"] for offer in card["allowed_steps"]] == ["reopen"]
    assert officer.get(f"events/{no}").json()["allowed_steps"] == []
    actions = AuditEntry.objects.filter(subject=no).order_by("pk").values_list("action", flat=True)
    assert list(actions) == [f"event.{step}" for step in taken]
    assert list(Update.objects.order_by("pk").values_list("body__version", flat=True)) == list(range(1, 8))


def test_a_check_on_the_spot_wants_no_reason(officer):
    event = brought_to(reported(officer=officer.user), State.PENDING_CHECK)
    sent = {"step": "pass_check", "version": event.version, "photos": [officer.photo(point=middle())]}
    card = officer.post(f"events/{event.no}/steps", sent).json()
    assert card["state"] == "pending_close"
    assert "far_reason" not in card["journal"][-1]["payload"]
    assert card["journal"][-1]["photos"][0]["distance_m"] < 5


def test_a_failed_check_goes_back_to_the_same_lead(officer, clerk):
    event = brought_to(reported(officer=officer.user), State.PENDING_CHECK)
    sent = {
        "step": "fail_check", "version": event.version, "text": "井盖仍然松动",
        "photos": [officer.photo(point=middle())],
    }  # fmt: skip
    card = officer.post(f"events/{event.no}/steps", sent).json()
    assert (card["state"], card["reworks"]) == ("handling", 1)
    shown = clerk.get(f"events/{event.no}").json()
    assert "finish" in [step["step"] for step in shown["allowed_steps"]]


def test_solved_on_the_spot_in_one_call_with_two_entries(officer):
    own = {"description": "已经清扫干净", "photos": [officer.photo()]}
    body = report_body((officer.photo(),), category="01-001", self_resolve=own)
    answer = officer.post("events", body)
    assert (answer.status_code, answer.json()["state"], answer.json()["version"]) == (201, "self_closed", 2)
    card = officer.get(f"events/{answer.json()['no']}").json()
    assert [(item["step"], item["version"]) for item in card["journal"]] == [("report", 1), ("self_resolve", 2)]
    assert [photo["shows"] for photo in card["photos"]] == ["before", "after"]
    assert card["ended_at"]
    again = officer.post("events", body)
    assert (again.status_code, again.json()) == (200, answer.json())


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"category": "06-001"}, "not-self-resolvable", "category"),
        ({"self_resolve": {"description": "已清扫", "photos": []}}, "photo-needed", "self_resolve.photos"),
    ],
    ids=["category", "no photo after"],
)
def test_what_can_not_be_solved_on_the_spot_is_not_reported_either(officer, changed, code, field):
    own = {"description": "已经清扫干净", "photos": [officer.photo()]}
    body = report_body((officer.photo(),), **({"category": "01-001", "self_resolve": own} | changed))
    refused = problem(officer.post("events", body), 422, code)
    assert refused["errors"][0]["field"] == field
    assert not Event.objects.exists()


def test_only_officers_solve_on_the_spot(acceptor):
    own = {"description": "已经清扫干净", "photos": [acceptor.photo()]}
    body = report_body((acceptor.photo(),), category="01-001", self_resolve=own)
    problem(acceptor.post("events", body), 403, "step-not-yours")
    assert not Event.objects.exists()


def test_a_client_id_names_one_report_for_ever(officer):
    photo = officer.photo()
    body = report_body((photo,))
    assert officer.post("events", body).status_code == 201
    others: list[dict[str, Any]] = [{"description": "别的"}, {"category": "06-002"}, {"photos": []}, {"urgent": True}]
    for changed in others:
        problem(officer.post("events", body | changed), 409, "client-id-used")
    other = Browser(user_with("grid_officer", CENTRE, grid=SANYI_GRID))
    problem(other.post("events", body), 409, "client-id-used")
    assert Event.objects.count() == 1


# One row a step: where it starts, who takes it, what it carries.
STEPS: dict[str, tuple[State, str, dict[str, Any]]] = {
    "place": (State.REPORTED, "acceptor", {"point": "middle"}),
    "recategorise": (State.REPORTED, "acceptor", {"category": "06-002"}),
    "amend": (State.REPORTED, "acceptor", {"description": "改正后的描述"}),
    "accept": (State.REPORTED, "acceptor", {}),
    "reject": (State.REPORTED, "acceptor", {"reason": "no_fault", "text": "现场没有发现问题"}),
    "dispatch": (State.ACCEPTED, "dispatcher", {"organisation": "suggested"}),
    "redispatch": (State.HANDLING, "dispatcher", {"organisation": "suggested", "text": "应由另一个单位处理"}),
    "escalate": (State.REPORTED, "acceptor", {"text": "需要上一级协调处理"}),
    "sign": (State.DISPATCHED, "clerk", {}),
    "request_extension": (State.HANDLING, "clerk", {"amount": 1.5, "text": "材料还没有到货"}),
    "ask_suspension": (State.HANDLING, "head", {"until": "later", "text": "要等汛期过去"}),
    "resume": (State.SUSPENDED, "head", {"text": "水位已经退了"}),
    "return": (State.DISPATCHED, "clerk", {"text": "这不是我们单位的职责"}),
    "finish": (State.HANDLING, "clerk", {"text": "已经处理完毕", "photos": "own"}),
    "pass_check": (State.PENDING_CHECK, "officer", {"photos": "own", "far_reason": "测试"}),
    "fail_check": (State.PENDING_CHECK, "officer", {"text": "还没有处理好", "photos": "own", "far_reason": "测试"}),
    "close": (State.PENDING_CLOSE, "acceptor", {"text": "已办结"}),
    "force_close": (State.HANDLING, "shift_lead", {"text": "因道路改造不再处理"}),
    "reopen": (State.CLOSED, "acceptor", {"text": "同一处又破损了"}),
    "void": (State.REPORTED, "shift_lead", {"text": "这是一次测试"}),
    "urge": (State.HANDLING, "dispatcher", {"text": "请尽快"}),
    "supervise": (State.HANDLING, "supervisor", {"level": "red", "text": "明日见报"}),
    "instruct": (State.HANDLING, "leader", {"text": "举一反三，全面排查"}),
    "copy_to": (State.HANDLING, "dispatcher", {"organisation": "suggested"}),
    "mark_urgent": (State.HANDLING, "acceptor", {"text": "靠近学校"}),
    "note": (State.HANDLING, "acceptor", {"text": "已电话联系"}),
}


# What may be done twice over, or is refused for a reason of its own the second time.
AGAIN = {"place", "recategorise", "amend", "redispatch", "escalate", "urge", "supervise", "instruct", "copy_to", "note"}
REASONS = {
    "request_extension": "asked-already", "ask_suspension": "asked-already", "mark_urgent": "urgent-already",
}  # fmt: skip


@pytest.fixture
def cast(officer, acceptor, dispatcher, clerk) -> dict[str, Browser]:
    others = {name: Browser(user_with(name, CENTRE)) for name in ("shift_lead", "supervisor", "leader")}
    head = Browser(user_with("dept_lead", DEPARTMENT))
    return {"officer": officer, "acceptor": acceptor, "dispatcher": dispatcher, "clerk": clerk, "head": head, **others}


def _carried(step: str, who: Browser, no: str) -> dict[str, Any]:
    fields = dict(STEPS[step][2])
    if fields.get("photos"):
        fields["photos"] = [who.photo()]
    if fields.get("point"):
        fields["point"] = dict(zip(("lng", "lat", "crs"), (*middle(), "wgs84"), strict=True))
    if fields.get("organisation"):
        fields["organisation"] = who.get(f"events/{no}/organisations", step=step).json()[0]["id"]
    if fields.get("until"):
        fields["until"] = (timezone.localdate() + timedelta(days=10)).isoformat()
    return fields


@pytest.mark.parametrize("step", STEPS)
def test_a_step_by_whom_it_is_for_and_by_nobody_else(cast, step):
    start, role, _ = STEPS[step]
    event = brought_to(reported(officer=cast["officer"].user, category=ROADS), start)
    who = cast[role]
    body = {"step": step, "version": event.version, **_carried(step, who, event.no)}
    where = f"events/{event.no}/steps"
    before = standing()

    stale = problem(who.post(where, body | {"version": event.version + 1}), 409, "event-moved-on")
    assert stale["event"]["no"] == event.no
    assert (stale["event"]["version"], stale["event"]["state"]) == (event.version, event.state)
    assert step in [offer["step"] for offer in stale["event"]["allowed_steps"]]
    assert standing() == before

    wrong = cast["clerk"] if role != "clerk" else cast["acceptor"]
    if step == "note":  # whoever works in the case may; those who keep the trail do not
        wrong = Browser(user_with("auditor", CENTRE))
    photos = {"photos": [wrong.photo()]} if "photos" in body else {}
    status = wrong.post(where, body | photos)
    if status.status_code == 404:  # not even to be seen yet
        assert start in {State.REPORTED, State.ACCEPTED}
    else:
        refused = problem(status, 403, "step-not-yours")
        assert (refused["version"], refused["state"]) == (event.version, event.state)
    assert standing() == before

    shown = [offer["step"] for offer in who.get(f"events/{event.no}").json()["allowed_steps"]]
    assert step in shown
    card = who.post(where, body)
    assert card.status_code == 200, card.content
    assert card.json()["version"] == event.version + 1
    after = standing()
    if step not in AGAIN:
        reason = REASONS.get(step, "step-not-possible")
        late = problem(who.post(where, body | {"version": event.version + 1}), 409, reason)
        assert late["event"]["version"] == event.version + 1
        assert standing() == after


NEEDED = {
    "place": ("point",), "recategorise": ("category",), "amend": (), "reject": ("reason", "text"),
    "dispatch": ("organisation",), "return": ("text",), "redispatch": ("organisation", "text"), "escalate": ("text",),
    "request_extension": ("amount", "text"), "ask_suspension": ("until", "text"), "force_close": ("text",),
    "reopen": ("text",), "void": ("text",), "supervise": ("level",), "instruct": ("text",),
    "copy_to": ("organisation",),
    "finish": ("text", "photos"), "pass_check": ("photos", "far_reason"),
    "fail_check": ("text", "photos", "far_reason"), "note": ("text",),
}  # fmt: skip


@pytest.mark.parametrize(("step", "missing"), [(step, name) for step, names in NEEDED.items() for name in names])
def test_a_missing_field_is_named(cast, step, missing):
    start, role, _ = STEPS[step]
    event = brought_to(reported(officer=cast["officer"].user, category=ROADS), start)
    body = {"step": step, "version": event.version, **_carried(step, cast[role], event.no)}
    before = standing()
    body.pop(missing)
    answer = cast[role].post(f"events/{event.no}/steps", body)
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert [error["field"].split(".")[-1] for error in errors] == [missing], errors
    assert all(error["message"] for error in errors)
    assert standing() == before


@pytest.mark.parametrize("step", STEPS)
def test_a_field_that_the_step_does_not_know_is_refused(cast, step):
    start, role, _ = STEPS[step]
    event = brought_to(reported(officer=cast["officer"].user, category=ROADS), start)
    body = {"step": step, "version": event.version, **_carried(step, cast[role], event.no)}
    for name, value in (("state", "closed"), ("holder", 1), ("actor", "x"), ("step_", "close")):
        answer = problem(cast[role].post(f"events/{event.no}/steps", body | {name: value}), 422, "invalid-fields")
        assert answer["errors"][0]["field"].endswith(name)
    body.pop("version")
    answer = problem(cast[role].post(f"events/{event.no}/steps", body), 422, "invalid-fields")
    assert answer["errors"][0]["field"].endswith("version")
    assert Event.objects.get(pk=event.pk).version == event.version


def test_steps_that_no_person_takes_are_unknown(cast):
    event = reported(officer=cast["officer"].user)
    for step in ("report", "self_resolve", "withdraw", "merge", "joint", "", None, 7):
        answer = cast["acceptor"].post(f"events/{event.no}/steps", {"step": step, "version": 1})
        problem(answer, 422, "invalid-fields")
    problem(cast["acceptor"].post(f"events/{event.no}/steps", {"version": 1}), 422, "invalid-fields")


def test_a_report_with_something_missing_or_unknown_is_refused(officer):
    photo = officer.photo()
    for name in ("client_id", "category", "point"):
        body = report_body((photo,))
        body.pop(name)
        answer = problem(officer.post("events", body), 422, "invalid-fields")
        assert [error["field"].split(".")[-1] for error in answer["errors"]] == [name]
    for name in ("lng", "lat", "crs"):
        body = report_body((photo,))
        body["point"].pop(name)
        answer = problem(officer.post("events", body), 422, "invalid-fields")
        assert answer["errors"][0]["field"].endswith(f"point.{name}")
    for name, value in (("state", "closed"), ("no", "EV1"), ("reporter", 1), ("source", "hotline"), ("holder", 1)):
        answer = problem(officer.post("events", report_body((photo,)) | {name: value}), 422, "invalid-fields")
        assert answer["errors"][0]["field"].endswith(name)
    refused = problem(officer.post("events", report_body()), 422, "photo-needed")
    assert refused["errors"][0]["field"] == "photos"
    refused = problem(officer.post("events", report_body(("0" * 64,))), 422, "photo-unknown")
    assert refused["missing"] == ["0" * 64]
    refused = problem(officer.post("events", report_body((photo,), category="99-999")), 422, "category-unknown")
    assert refused["errors"][0]["field"] == "category"
    assert not Event.objects.exists()


def test_a_photo_named_twice_is_one_photo(officer):
    photo = officer.photo()
    answer = officer.post("events", report_body((photo, photo)))
    assert answer.status_code == 201
    assert len(officer.get(f"events/{answer.json()['no']}").json()["photos"]) == 1


def test_anothers_photo_is_nobodys_evidence(officer, acceptor):
    problem(officer.post("events", report_body((acceptor.photo(),))), 422, "photo-unknown")


def test_an_officer_reports_from_own_grid_alone(officer):
    lng, lat = middle("430902005001001")
    body = report_body((officer.photo(),), point={"lng": lng, "lat": lat, "crs": "wgs84"})
    refused = problem(officer.post("events", body), 403, "report-not-yours")
    assert refused["detail"]
    assert not Event.objects.exists()


def test_another_countys_clerk_does_not_know_the_event(officer):
    event = brought_to(reported(officer=officer.user), State.DISPATCHED)
    stranger = Browser(user_with("dept_clerk", FAR_DEPARTMENT))
    for answer in (
        stranger.get(f"events/{event.no}"),
        stranger.get(f"events/{event.no}/organisations"),
        stranger.get(f"events/{event.no}/channels"),
        stranger.post(f"events/{event.no}/steps", {"step": "sign", "version": event.version}),
        stranger.post(f"events/{event.no}/steps", {"step": "sign", "version": 99}),
    ):
        problem(answer, 404, "no-such-event")


def test_a_dispatch_goes_only_where_this_centre_may_send(officer, dispatcher):
    event = brought_to(reported(officer=officer.user), State.ACCEPTED)
    elsewhere = Organisation.objects.get(code=FAR_DEPARTMENT).pk
    for organisation in (elsewhere, 2**62):
        body = {"step": "dispatch", "version": event.version, "organisation": organisation}
        refused = problem(dispatcher.post(f"events/{event.no}/steps", body), 422, "organisation-not-offered")
        assert refused["errors"][0]["field"] == "organisation"


# Forgery


# Doors of machines, which sign what they send.
SIGNED = {"/hotline/v1/messages", "/api/v1/sources/{}"} | {
    f"/internal/playback/{name}" for name in ("authorise", "recheck", "closed")
}
MEANT = {
    "/api/v1/events/{}/steps": {"step": "accept", "version": 1}, "/account/sessions/end": {"session": "others"},
    "/login": {"username": "x", "password": "y"}, "/i18n/language": {"language": "en"},
}  # fmt: skip


def _unsafe(no: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every address that a person's browser may change something at, of this event where it is one's."""
    for path in sorted(unsafe_routes() - SIGNED):
        yield path.replace("/events/{}", f"/events/{no}").replace("{}", str(uuid4())), MEANT.get(path, {})


def test_nothing_is_done_for_a_request_that_another_page_made(officer, acceptor):
    event = reported(officer=officer.user)
    before = standing()
    for path, body in _unsafe(event.no):
        for token in (None, "", "x", "j" * 32):
            problem(acceptor.post(path, body, token=token), 403, "csrf")
    assert standing() == before
    problem(acceptor.upload(b"x", token=None), 403, "csrf")
    assert Browser(acceptor.user).get("me").status_code == 200


# What it costs


def _queries(work: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        answer = work()
    assert answer.status_code < 300, answer.content
    return len([one for one in seen if not (one["sql"] or "").startswith(("SAVEPOINT", "RELEASE"))])


MOST = {"report": 22, "card": 9, "list": 6, "snapshot": 3, "feed": 2, "step": 21}


def test_what_each_request_asks_of_the_database(officer, acceptor):
    def report() -> Any:
        return officer.post("events", body)

    body = report_body((officer.photo(),))
    report()  # warms what a process keeps: the ground, the calendar, the day's first number
    body = report_body((officer.photo(),))
    spent = {"report": _queries(report)}
    no = Event.objects.latest("pk").no
    spent["card"] = _queries(lambda: acceptor.get(f"events/{no}"))
    spent["list"] = _queries(lambda: acceptor.get("events"))
    spent["snapshot"] = _queries(lambda: acceptor.get("map/events"))
    spent["feed"] = _queries(lambda: acceptor.get("feed"))
    spent["step"] = _queries(lambda: acceptor.post(f"events/{no}/steps", {"step": "accept", "version": 1}))
    assert {name: count for name, count in spent.items() if count > MOST[name]} == {}, spent


def test_lists_cost_the_same_however_long_they_are(officer, acceptor):
    paths = ("events", "map/events", f"ground/grids/{SANYI_GRID}")

    def counted() -> list[int]:
        return [_queries(lambda path=path: acceptor.get(path)) for path in paths]

    reported(officer=officer.user)
    counted()
    few = counted()
    for _ in range(12):
        reported(officer=officer.user)
    assert counted() == few
    assert acceptor.get("events").json()["total"] == 13


def test_a_card_costs_the_same_however_long_its_story(officer, acceptor):
    event = reported(officer=officer.user)
    acceptor.get(f"events/{event.no}")
    short = _queries(lambda: acceptor.get(f"events/{event.no}"))
    for version in range(1, 15):
        acceptor.post(f"events/{event.no}/steps", {"step": "note", "version": version, "text": f"第{version}次联系"})
    assert len(acceptor.get(f"events/{event.no}").json()["journal"]) == 15
    assert _queries(lambda: acceptor.get(f"events/{event.no}")) <= short + 1  # the words said: one query more


def test_applications_tasks_and_levels_cost_a_list_and_a_card_nothing_more(officer, acceptor, dispatcher):
    def counted(no: str) -> list[int]:
        return [_queries(lambda path=path: dispatcher.get(path)) for path in ("events", f"events/{no}")]

    plain = brought_to(reported(officer=officer.user, category=ROADS), State.HANDLING)
    counted(plain.no)
    before = counted(plain.no)
    eventful = returned(reported(officer=officer.user, category=ROADS), times=2)
    eventful = extended(brought_to(eventful, State.HANDLING))
    for _ in range(3):
        brought_to(reported(officer=officer.user, category=ROADS), State.SUSPENDED)
    assert counted(eventful.no) == before
    assert before[0] <= MOST["list"]
    assert before[1] <= MOST["card"]


# Lists


def test_pages_of_a_list_hold_every_event_once(officer, acceptor):
    numbers = {reported(officer=officer.user).no for _ in range(7)}
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = acceptor.get("events", view="open", limit=3, cursor=cursor).json()
        assert page["total"] == 7
        seen += [row["no"] for row in page["rows"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(numbers)
    for name, value in (("cursor", "x"), ("cursor", "-1"), ("view", "none"), ("sort", "no"), ("state", "open,x")):
        answer = acceptor.get("events", **{name: value})
        refused = problem(answer, 422, f"{name}-unknown")
        assert refused["errors"][0]["field"] == name


def test_a_repeated_photo_makes_no_second_row(officer):
    photo = officer.photo()
    assert officer.get(f"photos/{photo}").status_code == 200
    assert Photo.objects.filter(sha256=photo).count() == 1


def test_the_map_s_snapshot_goes_out_gzipped_to_whoever_takes_it_so(officer, acceptor):
    event = reported(officer=officer.user)
    plain = acceptor.get("map/events")
    zipped = acceptor.client.get(f"{API}/map/events", headers={"Accept-Encoding": "gzip, br"})
    assert (plain.get("Content-Encoding"), zipped["Content-Encoding"]) == (None, "gzip")
    assert gzip.decompress(zipped.content) == plain.content
    assert all("Accept-Encoding" in answer["Vary"] for answer in (plain, zipped))
    assert [row["no"] for row in plain.json()["rows"]] == [event.no]


def test_where_the_feed_stands_is_the_number_of_the_snapshot(officer, acceptor):
    reported(officer=officer.user)
    live.number()
    assert acceptor.get("feed").json() == {"seq": acceptor.get("map/events").json()["seq"]}
    assert acceptor.get("feed").json()["seq"] > 0


def test_a_stale_step_is_told_who_did_what_since(cast):
    """In the words of the journal, with what was said; only what came after the version that was seen."""
    event = brought_to(reported(officer=cast["officer"].user, category=ROADS), State.HANDLING)
    seen = event.version
    for words in ("已到现场查看情况", "等待配件到货"):
        assert cast["clerk"].post(f"events/{event.no}/steps", {"step": "note", "version": event.version, "text": words})
        event.refresh_from_db()
    body = {"step": "note", "version": seen, "text": "我也说一句话"}
    told = problem(cast["clerk"].post(f"events/{event.no}/steps", body), 409, "event-moved-on")
    assert [(entry["version"], entry["text"]) for entry in told["since"]] == [
        (seen + 1, "已到现场查看情况"), (seen + 2, "等待配件到货"),
    ]  # fmt: skip
    card = cast["clerk"].get(f"events/{event.no}").json()
    assert [entry["sentence"] for entry in told["since"]] == [item["sentence"] for item in card["journal"][-2:]]
