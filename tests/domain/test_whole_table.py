"""Random walks through the whole table by people of all roles, levels and organisations, through the real doors.

Whatever the hand-written model (`whole_table`) lists works; whatever it doesn't is refused and changes nothing. Beside
the moves of a walk, every role knocks with every step in turn. A few walks run with every test run; WANGGE_LONG=1 makes
it 500 of 50 steps.
"""

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from events.models import Application, Event, JournalEntry, RejectReason, Task, TaskKind, TaskState, Timer
from events.models.calendar import working_calendar
from events.services import deeds
from events.services.advance import advance
from events.sla import Allowance, Clock, add, elapsed
from events.workflow import Step, fold
from grid.coordinates import Crs
from grid.models import Grid
from grid.policy import Access
from grid.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from tests.domain import whole_table as table
from tests.domain.whole_table import PICTURES, ROWS, STAGES, WORDS, Actor, Place, Told
from tests.domain.whole_table_cast import KINDS, KNOCKS, START, WAYS, World, begin, engaged
from tests.domain.whole_table_effects import Chosen, Ground, follow

LONG = os.environ.get("WANGGE_LONG") == "1"
WALKS, LENGTH, AT_ONCE = (500, 50, 1) if LONG else (30, 20, 1)
SEEKING = 400
# What an officer closed on the spot answers no order: it ends as it is reported, and only an open event takes another.
NEVER = {("self_closed", "revisit")}
SPOILT = ("", "", "", "stale", "no words", "no picture", "elsewhere", "alone")
REFUSED = (Forbidden, Conflict, Invalid, NotFound)
PAUSES = tuple(timedelta(minutes=one) for one in (1, 1, 1, 5, 20, 50, 130, 600, 1500, 14_400, 50_000))
# What leads on is drawn more often than what is done beside, or ends it.
BESIDE = {"place", "recategorise", "amend", "urge", "supervise", "instruct", "copy_to", "mark_urgent", "note",
          "supplement", "revisit", "redact"}  # fmt: skip
SHARING = {"dispatch", "redispatch", "add_joint", "recall_joint"}
SELDOM, TO_SELDOM = {"verifying", "suspended"}, {"request_verify", "ask_suspension", "approve_suspension"}
ENDING = {"reject", "refute", "void", "withdraw", "force_close", "merge"}
MATES = ("", "", "", "", "", "", "merge", "unmerge", "unmerge", "force_close")  # what becomes of the other event


Choose = Callable[[Sequence[Any], str], Any]  # one of these, under that name


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path / "media"
    return engaged()


# What a step carries


def _choices(world: World, step: str, told: Told) -> list[Chosen]:
    """What may be chosen in a step; one empty choice where there is nothing to choose, none where nothing is left."""
    if step in ("dispatch", "redispatch"):
        staffed = {desk.at.pk for actor, _ in world.people for desk in actor.desks if desk.role == "dept_clerk"}
        found = [one for one in table.receivers(told, world.places) if one.pk in staffed]
        leads = [one for one in found if step == "dispatch" or one.pk != told.lead]
        return [Chosen(organisation=one, joint=joint) for one in leads for joint in _joint_beside(one, found, told)]
    if step in SHARING:
        return [Chosen(joint=joint) for joint in _joint_choices(world, step, told)]
    if step == "assign_down":
        return [Chosen(organisation=one) for one in table.centres_below(told, world.places)]
    if step == "copy_to":
        return [Chosen(organisation=one) for one in table.readers(told, world.places)]
    if step == "recategorise":
        return [Chosen(kind=world.kinds[code]) for code in KINDS if code != told.category]
    if step == "confirm" and told.category is None:
        return [Chosen(kind=world.kinds["06-001"])]
    return [Chosen(ground=one) for one in world.grounds.values()] if step == "place" else [Chosen()]


def _joint_choices(world: World, step: str, told: Told) -> list[tuple[Place, ...]]:
    """Who may be given a share, one or two; who may lose it, one or all."""
    if step == "recall_joint":
        having = tuple(one for one in world.places if one.pk in told.shares)
        return [having[:1], having] if having else []
    others = [one for one in table.receivers(told, world.places) if one.pk not in {told.lead, *told.shares}]
    most = min(2, len(others), table.MOST_JOINT - len(told.shares))
    return [tuple(others[:count]) for count in range(1, most + 1)]


