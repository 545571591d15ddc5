"""Joint work: one lead, and shares of others that are signed, finished and handed back each on its own."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from events.models import Event, JournalEntry, OutboxMessage, Task, TaskKind, TaskState, Timer
from events.models.calendar import working_calendar
from events.models.terms import calendar_of
from events.policy import allowed_steps, handlers, visible_events
from events.selectors import cards
from events.selectors.worklist import Wanted, worklist
from events.services import deeds, watch
from events.services.routing import offered
from events.sla import Clock, add, elapsed
from events.workflow import State, Step, fold
from grid.models import Organisation
from grid.refusals import Conflict, Forbidden, Invalid, NotFound
from tests.factories import access_for, applied, brought_to, organisation, photo_of, reported, step, ticketed, user_with
from tests.factories.sharing import (
    FIRE,
    LEADING,
    WATER,
    dispatcher_of,
    finished_by,
    share,
    shared,
    signed_by,
    someone,
)

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 2, 9, tzinfo=CHINA)  # a Monday
SLOW, WEEK = "06-003", timedelta(days=7)  # five working days


def steps_of(access, event) -> set[str]:
    event.refresh_from_db()
    tasks = list(Task.objects.filter(event=event))
    return {row.step.value for row in allowed_steps(access, event, tasks, now=timezone.now())}


def entries(event: Event, verb: str) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(event=event, step=verb).order_by("version"))


def clerk(code: str):
    return someone("dept_clerk", code)


def refused_with(event: Event, deed, access, *, now: datetime | None = None) -> str:
    with pytest.raises(Conflict) as refused:
        step(event, deed, access, now=now)
    return refused.value.code


def done(clerk_):
    return deeds.Finish(text="已经处理完毕", photos=(photo_of(clerk_).sha256,))


# The course of it


def test_each_share_goes_its_own_way_and_the_lead_finishes_last():
    event = shared(reported(category=SLOW), WATER, FIRE)
    assert (event.state, event.joint, event.lead.code) == (State.DISPATCHED, 2, LEADING)
    water, lead = clerk(WATER), clerk(LEADING)
    assert steps_of(water, event) == {"joint_sign", "joint_return", "note"}
    assert steps_of(lead, event) == {"sign", "return", "note"}
    event = signed_by(event, WATER)
    assert (event.state, share(event, WATER).state, share(event, FIRE).state) == (
        State.DISPATCHED, TaskState.SIGNED, TaskState.ASSIGNED,
    )  # fmt: skip
    event = step(event, deeds.Sign(), lead)
    assert "finish" not in steps_of(lead, event)
    assert steps_of(water, event) == {"joint_finish", "joint_return", "note"}
    event = finished_by(event, WATER)
    with pytest.raises(Conflict) as refused:
        step(event, done(lead), lead)
    assert refused.value.code == "joint-open"
    names = [organisation(FIRE).short_name]
    assert refused.value.extra["joint"] == names
    assert names[0] in str(refused.value.detail)
    event = finished_by(event, FIRE)
    assert (event.state, event.joint) == (State.HANDLING, 0)
    event = step(event, done(lead), lead)
    assert event.state == State.PENDING_CHECK
    journal = JournalEntry.objects.filter(event=event).order_by("version").values_list("step", flat=True)
    assert fold(Step(one) for one in journal) == event.state


def test_the_journal_alone_tells_each_share_its_organisation_and_its_deadline():
    event = finished_by(shared(reported(category=SLOW, now=MORNING), WATER, FIRE, now=MORNING), WATER, now=MORNING)
    (given_,) = entries(event, "dispatch")
    told = {one["organisation"]: one for one in given_.payload["joint"]}
    assert set(told) == {organisation(WATER).pk, organisation(FIRE).pk}
    assert {datetime.fromisoformat(one["due"]) for one in told.values()} == {MORNING + timedelta(hours=2)}
    number = share(event, WATER).pk
    due_by = {"joint_sign": ("sign", MORNING + timedelta(hours=2)), "joint_finish": ("handle", MORNING + WEEK)}
    for verb, (stage, due) in due_by.items():
        (entry,) = entries(event, verb)
        payload = entry.payload
        assert (payload["task"], payload["organisation"], payload["stage"]) == (number, organisation(WATER).pk, stage)
        assert datetime.fromisoformat(payload["due"]) == due
    assert entries(event, "joint_sign")[0].payload["handle_due"] == entries(event, "joint_finish")[0].payload["due"]


@pytest.mark.parametrize("verb", ["joint_sign", "joint_finish", "joint_return"])
def test_nobody_steps_for_anothers_share_and_nobody_out_of_order(verb):
    event = shared(reported(category=SLOW), WATER)
    deed = {"joint_sign": deeds.JointSign(), "joint_finish": deeds.JointFinish(text="已经处理完毕"),
            "joint_return": deeds.JointReturn(text="这不是我们单位的职责")}[verb]  # fmt: skip
    for other in (clerk(LEADING), someone("dept_lead", WATER), dispatcher_of(event)):
        with pytest.raises(Forbidden):
            step(event, deed, other)
    with pytest.raises(NotFound):
        step(event, deed, clerk("dept-430903000000-chengguan_zhujian"))
    if verb == "joint_finish":
        assert refused_with(event, deed, clerk(WATER)) == "joint-not-signed"
    event = signed_by(event, WATER)
    if verb == "joint_sign":
        assert refused_with(event, deed, clerk(WATER)) == "joint-signed-already"


def test_whoever_signs_for_two_organisations_does_so_for_the_one_that_waits():
    user = user_with("dept_clerk", WATER)
    both = access_for(user_with("dept_clerk", FIRE, user=user))
    event = shared(reported(category=SLOW), WATER, FIRE)
    event = step(event, deeds.JointSign(), both)
    event = step(event, deeds.JointSign(), both)
    assert {share(event, code).state for code in (WATER, FIRE)} == {TaskState.SIGNED}
    assert refused_with(event, deeds.JointSign(), both) == "joint-signed-already"


# Given, recalled, handed back


@pytest.mark.parametrize(
    ("joint", "code"),
    [(lambda lead, other: (lead, other), "lead-not-joint"), (lambda lead, other: (other, other), "joint-named-twice"),
     (lambda lead, other: tuple(range(1, 10)), "too-many-joint"),
     (lambda lead, other: (organisation("dept-430903000000-chengguan_zhujian").pk,), "organisation-not-offered")],
)  # fmt: skip
def test_a_joint_organisation_is_another_one_named_once_and_offered(joint, code):
    event = brought_to(reported(category=SLOW), State.ACCEPTED)
    lead, other = organisation(LEADING).pk, organisation(WATER).pk
    with pytest.raises(Invalid) as refused:
        step(event, deeds.Dispatch(organisation=lead, joint=joint(lead, other)), dispatcher_of(event))
    assert (refused.value.code, refused.value.field) == (code, "joint")
    event.refresh_from_db()
    assert (event.state, Task.objects.filter(event=event).count()) == (State.ACCEPTED, 0)


def test_a_share_is_given_and_recalled_while_the_lead_works_on():
    event = brought_to(reported(category=SLOW), State.HANDLING)
    dispatcher = dispatcher_of(event)
    before = (event.stage_due_at, event.due_at)
    event = step(event, deeds.AddJoint(joint=(organisation(WATER).pk, organisation(FIRE).pk)), dispatcher)
    assert (event.state, event.joint, (event.stage_due_at, event.due_at)) == (State.HANDLING, 2, before)
    for again in (organisation(WATER).pk, organisation(LEADING).pk):
        with pytest.raises(Invalid):
            step(event, deeds.AddJoint(joint=(again,)), dispatcher)
    with pytest.raises(Invalid):
        step(event, deeds.RecallJoint(joint=(organisation(LEADING).pk,), text="不再需要配合"), dispatcher)
    event = step(event, deeds.RecallJoint(joint=(organisation(FIRE).pk,), text="不再需要配合"), dispatcher)
    task = share(event, FIRE)
    assert (event.joint, task.state, task.ended_by_id) == (1, TaskState.RECALLED, dispatcher.user)
    assert not Timer.objects.filter(task=task, stopped_at__isnull=True).exists()
    assert entries(event, "recall_joint")[0].payload["recalled"][0]["task"] == task.pk
    assert "joint_sign" not in steps_of(clerk(FIRE), event)
    assert Event.objects.filter(visible_events(clerk(FIRE)), pk=event.pk).exists()  # goes on reading it


def test_what_is_handed_back_is_no_return_of_the_event_and_the_centre_sees_it():
    event = shared(reported(category=SLOW), WATER, FIRE)
    event = step(event, deeds.JointReturn(text="这不是我们单位的职责"), clerk(WATER))
    assert (event.state, event.returns, event.joint, event.joint_returned) == (State.DISPATCHED, 0, 1, 1)
    dispatcher = dispatcher_of(event)
    found = cards_in(dispatcher, "joint_returned")
    assert [row.no for row in found] == [event.no]
    assert cards.card(dispatcher, event.no).tasks[1].words == "这不是我们单位的职责"
    event = step(event, deeds.AddJoint(joint=(organisation("dept-430902000000-minzheng_sifa").pk,)), dispatcher)
    assert (event.joint, event.joint_returned) == (2, 0)
    assert cards_in(dispatcher, "joint_returned") == []


def cards_in(access, view: str):
    return worklist(access, Wanted(view=view)).rows


def test_a_share_is_handed_back_within_its_own_time():
    event = shared(reported(category=SLOW, now=MORNING), WATER, now=MORNING)
    assert share(event, WATER).return_until == MORNING + timedelta(hours=2)
    for late, works in ((timedelta(hours=2, seconds=1), False), (timedelta(hours=2), True)):
        deed = deeds.JointReturn(text="这不是我们单位的职责")
        if works:
            assert step(event, deed, clerk(WATER), now=MORNING + late).joint == 0
        else:
            assert refused_with(event, deed, clerk(WATER), now=MORNING + late) == "return-too-late"


@pytest.mark.parametrize("way", ["return", "escalate", "force_close", "redispatch"])
def test_shares_are_recalled_where_the_event_leaves_its_lead(way):
    event = signed_by(shared(reported(category=SLOW), WATER, FIRE), WATER)
    lead = clerk(LEADING)
    event = step(event, deeds.Sign(), lead)
    who, deed = {
        "return": (lead, deeds.Return(text="这不是我们单位的职责")),
        "escalate": (someone("acceptor", event.holder.code), deeds.Escalate(text="需要上一级协调处理")),
        "force_close": (someone("shift_lead", event.holder.code), deeds.ForceClose(text="因道路改造不再处理")),
        "redispatch": (dispatcher_of(event), deeds.Redispatch(
            text="应由另一单位负责", organisation=organisation("dept-430902000000-minzheng_sifa").pk)),
    }[way]  # fmt: skip
    event = step(event, deed, who)
    assert {share(event, code).state for code in (WATER, FIRE)} == {TaskState.RECALLED}
    assert (event.joint, Timer.objects.filter(event=event, task__isnull=False, stopped_at=None).count()) == (0, 0)
    recalled = entries(event, way)[0].payload["recalled"]
    assert [one["organisation"] for one in recalled] == [organisation(WATER).pk, organisation(FIRE).pk]


def test_another_lead_goes_on_with_those_who_are_named_again():
    event = signed_by(shared(reported(category=SLOW), WATER, FIRE), WATER)
    kept, before = share(event, WATER), share(event, WATER).due_at
    other = organisation("dept-430902000000-minzheng_sifa").pk
    deed = deeds.Redispatch(text="应由另一单位负责", organisation=other, joint=(organisation(WATER).pk,))
    event = step(event, deed, dispatcher_of(event))
    assert (event.lead_id, event.joint) == (other, 1)
    assert (share(event, WATER), share(event, WATER).due_at, share(event, WATER).state) == (
        kept, before, TaskState.SIGNED,
    )  # fmt: skip
    assert share(event, FIRE).state == TaskState.RECALLED


def test_a_joint_organisation_may_become_the_lead():
    event = shared(reported(category=SLOW), WATER)
    deed = deeds.Redispatch(text="应由另一单位负责", organisation=organisation(WATER).pk)
    event = step(event, deed, dispatcher_of(event))
    assert (event.lead.code, event.joint, share(event, WATER).state) == (WATER, 0, TaskState.RECALLED)
    assert {"sign", "return"} <= steps_of(clerk(WATER), event)


def test_rework_is_the_leads_and_a_share_may_be_given_anew():
    event = finished_by(shared(reported(category=SLOW), WATER), WATER)
    event = brought_to(event, State.PENDING_CHECK)
    task = Task.objects.get(event=event, kind=TaskKind.CHECK)
    checker = access_for(task.user)
    event = step(event, deeds.FailCheck(text="路面没有恢复", photos=(photo_of(checker).sha256,), far_reason="没有位置"),
                 checker)  # fmt: skip
    assert (event.state, event.joint, share(event, WATER).state) == (State.HANDLING, 0, TaskState.FINISHED)
    event = step(event, deeds.AddJoint(joint=(organisation(WATER).pk,)), dispatcher_of(event))
    assert Task.objects.filter(event=event, kind=TaskKind.JOINT).count() == 2
    assert "finish" not in steps_of(clerk(LEADING), event)


# Clocks


def test_each_share_is_timed_in_its_own_organisations_hours():
    Organisation.objects.filter(code=FIRE).update(hours="00:00-12:00")
    event = shared(reported(category=SLOW, now=MORNING), WATER, FIRE, now=MORNING + timedelta(hours=2))
    assert share(event, WATER).due_at == datetime(2026, 3, 2, 15, tzinfo=CHINA)  # an hour until noon, one after lunch
    assert share(event, FIRE).due_at == datetime(2026, 3, 3, 1, tzinfo=CHINA)
    event = signed_by(event, FIRE, now=MORNING + timedelta(hours=2))
    timer = Timer.objects.get(task=share(event, FIRE), stopped_at=None)
    assert (timer.stage, timer.organisation.code, timer.allowance_min) == ("handle", FIRE, 5 * 480)
    assert event.stage_due_at == Timer.objects.get(event=event, task=None, stage="sign", stopped_at=None).due_at


@settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(
    signs=st.booleans(), works=st.integers(0, 5000), stands=st.integers(1, 20000),
    hours=st.sampled_from(["", "08:30-12:00,13:00-17:30", "00:00-12:00"]),
)  # fmt: skip
def test_what_was_left_of_a_share_at_a_suspension_is_left_afterwards(signs, works, stands, hours):
    Organisation.objects.filter(code=WATER).update(hours=hours)
    event = shared(reported(category="05-002", now=MORNING), WATER, now=MORNING)
    event = step(event, deeds.Sign(), clerk(LEADING), now=MORNING)
    if signs:
        event = signed_by(event, WATER, now=MORNING)
    pause = MORNING + timedelta(minutes=works)
    event = applied(event, "suspension", now=pause)
    event = step(event, deeds.ApproveSuspension(), someone("leader", event.holder.code), now=pause)
    timer = Timer.objects.select_related("organisation").get(task=share(event, WATER), stopped_at=None)
    assert (timer.paused_at, timer.next_mark_at, share(event, WATER).due_at) == (pause, None, None)
    was = timer.due_at
    again = pause + timedelta(minutes=stands)
    event = step(event, deeds.Resume(), someone("leader", event.holder.code), now=again)
    timer.refresh_from_db()
    calendar, clock = calendar_of(timer), Clock(timer.clock)
    used = elapsed(MORNING, pause, clock, calendar)
    assert timer.used_min == pytest.approx(used, abs=1e-6)
    left = timer.allowance_min - used
    assert timer.due_at == share(event, WATER).due_at
    assert timer.due_at == (add(again, left, clock, calendar) if left > 0 else was)
    told = entries(event, "resume")[-1].payload["joint"][0]
    assert datetime.fromisoformat(told["due"]) == timer.due_at


def test_nothing_of_a_share_is_done_while_the_event_stands_still():
    event = signed_by(shared(reported(category=SLOW), WATER, FIRE), WATER)
    event = step(event, deeds.Sign(), clerk(LEADING))
    event = applied(event, "suspension")
    event = step(event, deeds.ApproveSuspension(), someone("leader", event.holder.code))
    assert steps_of(clerk(WATER), event) == steps_of(clerk(FIRE), event) == {"note"}
    assert {row.paused for row in cards.card(clerk(WATER), event.no).tasks} == {True}


def test_more_time_is_the_leads_alone_and_urgency_is_everybodys():
    event = shared(reported(category=SLOW, now=MORNING), WATER, FIRE, now=MORNING)
    event = signed_by(event, FIRE, now=MORNING)
    event = step(event, deeds.Sign(), clerk(LEADING), now=MORNING)
    signing, working = share(event, WATER).due_at, share(event, FIRE).due_at
    event = applied(event, "extension", now=MORNING)
    event = step(event, deeds.GrantExtension(), dispatcher_of(event), now=MORNING)
    assert (share(event, WATER).due_at, share(event, FIRE).due_at) == (signing, working)
    assert event.stage_due_at > working
    event = step(event, deeds.MarkUrgent(), someone("acceptor", event.holder.code), now=MORNING)
    assert share(event, WATER).due_at == MORNING + timedelta(minutes=15)
    assert share(event, FIRE).due_at == working
    assert Timer.objects.filter(task__isnull=False, stopped_at=None).count() == 2


def test_a_late_share_is_marked_once_each_and_the_event_is_not():
    long_ago = timezone.now() - timedelta(days=40)
    event = shared(reported(category=SLOW, now=long_ago), WATER, now=long_ago)
    event = step(event, deeds.Sign(), clerk(LEADING), now=long_ago)
    Timer.objects.filter(event=event, task__isnull=True).update(next_mark_at=None)  # of the shares only
    assert (watch.tick(), watch.tick()) == (2, 0)
    event.refresh_from_db()
    assert (event.supervision, share(event, WATER).supervision) == ("none", "red")
    marks = [(one.payload["old"], one.payload["new"], one.payload["task"]) for one in entries(event, "supervise")]
    number = share(event, WATER).pk
    assert marks == [("none", "yellow", number), ("yellow", "red", number)]
    (row,) = cards_in(clerk(WATER), "over")
    assert (row.no, row.share.supervision) == (event.no, "red")
    last = cards.card(clerk(WATER), event.no)
    assert organisation(WATER).short_name in last.journal[-1].sentence
    assert all(timer.stage in ("accept", "dispatch", "sign", "handle", "whole") for timer in last.timers)
    assert len([timer for timer in last.timers if timer.stage == "sign"]) == 1  # the lead's; the share's is its own


# Who reads, lists and checks


def test_a_joint_organisation_reads_what_is_kept_within_the_case():
    event = reported(category="09-001")
    water, far = clerk(WATER), clerk("dept-430903000000-chengguan_zhujian")
    assert not Event.objects.filter(visible_events(water), pk=event.pk).exists()
    event = shared(event, WATER)
    assert Event.objects.filter(visible_events(water), pk=event.pk).exists()
    assert not Event.objects.filter(visible_events(far), pk=event.pk).exists()


def test_who_had_a_hand_in_a_share_does_not_check():
    user = user_with("dept_clerk", WATER)
    own = access_for(user_with("checker", "centre-430902005000", user=user))
    event = shared(reported(category=SLOW), WATER)
    event = step(event, deeds.JointSign(), own)
    event = step(event, deeds.JointFinish(text="已经配合处理完毕"), own)
    event = brought_to(event, State.PENDING_CHECK)
    assert own.user in handlers(Task.objects.filter(event=event))
    assert "pass_check" not in steps_of(own, event)
    with pytest.raises(Forbidden):
        step(event, deeds.PassCheck(photos=(photo_of(own).sha256,)), own)
    assert "pass_check" in steps_of(someone("checker", "centre-430902005000"), event) or own.user == someone(
        "checker", "centre-430902005000").user  # fmt: skip


def test_shares_stand_in_the_lists_of_their_organisations_with_their_own_deadline():
    event = shared(reported(category=SLOW), WATER)
    quick = shared(reported(category="05-002"), FIRE)
    water, lead = clerk(WATER), clerk(LEADING)
    for view, found in (("todo", True), ("to_sign", True), ("in_hand", False), ("suspended", False)):
        assert (event.no in [row.no for row in cards_in(water, view)]) == found, view
    (row,) = cards_in(water, "to_sign")
    assert (row.share.stage, row.share.due_at, row.share.organisation) == (
        "sign", share(event, WATER).due_at, organisation(WATER).short_name,
    )  # fmt: skip
    assert row.joint == 1
    event = signed_by(event, WATER)
    assert [row.no for row in cards_in(water, "in_hand")] == [event.no]
    assert cards_in(water, "to_sign") == []
    assert {row.no for row in cards_in(lead, "to_sign")} == {event.no, quick.no}
    assert all(row.share is None for row in cards_in(lead, "to_sign"))
    event = finished_by(event, WATER)
    assert cards_in(water, "todo") == []


def test_the_card_tells_every_task_and_what_was_said():
    event = finished_by(shared(reported(category=SLOW), WATER, FIRE), WATER)
    card = cards.card(clerk(FIRE), event.no)
    lead, water, fire = card.tasks
    assert [one.kind for one in card.tasks] == ["lead", "joint", "joint"]
    assert (water.state, water.words, water.signed_by) == ("finished", "已经配合处理完毕", clerk(WATER).name)
    assert (lead.due_at, fire.due_at) == (event.stage_due_at, share(event, FIRE).due_at)
    assert organisation(WATER).short_name in card.seen_by
    shown = [one for one in card.journal if one.step == "joint_finish"]
    assert [photo.shows for photo in shown[0].photos] == ["after"]


def test_the_hotline_hears_of_the_lead_and_not_of_the_shares():
    event = shared(ticketed(category=SLOW), "dept-430900000000-chengguan")
    before = OutboxMessage.objects.filter(event=event).count()
    event = finished_by(event, "dept-430900000000-chengguan")
    assert OutboxMessage.objects.filter(event=event).count() == before


def test_the_forms_say_by_when_each_would_have_to_sign():
    Organisation.objects.filter(code=FIRE).update(hours="00:00-12:00")
    event = signed_by(shared(reported(category=SLOW, now=MORNING), WATER, now=MORNING), WATER, now=MORNING)
    rows = {row.organisation.code: row for row in offered(event, "add_joint", now=MORNING)}
    assert {WATER, LEADING}.isdisjoint(rows)
    assert rows[FIRE].sign_due == MORNING + timedelta(hours=2)
    assert [row.organisation.code for row in offered(event, "recall_joint", now=MORNING)] == [WATER]
    again = {row.organisation.code: row.shares for row in offered(event, "redispatch", now=MORNING)}
    assert (again[WATER], again[FIRE]) == (True, False)
    with translation.override("en"):
        card = cards.card(clerk(WATER), event.no, now=MORNING)
    effects = {one.step: one.effect for one in card.allowed_steps}
    assert "lead can finish" in effects["joint_finish"]
    assert "11:00" in effects["joint_return"]
    assert working_calendar().covers(MORNING.date())


def test_shares_cost_lists_and_cards_no_query():
    plain = brought_to(reported(category=SLOW), State.DISPATCHED)
    joint = shared(reported(category=SLOW), WATER, FIRE)
    dispatcher, water = dispatcher_of(plain), clerk(WATER)
    cards.card(dispatcher, plain.no)  # warms what a process keeps

    def asked(work) -> int:
        with CaptureQueriesContext(connection) as seen:
            work()
        return len(seen)

    assert asked(lambda: cards.card(dispatcher, plain.no)) == asked(lambda: cards.card(dispatcher, joint.no))
    assert asked(lambda: cards_in(dispatcher, "open")) == asked(lambda: cards_in(water, "todo")) == 5
