"""Several at once on one event's shares: one after the other, none lost, none twice."""

import pytest

from events.models import Event, JournalEntry, Task, TaskKind, TaskState, Timer
from events.services import deeds
from events.services.advance import advance
from events.workflow import State, Step, fold
from grid.refusals import Conflict
from tests.factories import brought_to, organisation, photo_of, reported
from tests.factories.sharing import FIRE, LEADING, WATER, dispatcher_of, finished_by, shared, signed_by, someone
from tests.factories.together import together

ROUNDS = 12


def taking(event: Event, access, deed):
    version, no = event.version, event.no
    return lambda: advance(access=access, no=no, version=version, deed=deed)


def folds(event: Event) -> bool:
    journal = JournalEntry.objects.filter(event=event).order_by("version").values_list("step", "version")
    return fold(Step(step) for step, _ in journal) == event.state and [number for _, number in journal] == list(
        range(1, event.version + 1)
    )


def test_of_two_clerks_who_finish_at_once_one_looks_again_and_both_are_done(committed):
    for _ in range(ROUNDS):
        event = signed_by(shared(reported(category="06-003"), WATER, FIRE), WATER, FIRE)
        deed = deeds.JointFinish(text="已经配合处理完毕")
        clerks = [someone("dept_clerk", code) for code in (WATER, FIRE)]
        found = together(*(taking(event, clerk, deed) for clerk in clerks))
        lost = [clerk for clerk, one in zip(clerks, found, strict=True) if isinstance(one, Conflict)]
        assert len(lost) == 1
        event.refresh_from_db()
        assert event.joint == 1
        advance(access=lost[0], no=event.no, version=event.version, deed=deed)
        event.refresh_from_db()
        shares = Task.objects.filter(event=event, kind=TaskKind.JOINT)
        assert {one.state for one in shares} == {TaskState.FINISHED}
        assert (event.joint, Timer.objects.filter(task__in=shares, stopped_at__isnull=True).count()) == (0, 0)
        assert folds(event)


def test_a_lead_who_finishes_while_a_share_is_given_does_one_or_the_other(committed):
    outcomes = set()
    for _ in range(ROUNDS):
        event = brought_to(reported(category="06-003"), State.HANDLING)
        lead = someone("dept_clerk", LEADING)
        done = deeds.Finish(text="已经处理完毕", photos=(photo_of(lead).sha256,))
        found = together(
            taking(event, lead, done),
            taking(event, dispatcher_of(event), deeds.AddJoint(joint=(organisation(WATER).pk,))),
        )
        event.refresh_from_db()
        assert sum(isinstance(one, Conflict) for one in found) == 1
        outcomes.add(event.state)
        if event.state == State.HANDLING:  # the share was first: the lead waits for it
            with pytest.raises(Conflict) as refused:
                advance(access=lead, no=event.no, version=event.version, deed=done)
            assert refused.value.code == "joint-open"
            event = finished_by(event, WATER)
            advance(access=lead, no=event.no, version=event.version, deed=done)
            event.refresh_from_db()
        assert (event.state, event.joint) == (State.PENDING_CHECK, 0)
        assert folds(event)
    assert outcomes <= {State.HANDLING, State.PENDING_CHECK}