def _joint_beside(lead: Place, found: list[Place], told: Told) -> list[tuple[Place, ...]]:
    """With whom a lead may share: nobody, one, two; those who have a share in hand again."""
    others = [one for one in found if one.pk != lead.pk]
    having = tuple(one for one in others if one.pk in told.shares)
    return [(), tuple(others[:1]), tuple(others[-2:]), *([having] if having else [])]


_KINDS = {step: kind for kind in (
    deeds.Place, deeds.Recategorise, deeds.Amend, deeds.RequestVerify, deeds.Confirm, deeds.Refute, deeds.CannotTell,
    deeds.Accept, deeds.Reject, deeds.Dispatch, deeds.Sign, deeds.Return, deeds.Redispatch, deeds.Escalate,
    deeds.AssignDown, deeds.RequestExtension, deeds.GrantExtension, deeds.RefuseExtension, deeds.AskSuspension,
    deeds.ApproveSuspension, deeds.RefuseSuspension, deeds.Resume, deeds.Finish, deeds.PassCheck, deeds.FailCheck,
    deeds.Close, deeds.ForceClose, deeds.Reopen, deeds.Withdraw, deeds.Void, deeds.Urge, deeds.Supervise,
    deeds.Instruct, deeds.CopyTo, deeds.MarkUrgent, deeds.Note, deeds.AddJoint, deeds.RecallJoint, deeds.JointSign,
    deeds.JointFinish, deeds.JointReturn, deeds.Merge, deeds.Unmerge, deeds.HandOver, deeds.Supplement, deeds.Revisit,
    deeds.Redact,
) for step in [kind.step.value]}  # fmt: skip


def _deed(
    world: World, told: Told, step: str, access: Access, chosen: Chosen, now: datetime, **changed: Any
) -> deeds.Deed:  # fmt: skip
    """A well-made deed; `changed` spoils it."""
    fields: dict[str, Any] = {"text": "按照规定写明理由"}
    if step in PICTURES:
        fields["photos"] = world.picture(access)
    if chosen.organisation is not None and step not in ("add_joint", "recall_joint"):
        fields["organisation"] = chosen.organisation.pk
    if step in SHARING:
        fields["joint"] = tuple(one.pk for one in chosen.joint)
    if chosen.kind is not None:
        fields["category"] = chosen.kind.code
    own: dict[str, dict[str, Any]] = {
        "amend": {"description": "改正后的描述"},
        "reject": {"reason": RejectReason.NO_FAULT.value},
        "request_extension": {"amount": 2.0},
        "ask_suspension": {"until": (now + timedelta(days=20)).date()},
        "pass_check": {"far_reason": "照片没有位置"},
        "fail_check": {"far_reason": "照片没有位置"},
        "supervise": {"level": "yellow"},
        "merge": {"into": told.mate.no if told.mate else told.no},
        "revisit": {"satisfaction": 2},
        "redact": {"entry": 1, "instead": "来电反映＊＊"},
    }
    fields |= {"point": _middle(chosen.ground)} if step == "place" else own.get(step, {})
    return _KINDS[step](**{**fields, **changed})


def _middle(ground: Ground | None) -> deeds.GivenPoint:
    assert ground is not None
    middle = Grid.objects.get(pk=ground.pk).boundary.point_on_surface
    return deeds.GivenPoint(middle.x, middle.y, Crs.WGS84)


def _returnable(world: World, told: Told, now: datetime) -> datetime:
    """Two hours, or half the handle allowance where that is less, on its clock."""
    category = world.categories[str(told.category)]
    clock = Clock(category.handle_clock)
    half = Allowance(category.handle_amount, clock).minutes / 2
    return add(now, min(120, half), clock, working_calendar())


def _shifted(world: World, told: Told, until: datetime | None, now: datetime) -> datetime | None:
    """As much is left of the time to hand it back as when it was merged."""
    held = told.ended_at
    if until is None or held is None or until <= held:
        return until
    clock = Clock(world.categories[str(told.category)].handle_clock)
    return add(now, elapsed(held, until, clock, working_calendar()), clock, working_calendar())


