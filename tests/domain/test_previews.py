"""What a form promises is what the step then does; and the words say why."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from events.models import Event, Supervision, Ticket, Timer
from events.models.calendar import working_calendar
from events.selectors import cards
from events.services import deeds, routing
from events.services.report import take_ticket
from events.workflow import State
from grid.coordinates import Crs
from grid.models import Grid, Organisation
from tests.factories import SANYI_GRID, access_for, brought_to, photo_of, reported, step, user_with
from tests.factories.happenings import officer_of

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")
SLOW = "01-002"  # 2 working days


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA)


MONDAY, SATURDAY = at("11-23 09:00"), at("11-21 12:00")


@pytest.fixture(autouse=True)
def _english():
    working_calendar()
    with translation.override("en"):
        yield


def someone(role: str, of: Organisation):
    return access_for(user_with(role, of), now=MONDAY)


def effects(event: Event, access, now: datetime) -> dict[str, str]:
    return {one.step: one.effect for one in cards.card(access, event.no, now=now).allowed_steps}


def effect(event: Event, access, name: str, now: datetime) -> str:
    return effects(event, access, now)[name]


def shown(instant: datetime) -> str:
    return f"{instant.astimezone(CHINA):%a %m-%d %H:%M}"


def running(event: Event, stage: str) -> Timer:
    return event.timers.get(stage=stage, stopped_at__isnull=True)


def clerk_of(event: Event):
    event.refresh_from_db()
    return someone("dept_clerk", event.lead)


def at_holder(event: Event, role: str):
    event.refresh_from_db()
    return someone(role, event.holder)


def test_on_a_saturday_a_dispatch_says_why_it_is_due_on_monday():
    event = brought_to(reported(category=SLOW, now=SATURDAY), State.ACCEPTED, now=SATURDAY)
    dispatcher = at_holder(event, "dispatcher")
    assert effect(event, dispatcher, "dispatch", SATURDAY) == (
        "To be signed by Mon 11-23 10:00 (2 working hours, counted from Mon 11-23 08:00; 2 days off left out)"
    )
    brought_to(event, State.DISPATCHED, now=SATURDAY)
    assert running(event, "sign").due_at == at("11-23 10:00")


def test_within_working_time_there_is_nothing_to_explain():
    event = reported(category=SLOW, now=MONDAY)
    said = effect(event, at_holder(event, "acceptor"), "accept", MONDAY)
    assert said.startswith(
        "To be dispatched by Mon 11-23 11:00 (2 working hours). The whole is due by Wed 11-25 15:00 (2.5 "
    )


def test_the_straight_path_keeps_what_the_forms_promise():
    """Each due time in words is the one in the timer that the step then starts."""
    event, now = reported(category=SLOW, now=MONDAY), MONDAY
    officer_of(Grid.objects.get(code=SANYI_GRID))
    for role, name, state, stage in (
        ("acceptor", "accept", State.ACCEPTED, "dispatch"),
        ("dispatcher", "dispatch", State.DISPATCHED, "sign"),
        ("dept_clerk", "sign", State.HANDLING, "handle"),
        ("dept_clerk", "finish", State.PENDING_CHECK, "check"),
        ("checker", "pass_check", State.PENDING_CLOSE, "close"),
    ):
        access = clerk_of(event) if role == "dept_clerk" else at_holder(event, role)
        promised = effect(event, access, name, now)
        event = brought_to(event, state, now=now)
        assert f"by {shown(running(event, stage).due_at)} (" in promised
        if name == "accept":
            assert f"The whole is due by {shown(event.due_at)} (" in promised
    assert effects(event, at_holder(event, "acceptor"), now)["close"] == ""


def test_a_finished_work_is_checked_by_whoever_walks_the_grid():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.HANDLING, now=MONDAY)
    name = officer_of(Grid.objects.get(code=SANYI_GRID)).name
    said = effect(event, clerk_of(event), "finish", MONDAY)
    assert said.endswith(f"{name}, who walks the grid, is asked to check it")


def test_where_nobody_walks_the_grid_the_centre_is_asked():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.HANDLING, now=MONDAY)
    officer_of(Grid.objects.get(code=SANYI_GRID)).posts.update(until=MONDAY)
    said = effect(event, clerk_of(event), "finish", MONDAY)
    assert said.endswith(f"A checker of {event.holder.short_name} is asked to check it")


def test_a_return_says_until_when_and_what_the_third_one_means():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.DISPATCHED, now=MONDAY)
    assert effect(event, clerk_of(event), "return", MONDAY) == "May be returned until Mon 11-23 11:00"
    Event.objects.filter(pk=event.pk).update(returns=2)
    assert "third return" in effect(event, clerk_of(event), "return", MONDAY)


def test_an_extension_is_promised_as_it_is_granted():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.HANDLING, now=MONDAY)
    clerk, dispatcher = clerk_of(event), at_holder(event, "dispatcher")
    assert effect(event, clerk, "request_extension", MONDAY) == (
        "Can be asked for until Wed 11-25 09:00. 2 extensions are left"
    )
    step(event, deeds.RequestExtension(text="需要等待材料", amount=3), clerk, now=MONDAY)
    promised = effect(event, dispatcher, "grant_extension", at("11-24 09:00"))
    assert promised == "To be handled by Mon 11-30 09:00 (3 working days more; 2 days off left out)"
    assert effect(event, dispatcher, "refuse_extension", MONDAY) == ""
    event = step(event, deeds.GrantExtension(), dispatcher, now=at("11-24 09:00"))
    assert running(event, "handle").due_at == at("11-30 09:00")
    assert effect(event, clerk, "request_extension", MONDAY).endswith("1 extension is left")


def test_a_suspension_says_what_is_left_and_a_resumption_when_that_ends():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.HANDLING, now=MONDAY)
    lead, leader = someone("dept_lead", event.lead), someone("leader", event.holder)
    step(event, deeds.AskSuspension(text="等待上级批复", until=date(2026, 12, 1)), lead, now=MONDAY)
    said = effect(event, leader, "approve_suspension", at("11-23 11:00"))
    assert said == (
        "Its clock stands still until it is resumed, looked at again by Tue 12-01 18:00. "
        "Of the time for the work 1.75 working days are left"
    )
    event = step(event, deeds.ApproveSuspension(), leader, now=at("11-23 11:00"))
    later = at("11-26 16:00")
    promised = effect(event, lead, "resume", later)
    event = step(event, deeds.Resume(), lead, now=later)
    assert running(event, "handle").due_at == at("11-30 12:00")
    assert promised == "To be handled by Mon 11-30 12:00 (1.75 working days left; 2 days off left out)"


def test_a_suspension_of_what_is_overdue_says_so():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.HANDLING, now=MONDAY)
    lead, leader = someone("dept_lead", event.lead), someone("leader", event.holder)
    step(event, deeds.AskSuspension(text="等待上级批复", until=date(2026, 12, 1)), lead, now=at("11-26 09:00"))
    said = effect(event, leader, "approve_suspension", at("11-26 10:00"))
    assert said.endswith("The time for the work is used up: it was due by Wed 11-25 09:00")


def test_what_is_marked_urgent_is_due_when_the_form_says():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.DISPATCHED, now=MONDAY)
    acceptor, later = at_holder(event, "acceptor"), at("11-23 09:20")
    promised = effect(event, acceptor, "mark_urgent", later)
    event = step(event, deeds.MarkUrgent(), acceptor, now=later)
    assert promised.startswith("To be signed by Mon 11-23 09:35 (15 minutes)")
    assert running(event, "sign").due_at == at("11-23 09:35")
    assert shown(running(event, "whole").due_at) in promised


def test_urgency_that_moves_nothing_says_that_the_deadline_stays():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.DISPATCHED, now=MONDAY)
    event.timers.filter(stage="whole").update(used_min=1)
    said = effect(event, at_holder(event, "acceptor"), "mark_urgent", at("11-23 10:50"))
    assert said == "The deadline of this stage stays: Mon 11-23 11:00"


def test_each_organisation_has_its_own_hours():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.ACCEPTED, now=MONDAY)
    offered = routing.offered(event, "dispatch", now=MONDAY)
    late = offered[0].organisation
    assert offered[0].sign_due == at("11-23 11:00")
    Organisation.objects.filter(pk=late.pk).update(hours="10:00-17:00")
    mine = {row.organisation.pk: row for row in routing.offered(event, "dispatch", now=MONDAY)}
    assert mine[late.pk].sign_due == at("11-23 12:00")
    assert mine[late.pk].effect == "To be signed by Mon 11-23 12:00 (2 working hours, counted from Mon 11-23 10:00)"
    assert {row.sign_due for pk, row in mine.items() if pk != late.pk} == {at("11-23 11:00")}
    event = step(event, deeds.Dispatch(organisation=late.pk), at_holder(event, "dispatcher"), now=MONDAY)
    assert running(event, "sign").due_at == at("11-23 12:00")
    [timer] = [
        row for row in cards.card(clerk_of(event), event.no, now=at("11-23 10:30")).timers if row.stage == "sign"
    ]
    assert (timer.organisation, timer.used_min, timer.left_min) == (late.short_name, 30, 90)


def test_a_copy_is_not_signed_for_and_a_centre_below_accepts():
    event = brought_to(reported(category="04-001", now=MONDAY), State.ACCEPTED, now=MONDAY)
    assert {(row.sign_due, row.effect) for row in routing.offered(event, "copy_to", now=MONDAY)} == {(None, "")}
    down = routing.offered(event, "assign_down", now=MONDAY)
    assert {row.sign_due for row in down} == {None}
    assert {row.effect for row in down} == {"To be accepted by Mon 11-23 09:30 (30 minutes)"}


def ticket(category: str | None) -> Event:
    from events.hotline.intake import hotline

    access = hotline()
    middle = Grid.objects.get(code=SANYI_GRID).boundary.point_on_surface
    return take_ticket(
        access=access, duty=access.duties[0], ticket=Ticket(order_no="T1"), text="来电反映一处问题", category=category,
        point=deeds.GivenPoint(middle.x, middle.y, Crs.WGS84), address="", urgent=False, now=MONDAY,
    )  # fmt: skip


def test_verification_and_what_comes_of_it():
    event = ticket(SLOW)
    officer = access_for(officer_of(Grid.objects.get(code=SANYI_GRID)), now=MONDAY)
    acceptor = at_holder(event, "acceptor")
    promised = effects(event, acceptor, MONDAY)
    assert promised["request_verify"] == "To be verified by Tue 11-24 09:00 (24 urgent hours)"
    assert promised["reject"] == ""
    event = step(event, deeds.RequestVerify(), acceptor, now=MONDAY)
    asked = effects(event, officer, MONDAY)
    assert asked["confirm"].startswith("To be dispatched by Mon 11-23 11:00")
    assert asked["cannot_tell"] == "To be accepted by Mon 11-23 11:00 (2 working hours)"
    assert asked["refute"] == ""


def test_without_a_category_an_acceptance_can_promise_nothing():
    event = ticket(None)
    assert effect(event, at_holder(event, "acceptor"), "accept", MONDAY).startswith("Set the category first")


def test_an_escalated_event_keeps_its_whole():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.ACCEPTED, now=MONDAY)
    acceptor, due = at_holder(event, "acceptor"), event.due_at
    assert effect(event, acceptor, "escalate", MONDAY) == "To be accepted by Mon 11-23 11:00 (2 working hours)"
    event = step(event, deeds.Escalate(text="需要上级协调处理"), acceptor, now=MONDAY)
    later = at("11-23 10:00")
    said = effect(event, at_holder(event, "acceptor"), "accept", later)
    assert said.endswith(f"The whole is due by {shown(due)}")


def test_a_reopened_event_has_all_its_time_again():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.CLOSED, now=MONDAY)
    acceptor, later = at_holder(event, "acceptor"), at("11-25 09:00")
    promised = effect(event, acceptor, "reopen", later)
    event = step(event, deeds.Reopen(text="居民说又坏了"), acceptor, now=later)
    assert f"by {shown(running(event, 'dispatch').due_at)} (" in promised
    assert f"The whole is due by {shown(event.due_at)} (" in promised


def test_a_failed_check_gives_the_handle_time_anew():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.PENDING_CHECK, now=MONDAY)
    checker, later = at_holder(event, "checker"), at("11-24 09:00")
    promised = effect(event, checker, "fail_check", later)
    deed = deeds.FailCheck(text="现场仍有残留", photos=(photo_of(checker).sha256,), far_reason="测试照片没有位置")
    event = step(event, deed, checker, now=later)
    assert f"by {shown(running(event, 'handle').due_at)} (" in promised


def test_beyond_the_calendar_it_is_said_everywhere():
    new_year = at("12-31 17:00")
    event = brought_to(reported(category=SLOW, now=new_year), State.DISPATCHED, now=new_year)
    card = cards.card(clerk_of(event), event.no, now=new_year)
    warning = "The holidays of 2027 are not in the calendar: Monday to Friday are counted as working days"
    assert card.calendar_warning == warning
    [sign] = [one for one in card.allowed_steps if one.step == "sign"]
    assert sign.effect == f"To be handled by Mon 2027-01-04 17:00 (2 working days; 2 days off left out). {warning}"
    urgent = brought_to(reported(category="06-001", now=new_year), State.DISPATCHED, now=new_year)
    assert cards.card(clerk_of(urgent), urgent.no, now=new_year).calendar_warning == ""
    known = brought_to(reported(category=SLOW, now=MONDAY), State.DISPATCHED, now=MONDAY)
    assert cards.card(clerk_of(known), known.no, now=MONDAY).calendar_warning == ""


def test_a_paused_allowance_stands_still_on_the_card():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.HANDLING, now=MONDAY)
    lead, leader = someone("dept_lead", event.lead), someone("leader", event.holder)
    step(event, deeds.AskSuspension(text="等待上级批复", until=date(2026, 12, 1)), lead, now=MONDAY)
    step(event, deeds.ApproveSuspension(), leader, now=at("11-23 11:00"))
    for now in (at("11-23 11:00"), at("11-30 17:00")):
        rows = {row.stage: row for row in cards.card(leader, event.no, now=now).timers if row.stopped_at is None}
        assert (rows["handle"].used_min, rows["handle"].left_min) == (120, 840)
        assert rows["handle"].paused_at == at("11-23 11:00")
    assert rows["review"].left_min > 0


def test_what_has_run_out_has_nothing_left():
    event = brought_to(reported(category=SLOW, now=MONDAY), State.DISPATCHED, now=MONDAY)
    rows = {row.stage: row for row in cards.card(clerk_of(event), event.no, now=at("11-24 17:00")).timers}
    assert (rows["sign"].left_min, rows["sign"].used_min > rows["sign"].allowance_min) == (0, True)
    assert rows["sign"].yellow_at is None
    assert event.supervision == Supervision.NONE


def test_no_step_costs_the_card_a_query():
    """But one, for who walks the grid, where the work can be finished, and two, for who answers, where to dispatch."""
    costs = {"finish": 1, "dispatch": 2}
    event = reported(category=SLOW, now=MONDAY)
    spent = []
    for state in (State.REPORTED, State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.PENDING_CHECK):
        event = brought_to(event, state, now=MONDAY)
        posts = [user_with(role, event.holder) for role in ("acceptor", "dispatcher", "shift_lead", "checker")]
        posts += [user_with("dept_clerk", event.lead)] if event.lead else []
        for user in posts:
            access = access_for(user, now=MONDAY)
            with CaptureQueriesContext(connection) as seen:
                card = cards.card(access, event.no, now=MONDAY)
            spent.append(len(seen) - sum(costs.get(one.step, 0) for one in card.allowed_steps))
    assert len(set(spent)) == 1, spent
