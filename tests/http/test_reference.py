"""Categories, allowances and the calendar, edited by page: what holds from now on, and what was promised before."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from events.models import CalendarDay, Category, Event, Timer
from events.models.calendar import working_calendar
from events.selectors.workdays import days_of
from events.workflow import State
from tests.factories import CITY, brought_to, reported, user_with
from tests.http.doors import Browser, problem

pytestmark = pytest.mark.django_db
C = "administration/categories"
D = "administration/calendar"
CODE = "06-003"


@pytest.fixture
def system() -> Browser:
    return Browser(user_with("sysadmin", f"centre-{CITY}"))


def _row(system: Browser, code: str = CODE) -> dict:
    return system.get(f"{C}/{code}").json()["row"]


def _edited(row: dict, **changes) -> dict:
    names = ("name", "keywords", "handle_amount", "handle_clock", "urgent", "self_resolvable", "auto_dispatch",
             "min_level", "active")  # fmt: skip
    return {**{name: row[name] for name in names}, **changes}


def _clocks(event: Event) -> list[tuple[str, float]]:
    return list(
        Timer.objects.filter(event=event, stopped_at=None).order_by("stage").values_list("stage", "allowance_min")
    )


def test_an_allowance_holds_from_now_on_and_what_was_promised_stays(system):
    taken, waiting = brought_to(reported(category=CODE), State.ACCEPTED), reported(category=CODE)
    due = taken.due_at
    row = _row(system)
    assert (row["handle_amount"], row["handle_clock"], row["open"]) == (5, "work_day", 2)
    shorter = _edited(row, handle_amount=16, handle_clock="work_hour")
    told = [one["text"] for one in system.post(f"{C}/{CODE}/preview", shorter).json()]
    assert told[0].startswith("06-003 的处置时限由")
    assert told[1:] == ["1 件已受理的在办事件仍按原时限办理。", "1 件待受理的事件将按新时限办理。"]
    assert _row(system) == row  # a preview saves nothing
    answer = system.post(f"{C}/{CODE}", {**shorter, "version": row["version"]})
    assert answer.status_code == 200
    fields = answer.json()["changes"][0]["fields"]
    assert [(field["field"], field["old"], field["new"]) for field in fields] == [
        ("handle_amount", "5.0", "16.0"), ("handle_clock", "工作日", "工作时"),
    ]  # fmt: skip
    taken.refresh_from_db()
    assert taken.due_at == due
    handled = brought_to(taken, State.HANDLING)
    assert ("handle", 5 * 480.0) in _clocks(handled)  # the promise holds for the stages to come, too
    later = brought_to(waiting, State.HANDLING)
    assert ("handle", 16 * 60.0) in _clocks(later)


def test_a_category_that_becomes_urgent_hurries_nobody_who_was_promised_time(system):
    taken = brought_to(reported(category=CODE), State.ACCEPTED)
    row = _row(system)
    system.post(f"{C}/{CODE}", {**_edited(row, urgent=True), "version": row["version"]})
    signed = brought_to(taken, State.DISPATCHED)
    assert ("sign", 120.0) in _clocks(signed)
    assert not signed.urgent
    assert brought_to(reported(category=CODE), State.ACCEPTED).urgent


def test_two_who_save_at_once_and_one_hears_of_the_other(system):
    row = _row(system)
    first = {**_edited(row, name="路面坑洞"), "version": row["version"]}
    assert system.post(f"{C}/{CODE}", first).status_code == 200
    body = problem(system.post(f"{C}/{CODE}", {**first, "name": "路面塌了"}), 409, "stale")
    assert body["version"] == _row(system)["version"]
    assert Category.objects.get(code=CODE).name == "路面坑洞"


def test_retiring_says_what_stays(system):
    reported(category=CODE)
    row = _row(system)
    told = system.post(f"{C}/{CODE}/preview", _edited(row, active=False)).json()
    assert [one["weight"] for one in told] == ["warning", "note"]
    assert system.post(f"{C}/{CODE}", {**_edited(row, active=False), "version": row["version"]}).status_code == 200
    assert CODE not in {one["code"] for one in system.get("categories").json()}
    assert CODE in {one["code"] for one in system.get(C).json()}


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": " "}), ("name", {"name": "名" * 31}), ("name", {"name": "井盖缺损"}),
        ("keywords", {"keywords": []}), ("keywords", {"keywords": ["词" * 13]}), ("keywords", {"keywords": ["a"] * 1}),
        ("handle_amount", {"handle_amount": 0}), ("handle_amount", {"handle_amount": -1}),
        ("handle_amount", {"handle_amount": 251}),
    ],
)  # fmt: skip
def test_what_a_category_can_t_be_is_said_beside_its_field(system, field, changes):
    row = _row(system)
    if changes == {"keywords": ["a"]}:
        changes = {"keywords": [str(number) for number in range(21)]}
    for path, more in ((f"{C}/{CODE}/preview", {}), (f"{C}/{CODE}", {"version": row["version"]})):
        answer = system.post(path, {**_edited(row, **changes), **more})
        assert answer.status_code == 422, answer.content
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert _row(system) == row


def test_a_category_of_the_city_s_own(system):
    fresh = _edited(_row(system), name="共享单车乱停（自定义）", keywords=["单车"])
    for code, name in [("06-079", ""), ("6-080", ""), ("55-080", ""), ("06-080", "没有标记")]:
        answer = system.post(C, {**fresh, "code": code, **({"name": name} if name else {})})
        assert answer.status_code == 422, code
    made = system.post(C, {**fresh, "code": "06-080"})
    assert made.status_code == 201
    assert "06-080" in {one["code"] for one in system.get("categories").json()}
    problem(system.post(C, {**fresh, "code": "06-080"}), 409, "code-taken")
    assert reported(category="06-080").category.county_department == "chengguan_zhujian"


def test_the_list_takes_the_same_queries_however_many_events(system, django_assert_num_queries):
    with django_assert_num_queries(4):
        system.get(C)
    reported(category=CODE)
    with django_assert_num_queries(4):
        assert system.get(C).json()


def test_what_holds_in_the_whole_city_is_the_city_s():
    county = Browser(user_with("sysadmin", "centre-430902000000"))
    row = _row(county)
    problem(county.post(f"{C}/{CODE}", {**_edited(row), "version": row["version"]}), 403, "city-alone")
    year = county.get(D).json()
    body = {"kind": "usual", "version": year["version"]}
    problem(county.post(f"{D}/{_free_weekday()}", body), 403, "city-alone")


# The calendar


def _free_weekday(*, weekday: int = 2) -> date:
    """A day to come, of a loaded year, that is as its weekday says."""
    known = working_calendar()
    day = timezone.localdate() + timedelta(days=1)
    while day in known.exceptions or day.weekday() != weekday:
        day += timedelta(days=1)
    assert known.covers(day), "the test's calendar ends too soon"
    return day


def test_a_day_off_is_seen_by_what_starts_from_now_on_and_moves_nothing_promised(system):
    event = brought_to(reported(category="06-003"), State.HANDLING)
    before = list(Timer.objects.filter(event=event).values_list("due_at"))
    day = _free_weekday()
    year = system.get(D, year=day.year).json()
    told = system.post(f"{D}/{day}/preview", {"kind": "rest", "name": "市运动会"}).json()
    assert told[0]["text"].startswith(f"{day}")
    assert "改为休息日" in told[0]["text"]
    saved = system.post(f"{D}/{day}", {"kind": "rest", "name": "市运动会", "version": year["version"]})
    assert saved.status_code == 200
    assert {"id": day.isoformat(), "date": day.isoformat(), "working": False, "name": "市运动会"} in saved.json()[
        "days"
    ]
    assert not working_calendar().works(day)
    assert list(Timer.objects.filter(event=event).values_list("due_at")) == before
    change = saved.json()["changes"][0]
    assert [(field["old"], field["new"]) for field in change["fields"]] == [("按星期", "休息日"), ("—", "市运动会")]
    back = system.post(f"{D}/{day}", {"kind": "usual", "version": saved.json()["version"]})
    assert back.status_code == 200
    assert working_calendar().works(day)
    assert not CalendarDay.objects.filter(date=day).exists()


def test_a_preview_counts_the_allowances_that_reach_over_the_day(system):
    day = _free_weekday()
    event = brought_to(reported(category="06-003"), State.HANDLING)
    Timer.objects.filter(event=event, stopped_at=None).update(
        due_at=timezone.now() + timedelta(days=(day - timezone.localdate()).days + 2)
    )
    told = system.post(f"{D}/{day}/preview", {"kind": "rest", "name": "x"}).json()
    count = Timer.objects.filter(stopped_at=None, clock__in=["work_hour", "work_day"]).count()
    assert [one["text"] for one in told][1].startswith(f"有 {count} 个正在计时的时限跨过这一天")


@pytest.mark.parametrize(
    ("field", "weekday", "days", "body"),
    [
        ("day", 2, -30, {"kind": "rest", "name": "x"}), ("kind", 2, 0, {"kind": "work", "name": "x"}),
        ("kind", 6, 0, {"kind": "rest", "name": "x"}), ("name", 2, 0, {"kind": "rest", "name": ""}),
    ],
)  # fmt: skip
def test_what_a_day_can_t_be_is_said_beside_its_field(system, field, weekday, days, body):
    day = _free_weekday(weekday=weekday) + timedelta(days=days)
    for path, more in (
        (f"{D}/{day}/preview", {}),
        (f"{D}/{day}", {"version": system.get(D, year=day.year).json()["version"]}),
    ):
        answer = system.post(path, {**body, **more})
        assert answer.status_code == 422, answer.content
        assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_year_that_is_not_loaded_does_not_come_to_be_known_by_one_day(system):
    year = max(working_calendar().years) + 1
    assert system.get(D, year=year).json()["days"] == []
    body = {"kind": "rest", "name": "元旦"}
    problem(system.post(f"{D}/{_weekday_of(year)}/preview", body), 409, "year-not-loaded")
    body["version"] = system.get(D, year=year).json()["version"]
    problem(system.post(f"{D}/{_weekday_of(year)}", body), 409, "year-not-loaded")
    assert days_of(year) == []


def _weekday_of(year: int) -> date:
    day = date(year, 3, 3)
    while day.weekday() != 2:
        day += timedelta(days=1)
    return day


def test_a_stale_year_is_refused(system):
    day = _free_weekday()
    year = system.get(D, year=day.year).json()
    body = {"kind": "rest", "name": "市运动会", "version": year["version"]}
    assert system.post(f"{D}/{day}", body).status_code == 200
    problem(system.post(f"{D}/{day}", {**body, "name": "另一个"}), 409, "stale")
    assert CalendarDay.objects.get(date=day).name == "市运动会"


def test_how_many_stand_open_is_told_to_the_city_s_alone_and_of_disputes_to_nobody(system):
    reported(category=CODE)
    reported(category="09-001")
    told = {row["code"]: row["open"] for row in system.get(C).json()}
    assert (told[CODE], told["09-001"], _row(system, "09-001")["open"]) == (1, None, None)
    township = Browser(user_with("sysadmin", "centre-430902005000"))
    assert {row["open"] for row in township.get(C).json()} == {None}
    assert _row(township)["open"] is None
    retired = system.post(f"{C}/09-001/preview", _edited(_row(system, "09-001"), active=False)).json()
    assert [one["weight"] for one in retired if "件" in one["text"]] == []


def test_a_code_taken_meanwhile_is_told_as_one_taken_before(system, monkeypatch):
    new = _edited(_row(system), name="新类（自定义）")
    assert system.post(C, {**new, "code": "06-080"}).status_code == 201
    monkeypatch.setattr("events.services.catalogue.administered_city", lambda *_asked: None)
    monkeypatch.setattr("events.services.catalogue._name", lambda _category, given: given)
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda _asked: False)
    problem(system.post(C, {**new, "code": "06-080"}), 409, "code-taken")