# Taking it, and looking at what became of it


_WHOLE = """
    SELECT event::text,
           (SELECT string_agg(task::text, ' ' ORDER BY id) FROM events_task task WHERE event_id = event.id),
           (SELECT string_agg(timer::text, ' ' ORDER BY id) FROM events_timer timer WHERE event_id = event.id),
           (SELECT string_agg(one::text, ' ' ORDER BY id) FROM events_application one WHERE event_id = event.id),
           (SELECT count(*) FROM events_journalentry WHERE event_id = event.id),
           (SELECT count(*) FROM events_outboxmessage WHERE event_id = event.id),
           (SELECT count(*) FROM events_evidence WHERE event_id = event.id)
    FROM events_event event WHERE no = %s
"""


def _whole(no: str) -> Any:
    """All that a refused step must leave as it was."""
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE, [no])
        return cursor.fetchone()


def _take(access: Access, told: Told, deed: deeds.Deed, now: datetime, version: int | None = None) -> Refusal | None:
    """Through the door; the refusal, if it was one."""
    try:
        advance(access=access, no=told.no, version=version or told.version, deed=deed, now=now)
    except Refusal as refusal:
        return refusal
    return None


def _refuse(
    world: World, access: Access, told: Told, deed: deeds.Deed, now: datetime, version: int | None = None
) -> Refusal:  # fmt: skip
    """It must be refused, and change nothing since the last step."""
    refusal = _take(access, told, deed, now, version)
    assert isinstance(refusal, REFUSED), f"{deed.step} works, by {access.name}, after {world.trail}"
    assert _whole(told.no) == world.standing, f"{deed.step} by {access.name}, after {world.trail}"
    assert refusal.code
    assert str(refusal.detail)
    return refusal


def _hold_together(world: World, told: Told) -> Event:
    """What must be true of every event at every moment, and what the model says of this one."""
    event = Event.objects.get(no=told.no)
    journal = list(JournalEntry.objects.filter(event=event).order_by("version").values_list("step", "version"))
    assert fold(Step(step) for step, _ in journal) == event.state == told.state
    assert [version for _, version in journal] == list(range(1, event.version + 1))
    assert event.version == told.version
    assert (event.holder_id, event.level) == (told.holder.pk, told.holder.level)
    assert (set(event.passed), set(event.parties)) == (told.passed, told.parties)
    assert (event.joint, event.joint_returned) == (len(told.shares), told.shares_returned)
    assert (event.asked, event.returns, event.extensions) == (told.asked, told.returns, told.extensions)
    assert (event.urgent, event.restricted, event.ended_at) == (told.urgent, told.restricted, told.ended_at)
    assert (event.merged_from, event.taken_in, event.tickets.count()) == (told.merged_from, told.taken_in, told.tickets)
    assert event.merged_into_id == (Event.objects.get(no=told.mate.no).pk if told.merged_from and told.mate else None)
    _clocks(event)
    waiting = Application.objects.filter(event=event, state=Application.State.ASKED).values_list("kind", flat=True)
    assert list(waiting) == ([told.asked] if told.asked else [])
    _tasks(event, told)
    world.standing = _whole(told.no)
    return event


def _clocks(event: Event) -> None:
    """One clock for the stage where it has one; the whole's from acceptance to the end, but while it is suspended."""
    timers = list(Timer.objects.filter(event=event, task__isnull=True, stopped_at__isnull=True))
    if event.state == "merged":
        _still(event, timers)
        return
    ticking = sorted(one.stage for one in timers if one.paused_at is None)
    paused = sorted(one.stage for one in timers if one.paused_at is not None)
    stage = [STAGES[event.state]] if event.state in STAGES else []
    whole = ["whole"] if event.accepted_at and stage and event.state != "suspended" else []
    assert ticking == sorted([*stage, *whole])
    assert paused == (["handle", "whole"] if event.state == "suspended" else [])
    assert event.stage_due_at == next((one.due_at for one in timers if [one.stage] == stage), None)
    if whole:
        assert event.due_at == next(one.due_at for one in timers if one.stage == "whole")


