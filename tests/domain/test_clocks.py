"""Timers against the table, with the calendar of 2026 loaded; every due time below was counted by hand."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from data.calendar import Day
from events.models import Category, Event, Timer
from events.models.calendar import working_calendar
from events.services import calendar, clocks, deeds
from events.services.routing import candidates
from events.sla import _STAGES, HANDLE, WHOLE, Clock
from events.workflow import Stage, State
from grid.models import Grid, Organisation
from grid.refusals import Conflict
from tests.factories.happenings import brought_to, extended, reported, step
from tests.factories.people import access_for, user_with

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=CHINA)


@pytest.fixture(autouse=True)
def _calendar_is_read():
    working_calendar()


def make(code: str = "05-002", *, urgent: bool = False, now: datetime | None = None) -> Event:
    """An event in the table, reported: 05-002 may take 4 working hours, 06-001 2 urgent hours."""
    grid = Grid.objects.order_by("code")[0]
    event = Event(
        no=f"T{Event.objects.count()}", state=State.REPORTED, source="officer", grid=grid, path=grid.path,
        category=Category.objects.get(code=code), urgent=urgent, level="township", reported_at=now or at("10 09:00"),
        holder=Organisation.objects.get(code="centre-430902005000"),
    )  # fmt: skip
    timers = clocks.enter(event=event, state=State.REPORTED, now=event.reported_at)
    event.save()
    clocks.keep(timers)
    return event


def go(event: Event, state: State, when: str) -> Event:
    event.state = state
    clocks.enter(event=event, state=state, now=at(when))
    event.save()
    return event


def running(event: Event) -> dict[str, datetime]:
    return {timer.stage: timer.due_at for timer in event.timers.filter(stopped_at__isnull=True)}


def test_a_day_in_the_life_of_an_event():
    event = make(now=at("10 09:00"))
    assert running(event) == {"accept": at("10 11:00")}
    assert event.due_at is None
    assert (event.stage_due_at, event.stage_near_at) == (at("10 11:00"), at("10 10:00"))

    go(event, State.ACCEPTED, "10 10:00")  # whole: 2 H + 2 H + 4 H from Tuesday 10:00
    assert running(event) == {"dispatch": at("10 12:00"), "whole": at("11 10:00")}
    assert event.due_at == at("11 10:00")

    go(event, State.DISPATCHED, "10 11:30")
    assert event.stage_due_at == at("10 15:30")
    go(event, State.HANDLING, "10 14:30")
    assert running(event) == {"handle": at("11 08:30"), "whole": at("11 10:00")}
    go(event, State.PENDING_CHECK, "10 17:00")
    assert running(event) == {"check": at("11 17:00"), "whole": at("11 10:00")}
    go(event, State.PENDING_CLOSE, "11 08:30")
    assert event.stage_due_at == at("11 10:30")
    go(event, State.CLOSED, "11 09:00")
    assert running(event) == {}
    assert [event.stage_due_at, event.stage_near_at, event.due_at] == [None, None, at("11 10:00")]
    assert event.timers.count() == 7
    whole = event.timers.get(stage="whole")
    assert whole.stopped_at == at("11 09:00")
    assert clocks.used_minutes(timer=whole, now=at("20 09:00"), calendar=working_calendar()) == 420


def test_a_return_does_not_move_the_whole():
    event = go(make(), State.ACCEPTED, "10 10:00")
    go(event, State.DISPATCHED, "10 11:00")
    go(event, State.ACCEPTED, "10 14:30")
    assert running(event) == {"dispatch": at("10 16:30"), "whole": at("11 10:00")}
    assert event.due_at == at("11 10:00")
    assert event.timers.filter(stage="dispatch").count() == 2


def test_a_rework_gets_its_full_allowance_and_the_whole_goes_on():
    event = go(make(), State.ACCEPTED, "10 10:00")
    for state, when in (
        (State.DISPATCHED, "10 10:10"),
        (State.HANDLING, "10 10:20"),
        (State.PENDING_CHECK, "11 09:00"),
    ):
        go(event, state, when)
    go(event, State.HANDLING, "11 11:00")
    assert running(event) == {"handle": at("11 17:00"), "whole": at("11 10:00")}


@pytest.mark.parametrize(("code", "urgent"), [("06-001", False), ("05-002", True)])
def test_urgent_by_category_or_by_word(code, urgent):
    event = make(code, urgent=urgent, now=at("14 23:00"))  # a Saturday night
    assert event.stage_due_at == at("14 23:30")
    assert event.stage_near_at == at("14 23:00")
    go(event, State.ACCEPTED, "14 23:10")
    assert event.stage_due_at == at("14 23:25")
    whole = event.timers.get(stage="whole")
    # 0.25 U + 0.25 U, then 2 U of the category, or 4 H from Monday morning on
    assert whole.due_at == event.due_at == (at("15 01:40") if code == "06-001" else at("16 12:00"))
    assert clocks.used_minutes(timer=whole, now=whole.due_at, calendar=working_calendar()) == whole.allowance_min


def test_without_a_category_it_can_be_reported_but_not_accepted():
    event = make()
    event.category = None
    go(event, State.REPORTED, "10 09:30")
    with pytest.raises(ValueError, match="category"):
        clocks.enter(event=event, state=State.ACCEPTED, now=at("10 10:00"))


def test_a_verification_has_a_day_and_an_end_no_clock():
    event = go(make(), State.VERIFYING, "13 17:30")  # a Friday: 24 U
    assert running(event) == {"verify": at("14 17:30")}
    assert (event.stage_due_at, event.stage_near_at) == (at("14 17:30"), at("14 11:30"))
    go(event, State.REJECTED, "14 10:00")
    assert running(event) == {}
    assert (event.stage_due_at, event.stage_near_at, event.due_at) == (None, None, None)
    assert not event.timers.filter(next_mark_at__isnull=False).exists()


def test_a_change_to_urgent_is_fair():
    event = make(now=at("10 09:00"))
    event.urgent = True
    clocks.recount(event=event, now=at("10 09:50"))
    assert running(event) == {"accept": at("10 10:20")}
    assert event.stage_due_at == at("10 10:20")
    event.urgent = False  # and back: what the old start gives, no more
    clocks.recount(event=event, now=at("10 10:00"))
    assert running(event) == {"accept": at("10 11:00")}


def test_a_change_never_gains_time_that_was_used_up():
    event = make(now=at("10 09:00"))
    event.urgent = True
    clocks.recount(event=event, now=at("10 10:45"))  # half an hour from now would be later than it was due
    assert running(event) == {"accept": at("10 11:00")}


def test_a_change_after_acceptance_moves_the_whole_too():
    event = go(make("05-002"), State.ACCEPTED, "10 10:00")
    event.category = Category.objects.get(code="06-003")  # 5 D
    clocks.recount(event=event, now=at("10 10:30"))
    assert running(event) == {"dispatch": at("10 12:00"), "whole": at("17 16:00")}
    assert event.due_at == running(event)["whole"]


def test_a_change_moves_neither_the_work_in_hand_nor_what_was_extended():
    event = go(make("05-002"), State.ACCEPTED, "10 10:00")
    for state, when in ((State.DISPATCHED, "10 10:10"), (State.HANDLING, "10 10:20")):
        go(event, state, when)
    clocks.extend(event=event, minutes=120)
    event.extensions = 1
    before = running(event)
    assert before == {"handle": at("11 08:20"), "whole": at("11 12:00")}
    event.urgent = True
    clocks.recount(event=event, now=at("10 11:00"))
    assert running(event) == before


def test_a_change_moves_the_whole_while_the_work_in_hand_keeps_its_time():
    event = go(make("05-002"), State.ACCEPTED, "10 10:00")
    for state, when in ((State.DISPATCHED, "10 10:10"), (State.HANDLING, "10 10:20")):
        go(event, state, when)
    event.urgent = True
    clocks.recount(event=event, now=at("10 10:30"))  # the whole: 0.25 U + 0.25 U + 4 H from 10:30
    assert running(event) == {"handle": at("10 16:20"), "whole": at("10 17:00")}


@pytest.mark.parametrize(
    ("code", "last"),
    [
        ("06-001", "10 12:30"),
        ("05-002", "10 15:30"),
        ("05-001", "10 14:30"),
        ("06-003", "10 15:30"),
        ("04-004", "10 11:45"),
    ],
)
def test_a_return_within_two_hours_or_half_the_allowance(code, last):
    assert clocks.last_return(event=make(code), now=at("10 11:30")) == at(last)


def test_another_lead_has_the_time_to_sign_anew_and_the_whole_goes_on():
    """Through the doors: dispatched twice, without leaving the state."""
    event = brought_to(reported(category="05-002", now=at("10 09:00")), State.DISPATCHED, now=at("10 09:30"))
    assert running(event) == {"sign": at("10 11:30"), "whole": at("11 09:30")}
    shift_lead = access_for(user_with("shift_lead", event.holder))
    other = next(row.organisation for row in candidates(event) if row.organisation.pk != event.lead_id)
    other.hours = "00:00-12:00"
    other.save()
    event = step(event, deeds.Redispatch(organisation=other.pk, text="另一部门负责"), shift_lead, now=at("10 11:00"))
    assert running(event) == {"sign": at("11 01:00"), "whole": at("11 09:30")}
    assert event.stage_due_at == at("11 01:00")
    assert event.tasks.get(ended_at__isnull=True).return_until == at("11 01:00")


def test_the_centre_above_has_the_time_to_accept_anew():
    event = reported(category="05-002", now=at("10 09:00"))
    acceptor = access_for(user_with("acceptor", event.holder))
    event = step(event, deeds.Escalate(text="需要区里协调处理"), acceptor, now=at("10 10:30"))
    assert (event.state, running(event)) == (State.REPORTED, {"accept": at("10 14:30")})
    assert event.timers.get(stopped_at__isnull=True).organisation == event.holder != acceptor.duties[0].organisation


def test_an_extension_through_the_doors():
    event = brought_to(reported(category="05-002", now=at("10 09:00")), State.HANDLING, now=at("10 09:30"))
    assert running(event) == {"handle": at("10 15:30"), "whole": at("11 09:30")}
    for handle, whole in (("10 16:30", "11 10:30"), ("10 17:30", "11 11:30")):  # an hour each
        event = extended(event, now=at("10 10:00"))
        assert running(event) == {"handle": at(handle), "whole": at(whole)}
        assert (event.stage_due_at, event.due_at) == (at(handle), at(whole))
    with pytest.raises(Conflict, match="extended-often-enough"):
        extended(event, now=at("10 10:00"))


def test_one_timer_of_a_stage_runs_at_a_time():
    event = make()
    timer = event.timers.get()
    timer.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        timer.save()


def test_queries(django_assert_num_queries):
    event = make()
    with django_assert_num_queries(2):
        clocks.enter(event=event, state=State.ACCEPTED, now=at("10 10:00"))
    with django_assert_num_queries(1):
        clocks.enter(event=event, state=State.REJECTED, now=at("10 11:00"))
    fresh = Event(category=event.category, holder=event.holder)
    with django_assert_num_queries(1):
        timers = clocks.enter(event=fresh, state=State.REPORTED, now=at("10 10:00"))
    assert [timer.stage for timer in timers] == ["accept"]
    with django_assert_num_queries(0):
        clocks.keep([])


def test_the_calendar_is_read_again_when_it_has_changed_and_only_then():
    known = [Day(date=day.date, working=day.working, name=day.name) for day in _days(2026)]
    extra = Day(date=date(2026, 3, 11), working=False, name="停工")
    assert calendar.load(days=[*known, extra], years=[2026])
    with CaptureQueriesContext(connection) as queries:
        event = make(now=at("10 17:00"))
    assert event.stage_due_at == at("12 09:00")
    assert sum("events_calendarday" in (query["sql"] or "") for query in queries) == 1
    assert not calendar.load(days=[*known, extra], years=[2026])
    with CaptureQueriesContext(connection) as queries:
        make(now=at("10 17:00"))
    assert not any("events_calendarday" in (query["sql"] or "") for query in queries)
    calendar.load(days=known, years=[2026])
    assert make(now=at("10 17:00")).stage_due_at == at("11 09:00")


def test_the_table_and_the_rules_know_the_same_clocks_and_stages():
    from events.models.category import Clock as Choices

    assert {choice.value for choice in Choices} == {clock.value for clock in Clock}
    assert {stage.value for stage in Stage} == {*_STAGES, HANDLE, WHOLE, Stage.REVIEW}
    assert Timer(stage=Stage.DISPATCH).stage == "dispatch"


def _days(year: int):
    from events.models import CalendarDay

    return CalendarDay.objects.filter(date__year=year)
