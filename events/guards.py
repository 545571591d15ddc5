"""What stands in the way of a step besides state and post: the guards of the workflow, pure.

A guard looks at what the event is (`Standing`) and at the time; it answers with an `Obstacle`, whose words are in
`events.policy`, or None. A step that has an obstacle is neither offered nor taken.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from events.workflow import Step

MOST_RETURNS = 3  # with the third, the shift lead decides for good
MOST_EXTENSIONS = 2
MOST_JOINT = 8  # joint organisations of an event at once
REOPEN_WITHIN = timedelta(days=30)
TOP, BOTTOM = "city", "village"


class Obstacle(StrEnum):
    """Why a step can't be taken, though state and post would allow it."""

    NOT_FROM_PUBLIC = "not-from-public"
    PLACE_NEEDED = "place-needed"
    RULED = "ruled"
    RETURN_TOO_LATE = "return-too-late"
    NO_LEVEL_ABOVE = "no-level-above"
    NO_LEVEL_BELOW = "no-level-below"
    ASKED_ALREADY = "asked-already"
    EXTENDED_OFTEN_ENOUGH = "extended-often-enough"
    DEADLINE_PASSED = "deadline-passed"
    NOTHING_ASKED = "nothing-asked"
    REOPEN_TOO_LATE = "reopen-too-late"
    RESTRICTED = "restricted-not-copied"
    URGENT_ALREADY = "urgent-already"
    JOINT_OPEN = "joint-open"
    JOINT_ENOUGH = "joint-enough"
    NO_JOINT = "no-joint"
    JOINT_SIGNED = "joint-signed-already"
    JOINT_UNSIGNED = "joint-not-signed"
    DISPUTE_STAYS = "dispute-not-merged"
    OTHERS_IN_IT = "others-merged-into-it"
    TARGET_ENDED = "merged-event-ended"


@dataclass(frozen=True)
class Standing:
    """What of an event the guards look at. Times are aware."""

    level: str = TOP  # of the centre that holds it
    placed: bool = True
    from_public: bool = False  # the hotline or another source told us, not our own staff
    urgent: bool = False
    restricted: bool = False
    returns: int = 0
    extensions: int = 0
    asked: str = ""  # "extension" or "suspension" while one waits for an answer
    due_at: datetime | None = None  # of the stage
    return_until: datetime | None = None  # of the lead's task
    ended_at: datetime | None = None
    joint: int = 0  # joint tasks in hand
    share_signed: bool = False  # the joint task of whoever steps
    share_return_until: datetime | None = None
    dispute: bool = False  # of class 09
    taken_in: int = 0  # events that are merged into it
    goes_on: bool = True  # the event that it was merged into is open


_Guard = Callable[[Standing, datetime], Obstacle | None]


def obstacle(step: Step, standing: Standing, now: datetime) -> Obstacle | None:
    """What stands in the way of `step` at `now`; None: nothing does."""
    guard = _GUARDS.get(step)
    return guard(standing, now) if guard else None


def ruled(standing: Standing) -> bool:
    """Whether it was returned so often that the shift lead decides who answers for it, for good."""
    return standing.returns >= MOST_RETURNS


def _verify(standing: Standing, _now: datetime) -> Obstacle | None:
    if not standing.from_public:
        return Obstacle.NOT_FROM_PUBLIC
    return None if standing.placed else Obstacle.PLACE_NEEDED


def _return(standing: Standing, now: datetime) -> Obstacle | None:
    if ruled(standing):
        return Obstacle.RULED
    late = standing.return_until is not None and now > standing.return_until
    return Obstacle.RETURN_TOO_LATE if late else None


def _escalate(standing: Standing, _now: datetime) -> Obstacle | None:
    return Obstacle.NO_LEVEL_ABOVE if standing.level == TOP else None