def _still(event: Event, timers: list[Timer]) -> None:
    """Merged: whatever ran stands still, and no deadline is shown."""
    stood = event.merged_from
    held = (
        {STAGES[stood]} | ({"handle"} if stood == "suspended" else set()) | ({"whole"} if event.accepted_at else set())
    )
    assert {one.stage for one in timers} == held
    assert all(one.paused_at is not None and one.next_mark_at is None for one in timers)
    assert (event.due_at, event.stage_due_at, event.stage_near_at) == (None, None, None)


def _tasks(event: Event, told: Told) -> None:
    """Of each kind one in hand at most, and with whom the model says; a checker had no hand in the work."""
    tasks = list(Task.objects.filter(event=event).order_by("pk"))
    held = {kind: [one for one in tasks if one.kind == kind and one.ended_at is None] for kind in TaskKind}
    assert all(len(found) <= 1 for kind, found in held.items() if kind != TaskKind.JOINT)
    _shares(event, held[TaskKind.JOINT], told)
    assert [one.organisation_id for one in held[TaskKind.LEAD]] == ([told.lead] if told.lead else [])
    stood = told.merged_from or told.state
    assert bool(held[TaskKind.VERIFY]) == (stood == "verifying")
    assert bool(held[TaskKind.CHECK]) == (stood == "pending_check")
    workers = {one.user_id for one in tasks if one.user_id} | told.workers
    handed = [one.handed_to_id for one in tasks if one.ended_at is None and one.handed_at is not None]
    assert handed == ([told.handed_to] if told.handed_to else [])
    assert set(event.workers) >= told.workers - {None}
    for task in held[TaskKind.VERIFY]:
        told.verifier = task.user_id
    for task in held[TaskKind.CHECK]:
        told.checker = task.user_id
        fit = told.walkers - told.hands
        assert task.user_id in fit if fit else task.user_id is None
        assert task.organisation_id == told.check_at == told.holder.pk
    told.workers = workers
    for check in tasks:
        if check.kind == TaskKind.CHECK and check.state == TaskState.FINISHED and check.ended_at is not None:
            assert check.ended_by_id not in _hands_until(tasks, check.ended_at)


def _shares(event: Event, shares: list[Task], told: Told) -> None:
    """Each with whom the model says, one clock for each that stands still with the event, and none for any other."""
    assert {one.organisation_id: one.state for one in shares} == {
        pk: "signed" if share.signed else "assigned" for pk, share in told.shares.items()
    }
    assert {one.organisation_id: one.return_until for one in shares} == {
        pk: share.returnable_until for pk, share in told.shares.items()
    }
    timers = {one.task_id: one for one in Timer.objects.filter(event=event, task__isnull=False, stopped_at=None)}
    assert set(timers) == {one.pk for one in shares}
    for one in shares:
        timer = timers[one.pk]
        assert timer.stage == ("handle" if one.signed_at else "sign")
        assert (timer.paused_at is not None) == (event.state in ("suspended", "merged")) == (one.due_at is None)
        assert one.due_at in (None, timer.due_at)


def _hands_until(tasks: list[Task], moment: datetime) -> set[int | None]:
    """Who had signed or finished the work by then. Who has failed a check may sign for another lead later."""
    leads = [one for one in tasks if one.kind in (TaskKind.LEAD, TaskKind.JOINT)]
    signed = {one.signed_by_id for one in leads if one.signed_at and one.signed_at <= moment}
    finished = [one for one in leads if one.state == TaskState.FINISHED and one.ended_at]
    return signed | {one.ended_by_id for one in finished if one.ended_at and one.ended_at <= moment}


# The walk


def _listed(world: World, told: Told, now: datetime, due: datetime | None) -> dict[str, list[tuple[Actor, Access]]]:
    """Every step that works now, and for whom."""
    found = {step: [one for one in world.people if table.may(step, one[0], told, now, due=due)] for step in ROWS}
    return {step: people for step, people in found.items() if people and _choices(world, step, told)}


