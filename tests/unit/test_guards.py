"""Every guard refuses exactly where the domain says, and nowhere else; the rules are typed here again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from events.guards import Obstacle, Standing, obstacle, ruled
from events.workflow import Step

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LEVELS = ["city", "county", "township", "village"]

spans = st.timedeltas(timedelta(days=-400), timedelta(days=400))
moments = spans.map(lambda span: NOON + span)
standings = st.builds(
    Standing,
    level=st.sampled_from(LEVELS),
    placed=st.booleans(),
    from_public=st.booleans(),
    urgent=st.booleans(),
    restricted=st.booleans(),
    returns=st.integers(0, 6),
    extensions=st.integers(0, 4),
    asked=st.sampled_from(["", "extension", "suspension"]),
    due_at=st.none() | moments,
    return_until=st.none() | moments,
    ended_at=st.none() | moments,
    joint=st.integers(0, 9),
    share_signed=st.booleans(),
    share_return_until=st.none() | moments,
)

# When the domain refuses a step, as one condition each; a step that isn't listed has no guard.
REFUSED = {
    "request_verify": lambda s, now: not s.from_public or not s.placed,
    "return": lambda s, now: s.returns > 2 or (s.return_until is not None and s.return_until < now),
    "escalate": lambda s, now: s.level == "city",
    "assign_down": lambda s, now: s.level == "village" or not s.placed,
    "request_extension": lambda s, now: bool(s.asked) or s.extensions > 1 or (s.due_at is not None and s.due_at <= now),
    "grant_extension": lambda s, now: s.asked != "extension",
    "refuse_extension": lambda s, now: s.asked != "extension",
    "ask_suspension": lambda s, now: s.asked != "",
    "approve_suspension": lambda s, now: s.asked != "suspension",
    "refuse_suspension": lambda s, now: s.asked != "suspension",
    "reopen": lambda s, now: s.ended_at is not None and (now - s.ended_at) / timedelta(days=1) > 30,
    "copy_to": lambda s, now: s.restricted,
    "mark_urgent": lambda s, now: s.urgent,
    "finish": lambda s, now: s.joint > 0,
    "add_joint": lambda s, now: s.joint > 7,
    "recall_joint": lambda s, now: s.joint == 0,
    "joint_sign": lambda s, now: s.share_signed,
    "joint_finish": lambda s, now: not s.share_signed,
    "joint_return": lambda s, now: s.share_return_until is not None and s.share_return_until < now,
}


@pytest.mark.parametrize("step", Step)
@given(standing=standings)
def test_a_guard_refuses_where_the_domain_does_and_nowhere_else(step, standing):
    refused = REFUSED.get(step.value, lambda _s, _now: False)(standing, NOON)
    assert (obstacle(step, standing, NOON) is not None) == refused


@pytest.mark.parametrize("returns", range(6))
def test_the_third_return_is_the_last(returns):
    standing = Standing(returns=returns)
    assert ruled(standing) == (returns >= 3)
    assert obstacle(Step.RETURN, standing, NOON) == (Obstacle.RULED if returns >= 3 else None)


@given(moments, spans)
@example(NOON, timedelta())
@example(NOON, MICROSECOND)
@example(NOON, -MICROSECOND)
def test_a_return_is_in_time_until_its_last_moment(until, late):
    found = obstacle(Step.RETURN, Standing(return_until=until), until + late)
    assert found == (Obstacle.RETURN_TOO_LATE if late > timedelta() else None)


@given(moments, spans)
@example(NOON, timedelta())
@example(NOON, MICROSECOND)
def test_a_joint_share_is_handed_back_until_its_own_last_moment_and_not_the_leads(until, late):
    standing = Standing(share_return_until=until, return_until=until - timedelta(days=1), returns=3)
    found = obstacle(Step.JOINT_RETURN, standing, until + late)
    assert found == (Obstacle.RETURN_TOO_LATE if late > timedelta() else None)


@given(moments, spans, st.integers(0, 5))
@example(NOON, timedelta(), 0)
@example(NOON, -MICROSECOND, 1)
@example(NOON, -MICROSECOND, 2)
def test_more_time_is_asked_for_before_the_deadline_and_granted_twice(due, late, extensions):
    found = obstacle(Step.REQUEST_EXTENSION, Standing(due_at=due, extensions=extensions), due + late)
    if extensions >= 2:
        assert found == Obstacle.EXTENDED_OFTEN_ENOUGH
    else:
        assert found == (Obstacle.DEADLINE_PASSED if late >= timedelta() else None)


@given(moments, spans)
@example(NOON, timedelta(days=30))
@example(NOON, timedelta(days=30) + MICROSECOND)
def test_it_is_taken_up_again_within_thirty_days(ended, later):
    found = obstacle(Step.REOPEN, Standing(ended_at=ended), ended + later)
    assert found == (Obstacle.REOPEN_TOO_LATE if later > timedelta(days=30) else None)


def test_it_goes_up_to_the_city_and_down_to_the_village_and_no_further():
    up = [obstacle(Step.ESCALATE, Standing(level=level), NOON) for level in LEVELS]
    down = [obstacle(Step.ASSIGN_DOWN, Standing(level=level), NOON) for level in LEVELS]
    assert up == [Obstacle.NO_LEVEL_ABOVE, None, None, None]
    assert down == [None, None, None, Obstacle.NO_LEVEL_BELOW]
    nowhere = [obstacle(Step.ASSIGN_DOWN, Standing(level=level, placed=False), NOON) for level in LEVELS]
    assert nowhere == [Obstacle.PLACE_NEEDED] * 4


def test_only_what_the_public_told_is_verified_and_only_on_the_map():
    assert obstacle(Step.REQUEST_VERIFY, Standing(from_public=True), NOON) is None
    assert obstacle(Step.REQUEST_VERIFY, Standing(from_public=True, placed=False), NOON) == Obstacle.PLACE_NEEDED
    assert obstacle(Step.REQUEST_VERIFY, Standing(), NOON) == Obstacle.NOT_FROM_PUBLIC


def test_what_is_kept_within_the_case_is_not_copied_and_what_is_urgent_not_marked_again():
    assert obstacle(Step.COPY_TO, Standing(restricted=True), NOON) == Obstacle.RESTRICTED
    assert obstacle(Step.MARK_URGENT, Standing(urgent=True), NOON) == Obstacle.URGENT_ALREADY


def test_every_obstacle_has_words():
    from events.policy import _WHY_NOT

    assert set(_WHY_NOT) == set(Obstacle)
    assert all(str(words) for words in _WHY_NOT.values())