def _assign_down(standing: Standing, _now: datetime) -> Obstacle | None:
    if not standing.placed:
        return Obstacle.PLACE_NEEDED
    return Obstacle.NO_LEVEL_BELOW if standing.level == BOTTOM else None


def _ask(standing: Standing, _now: datetime) -> Obstacle | None:
    return Obstacle.ASKED_ALREADY if standing.asked else None


def _request_extension(standing: Standing, now: datetime) -> Obstacle | None:
    if standing.asked:
        return Obstacle.ASKED_ALREADY
    if standing.extensions >= MOST_EXTENSIONS:
        return Obstacle.EXTENDED_OFTEN_ENOUGH
    return Obstacle.DEADLINE_PASSED if standing.due_at is not None and now >= standing.due_at else None


def _answer(kind: str) -> _Guard:
    return lambda standing, _now: None if standing.asked == kind else Obstacle.NOTHING_ASKED


def _reopen(standing: Standing, now: datetime) -> Obstacle | None:
    late = standing.ended_at is not None and now - standing.ended_at > REOPEN_WITHIN
    return Obstacle.REOPEN_TOO_LATE if late else None


def _copy(standing: Standing, _now: datetime) -> Obstacle | None:
    return Obstacle.RESTRICTED if standing.restricted else None


def _finish(standing: Standing, _now: datetime) -> Obstacle | None:
    return Obstacle.JOINT_OPEN if standing.joint else None


def _add_joint(standing: Standing, _now: datetime) -> Obstacle | None:
    return Obstacle.JOINT_ENOUGH if standing.joint >= MOST_JOINT else None


def _recall_joint(standing: Standing, _now: datetime) -> Obstacle | None:
    return None if standing.joint else Obstacle.NO_JOINT


def _joint_sign(standing: Standing, _now: datetime) -> Obstacle | None:
    return Obstacle.JOINT_SIGNED if standing.share_signed else None


def _joint_finish(standing: Standing, _now: datetime) -> Obstacle | None:
    return None if standing.share_signed else Obstacle.JOINT_UNSIGNED


def _joint_return(standing: Standing, now: datetime) -> Obstacle | None:
    late = standing.share_return_until is not None and now > standing.share_return_until
    return Obstacle.RETURN_TOO_LATE if late else None


def _mark_urgent(standing: Standing, _now: datetime) -> Obstacle | None:
    return Obstacle.URGENT_ALREADY if standing.urgent else None


def _merge(standing: Standing, _now: datetime) -> Obstacle | None:
    if standing.dispute:
        return Obstacle.DISPUTE_STAYS
    return Obstacle.OTHERS_IN_IT if standing.taken_in else None


def _unmerge(standing: Standing, _now: datetime) -> Obstacle | None:
    return None if standing.goes_on else Obstacle.TARGET_ENDED


_GUARDS: Mapping[Step, _Guard] = MappingProxyType(
    {
        Step.REQUEST_VERIFY: _verify,
        Step.RETURN: _return,
        Step.ESCALATE: _escalate,
        Step.ASSIGN_DOWN: _assign_down,
        Step.REQUEST_EXTENSION: _request_extension,
        Step.GRANT_EXTENSION: _answer("extension"),
        Step.REFUSE_EXTENSION: _answer("extension"),
        Step.ASK_SUSPENSION: _ask,
        Step.APPROVE_SUSPENSION: _answer("suspension"),
        Step.REFUSE_SUSPENSION: _answer("suspension"),
        Step.REOPEN: _reopen,
        Step.COPY_TO: _copy,
        Step.MARK_URGENT: _mark_urgent,
        Step.FINISH: _finish,
        Step.ADD_JOINT: _add_joint,
        Step.RECALL_JOINT: _recall_joint,
        Step.JOINT_SIGN: _joint_sign,
        Step.JOINT_FINISH: _joint_finish,
        Step.JOINT_RETURN: _joint_return,
        Step.MERGE: _merge,
        Step.UNMERGE: _unmerge,
    }
)