def _knock(world: World, told: Told, now: datetime, due: datetime | None, role: str, step: str) -> None:
    """Somebody tries a step: it works or not as the model says, and is taken back."""
    actor, access = world.next_of(role)
    choices = _choices(world, step, told)
    chosen = choices[0] if choices else Chosen(organisation=world.places[0])
    deed = _deed(world, told, step, access, chosen, now)
    world.tried.add((role, step))
    if table.may(step, actor, told, now, due=due) and choices:
        with transaction.atomic():
            refusal = _take(access, told, deed, now)
            transaction.set_rollback(True)
        assert refusal is None, f"{step} by {actor.name}: {refusal.code}, after {world.trail}"
    else:
        _refuse(world, access, told, deed, now)


def _spoil(world: World, told: Told, step: str, access: Access, chosen: Chosen, now: datetime, way: str) -> None:
    """A step that works, made badly in one way: refused for that reason."""
    if way == "stale":
        for version in (told.version - 1, told.version + 1):
            deed = _deed(world, told, step, access, chosen, now)
            refusal = _refuse(world, access, told, deed, now, version=version) if version else None
            assert refusal is None or (isinstance(refusal, Conflict) and refusal.code == "event-moved-on")
    elif way == "no words" and (step in WORDS or (step == "close" and told.tickets)):
        deed = _deed(world, told, step, access, chosen, now, text=" ")
        assert isinstance(_refuse(world, access, told, deed, now), Invalid)
    elif way == "no picture" and step in PICTURES:
        deed = _deed(world, told, step, access, chosen, now, photos=())
        assert isinstance(_refuse(world, access, told, deed, now), Invalid)
    elif way == "elsewhere" and chosen.organisation is not None:
        far = next(one for one in world.places if one.path.startswith("4309/430903/430903111/"))
        if far not in {*table.receivers(told, world.places), *table.readers(told, world.places)}:
            deed = _deed(world, told, step, access, chosen, now, organisation=far.pk)
            assert isinstance(_refuse(world, access, told, deed, now), Invalid)


def _spoil_shares(world: World, told: Told, step: str, access: Access, chosen: Chosen, now: datetime) -> None:
    """The lead among the joint organisations, one of them twice, too many."""
    lead = {"organisation": told.lead or 0} if chosen.organisation is not None else {}
    for joint in ((told.lead or 0,), (1, 1), tuple(range(1, 10))) if step in SHARING else ():
        deed = _deed(world, told, step, access, chosen, now, joint=joint, **lead)
        assert isinstance(_refuse(world, access, told, deed, now), Invalid)


def _weighed(steps: dict[str, Any], state: str) -> list[str]:
    """What leads on more often than what doesn't, what leads to seldom states most; and there everything alike."""

    def weight(step: str) -> int:
        if state in SELDOM:
            return 1
        return 12 if step in TO_SELDOM else 1 if step in BESIDE | ENDING else 6

    return [step for step in steps for _ in range(weight(step))]


def _leading(steps: dict[str, Any], state: str, missing: set[tuple[str, str]]) -> list[str]:
    """What was taken from here by nobody yet; else mostly what leads nearer to where something is missing, at times
    anything, for it may be what must come before."""
    if found := [step for step in steps if (state, step) in missing]:
        return found
    away = {goal: 0 for goal, _ in missing}
    for steps_away in range(1, len(STAGES) + 1):
        for row in ROWS.values():
            if away.get(row.target) == steps_away - 1:
                away |= {source: steps_away for source in row.sources if source not in away}
    far = len(STAGES)
    nearer = [step for step in steps if away.get(ROWS[step].target, far) < away.get(state, far)]
    return [*steps, *nearer * (2 * len(steps))]


def _walk(world: World, choose: Choose, *, missing: set[tuple[str, str]] | None = None) -> None:
    """One event from its report on, and beside it another to be merged with. `missing`: moves that are sought; for
    these the other event stays what it is."""
    now = START + choose([timedelta(0), timedelta(hours=8), timedelta(days=5)], "start")
    world.start_over(choose(range(len(KNOCKS)), "first knock"))
    told = begin(world, choose(WAYS, "way"), now)
    mate = begin(world, choose(WAYS, "way of the other"), now)
    told.mate, mate.mate = mate, told
    world.trail = [f"{told.no} of {told.category} held by {told.holder.level}"]
    event = _hold_together(world, told)
    for _ in range(choose(range(LENGTH // 2, LENGTH + 1), "steps")):
        now += choose(PAUSES, "pause")
        for _ in range(AT_ONCE):
            _knock(world, told, now, event.stage_due_at, *world.next_knock())
        listed = _listed(world, told, now, event.stage_due_at)
        if not listed:
            return
        weighed = _leading(listed, told.state, missing - world.taken) if missing else _weighed(listed, told.state)
        step = choose(weighed, "step")
        actor, access = choose(listed[step], "who")
        choices = _choices(world, step, told)
        chosen = choose(choices, "what")
        spoilt = choose(SPOILT, "spoilt")
        _spoil(world, told, step, access, chosen, now, spoilt)
        if spoilt == "alone":
            _spoil_shares(world, told, step, access, chosen, now)
        refusal = _take(access, told, _deed(world, told, step, access, chosen, now), now)
        assert refusal is None, f"{step} by {actor.name}: {refusal.code}, after {world.trail}"
        world.taken.add((told.state, step))
        world.trail.append(f"{step} by {actor.name} at {now:%d %H:%M}")
        if step in SHARING:
            chosen = replace(chosen, returnable_until=_returnable(world, told, now))
        if step == "unmerge":
            chosen = Chosen(returnable_until=_shifted(world, told, told.returnable_until if told.lead else None, now))
            told.shares = {
                pk: replace(share, returnable_until=_shifted(world, told, share.returnable_until, now))
                for pk, share in told.shares.items()
            }
        above = table.centre_above(told, world.places) if step == "escalate" else None
        follow(told, step, actor, chosen, now, above=above)
        _hold_together(world, mate)
        _move_mate(world, mate, choose(("",) if missing else MATES, "the other's"), now)
        event = _hold_together(world, told)


def _move_mate(world: World, mate: Told, step: str, now: datetime) -> None:
    """The other event is merged into this one, parted again, or ended, where somebody may."""
    people = [one for one in world.people if step and table.may(step, one[0], mate, now, due=None)]
    if not people:
        return
    actor, access = people[0]
    refusal = _take(access, mate, _deed(world, mate, step, access, Chosen(), now), now)
    assert refusal is None, f"the other's {step} by {actor.name}: {refusal.code}, after {world.trail}"
    world.trail.append(f"the other's {step} by {actor.name}")
    follow(mate, step, actor, Chosen(), now)
    _hold_together(world, mate)


def _alone(world: World, choose: Choose, *, missing: set[tuple[str, str]] | None = None) -> None:
    """A walk that leaves nothing behind."""
    with transaction.atomic():
        _walk(world, choose, missing=missing)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_what_the_table_lists_works_and_nothing_else(world):
    @settings(
        max_examples=WALKS, derandomize=not LONG, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    @given(data=st.data())
    def walk(data: st.DataObject) -> None:
        _alone(world, lambda options, label: data.draw(st.sampled_from(options), label=label))

    walk()
    told = begin(world, "ticket", START)
    event = _hold_together(world, told)
    for role, step in set(KNOCKS) - world.tried:  # those that no walk has come to
        _knock(world, told, START, event.stage_due_at, role, step)
    assert world.tried == set(KNOCKS)
    if LONG:
        _seek(world)
    else:
        assert len(world.taken) > 30


def _seek(world: World) -> None:
    """Every step from every state that it starts from: what chance has left out is looked for."""
    reached = {(state, row.step) for row in ROWS.values() for state in row.sources} - NEVER
    dice, chance = random.Random(1), len(world.taken)
    seeking = 0
    while seeking < SEEKING and not reached <= world.taken:
        _alone(world, lambda options, _label: dice.choice(options), missing=reached - world.taken)
        seeking += 1
    print(f"{WALKS} walks took {chance} of {len(reached)} moves, with {seeking} that sought {len(world.taken)}")
    assert reached <= world.taken, sorted(reached - world.taken)


def test_the_model_has_every_step_of_the_product():
    counting = {"appeal", "correct", "dismiss", "restore"}  # tests/http/test_appeals.py
    assert set(ROWS) == {step.value for step in Step} - {"report", "self_resolve", "take_in", "let_go"} - counting
    assert set(_KINDS) == set(ROWS)
